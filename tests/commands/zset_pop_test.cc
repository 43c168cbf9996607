#include <map>
#include <set>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(ZsetPop, FromEitherEnd) {
  CommandTest t;
  t.run("ZADD k 1 a 2 b 3 c 4 d");
  t.effects();
  EXPECT_EQ(t.run("ZPOPMIN k"), R"(["a", "1"])");
  EXPECT_EQ(t.run("ZPOPMAX k 2"), R"(["d", "4", "c", "3"])");
  EXPECT_EQ(t.run("ZPOPMAX k 0"), "[]");
  EXPECT_EQ(t.effects(), "ZPOPMIN k; ZPOPMAX k 2");
  EXPECT_EQ(t.run("ZPOPMIN k 10"), R"(["b", "2"])");
  EXPECT_EQ(t.run("EXISTS k"), "0");
  EXPECT_EQ(t.run("ZPOPMIN k"), "[]");
  EXPECT_EQ(t.run("ZPOPMIN k -1"), "(error) ERR value is out of range, must be positive");
  EXPECT_EQ(t.run("ZPOPMIN k x"), "(error) ERR value is out of range, must be positive");
  EXPECT_EQ(t.run("ZPOPMIN k 1 2"), "(error) ERR syntax error");
}

TEST(ZsetPop, ZmpopTakesFromTheFirstKeyAndSaysSoInOneEffect) {
  CommandTest t;
  t.run("ZADD k 1 a 2 b 3 c");
  t.run("ZADD later 1 x");
  t.effects();
  EXPECT_EQ(t.run("ZMPOP 3 absent k later MAX COUNT 2"), R"(["k", [["c", "3"], ["b", "2"]]])");
  EXPECT_EQ(t.effects(), "ZPOPMAX k 2");
  EXPECT_EQ(t.run("ZMPOP 2 absent k MIN"), R"(["k", [["a", "1"]]])");
  EXPECT_EQ(t.run("ZMPOP 2 absent k MIN"), "nil");
  EXPECT_EQ(t.run("ZMPOP 0 k MIN"), "(error) ERR numkeys should be greater than 0");
  EXPECT_EQ(t.run("ZMPOP x k MIN"), "(error) ERR numkeys should be greater than 0");
  EXPECT_EQ(t.run("ZMPOP 1 k MIN COUNT 0"), "(error) ERR count should be greater than 0");
  EXPECT_EQ(t.run("ZMPOP 2 k MIN"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("ZMPOP 1 k MIN COUNT 1 COUNT 2"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("ZMPOP 9223372036854775807 k MIN"), "(error) ERR syntax error");
}

TEST(ZsetPop, RandomMembersAreDifferentOrNot) {
  CommandTest t;
  EXPECT_EQ(t.run("ZRANDMEMBER absent"), "nil");
  EXPECT_EQ(t.run("ZRANDMEMBER absent 3"), "[]");
  t.run("ZADD k 7 only");
  EXPECT_EQ(t.run("ZRANDMEMBER k"), R"("only")");
  EXPECT_EQ(t.run("ZRANDMEMBER k 5 WITHSCORES"), R"(["only", "7"])");
  EXPECT_EQ(t.run("ZRANDMEMBER k -3"), R"(["only", "only", "only"])");
  EXPECT_EQ(t.run("ZRANDMEMBER k 0"), "[]");
  EXPECT_EQ(t.run("ZRANDMEMBER k 1 x"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("ZRANDMEMBER k -9223372036854775808"),
            "(error) ERR value is out of range, value must between -9223372036854775807 and "
            "9223372036854775807");
  EXPECT_EQ(t.run("ZRANDMEMBER k -9223372036854770000 WITHSCORES"),
            "(error) ERR value is out of range");
}

// Each way of drawing is fair: every member about as often as any other.
TEST(ZsetPop, RandomMembersAreFair) {
  CommandTest t;
  for (const char* entries : {"128", "0"}) {
    t.run({"CONFIG", "SET", "zset-max-listpack-entries", entries});
    t.run("DEL k");
    constexpr int kMembers = 64;
    for (int i = 100; i < 100 + kMembers; i++) {
      t.run({"ZADD", "k", std::to_string(i), std::to_string(i)});
    }
    for (int count : {1, 3, 10, 60, -5}) {
      std::map<std::string, int> seen;
      int draws = 200 * kMembers / std::abs(count);
      for (int i = 0; i < draws; i++) {
        std::string reply = t.run({"ZRANDMEMBER", "k", std::to_string(count)});
        std::set<std::string> different;
        for (size_t at = 2; at < reply.size(); at += 7) {
          different.insert(reply.substr(at, 3));
          seen[reply.substr(at, 3)]++;
        }
        ASSERT_TRUE(count < 0 || different.size() == static_cast<size_t>(count));
      }
      ASSERT_EQ(seen.size(), size_t{kMembers});
      // 200 on average, 14 the deviation of the most chancy way.
      for (auto& [member, times] : seen) EXPECT_NEAR(times, 200, 85) << count << ' ' << member;
    }
  }
}

}  // namespace
}  // namespace redstart
