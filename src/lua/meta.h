// What operators do beyond their plain cases: coercions, metamethods, and the errors of the rest.
// Each returns false with an error pending. Any of them may run Lua code, which moves the stack: so
// operands come by value and results go to a variable of C++.
#pragma once

#include "lua/state.h"

namespace redstart::lua {

// The metamethod of a value, or nil.
const Value& metamethod(const State& state, const Value& value, Event event);
// Of a metatable that may be null; remembers what is absent.
inline const Value& metamethod_of(const State& state, Table* metatable, Event event) {
  if (!metatable || metatable->absent & (1u << static_cast<int>(event))) return kNil;
  const Value& found = metatable->get_string(state.event_name(event));
  if (found.is_nil()) metatable->absent |= static_cast<uint8_t>(1u << static_cast<int>(event));
  return found;
}

bool index_value(State& state, Value object, Value key, Value* result);
bool store_index(State& state, Value object, Value key, Value value);
// The event is kAdd to kPow, or kUnm with the operand twice.
bool arithmetic(State& state, Event event, Value a, Value b, Value* result);
double arithmetic_of(Event event, double a, double b);
double modulo(double a, double b);
double power(double a, double b);
bool length_of(State& state, Value value, Value* result);
bool equal(State& state, Value a, Value b, bool* result);
bool less(State& state, Value a, Value b, bool* result);
bool less_equal(State& state, Value a, Value b, bool* result);
// Concatenates values that lie side by side in registers first..last of the running frame.
bool concatenate(State& state, int first, int last, Value* result);
// Also of natives: two values.
bool concatenate_pair(State& state, Value a, Value b, Value* result);
// What tostring() answers: a string.
bool to_text(State& state, Value value, Value* result);
// The text of a value without metamethods, as "table: 0x..." is.
Value plain_text(State& state, const Value& value);

}  // namespace redstart::lua
