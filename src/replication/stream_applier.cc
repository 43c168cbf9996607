#include "replication/stream_applier.h"

#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "base/quoted.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/gates.h"
#include "persist/aof_reader.h"
#include "wire/null_reply.h"

namespace redstart {

namespace {

bool is(Args args, std::string_view name) {
  return args.size() == 1 && equals_fold(args[0], name);
}

// "REPLCONF GETACK *"
bool wants_ack(Args args) {
  return args.size() == 3 && equals_fold(args[0], "replconf") && equals_fold(args[1], "getack");
}

}  // namespace

bool StreamApplier::take(std::string_view bytes, std::string* error) {
  if (!waiting_.empty()) {
    waiting_.append(bytes);
    bytes = waiting_;
  }
  KeyspaceShared& shared = engine_.keyspace_shared();
  const bool was_loading = std::exchange(shared.loading, true);
  size_t done = 0, told = 0;
  auto tell = [&] {
    if (done > told) owner_.on_applied(bytes.substr(told, done - told));
    told = done;
  };
  AofRead read;
  size_t size = 0;
  while ((read = read_aof_record(bytes.substr(seen_), &args_, &size)) == AofRead::kCommand ||
         read == AofRead::kNote) {
    seen_ += size;
    const bool is_command = read == AofRead::kCommand && !args_.empty();
    if (in_transaction_) {
      if (!is_command || !is(args_, "exec")) continue;
      in_transaction_ = false;
      run_transaction(bytes.substr(done, seen_ - done));
    } else if (is_command && is(args_, "multi")) {
      in_transaction_ = true;
      continue;
    } else if (is_command && wants_ack(args_)) {
      tell();
      owner_.on_ack_wanted();
    } else if (is_command) {
      run_alone();
    }
    done = seen_;
  }
  tell();
  shared.loading = was_loading;
  if (read == AofRead::kBad) {
    *error = in_quotes(bytes.substr(seen_, 64));
    return false;
  }
  if (bytes.data() == waiting_.data()) {
    waiting_.erase(0, done);
  } else {
    waiting_.assign(bytes.substr(done));
  }
  seen_ -= done;
  return true;
}

void StreamApplier::run_alone() {
  engine_.unit().enter(*session_.tenant);
  invoke(args_);
  engine_.unit().leave();
}

// From MULTI to EXEC.
void StreamApplier::run_transaction(std::string_view bytes) {
  ExecUnit& unit = engine_.unit();
  unit.enter(*session_.tenant);
  size_t size = 0;
  while (!bytes.empty()) {
    const AofRead read = read_aof_record(bytes, &args_, &size);
    bytes.remove_prefix(size);
    if (read != AofRead::kCommand || args_.empty()) continue;
    if (is(args_, "multi") || is(args_, "exec")) continue;
    unit.enter(*session_.tenant);
    invoke(args_);
    unit.leave();
  }
  unit.leave();
}

// REQUIRES: a unit is open.
void StreamApplier::invoke(Args args) {
  Call call{args};
  engine_.dispatcher().prepare(session_, {&call, 1});
  if (!call.command) return complain(args, "ERR unknown command");
  if (!arity_fits(call)) return complain(args, "ERR wrong number of arguments");
  NullReply reply;
  ExecUnit& unit = engine_.unit();
  // What might wait must not: a call within another does not.
  const bool might_wait = call.command->flags & kBlocking;
  if (might_wait) unit.enter(*session_.tenant);
  engine_.dispatcher().invoke(session_, call, reply);
  if (might_wait) unit.leave();
  if (reply.errors() > 0) complain(args, reply.error_code());
}

// The data may be other ones than the master's from now on.
void StreamApplier::complain(Args args, std::string_view why) {
  engine_.log().warning("== CRITICAL == This replica is sending an error to its master: '" +
                        std::string(why) + "' after processing the command '" +
                        std::string(args[0].substr(0, 128)) + "'");
}

}  // namespace redstart
