#include "core/lcs.h"

#include <algorithm>
#include <array>
#include <bit>

namespace redstart {

namespace {

// The rows of the table, one for each character of `a`. A bit that is not set marks a column where
// the row rises.
class Rows {
 public:
  explicit Rows(std::string_view b) : width_((b.size() + 63) / 64), row_(width_, ~uint64_t{0}) {
    for (size_t j = 0; j < b.size(); j++) {
      std::vector<uint64_t>& mask = masks_[static_cast<uint8_t>(b[j])];
      if (mask.empty()) mask.resize(width_);
      mask[j / 64] |= uint64_t{1} << j % 64;
    }
  }

  void step(char c) {
    const std::vector<uint64_t>& mask = masks_[static_cast<uint8_t>(c)];
    if (mask.empty()) return;  // a character that `b` lacks repeats the row
    // One addition over the whole row: in each stretch up to a rise, the first column with the
    // character becomes the rise.
    uint64_t carry = 0;
    for (size_t w = 0; w < width_; w++) {
      const uint64_t hits = row_[w] & mask[w];
      uint64_t sum;
      uint64_t overflow = __builtin_add_overflow(row_[w], hits, &sum);
      overflow |= static_cast<uint64_t>(__builtin_add_overflow(sum, carry, &sum));
      row_[w] = sum | (row_[w] & ~mask[w]);
      carry = overflow;
    }
  }

  const std::vector<uint64_t>& row() const { return row_; }
  size_t width() const { return width_; }

  uint32_t rises(size_t columns) const {
    size_t flat = 0;
    for (size_t w = 0; w < columns / 64; w++) flat += static_cast<size_t>(std::popcount(row_[w]));
    if (columns % 64 != 0) {
      const uint64_t used = (uint64_t{1} << columns % 64) - 1;
      flat += static_cast<size_t>(std::popcount(row_.back() & used));
    }
    return static_cast<uint32_t>(columns - flat);
  }

 private:
  size_t width_;
  std::vector<uint64_t> row_;
  std::array<std::vector<uint64_t>, 256> masks_;  // the columns where each character stands
};

}  // namespace

uint32_t lcs_length(std::string_view a, std::string_view b) {
  Rows rows(b);
  for (char c : a) rows.step(c);
  return rows.rises(b.size());
}

Lcs longest_common_subsequence(std::string_view a, std::string_view b) {
  Rows rows(b);
  const size_t width = rows.width();
  std::vector<uint64_t> table;
  table.reserve(a.size() * width);
  for (char c : a) {
    rows.step(c);
    table.insert(table.end(), rows.row().begin(), rows.row().end());
  }
  const auto rises = [&](size_t i, size_t j) {
    return (table[(i - 1) * width + (j - 1) / 64] >> (j - 1) % 64 & 1) == 0;
  };

  Lcs result;
  size_t i = a.size(), j = b.size();
  while (i > 0 && j > 0) {
    if (a[i - 1] != b[j - 1]) {
      if (rises(i, j)) {
        i--;
      } else {
        j--;
      }
      continue;
    }
    LcsMatch match;
    match.a_last = static_cast<uint32_t>(i - 1), match.b_last = static_cast<uint32_t>(j - 1);
    for (; i > 0 && j > 0 && a[i - 1] == b[j - 1]; i--, j--) result.text.push_back(a[i - 1]);
    match.a_first = static_cast<uint32_t>(i), match.b_first = static_cast<uint32_t>(j);
    result.matches.push_back(match);
  }
  std::reverse(result.text.begin(), result.text.end());
  return result;
}

}  // namespace redstart
