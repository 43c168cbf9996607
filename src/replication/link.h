// The side of a replica: its conversation with the master that it follows.
//
//   kDown -> kConnecting -> kGreeting -> kIntroducing -> kAsking -+-> kUp
//     ^                                                           `-> kDataHead -> kData -> kKeeping
//     `------ whatever ends it; a second later, or at once              -> kLoading -> kUp
//
// kAsking is PSYNC: "go on from here" where there is a history, else "all data". What has been
// applied is counted by Replication, in the offsets of the master, so a broken link loses nothing:
// the next one asks for what follows.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/replication_state.h"
#include "engine/session.h"
#include "engine/session_channel.h"
#include "engine/timers.h"
#include "replication/data_load.h"
#include "replication/incoming_data.h"
#include "replication/master_socket.h"
#include "replication/stream_applier.h"
#include "wire/null_reply.h"

namespace redstart {

class Replication;

class Link final : private MasterSocket::Owner,
                   private StreamApplier::Owner,
                   private SessionChannel {
 public:
  struct Host {
    Engine& engine;
    Tenant& tenant;
    Storage& storage;
    Replication& stream;
    const DialMaster& dial;
  };
  Link(const Host& host, std::string master_host, int master_port);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  const std::string& host() const { return master_host_; }
  int port() const { return master_port_; }
  // It gets the stream.
  bool is_up() const { return state_ == State::kUp; }
  void fill_in(ReplicationFacts* facts) const;
  // What the stream has selected; -1 while there is none.
  int selected_db() const { return session_ ? session_->db : -1; }
  size_t memory() const;

 private:
  enum class State : uint8_t {
    kDown,
    kConnecting,
    kGreeting,     // PING
    kIntroducing,  // AUTH, REPLCONF
    kAsking,       // PSYNC
    kDataHead,
    kData,
    kKeeping,      // the disk has the file
    kLoading,
    kUp,
  };
  enum class Answer : uint8_t { kAuth, kPort, kHost, kCapabilities };

  // MasterSocket::Owner
  void on_connected() override;
  void on_bytes(std::string_view bytes) override;
  void on_end(std::string_view reason) override;
  // StreamApplier::Owner
  void on_applied(std::string_view bytes) override;
  void on_ack_wanted() override { acknowledge(); }
  // SessionChannel: what the stream does is answered to nobody.
  Reply& begin() override { return nobody_; }
  void end() override {}
  void push(BigBuf*) override {}
  void close_after_flush() override { close_now(); }
  void close_now() override;
  void resume() override {}
  ChannelInfo info() const override;

  void connect();
  void go_down();
  void fail(const std::string& why);
  void lose(const std::string& why);
  void tick();
  void say(std::initializer_list<std::string_view> words);

  std::string_view take_lines(std::string_view bytes);
  void on_line(std::string_view line);
  void on_greeting(std::string_view line);
  void introduce();
  void on_introduced(std::string_view line);
  void ask();
  void on_answer(std::string_view line);
  void on_full_resync(std::string_view line);
  void on_continue(std::string_view line);
  void on_data_head(std::string_view line);

  void tell_clients();
  void take_back_what_was_told();
  bool open_file();
  std::string draft_path() const;
  std::string_view take_data(std::string_view bytes);
  void on_data_whole();
  void keep_file();
  void load(std::unique_ptr<File> file);
  void on_loaded(bool ok);
  void come_up(int db);
  void take_stream(std::string_view bytes);
  void acknowledge();
  int64_t durable_offset();

  Host host_;
  const std::string master_host_;
  const int master_port_;
  State state_ = State::kDown;
  MasterSocketHandle socket_;
  TimerId timer_ = 0, kill_timer_ = 0;
  int64_t last_io_mono_us_ = 0;
  int64_t down_since_mono_us_ = -1;

  std::string line_;                // so far
  std::deque<Answer> answers_;      // that are to come
  bool knows_offsets_ = true;       // no: an old master, which knows SYNC only
  std::string next_id_;             // of the data that are coming
  int64_t next_offset_ = 0;
  bool aside_ = false;
  uint32_t told_ = 0;               // of EngineAttention, while data arrive
  IncomingData data_;
  std::string draft_;               // the name of its file, as long as it has that one
  std::unique_ptr<DataLoad> load_;
  std::string early_;               // of the stream, while the data are loaded
  std::shared_ptr<bool> alive_;     // for the disk worker

  std::unique_ptr<Session> session_;
  std::unique_ptr<StreamApplier> applier_;
  NullReply nobody_;
  // How much of our own log there was when the stream had come so far.
  std::deque<std::pair<uint64_t, int64_t>> undurable_;
  int64_t durable_ = -1;
};

}  // namespace redstart
