#include "engine/slowlog.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(Slowlog, CutsArgumentsAsRedisDoes) {
  Slowlog log;
  std::string text(200, 'x');
  std::vector<std::string_view> args(40, "a");
  args[1] = text;
  log.add(args, 100, 5, "addr", "name", 10);
  const SlowlogEntry& entry = log.entries().front();
  ASSERT_EQ(entry.args.size(), 32u);
  EXPECT_EQ(entry.args[1], std::string(128, 'x') + "... (72 more bytes)");
  EXPECT_EQ(entry.args[31], "... (9 more arguments)");
}

TEST(Slowlog, KeepsTheNewestWithGrowingIds) {
  Slowlog log;
  std::string_view args[] = {"get"};
  for (int i = 0; i < 5; i++) log.add(args, 0, i, "", "", 3);
  ASSERT_EQ(log.entries().size(), 3u);
  EXPECT_EQ(log.entries().front().id, 4);
  log.reset();
  log.add(args, 0, 0, "", "", 3);
  EXPECT_EQ(log.entries().front().id, 5);
}

}  // namespace
}  // namespace redstart
