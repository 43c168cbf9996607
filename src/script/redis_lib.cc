#include "script/redis_lib.h"

#include <cmath>
#include <iterator>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/numbers.h"
#include "base/version.h"
#include "engine/engine.h"
#include "engine/permissions.h"
#include "lua/call.h"
#include "lua/numbers.h"
#include "script/command_call.h"
#include "script/library_load.h"
#include "script/machine.h"
#include "script/script_flags.h"
#include "script/script_run.h"

namespace redstart {
namespace {

using LuaCall = lua::Call;
using lua::kRaised;
using lua::Table;
using lua::Tag;
using lua::Value;

// Errors are tables with their text: "ERR " goes in front of one without a code.
Value error_table(lua::State& state, std::string_view text) {
  Table* table = state.table(0, 1);
  state.set(table, "err", state.string(text));
  return Value(table);
}
int raise(LuaCall& call, std::string_view text) {
  return call.raise(error_table(call.state, "ERR " + std::string(text)));
}

Machine& machine_of(LuaCall& call) { return Machine::of(call.state); }

// For what makes sense only while a script runs. Null with an error pending.
ScriptRun* run_of(LuaCall& call) {
  ScriptRun* run = machine_of(call).run;
  if (!run) raise(call, "redis API is available to running scripts only");
  return run;
}

bool is_text(const Value& value) { return value.is_string() || value.is_number(); }

// ---- commands -----------------------------------------------------------------------------------

int redis_call(LuaCall& call) { return call_command(call, OnError::kRaise); }
int redis_pcall(LuaCall& call) { return call_command(call, OnError::kAnswer); }

int acl_check_cmd(LuaCall& call) {
  ScriptRun* run = run_of(call);
  if (!run) return kRaised;
  Args args;
  if (!read_command(call, &args)) return kRaised;
  const Command* command = machine_of(call).engine().commands().resolve(args);
  if (!command) return raise(call, "Invalid command passed to redis.acl_check_cmd()");
  return call.ret(Value(judge(run->context.session, {args, command}).allows()));
}

// ---- replies ------------------------------------------------------------------------------------

int error_reply(LuaCall& call) {
  if (call.count() != 1 || !call[0].is_string()) {
    return call.ret(error_table(call.state, "ERR wrong number or type of arguments"));
  }
  // The code is what stands before the first blank; a text without one has none.
  std::string_view text = call[0].text();
  text = text.substr(0, text.find('\0'));
  if (text.starts_with('-')) text.remove_prefix(1);
  std::string line = text.find(' ') == text.npos ? "ERR " : "";
  line += text;
  // Line breaks around what follows the code are no part of it.
  size_t message = line.find(' ') + 1;
  size_t begin = line.find_first_not_of("\r\n", message);
  size_t end = line.find_last_not_of("\r\n");
  line = line.substr(0, message) +
         (begin == line.npos ? std::string() : line.substr(begin, end - begin + 1));
  return call.ret(error_table(call.state, line));
}

int status_reply(LuaCall& call) {
  if (call.count() != 1 || !call[0].is_string()) {
    return call.ret(error_table(call.state, "ERR wrong number or type of arguments"));
  }
  Table* table = call.state.table(0, 1);
  call.state.set(table, "ok", call[0]);
  return call.ret(Value(table));
}

int setresp(LuaCall& call) {
  ScriptRun* run = run_of(call);
  if (!run) return kRaised;
  if (call.count() != 1) return raise(call, "redis.setresp() requires one argument.");
  double version = 0;
  lua::to_number(call[0], &version);
  int wanted = static_cast<int>(lua::to_integer(version));
  if (wanted != 2 && wanted != 3) return raise(call, "RESP version must be 2 or 3.");
  run->resp = wanted;
  return call.none();
}

// ---- this and that ------------------------------------------------------------------------------

int sha1hex(LuaCall& call) {
  if (call.count() != 1) return raise(call, "wrong number of arguments");
  std::string_view text;
  if (is_text(call[0]) && !call.string(0, &text)) return kRaised;
  constexpr size_t kSlowerThanSearching = 8;
  call.state.heap().worked_on(text.size() * kSlowerThanSearching);
  return call.ret(std::string_view(sha1_hex(text)));
}

int log(LuaCall& call) {
  if (call.count() < 2) return raise(call, "redis.log() requires two arguments or more.");
  double number;
  if (!lua::to_number(call[0], &number)) {
    return raise(call, "First argument must be a number (log level).");
  }
  int64_t level = lua::to_integer(number);
  if (level < 0 || level > 3) return raise(call, "Invalid log level.");
  Log& out = machine_of(call).engine().log();
  LogLevel log_level = static_cast<LogLevel>(level);
  if (!out.wants(log_level)) return call.none();
  std::string line;
  for (int i = 1; i < call.count(); i++) {
    std::string_view text;
    if (!is_text(call[i])) continue;
    if (!call.string(i, &text)) return kRaised;
    if (i > 1) line += ' ';
    line += text;
  }
  out.write(log_level, line);
  return call.none();
}

int set_repl(LuaCall& call) {
  ScriptRun* run = run_of(call);
  if (!run) return kRaised;
  if (call.count() != 1) return raise(call, "redis.set_repl() requires one argument.");
  double number = 0;
  lua::to_number(call[0], &number);
  int64_t where = lua::to_integer(number);
  if (where & ~int64_t{kReplicateAll}) {
    return raise(call,
                 "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
  }
  // Nobody but the append-only file reads the log of effects: what is for replicas alone is for none.
  run->context.unit.keep_to_ourselves(!(where & kReplicateAof));
  return call.none();
}

// Effects are always what is replicated.
int replicate_commands(LuaCall& call) { return call.ret(Value(true)); }

// There is no debugger: nobody is stopped and nobody listens.
int breakpoint(LuaCall& call) { return call.ret(Value(false)); }
int debug(LuaCall& call) { return call.none(); }

// ---- functions ----------------------------------------------------------------------------------

struct Registration {
  std::optional<std::string> name, description;
  Value code;
  uint32_t flags = 0;
};

// A list of names, up to the first nil.
bool read_flags(Table* list, uint32_t* flags) {
  for (int64_t i = 1; !list->get_index(i).is_nil(); i++) {
    const Value& name = list->get_index(i);
    uint32_t flag = name.is_string() ? script_flag(to_lower(name.text())) : 0;
    if (!flag) return false;
    *flags |= flag;
  }
  return true;
}

bool text_of(const Value& value, std::optional<std::string>* out) {
  if (value.is_string()) {
    *out = value.text();
  } else if (value.is_number()) {
    char text[lua::kNumberTextMax];
    *out = std::string(text, lua::number_to_text(text, value.num));
  } else {
    return false;
  }
  return true;
}

const char* read_named(const Value& given, Registration* wanted) {
  if (!given.is_table()) {
    return "calling redis.register_function with a single argument is only applicable to Lua "
           "table (representing named arguments).";
  }
  uint32_t position = 0;
  Value key, value;
  while (given.table()->next(&position, &key, &value)) {
    std::optional<std::string> name;
    if (!text_of(key, &name)) {
      return "named argument key given to redis.register_function is not a string";
    }
    if (equals_fold(*name, "function_name")) {
      if (!text_of(value, &wanted->name)) {
        return "function_name argument given to redis.register_function must be a string";
      }
    } else if (equals_fold(*name, "description")) {
      if (!text_of(value, &wanted->description)) {
        return "description argument given to redis.register_function must be a string";
      }
    } else if (equals_fold(*name, "callback")) {
      if (!value.is_function()) {
        return "callback argument given to redis.register_function must be a function";
      }
      wanted->code = value;
    } else if (equals_fold(*name, "flags")) {
      if (!value.is_table()) {
        return "flags argument to redis.register_function must be a table representing function "
               "flags";
      }
      if (!read_flags(value.table(), &wanted->flags)) return "unknown flag given";
    } else {
      return "unknown argument given to redis.register_function";
    }
  }
  if (!wanted->name) return "redis.register_function must get a function name argument";
  if (wanted->code.is_nil()) return "redis.register_function must get a callback argument";
  return nullptr;
}

const char* read_positional(LuaCall& call, Registration* wanted) {
  if (!text_of(call[0], &wanted->name)) {
    return "first argument to redis.register_function must be a string";
  }
  if (!call[1].is_function()) {
    return "second argument to redis.register_function must be a function";
  }
  wanted->code = call[1];
  return nullptr;
}

int register_function(LuaCall& call) {
  LibraryLoad* load = machine_of(call).load;
  if (!load) {
    return raise(call, "redis.register_function can only be called on FUNCTION LOAD command");
  }
  if (call.count() < 1 || call.count() > 2) {
    return raise(call, "wrong number of arguments to redis.register_function");
  }
  Registration wanted;
  const char* problem =
      call.count() == 1 ? read_named(call[0], &wanted) : read_positional(call, &wanted);
  if (problem) return raise(call, problem);
  auto function = std::make_unique<ScriptFunction>(call.state, *wanted.name, wanted.code);
  function->description = std::move(wanted.description);
  function->flags = wanted.flags;
  std::string error;
  if (!load->add(std::move(function), &error)) return raise(call, error);
  return call.none();
}

// ---- the tables ---------------------------------------------------------------------------------

constexpr lua::Function kFunctions[] = {
    {"call", redis_call},
    {"pcall", redis_pcall},
    {"log", log},
    {"setresp", setresp},
    {"sha1hex", sha1hex},
    {"error_reply", error_reply},
    {"status_reply", status_reply},
    {"set_repl", set_repl},
    {"acl_check_cmd", acl_check_cmd},
};
constexpr lua::Function kEvalFunctions[] = {
    {"breakpoint", breakpoint}, {"debug", debug}, {"replicate_commands", replicate_commands}};
constexpr lua::Function kLoadFunctions[] = {{"register_function", register_function}, {"log", log}};

// 7.4.0 is 0x00070400.
int version_number() {
  int number = 0, part = 0;
  for (char c : kRedisVersion) {
    if (c == '.') {
      number = number << 8 | part;
      part = 0;
    } else {
      part = part * 10 + (c - '0');
    }
  }
  return number << 8 | part;
}

void set_constants(lua::State& state, Table* redis) {
  static constexpr std::pair<const char*, int> kLevels[] = {
      {"LOG_DEBUG", 0}, {"LOG_VERBOSE", 1}, {"LOG_NOTICE", 2}, {"LOG_WARNING", 3}};
  for (auto [name, value] : kLevels) state.set(redis, name, Value(value));
  state.set(redis, "REDIS_VERSION", state.string(kRedisVersion));
  state.set(redis, "REDIS_VERSION_NUM", Value(version_number()));
}

}  // namespace

Table* open_redis(lua::State& state, bool for_eval) {
  Table* redis = state.table();
  lua::add_functions(state, redis, kFunctions);
  if (for_eval) lua::add_functions(state, redis, kEvalFunctions);
  set_constants(state, redis);
  static constexpr std::pair<const char*, int> kTargets[] = {{"REPL_NONE", kReplicateNone},
                                                             {"REPL_AOF", kReplicateAof},
                                                             {"REPL_SLAVE", kReplicateReplica},
                                                             {"REPL_REPLICA", kReplicateReplica},
                                                             {"REPL_ALL", kReplicateAll}};
  for (auto [name, value] : kTargets) state.set(redis, name, Value(value));
  return redis;
}

Table* open_redis_for_load(lua::State& state) {
  Table* redis = state.table();
  lua::add_functions(state, redis, kLoadFunctions);
  set_constants(state, redis);
  return redis;
}

}  // namespace redstart
