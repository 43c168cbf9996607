// A connection of the REST door: requests in, answers out, in the order of the requests. Several
// that arrive together are answered together.
//
// A request that has begun must be complete within kRequestMs, however its bytes trickle in. What
// cannot be read is answered once and ends the connection.
//
// A request for a stream of events is the last one of its connection: from then on it is told what
// its session hears, and whatever it sends is passed over.
#pragma once

#include "engine/session.h"
#include "engine/session_channel.h"
#include "http/request_reader.h"
#include "http/service.h"
#include "http/sse.h"
#include "net/stream.h"
#include "wire/null_reply.h"

namespace redstart {

class HttpDoor;

class HttpExchange final : public Stream, public SessionChannel {
 public:
  static constexpr int64_t kRequestMs = 60 * 1000;
  // With more than this waiting to be sent nothing more is run: who does not read must not ask.
  static constexpr size_t kUnsentMax = 4 * 1024 * 1024;

  HttpExchange(HttpDoor& door, StreamHandle io);
  ~HttpExchange() override;

  // Nobody has to wait for a stream of events, and nobody ends it for being silent.
  bool streams() const { return events_ != nullptr; }
  // A sign of life, if nothing else is on its way.
  void beat(BigBuf* comment);

  // SessionChannel. What is said late to this session is an event or goes nowhere.
  Reply& begin() override { return unheard_; }
  void end() override {}
  void push(BigBuf* bytes) override;
  void close_after_flush() override;
  void close_now() override;
  void resume() override { continue_later(); }
  ChannelInfo info() const override;

  size_t memory() const override;

 private:
  size_t on_bytes(std::string_view bytes) override;
  void on_peer_done(std::string_view reason) override;
  void on_traffic(size_t in, size_t out) override;
  void on_drained() override;
  OutputLimit output_limit() const override;
  void on_output_limit() override;

  HttpDoor& door() const;
  bool must_wait();
  bool answer_next(std::string_view bytes, size_t* used);
  void begin_stream();
  void watch_request();

  Session session_;
  RequestReader reader_;
  HttpService::Caller caller_;
  NullReply unheard_;
  std::unique_ptr<EventStream> events_;  // once it has become a stream
  uint64_t request_timer_ = 0;  // while a request is incomplete
  bool stalled_ = false;        // waits until output has left
};

}  // namespace redstart
