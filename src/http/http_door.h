// The door of the REST API: TCP, with what its connections share.
#pragma once

#include <memory>

#include "http/service.h"
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

  void change_buffers() override { std::swap(service_, spare_service_); }

  // What belongs to the request being answered; a second one for others while its script runs.
  std::unique_ptr<HttpService> service_, spare_service_;
};

}  // namespace redstart
