// A virtual machine: what the host makes, feeds with source text and calls.
//
//   State state({.memory_cap = 64 << 20}, host);
//   open_libraries(state);
//   Root f(state);
//   if (!state.compile(source, "@user_script", &f.value)) ... state.error() is the text
//   Value arguments[] = {state.string("x")}, result;
//   if (!state.call(f.value, arguments, &result)) ... state.error(), state.error_place()
//
// One thread at a time; machines share nothing. No exceptions: what fails returns false (natives:
// kRaised) and leaves the error value in error().
//
// Values stay good until the machine next runs Lua code, for the collector works only then (heap.h):
// a host that builds tables out of strings needs no precautions in between. What must outlive a
// run belongs into a Root, a table that is reachable, or the stack of a Call.
#pragma once

#include <cstdarg>
#include <span>
#include <string>
#include <string_view>

#include "lua/function.h"
#include "lua/heap.h"
#include "lua/limits.h"
#include "lua/table.h"
#include "lua/value.h"

namespace redstart::lua {

class Root;
class State;
class Thread;

// What the machine asks of its surroundings.
class Host {
 public:
  virtual ~Host() = default;
  // Called every kPollsPerHostCheck calls and jumps back of running Lua code. The host may look
  // after others meanwhile, but not enter this machine. False stops the run: the error is the
  // string that stop_text() gives, and no pcall of the script can catch it.
  virtual bool keep_running() { return true; }
  virtual std::string_view stop_text() { return "stopped by the host"; }
  // For os.clock().
  virtual double cpu_seconds() { return 0; }
  // What pcall() answers for an error that it has caught.
  virtual Value caught(State& state, const Value& error) { return error; }
};

struct Limits {
  size_t memory_cap = SIZE_MAX;
  uint64_t hash_seed = 0;
};

// The metamethods. The first eight are remembered as absent in Table::absent; the arithmetic ones
// are in the order of the instructions.
enum class Event : uint8_t {
  kIndex,
  kNewIndex,
  kMode,
  kLen,
  kCall,
  kMetatable,
  kTostring,
  kEq,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kUnm,
  kLt,
  kLe,
  kConcat,
  kCount,
};

// Where the last error was raised: the innermost Lua function then running.
struct ErrorPlace {
  std::string source;  // as given to compile(): "@user_script"
  int line = -1;       // -1: no Lua function was running
};

class State {
 public:
  State(const Limits& limits, Host& host);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // --- making values. Strings beyond kSmallAllocation may be refused: then the empty string is
  // answered and heap().refused() stays true until the error is raised, at the latest when the
  // native that asked returns.
  Value string(std::string_view text);
  Table* table(uint32_t array_size = 0, uint32_t hash_size = 0);
  Value native(NativeFunction function, std::span<const Value> upvalues = {});
  // Stores under a name, with no regard to metamethods and readonly.
  void set(Table* table, std::string_view name, const Value& value);
  const Value& get(Table* table, std::string_view name);

  // --- running
  // Compiles a chunk into a function that can be called any number of times. The name is "=text",
  // "@file" or the source itself, as the messages are to show it.
  bool compile(std::string_view source, std::string_view chunk_name, Value* function);
  // Calls from outside or from a native (Call::invoke is the shorter way there). Only the first
  // result is kept; nil if there is none.
  bool call(const Value& function, std::span<const Value> arguments, Value* result);

  // --- errors: after a false.
  const Value& error() const { return error_; }
  const ErrorPlace& error_place();
  // Each stores an error and returns false. `fail` puts "source:line: " of the running Lua function
  // in front of the text.
  bool raise(const Value& error);
  bool fail(const char* format, ...) __attribute__((format(printf, 2, 3)));
  bool fail_out_of_memory();

  // --- what there is
  Table* globals() const { return globals_; }
  // The table of values without a metatable of their own: strings, numbers, ...
  Table*& type_metatable(Tag tag) { return type_metatables_[static_cast<int>(tag)]; }
  Table* metatable_of(const Value& value) const;
  Heap& heap() { return heap_; }
  Host& host() { return host_; }
  // For natives to find their surroundings.
  void* host_data = nullptr;

  // The generator of math.random: as the C library's drand48, and started as Redis starts it.
  void seed_random(int32_t seed);
  int32_t next_random();  // 31 bits

  // A whole collection now: for a host that is idle. Not from within a run.
  void collect() { heap_.collect(); }
  size_t memory_used() const { return heap_.used(); }

  // --- for the room's own files
  // At a call or a jump back, when Heap::polls is used up: lets the collector work, asks the host.
  // False with an error pending.
  bool poll();
  // For natives that may run long: false with an error pending if the run is to end.
  bool ask_host();
  // Puts the position of a running function in front of a text. Level 1 is the function that runs,
  // or the one that called the native that runs; 0 adds nothing.
  Value with_position(std::string_view text, int level);
  bool fail_list(const char* format, va_list arguments, int level);
  String* event_name(Event event) const { return event_names_[static_cast<int>(event)]; }
  Thread* main_thread() const { return main_; }
  template <typename Visit>
  void visit_roots(Visit visit);

  Thread* running = nullptr;
  uint32_t native_nesting = 0;
  bool in_native = false;       // a native runs on top of the innermost frame
  bool native_from_lua = false; // and an instruction of that frame called it
  bool stopped = false;         // by the host: no pcall may catch the error

 private:
  void note_place();
  void begin_outermost();

  Heap heap_;
  Host& host_;
  Value error_;
  ErrorPlace error_place_;
  Proto* place_proto_ = nullptr;
  uint32_t place_pc_ = 0;
  Table* globals_ = nullptr;
  Thread* main_ = nullptr;
  Table* type_metatables_[16] = {};
  String* event_names_[static_cast<int>(Event::kCount)] = {};
  String* out_of_memory_ = nullptr;
  uint64_t random_ = 0x1234'abcd'330e;
  Root* roots_ = nullptr;
  friend class Root;
};

// A value the host keeps: the collector sees it as long as this exists.
class Root {
 public:
  explicit Root(State& state, const Value& value = Value());
  ~Root();
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
  Value value;

 private:
  friend class State;
  State& state_;
  Root* previous_ = nullptr;
  Root* next_;
};

template <typename Visit>
void State::visit_roots(Visit visit) {
  visit(error_);
  if (globals_) visit(Value(globals_));
  if (main_) visit(Value(main_));
  if (running) visit(Value(running));
  if (out_of_memory_) visit(Value(out_of_memory_));
  if (place_proto_) visit(Value(place_proto_, Tag::kProto));
  for (Table* metatable : type_metatables_) {
    if (metatable) visit(Value(metatable));
  }
  for (String* name : event_names_) {
    if (name) visit(Value(name));
  }
  for (Root* root = roots_; root; root = root->next_) visit(root->value);
}

}  // namespace redstart::lua
