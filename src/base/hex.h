// Bytes as hexadecimal digits, always in lower case. What a digit is worth: ascii_hex_value().
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace redstart {

inline constexpr char kHexDigits[] = "0123456789abcdef";

inline std::string hex_text(std::span<const uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text;
}

}  // namespace redstart
