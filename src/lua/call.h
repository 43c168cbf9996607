// One call of a native function: its arguments, its results, its errors.
//
//   int math_max(Call& call) {
//     double largest;
//     if (!call.number(0, &largest)) return kRaised;
//     ...
//     return call.ret(Value(largest));
//   }
//
// Arguments lie side by side on the stack; results are written from one place before them, so a
// native that returns several reads its arguments first.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "lua/state.h"

namespace redstart::lua {

inline constexpr int kRaised = -1;   // an error is pending in State::error()
inline constexpr int kYielded = -2;  // coroutine.yield() only

class Call {
 public:
  Call(State& state, Thread& thread, Value* base, int count)
      : state(state), thread(thread), base_(base), count_(count) {}

  State& state;
  Thread& thread;

  // --- arguments, from 0
  int count() const { return count_; }
  const Value& operator[](int i) const { return i < count_ ? base_[i] : kNil; }
  std::span<const Value> arguments() const { return {base_, static_cast<size_t>(count_)}; }
  Native& self() const { return *base_[-1].native(); }
  Value& upvalue(int i) const { return self().upvalues()[i]; }

  // Each reads one argument in the manner of the reference, or raises "bad argument #n to 'name'"
  // and returns false. `string` takes numbers too and turns the argument itself into their text.
  bool number(int i, double* out);
  bool integer(int i, int64_t* out);
  bool string(int i, std::string_view* out);
  bool table(int i, Table** out);
  bool function(int i);
  bool any(int i);
  bool number_or(int i, double fallback, double* out);
  bool integer_or(int i, int64_t fallback, int64_t* out);
  bool string_or(int i, std::string_view fallback, std::string_view* out);
  // Also refuses a table that scripts may not write.
  bool writable_table(int i, Table** out);

  // --- results
  int none() { return 0; }
  int ret(const Value& value) {
    base_[-1] = value;
    return 1;
  }
  int ret(const Value& first, const Value& second) {
    base_[-1] = first;
    base_[0] = second;  // there is always room for one
    return 2;
  }
  int ret(std::string_view text) { return ret(state.string(text)); }
  // Room for so many results, to be written in order; null with an error pending if there is none.
  Value* results(int count);

  // --- errors. Each returns kRaised.
  int raise(const Value& error) {
    state.raise(error);
    return kRaised;
  }
  int fail(const char* format, ...) __attribute__((format(printf, 2, 3)));
  int bad_argument(int i, const char* what);
  int bad_type(int i, const char* expected);

  // --- calling. Arguments are copied; `result` gets the first result or nil. Values that C++ holds
  // across this are safe only if they are reachable from somewhere: from an argument, for example.
  bool invoke(const Value& function, std::span<const Value> arguments, Value* result);
  // Calls argument `i` with the arguments behind it; the results begin where this call's would.
  // Returns their number, or kRaised. Nothing of the arguments is left.
  int forward(int i);
  // A value of the stack that C++ code may change, to keep something alive; null if there is no room.
  Value* keep(const Value& value);

 private:
  Value* base_;
  int count_;
};

struct Function {
  const char* name;
  NativeFunction function;
};

// Adds functions to a table.
void add_functions(State& state, Table* table, std::span<const Function> functions);
// A global table of functions.
Table* open_library(State& state, const char* name, std::span<const Function> functions);

}  // namespace redstart::lua
