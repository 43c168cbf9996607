// The table `redis`: commands, replies, the log, and how what a script does is told to replicas.
#pragma once

namespace redstart {

namespace lua {
class State;
struct Table;
}  // namespace lua

// For EVAL also what belongs to its debugger.
lua::Table* open_redis(lua::State& state, bool for_eval);
// As a library of functions sees it while it is loaded.
lua::Table* open_redis_for_load(lua::State& state);

}  // namespace redstart
