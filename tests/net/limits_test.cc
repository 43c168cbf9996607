#include "net/limits.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(SoftLimitClock, HardLimitIsAtOnce) {
  SoftLimitClock clock;
  EXPECT_FALSE(clock.exceeded({100, 0, 0}, 99, 1));
  EXPECT_TRUE(clock.exceeded({100, 0, 0}, 100, 1));
  EXPECT_FALSE(clock.exceeded({0, 0, 0}, 1 << 30, 1));
}

TEST(SoftLimitClock, SoftLimitCountsOnlyUnbrokenTime) {
  const OutputLimit limit{0, 100, 10};
  SoftLimitClock clock;
  EXPECT_FALSE(clock.exceeded(limit, 100, 1));
  EXPECT_FALSE(clock.exceeded(limit, 100, 11));
  EXPECT_FALSE(clock.exceeded(limit, 99, 12));
  EXPECT_FALSE(clock.exceeded(limit, 100, 13));
  EXPECT_FALSE(clock.exceeded(limit, 100, 23));
  EXPECT_TRUE(clock.exceeded(limit, 100, 24));
}

}  // namespace
}  // namespace redstart
