#include "lua/format.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "base/numbers.h"
#include "lua/numbers.h"

namespace redstart::lua {

namespace {

struct Spec {
  bool left = false, plus = false, space = false, alternate = false, zero = false;
  int width = 0;
  int precision = -1;
  char conversion = 0;
  bool plain() const {
    return !left && !plus && !space && !alternate && !zero && width == 0 && precision < 0;
  }
};

// Behind the '%'. Returns the end of what was read, or null with an error pending.
const char* read_spec(Call& call, const char* p, const char* end, Spec* spec) {
  int flags = 0;
  for (;; p++, flags++) {
    const char c = p < end ? *p : '\0';
    if (c == '-') spec->left = true;
    else if (c == '+') spec->plus = true;
    else if (c == ' ') spec->space = true;
    else if (c == '#') spec->alternate = true;
    else if (c == '0') spec->zero = true;
    else break;
  }
  if (flags > 5) {
    call.fail("invalid format (repeated flags)");
    return nullptr;
  }
  const auto digit = [&] { return p < end && *p >= '0' && *p <= '9'; };
  for (int i = 0; i < 2 && digit(); i++) spec->width = spec->width * 10 + (*p++ - '0');
  if (p < end && *p == '.') {
    p++;
    spec->precision = 0;
    for (int i = 0; i < 2 && digit(); i++) spec->precision = spec->precision * 10 + (*p++ - '0');
  }
  if (digit()) {
    call.fail("invalid format (width or precision too long)");
    return nullptr;
  }
  spec->conversion = p < end ? *p++ : '\0';
  return p;
}

// Sign or prefix, zeros up to the width or the precision, digits: as printf pads numbers.
void put_number(Buffer& buffer, const Spec& spec, std::string_view prefix, std::string_view digits,
                int zeros, bool may_zero_fill) {
  int fill = spec.width - static_cast<int>(prefix.size() + digits.size()) - zeros;
  if (fill < 0) fill = 0;
  const bool zero_fill = spec.zero && !spec.left && may_zero_fill;
  if (!spec.left && !zero_fill) {
    for (int i = 0; i < fill; i++) buffer.append(' ');
  }
  buffer.append(prefix);
  for (int i = 0; i < zeros + (zero_fill ? fill : 0); i++) buffer.append('0');
  buffer.append(digits);
  if (spec.left) {
    for (int i = 0; i < fill; i++) buffer.append(' ');
  }
}

std::string_view sign_of(const Spec& spec, bool negative) {
  return negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
}

void put_integer(Buffer& buffer, const Spec& spec, int64_t value) {
  char text[kIntTextMax];
  if (spec.plain()) return buffer.append({text, write_int64(text, value)});
  const uint64_t magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  std::string_view digits(text, write_uint64(text, magnitude));
  if (spec.precision == 0 && value == 0) digits = {};
  const int zeros = spec.precision > static_cast<int>(digits.size())
                        ? spec.precision - static_cast<int>(digits.size())
                        : 0;
  put_number(buffer, spec, sign_of(spec, value < 0), digits, zeros, spec.precision < 0);
}

void put_unsigned(Buffer& buffer, const Spec& spec, uint64_t value) {
  char text[24];
  const int radix = spec.conversion == 'o' ? 8 : spec.conversion == 'u' ? 10 : 16;
  const auto result = std::to_chars(text, text + sizeof text, value, radix);
  std::string_view digits(text, static_cast<size_t>(result.ptr - text));
  if (spec.conversion == 'X') {
    for (char* c = text; c < result.ptr; c++) {
      if (*c >= 'a') *c -= 32;
    }
  }
  if (spec.precision == 0 && value == 0) digits = {};
  int zeros = spec.precision > static_cast<int>(digits.size())
                  ? spec.precision - static_cast<int>(digits.size())
                  : 0;
  std::string_view prefix;
  if (spec.alternate) {
    if (radix == 16 && value != 0) prefix = spec.conversion == 'x' ? "0x" : "0X";
    if (radix == 8 && zeros == 0 && (digits.empty() || digits[0] != '0')) zeros = 1;
  }
  put_number(buffer, spec, prefix, digits, zeros, spec.precision < 0);
}

void put_double(Buffer& buffer, const Spec& spec, double value) {
  char text[512];
  const bool upper = spec.conversion < 'a';
  const double magnitude = std::fabs(value);
  const std::string_view sign = sign_of(spec, std::signbit(value));
  if (!std::isfinite(value)) {
    const char* word = std::isnan(value) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
    return put_number(buffer, spec, sign, word, 0, false);
  }
  const char kind = static_cast<char>(spec.conversion | 0x20);
  int precision = spec.precision < 0 ? 6 : spec.precision;
  const auto shape = kind == 'e'   ? std::chars_format::scientific
                     : kind == 'f' ? std::chars_format::fixed
                                   : std::chars_format::general;
  if (kind == 'g' && precision == 0) precision = 1;
  const auto result = std::to_chars(text, text + sizeof text, magnitude, shape, precision);
  size_t length = static_cast<size_t>(result.ptr - text);
  if (spec.alternate) {
    // Always a point; for %g also the zeros behind it.
    size_t exponent = std::string_view(text, length).find('e');
    if (exponent == std::string_view::npos) exponent = length;
    const auto insert = [&](size_t at, char c) {
      memmove(text + at + 1, text + at, length - at);
      text[at] = c;
      length++;
    };
    if (std::string_view(text, exponent).find('.') == std::string_view::npos) insert(exponent++, '.');
    if (kind == 'g') {
      int digits = 0;
      bool leading = magnitude != 0;
      for (size_t i = 0; i < exponent; i++) {
        if (text[i] == '.' || (leading && text[i] == '0')) continue;
        leading = false;
        digits++;
      }
      for (; digits < precision; digits++) insert(exponent++, '0');
    }
  }
  if (upper) {
    for (size_t i = 0; i < length; i++) {
      if (text[i] == 'e') text[i] = 'E';
    }
  }
  put_number(buffer, spec, sign, {text, length}, 0, true);
}

void put_text(Buffer& buffer, const Spec& spec, std::string_view text) {
  if (spec.precision >= 0) text = text.substr(0, static_cast<size_t>(spec.precision));
  const int fill = spec.width > static_cast<int>(text.size())
                       ? spec.width - static_cast<int>(text.size())
                       : 0;
  if (!spec.left) {
    for (int i = 0; i < fill; i++) buffer.append(' ');
  }
  buffer.append(text);
  if (spec.left) {
    for (int i = 0; i < fill; i++) buffer.append(' ');
  }
}

// As C has it: text ends at a zero byte. The reference prints through C's sprintf unless the string
// is long and goes in whole.
std::string_view c_text(std::string_view text) { return text.substr(0, text.find('\0')); }

void put_quoted(Buffer& buffer, std::string_view text) {
  buffer.append('"');
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
      case '\n':
        buffer.append('\\');
        buffer.append(c);
        break;
      case '\r':
        buffer.append("\\r");
        break;
      case '\0':
        buffer.append("\\000");
        break;
      default:
        buffer.append(c);
    }
  }
  buffer.append('"');
}

