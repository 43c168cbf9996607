#include "base/clock.h"

#include <gtest/gtest.h>

#include <chrono>

namespace redstart {
namespace {

TEST(SystemClock, AgreesWithTheStandardLibrary) {
  const SystemClock clock;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_NEAR(
      static_cast<double>(clock.wall_us()),
      static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(since).count()),
      5e6);
  const int64_t first = clock.mono_us();
  EXPECT_GE(clock.mono_us(), first);
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(5000);
  const int64_t mono = clock.mono_us();
  EXPECT_EQ(clock.wall_us(), 5000000);
  clock.advance_ms(7);
  EXPECT_EQ(clock.wall_us(), 5007000);
  EXPECT_EQ(clock.mono_us(), mono + 7000);
  clock.set_wall_ms(1);
  EXPECT_EQ(clock.wall_us(), 1000);
  EXPECT_EQ(clock.mono_us(), mono + 7000) << "the wall may jump, durations may not";
}

}  // namespace
}  // namespace redstart
