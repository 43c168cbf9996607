#include "lua/call.h"
#include "lua/libs.h"

namespace redstart::lua {

namespace {

int os_clock(Call& call) { return call.ret(Value(call.state.host().cpu_seconds())); }

constexpr Function kFunctions[] = {{"clock", os_clock}};

}  // namespace

void open_os(State& state) { open_library(state, "os", kFunctions); }

}  // namespace redstart::lua
