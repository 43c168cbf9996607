// string.format().
#pragma once

#include "lua/buffer.h"
#include "lua/call.h"

namespace redstart::lua {

// Argument 0 is the format, the others are what it prints. False with an error pending.
bool format(Call& call, Buffer& buffer);

}  // namespace redstart::lua
