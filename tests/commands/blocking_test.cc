#include "engine/blocking.h"

#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

using Clients = std::vector<std::unique_ptr<TestClient>>;

Clients connect(CommandTest& t, size_t count) {
  Clients clients;
  for (size_t i = 0; i < count; i++) clients.push_back(t.connect());
  return clients;
}

// Sends a command that must find nothing.
void park(TestClient& client, std::string_view line) {
  EXPECT_EQ(client.raw(split_words(line)), "") << line;
  EXPECT_TRUE(client.waits()) << line;
}

TEST(Blocking, FirstComeFirstServed) {
  CommandTest t;
  Clients waiting = connect(t, 3);
  for (auto& client : waiting) park(*client, "BLPOP k 0");
  EXPECT_EQ(t.run("RPUSH k a b"), "2");
  EXPECT_EQ(waiting[0]->late(), "[\"k\", \"a\"]");
  EXPECT_EQ(waiting[1]->late(), "[\"k\", \"b\"]");
  EXPECT_EQ(waiting[2]->late(), "(nothing)");
  EXPECT_FALSE(waiting[0]->waits());
  EXPECT_TRUE(waiting[2]->waits());
  EXPECT_EQ(t.effects(), "SELECT 0; RPUSH k a b; LPOP k; LPOP k");
}

TEST(Blocking, EveryCommandIsServedAndPropagatesWhatItDid) {
  struct Case {
    const char* wait;
    const char* change;
    const char* answer;
    const char* effect;
  };
  for (const Case& one : {
           Case{"BLPOP a k 0", "RPUSH k 1 2", "[\"k\", \"1\"]", "LPOP k"},
           Case{"BRPOP k k 0", "RPUSH k 1 2", "[\"k\", \"2\"]", "RPOP k"},
           Case{"BLMOVE k to LEFT RIGHT 0", "RPUSH k 1 2", "\"1\"", "LMOVE k to LEFT RIGHT"},
           Case{"BRPOPLPUSH k to 0", "RPUSH k 1 2", "\"2\"", "RPOPLPUSH k to"},
           Case{"BLMPOP 0 2 a k LEFT COUNT 5", "RPUSH k 1 2", "[\"k\", [\"1\", \"2\"]]",
                "LPOP k 2"},
           Case{"BZPOPMIN k 0", "ZADD k 1 a 2 b", "[\"k\", \"a\", \"1\"]", "ZPOPMIN k"},
           Case{"BZPOPMAX k 0", "ZADD k 1 a 2 b", "[\"k\", \"b\", \"2\"]", "ZPOPMAX k"},
           Case{"BZMPOP 0 1 k MAX COUNT 1", "ZADD k 1 a 2 b", "[\"k\", [[\"b\", \"2\"]]]",
                "ZPOPMAX k 1"},
           Case{"XREAD BLOCK 0 STREAMS k $", "XADD k 1-1 f v",
                "[[\"k\", [[\"1-1\", [\"f\", \"v\"]]]]]", ""},
       }) {
    CommandTest t;
    auto client = t.connect();
    park(*client, one.wait);
    t.run(one.change);
    EXPECT_EQ(client->late(), one.answer) << one.wait;
    std::string expected = std::string("SELECT 0; ") + one.change;
    if (*one.effect) expected += std::string("; ") + one.effect;
    EXPECT_EQ(t.effects(), expected);
  }
}

TEST(Blocking, ServedClientsServeOthers) {
  CommandTest t;
  Clients c = connect(t, 3);
  park(*c[0], "BLMOVE one two LEFT LEFT 0");
  park(*c[1], "BLMOVE two three LEFT LEFT 0");
  park(*c[2], "BLPOP three 0");
  t.run("RPUSH one x");
  EXPECT_EQ(c[2]->late(), "[\"three\", \"x\"]");
  EXPECT_EQ(t.run("EXISTS one two three"), "0");
  EXPECT_EQ(t.effects(),
            "SELECT 0; RPUSH one x; LMOVE one two LEFT LEFT; LMOVE two three LEFT LEFT; "
            "LPOP three");
}

TEST(Blocking, WaitsForWhatIsThereWhenAUnitHasEnded) {
  CommandTest t;
  auto client = t.connect();
  park(*client, "BLPOP k 0");
  t.run("MULTI");
  t.run("RPUSH k a");
  t.run("DEL k");
  t.run("EXEC");
  EXPECT_TRUE(client->waits());
  // Another type is not what it waits for.
  t.run("SET k text");
  EXPECT_TRUE(client->waits());
  t.run("DEL k");
  t.run("MULTI");
  t.run("RPUSH k a");
  t.run("RPUSH k b");
  t.run("EXEC");
  EXPECT_EQ(client->late(), "[\"k\", \"a\"]");
}

