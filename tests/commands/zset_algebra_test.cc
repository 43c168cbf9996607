#include "tests/commands/fixture.h"

namespace redstart {
namespace {

class ZsetAlgebra : public testing::TestWithParam<const char*> {
 protected:
  ZsetAlgebra() {
    t.run({"CONFIG", "SET", "zset-max-listpack-entries", GetParam()});
    t.run("ZADD a 1 x 2 y 3 z");
    t.run("ZADD b 10 y 20 z 30 w");
    t.effects();
  }
  std::string run(std::string_view line) { return t.run(line); }
  CommandTest t;
};
INSTANTIATE_TEST_SUITE_P(Entries, ZsetAlgebra, testing::Values("128", "0"));

TEST_P(ZsetAlgebra, Unions) {
  EXPECT_EQ(run("ZUNION 2 a b"), R"(["x", "y", "z", "w"])");
  EXPECT_EQ(run("ZUNION 3 a b absent WITHSCORES"),
            R"(["x", "1", "y", "12", "z", "23", "w", "30"])");
  EXPECT_EQ(run("ZUNION 2 a b WEIGHTS 2 -1 AGGREGATE MIN WITHSCORES"),
            R"(["w", "-30", "z", "-20", "y", "-10", "x", "2"])");
  EXPECT_EQ(run("ZUNION 2 a a AGGREGATE MAX WITHSCORES"), R"(["x", "1", "y", "2", "z", "3"])");
  EXPECT_EQ(run("ZUNION 1 absent"), "[]");
}

TEST_P(ZsetAlgebra, Intersections) {
  EXPECT_EQ(run("ZINTER 2 a b WITHSCORES"), R"(["y", "12", "z", "23"])");
  EXPECT_EQ(run("ZINTER 2 a b WITHSCORES WEIGHTS 0.5 1 AGGREGATE MAX"),
            R"(["y", "10", "z", "20"])");
  EXPECT_EQ(run("ZINTER 2 a a WITHSCORES WEIGHTS 2 3"), R"(["x", "5", "y", "10", "z", "15"])");
  EXPECT_EQ(run("ZINTER 2 a absent"), "[]");
  EXPECT_EQ(run("ZINTERCARD 2 a b"), "2");
  EXPECT_EQ(run("ZINTERCARD 2 a b LIMIT 1"), "1");
  EXPECT_EQ(run("ZINTERCARD 2 a b LIMIT 0"), "2");
}

TEST_P(ZsetAlgebra, Differences) {
  EXPECT_EQ(run("ZDIFF 2 a b WITHSCORES"), R"(["x", "1"])");
  EXPECT_EQ(run("ZDIFF 1 a"), R"(["x", "y", "z"])");
  EXPECT_EQ(run("ZDIFF 2 a a"), "[]");
  EXPECT_EQ(run("ZDIFF 2 absent a"), "[]");
}

TEST_P(ZsetAlgebra, StoredResultsReplaceWhatWasThere) {
  run("SET d text");
  EXPECT_EQ(run("ZUNIONSTORE d 2 a b"), "4");
  EXPECT_EQ(run("ZRANGE d 0 -1"), R"(["x", "y", "z", "w"])");
  EXPECT_EQ(run("ZINTERSTORE a 2 a b"), "2");
  EXPECT_EQ(run("ZRANGE a 0 -1 WITHSCORES"), R"(["y", "12", "z", "23"])");
  t.effects();
  EXPECT_EQ(run("ZDIFFSTORE d 2 a b"), "0");
  EXPECT_EQ(run("EXISTS d"), "0");
  EXPECT_EQ(t.effects(), "ZDIFFSTORE d 2 a b");
  EXPECT_EQ(run("ZDIFFSTORE d 2 a b"), "0");
  EXPECT_EQ(t.effects(), "");
}

TEST_P(ZsetAlgebra, MembersOfSetsHaveTheScore1) {
  run("SADD ints 1 2 3");
  run("SADD texts x 2 w");
  run("ZADD numbers 5 2 7 4");
  EXPECT_EQ(run("ZUNION 2 ints numbers WITHSCORES"), R"(["1", "1", "3", "1", "2", "6", "4", "7"])");
  EXPECT_EQ(run("ZINTER 2 a texts WEIGHTS 2 10 WITHSCORES"), R"(["x", "12"])");
  EXPECT_EQ(run("ZINTER 3 ints texts numbers WITHSCORES"), R"(["2", "7"])");
  EXPECT_EQ(run("ZINTERCARD 2 ints texts"), "1");
  EXPECT_EQ(run("ZDIFF 2 texts a WITHSCORES"), R"(["2", "1", "w", "1"])");
  EXPECT_EQ(run("ZDIFF 2 ints ints"), "[]");
  EXPECT_EQ(run("ZUNIONSTORE d 2 ints texts AGGREGATE MAX"), "5");
}

TEST_P(ZsetAlgebra, InfinitiesNeverMakeNan) {
  run("ZADD up inf m");
  run("ZADD down -inf m");
  EXPECT_EQ(run("ZUNION 2 up down WITHSCORES"), R"(["m", "0"])");
  EXPECT_EQ(run("ZINTER 2 up down WITHSCORES"), R"(["m", "0"])");
  EXPECT_EQ(run("ZUNION 1 up WEIGHTS 0 WITHSCORES"), R"(["m", "0"])");
}

TEST_P(ZsetAlgebra, WhatCannotBeRead) {
  EXPECT_EQ(run("ZUNION 0 a"), "(error) ERR at least 1 input key is needed for 'zunion' command");
  EXPECT_EQ(run("ZUNIONSTORE d -1 a"),
            "(error) ERR at least 1 input key is needed for 'zunionstore' command");
  EXPECT_EQ(run("ZUNION x a"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(run("ZUNION 3 a b"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZUNION 2 a b WEIGHTS 1"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZUNION 2 a b WEIGHTS 1 x"), "(error) ERR weight value is not a float");
  EXPECT_EQ(run("ZUNION 2 a b AGGREGATE AVG"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZUNIONSTORE d 2 a b WITHSCORES"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZDIFF 2 a b WEIGHTS 1 2"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZINTERCARD 2 a b LIMIT -1"), "(error) ERR LIMIT can't be negative");
  EXPECT_EQ(run("ZINTERCARD 2 a b WITHSCORES"), "(error) ERR syntax error");
  EXPECT_EQ(t.effects(), "");
}

}  // namespace
}  // namespace redstart
