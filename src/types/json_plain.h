// The bytes that stand for themselves in a JSON string: neither a control character, nor a quote, nor
// a backslash.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace redstart {

inline bool is_plain(char c) { return static_cast<uint8_t>(c) >= 0x20 && c != '"' && c != '\\'; }

// How many of eight bytes stand before the first that is none of them.
inline size_t plain_of_eight(const char* from) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  uint64_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  auto has_zero = [](uint64_t x) { return (x - kOnes) & ~x; };
  const uint64_t control = (bytes - kOnes * 0x20) & ~bytes;
  const uint64_t others =
      (control | has_zero(bytes ^ kOnes * '"') | has_zero(bytes ^ kOnes * '\\')) & kHighs;
  // A borrow makes marks behind the first one wrong, never before it.
  return static_cast<size_t>(std::countr_zero(others)) / 8;
}

}  // namespace redstart
