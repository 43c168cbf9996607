// Values of Lua as replies.
#pragma once

#include "lua/state.h"
#include "wire/reply.h"

namespace redstart {

// What a script returns. `resp` is the protocol it has chosen, which decides about booleans.
// Answers whether it was an error whose statistics were counted where it arose.
bool answer_value(lua::State& state, const lua::Value& value, int resp, Reply& reply);

}  // namespace redstart
