#include "base/ticks.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace redstart {
namespace {

TEST(Ticks, AgreeWithTheMonotonicClock) {
  const SystemClock clock;
  TickScale scale;
  const int64_t start_us = clock.mono_us();
  const uint64_t start = read_ticks();
  while (clock.mono_us() - start_us < 3000) {
  }
  const uint64_t ticks = read_ticks() - start;
  const int64_t us = clock.mono_us() - start_us;
  scale.refine();
  EXPECT_NEAR(scale.us(ticks), us, us / 20 + 50);
  EXPECT_EQ(scale.us(ticks), scale.ns(ticks) / 1000);
}

}  // namespace
}  // namespace redstart
