#include "lua/numbers.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/numbers.h"

namespace redstart::lua {

namespace {

bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool same_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (size_t i = 0; i < text.size(); i++) {
    if ((text[i] | 0x20) != word[i]) return false;
  }
  return true;
}

// After "0x".
bool parse_hex(std::string_view text, double* number) {
  double mantissa = 0;
  int exponent = 0, digits = 0;
  bool fraction = false;
  size_t i = 0;
  for (; i < text.size(); i++) {
    if (text[i] == '.' && !fraction) {
      fraction = true;
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) break;
    digits++;
    mantissa = mantissa * 16 + digit;
    if (fraction) exponent -= 4;
  }
  if (digits == 0) return false;
  if (i < text.size()) {
    if ((text[i] | 0x20) != 'p') return false;
    std::string_view power = text.substr(i + 1);
    if (!power.empty() && power[0] == '+') power.remove_prefix(1);
    int value;
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), value);
    if (error != std::errc() || end != power.data() + power.size()) return false;
    if (value > 100'000) value = 100'000;
    if (value < -100'000) value = -100'000;
    exponent += value;
  }
  *number = std::ldexp(mantissa, exponent);
  return true;
}

bool parse_decimal(std::string_view text, double* number) {
  // Short whole numbers, which are most of them.
  if (text.size() <= 15) {
    int64_t whole = 0;
    size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; i++) whole = whole * 10 + (text[i] - '0');
    if (i == text.size() && i > 0) {
      *number = static_cast<double>(whole);
      return true;
    }
  }
  const char first = text.empty() ? 0 : text[0];
  if (first != '.' && !(first >= '0' && first <= '9')) {
    if (same_word(text, "inf") || same_word(text, "infinity")) {
      *number = std::numeric_limits<double>::infinity();
      return true;
    }
    if (same_word(text, "nan")) {
      *number = std::numeric_limits<double>::quiet_NaN();
      return true;
    }
    return false;
  }
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *number);
  if (stop != end) return false;
  if (error == std::errc::result_out_of_range) {
    // Infinity or zero: the sign of the exponent that matters tells.
    long double wide;
    const auto again = std::from_chars(text.data(), end, wide);
    if (again.ec == std::errc()) {
      *number = static_cast<double>(wide);
    } else {
      const size_t e = text.find_first_of("eE");
      *number = e != text.npos && e + 1 < text.size() && text[e + 1] == '-'
                    ? 0
                    : std::numeric_limits<double>::infinity();
    }
    return true;
  }
  return error == std::errc();
}

}  // namespace

bool text_to_number(std::string_view text, double* number) {
  text = text.substr(0, text.find('\0'));  // the reference reads C strings
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const bool hex = text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
  if (!(hex ? parse_hex(text.substr(2), number) : parse_decimal(text, number))) return false;
  if (negative) *number = -*number;
  return true;
}

size_t number_to_text(char* out, double number) {
  if (number > -1e14 && number < 1e14) {
    const int64_t whole = static_cast<int64_t>(number);
    if (static_cast<double>(whole) == number && (whole != 0 || !std::signbit(number))) {
      return write_int64(out, whole);
    }
  }
  if (std::isnan(number)) {
    memcpy(out, "-nan", 4);
    if (std::signbit(number)) return 4;
    memcpy(out, "nan", 3);
    return 3;
  }
  const auto result =
      std::to_chars(out, out + kNumberTextMax, number, std::chars_format::general, 14);
  return static_cast<size_t>(result.ptr - out);
}

int64_t to_integer(double number) {
  if (number >= -0x1p63 && number < 0x1p63) return static_cast<int64_t>(number);
  return std::numeric_limits<int64_t>::min();  // what the common hardware answers
}

}  // namespace redstart::lua
