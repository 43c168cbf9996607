#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Latency, EventsAsTheyWereSeen) {
  CommandTest t;
  LatencyMonitor& monitor = t.engine().default_tenant().latency;
  EXPECT_EQ(t.run("LATENCY LATEST"), "[]");
  monitor.add("command", 1000, 300);
  monitor.add("command", 1001, 200);
  monitor.add("expire-cycle", 1001, 50);
  EXPECT_EQ(t.run("LATENCY LATEST"),
            "[[\"command\", 1001, 200, 300], [\"expire-cycle\", 1001, 50, 50]]");
  EXPECT_EQ(t.run("LATENCY HISTORY command"), "[[1000, 300], [1001, 200]]");
  EXPECT_EQ(t.run("LATENCY HISTORY nothing"), "[]");
  EXPECT_EQ(t.run("LATENCY GRAPH nothing"), "(error) ERR No samples available for event 'nothing'");
  EXPECT_NE(t.run("LATENCY GRAPH command")
                .find("command - high 300 ms, low 200 ms (all time high 300 ms)"),
            std::string::npos);
  EXPECT_NE(t.run("LATENCY DOCTOR").find("1. command: 2 latency spikes (average 250ms)"),
            std::string::npos);
  EXPECT_EQ(t.run("LATENCY RESET command nothing"), "1");
  EXPECT_EQ(t.run("LATENCY RESET"), "1");
  EXPECT_NE(t.run("LATENCY DOCTOR").find("monitoring is disabled"), std::string::npos);
}

TEST(Latency, HistogramCountsUpAndNamesSubcommands) {
  CommandTest t;
  t.run("CONFIG RESETSTAT");
  const Command* get = t.engine().commands().find("get");
  CommandStats& stats = t.engine().default_tenant().stats.commands[get->id];
  stats.count_duration(4 * 9);       // half a microsecond
  stats.count_duration(4 * 12 + 3);  // about 7 us
  stats.count_duration(4 * 15);      // 32 us and more
  stats.count_duration(4 * 39);      // minutes
  EXPECT_EQ(t.run("LATENCY HISTOGRAM get nothing"),
            "[\"get\", [\"calls\", 4, \"histogram_usec\", [1, 1, 8, 2, 66, 3, 1082130, 4]]]");
  t.run("CLIENT ID");
  EXPECT_TRUE(t.run("LATENCY HISTOGRAM client").starts_with("[\"client|id\", [\"calls\", 1, "));
  EXPECT_TRUE(t.run("LATENCY HISTOGRAM client|id").starts_with("[\"client|id\", "));
}

}  // namespace
}  // namespace redstart
