// The door of RESP: TCP and unix sockets, with what its connections share.
#pragma once

#include <optional>
#include <vector>

#include "engine/dispatcher.h"
#include "net/door.h"
#include "wire/resp2_reply.h"
#include "wire/resp3_reply.h"
#include "wire/resp_parser.h"

namespace redstart {

class RespDoor final : public Door {
 public:
  explicit RespDoor(Loop& loop);
  ~RespDoor() override;

 private:
  friend class RespConnection;

  std::unique_ptr<Stream> admit(StreamHandle io) override;
  std::string refusal_text(Refusal refusal) const override;
  bool is_protected() const override;
  int64_t idle_limit_ms() const override;
  bool may_close_idle(const Stream& stream) const override;

  // Of the window being run; one at a time, since commands do not nest across connections.
  RespWindow window_;
  std::vector<Call> calls_;
  // Of the late answer being written.
  std::optional<Resp2Reply> late_resp2_;
  std::optional<Resp3Reply> late_resp3_;
  int64_t last_attack_log_s_ = 0;
};

}  // namespace redstart
