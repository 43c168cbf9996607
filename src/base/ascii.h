// Letter case and blanks of ASCII, free of the host's locale.
#pragma once

#include <string>
#include <string_view>

namespace redstart {

inline char ascii_lower(char c) { return (c >= 'A' && c <= 'Z') ? static_cast<char>(c | 0x20) : c; }
inline char ascii_upper(char c) {
  return (c >= 'a' && c <= 'z') ? static_cast<char>(c & ~0x20) : c;
}
inline bool ascii_digit(char c) { return c >= '0' && c <= '9'; }
inline bool ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool ascii_print(char c) { return c >= 0x20 && c < 0x7f; }
// The value of a hexadecimal digit, -1 for any other byte.
inline int ascii_hex_value(char c) {
  if (ascii_digit(c)) return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

inline bool equals_fold(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); i++) {
    if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  }
  return true;
}

inline std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

inline std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_upper(c);
  return out;
}

}  // namespace redstart
