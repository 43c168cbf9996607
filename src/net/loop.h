// The loop that drives the engine: one thread, one libuv loop, one turn after the other.
//
//   poll -> read callbacks run commands, small ones some reads later; replies gather in the streams
//        -> before the next poll: commands that wait, leftover work, end of the engine's turn,
//           [the log's write],
//           then every stream with answers is flushed, then some of those that were only told
//           something, then closed streams are buried
//        -> the same once more for streams that send much at once: the others have their answers
//           by then
//
// Nothing is written inside a read callback. The order before the poll is the durability barrier:
// no reply leaves before what it depends on, and the system calls of a turn are batched.
//
// A message to many costs a system call for each of them, a hundred times what it costs otherwise.
// So they are written to in small parts, and between two parts requests are looked for: nobody
// waits behind a large audience, and what is published meanwhile shares the writes still to come.
//
// A turn begins at the first callback after a poll: the time is read once, there. Streams are
// destroyed in one place only, at the end of a turn, so that no callback pulls one away from
// under another.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/timers.h"
#include "net/read_ahead.h"
#include "wire/chunk_pool.h"

struct uv_loop_s;

namespace redstart {

class BusyPump;
class Engine;
class Stream;

class Loop {
 public:
  // One read takes at most this much; it also bounds what a connection may ask of one turn.
  static constexpr size_t kReadBuffer = 64 * 1024;

  explicit Loop(Engine& engine);
  // REQUIRES: all streams and listeners of this loop are closed.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Serves until stop(). Runs on the caller's thread, which becomes the loop's.
  void run();
  // One turn, waiting at most this long for something to happen (-1: as long as it takes).
  // False once stop() was called.
  bool turn(int timeout_ms);
  void stop();
  bool stopping() const { return stopping_; }
  // The same, and nothing more is sent: what the replies say is not true.
  void stop_silently() {
    silent_ = true;
    stop();
  }
  bool silent() const { return silent_; }

  // From any thread: `task` runs in the loop's thread, in a turn. False once the loop was stopped:
  // what was posted before that does run.
  bool post(std::function<void()> task);
  // The thread that built the loop, then the one that drives it.
  bool in_loop_thread() const { return std::this_thread::get_id() == thread_.load(); }
  // SIGTERM, SIGINT and SIGHUP go to `handler`, in a turn. For a process that is ours.
  void catch_signals(std::function<void(int)> handler);

  // Every callback of the kernel begins with this.
  void enter_turn() {
    if (!in_turn_) begin_turn();
  }
  // Of this turn, or of the next one between two turns.
  uint32_t next_turn_number() const { return turn_number_ + !in_turn_; }
  // Of this turn so far.
  int64_t turn_us() const;

  // Streams register what they need done before the next poll.
  void flush_soon(Stream* stream) { unflushed_.push_back(stream); }
  // Within about a millisecond, behind all answers.
  void flush_last(Stream* stream);
  void run_later(Stream* stream) { unfinished_.push_back(stream); }
  void read_last(Stream* stream) { busy_.push_back(stream); }
  void bury_later(Stream* stream) { closed_.push_back(stream); }

  // What connections hold for bytes that wait, in and out. Replies of this turn do not: they leave
  // at its end, or count then. Long values that are sent by reference belong to the keyspace.
  size_t buffer_bytes() const { return input_bytes_ + unsent_bytes_; }
  void count_input_bytes(ptrdiff_t change) { input_bytes_ += static_cast<size_t>(change); }
  // Of all doors.
  size_t connections() const { return connections_; }
  void count_connections(int change) { connections_ += static_cast<size_t>(change); }

  // At the end of each turn; also by a door that goes.
  void bury_closed();

  Engine& engine() { return engine_; }
  ChunkPool& chunks() { return chunks_; }
  ReadAhead& ahead() { return ahead_; }
  char* read_buffer() { return read_buffer_.get(); }
  uv_loop_s* uv();

 private:
  friend class BusyPump;
  struct Handles;
  struct Told {
    Stream* stream;
    uint64_t since_ticks;
  };

  void adopt_thread();
  void open_handles();
  void close_handles();
  void begin_turn();
  void before_poll(bool goes_on);
  void finish_turn(bool goes_on);
  void count_turn(uint64_t ticks);
  void read_busy();
  void run_posted();
  void run_unfinished();
  void flush_answers();
  void flush_told(bool all);
  // Inside a turn: all that have answers but the one at this socket.
  void flush_but(int fd);
  void arm_timer();
  void give_back_chunks();

  Engine& engine_;
  ChunkPool chunks_;
  ReadAhead ahead_;
  std::unique_ptr<char[]> read_buffer_;
  std::unique_ptr<Handles> handles_;
  std::atomic<std::thread::id> thread_;
  bool adopted_ = false;

  bool in_turn_ = false;
  bool work_left_ = false;
  bool stopping_ = false;
  bool silent_ = false;
  uint32_t turn_number_ = 0;
  size_t connections_ = 0;
  size_t input_bytes_ = 0;
  size_t unsent_bytes_ = 0;  // at the end of the last turn
  uint64_t turn_began_ticks_ = 0;
  uint64_t cpu_seen_ticks_ = 0;
  int64_t cpu_seen_us_ = 0;  // used by this thread until then
  TimerId give_back_timer_ = 0;

  // Reused from turn to turn: no allocation in the steady state.
  std::vector<Stream*> unflushed_;
  std::deque<Told> told_;
  std::vector<Stream*> unfinished_;
  std::vector<Stream*> busy_;
  std::vector<Stream*> closed_;

  std::function<void(int)> on_signal_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  bool posts_closed_ = false;
};

}  // namespace redstart
