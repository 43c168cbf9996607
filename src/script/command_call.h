// redis.call() and redis.pcall(): a command run for a script.
#pragma once

#include "engine/args.h"
#include "lua/call.h"

namespace redstart {

enum class OnError : uint8_t { kRaise, kAnswer };

int call_command(lua::Call& call, OnError on_error);

// The arguments as a command's: strings as they are, numbers as text. Views into values and into
// the machine's buffers. False with an error pending.
bool read_command(lua::Call& call, Args* args);

}  // namespace redstart
