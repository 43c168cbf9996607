// A connection as every door needs it: bytes in, bytes out, time-outs and the end. What the bytes
// mean is the business of the class derived from it (net/connection.h for RESP, http/ for HTTP).
//
//   kernel -> the loop's shared buffer [-> ReadAhead] -> on_bytes() -> answers in `out`
//          -> flush() before the poll
//
// on_bytes() gets everything that was not used yet and says how much it used. The rest is kept: a
// short rest is copied to a block of its own and in front of the next read; a long one is grown
// and read into where it is. The block is kept as long as the connection is busy, so that rests
// cost no allocation each; an idle connection without a rest owns no buffer at all.
//
// A long piece of known size (the bulk string of a SET, the body of a POST) can be read straight
// to where it will stay: see read_straight().
//
// Lifetime: the loop's thread only. close_now() closes the socket at once; the object goes at the
// end of the turn, by the loop, so that whoever holds a pointer during a turn may use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/intrusive_list.h"
#include "engine/timers.h"
#include "net/limits.h"
#include "net/read_ahead.h"
#include "net/stream_io.h"
#include "wire/out_buf.h"

namespace redstart {

class Door;
class Loop;

class Stream : public ListNode, private StreamIo::Owner {
 public:
  Stream(Door& door, StreamHandle io);
  virtual ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void start();
  // Sends what is queued, then closes; nothing more is read.
  virtual void close_after_flush();
  // The same for a peer that may be sending still: what comes is read and dropped for a while.
  // Closed with unread bytes, a socket is reset, and the peer might never see what it was told.
  void close_lingering();
  // Closes without waiting. What is queued is dropped.
  virtual void close_now();
  bool closing() const { return closing_ || closed_; }
  // Some of the output waits for the kernel.
  bool writing() const { return wait_writable_; }

  int64_t last_active_ms() const { return last_active_ms_; }
  StreamIo* io() const { return io_.get(); }
  size_t rest_size() const { return rest_.size; }
  size_t rest_capacity() const { return rest_.capacity; }
  // Bytes that read_straight() still waits for.
  size_t straight_left() const { return straight_left_; }
  // Buffers held for this connection, in and out.
  virtual size_t memory() const;

  // Takes what has arrived, without waiting for the loop to say so.
  void read_now();

  // By ReadAhead: it is the turn of what was received, behind the rest if that is short.
  void take_read(const char* buffer, size_t size);

  // The loop's, once per turn.
  void read_deferred();
  void flush();
  void flush_told();
  void run_leftover();
  void bury();

 protected:
  // Answers how many of `bytes` are used up. The rest comes again in front of the next bytes, or
  // after continue_later().
  virtual size_t on_bytes(std::string_view bytes) = 0;
  // Where it will look first for a request that begins with these bytes.
  virtual KeyGlance glance(std::string_view bytes) const { return {}; }
  // The piece asked for by read_straight() is complete.
  virtual void on_straight_read() {}
  // The peer sends no more. By default that is the end.
  virtual void on_peer_done(std::string_view reason);
  // Bytes moved just now, for statistics.
  virtual void on_traffic(size_t in, size_t out) {}
  // All of `out` has left.
  virtual void on_drained() {}
  // What memory() answers may have changed.
  virtual void on_memory_changed() {}
  // More than so many bytes at once would go to on_bytes(). 0: no limit.
  virtual size_t unused_limit() const { return 0; }
  virtual void on_unused_limit() { close_now(); }
  // How much may wait to be sent, and for how long.
  virtual OutputLimit output_limit() const { return {}; }
  virtual void on_output_limit() { close_now(); }
  // For whoever has appended to `out`.
  void watch_output();

  // Appends go to `out`; this makes them leave before the next poll.
  void flush_soon();
  // The same for what nobody has asked for: those who asked are answered first, and meanwhile more
  // may come that leaves in the same write.
  void flush_last();
  // on_bytes() will be called again in the next turn, even if nothing arrives.
  void continue_later();
  // The next `size` bytes of the stream go to `at`, then on_straight_read() is called. For use
  // within on_bytes(): the last `taken` of its bytes belong to that piece, too, and were copied.
  void read_straight(char* at, size_t size, size_t taken) {
    straight_at_ = at;
    straight_left_ = size;
    straight_taken_ = taken;
  }

  Loop& loop() const;
  Door& door_;
  OutBuf out_;

 private:
  friend class Door;
  // What was told waits for more no longer than up to here.
  static constexpr size_t kToldMax = ChunkPool::kChunkSize / 2;
  // Up to here a rest is copied in front of the next read; beyond, reading goes on where it is.
  // Also the size of the block it begins with.
  static constexpr size_t kRestCopyMax = 16 * 1024;
  // An empty block of up to this size is kept for the next rest.
  static constexpr size_t kRestKeptMax = 32 * 1024;
  // Whoever sends this much at once is served after the others.
  static constexpr size_t kMuch = 16 * 1024;
  // Bytes of long pieces that one turn may read; they cost little more than the copy.
  static constexpr size_t kStraightPerTurn = 1024 * 1024;
  // Who has still not finished after this is cut off.
  static constexpr uint32_t kLingerBytes = 64 * 1024 * 1024;
  static constexpr int64_t kLingerMs = 5000;

  struct Rest {
    char* bytes = nullptr;
    size_t size = 0;
    size_t capacity = 0;
    std::string_view view() const { return {bytes, size}; }
  };

  Space read_space() override;
  Space space();
  void on_read(size_t size) override;
  void on_read_end(std::string_view reason) override;
  void on_writable() override;

  void drop_read(size_t size);
  void finish_closing();
  void stop_timer();
  void consume(std::string_view bytes);
  void keep_rest(std::string_view bytes);
  void reserve_rest(size_t capacity);
  void free_rest();
  void send();

  StreamHandle io_;
  Rest rest_;
  char* straight_at_ = nullptr;
  size_t straight_left_ = 0;
  size_t straight_taken_ = 0;
  int64_t last_active_ms_ = 0;
  TimerId timer_ = 0;  // of the soft limit, then of lingering
  SoftLimitClock over_soft_limit_;
  uint32_t read_turn_ = 0;  // the turn in which `turn_bytes_` were read
  uint32_t turn_bytes_ = 0;
  bool flush_soon_ : 1 = false;
  bool flush_last_ : 1 = false;
  bool wait_writable_ : 1 = false;  // the kernel takes no more for now
  bool continue_later_ : 1 = false;
  bool sends_much_ : 1 = false;
  bool read_deferred_ : 1 = false;
  bool waits_ahead_ : 1 = false;
  bool closing_ : 1 = false;  // once flushed
  bool closed_ : 1 = false;
  uint32_t linger_left_ = 0;  // bytes that may still be read and dropped
};

}  // namespace redstart