TEST(Blocking, KeysBecomeReadyInManyWays) {
  for (const char* change : {"RENAME list k", "COPY list k", "SORT list BY nosort STORE k",
                             "LMOVE list k LEFT LEFT", "MOVE"}) {
    CommandTest t;
    auto client = t.connect();
    t.run("RPUSH list 1");
    park(*client, "BLPOP k 0");
    if (change == std::string_view("MOVE")) {
      t.run("SELECT 1");
      t.run("RPUSH k 1");
      EXPECT_TRUE(client->waits());
      t.run("MOVE k 0");
    } else {
      t.run(change);
    }
    EXPECT_EQ(client->late(), "[\"k\", \"1\"]") << change;
  }
  CommandTest t;
  auto client = t.connect();
  t.run("SELECT 1");
  t.run("RPUSH k 1");
  park(*client, "BLPOP k 0");
  t.run("SWAPDB 0 1");
  EXPECT_EQ(client->late(), "[\"k\", \"1\"]");
}

TEST(Blocking, NothingWaitsInsideExec) {
  CommandTest t;
  t.run("MULTI");
  for (const char* line : {"BLPOP k 0", "BLMOVE k l LEFT LEFT 0", "BZPOPMIN k 0",
                           "XREAD BLOCK 0 STREAMS k $"}) {
    t.run(line);
  }
  EXPECT_EQ(t.run("EXEC"), "[nil, nil, nil, nil]");
}

TEST(Blocking, TimesOutToTheMillisecond) {
  CommandTest t;
  Clients c = connect(t, 2);
  park(*c[0], "BLPOP k 0.010");
  park(*c[1], "BRPOP k 0.0101");
  t.advance_ms(9);
  EXPECT_EQ(c[0]->late(), "(nothing)");
  t.advance_ms(1);
  EXPECT_EQ(c[0]->late(), "nil");
  EXPECT_EQ(c[1]->late(), "(nothing)");
  t.advance_ms(1);
  EXPECT_EQ(c[1]->late(), "nil");
  EXPECT_EQ(t.engine().blocking().keys_waited_for(), 0u);
}

TEST(Blocking, WhoWaitsInVainKeepsItsDeadline) {
  CommandTest t;
  auto client = t.connect();
  t.run("XGROUP CREATE s g $ MKSTREAM");
  park(*client, "XREADGROUP GROUP g me BLOCK 10 STREAMS s >");
  t.advance_ms(8);
  // Woken by a change that is of no use to it.
  t.run("XGROUP CREATECONSUMER s g other");
  t.run("XGROUP SETID s g $");
  EXPECT_TRUE(client->waits());
  t.advance_ms(2);
  EXPECT_EQ(client->late(), "nil");
}

TEST(Blocking, ReadersOfAGroupHearThatItIsGone) {
  for (const char* change : {"DEL s", "XGROUP DESTROY s g", "SET s text", "FLUSHALL"}) {
    CommandTest t;
    auto client = t.connect();
    t.run("XGROUP CREATE s g $ MKSTREAM");
    park(*client, "XREADGROUP GROUP g me BLOCK 0 STREAMS s >");
    EXPECT_EQ(t.engine().blocking().keys_waited_for_till_gone(), 1u);
    t.run(change);
    EXPECT_EQ(client->late(),
              change == std::string_view("SET s text")
                  ? "(error) WRONGTYPE Operation against a key holding the wrong kind of value"
                  : "(error) NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with "
                    "GROUP option")
        << change;
    EXPECT_EQ(t.engine().blocking().keys_waited_for_till_gone(), 0u);
  }
}

TEST(Blocking, ThoseWhoLeaveAreForgotten) {
  CommandTest t;
  Clients c = connect(t, 2);
  park(*c[0], "BLPOP k 5");
  park(*c[1], "BLPOP k other 5");
  c[0].reset();
  t.run("RPUSH k x");
  EXPECT_EQ(c[1]->late(), "[\"k\", \"x\"]");
  park(*c[1], "BLPOP k other 5");
  c[1].reset();
  EXPECT_EQ(t.engine().blocking().keys_waited_for(), 0u);
  EXPECT_EQ(t.engine().blocking().waiting_with_deadline(), 0u);
}

