#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Sets, MembersComeAndGo) {
  CommandTest t;
  EXPECT_EQ(t.run("SADD s 2 1 2"), "2");
  EXPECT_EQ(t.run("OBJECT ENCODING s"), "\"intset\"");
  EXPECT_EQ(t.run("SMEMBERS s"), "[\"1\", \"2\"]");
  EXPECT_EQ(t.run("SADD s a"), "1");
  EXPECT_EQ(t.run("OBJECT ENCODING s"), "\"listpack\"");
  EXPECT_EQ(t.run("SISMEMBER s 2"), "1");
  EXPECT_EQ(t.run("SMISMEMBER s a b 1"), "[1, 0, 1]");
  EXPECT_EQ(t.run("SMISMEMBER none a b"), "[0, 0]");
  EXPECT_EQ(t.run("SCARD s"), "3");
  t.effects();
  EXPECT_EQ(t.run("SADD s a"), "0");
  EXPECT_EQ(t.run("SREM s x"), "0");
  EXPECT_EQ(t.effects(), "");
  EXPECT_EQ(t.run("SREM s 1 2 a"), "3");
  EXPECT_EQ(t.run("EXISTS s"), "0");
}

TEST(Sets, Move) {
  CommandTest t;
  t.run("SADD a 1 x");
  EXPECT_EQ(t.run("SMOVE a b y"), "0");
  EXPECT_EQ(t.run("SMOVE a b x"), "1");
  EXPECT_EQ(t.run("SMOVE a a 1"), "1");
  EXPECT_EQ(t.run("SMOVE a b 1"), "1");
  EXPECT_EQ(t.run("EXISTS a"), "0");
  EXPECT_EQ(t.run("SCARD b"), "2");
  EXPECT_EQ(t.run("SMOVE a b 1"), "0");
  t.run("SET text v");
  EXPECT_EQ(t.run("SMOVE b text nobody").substr(0, 17), "(error) WRONGTYPE");
  EXPECT_EQ(t.run("SMOVE none text nobody"), "0");
}

TEST(Sets, PoppedMembersAreToldByName) {
  CommandTest t;
  t.run("SADD s a");
  t.effects();
  EXPECT_EQ(t.run("SPOP s"), "\"a\"");
  EXPECT_EQ(t.effects(), "SREM s a");
  EXPECT_EQ(t.run("SPOP s"), "nil");
  EXPECT_EQ(t.run("SPOP s 3"), "[]");
  t.run("SADD s a b c");
  t.effects();
  EXPECT_EQ(t.run("SPOP s 0"), "[]");
  EXPECT_EQ(t.run("SPOP s -1"), "(error) ERR value is out of range, must be positive");
  EXPECT_EQ(t.effects(), "");
  std::string popped = t.run("SPOP s 2");
  std::string effect = t.effects();
  EXPECT_EQ(effect.substr(0, 7), "SREM s ");
  EXPECT_NE(popped.find('"' + effect.substr(7, 1) + '"'), std::string::npos);
  EXPECT_NE(popped.find('"' + effect.substr(9, 1) + '"'), std::string::npos);
  EXPECT_EQ(t.run("SCARD s"), "1");
  t.run("SPOP s 9");
  EXPECT_EQ(t.effects(), "DEL s");
}

TEST(Sets, ManyPoppedMembersAreToldInGroups) {
  CommandTest t;
  std::vector<std::string> add = {"SADD", "s"};
  for (int i = 0; i < 3000; i++) add.push_back("member:" + std::to_string(i));
  t.run(add);
  t.effects();
  t.run("SPOP s 2000");
  EXPECT_EQ(t.run("SCARD s"), "1000");
  std::string effects = t.effects();
  size_t groups = 0;
  for (size_t at = 0; (at = effects.find("SREM s ", at)) != std::string::npos; at++) groups++;
  EXPECT_EQ(groups, 2u);
}

