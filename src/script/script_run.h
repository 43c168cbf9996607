// One run of a script or function: from the gates before it to the answer, and what its calls of
// redis.* may do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/context.h"
#include "engine/scripting.h"
#include "lua/value.h"

namespace redstart {

class Machine;

// What is propagated of the effects: redis.set_repl().
enum Replicate : int { kReplicateNone = 0, kReplicateAof = 1, kReplicateReplica = 2,
                       kReplicateAll = 3 };

struct ScriptRun : RunningScript {
  ScriptRun(Context& context, std::string_view script_name)
      : RunningScript{context.session, context.args, script_name}, context(context) {}

  Context& context;
  Args keys;                 // declared
  bool read_only = false;
  bool allow_oom = false;
  bool only_declared_keys = false;
  int resp = 2;              // redis.setresp()
  int64_t served_us = 0;     // when others were last let in; 0: never
};

// A call of EVAL, EVALSHA or FCALL that is ready to run.
struct ScriptCall {
  std::string_view name = {};  // what errors and FUNCTION STATS call it
  uint32_t flags = 0;        // ScriptFlag
  bool is_function = false;
  bool read_only = false;    // by the command: EVAL_RO, FCALL_RO
  Args keys = {}, arguments = {};
};

// The gates and the run; exactly one reply.
void run_script(Context& c, Machine& machine, const lua::Value& function, const ScriptCall& call);

}  // namespace redstart