TEST(Blocking, ClientUnblock) {
  CommandTest t;
  auto client = t.connect();
  std::string id = std::to_string(client->session().id());
  park(*client, "BLPOP k 0");
  EXPECT_EQ(t.run("CLIENT UNBLOCK " + id), "1");
  EXPECT_EQ(client->late(), "nil");
  EXPECT_EQ(t.run("CLIENT UNBLOCK " + id), "0");
  park(*client, "BLPOP k 0");
  EXPECT_EQ(t.run("CLIENT UNBLOCK " + id + " ERROR"), "1");
  EXPECT_EQ(client->late(), "(error) UNBLOCKED client unblocked via CLIENT UNBLOCK");
}

TEST(Blocking, APauseHoldsThoseWhoAreWoken) {
  CommandTest t;
  auto client = t.connect();
  park(*client, "BLPOP k 0");
  t.run("MULTI");
  t.run("RPUSH k x");
  t.run("CLIENT PAUSE 100000 WRITE");
  t.run("EXEC");
  EXPECT_EQ(client->late(), "(nothing)");
  EXPECT_EQ(t.run("LLEN k"), "1");
  t.run("CLIENT UNPAUSE");
  EXPECT_EQ(client->late(), "[\"k\", \"x\"]");
}

TEST(Blocking, NothingOvertakesACallThatWasWokenInAPause) {
  CommandTest t;
  auto client = t.connect();
  park(*client, "BLPOP k 0");
  for (const char* line : {"MULTI", "RPUSH k x", "CLIENT PAUSE 100000 WRITE", "EXEC"}) t.run(line);
  // As a timer ends a pause: between two commands, with those who wait served later in the turn.
  t.engine().unpause_clients();
  EXPECT_FALSE(client->session().may_continue());
  t.engine().blocking().serve();
  EXPECT_TRUE(client->session().may_continue());
  EXPECT_EQ(client->late(), "[\"k\", \"x\"]");
}

TEST(Blocking, CallsAreCountedWhenTheyEnd) {
  CommandTest t;
  auto client = t.connect();
  auto calls = [&] {
    return t.engine().default_tenant().stats.commands[t.engine().commands().find("blpop")->id]
        .calls;
  };
  park(*client, "BLPOP k 1");
  EXPECT_EQ(calls(), 0u);
  t.run("RPUSH k x");
  EXPECT_EQ(calls(), 1u);
  park(*client, "BLPOP k 1");
  t.advance_ms(1000);
  EXPECT_EQ(calls(), 2u);
}

TEST(Blocking, WaitForAcknowledgements) {
  CommandTest t;
  auto client = t.connect();
  EXPECT_EQ(t.run("WAIT 0 0"), "0");
  EXPECT_EQ(t.run("WAITAOF 0 0 0"), "[0, 0]");
  EXPECT_EQ(t.run("WAITAOF 1 0 0"),
            "(error) ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
  park(*client, "WAIT 1 10");
  t.advance_ms(10);
  EXPECT_EQ(client->late(), "0");

  uint64_t acknowledged = 0;
  t.engine().default_tenant().acks.replicas = [&](uint64_t offset) {
    return acknowledged >= offset ? 1 : 0;
  };
  client->run("SET k v");
  park(*client, "WAIT 1 0");
  t.engine().blocking().look_at_acks();
  EXPECT_EQ(client->late(), "(nothing)");
  acknowledged = client->session().written_offset;
  t.engine().blocking().look_at_acks();
  EXPECT_EQ(client->late(), "1");
}

TEST(Blocking, TimeoutsAreChecked) {
  CommandTest t;
  for (const char* line : {"BLPOP k -1", "BLMOVE a b LEFT LEFT -0.5", "XREAD BLOCK -1 STREAMS k 0"}) {
    EXPECT_EQ(t.run(line), "(error) ERR timeout is negative") << line;
  }
  EXPECT_EQ(t.run("BLPOP k x"), "(error) ERR timeout is not a float or out of range");
  EXPECT_EQ(t.run("BZMPOP x 1 k MIN"), "(error) ERR timeout is not a float or out of range");
  EXPECT_EQ(t.run("BLPOP k 99999999999999999"), "(error) ERR timeout is out of range");
  EXPECT_EQ(t.run("XREAD BLOCK 1.5 STREAMS k 0"),
            "(error) ERR timeout is not an integer or out of range");
}

}  // namespace
}  // namespace redstart
