#include "script/script_run.h"

#include "engine/engine.h"
#include "engine/gates.h"
#include "engine/persistence.h"
#include "script/convert.h"
#include "script/machine.h"
#include "script/script_flags.h"

namespace redstart {
namespace {

std::string write_failure(const Tenant& tenant) {
  bool aof = tenant.persistence && !tenant.persistence->facts().aof_last_write_ok;
  std::string what = aof ? "persist data to AOF" : "save RDB snapshots";
  return "MISCONF Redis is configured to " + what +
         ", but it's currently unable to persist to disk. Writable scripts are blocked. Use "
         "'no-writes' flag for read only scripts.";
}

// Why it must not run; "" if it may. A script without a first line is asked at each of its calls
// instead.
std::string refusal(Context& c, const ScriptCall& call) {
  const bool stale = (c.engine.attention & kFollowsMaster) && serves_no_stale_data(c.session);
  if (call.flags & kCompatible) return stale ? std::string(kMasterDown) : std::string();
  if (stale && !(call.flags & kAllowStale)) {
    return "MASTERDOWN Link with MASTER is down, replica-serve-stale-data is set to 'no' and "
           "'allow-stale' flag is not set on the script.";
  }
  if (!(call.flags & kNoWrites)) {
    if ((c.engine.attention & kFollowsMaster) && is_read_only_replica(c.session)) {
      return "READONLY Can not run script with write flag on readonly replica";
    }
    if (c.engine.attention & kWriteFailed) return write_failure(c.tenant);
    // Upstash lets it run as long as it only reads.
    if (call.read_only && c.session.dialect != Dialect::kUpstash) {
      return "ERR Can not execute a script with write flag using *_ro command.";
    }
  }
  if (c.engine.out_of_memory && !(call.flags & (kAllowOom | kNoWrites))) {
    return "OOM allow-oom flag is not set on the script, can not run it when used memory > "
           "'maxmemory'";
  }
  return {};
}

// The script has failed, but what it failed of was counted with the call inside of it.
void error_was_counted(Context& c) {
  c.engine.dispatcher().error_was_counted();
  c.tenant.stats.commands[c.command.id].failed++;
}

// The error that ended the script, with where it arose.
void answer_failure(Context& c, Machine& machine, std::string_view name) {
  Machine::Failure failure = machine.failure();
  const lua::ErrorPlace& place = machine.state().error_place();
  if (place.line >= 0) {
    ((failure.text += " script: ") += name) += ", on " + place.source + ":";
    failure.text += std::to_string(place.line) + ".";
  }
  c.reply.error(failure.text);
  if (failure.counted) error_was_counted(c);
}

}  // namespace

void run_script(Context& c, Machine& machine, const lua::Value& function, const ScriptCall& call) {
  std::string refused = refusal(c, call);
  if (!refused.empty()) return c.reply.error(refused);
  bool compatible = call.flags & kCompatible;
  ScriptRun run(c, call.name);
  run.is_function = call.is_function;
  run.started_us = c.engine.mono_us();
  run.keys = call.keys;
  run.read_only = call.read_only || (!compatible && (call.flags & kNoWrites));
  run.allow_oom = !compatible && (call.flags & kAllowOom);
  run.only_declared_keys = call.flags & kAllowKeyLocking;
  const int db = c.session.db;
  machine.run = &run;
  c.engine.running_script = &run;

  lua::State& state = machine.state();
  lua::Value result;
  bool ok;
  if (call.is_function) {
    lua::Value arguments[] = {machine.list_of(call.keys), machine.list_of(call.arguments)};
    ok = state.call(function, arguments, &result);
  } else {
    // setfenv(1) of an earlier run.
    function.closure()->environment = state.globals();
    machine.set_arguments(call.keys, call.arguments);
    ok = state.call(function, {}, &result);
  }
  c.engine.attention &= ~kBusyScript;
  c.engine.running_script = nullptr;
  machine.run = nullptr;
  c.unit.keep_to_ourselves(false);
  // What a script selects is its own affair.
  if (c.session.db != db) c.session.select(db);
  // Its effects were recorded call by call.
  c.propagate_nothing();

  if (!ok) return answer_failure(c, machine, call.name);
  if (answer_value(state, result, run.resp, c.reply)) error_was_counted(c);
}

}  // namespace redstart
