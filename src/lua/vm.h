// Running code.
#pragma once

#include "lua/state.h"
#include "lua/thread.h"

namespace redstart::lua {

// Calls the value at `function` with the arguments between it and thread.top. Its results come to
// lie from `function` on; `wanted` many, or all if -1. Returns their number, or kRaised with frames
// left as they were at the error, or kYielded. thread.top is behind the results.
int call_at(State& state, Thread& thread, Value* function, int wanted);
// As above, from C++: counts nesting, and pushes what is to be called.
bool call_value(State& state, const Value& function, const Value* arguments, int count,
                Value* result);

// Undoes what an error left behind: frames above `frame`, upvalues from `level` on.
void unwind(State& state, Thread& thread, Frame* frame, Value* level);
void close_upvalues(State& state, Thread& thread, Value* level);

// Room for so many values above thread.top. Moves the stack. False: out of memory or overflow.
bool ensure_stack(State& state, Thread& thread, uint32_t count);
// Gives back what one deep run has needed. REQUIRES: no Lua function is running.
void trim_stack(State& state, Thread& thread);

// Begins or continues a coroutine whose function and arguments, or the values to pass to yield(),
// lie below its top. Returns the number of values below its top, or kRaised.
int resume(State& state, Thread& thread, int count);

// The line of the instruction a frame is at; -1 for natives.
int current_line(const Frame& frame);

}  // namespace redstart::lua
