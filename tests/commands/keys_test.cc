#include <algorithm>
#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Keys, DelCountsWhatWasThere) {
  CommandTest t;
  t.run("MSET a 1 b 2 c 3");
  t.run("SET gone v PX 5");
  t.advance_lazily_ms(6);
  t.effects();
  EXPECT_EQ(t.run("EXISTS a a gone absent"), "2");
  EXPECT_EQ(t.effects(), "DEL gone");
  EXPECT_EQ(t.run("DEL a gone absent a"), "1");
  EXPECT_EQ(t.run("UNLINK b c"), "2");
  EXPECT_EQ(t.effects(), "DEL a gone absent a; UNLINK b c");
  EXPECT_EQ(t.run("DEL a"), "0");
  EXPECT_EQ(t.effects(), "");
}

TEST(Keys, UnlinkCountsWhatTakesManySteps) {
  CommandTest t;
  auto freed_later = [&] {
    std::string info = t.run("INFO memory");
    size_t at = info.find("lazyfreed_objects:") + 18;
    return info.substr(at, info.find("\\x0d", at) - at);
  };
  for (int i = 0; i < 200; ++i) {
    std::string n = std::to_string(i);
    t.run("RPUSH list " + n);
    t.run("ZADD large " + n + " " + n);
    t.run("ZADD del " + n + " " + n);
    t.run("SET text" + n + " x");
  }
  t.run("HSET small a b");
  EXPECT_EQ(t.run("UNLINK list small text1 absent"), "3");
  EXPECT_EQ(freed_later(), "0");
  EXPECT_EQ(t.run("DEL del"), "1");
  EXPECT_EQ(freed_later(), "0");
  EXPECT_EQ(t.run("UNLINK large text2"), "2");
  EXPECT_EQ(freed_later(), "1");
}

TEST(Keys, TouchMarksAsUsedEvenForClientsThatDoNot) {
  CommandTest t;
  t.run("SET k v");
  t.advance_ms(50000);
  EXPECT_EQ(t.run("EXISTS k"), "1");
  EXPECT_EQ(t.run("TYPE k"), "string");
  EXPECT_EQ(t.run("TTL k"), "-1");
  EXPECT_EQ(t.run("OBJECT IDLETIME k"), "50");
  t.engine().keyspace_shared().touch = false;
  EXPECT_EQ(t.run("TOUCH k absent"), "1");
  EXPECT_FALSE(t.engine().keyspace_shared().touch);
  EXPECT_EQ(t.run("OBJECT IDLETIME k"), "0");
}

TEST(Keys, KeysMatchesPatternsAndSkipsTheExpired) {
  CommandTest t;
  EXPECT_EQ(t.run("KEYS *"), "[]");
  t.run("MSET foo_a 1 bar 2");
  t.run("SET foo_b v PX 5");
  t.advance_lazily_ms(6);
  EXPECT_EQ(t.run("KEYS foo*"), "[\"foo_a\"]");
  EXPECT_EQ(t.run("KEYS b?r"), "[\"bar\"]");
  EXPECT_EQ(t.run("KEYS *").size(), std::string("[\"foo_a\", \"bar\"]").size());
}

TEST(Keys, Randomkey) {
  CommandTest t;
  EXPECT_EQ(t.run("RANDOMKEY"), "nil");
  t.run("SET k v");
  EXPECT_EQ(t.run("RANDOMKEY"), "\"k\"");
  EXPECT_EQ(t.run("TYPE absent"), "none");
}

TEST(Keys, RenameTakesTheExpiryAlong) {
  CommandTest t;
  t.run("SET a v EX 100");
  t.run("SET b other");
  EXPECT_EQ(t.run("RENAME a b"), "OK");
  EXPECT_EQ(t.run("GET b"), "\"v\"");
  EXPECT_EQ(t.run("TTL b"), "100");
  EXPECT_EQ(t.run("EXISTS a"), "0");
  t.effects();
  EXPECT_EQ(t.run("RENAME b b"), "OK");
  EXPECT_EQ(t.run("RENAMENX b b"), "0");
  EXPECT_EQ(t.effects(), "");
  EXPECT_EQ(t.run("RENAME absent b"), "(error) ERR no such key");
  EXPECT_EQ(t.run("RENAME absent absent"), "(error) ERR no such key");
  t.run("SET c 1");
  EXPECT_EQ(t.run("RENAMENX b c"), "0");
  EXPECT_EQ(t.run("RENAMENX b d"), "1");
  EXPECT_EQ(t.run("TTL d"), "100");
  EXPECT_EQ(t.effects(), "SET c 1; RENAMENX b d");
}

TEST(Keys, MoveGoesToAnotherDatabase) {
  CommandTest t;
  t.run({"SET", "k", std::string(2000, 'x')});
  t.run("EXPIRE k 10");
  EXPECT_EQ(t.run("MOVE k 0"), "(error) ERR source and destination objects are the same");
  EXPECT_EQ(t.run("MOVE k 16"), "(error) ERR DB index is out of range");
  EXPECT_EQ(t.run("MOVE k x"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t.run("MOVE k 4294967296"),
            "(error) ERR value is out of range, value must between -2147483648 and 2147483647");
  EXPECT_EQ(t.run("MOVE absent 1"), "0");
  t.effects();
  EXPECT_EQ(t.run("MOVE k 1"), "1");
  EXPECT_EQ(t.effects(), "MOVE k 1");
  EXPECT_EQ(t.run("EXISTS k"), "0");
  t.run("SET k new");
  EXPECT_EQ(t.run("MOVE k 1"), "0");
  t.session().select(1);
  EXPECT_EQ(t.run("STRLEN k"), "2000");
  EXPECT_EQ(t.run("TTL k"), "10");
}

TEST(Keys, CopyMakesAnIndependentValue) {
  CommandTest t;
  for (const std::string& value : {std::string("12"), std::string(3000, 'b')}) {
    t.run({"SET", "a", value, "EX", "100"});
    t.run("DEL b");
    EXPECT_EQ(t.run("COPY a b"), "1");
    EXPECT_EQ(t.run("TTL b"), "100");
    t.run("APPEND a !");
    EXPECT_EQ(t.run("GET b"), "\"" + value + "\"");
    EXPECT_EQ(t.run("COPY a b"), "0");
    EXPECT_EQ(t.run("COPY a b REPLACE"), "1");
    EXPECT_EQ(t.run("GET b"), "\"" + value + "!\"");
    EXPECT_EQ(t.run("COPY a a DB 3 REPLACE"), "1");
  }
  EXPECT_EQ(t.run("COPY absent c"), "0");
  EXPECT_EQ(t.run("COPY a b DB"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("COPY a b DB 16"), "(error) ERR DB index is out of range");
  EXPECT_EQ(t.run("COPY a a"), "(error) ERR source and destination objects are the same");
  EXPECT_EQ(t.connect(Dialect::kUpstash)->run("COPY a a"), "0");
}

}  // namespace
}  // namespace redstart
