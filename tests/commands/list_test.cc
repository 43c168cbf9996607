#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

constexpr char kWrongType[] =
    "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
constexpr char kNotInteger[] = "(error) ERR value is not an integer or out of range";
constexpr char kSyntax[] = "(error) ERR syntax error";

TEST(List, PushesAtBothEnds) {
  CommandTest t;
  EXPECT_EQ(t.run("LPUSHX l a"), "0");
  EXPECT_EQ(t.run("RPUSHX l a"), "0");
  EXPECT_EQ(t.run("LPUSH l b a"), "2");
  EXPECT_EQ(t.run("RPUSH l c 4"), "4");
  EXPECT_EQ(t.run("LPUSHX l 0"), "5");
  EXPECT_EQ(t.run("LRANGE l 0 -1"), R"(["0", "a", "b", "c", "4"])");
  EXPECT_EQ(t.run("LLEN l"), "5");
  EXPECT_EQ(t.run("TYPE l"), "list");
  EXPECT_EQ(t.effects(), "SELECT 0; LPUSH l b a; RPUSH l c 4; LPUSHX l 0");
}

TEST(List, PopsOneOrMany) {
  CommandTest t;
  t.run("RPUSH l a b c d e");
  EXPECT_EQ(t.run("LPOP l"), "\"a\"");
  EXPECT_EQ(t.run("RPOP l 2"), R"(["e", "d"])");
  EXPECT_EQ(t.run("LPOP l 0"), "[]");
  EXPECT_EQ(t.run("LPOP l 9"), R"(["b", "c"])");
  EXPECT_EQ(t.run("EXISTS l"), "0");
  EXPECT_EQ(t.raw({"LPOP", "l"}), "$-1\r\n");
  EXPECT_EQ(t.raw({"LPOP", "l", "1"}), "*-1\r\n");
  EXPECT_EQ(t.run("LPOP l -1"), "(error) ERR value is out of range, must be positive");
  EXPECT_EQ(t.run("RPOP l x"), "(error) ERR value is out of range, must be positive");
  EXPECT_EQ(t.run("RPOP l 1 2"), "(error) ERR wrong number of arguments for 'rpop' command");
  EXPECT_EQ(t.effects(), "SELECT 0; RPUSH l a b c d e; LPOP l; RPOP l 2; LPOP l 9");
}

TEST(List, OtherTypesAreRefusedAndAbsentKeysAreEmpty) {
  CommandTest t;
  t.run("SET s x");
  t.run("RPUSH l a");
  for (const char* call :
       {"LPUSH s a", "RPUSHX s a", "LPOP s", "RPOP s 1", "LLEN s", "LINDEX s 0", "LSET s 0 a",
        "LRANGE s 0 1", "LTRIM s 0 1", "LREM s 0 a", "LINSERT s BEFORE a b", "LPOS s a",
        "LMOVE s l LEFT LEFT", "LMOVE l s LEFT LEFT", "RPOPLPUSH s s", "LMPOP 1 s LEFT"}) {
    EXPECT_EQ(t.run(call), kWrongType) << call;
  }
  t.run("GET l");
  EXPECT_EQ(t.run("GET l"), kWrongType);
  EXPECT_EQ(t.run("LLEN none"), "0");
  EXPECT_EQ(t.run("LINDEX none x"), "nil");
  EXPECT_EQ(t.run("LSET none 0 a"), "(error) ERR no such key");
  EXPECT_EQ(t.run("LRANGE none 0 1"), "[]");
  EXPECT_EQ(t.run("LTRIM none 0 1"), "OK");
  EXPECT_EQ(t.run("LREM none 0 a"), "0");
  EXPECT_EQ(t.run("LINSERT none BEFORE a b"), "0");
  EXPECT_EQ(t.run("LMOVE none s LEFT LEFT"), "nil");
  EXPECT_EQ(t.run("LMPOP 2 none none2 LEFT"), "nil");
}

