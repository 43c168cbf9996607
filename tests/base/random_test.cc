#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace redstart {
namespace {

TEST(Random, SeedDecidesTheSequence) {
  Random a(5), b(5), c(6);
  const uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, BelowIsUniform) {
  Random random(0);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60000; i++) counts.at(random.below(6))++;
  for (int count : counts) EXPECT_NEAR(count, 10000, 500);
  // Two thirds of all 64-bit products are unfair here: without redrawing, half the answers would
  // come twice as often.
  const uint64_t bound = (uint64_t{1} << 63) + (uint64_t{1} << 62);
  int low = 0;
  for (int i = 0; i < 30000; i++) low += random.below(bound) < bound / 3;
  EXPECT_NEAR(low, 10000, 500);
}

TEST(Random, UnitStaysBelowOne) {
  Random random(9);
  double sum = 0;
  for (int i = 0; i < 10000; i++) {
    const double x = random.unit();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    sum += x;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(SecureRandom, FillsLongBuffersToTheEnd) {
  std::set<std::string> tails;
  for (int i = 0; i < 8; i++) {
    std::string bytes(1000, '\0');
    secure_random(bytes.data(), bytes.size());
    tails.insert(bytes.substr(990));
  }
  EXPECT_EQ(tails.size(), 8u);
}

}  // namespace
}  // namespace redstart
