// Scripts as the floors below and beside script/ see them: what runs, what it takes, and what has
// to be kept when everything is written down. script/ implements it.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/args.h"
#include "engine/function_sources.h"

namespace redstart {

class Session;
struct Command;

// The script in execution; an engine runs one at a time. Once it has run for busy-reply-threshold
// others are served in between (HostServices::serve_others), with what may be said to them.
struct RunningScript {
  const Session& caller;
  Args call;                // EVAL, FCALL, ... with its arguments
  std::string_view name;    // a SHA1, a function's name
  bool is_function = false;
  bool has_written = false;
  bool kill_asked = false;  // SCRIPT KILL, FUNCTION KILL, SHUTDOWN
  int64_t started_us = 0;   // monotonic
  int64_t wall_us = 0;      // what TIME answers while it runs; 0: it was not asked yet

  std::string_view busy_text() const;
};

struct ScriptFigures {
  uint64_t scripts = 0;        // in the cache of EVAL
  uint64_t script_bytes = 0;   // of their texts and the cache
  uint64_t eval_vm_bytes = 0;  // of the interpreter behind EVAL
  uint64_t libraries = 0;
  uint64_t functions = 0;
  uint64_t function_bytes = 0;
  uint64_t function_vm_bytes = 0;
};

// All scripts of a tenant. Its libraries of functions are data: they are saved and replicated.
class Scripting : public FunctionSources {
 public:
  // The flags of a call of EVAL or FCALL: those that its script declares in place of the row's.
  virtual uint32_t flags_of_call(const Command& command, Args args) = 0;
  virtual ScriptFigures figures() const = 0;
};

}  // namespace redstart
