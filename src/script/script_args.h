// What EVAL and FCALL have in common: how many of the arguments are keys.
#pragma once

#include <string_view>

#include "base/numbers.h"
#include "engine/context.h"
#include "script/script_run.h"

namespace redstart {

constexpr KeySpecs counted_keys(uint16_t flags) {
  KeySpecs specs;
  specs.count = 1;
  specs.items[0] = {.flags = flags, .begin = KeySpec::Begin::kIndex, .index = 2,
                    .find = KeySpec::Find::kCount, .a = 0, .b = 1, .c = 1};
  return specs;
}

// False when an error was answered.
inline bool split_arguments(Context& c, std::string_view not_a_number, ScriptCall* call) {
  int64_t count;
  std::string_view problem;
  int64_t rest = static_cast<int64_t>(c.argc()) - 3;
  if (!parse_int64(c.arg(2), &count)) {
    problem = not_a_number;
  } else if (count > rest) {
    problem = "ERR Number of keys can't be greater than number of args";
  } else if (count < 0) {
    problem = "ERR Number of keys can't be negative";
  }
  if (!problem.empty()) {
    c.reply.error(problem);
    return false;
  }
  call->keys = c.args.subspan(3, static_cast<size_t>(count));
  call->arguments = c.args.subspan(3 + static_cast<size_t>(count));
  return true;
}

// SCRIPT FLUSH and FUNCTION FLUSH [ASYNC|SYNC]. False: neither. Both modes forget at once, since
// freeing an interpreter is quick; they differ in what INFO tells of lazily freed objects.
bool read_flush_mode(Context& c, bool* later);
void count_flushed(Context& c, bool later, size_t scripts, size_t machines);

// SCRIPT KILL and FUNCTION KILL.
void kill_script(Context& c, bool of_functions);

}  // namespace redstart
