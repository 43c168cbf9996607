// The door of RESP: TCP and unix sockets, with what its connections share.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/dispatcher.h"
#include "net/door.h"
#include "wire/null_reply.h"
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

  void change_buffers() override { std::swap(buffers_, spare_buffers_); }

  // One at a time is in use, since commands do not nest across connections; a second one serves
  // others while a script of the first runs.
  struct Buffers {
    // Of the window being run.
    RespWindow window;
    std::vector<Call> calls;
    // Of the late answer being written.
    std::optional<Resp2Reply> late_resp2;
    std::optional<Resp3Reply> late_resp3;
  };
  std::unique_ptr<Buffers> buffers_ = std::make_unique<Buffers>();
  std::unique_ptr<Buffers> spare_buffers_ = std::make_unique<Buffers>();
  NullReply late_muted_;
  int64_t last_attack_log_s_ = 0;
};

}  // namespace redstart
