// The libraries that Redis puts beside Lua's own: bit, struct, cmsgpack, cjson. Each defines its
// global table in a machine. What they cannot do in little memory they give up with Lua's own
// "not enough memory".
#pragma once

namespace redstart {

namespace lua {
class State;
}

void open_bit(lua::State& state);
void open_struct(lua::State& state);
void open_cmsgpack(lua::State& state);
void open_cjson(lua::State& state);

}  // namespace redstart
