// The 16 hexadecimal digits in which DIGEST and the digest conditions speak of a value's XXH3.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ascii.h"
#include "base/hex.h"

namespace redstart {

inline constexpr size_t kDigestText = 16;

inline void write_digest(char* out, uint64_t digest) {
  for (int shift = 60; shift >= 0; shift -= 4) *out++ = kHexDigits[digest >> shift & 15];
}

// Exactly 16 digits, in either letter case.
inline bool parse_digest(std::string_view text, uint64_t* digest) {
  if (text.size() != kDigestText) return false;
  uint64_t value = 0;
  for (char letter : text) {
    const int digit = ascii_hex_value(letter);
    if (digit < 0) return false;
    value = value << 4 | static_cast<uint64_t>(digit);
  }
  *digest = value;
  return true;
}

}  // namespace redstart