TEST(Sets, Algebra) {
  CommandTest t;
  t.run("SADD a 1 2 3 x");
  t.run("SADD b 2 3 4");
  EXPECT_EQ(t.run("SINTER a b"), "[\"2\", \"3\"]");
  EXPECT_EQ(t.run("SINTER a none"), "[]");
  EXPECT_EQ(t.run("SDIFF a b"), "[\"1\", \"x\"]");
  EXPECT_EQ(t.run("SDIFF none a"), "[]");
  EXPECT_EQ(t.run("SDIFF a a"), "[]");
  EXPECT_EQ(t.run("SUNION a b none"), "[\"1\", \"2\", \"3\", \"x\", \"4\"]");
  EXPECT_EQ(t.run("SINTERCARD 2 a b"), "2");
  EXPECT_EQ(t.run("SINTERCARD 2 a b LIMIT 1"), "1");
  EXPECT_EQ(t.run("SINTERCARD 2 a b LIMIT 0"), "2");
  EXPECT_EQ(t.run("SUNIONCARD 2 a b"), "5");
  EXPECT_EQ(t.run("SDIFFCARD 2 a b"), "2");
  EXPECT_EQ(t.run("SINTERCARD 0 a"), "(error) ERR numkeys should be greater than 0");
  EXPECT_EQ(t.run("SINTERCARD 3 a b"),
            "(error) ERR Number of keys can't be greater than number of args");
  EXPECT_EQ(t.run("SINTERCARD 2 a b LIMIT -1"), "(error) ERR LIMIT can't be negative");
  EXPECT_EQ(t.run("SINTERCARD 2 a b LIMIT"), "(error) ERR syntax error");
  t.run("SET text v");
  EXPECT_EQ(t.run("SINTER none text").substr(0, 17), "(error) WRONGTYPE");
}

TEST(Sets, AlgebraStoresOverAnything) {
  CommandTest t;
  t.run("SADD a 1 2 x");
  t.run("SADD b 2 x");
  t.run("SET to v EX 100");
  EXPECT_EQ(t.run("SINTERSTORE to a b"), "2");
  EXPECT_EQ(t.run("TTL to"), "-1");
  EXPECT_EQ(t.run("SDIFFSTORE a a b"), "1");
  EXPECT_EQ(t.run("SMEMBERS a"), "[\"1\"]");
  EXPECT_EQ(t.run("OBJECT ENCODING a"), "\"intset\"");
  EXPECT_EQ(t.run("SUNIONSTORE to a b"), "3");
  t.effects();
  EXPECT_EQ(t.run("SINTERSTORE to a none"), "0");
  EXPECT_EQ(t.run("EXISTS to"), "0");
  EXPECT_EQ(t.effects(), "SINTERSTORE to a none");
  EXPECT_EQ(t.run("SINTERSTORE to a none"), "0");
  EXPECT_EQ(t.effects(), "");
}

TEST(Sets, RandomMembers) {
  CommandTest t;
  EXPECT_EQ(t.run("SRANDMEMBER s"), "nil");
  EXPECT_EQ(t.run("SRANDMEMBER s 2"), "[]");
  t.run("SADD s 1 2");
  EXPECT_EQ(t.run("SRANDMEMBER s 5"), "[\"1\", \"2\"]");
  EXPECT_EQ(t.run("SRANDMEMBER s -9223372036854775808"),
            "(error) ERR value is out of range, value must between -9223372036854775807 and "
            "9223372036854775807");
  EXPECT_EQ(t.run("SRANDMEMBER s 0"), "[]");
  EXPECT_EQ(t.run("SRANDMEMBER s 1 2"), "(error) ERR syntax error");
}

TEST(Sets, ScanAnswersCompactSetsWhole) {
  CommandTest t;
  t.run("SADD s 1 2 30");
  EXPECT_EQ(t.run("SSCAN s 0 COUNT 1"), "[\"0\", [\"1\", \"2\", \"30\"]]");
  EXPECT_EQ(t.run("SSCAN s 0 MATCH 3*"), "[\"0\", [\"30\"]]");
  EXPECT_EQ(t.run("SSCAN s x"), "(error) ERR invalid cursor");
  EXPECT_EQ(t.run("SSCAN s 0 NOVALUES"), "(error) ERR NOVALUES option can only be used in HSCAN");
  EXPECT_EQ(t.run("SSCAN none 0 COUNT x"), "[\"0\", []]");
}

}  // namespace
}  // namespace redstart
