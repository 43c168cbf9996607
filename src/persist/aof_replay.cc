#include "persist/aof_replay.h"

#include "base/ascii.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/gates.h"
#include "wire/null_reply.h"

namespace redstart {
namespace {

// What concerns a connection or the server, not the data: no log of ours or of Redis has it, but a
// file may have been edited.
bool is_about_data(const Command& command) {
  if (command.spec->group == Group::kScripting) return true;
  return !(command.flags & (kAdmin | kNoScript | kBlocking | kProtected));
}

}  // namespace

AofReplay::AofReplay(Engine& engine, Tenant& tenant)
    : engine_(engine), tenant_(tenant),
      session_(std::make_unique<Session>(engine, Dialect::kRedis, nullptr)) {
  session_->authenticate(tenant, tenant.users.nobody_in_particular());
  session_->select(0);
}

AofReplay::~AofReplay() = default;

void AofReplay::begin_file() {
  drop_transaction();
  session_->select(0);
}

bool AofReplay::run(Args args, std::string* error) {
  if (args.size() == 1 && equals_fold(args[0], "multi")) {
    drop_transaction();
    in_transaction_ = true;
    return true;
  }
  if (args.size() == 1 && equals_fold(args[0], "exec")) return run_transaction(error);
  Call call{args};
  if (!resolve(&call, error)) return false;
  if (in_transaction_) {
    queue_.emplace_back(args.begin(), args.end());
    return true;
  }
  engine_.unit().enter(tenant_);
  invoke(call);
  engine_.unit().leave();
  return true;
}

void AofReplay::drop_transaction() {
  in_transaction_ = false;
  queue_.clear();
}

bool AofReplay::run_transaction(std::string* error) {
  std::vector<std::vector<std::string>> queue;
  queue.swap(queue_);
  in_transaction_ = false;
  engine_.unit().enter(tenant_);
  bool ok = true;
  for (const std::vector<std::string>& words : queue) {
    const std::vector<std::string_view> args(words.begin(), words.end());
    Call call{args};
    if (!(ok = resolve(&call, error))) break;
    invoke(call);
  }
  engine_.unit().leave();
  return ok;
}

bool AofReplay::resolve(Call* call, std::string* error) {
  engine_.dispatcher().prepare(*session_, {call, 1});
  if (!call->command) {
    *error = "Unknown command '" + std::string(call->args[0]) + "'";
  } else if (!arity_fits(*call)) {
    *error = "Wrong number of arguments of '" + std::string(call->args[0]) + "'";
  } else {
    return true;
  }
  return false;
}

void AofReplay::invoke(const Call& call) {
  if (!is_about_data(*call.command)) return;
  NullReply reply;
  ExecUnit& unit = engine_.unit();
  Context context{*call.command,   call.args, reply,  *session_,        tenant_,
                  *session_->keys, engine_,   unit,   engine_.now_ms(), call.first_key_hash};
  unit.begin_call();
  call.command->spec->run(context);
}

}  // namespace redstart
