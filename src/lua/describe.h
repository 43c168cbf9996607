// Names for messages: which variable an operand came from. Found by looking at the instruction that
// put it there, so nothing is paid unless there is an error.
#pragma once

#include "lua/state.h"
#include "lua/thread.h"

namespace redstart::lua {

struct Description {
  const char* kind = nullptr;  // "local", "global", "field", "method", "upvalue", "constant"
  std::string_view name;
};

// What a register of a frame holds, at its current instruction.
Description describe_register(const Frame& frame, int reg);
// The function that the current call instruction of a frame calls.
Description describe_callee(const Frame& frame);

// Errors of operators. Each returns false.
bool fail_type(State& state, const Value& operand, const char* action);     // "index", "call", ...
bool fail_arithmetic(State& state, const Value& a, const Value& b);
bool fail_concatenate(State& state, const Value& a, const Value& b);
bool fail_compare(State& state, const Value& a, const Value& b);

}  // namespace redstart::lua
