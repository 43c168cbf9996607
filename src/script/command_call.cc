#include "script/command_call.h"

#include <cmath>
#include <string>

#include "base/numbers.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/gates.h"
#include "engine/permissions.h"
#include "engine/persistence.h"
#include "engine/session.h"
#include "script/lua_reply.h"
#include "script/machine.h"
#include "script/script_run.h"

namespace redstart {
namespace {

using LuaCall = lua::Call;
using lua::kRaised;
using lua::Table;
using lua::Value;

Value refusal(lua::State& state, std::string_view text, bool counted) {
  Table* table = state.table(0, 2);
  state.set(table, "err", state.string(text));
  if (counted) state.set(table, "ignore_error_stats_update", Value(true));
  return Value(table);
}

// Integers are printed as such, whatever their size: commands know no exponents.
size_t number_text(char* out, double number) {
  if (number >= -0x1p63 && number < 0x1p63) {
    int64_t integer = static_cast<int64_t>(number);
    if (static_cast<double>(integer) == number && !(integer == 0 && std::signbit(number))) {
      return write_int64(out, integer);
    }
  }
  return write_double(out, number);
}

// Upstash's scripts may declare that they touch no other keys than they were given.
std::string undeclared_key(const ScriptRun& run, const Command& command, Args args) {
  std::vector<KeyPosition> keys;
  if (!find_keys(command, args, &keys)) return {};
  for (const KeyPosition& key : keys) {
    bool declared = false;
    for (std::string_view known : run.keys) declared |= known == args[key.index];
    if (!declared) {
      return "ERR Dynamic keys are not allowed in Lua scripts when 'allow-key-locking' flag is "
             "set. Key was: " +
             std::string(args[key.index]);
    }
  }
  return {};
}

// Why this call is refused; "" if it is not. The order is Redis's.
std::string gate(ScriptRun& run, const Call& call) {
  Context& c = run.context;
  const Command& command = *call.command;
  if (!arity_fits(call)) return "ERR Wrong number of args calling Redis command from script";
  bool forbidden = (command.flags & kNoScript) && !c.engine.scripts_may_call_all;
  // Even then: a machine runs one script at a time.
  if (forbidden || (command.flags & kRunsScript)) {
    return "ERR This Redis command is not allowed from script";
  }
  if (const Verdict verdict = judge(c.session, call); !verdict.allows()) {
    note_denial(c.session, call, verdict, DeniedContext::kLua, &c.command);
    return "ERR ACL failure in script: " + denial_text(c.session, call, verdict);
  }
  bool writes = command.flags & kWrite;
  if (run.read_only && (writes || (command.flags & kMayReplicate))) {
    return "ERR Write commands are not allowed from read-only scripts.";
  }
  // What has begun to write is not stopped half-way.
  if (!run.has_written) {
    if (writes && (c.engine.attention & kFollowsMaster) && is_read_only_replica(c.session)) {
      return std::string(err::kReadonlyReplica);
    }
    if (writes && (c.engine.attention & kWriteFailed) && c.tenant.persistence) {
      return c.tenant.persistence->write_refusal();
    }
    if (writes && (c.engine.attention & kNeedsReplicas) && lacks_replicas(c.session)) {
      return std::string(kNoReplicas);
    }
    if (!run.allow_oom && (command.flags & kDenyOom) && c.engine.out_of_memory) {
      return std::string(err::kOom);
    }
  }
  if (run.only_declared_keys) return undeclared_key(run, command, call.args);
  return {};
}

}  // namespace

bool read_command(LuaCall& call, Args* args) {
  Machine::CallBuffers& buffers = Machine::of(call.state).buffers;
  if (call.count() == 0) {
    call.raise(refusal(call.state,
                       "ERR Please specify at least one argument for this redis lib call", false));
    return false;
  }
  const ScriptRun* run = Machine::of(call.state).run;
  const bool whole = run && run->context.session.dialect == Dialect::kUpstash;
  size_t count = static_cast<size_t>(call.count());
  buffers.args.resize(count);
  size_t numbers = 0;
  for (size_t i = 0; i < count; i++) {
    const Value& value = call[static_cast<int>(i)];
    if (value.is_string()) {
      buffers.args[i] = value.text();
    } else if (value.is_number()) {
      // One slot of its own for each, so that no text moves.
      if (buffers.numbers.size() < count * kDoubleTextMax) {
        buffers.numbers.resize(count * kDoubleTextMax);
      }
      char* text = buffers.numbers.data() + numbers++ * kDoubleTextMax;
      buffers.args[i] = {text, number_text(text, whole ? std::trunc(value.num) : value.num)};
    } else {
      call.raise(refusal(call.state,
                         "ERR Lua redis lib command arguments must be strings or integers", false));
      return false;
    }
  }
  *args = buffers.args;
  return true;
}

int call_command(LuaCall& call, OnError on_error) {
  Machine& machine = Machine::of(call.state);
  ScriptRun* run = machine.run;
  if (!run) return call.fail("redis.call() is available to running scripts only");
  Call command_call;
  if (!read_command(call, &command_call.args)) {
    return on_error == OnError::kRaise ? kRaised : call.ret(call.state.error());
  }
  Context& c = run->context;
  command_call.command = c.engine.commands().resolve(command_call.args);
  std::string refused = command_call.command
                            ? gate(*run, command_call)
                            : "ERR Unknown Redis command called from script";
  if (!refused.empty()) {
    // As a call of its own that was rejected.
    c.tenant.stats.count_error(refused.substr(0, refused.find(' ')));
    if (command_call.command) c.tenant.stats.commands[command_call.command->id].rejected++;
    Value error = refusal(call.state, refused, true);
    return on_error == OnError::kRaise ? call.raise(error) : call.ret(error);
  }
  const Command& command = *command_call.command;
  if (command.flags & kWrite) run->has_written = true;
  if (command.first_key && command.first_key < command_call.args.size()) {
    command_call.first_key_hash =
        c.session.keys->key(command_call.args[command.first_key]).hash;
  }
  LuaReply reply(call.state, run->resp);
  c.unit.enter(c.tenant);
  {
    Dispatcher::Aside aside(c.engine.dispatcher());
    c.engine.dispatcher().invoke(c.session, command_call, reply);
  }
  c.unit.leave();
  if (reply.is_error() && on_error == OnError::kRaise) return call.raise(reply.value());
  return call.ret(reply.value());
}

}  // namespace redstart
