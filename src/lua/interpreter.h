// Between vm.cc, which runs instructions, and stack.cc, which makes the frames it runs in.
#pragma once

#include "lua/state.h"
#include "lua/thread.h"

namespace redstart::lua {

// How execute() ends, besides kRaised and kYielded (call.h).
inline constexpr int kReturned = 0;

// Runs the innermost frame of a thread until it has returned, with the results from the place of the
// called value up to thread.top.
int execute(State& state, Thread& thread);

bool push_frame(State& state, Thread& thread, Value* function, int wanted, bool from_native);
bool insert_call_handler(State& state, Thread& thread, Value** function);
int run_native(State& state, Thread& thread, Value* function);
Upvalue* open_upvalue(State& state, Thread& thread, Value* place);

// The loops over pairs() and ipairs() are run without calling these.
int base_next(Call& call);
int base_ipairs_step(Call& call);

}  // namespace redstart::lua
