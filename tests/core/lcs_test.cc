#include "core/lcs.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace redstart {
namespace {

std::string random_text(Random& random, size_t most, int letters) {
  std::string text(random.below(most + 1), '\0');
  for (char& c : text) c = static_cast<char>('a' + random.below(static_cast<uint64_t>(letters)));
  return text;
}

std::string described(const std::vector<LcsMatch>& matches) {
  std::string text;
  for (const LcsMatch& m : matches) {
    text += std::to_string(m.a_first) + '-' + std::to_string(m.a_last) + '=' +
            std::to_string(m.b_first) + '-' + std::to_string(m.b_last) + ' ';
  }
  return text;
}

TEST(Lcs, ExampleOfTheManual) {
  const Lcs lcs = longest_common_subsequence("ohmytext", "mynewtext");
  EXPECT_EQ(lcs.text, "mytext");
  EXPECT_EQ(described(lcs.matches), "4-7=5-8 2-3=0-1 ");
  EXPECT_EQ(lcs.matches[0].size(), 4u);
}

// The textbook table and the textbook walk: up if the cell above is larger, left otherwise.
TEST(Lcs, SamePathAsTheTable) {
  Random random(1);
  for (int round = 0; round < 400; round++) {
    const int letters = 1 + static_cast<int>(random.below(5));
    const std::string a = random_text(random, 150, letters), b = random_text(random, 150, letters);
    std::vector<std::vector<uint32_t>> table(a.size() + 1, std::vector<uint32_t>(b.size() + 1));
    for (size_t i = 1; i <= a.size(); i++) {
      for (size_t j = 1; j <= b.size(); j++) {
        table[i][j] = a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1
                                           : std::max(table[i - 1][j], table[i][j - 1]);
      }
    }
    std::vector<std::pair<size_t, size_t>> path;
    for (size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
      if (a[i - 1] == b[j - 1]) {
        path.emplace_back(--i, --j);
      } else if (table[i - 1][j] > table[i][j - 1]) {
        i--;
      } else {
        j--;
      }
    }

    const Lcs lcs = longest_common_subsequence(a, b);
    ASSERT_EQ(lcs_length(a, b), table[a.size()][b.size()]) << a << ' ' << b;
    std::vector<std::pair<size_t, size_t>> matched;
    for (const LcsMatch& m : lcs.matches) {
      for (uint32_t i = 0; i < m.size(); i++) matched.emplace_back(m.a_last - i, m.b_last - i);
      ASSERT_EQ(m.a_last - m.a_first, m.b_last - m.b_first);
    }
    ASSERT_EQ(matched, path) << a << ' ' << b;
    std::string text;
    for (auto at = path.rbegin(); at != path.rend(); ++at) text += a[at->first];
    ASSERT_EQ(lcs.text, text);
  }
}

TEST(Lcs, EmptyAndBinaryStrings) {
  EXPECT_EQ(lcs_length("", "abc"), 0u);
  EXPECT_EQ(lcs_length("abc", ""), 0u);
  EXPECT_TRUE(longest_common_subsequence("", "").matches.empty());
  const std::string bytes("\0\xff\x80\0", 4);
  EXPECT_EQ(longest_common_subsequence(bytes, "x" + bytes).text, bytes);
}

}  // namespace
}  // namespace redstart
