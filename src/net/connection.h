// A connection of the RESP door: a session, the parser of its requests and its answers.
//
// A read buffer is executed in windows: up to 32 whole commands are parsed into views, prepared
// together (hashes, prefetches), then run in order. A window is a cache of the parse and nothing
// more: after each command the session is asked whether it may continue, and if not, the reader
// goes back to the first byte that was not executed.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/args.h"
#include "engine/dispatcher.h"
#include "engine/session.h"
#include "engine/session_channel.h"
#include "net/limits.h"
#include "net/stream.h"
#include "wire/resp3_reply.h"
#include "wire/resp_parser.h"

namespace redstart {

class BigBuf;
class RespDoor;

class RespConnection final : public Stream, public SessionChannel {
 public:
  RespConnection(RespDoor& door, StreamHandle io);
  ~RespConnection() override;

  const Session& session() const { return session_; }

  // SessionChannel
  Reply& begin() override;
  void end() override;
  void push(BigBuf* bytes) override;
  void send(std::string_view bytes) override;
  size_t unsent() const override { return out_.size(); }
  void close_after_flush() override;
  void close_now() override;
  void resume() override;
  ChannelInfo info() const override;

  size_t memory() const override;

 private:
  template <class ReplyType>
  static constexpr uint8_t protocol_of = std::is_same_v<ReplyType, Resp3Reply> ? 3 : 2;

  // How far a window was run.
  struct Progress {
    size_t end = 0;    // behind the last command that is done with
    bool cut = false;  // the rest of the window has to be read again
  };

  size_t on_bytes(std::string_view bytes) override;
  KeyGlance glance(std::string_view bytes) const override;
  void on_straight_read() override;
  void on_peer_done(std::string_view reason) override;
  void on_traffic(size_t in, size_t out) override;
  void on_drained() override;
  void on_memory_changed() override;
  size_t unused_limit() const override;
  void on_unused_limit() override;
  OutputLimit output_limit() const override;
  void on_output_limit() override;

  RespDoor& door() const;
  Progress run_window();
  template <class ReplyType>
  Progress run_calls(std::span<Call> calls);
  bool run_call(const Call& call, Reply& reply);
  bool run_muted(const Call& call, Reply& reply);
  void send_unmuted();
  bool run_postponed();
  Reply& late_reply();
  void read_long_bulk(std::string_view unused);
  void drop_payloads();
  void fail(std::string_view unused);
  bool refuse_cross_protocol(const Call& call);
  std::string describe() const;

  Session session_;
  RespParser parser_;
  bool muting_ = false;
  // What only few connections have.
  struct Extras {
    std::vector<BigBuf*> payloads;       // long bulk strings of the command that is being read
    std::vector<std::string> postponed;  // a command that must wait: clients are paused
    std::vector<BigBuf*> unmuted;        // pushes during a command whose answer is taken back
  };
  Extras& need_extras();
  std::unique_ptr<Extras> extras_;
};

}  // namespace redstart
