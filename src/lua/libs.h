// The standard library, as far as a sandbox has it. Each function defines its globals in the machine;
// the host removes what it does not want.
#pragma once

namespace redstart::lua {

class State;

void open_base(State& state);       // with coroutine
void open_coroutine(State& state);
void open_string(State& state);
void open_table(State& state);
void open_math(State& state);
void open_os(State& state);         // clock() alone
void open_libraries(State& state);  // all of the above

}  // namespace redstart::lua
