#include "engine/latency.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(LatencyMonitor, OneSamplePerSecondKeepsTheWorst) {
  LatencyMonitor monitor;
  monitor.add("command", 100, 5);
  monitor.add("command", 100, 9);
  monitor.add("command", 100, 2);
  monitor.add("command", 101, 3);
  const LatencyEvent& event = monitor.events().find("command")->second;
  ASSERT_EQ(event.samples.size(), 2u);
  EXPECT_EQ(event.samples[0].ms, 9);
  EXPECT_EQ(event.max_ms, 9);
}

TEST(LatencyMonitor, KeepsTheLast160AndForgetsOnReset) {
  LatencyMonitor monitor;
  for (int i = 0; i < 200; i++) monitor.add("command", i, 1);
  monitor.add("expire-cycle", 1, 1);
  EXPECT_EQ(monitor.events().find("command")->second.samples.size(), 160u);
  EXPECT_EQ(monitor.events().find("command")->second.samples.front().unix_seconds, 40);
  EXPECT_EQ(monitor.reset("nothing"), 0u);
  EXPECT_EQ(monitor.reset("command"), 1u);
  EXPECT_EQ(monitor.reset(), 1u);
  EXPECT_TRUE(monitor.events().empty());
}

}  // namespace
}  // namespace redstart
