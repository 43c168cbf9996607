#include "search/plain.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/numbers.h"

namespace redstart::search {

Plain Plain::of_natural(uint64_t value) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return of(static_cast<int64_t>(value));
  }
  char digits[kIntTextMax];
  return of_text({digits, write_uint64(digits, value)});
}

Plain Plain::of_number(double value) {
  constexpr double kExactMax = 9007199254740992;  // up to here each integer is a double of its own
  if (std::abs(value) <= kExactMax && value == std::trunc(value)) {
    return of(static_cast<int64_t>(value));
  }
  return {.kind = Kind::kNumber, .number = value};
}

const Plain* Plain::find(std::string_view name) const {
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == name) return &items[i + 1];
  }
  return nullptr;
}

void append_number(double value, std::string* out) {
  if (!std::isfinite(value)) {
    *out += std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  if (value == 0) {
    *out += '0';  // also of the negative one
    return;
  }
  // "-d.ddde-xx"
  char text[kDoubleTextMax];
  const char* const end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  std::string digits;
  const char* at = text;
  for (; *at != 'e'; at++) {
    if (*at == '-') {
      *out += '-';
    } else if (*at != '.') {
      digits += *at;
    }
  }
  int exponent = 0;
  at++;
  if (*at == '+') at++;
  std::from_chars(at, end, exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits in front of it
  if (point > 21 || point < -5) {
    *out += digits[0];
    if (count > 1) out->append(".").append(digits, 1);
    *out += exponent < 0 ? "e-" : "e+";
    *out += std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    out->append("0.").append(static_cast<size_t>(-point), '0').append(digits);
  } else if (point >= count) {
    out->append(digits).append(static_cast<size_t>(point - count), '0');
  } else {
    out->append(digits, 0, static_cast<size_t>(point)).append(".");
    out->append(digits, static_cast<size_t>(point));
  }
}

std::string number_text(double value) {
  std::string text;
  append_number(value, &text);
  return text;
}

}  // namespace redstart::search
