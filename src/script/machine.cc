#include "script/machine.h"

#include <algorithm>

#include "base/log.h"
#include "base/ticks.h"
#include "engine/engine.h"
#include "lua/call.h"
#include "lua/libs.h"
#include "lua/numbers.h"
#include "script/libraries.h"
#include "script/library_load.h"
#include "script/redis_lib.h"
#include "script/script_run.h"

namespace redstart {
namespace {

using LuaCall = lua::Call;
using lua::Table;
using lua::Value;

// One run may take no more: what a script asks beyond it fails with "not enough memory".
constexpr size_t kMemoryMax = size_t{1} << 30;
constexpr size_t kSmallGarbage = 64 * 1024;
// Between two looks at the sockets while a script runs long.
constexpr int64_t kServeEveryUs = 10 * 1000;

// What Redis leaves of Lua's own globals.
constexpr std::string_view kBaseGlobals[] = {
    "_G",        "_VERSION", "assert",       "collectgarbage", "coroutine", "error",  "gcinfo",
    "getfenv",   "getmetatable", "ipairs",   "load",           "loadstring", "math",  "newproxy",
    "next",      "os",       "pairs",        "pcall",          "rawequal",  "rawget", "rawset",
    "select",    "setfenv",  "setmetatable", "string",         "table",     "tonumber",
    "tostring",  "type",     "unpack",       "xpcall",
};

// The __index of _G: what is not there is a mistake, not a nil.
int missing_global(LuaCall& call) {
  std::string_view name;
  if (!call.string(1, &name)) return lua::kRaised;
  return call.fail("Script attempted to access nonexistent global variable '%.*s'",
                   static_cast<int>(name.size()), name.data());
}

// A global of old, kept because it was always there: it makes of an error what the server makes of
// one that leaves a script.
int error_handler(LuaCall& call) {
  if (call[0].is_table()) return call.ret(call[0]);
  std::string_view text;
  if (!call.string(0, &text)) return lua::kRaised;
  Table* table = call.state.table();
  call.state.set(table, "err", call.state.string("ERR " + std::string(text)));
  return call.ret(Value(table));
}

void set_missing_global_error(lua::State& state, Table* table) {
  Table* metatable = state.table();
  state.set(metatable, "__index", state.native(missing_global));
  table->metatable = metatable;
}

void copy_entries(lua::State& state, const Table* from, Table* to) {
  uint32_t position = 0;
  Value key, value;
  while (from->next(&position, &key, &value)) to->set(state.heap(), key, value);
}

void clear_entries(lua::State& state, Table* table) {
  uint32_t position = 0;
  Value key, value;
  while (table->next(&position, &key, &value)) table->set(state.heap(), key, Value());
}

}  // namespace

Machine::Machine(Engine& engine, Kind kind)
    : engine_(engine),
      kind_(kind),
      state_({.memory_cap = kMemoryMax, .hash_seed = engine.random().next()}, *this),
      keys_name_(state_, state_.string("KEYS")),
      argv_name_(state_, state_.string("ARGV")),
      run_globals_(state_),
      load_globals_(state_) {
  state_.host_data = this;
  define_globals();
  lock_globals();
}

Machine::~Machine() = default;

// ---- globals ------------------------------------------------------------------------------------

void Machine::define_globals() {
  lua::open_libraries(state_);
  Table* globals = state_.globals();
  uint32_t position = 0;
  Value key, value;
  while (globals->next(&position, &key, &value)) {
    bool kept = key.is_string() && std::find(std::begin(kBaseGlobals), std::end(kBaseGlobals),
                                             key.text()) != std::end(kBaseGlobals);
    if (!kept) globals->set(state_.heap(), key, Value());
  }
  open_bit(state_);
  open_struct(state_);
  open_cmsgpack(state_);
  open_cjson(state_);
  Table* redis = open_redis(state_, kind_ == Kind::kEval);
  state_.set(globals, "redis", Value(redis));
  state_.set(globals, "server", Value(redis));
  if (kind_ == Kind::kEval) {
    state_.set(globals, "__redis__err__handler", state_.native(error_handler));
    state_.set(globals, "KEYS", Value(state_.table()));
    state_.set(globals, "ARGV", Value(state_.table()));
  }
}

void Machine::lock_globals() {
  Table* globals = state_.globals();
  set_missing_global_error(state_, globals);
  if (kind_ == Kind::kFunctions) {
    run_globals_.value = Value(state_.table());
    copy_entries(state_, globals, run_globals_.value.table());
    Table* load = state_.table();
    load_globals_.value = Value(load);
    Table* redis = open_redis_for_load(state_);
    set_missing_global_error(state_, redis);
    state_.set(load, "redis", Value(redis));
    state_.set(load, "server", Value(redis));
    lock(load);
  }
  lock(globals);
  if (Table* strings = state_.type_metatable(lua::Tag::kString)) lock(strings);
}

// The table and all that can be reached from it.
void Machine::lock(Table* table) {
  if (table->readonly) return;
  table->readonly = true;
  uint32_t position = 0;
  Value key, value;
  while (table->next(&position, &key, &value)) {
    if (value.is_table()) lock(value.table());
  }
  if (table->metatable) lock(table->metatable);
}

void Machine::enter_load(LibraryLoad* library) {
  load = library;
  clear_entries(state_, state_.globals());
  copy_entries(state_, load_globals_.value.table(), state_.globals());
}

void Machine::leave_load() {
  load = nullptr;
  clear_entries(state_, state_.globals());
  copy_entries(state_, run_globals_.value.table(), state_.globals());
}

// Each time memory has grown by a thirty-second, so that the cost is spread over many loads.
void Machine::collect_after_load() {
  if (memory() < memory_after_collection_ + memory_after_collection_ / 32 + kSmallGarbage) return;
  state_.collect();
  memory_after_collection_ = memory();
}

Value Machine::list_of(Args texts) {
  Table* list = state_.table(static_cast<uint32_t>(texts.size()), 0);
  for (std::string_view text : texts) list->append(state_.heap(), state_.string(text));
  return Value(list);
}

void Machine::set_arguments(Args keys, Args arguments) {
  Table* globals = state_.globals();
  auto set = [&](const lua::Root& name, const Value& value) {
    globals->set_string(state_.heap(), name.value.string(), value);
    state_.heap().wrote(globals, value);
  };
  set(keys_name_, list_of(keys));
  set(argv_name_, list_of(arguments));
}

// ---- errors -------------------------------------------------------------------------------------

Machine::Failure Machine::failure() {
  Failure failure;
  const Value error = state_.error();
  if (error.is_table()) {
    const Value& text = state_.get(error.table(), "err");
    failure.text = text.is_string() ? std::string(text.text()) : "ERR unknown error";
    failure.counted = state_.get(error.table(), "ignore_error_stats_update").is(lua::Tag::kTrue);
  } else if (error.is_string()) {
    failure.text = "ERR " + std::string(error.text());
  } else if (error.is_number()) {
    char text[lua::kNumberTextMax];
    failure.text = "ERR " + std::string(text, lua::number_to_text(text, error.num));
  } else if (error.is_boolean()) {
    failure.text = error.is_false() ? "ERR false" : "ERR true";
  } else {
    failure.text = std::string("ERR ") + lua::type_name(error);
  }
  return failure;
}

Value Machine::caught(lua::State& state, const Value& error) {
  if (!error.is_table()) return error;
  const Value& text = state.get(error.table(), "err");
  return text.is_string() || text.is_number() ? text : error;
}

// ---- long runs ----------------------------------------------------------------------------------

double Machine::cpu_seconds() { return static_cast<double>(engine_.mono_us()) / 1e6; }

bool Machine::keep_running() {
  if (load) {
    if (!load->out_of_time(engine_.mono_us())) return true;
    stop_text_ = "FUNCTION LOAD timeout";
    return false;
  }
  if (!run) return true;
  int64_t threshold_ms = engine_.settings().busy_reply_threshold;
  int64_t now_us = engine_.mono_us();
  if (threshold_ms == 0 || now_us - run->started_us < threshold_ms * 1000) return true;
  if (run->served_us == 0) {
    engine_.attention |= kBusyScript;
    engine_.log().warning("Slow script detected: still in execution after " +
                          std::to_string((now_us - run->started_us) / 1000) +
                          " milliseconds. You can try killing the script using the " +
                          (run->is_function ? "FUNCTION KILL" : "SCRIPT KILL") +
                          " command. Script name is: " + std::string(run->name) + ".");
  }
  if (run->served_us == 0 || now_us - run->served_us >= kServeEveryUs) serve_others();
  if (!run->kill_asked) return true;
  engine_.log().notice("Lua script killed by user with SCRIPT KILL.");
  stop_text_ = "Script killed by user with SCRIPT KILL...";
  return false;
}

// However many there are, they take a tenth of the time at most.
void Machine::serve_others() {
  int64_t began_us = engine_.mono_us();
  if (engine_.host().serve_others) {
    Dispatcher::Aside aside(engine_.dispatcher());
    // For the script time stands still, for others it does not.
    int64_t& now_ms = engine_.keyspace_shared().now_ms;
    const int64_t script_ms = now_ms;
    engine_.refresh_time();
    engine_.host().serve_others();
    now_ms = script_ms;
  }
  int64_t ended_us = engine_.mono_us();
  run->served_us = std::max<int64_t>(1, ended_us + 9 * (ended_us - began_us) - kServeEveryUs);
}

}  // namespace redstart