bool put_argument(Call& call, Buffer& buffer, const Spec& spec, int i) {
  double number;
  std::string_view text;
  switch (spec.conversion) {
    case 'c': {
      if (!call.number(i, &number)) return false;
      const char c = static_cast<char>(to_integer(number));
      put_text(buffer, spec, c_text({&c, 1}));
      return true;
    }
    case 'd':
    case 'i':
      if (!call.number(i, &number)) return false;
      put_integer(buffer, spec, to_integer(number));
      return true;
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      if (!call.number(i, &number)) return false;
      put_unsigned(buffer, spec,
                   number >= 0x1p63 && number < 0x1p64 ? static_cast<uint64_t>(number)
                                                       : static_cast<uint64_t>(to_integer(number)));
      return true;
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      if (!call.number(i, &number)) return false;
      put_double(buffer, spec, number);
      return true;
    case 'q':
      if (!call.string(i, &text)) return false;
      put_quoted(buffer, text);
      return true;
    case 's':
      if (!call.string(i, &text)) return false;
      if (spec.precision < 0 && text.size() >= 100) {
        buffer.append(text);
      } else {
        put_text(buffer, spec, c_text(text));
      }
      return true;
    default:
      call.fail("invalid option '%%%.1s' to 'format'", &spec.conversion);
      return false;
  }
}

}  // namespace

bool format(Call& call, Buffer& buffer) {
  std::string_view text;
  if (!call.string(0, &text)) return false;
  int argument = 0;
  for (const char *p = text.data(), *end = p + text.size(); p < end;) {
    const char* percent = static_cast<const char*>(memchr(p, '%', static_cast<size_t>(end - p)));
    if (!percent) percent = end;
    buffer.append({p, static_cast<size_t>(percent - p)});
    if (percent == end) break;
    p = percent + 1;
    if (p < end && *p == '%') {
      buffer.append('%');
      p++;
      continue;
    }
    if (++argument >= call.count()) {
      call.bad_argument(argument, "no value");
      return false;
    }
    Spec spec;
    p = read_spec(call, p, end, &spec);
    if (!p || !put_argument(call, buffer, spec, argument)) return false;
  }
  return true;
}

}  // namespace redstart::lua
