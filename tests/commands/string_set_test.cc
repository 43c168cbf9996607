#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

constexpr char kSyntax[] = "(error) ERR syntax error";
constexpr char kNotInteger[] = "(error) ERR value is not an integer or out of range";

TEST(Set, Conditions) {
  CommandTest t;
  EXPECT_EQ(t.run("SET k a XX"), "nil");
  EXPECT_EQ(t.run("SET k a NX"), "OK");
  EXPECT_EQ(t.run("SET k b NX"), "nil");
  EXPECT_EQ(t.run("SET k b XX"), "OK");
  EXPECT_EQ(t.run("SET k c IFEQ a"), "nil");
  EXPECT_EQ(t.run("SET k c ifeq b"), "OK");
  EXPECT_EQ(t.run("SET k d IFNE c"), "nil");
  EXPECT_EQ(t.run("SET k d IFNE x"), "OK");
  EXPECT_EQ(t.run("SET absent v IFEQ v"), "nil");
  EXPECT_EQ(t.run("SET absent v IFNE v"), "OK");
  EXPECT_EQ(t.run("GET k"), "\"d\"");
}

TEST(Set, DigestConditions) {
  CommandTest t;
  t.run("SET k hello");
  std::string digest = t.run("DIGEST k");
  EXPECT_EQ(t.run("SET k a IFDNE " + digest), "nil");
  EXPECT_EQ(t.run("SET k a IFDEQ " + digest), "OK");
  EXPECT_EQ(t.run("SET k b IFDEQ " + digest), "nil");
  EXPECT_EQ(t.run("SET k b IFDNE " + digest), "OK");
  // The form of a digest is looked at only where there is something to compare it with.
  EXPECT_EQ(t.run("SET k c IFDEQ 123"), "(error) ERR must be exactly 16 hexadecimal characters");
  EXPECT_EQ(t.run("SET absent c IFDEQ 123"), "nil");
  EXPECT_EQ(t.run("SET absent c IFDNE 123"), "OK");
}

TEST(Set, GetAnswersWhatWasThere) {
  CommandTest t;
  EXPECT_EQ(t.run("SET k a GET"), "nil");
  EXPECT_EQ(t.run("SET k b GET NX"), "\"a\"");
  EXPECT_EQ(t.run("SET k b GET XX EX 10"), "\"a\"");
  EXPECT_EQ(t.run("SET k c IFEQ x GET"), "\"b\"");
  EXPECT_EQ(t.run("GET k"), "\"b\"");
  EXPECT_EQ(t.run("GETSET k d"), "\"b\"");
  EXPECT_EQ(t.run("TTL k"), "-1");
}

TEST(Set, Expiries) {
  CommandTest t;
  EXPECT_EQ(t.run("SET k v EX 10"), "OK");
  EXPECT_EQ(t.run("PTTL k"), "10000");
  EXPECT_EQ(t.run("SET k v KEEPTTL"), "OK");
  EXPECT_EQ(t.run("PTTL k"), "10000");
  EXPECT_EQ(t.run("SET k v PX 7"), "OK");
  EXPECT_EQ(t.run("PTTL k"), "7");
  EXPECT_EQ(t.run("SET k v EXAT 1700000060"), "OK");
  EXPECT_EQ(t.run("TTL k"), "60");
  EXPECT_EQ(t.run("SET k v PXAT 1700000000005"), "OK");
  EXPECT_EQ(t.run("PTTL k"), "5");
  EXPECT_EQ(t.run("SETEX k 3 v"), "OK");
  EXPECT_EQ(t.run("PTTL k"), "3000");
  EXPECT_EQ(t.run("PSETEX k 3 v"), "OK");
  t.advance_lazily_ms(4);
  EXPECT_EQ(t.run("GET k"), "nil");
  // A time that has passed is no error: the key is gone as soon as anybody looks.
  EXPECT_EQ(t.run("SET k v EXAT 1"), "OK");
  EXPECT_EQ(t.run("GET k"), "nil");
}

TEST(Set, AllOptionsAreReadBeforeAnyIsJudged) {
  CommandTest t;
  for (const char* options :
       {"NX XX", "XX IFEQ v", "IFEQ a IFNE b", "EX 1 PX 1", "EX 1 KEEPTTL", "KEEPTTL PXAT 1", "EX",
        "IFEQ", "PERSIST", "EX abc nonsense", "EX 0 NX XX"}) {
    EXPECT_EQ(t.run("SET k v " + std::string(options)), kSyntax) << options;
  }
  EXPECT_EQ(t.run("SET k v EX abc"), kNotInteger);
  for (const char* amount : {"EX 0", "PX -1", "EXAT 0", "EX 9223372036854775807",
                             "PX 9223372036854775807", "EX 9223372036854775"}) {
    EXPECT_EQ(t.run("SET k v " + std::string(amount)),
              "(error) ERR invalid expire time in 'set' command")
        << amount;
  }
  EXPECT_EQ(t.run("SETEX k 0 v"), "(error) ERR invalid expire time in 'setex' command");
  // A word may be repeated: the last one counts.
  EXPECT_EQ(t.run("SET k v EX 1 EX 2 NX NX"), "OK");
  EXPECT_EQ(t.run("TTL k"), "2");
}

