// Numbers and their text as Lua has them.
#pragma once

#include <cstddef>
#include <string_view>

#include "lua/value.h"

namespace redstart::lua {

inline constexpr size_t kNumberTextMax = 32;

// What tonumber() and arithmetic on strings accept: blanks around, a sign, decimals with exponent,
// hexadecimal with fraction and binary exponent, "inf" and "nan" in any case.
bool text_to_number(std::string_view text, double* number);
// "%.14g". Writes at most kNumberTextMax bytes, returns the count, adds no terminating zero.
size_t number_to_text(char* out, double number);

// The number a value is or, as a string, spells.
inline bool to_number(const Value& value, double* number) {
  if (value.is_number()) {
    *number = value.num;
    return true;
  }
  return value.is_string() && text_to_number(value.text(), number);
}

// As C casts, with an answer for what does not fit.
int64_t to_integer(double number);

}  // namespace redstart::lua
