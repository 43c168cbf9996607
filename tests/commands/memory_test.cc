#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Memory, UsageGrowsWithTheValueAndLeavesTheClockAlone) {
  CommandTest t;
  EXPECT_EQ(t.run("MEMORY USAGE k"), "nil");
  t.run("SET k v");
  t.advance_ms(3000);
  int small = std::stoi(t.run("MEMORY USAGE k"));
  EXPECT_GT(small, 8);
  EXPECT_LT(small, 64);
  EXPECT_EQ(t.run("OBJECT IDLETIME k"), "3");
  t.run({"SET", "k", std::string(1000, 'x')});
  EXPECT_GT(std::stoi(t.run("MEMORY USAGE k SAMPLES 5")), 1000);
  EXPECT_EQ(t.run("MEMORY USAGE k SAMPLES -1"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("MEMORY USAGE k SAMPLES x"),
            "(error) ERR value is not an integer or out of range");
}

TEST(Memory, StatsCountTheKeysOfTheTenant) {
  CommandTest t;
  t.run("SET a 1");
  t.run("SELECT 1");
  t.run("SET b 1");
  t.run("HELLO 3");
  std::string stats = t.run("MEMORY STATS");
  EXPECT_NE(stats.find("\"keys.count\": 2"), std::string::npos) << stats;
  EXPECT_NE(stats.find("\"db.1\": {\"overhead.hashtable.main\": "), std::string::npos);
  EXPECT_EQ(stats.find("\"db.2\""), std::string::npos);
  EXPECT_EQ(t.run("MEMORY PURGE"), "OK");
}

}  // namespace
}  // namespace redstart