TEST(List, RangesCountFromBothEnds) {
  CommandTest t;
  t.run("RPUSH l 0 1 2 3 4");
  EXPECT_EQ(t.run("LRANGE l 1 -2"), R"(["1", "2", "3"])");
  EXPECT_EQ(t.run("LRANGE l -2 100"), R"(["3", "4"])");
  EXPECT_EQ(t.run("LRANGE l -100 0"), R"(["0"])");
  EXPECT_EQ(t.run("LRANGE l 3 2"), "[]");
  EXPECT_EQ(t.run("LRANGE l 5 9"), "[]");
  EXPECT_EQ(t.run("LRANGE l 0 -9223372036854775808"), "[]");
  EXPECT_EQ(t.run("LRANGE l -9223372036854775808 9223372036854775807"),
            R"(["0", "1", "2", "3", "4"])");
  EXPECT_EQ(t.run("LRANGE l a 0"), kNotInteger);
  EXPECT_EQ(t.run("LINDEX l -5"), "\"0\"");
  EXPECT_EQ(t.run("LINDEX l -6"), "nil");
  EXPECT_EQ(t.run("LINDEX l 5"), "nil");
  EXPECT_EQ(t.run("LINDEX l x"), kNotInteger);
  EXPECT_EQ(t.run("LTRIM l 1 -2"), "OK");
  EXPECT_EQ(t.run("LRANGE l 0 -1"), R"(["1", "2", "3"])");
  EXPECT_EQ(t.run("LTRIM l 5 9"), "OK");
  EXPECT_EQ(t.run("EXISTS l"), "0");
}

TEST(List, SetInsertRemove) {
  CommandTest t;
  t.run("RPUSH l a b a c a");
  EXPECT_EQ(t.run("LSET l -1 z"), "OK");
  EXPECT_EQ(t.run("LSET l 5 z"), "(error) ERR index out of range");
  EXPECT_EQ(t.run("LSET l x z"), kNotInteger);
  EXPECT_EQ(t.run("LINSERT l after a 1"), "6");
  EXPECT_EQ(t.run("LINSERT l BEFORE c 2"), "7");
  EXPECT_EQ(t.run("LINSERT l BEFORE nothing 2"), "-1");
  EXPECT_EQ(t.run("LINSERT l beside a 2"), kSyntax);
  EXPECT_EQ(t.run("LRANGE l 0 -1"), R"(["a", "1", "b", "a", "2", "c", "z"])");
  EXPECT_EQ(t.run("LREM l -1 a"), "1");
  EXPECT_EQ(t.run("LREM l 1 nothing"), "0");
  EXPECT_EQ(t.run("LREM l 0 2"), "1");
  EXPECT_EQ(t.run("LREM l -9223372036854775808 a"),
            "(error) ERR value is out of range, value must between -9223372036854775807 and "
            "9223372036854775807");
  EXPECT_EQ(t.run("LRANGE l 0 -1"), R"(["a", "1", "b", "c", "z"])");
  EXPECT_EQ(t.effects(),
            "SELECT 0; RPUSH l a b a c a; LSET l -1 z; LINSERT l after a 1; LINSERT l BEFORE c 2; "
            "LREM l -1 a; LREM l 0 2");
}

TEST(List, Lpos) {
  CommandTest t;
  t.run("RPUSH l a b c 1 2 3 c c");
  EXPECT_EQ(t.run("LPOS l a"), "0");
  EXPECT_EQ(t.run("LPOS l 2"), "4");
  EXPECT_EQ(t.run("LPOS l c RANK 2"), "6");
  EXPECT_EQ(t.run("LPOS l c RANK -1"), "7");
  EXPECT_EQ(t.run("LPOS l c RANK 4"), "nil");
  EXPECT_EQ(t.run("LPOS l c COUNT 0"), "[2, 6, 7]");
  EXPECT_EQ(t.run("LPOS l c COUNT 2 RANK -1"), "[7, 6]");
  EXPECT_EQ(t.run("LPOS l c COUNT 0 MAXLEN 3"), "[2]");
  EXPECT_EQ(t.run("LPOS l c COUNT 0 MAXLEN 2"), "[]");
  EXPECT_EQ(t.run("LPOS l c RANK -2 MAXLEN 2"), "6");
  EXPECT_EQ(t.run("LPOS none c"), "nil");
  EXPECT_EQ(t.run("LPOS none c COUNT 1"), "[]");
  EXPECT_EQ(t.run("LPOS l c COUNT -1"), "(error) ERR COUNT can't be negative");
  EXPECT_EQ(t.run("LPOS l c MAXLEN x"), "(error) ERR MAXLEN can't be negative");
  EXPECT_EQ(t.run("LPOS l c RANK"), kSyntax);
}

