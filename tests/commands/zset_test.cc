#include <cmath>
#include <map>
#include <set>

#include "base/numbers.h"
#include "base/random.h"
#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// Everything that is asked here is answered the same by both encodings.
class ZsetCommands : public testing::TestWithParam<const char*> {
 protected:
  ZsetCommands() {
    bool small = GetParam() == std::string("listpack");
    t.run({"CONFIG", "SET", "zset-max-listpack-entries", small ? "128" : "0"});
    t.effects();
  }
  std::string run(std::string_view line) { return t.run(line); }
  void expect_encoding(std::string_view key) {
    EXPECT_EQ(t.run({"OBJECT", "ENCODING", std::string(key)}), '"' + std::string(GetParam()) + '"');
  }

  CommandTest t;
};
INSTANTIATE_TEST_SUITE_P(Encodings, ZsetCommands, testing::Values("listpack", "skiplist"));

TEST_P(ZsetCommands, ZaddCountsWhatIsNewAndWithChWhatChanged) {
  EXPECT_EQ(run("ZADD k 1 a 2 b 3 a"), "2");
  expect_encoding("k");
  EXPECT_EQ(run("ZRANGE k 0 -1 WITHSCORES"), R"(["b", "2", "a", "3"])");
  EXPECT_EQ(run("ZADD k CH 3 a 5 b 6 c"), "2");
  EXPECT_EQ(t.effects(), "SELECT 0; ZADD k 1 a 2 b 3 a; ZADD k CH 3 a 5 b 6 c");
  EXPECT_EQ(run("ZADD k CH 3 a 5 b"), "0");
  EXPECT_EQ(t.effects(), "");
}

TEST_P(ZsetCommands, ZaddConditions) {
  run("ZADD k 10 a");
  EXPECT_EQ(run("ZADD k NX 20 a 1 b"), "1");
  EXPECT_EQ(run("ZADD k XX CH 5 b 1 c"), "1");
  EXPECT_EQ(run("ZADD k GT CH 9 a 6 b 1 c"), "2");
  EXPECT_EQ(run("ZADD k LT CH 11 a 5 b"), "1");
  EXPECT_EQ(run("ZRANGE k 0 -1 WITHSCORES"), R"(["c", "1", "b", "5", "a", "10"])");
  EXPECT_EQ(run("ZADD absent XX 1 a"), "0");
  EXPECT_EQ(run("EXISTS absent"), "0");
}

TEST_P(ZsetCommands, IncrementsAnswerTheScore) {
  EXPECT_EQ(run("ZADD k INCR 1.5 a"), R"("1.5")");
  EXPECT_EQ(run("ZINCRBY k -0.25 a"), R"("1.25")");
  EXPECT_EQ(run("ZADD k NX INCR 1 a"), "nil");
  EXPECT_EQ(run("ZADD k GT INCR -1 a"), "nil");
  EXPECT_EQ(run("ZADD k XX INCR 1 b"), "nil");
  EXPECT_EQ(run("ZADD absent XX INCR 1 b"), "nil");
  run("ZADD k inf top");
  EXPECT_EQ(run("ZINCRBY k -inf top"), "(error) ERR resulting score is not a number (NaN)");
  EXPECT_EQ(run("ZSCORE k top"), R"("inf")");
}

