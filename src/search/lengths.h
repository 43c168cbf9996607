// How many words a field has, in a byte: exact below 40, then with three significant bits, as
// Lucene and Tantivy keep it. Scores need no more.
#pragma once

#include <bit>
#include <cstdint>

namespace redstart::search {

inline constexpr uint32_t kExactLengths = 24;  // what is above is a small float

inline uint8_t length_code(uint32_t length) {
  if (length < kExactLengths) return static_cast<uint8_t>(length);
  const uint32_t above = length - kExactLengths;
  const int bits = std::bit_width(above);
  if (bits < 4) return static_cast<uint8_t>(kExactLengths + above);
  const int shift = bits - 4;
  return static_cast<uint8_t>(kExactLengths + ((above >> shift & 7) | (shift + 1) << 3));
}

inline uint32_t length_of(uint8_t code) {
  if (code < kExactLengths) return code;
  const uint32_t small = code - kExactLengths;
  const uint32_t shift = small >> 3;
  return kExactLengths + (shift == 0 ? small : ((small & 7) | 8) << (shift - 1));
}

}  // namespace redstart::search
