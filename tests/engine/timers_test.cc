#include "engine/timers.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(Timers, RunInOrderOfTheirDeadlines) {
  Timers timers;
  std::string ran;
  timers.add(30, [&] { ran += 'c'; });
  timers.add(10, [&] { ran += 'a'; });
  timers.add(10, [&] { ran += 'b'; });
  EXPECT_EQ(timers.next_deadline_ms(), 10);
  timers.run_due(9);
  EXPECT_EQ(ran, "");
  timers.run_due(10);
  EXPECT_EQ(ran, "ab");
  timers.run_due(100);
  EXPECT_EQ(ran, "abc");
  EXPECT_EQ(timers.next_deadline_ms(), INT64_MAX);
}

TEST(Timers, RepeatUntilCancelled) {
  Timers timers;
  int count = 0;
  TimerId id = 0;
  id = timers.add(10, [&] { if (++count == 3) timers.cancel(id); }, 10);
  for (int64_t now = 10; now <= 100; now += 10) timers.run_due(now);
  EXPECT_EQ(count, 3);
}

TEST(Timers, ALateRepeatingTimerRunsOncePerCall) {
  Timers timers;
  int count = 0;
  timers.add(10, [&] { count++; }, 10);
  timers.run_due(1000);
  EXPECT_EQ(count, 1);
  EXPECT_EQ(timers.next_deadline_ms(), 1001);
}

TEST(Timers, ATaskMayAddAndCancelOthers) {
  Timers timers;
  std::string ran;
  TimerId doomed = timers.add(20, [&] { ran += 'x'; });
  timers.add(10, [&] {
    timers.cancel(doomed);
    timers.add(15, [&] { ran += 'n'; });
  });
  timers.run_due(50);
  EXPECT_EQ(ran, "n");
}

}  // namespace
}  // namespace redstart