TEST(Set, EffectsCarryNoConditionsAndAbsoluteTimes) {
  CommandTest t;
  t.run("SET k v");
  EXPECT_EQ(t.effects(), "SELECT 0; SET k v");
  t.run("SET k v EX 10 XX");
  t.run("SETEX k 10 v");
  t.run("SET k w GET IFEQ v");
  t.run("SET k w KEEPTTL");
  t.run("SET k w NX");
  t.run("GETSET k x");
  t.run("SETNX n 1");
  EXPECT_EQ(t.effects(),
            "SET k v PXAT 1700000010000; SET k v PXAT 1700000010000; SET k w; SET k w KEEPTTL; "
            "SET k x; SETNX n 1");
}

TEST(Getex, ChangesTheExpiryAndSaysSo) {
  CommandTest t;
  t.run("SET k v");
  t.effects();
  EXPECT_EQ(t.run("GETEX k"), "\"v\"");
  EXPECT_EQ(t.run("GETEX k PERSIST"), "\"v\"");
  EXPECT_EQ(t.effects(), "");
  EXPECT_EQ(t.run("GETEX k EX 10"), "\"v\"");
  EXPECT_EQ(t.run("TTL k"), "10");
  EXPECT_EQ(t.run("GETEX k PERSIST"), "\"v\"");
  EXPECT_EQ(t.run("TTL k"), "-1");
  EXPECT_EQ(t.run("GETEX k PXAT 1699999999999"), "\"v\"");
  EXPECT_EQ(t.run("EXISTS k"), "0");
  EXPECT_EQ(t.effects(), "PEXPIREAT k 1700000010000; PERSIST k; DEL k");
}

TEST(Getex, LooksAtTheAmountOnlyIfThereIsAKey) {
  CommandTest t;
  EXPECT_EQ(t.run("GETEX absent EX abc"), "nil");
  EXPECT_EQ(t.run("GETEX absent EX 1 PX 1"), kSyntax);
  EXPECT_EQ(t.run("GETEX absent KEEPTTL"), kSyntax);
  t.run("SET k v");
  EXPECT_EQ(t.run("GETEX k EX abc"), kNotInteger);
  EXPECT_EQ(t.run("GETEX k EX 0"), "(error) ERR invalid expire time in 'getex' command");
}

TEST(Getdel, DeletesWhatItAnswers) {
  CommandTest t;
  t.run({"SET", "k", std::string(3000, 'v')});
  t.effects();
  EXPECT_EQ(t.run("GETDEL k").size(), 3002u);
  EXPECT_EQ(t.run("GETDEL k"), "nil");
  EXPECT_EQ(t.effects(), "DEL k");
}

TEST(Msetex, AllOrNothingWithOneExpiry) {
  CommandTest t;
  EXPECT_EQ(t.run("MSETEX 2 a 1 b 2 NX EX 10"), "1");
  EXPECT_EQ(t.run("MGET a b"), "[\"1\", \"2\"]");
  EXPECT_EQ(t.run("TTL b"), "10");
  EXPECT_EQ(t.run("MSETEX 2 b 3 c 3 NX"), "0");
  EXPECT_EQ(t.run("MSETEX 2 b 3 c 3 XX"), "0");
  EXPECT_EQ(t.run("MSETEX 1 b 3 XX KEEPTTL"), "1");
  EXPECT_EQ(t.run("TTL b"), "10");
  EXPECT_EQ(t.effects(),
            "MULTI; SELECT 0; SET a 1 PXAT 1700000010000; SET b 2 PXAT 1700000010000; EXEC; "
            "SET b 3 KEEPTTL");
  EXPECT_EQ(t.run("MSETEX x a 1"), "(error) ERR invalid numkeys value");
  EXPECT_EQ(t.run("MSETEX 0 a 1"), "(error) ERR invalid numkeys value");
  EXPECT_EQ(t.run("MSETEX 2147483648 a 1"), "(error) ERR invalid numkeys value");
  EXPECT_EQ(t.run("MSETEX 2147483647 a 1"), "(error) ERR wrong number of key-value pairs");
  EXPECT_EQ(t.run("MSETEX 2 a 1 b"), "(error) ERR wrong number of key-value pairs");
  EXPECT_EQ(t.run("MSETEX 1 a 1 b"), kSyntax);
  EXPECT_EQ(t.run("MSETEX 1 a 1 IFEQ 1"), kSyntax);
  EXPECT_EQ(t.run("MSETEX 1 a 1 GET"), kSyntax);
}

TEST(Delex, DeletesOnAComparison) {
  CommandTest t;
  t.run("SET k 12");
  EXPECT_EQ(t.run("DELEX k IFEQ 13"), "0");
  EXPECT_EQ(t.run("DELEX k IFNE 12"), "0");
  EXPECT_EQ(t.run("DELEX k EQ 12"),
            "(error) ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
  EXPECT_EQ(t.run("DELEX k IFDEQ 12"), "(error) ERR must be exactly 16 hexadecimal characters");
  EXPECT_EQ(t.run("DELEX k IFEQ"), "(error) ERR wrong number of arguments for 'delex' command");
  t.effects();
  EXPECT_EQ(t.run("DELEX k IFEQ 12"), "1");
  EXPECT_EQ(t.run("DELEX k IFNE 12"), "0");
  EXPECT_EQ(t.effects(), "DEL k");
  t.run("SET k v");
  EXPECT_EQ(t.run("DELEX k"), "1");
}

}  // namespace
}  // namespace redstart
