#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Sort, NumbersAndTexts) {
  CommandTest t;
  t.run("RPUSH l 10 9 -1.5 1e2 ''");
  EXPECT_EQ(t.run("SORT l"), R"(["-1.5", "", "9", "10", "1e2"])");
  EXPECT_EQ(t.run("SORT l DESC LIMIT 1 2"), R"(["10", "9"])");
  EXPECT_EQ(t.run("SORT_RO l ALPHA"), R"(["", "-1.5", "10", "1e2", "9"])");
  EXPECT_EQ(t.run("SORT l LIMIT 5 1"), "[]");
  EXPECT_EQ(t.run("SORT l LIMIT -1 -1 ASC"), R"(["-1.5", "", "9", "10", "1e2"])");
  t.run("RPUSH l x");
  EXPECT_EQ(t.run("SORT l"), "(error) ERR One or more scores can't be converted into double");
  EXPECT_EQ(t.run("SORT none"), "[]");
}

TEST(Sort, ByOtherKeysAndGet) {
  CommandTest t;
  t.run("RPUSH l a b c");
  t.run("MSET w_a 3 w_b 1 w_c 2 v_a x v_c z");
  t.run("HSET h_a f 1");
  t.run("HSET h_b f 2");
  EXPECT_EQ(t.run("SORT l BY w_*"), R"(["b", "c", "a"])");
  EXPECT_EQ(t.run("SORT l BY w_* GET # GET v_*"), R"(["b", nil, "c", "z", "a", "x"])");
  EXPECT_EQ(t.run("SORT l BY h_*->f DESC"), R"(["b", "a", "c"])");
  EXPECT_EQ(t.run("SORT l BY nosort GET h_*->f"), R"(["1", "2", nil])");
  EXPECT_EQ(t.run("SORT l BY v_* ALPHA"), R"(["b", "a", "c"])");
  EXPECT_EQ(t.run("SORT l BY nosort GET fixed"), "[nil, nil, nil]");
  EXPECT_EQ(t.run("SORT l BY nosort GET w_*->"), "[nil, nil, nil]");
}

TEST(Sort, WithoutOrderARangeIsTakenAsItLies) {
  CommandTest t;
  t.run("RPUSH l c a b");
  EXPECT_EQ(t.run("SORT l BY nosort LIMIT 1 2"), R"(["a", "b"])");
  EXPECT_EQ(t.run("SORT l BY nosort DESC LIMIT 0 2"), R"(["b", "a"])");
  EXPECT_EQ(t.run("SORT l BY nosort LIMIT 9 2"), "[]");
  t.run("ZADD z 3 a 2 b 1 c");
  EXPECT_EQ(t.run("SORT z BY nosort"), R"(["c", "b", "a"])");
  EXPECT_EQ(t.run("SORT z BY nosort DESC LIMIT 1 9"), R"(["b", "c"])");
  EXPECT_EQ(t.run("SORT z ALPHA"), R"(["a", "b", "c"])");
}

TEST(Sort, Store) {
  CommandTest t;
  t.run("RPUSH l 3 1 2");
  EXPECT_EQ(t.run("SORT l STORE l"), "3");
  EXPECT_EQ(t.run("LRANGE l 0 -1"), R"(["1", "2", "3"])");
  EXPECT_EQ(t.run("SORT l GET v_* STORE to"), "3");
  EXPECT_EQ(t.run("LRANGE to 0 -1"), R"(["", "", ""])");
  EXPECT_EQ(t.run("SORT none STORE to"), "0");
  EXPECT_EQ(t.run("EXISTS to"), "0");
  EXPECT_EQ(t.effects(),
            "SELECT 0; RPUSH l 3 1 2; SORT l STORE l; SORT l GET v_* STORE to; SORT none STORE to");
  EXPECT_EQ(t.run("COMMAND GETKEYS SORT l BY x STORE to"), R"(["l", "to"])");
}

TEST(Sort, BadCalls) {
  CommandTest t;
  t.run("SET s x");
  EXPECT_EQ(t.run("SORT s"),
            "(error) WRONGTYPE Operation against a key holding the wrong kind of value");
  EXPECT_EQ(t.run("SORT l LIMIT 1"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("SORT l LIMIT a 1"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t.run("SORT_RO l STORE to"), "(error) ERR syntax error");
}

}  // namespace
}  // namespace redstart