TEST(List, Moves) {
  CommandTest t;
  t.run("RPUSH a 1 2 3");
  t.effects();
  EXPECT_EQ(t.run("LMOVE a b left RIGHT"), "\"1\"");
  EXPECT_EQ(t.run("RPOPLPUSH a b"), "\"3\"");
  EXPECT_EQ(t.run("LRANGE b 0 -1"), R"(["3", "1"])");
  EXPECT_EQ(t.run("LMOVE b b LEFT RIGHT"), "\"3\"");
  EXPECT_EQ(t.run("LRANGE b 0 -1"), R"(["1", "3"])");
  EXPECT_EQ(t.run("RPOPLPUSH a b"), "\"2\"");
  EXPECT_EQ(t.run("EXISTS a"), "0");
  EXPECT_EQ(t.run("LMOVE b c UP LEFT"), kSyntax);
  EXPECT_EQ(t.effects(),
            "LMOVE a b left RIGHT; RPOPLPUSH a b; LMOVE b b LEFT RIGHT; RPOPLPUSH a b");
  t.run("RPUSH one x");
  EXPECT_EQ(t.run("RPOPLPUSH one one"), "\"x\"");
  EXPECT_EQ(t.run("LRANGE one 0 -1"), R"(["x"])");
}

TEST(List, LmpopTakesFromTheFirstThatHasAny) {
  CommandTest t;
  t.run("RPUSH b 1 2 3");
  t.effects();
  EXPECT_EQ(t.run("LMPOP 2 a b RIGHT COUNT 2"), R"(["b", ["3", "2"]])");
  EXPECT_EQ(t.run("LMPOP 2 a b LEFT"), R"(["b", ["1"]])");
  EXPECT_EQ(t.run("LMPOP 2 a b LEFT"), "nil");
  EXPECT_EQ(t.effects(), "RPOP b 2; LPOP b 1");
  EXPECT_EQ(t.run("LMPOP 0 a LEFT"), "(error) ERR numkeys should be greater than 0");
  EXPECT_EQ(t.run("LMPOP x a LEFT"), "(error) ERR numkeys should be greater than 0");
  EXPECT_EQ(t.run("LMPOP 2 a LEFT"), kSyntax);
  EXPECT_EQ(t.run("LMPOP 9 a LEFT"), kSyntax);
  EXPECT_EQ(t.run("LMPOP 1 a LEFT COUNT 0"), "(error) ERR count should be greater than 0");
  EXPECT_EQ(t.run("LMPOP 1 a LEFT COUNT 1 COUNT 1"), kSyntax);
}

TEST(List, EncodingFollowsTheSettingAtTheNextChange) {
  CommandTest t;
  t.run("CONFIG SET list-max-listpack-size 3");
  t.run("RPUSH l a b c");
  EXPECT_EQ(t.run("OBJECT ENCODING l"), "\"listpack\"");
  t.run("RPUSH l d");
  EXPECT_EQ(t.run("OBJECT ENCODING l"), "\"quicklist\"");
  t.run("LTRIM l 0 0");
  EXPECT_EQ(t.run("OBJECT ENCODING l"), "\"listpack\"");
  t.run("COPY l l2");
  EXPECT_EQ(t.run("LRANGE l2 0 -1"), R"(["a"])");
}

// What the list was called before the call is what it is called after it.
TEST(List, OnlyAChangeConverts) {
  CommandTest t;
  t.run("CONFIG SET list-max-listpack-size 3");
  t.run("RPUSH l a b c d");
  t.run("CONFIG SET list-max-listpack-size -2");
  EXPECT_EQ(t.run("LREM l 0 nothing"), "0");
  EXPECT_EQ(t.run("OBJECT ENCODING l"), "\"quicklist\"");
  EXPECT_EQ(t.run("LREM l 0 d"), "1");
  EXPECT_EQ(t.run("OBJECT ENCODING l"), "\"listpack\"");
}

// Redis converts before it finds that there is nothing to do.
TEST(List, ALargeElementConvertsEvenInACallThatFails) {
  CommandTest t;
  std::string large(9000, 'x');
  t.run("RPUSH l a");
  EXPECT_EQ(t.run({"LINSERT", "l", "BEFORE", "nothing", large}), "-1");
  EXPECT_EQ(t.run("OBJECT ENCODING l"), "\"quicklist\"");
  t.run("RPUSH l2 a");
  EXPECT_EQ(t.run({"LSET", "l2", "7", large}), "(error) ERR index out of range");
  EXPECT_EQ(t.run("OBJECT ENCODING l2"), "\"quicklist\"");
  EXPECT_EQ(t.effects(), "SELECT 0; RPUSH l a; RPUSH l2 a");
}

}  // namespace
}  // namespace redstart
