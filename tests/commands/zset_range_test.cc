#include "tests/commands/fixture.h"

namespace redstart {
namespace {

class ZsetRange : public testing::TestWithParam<const char*> {
 protected:
  ZsetRange() {
    t.run({"CONFIG", "SET", "zset-max-listpack-entries", GetParam()});
    t.run("ZADD k -inf a 1 b 2 c 3 d 3 e +inf f");
    t.run("ZADD lex 0 a 0 b 0 bb 0 c 0 d");
    t.effects();
  }
  std::string run(std::string_view line) { return t.run(line); }
  CommandTest t;
};
INSTANTIATE_TEST_SUITE_P(Entries, ZsetRange, testing::Values("128", "0"));

TEST_P(ZsetRange, ByRank) {
  EXPECT_EQ(run("ZRANGE k 0 1"), R"(["a", "b"])");
  EXPECT_EQ(run("ZRANGE k -2 100"), R"(["e", "f"])");
  EXPECT_EQ(run("ZRANGE k 0 1 REV"), R"(["f", "e"])");
  EXPECT_EQ(run("ZREVRANGE k -2 -1"), R"(["b", "a"])");
  EXPECT_EQ(run("ZRANGE k 3 2"), "[]");
  EXPECT_EQ(run("ZRANGE k 6 7"), "[]");
  EXPECT_EQ(run("ZRANGE absent 0 -1"), "[]");
  EXPECT_EQ(run("ZRANGE k 0 -7"), "[]");
}

TEST_P(ZsetRange, ByScore) {
  EXPECT_EQ(run("ZRANGEBYSCORE k 1 3"), R"(["b", "c", "d", "e"])");
  EXPECT_EQ(run("ZRANGE k (1 (3 BYSCORE"), R"(["c"])");
  EXPECT_EQ(run("ZRANGE k (3 1 BYSCORE REV WITHSCORES"), R"(["c", "2", "b", "1"])");
  EXPECT_EQ(run("ZRANGEBYSCORE k (-inf (+inf LIMIT 1 2"), R"(["c", "d"])");
  EXPECT_EQ(run("ZREVRANGEBYSCORE k +inf -inf LIMIT 2 2"), R"(["d", "c"])");
  EXPECT_EQ(run("ZRANGEBYSCORE k -inf +inf LIMIT 4 -1"), R"(["e", "f"])");
  EXPECT_EQ(run("ZRANGEBYSCORE k -inf +inf LIMIT 6 1"), "[]");
  EXPECT_EQ(run("ZRANGEBYSCORE k -inf +inf LIMIT -1 1"), "[]");
  EXPECT_EQ(run("ZRANGEBYSCORE k 3 1"), "[]");
  EXPECT_EQ(run("ZCOUNT k 1 (3"), "2");
  EXPECT_EQ(run("ZCOUNT k 4 2"), "0");
}

TEST_P(ZsetRange, ByMember) {
  EXPECT_EQ(run("ZRANGEBYLEX lex - +"), R"(["a", "b", "bb", "c", "d"])");
  EXPECT_EQ(run("ZRANGE lex [b (c BYLEX"), R"(["b", "bb"])");
  EXPECT_EQ(run("ZRANGE lex + (b BYLEX REV LIMIT 1 5"), R"(["c", "bb"])");
  EXPECT_EQ(run("ZREVRANGEBYLEX lex [c -"), R"(["c", "bb", "b", "a"])");
  EXPECT_EQ(run("ZRANGEBYLEX lex + -"), "[]");
  EXPECT_EQ(run("ZLEXCOUNT lex (a [bb"), "2");
  EXPECT_EQ(run("ZLEXCOUNT absent - +"), "0");
}

TEST_P(ZsetRange, WhatCannotBeRead) {
  EXPECT_EQ(run("ZRANGE k 0 x"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(run("ZRANGEBYSCORE k 1 nan"), "(error) ERR min or max is not a float");
  EXPECT_EQ(run("ZCOUNT k ((1 2"), "(error) ERR min or max is not a float");
  EXPECT_EQ(run("ZRANGEBYLEX lex a [b"), "(error) ERR min or max not valid string range item");
  EXPECT_EQ(run("ZLEXCOUNT lex -x +"), "(error) ERR min or max not valid string range item");
  EXPECT_EQ(run("ZRANGE k 0 1 LIMIT 0 1"),
            "(error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE "
            "or BYLEX");
  EXPECT_EQ(run("ZRANGE k - + BYLEX WITHSCORES"),
            "(error) ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  EXPECT_EQ(run("ZRANGE k 0 1 BYSCORE BYLEX"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZREVRANGE k 0 1 REV"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZRANGESTORE d k 0 1 WITHSCORES"), "(error) ERR syntax error");
}

TEST_P(ZsetRange, StoredRanges) {
  EXPECT_EQ(run("ZRANGESTORE d k 0 2 REV"), "3");
  EXPECT_EQ(run("ZRANGE d 0 -1 WITHSCORES"), R"(["d", "3", "e", "3", "f", "inf"])");
  EXPECT_EQ(run("ZRANGESTORE k k (1 3 BYSCORE LIMIT 0 2"), "2");
  EXPECT_EQ(run("ZRANGE k 0 -1"), R"(["c", "d"])");
  EXPECT_EQ(t.effects(), "ZRANGESTORE d k 0 2 REV; ZRANGESTORE k k (1 3 BYSCORE LIMIT 0 2");
  EXPECT_EQ(run("ZRANGESTORE d absent 0 -1"), "0");
  EXPECT_EQ(run("EXISTS d"), "0");
  EXPECT_EQ(run("ZRANGESTORE d absent 0 -1"), "0");
  EXPECT_EQ(t.effects(), "ZRANGESTORE d absent 0 -1");
}

TEST_P(ZsetRange, RemovedRanges) {
  EXPECT_EQ(run("ZREMRANGEBYRANK k -2 -1"), "2");
  EXPECT_EQ(run("ZREMRANGEBYSCORE k (1 2"), "1");
  EXPECT_EQ(run("ZRANGE k 0 -1"), R"(["a", "b", "d"])");
  EXPECT_EQ(run("ZREMRANGEBYLEX lex (a [c"), "3");
  EXPECT_EQ(run("ZRANGE lex 0 -1"), R"(["a", "d"])");
  t.effects();
  EXPECT_EQ(run("ZREMRANGEBYRANK k 5 9"), "0");
  EXPECT_EQ(t.effects(), "");
  EXPECT_EQ(run("ZREMRANGEBYSCORE k -inf inf"), "3");
  EXPECT_EQ(run("EXISTS k"), "0");
}

TEST(ZsetRangeUpstash, LimitCutsRangesOfRanksToo) {
  CommandTest t(CommandTest::test_settings(), Dialect::kUpstash);
  t.run("ZADD k 1 a 2 b 3 c");
  EXPECT_EQ(t.run("ZRANGESTORE d k 0 2 LIMIT 1 1"), "1");
  EXPECT_EQ(t.run("ZRANGE d 0 -1"), R"(["b"])");
  EXPECT_EQ(t.run("ZRANGE k 0 -1 REV LIMIT 0 2"), R"(["c", "b"])");
}

}  // namespace
}  // namespace redstart