TEST_P(ZsetCommands, ZaddRefusesBeforeItChanges) {
  EXPECT_EQ(run("ZADD k 1 a x b"), "(error) ERR value is not a valid float");
  EXPECT_EQ(run("ZADD k nan a"), "(error) ERR value is not a valid float");
  EXPECT_EQ(run("ZADD k 1 a 2"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZADD k NX XX 1 a"),
            "(error) ERR XX and NX options at the same time are not compatible");
  for (const char* options : {"NX GT", "NX LT", "GT LT"}) {
    EXPECT_EQ(run(std::string("ZADD k ") + options + " 1 a"),
              "(error) ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  EXPECT_EQ(run("ZADD k INCR 1 a 2 b"),
            "(error) ERR INCR option supports a single increment-element pair");
  EXPECT_EQ(run("EXISTS k"), "0");
}

TEST_P(ZsetCommands, QuestionsAboutMembers) {
  run("ZADD k 1 a 2 b 2 c");
  EXPECT_EQ(run("ZCARD k"), "3");
  EXPECT_EQ(run("ZSCORE k b"), R"("2")");
  EXPECT_EQ(run("ZSCORE k x"), "nil");
  EXPECT_EQ(run("ZMSCORE k a x c"), R"(["1", nil, "2"])");
  EXPECT_EQ(run("ZMSCORE absent a b"), "[nil, nil]");
  EXPECT_EQ(run("ZRANK k c"), "2");
  EXPECT_EQ(run("ZREVRANK k c WITHSCORE"), R"([0, "2"])");
  EXPECT_EQ(run("ZRANK k x WITHSCORE"), "nil");
  EXPECT_EQ(run("ZRANK k a b"), "(error) ERR syntax error");
  EXPECT_EQ(run("ZRANK k a WITHSCORE x"),
            "(error) ERR wrong number of arguments for 'zrank' command");
}

TEST_P(ZsetCommands, TheLastRemovalDeletesTheKey) {
  run("ZADD k 1 a 2 b");
  EXPECT_EQ(run("ZREM k a x"), "1");
  EXPECT_EQ(run("ZREM k x"), "0");
  t.effects();
  EXPECT_EQ(run("ZREM k b b"), "1");
  EXPECT_EQ(t.effects(), "ZREM k b b");
  EXPECT_EQ(run("EXISTS k"), "0");
}

TEST_P(ZsetCommands, AnotherTypeIsRefusedByAll) {
  run("SET s v");
  for (const char* call :
       {"ZADD s 1 a", "ZINCRBY s 1 a", "ZREM s a", "ZCARD s", "ZSCORE s a", "ZMSCORE s a",
        "ZRANK s a", "ZSCAN s 0", "ZRANGE s 0 -1", "ZCOUNT s 0 1", "ZREMRANGEBYRANK s 0 -1",
        "ZPOPMIN s", "ZMPOP 2 absent s MIN", "ZRANDMEMBER s", "ZUNION 2 absent s",
        "ZRANGESTORE d s 0 -1", "ZINTERCARD 1 s"}) {
    EXPECT_EQ(run(call),
              "(error) WRONGTYPE Operation against a key holding the wrong kind of value")
        << call;
  }
}

TEST_P(ZsetCommands, ZscanReturnsEachMemberOnce) {
  std::set<std::string> expected;
  for (int i = 0; i < 100; i++) {
    std::string member = "m" + std::to_string(i);
    t.run({"ZADD", "k", std::to_string(i), member});
    expected.insert('"' + member + '"');
  }
  std::multiset<std::string> found;
  std::string cursor = "0";
  do {
    std::string reply = t.run({"ZSCAN", "k", cursor, "COUNT", "7"});
    size_t end = reply.find('"', 2);
    cursor = reply.substr(2, end - 2);
    for (size_t at = end + 1; (at = reply.find("\"m", at)) != std::string::npos; at += 2) {
      found.insert(reply.substr(at, reply.find('"', at + 1) + 1 - at));
    }
  } while (cursor != "0");
  EXPECT_EQ(found, (std::multiset<std::string>(expected.begin(), expected.end())));
  EXPECT_EQ(run("ZSCAN absent 0"), R"(["0", []])");
  EXPECT_EQ(run("ZSCAN k 0 MATCH m42 COUNT 1000"), R"(["0", ["m42", "42"]])");
}

TEST_P(ZsetCommands, CopyAndDigestAgree) {
  run("ZADD k 1 a 2.5 b");
  run("COPY k k2");
  EXPECT_EQ(run("ZRANGE k2 0 -1 WITHSCORES"), R"(["a", "1", "b", "2.5"])");
  EXPECT_EQ(run("DEBUG DIGEST-VALUE k k2"), run("DEBUG DIGEST-VALUE k2 k"));
  expect_encoding("k2");
}

// As in Redis 7.4, which has no short way for whole numbers there.
TEST(Zset, ScoresInDigestsHaveExponents) {
  CommandTest t;
  t.run("ZADD k 100000000 a -12300000000 b 99999999 c 1152921504606847103 d 1.5 e");
  EXPECT_EQ(t.run("DEBUG DIGEST-VALUE k"), "[c894df91f563fa4bbe7f87304756e92b48d9a6bf]");
}

TEST(Zset, ScoresAreDoublesInResp3) {
  CommandTest t;
  t.run("HELLO 3");
  t.run("ZADD k 1 a 2.5 b");
  EXPECT_EQ(t.run("ZSCORE k b"), "2.5");
  EXPECT_EQ(t.run("ZRANGE k 0 -1 WITHSCORES"), R"([["a", 1], ["b", 2.5]])");
  EXPECT_EQ(t.run("ZPOPMIN k"), R"(["a", 1])");
  EXPECT_EQ(t.run("ZPOPMIN k 5"), R"([["b", 2.5]])");
}

TEST(Zset, AnExistingMemberDoesNotConvert) {
  CommandTest t;
  t.run("CONFIG SET zset-max-listpack-entries 2");
  t.run("ZADD k 1 a 2 b");
  t.run("ZADD k 5 a");
  EXPECT_EQ(t.run("OBJECT ENCODING k"), R"("listpack")");
  t.run("ZADD k 5 a 5 b 5 a");  // three at once are expected to be new
  EXPECT_EQ(t.run("OBJECT ENCODING k"), R"("skiplist")");
}

struct EventLog final : EventListener {
  void on_event(Tenant&, int, const Event& event, std::string_view key) override {
    text += (text.empty() ? "" : "; ") + std::string(event.name) + ' ' + std::string(key);
  }
  std::string text;
};

TEST(Zset, EventsAreThoseOfRedis) {
  CommandTest t;
  t.run("ZADD k 1 a 2 b 3 c 4 d 5 e");
  EventLog events;
  t.engine().unit().set_event_listener(&events);
  t.run("ZADD k 1 a");
  t.run("ZADD k 9 a");
  t.run("ZINCRBY k 1 a");
  t.run("ZREM k a");
  t.run("ZREMRANGEBYRANK k 0 0");
  t.run("ZREMRANGEBYSCORE k 3 3");
  t.run("ZPOPMAX k");
  t.run("ZUNIONSTORE k2 1 k");
  t.run("ZMPOP 1 k MIN");
  t.run("ZDIFFSTORE k2 2 k2 k2");
  t.engine().unit().set_event_listener(nullptr);
  EXPECT_EQ(events.text,
            "zadd k; zincr k; zrem k; zremrangebyrank k; zremrangebyscore k; zpopmax k; "
            "new k2; zunionstore k2; zpopmin k; del k; del k2");
}

}  // namespace
}  // namespace redstart
