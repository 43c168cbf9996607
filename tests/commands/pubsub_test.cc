#include <gtest/gtest.h>

#include "tests/commands/listener.h"

namespace redstart {
namespace {

TEST(Pubsub, EachNameIsConfirmed) {
  CommandTest t;
  Listener l(t.engine());
  EXPECT_EQ(l.run("SUBSCRIBE a b a"),
            "[\"subscribe\", \"a\", 1]\n[\"subscribe\", \"b\", 2]\n[\"subscribe\", \"a\", 2]");
  EXPECT_EQ(l.run("PSUBSCRIBE p*"), "[\"psubscribe\", \"p*\", 3]");
  EXPECT_EQ(l.run("SSUBSCRIBE s"), "[\"ssubscribe\", \"s\", 1]");
  EXPECT_EQ(l.run("UNSUBSCRIBE c"), "[\"unsubscribe\", \"c\", 3]");
  EXPECT_EQ(l.run("UNSUBSCRIBE"), "[\"unsubscribe\", \"a\", 2]\n[\"unsubscribe\", \"b\", 1]");
  EXPECT_EQ(l.run("UNSUBSCRIBE"), "[\"unsubscribe\", nil, 1]");
  EXPECT_EQ(l.run("PUNSUBSCRIBE"), "[\"punsubscribe\", \"p*\", 0]");
  EXPECT_EQ(l.run("SUNSUBSCRIBE"), "[\"sunsubscribe\", \"s\", 0]");
  EXPECT_EQ(l.run("SUNSUBSCRIBE"), "[\"sunsubscribe\", nil, 0]");
}

TEST(Pubsub, Resp2ListenersMayOnlyListen) {
  CommandTest t;
  Listener l(t.engine());
  l.run("SSUBSCRIBE s");
  EXPECT_EQ(l.run("GET k"),
            "(error) ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
            "RESET are allowed in this context");
  EXPECT_EQ(l.run("CLIENT ID").substr(0, 39), "(error) ERR Can't execute 'client|id': ");
  EXPECT_EQ(l.run("PING"), "[\"pong\", \"\"]");
  EXPECT_EQ(l.run("PING hey"), "[\"pong\", \"hey\"]");
  EXPECT_EQ(l.run("RESET"), "RESET");
  EXPECT_EQ(l.run("PING"), "PONG");
  EXPECT_EQ(t.run("PUBSUB SHARDCHANNELS"), "[]");
}

TEST(Pubsub, Resp3ListenersMayAsk) {
  CommandTest t;
  Listener l(t.engine());
  l.run("HELLO 3");
  EXPECT_EQ(l.run("SUBSCRIBE c"), ">[\"subscribe\", \"c\", 1]");
  EXPECT_EQ(l.run("PING"), "PONG");
  EXPECT_EQ(t.run("PUBLISH c hi"), "1");
  EXPECT_EQ(l.heard(), ">[\"message\", \"c\", \"hi\"]");
  // Back in RESP2 the restriction is there again.
  l.run("HELLO 2");
  EXPECT_EQ(l.run("GET k").substr(0, 31), "(error) ERR Can't execute 'get'");
}

TEST(Pubsub, OwnMessagesFollowTheReply) {
  CommandTest t;
  Listener l(t.engine());
  l.run("HELLO 3");
  l.run("PSUBSCRIBE c*");
  l.run("SUBSCRIBE c");
  EXPECT_EQ(l.run("PUBLISH c 1"),
            "2\n>[\"message\", \"c\", \"1\"]\n>[\"pmessage\", \"c*\", \"c\", \"1\"]");
  l.run("MULTI");
  l.run("PUBLISH c 2");
  l.run("PING");
  EXPECT_EQ(l.run("EXEC"),
            "[2, PONG]\n>[\"message\", \"c\", \"2\"]\n>[\"pmessage\", \"c*\", \"c\", \"2\"]");
}

TEST(Pubsub, SubscribingInsideMulti) {
  CommandTest t;
  Listener l(t.engine());
  l.run("MULTI");
  l.run("PUBLISH c too-early");
  EXPECT_EQ(l.run("SUBSCRIBE c"), "QUEUED");
  EXPECT_EQ(l.run("SSUBSCRIBE s"), "QUEUED");
  // Queueing is over with EXEC: the restriction begins behind it.
  EXPECT_EQ(l.run("EXEC"),
            "[0, [\"subscribe\", \"c\", 1], (error) ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING "
            "client]");
  EXPECT_EQ(l.run("GET k").substr(0, 7), "(error)");
}

TEST(Pubsub, PubsubTellsWhoListens) {
  CommandTest t;
  Listener a(t.engine()), b(t.engine());
  a.run("SUBSCRIBE one two");
  b.run("SUBSCRIBE two");
  b.run("PSUBSCRIBE t*");
  b.run("SSUBSCRIBE shard");
  EXPECT_EQ(t.run("PUBSUB CHANNELS"), "[\"one\", \"two\"]");
  EXPECT_EQ(t.run("PUBSUB CHANNELS t*"), "[\"two\"]");
  EXPECT_EQ(t.run("PUBSUB CHANNELS a b"),
            "(error) ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB "
            "HELP.");
  EXPECT_EQ(t.run("PUBSUB NUMSUB two none"), "[\"two\", 2, \"none\", 0]");
  EXPECT_EQ(t.run("PUBSUB NUMSUB"), "[]");
  EXPECT_EQ(t.run("PUBSUB NUMPAT"), "1");
  EXPECT_EQ(t.run("PUBSUB SHARDCHANNELS"), "[\"shard\"]");
  EXPECT_EQ(t.run("PUBSUB SHARDNUMSUB shard"), "[\"shard\", 1]");
  EXPECT_EQ(t.run("SPUBLISH shard x"), "1");
  EXPECT_EQ(b.heard(), "[\"smessage\", \"shard\", \"x\"]");
}

TEST(Pubsub, AClientThatGoesListensNoMore) {
  CommandTest t;
  {
    Listener l(t.engine());
    l.run("SUBSCRIBE c");
    l.run("PSUBSCRIBE *");
  }
  EXPECT_EQ(t.run("PUBLISH c x"), "0");
  EXPECT_EQ(t.run("PUBSUB NUMPAT"), "0");
}

// --- Keyspace notifications

TEST(Notify, KeyAndEventChannels) {
  CommandTest t;
  Listener l(t.engine());
  l.run("PSUBSCRIBE *");
  t.run("SET quiet 1");
  EXPECT_EQ(l.heard(), "");
  t.run("CONFIG SET notify-keyspace-events KEA");
  t.run("SELECT 3");
  t.run("SET k 1");
  EXPECT_EQ(l.heard(),
            "[\"pmessage\", \"*\", \"__keyspace@3__:k\", \"set\"]\n"
            "[\"pmessage\", \"*\", \"__keyevent@3__:set\", \"k\"]");
  t.run("CONFIG SET notify-keyspace-events El");
  t.run("SET k 2");
  t.run("LPUSH l x");
  EXPECT_EQ(l.heard(), "[\"pmessage\", \"*\", \"__keyevent@3__:lpush\", \"l\"]");
}

// Messages and notifications of one call come in the order in which they happened.
TEST(Notify, InTheOrderOfEvents) {
  CommandTest t;
  Listener l(t.engine());
  t.run("CONFIG SET notify-keyspace-events Egn$");
  l.run("PSUBSCRIBE __keyevent*");
  l.run("SUBSCRIBE c");
  t.run("MULTI");
  t.run("SET a 1");
  t.run("PUBLISH c between");
  t.run("RENAME a b");
  EXPECT_EQ(t.run("EXEC"), "[OK, 1, OK]");
  EXPECT_EQ(l.heard(),
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:new\", \"a\"]\n"
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:set\", \"a\"]\n"
            "[\"message\", \"c\", \"between\"]\n"
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:new\", \"b\"]\n"
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:rename_from\", \"a\"]\n"
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:rename_to\", \"b\"]");
}

// Fields that a call finds expired are told together.
TEST(Notify, ExpiredFieldsOfOneCallAreOneEvent) {
  CommandTest t;
  Listener l(t.engine());
  t.run("DEBUG SET-ACTIVE-EXPIRE 0");
  t.run("HSET h a 1 b 2");
  t.run("HPEXPIRE h 10 FIELDS 2 a b");
  l.run("PSUBSCRIBE __keyevent*");
  t.run("CONFIG SET notify-keyspace-events Ehg");
  t.effects();
  t.advance_lazily_ms(11);
  EXPECT_EQ(t.run("HMGET h a b"), "[nil, nil]");
  EXPECT_EQ(l.heard(),
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:hexpired\", \"h\"]\n"
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:del\", \"h\"]");
  EXPECT_EQ(t.effects(), "MULTI; HDEL h a; HDEL h b; EXEC");
}

// Nobody needs to come for it.
TEST(Notify, ALowerLimitEvictsAtOnce) {
  CommandTest t;
  Listener l(t.engine());
  t.run("CONFIG SET notify-keyspace-events Ee maxmemory-policy allkeys-lru");
  l.run("PSUBSCRIBE __keyevent*");
  t.run("SET k v");
  t.run("CONFIG SET maxmemory 1");
  t.advance_ms(0);
  EXPECT_EQ(l.heard(), "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:evicted\", \"k\"]");
}

TEST(Notify, MissesExpiryAndEvictionHaveTheirLetters) {
  CommandTest t;
  Listener l(t.engine());
  l.run("PSUBSCRIBE __keyevent*");
  t.run("CONFIG SET notify-keyspace-events Emx");
  t.run("GET nothing");
  t.run("SET k v PX 10");
  t.advance_ms(200);
  EXPECT_EQ(l.heard(),
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:keymiss\", \"nothing\"]\n"
            "[\"pmessage\", \"__keyevent*\", \"__keyevent@0__:expired\", \"k\"]");
}

}  // namespace
}  // namespace redstart
