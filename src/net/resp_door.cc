#include "net/resp_door.h"

#include "engine/engine.h"
#include "net/connection.h"
#include "net/loop.h"

namespace redstart {

namespace {

constexpr std::string_view kProtectedModeText =
    "-DENIED Redis is running in protected mode because protected mode is enabled and no "
    "password is set for the default user. In this mode connections are only accepted from "
    "the loopback interface. If you want to connect from external computers to Redis you may "
    "adopt one of the following solutions: 1) Just disable protected mode sending the "
    "command 'CONFIG SET protected-mode no' from the loopback interface by connecting to "
    "Redis from the same host the server is running, however MAKE SURE Redis is not publicly "
    "accessible from internet if you do so. Use CONFIG REWRITE to make this change "
    "permanent. 2) Alternatively you can just disable the protected mode by editing the "
    "Redis configuration file, and setting the protected mode option to 'no', and then "
    "restarting the server. 3) If you started the server manually just for testing, restart "
    "it with the '--protected-mode no' option. 4) Set up an authentication password for the "
    "default user. NOTE: You only need to do one of the above things in order for the server "
    "to start accepting connections from the outside.\r\n";

}  // namespace

RespDoor::RespDoor(Loop& loop) : Door(loop) { buffers_->calls.reserve(Dispatcher::kWindow); }

RespDoor::~RespDoor() { close_all(); }

std::unique_ptr<Stream> RespDoor::admit(StreamHandle io) {
  return std::make_unique<RespConnection>(*this, std::move(io));
}

std::string RespDoor::refusal_text(Refusal refusal) const {
  if (refusal == Refusal::kProtectedMode) return std::string(kProtectedModeText);
  return "-ERR max number of clients reached\r\n";
}

bool RespDoor::is_protected() const {
  return engine().settings().protected_mode &&
         engine().default_tenant().users.default_user().no_password;
}

int64_t RespDoor::idle_limit_ms() const { return int64_t{engine().settings().timeout} * 1000; }

// A client that waits for an answer is not idle.
bool RespDoor::may_close_idle(const Stream& stream) const {
  const Session& session = static_cast<const RespConnection&>(stream).session();
  return !(session.hold & kBlocked) && !session.subscribed &&
         !(session.attention & (kMonitoring | kFollowing));
}

}  // namespace redstart
