// The longest common subsequence of two strings, for LCS.
//
// The textbook table has a length for every pair of prefixes, and a row of it only ever rises by 0
// or 1 from left to right. So a row is kept as one bit per column, and a new one is computed from
// the one before by a few operations per 64 columns (Allison and Dix 1986, Hyyrö 2004). The way
// back through the table needs no more than these bits: where two characters differ, it goes up if
// the row rises there and left otherwise. 64 times fewer steps and 32 times less memory than the
// table; the same path, so the same text and the same matches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// A stretch that both strings share on the way. Positions are inclusive.
struct LcsMatch {
  uint32_t a_first, a_last;
  uint32_t b_first, b_last;
  uint32_t size() const { return a_last - a_first + 1; }
};

struct Lcs {
  std::string text;
  std::vector<LcsMatch> matches;  // the last one first
};

// What the textbook table would take. Commands refuse pairs for which it exceeds
// proto-max-bulk-len, as Redis does.
constexpr uint64_t lcs_table_bytes(size_t a_size, size_t b_size) {
  return (uint64_t{a_size} + 1) * (uint64_t{b_size} + 1) * sizeof(uint32_t);
}

// REQUIRES for both: sizes below 2^32 - 2.
uint32_t lcs_length(std::string_view a, std::string_view b);
Lcs longest_common_subsequence(std::string_view a, std::string_view b);

}  // namespace redstart
