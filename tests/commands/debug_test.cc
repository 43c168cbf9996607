#include <gtest/gtest.h>

#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Debug, IsClosedUnlessEnabled) {
  CommandTest t{Settings()};
  EXPECT_TRUE(t.run("DEBUG HELP").starts_with("(error) ERR DEBUG command not allowed."));
}

TEST(Debug, PopulateMakesMissingKeysOnlyAndPropagatesNothing) {
  CommandTest t;
  t.run("SET key:1 mine");
  t.effects();
  EXPECT_EQ(t.run("DEBUG POPULATE 3"), "OK");
  EXPECT_EQ(t.run("DBSIZE"), "3");
  EXPECT_EQ(t.run("GET key:1"), "\"mine\"");
  EXPECT_EQ(t.run("GET key:2"), "\"value:2\"");
  EXPECT_EQ(t.effects(), "");
  t.run("DEBUG POPULATE 1 p 10");
  EXPECT_EQ(t.run("GET p:0"), "\"value:0\\x00\\x00\\x00\"");
}

// Figures of redis-server for the same data.
TEST(Debug, DigestsAreThoseOfRedis) {
  CommandTest t;
  EXPECT_EQ(t.run("DEBUG DIGEST"), std::string(40, '0'));
  t.run("SET foo bar");
  t.run("SET n 12345");
  EXPECT_EQ(t.run("DEBUG DIGEST-VALUE foo n nothing"),
            "[68467c70ae30376e7ce005bcc8827f5ba7fd67dc, e1cf90774e995ae03de66e8109dc5cb9d9c2dc83, "
            "0000000000000000000000000000000000000000]");
  EXPECT_EQ(t.run("DEBUG DIGEST"), "cd5a02343543db03481294f2a80f5609dd27c72b");
}

TEST(Debug, ListpackWantsOne) {
  CommandTest t;
  t.run("SET text x");
  t.run("SADD numbers 1 2");
  for (const char* call : {"HSET h f v", "ZADD z 1 m", "SADD s m", "RPUSH l a"}) t.run(call);
  t.run("HSET timed f v");
  t.run("HEXPIRE timed 100 FIELDS 1 f");
  for (const char* key : {"h", "z", "s", "l", "timed"}) {
    EXPECT_EQ(t.run(std::string("DEBUG LISTPACK ") + key), "Listpack structure printed in the log");
  }
  for (const char* key : {"text", "numbers"}) {
    EXPECT_EQ(t.run(std::string("DEBUG LISTPACK ") + key),
              "(error) ERR Not a listpack encoded object.");
  }
  EXPECT_EQ(t.run("DEBUG LISTPACK absent"), "(error) ERR no such key");
}

TEST(Debug, ProtocolShowsEveryKindOfReply) {
  CommandTest t;
  EXPECT_EQ(t.run("DEBUG PROTOCOL double"), "\"3.141\"");
  EXPECT_EQ(t.run("DEBUG PROTOCOL push"), "(error) ERR RESP2 is not supported by this command");
  t.run("HELLO 3");
  EXPECT_EQ(t.run("DEBUG PROTOCOL double"), "3.141");
  EXPECT_EQ(t.run("DEBUG PROTOCOL map"), "{0: #f, 1: #t, 2: #f}");
  EXPECT_EQ(t.run("DEBUG PROTOCOL set"), "~[0, 1, 2]");
  EXPECT_TRUE(t.run("DEBUG PROTOCOL x").starts_with("(error) ERR Wrong protocol type name."));
}

TEST(Debug, ExpiryByTheClockCanBeStopped) {
  CommandTest t;
  t.run("DEBUG SET-ACTIVE-EXPIRE 0");
  t.run("SET k v PX 10");
  t.advance_ms(500);
  EXPECT_EQ(t.run("DBSIZE"), "1");
  t.run("DEBUG SET-ACTIVE-EXPIRE 1");
  t.advance_ms(500);
  EXPECT_EQ(t.run("DBSIZE"), "0");
}

TEST(Debug, UnknownAndMalformedCallsSayTheSame) {
  CommandTest t;
  EXPECT_EQ(t.run("DEBUG NONSENSE"),
            "(error) ERR unknown subcommand or wrong number of arguments for 'NONSENSE'. Try "
            "DEBUG HELP.");
  EXPECT_EQ(t.run("DEBUG SLEEP"),
            "(error) ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG "
            "HELP.");
}

}  // namespace
}  // namespace redstart
