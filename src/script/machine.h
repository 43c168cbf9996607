// An interpreter as scripts find it: Lua's library without what could reach out of it, `redis`, and
// the libraries beside it, all of it read-only. A tenant has two, one for EVAL and one for functions.
//
// It is also what the interpreter asks, every few thousand instructions, whether to go on: there a
// long script lets others in and may be killed.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/args.h"
#include "engine/dispatcher.h"
#include "lua/state.h"

namespace redstart {

class Engine;
struct ScriptRun;
class LibraryLoad;

class Machine final : public lua::Host {
 public:
  enum class Kind : uint8_t { kEval, kFunctions };

  Machine(Engine& engine, Kind kind);
  ~Machine() override;

  // The machine behind a call of a native function.
  static Machine& of(lua::State& state) { return *static_cast<Machine*>(state.host_data); }

  Engine& engine() { return engine_; }
  lua::State& state() { return state_; }
  size_t memory() const { return state_.memory_used(); }

  // For EVAL: the two tables of a run.
  void set_arguments(Args keys, Args arguments);
  // For functions: they get the tables as arguments.
  lua::Value list_of(Args texts);
  // While a library is loaded it sees nothing but redis.register_function() and what is harmless.
  void enter_load(LibraryLoad* load);
  void leave_load();
  // Libraries are loaded seldom and live long: what loading them left behind goes early.
  void collect_after_load();

  // The error of the last call as text with its code, and whether its statistics were counted where
  // it arose.
  struct Failure {
    std::string text;
    bool counted = false;
  };
  Failure failure();

  // lua::Host
  bool keep_running() override;
  std::string_view stop_text() override { return stop_text_; }
  double cpu_seconds() override;
  // Scripts older than tables as errors look for the text.
  lua::Value caught(lua::State& state, const lua::Value& error) override;

  ScriptRun* run = nullptr;       // null between runs
  LibraryLoad* load = nullptr;    // while a library is loaded

  // Of redis.call(), reused from call to call.
  struct CallBuffers {
    std::vector<std::string_view> args;
    std::vector<char> numbers;  // the texts of arguments that are numbers
  };
  CallBuffers buffers;

 private:
  void define_globals();
  void lock_globals();
  void lock(lua::Table* table);
  void serve_others();

  Engine& engine_;
  const Kind kind_;
  lua::State state_;
  lua::Root keys_name_, argv_name_;
  lua::Root run_globals_, load_globals_;  // copies of what each shows; kFunctions only
  std::string_view stop_text_;
  size_t memory_after_collection_ = 0;
};

}  // namespace redstart
