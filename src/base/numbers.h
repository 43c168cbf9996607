// Numbers and their text, for every protocol and every command: the one place where either is
// turned into the other. All functions are locale-free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

// The longest text that write_int64 and write_double can produce.
inline constexpr size_t kIntTextMax = 21;
inline constexpr size_t kDoubleTextMax = 32;
// The longest text of write_long_double: 17 digits after the point of the largest value.
inline constexpr size_t kLongDoubleTextMax = 5 * 1024;

// Redis's strict integer: optional '-', no leading zero, no '+', no blanks, nothing left over.
// Only texts that print back as themselves are integers ("0", "-7"; not "007", "-0", "+1").
bool parse_int64(std::string_view text, int64_t* value);
bool parse_uint64(std::string_view text, uint64_t* value);

// A double as Redis accepts it in commands: strtod's forms without leading blanks, "inf" with
// sign, hexadecimal floats; NaN, an empty text, trailing bytes and out-of-range values are refused.
bool parse_double(std::string_view text, double* value);
bool parse_long_double(std::string_view text, long double* value);

// Each writes at most its maximum, returns the count, adds no terminating zero.
size_t write_int64(char* out, int64_t value);
size_t write_uint64(char* out, uint64_t value);
size_t int64_text_size(int64_t value);
// A text that reads back as the same double, with the digits (nearly always the fewest, see
// grisu.h) and the layout of Redis: "3", "0.1", "1e+21", "5e-324", "inf", "-inf", "nan", "-0".
size_t write_double(char* out, double value);
// What INCRBYFLOAT stores: %.17Lf without trailing zeros, never an exponent, "-0" becomes "0".
size_t write_long_double(char* out, long double value);

std::string int64_text(int64_t value);
std::string double_text(double value);

// "1gb", "512mb", "10k" (x1000), "10kb" (x1024), plain bytes: the memory sizes of redis.conf.
bool parse_memory_size(std::string_view text, uint64_t* bytes);

// With so many digits behind the point: "1.50".
std::string fixed_text(double value, int digits);

}  // namespace redstart
