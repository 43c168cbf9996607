// The door of the REST API: TCP, with what its connections share.
#pragma once

#include <memory>

#include "base/intrusive_list.h"
#include "http/service.h"
#include "http/sse.h"
#include "net/door.h"

namespace redstart {

class HttpDoor final : public Door {
 public:
  // A connection without a request is closed after this; clients reconnect without a word.
  static constexpr int64_t kIdleMs = 120 * 1000;

  explicit HttpDoor(Loop& loop);
  ~HttpDoor() override;

 private:
  friend class HttpExchange;

  std::unique_ptr<Stream> admit(StreamHandle io) override;
  std::string refusal_text(Refusal refusal) const override;
  int64_t idle_limit_ms() const override { return kIdleMs; }
  bool may_close_idle(const Stream& stream) const override;

  // The stream gets a comment now and then, so that nobody in between takes it for dead.
  void keep_alive(EventStream& stream);
  void beat();

  void change_buffers() override { std::swap(service_, spare_service_); }

  // What belongs to the request being answered; a second one for others while its script runs.
  std::unique_ptr<HttpService> service_, spare_service_;
  // Each second one of the lists gets its sign of life, so that many streams do not all get it at
  // once.
  static constexpr size_t kBeatSeconds = 15;
  IntrusiveList<EventStream> streams_[kBeatSeconds];
  size_t next_list_ = 0;
  size_t next_beat_ = 0;
  TimerId beat_timer_ = 0;
};

}  // namespace redstart
