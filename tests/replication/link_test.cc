#include "replication/link.h"

#include "tests/replication/replica_fixture.h"

namespace redstart {
namespace {

using Lines = std::vector<std::string>;

TEST(Link, IntroducesItself) {
  Settings settings = master_settings();
  settings.port = 7001;
  settings.masteruser = "someone";
  settings.masterauth = "secret";
  settings.replica_announce_ip = "10.1.2.3";
  ReplicaTest t(settings);
  EXPECT_EQ(t.run("REPLICAOF far.example 6380"), "OK");
  EXPECT_EQ(t.dialed, "far.example:6380");
  EXPECT_EQ(t.run("REPLICAOF far.example 6380"), "OK Already connected to specified master");
  EXPECT_EQ(t.run("ROLE"), "[\"slave\", \"far.example\", 6380, \"connecting\", 0]");
  t.accept();
  EXPECT_EQ(t.heard_records(), Lines{"PING"});
  t.say("-NOAUTH Authentication required.\r\n");
  EXPECT_EQ(t.heard_records(),
            (Lines{"AUTH someone secret", "REPLCONF listening-port 7001",
                   "REPLCONF ip-address 10.1.2.3", "REPLCONF capa eof capa psync2"}));
  t.say("+OK\r\n+OK\r\n-ERR unknown\r\n");
  EXPECT_EQ(t.heard(), "");
  t.say("+OK\r\n");
  EXPECT_EQ(t.heard_records(), Lines{"PSYNC ? -1"});
  EXPECT_EQ(t.run("ROLE"), "[\"slave\", \"far.example\", 6380, \"handshake\", 0]");
}

struct EndOfLink {
  const char* what;
  std::string_view answer_to_ping, answer_to_psync;
};
constexpr EndOfLink kEnds[] = {
    {"a wrong greeting", "-ERR busy\r\n", ""},
    {"later", "+PONG\r\n", "-NOMASTERLINK Can't SYNC\r\n"},
    {"loading", "+PONG\r\n", "-LOADING data\r\n"},
    {"a broken answer", "+PONG\r\n", "+FULLRESYNC short 1\r\n"},
    {"no length", "+PONG\r\n",
     "+FULLRESYNC 0123456789012345678901234567890123456789 7\r\n$x\r\n"},
    {"an error in place of data", "+PONG\r\n",
     "+FULLRESYNC 0123456789012345678901234567890123456789 7\r\n-ERR no child\r\n"},
};

TEST(Link, TriesAgainASecondLater) {
  for (const EndOfLink& end : kEnds) {
    SCOPED_TRACE(end.what);
    ReplicaTest t;
    t.run("SET kept 1");
    t.run("REPLICAOF master 6379");
    t.accept();
    t.say(end.answer_to_ping);
    t.say("+OK\r\n+OK\r\n");
    t.say(end.answer_to_psync);
    EXPECT_TRUE(t.hung_up());
    EXPECT_EQ(t.dials, 1);
    t.pass_ms(1100);
    EXPECT_EQ(t.dials, 2);
    EXPECT_EQ(t.run("GET kept"), "\"1\"");
    EXPECT_EQ(t.shake_hands(), "PSYNC ? -1");
  }
}

TEST(Link, AMasterThatIsNotThereIsTriedAgain) {
  ReplicaTest t;
  t.run("REPLICAOF master 6379");
  t.end("Connection refused");
  EXPECT_EQ(t.info("master_link_status"), "down");
  t.pass_ms(1100);
  EXPECT_EQ(t.dials, 2);
}

TEST(Link, OldMastersAreAskedForAll) {
  ReplicaTest t;
  t.run("REPLICAOF master 6379");
  t.shake_hands();
  t.say("-ERR unknown command 'PSYNC'\r\n");
  EXPECT_EQ(t.heard(), "SYNC\r\n");
  CommandTest other;
  other.run("SET k v");
  const std::string data = data_of(other);
  t.say("$" + std::to_string(data.size()) + "\r\n" + data);
  t.load();
  EXPECT_EQ(t.run("GET k"), "\"v\"");
  EXPECT_EQ(t.heard(), "");  // and told nothing
}

// All that a master says from the answer to PSYNC on, in two pieces, cut at every byte.
TEST(Link, TakesWhatComesInAnyPieces) {
  CommandTest other;
  other.run("SET s v");
  other.run("RPUSH l a b c");
  other.run("SELECT 3");
  other.run("HSET h f v");
  other.run("SELECT 0");
  const std::string data = data_of(other);
  const std::string stream = record("SELECT 3") + record("HSET h f 2") + record("MULTI") +
                             record("INCR n") + record("INCR n") + record("EXEC") +
                             record("PING") + record("SELECT 0") + record("DEL l");
  const std::string mark(40, 'm');
  ReplicaTest first;
  const std::string head = "\n+FULLRESYNC " + first.kId + " 1000\r\n\n\n";
  for (const std::string& all :
       {head + "$" + std::to_string(data.size()) + "\r\n" + data + stream,
        head + "$EOF:" + mark + "\r\n" + data + mark + stream}) {
    for (size_t cut = 0; cut <= all.size(); cut++) {
      SCOPED_TRACE("cut at " + std::to_string(cut));
      ReplicaTest t;
      t.run("SET old 1");
      t.run("REPLICAOF master 6379");
      ASSERT_EQ(t.shake_hands(), "PSYNC ? -1");
      t.say(all.substr(0, cut));
      t.load();
      t.say(all.substr(cut));
      t.load();
      ASSERT_EQ(t.info("master_link_status"), "up");
      ASSERT_EQ(t.info("slave_repl_offset"), std::to_string(1000 + stream.size()));
      ASSERT_EQ(t.info("master_replid"), t.kId);
      ASSERT_EQ(t.run("KEYS *"), "[\"s\"]");
      t.run("SELECT 3");
      ASSERT_EQ(t.run("HGET h f"), "\"2\"");
      ASSERT_EQ(t.run("GET n"), "\"2\"");
    }
  }
}

TEST(Link, ClientsWaitWhileDataAreLoaded) {
  CommandTest other;
  other.run("SET new 1");
  const std::string data = data_of(other);
  ReplicaTest t;
  t.run("SET old 1");
  t.run("REPLICAOF master 6379");
  t.shake_hands();
  t.say("+FULLRESYNC " + t.kId + " 5\r\n$" + std::to_string(data.size()) + "\r\n" + data);
  EXPECT_TRUE(t.run("GET old").starts_with("(error) LOADING"));
  EXPECT_FALSE(t.is_read());
  EXPECT_EQ(t.info("loading"), "1");
  EXPECT_EQ(t.info("master_sync_in_progress"), "1");
  t.load();
  EXPECT_TRUE(t.is_read());
  EXPECT_EQ(t.run("KEYS *"), "[\"new\"]");
  EXPECT_EQ(t.heard_records(), Lines{"REPLCONF ACK 5"});
}

TEST(Link, OldDataAnswerUntilNewOnesOfTheirHistoryAreWhole) {
  CommandTest before, other;
  before.run("SET old 1");
  other.run("SET new 1");
  Settings settings = master_settings();
  settings.repl_diskless_load = "swapdb";
  const std::string data = data_of(other);
  const std::string head = " 5\r\n$" + std::to_string(data.size()) + "\r\n";
  ReplicaTest t(settings);
  t.follow(data_of(before));
  t.end();
  t.shake_hands();
  t.say("+FULLRESYNC " + t.kId + head);
  EXPECT_EQ(t.run("GET old"), "\"1\"");
  EXPECT_EQ(t.info("async_loading"), "1");
  EXPECT_EQ(t.info("loading"), "0");
  EXPECT_TRUE(t.run("REPLICAOF NO ONE").starts_with("(error) LOADING"));
  t.say(data);
  EXPECT_EQ(t.run("GET old"), "\"1\"");
  t.load();
  EXPECT_EQ(t.run("KEYS *"), "[\"new\"]");
  EXPECT_EQ(t.info("async_loading"), "0");

  // Those of another history do not answer, but are there if nothing comes of it.
  t.end();
  t.shake_hands();
  std::string broken = data;
  broken[data.size() - 1] ^= 1;
  t.say("+FULLRESYNC " + std::string(40, 'c') + head);
  EXPECT_EQ(t.info("loading"), "1");
  EXPECT_EQ(t.info("async_loading"), "0");
  EXPECT_TRUE(t.run("GET new").starts_with("(error) LOADING"));
  t.say(broken);
  t.load();
  EXPECT_TRUE(t.hung_up());
  EXPECT_EQ(t.run("KEYS *"), "[\"new\"]");
  EXPECT_EQ(t.engine().attention & (kLoadingData | kLoadingAside), 0u);
  t.pass_ms(1100);
  EXPECT_TRUE(t.shake_hands().starts_with("PSYNC " + t.kId));
}

TEST(Link, BrokenDataLeaveNothing) {
  CommandTest other;
  other.run("SET new 1");
  std::string data = data_of(other);
  data[data.size() - 1] ^= 1;
  ReplicaTest t;
  t.run("SET old 1");
  t.run("REPLICAOF master 6379");
  t.shake_hands();
  t.say("+FULLRESYNC " + t.kId + " 5\r\n$" + std::to_string(data.size()) + "\r\n" + data);
  t.load();
  EXPECT_TRUE(t.hung_up());
  EXPECT_EQ(t.run("DBSIZE"), "0");
  t.pass_ms(1100);
  EXPECT_EQ(t.shake_hands(), "PSYNC ? -1");
}

// The data become the file of the server, where it keeps one.
TEST(Link, KeepsTheFileOfTheMaster) {
  CommandTest other;
  other.run("SET new 1");
  const std::string data = data_of(other);
  Settings settings = master_settings();
  settings.save = "3600 1";
  ReplicaTest t(settings);
  t.run("REPLICAOF master 6379");
  t.shake_hands();
  t.say("+FULLRESYNC " + t.kId + " 5\r\n$" + std::to_string(data.size()) + "\r\n" + data);
  t.worker.drain();
  t.load();
  EXPECT_EQ(t.run("GET new"), "\"1\"");
  int error = 0;
  auto file = t.files.open(t.storage.rdb().path(), FileSystem::Mode::kRead, &error);
  ASSERT_TRUE(file);
  std::string text;
  read_all(*file, &text);
  EXPECT_EQ(text, data);
}

TEST(Link, GoesOnWhereItWas) {
  ReplicaTest t;
  t.follow_nothing();
  const std::string whole = record("SELECT 2") + record("SET a 1");
  t.say(whole + record("MULTI") + record("SET a 2"));
  EXPECT_EQ(t.info("slave_repl_offset"), std::to_string(100 + whole.size()));
  t.end();
  EXPECT_EQ(t.dials, 2);  // at once
  EXPECT_EQ(t.info("master_link_status"), "down");
  // What was not whole is asked for once more; the stream goes on in its database.
  EXPECT_EQ(t.shake_hands(), "PSYNC " + t.kId + " " + std::to_string(101 + whole.size()));
  t.say("+CONTINUE\r\n" + record("MULTI") + record("SET a 2") + record("EXEC"));
  EXPECT_EQ(t.run("DBSIZE"), "0");
  t.run("SELECT 2");
  EXPECT_EQ(t.run("GET a"), "\"2\"");
  EXPECT_EQ(t.info("master_link_status"), "up");

  // The master is another one now, of the same history.
  t.end();
  t.shake_hands();
  const std::string other_id(40, 'b');
  t.say("+CONTINUE " + other_id + "\r\n");
  EXPECT_EQ(t.info("master_replid"), other_id);
  EXPECT_EQ(t.info("master_replid2"), t.kId);
  EXPECT_EQ(t.info("second_repl_offset"),
            std::to_string(1 + t.replication.offset()));
}

TEST(Link, WhatIsNoStreamIsNotGoneOnFrom) {
  ReplicaTest t;
  t.follow_nothing();
  t.say(record("SET a 1") + "SET b 2\r\n");
  EXPECT_EQ(t.dials, 2);
  EXPECT_EQ(t.run("GET a"), "\"1\"");
  EXPECT_EQ(t.shake_hands(), "PSYNC ? -1");
}

TEST(Link, ACommandThatFailsEndsNothing) {
  ReplicaTest t;
  t.follow_nothing();
  t.say(record("NOSUCH a") + record("SET a") + record("RPUSH l x") + record("INCR l") +
        record("BLPOP none 0") + record("SET after 1"));
  EXPECT_EQ(t.run("GET after"), "\"1\"");
  EXPECT_EQ(t.dials, 1);
}

TEST(Link, Acknowledges) {
  ReplicaTest t;
  t.follow_nothing();
  const std::string set = record("SET a 1"), ask = record("REPLCONF GETACK *");
  t.say(set + ask);
  const int64_t before = 100 + static_cast<int64_t>(set.size());
  EXPECT_EQ(t.heard_records(), Lines{"REPLCONF ACK " + std::to_string(before)});
  t.pass_ms(1000);
  EXPECT_EQ(t.heard_records(),
            Lines{"REPLCONF ACK " + std::to_string(before + static_cast<int64_t>(ask.size()))});
}

TEST(Link, ASilentMasterIsLeft) {
  Settings settings = master_settings();
  settings.repl_timeout = 3;
  ReplicaTest t(settings);
  t.follow_nothing();
  t.pass_ms(2900);
  EXPECT_EQ(t.dials, 1);
  t.say(record("PING"));
  t.pass_ms(2900);
  EXPECT_EQ(t.dials, 1);
  t.pass_ms(2000);
  EXPECT_EQ(t.dials, 2);
  // Nor does one that never answers keep it for ever.
  t.accept();
  t.pass_ms(6000);
  EXPECT_EQ(t.dials, 3);
}

TEST(Link, AClientMayEndIt) {
  ReplicaTest t;
  t.follow_nothing();
  EXPECT_NE(t.run("CLIENT LIST TYPE master").find("flags=M"), std::string::npos);
  EXPECT_EQ(t.run("CLIENT KILL TYPE master"), "1");
  EXPECT_TRUE(t.hung_up());
  t.turn();
  EXPECT_EQ(t.dials, 2);
  EXPECT_EQ(t.run("CLIENT LIST TYPE master"), "\"\"");
}

// ---- what clients see

TEST(Link, OnlyTheMasterWrites) {
  ReplicaTest t;
  t.follow_nothing();
  t.say(record("SET k 1"));
  const std::string refused = "(error) READONLY You can't write against a read only replica.";
  EXPECT_EQ(t.run("SET k 2"), refused);
  EXPECT_EQ(t.run("GET k"), "\"1\"");
  EXPECT_EQ(t.run("PUBLISH c m"), "0");
  t.run("MULTI");
  EXPECT_EQ(t.run("SET k 2"), refused);
  EXPECT_TRUE(t.run("EXEC").starts_with("(error) EXECABORT"));
  t.run("CONFIG SET replica-read-only no");
  EXPECT_EQ(t.run("SET own 1"), "OK");
  EXPECT_EQ(t.info("slave_repl_offset"), std::to_string(100 + record("SET k 1").size()));
  EXPECT_EQ(t.run("WAIT 1 1").substr(0, 32), "(error) ERR WAIT cannot be used ");
}

TEST(Link, StaleDataMayBeRefused) {
  Settings settings = master_settings();
  settings.replica_serve_stale_data = false;
  ReplicaTest t(settings);
  t.follow_nothing();
  EXPECT_EQ(t.run("GET k"), "nil");
  t.run("MULTI");
  t.run("GET k");
  t.end();
  // What was queued before would be as old.
  EXPECT_EQ(t.run("EXEC"),
            "(error) EXECABORT Transaction discarded because of: MASTERDOWN Link with MASTER is "
            "down and replica-serve-stale-data is set to 'no'.");
  EXPECT_EQ(t.run("GET k"),
            "(error) MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to "
            "'no'.");
  EXPECT_TRUE(t.run("INFO replication").find("role:slave") != std::string::npos);
}

TEST(Link, TheMasterSaysWhatHasExpired) {
  ReplicaTest t;
  t.follow_nothing();
  const std::string at = std::to_string(t.engine().now_ms() + 100);
  t.say(record("SET k 5 PXAT " + at) + record("SET gone 1 PXAT " + at));
  t.pass_ms(300);
  EXPECT_EQ(t.run("GET k"), "nil");
  EXPECT_EQ(t.run("EXISTS k gone"), "0");
  EXPECT_EQ(t.run("DBSIZE"), "2");
  // In its time the key lives.
  t.say(record("INCR k") + record("PERSIST k") + record("DEL gone"));
  EXPECT_EQ(t.run("GET k"), "\"6\"");
  EXPECT_EQ(t.run("DBSIZE"), "1");
  // As a master it is its own affair again.
  t.say(record("PEXPIREAT k " + at));
  EXPECT_EQ(t.run("DBSIZE"), "1");
  t.run("REPLICAOF NO ONE");
  t.pass_ms(300);
  EXPECT_EQ(t.run("DBSIZE"), "0");
}

TEST(Link, WhatClientsOfAWritableReplicaLetExpireDoes) {
  Settings settings = master_settings();
  settings.replica_read_only = false;
  ReplicaTest t(settings);
  t.follow_nothing();
  t.run("SET own 1 PX 100");
  t.run("SET longer 1 PX 900");
  t.say(record("SET theirs 1 PXAT " + std::to_string(t.engine().now_ms() + 100)));
  t.pass_ms(300);
  EXPECT_EQ(t.run("DBSIZE"), "2");
  EXPECT_EQ(t.run("INCR theirs"), "1");
  EXPECT_EQ(t.run("TTL theirs"), "-1");
  t.pass_ms(1000);
  EXPECT_EQ(t.run("KEYS *"), "[\"theirs\"]");
}

TEST(Link, WhoWaitsIsSentAway) {
  ReplicaTest t;
  TestClient waiting(t.engine());
  waiting.run("BLPOP l 0");
  t.run("REPLICAOF master 6379");
  EXPECT_EQ(waiting.late(),
            "(error) UNBLOCKED force unblock from blocking operation, instance state changed "
            "(master -> replica?)");
}

// ---- becoming a master; others that follow

TEST(Link, OthersFollowTheSameStream) {
  ReplicaTest t;
  auto early = t.peer();
  t.run("REPLICAOF master 6379");
  EXPECT_EQ(early->say("PSYNC ? -1"),
            "-NOMASTERLINK Can't SYNC while not connected with my master\r\n");
  t.run("REPLICAOF NO ONE");
  t.follow_nothing();
  const std::string first = record("SELECT 1") + record("SET a 1");
  t.say(first);
  auto sub = t.online_peer();
  const std::string second = record("SET a 2") + record("PING");
  t.say(second);
  t.turn();
  EXPECT_EQ(sub->sent(), second);
  auto other = t.peer();
  other->say("REPLCONF capa psync2");
  other->say("PSYNC " + t.kId + " 101");
  t.turn();
  EXPECT_EQ(other->sent(), "+CONTINUE " + t.kId + "\r\n" + first + second);
}

TEST(Link, AsAMasterItGoesOnWhereItsMasterWas) {
  ReplicaTest t;
  t.follow_nothing();
  const std::string first = record("SET a 1");
  t.say(first);
  auto sub = t.online_peer();
  EXPECT_EQ(t.run("REPLICAOF NO ONE"), "OK");
  EXPECT_TRUE(sub->closed);
  EXPECT_EQ(t.info("role"), "master");
  EXPECT_EQ(t.info("master_replid2"), t.kId);
  EXPECT_EQ(t.run("SET a 2"), "OK");
  const std::string id = t.info("master_replid");
  EXPECT_NE(id, t.kId);
  auto back = t.peer();
  back->say("REPLCONF capa psync2");
  back->say("PSYNC " + t.kId + " 101");
  t.turn();
  EXPECT_EQ(back->sent(),
            "+CONTINUE " + id + "\r\n" + first + record("SELECT 0") + record("SET a 2"));
  // And the other way round: what it has written is a history that another may know.
  t.run("REPLICAOF other 1");
  const int64_t offset = t.replication.offset();
  EXPECT_EQ(t.shake_hands(), "PSYNC " + id + " " + std::to_string(offset + 1));
}

TEST(Link, OthersHaveTheTimeToFollowTheNewMaster) {
  ReplicaTest t;
  t.clock().advance_ms(7200000);  // a server that has run for longer than a backlog is kept
  t.follow_nothing();
  t.run("REPLICAOF NO ONE");
  t.pass_ms(2000);
  EXPECT_EQ(t.info("repl_backlog_active"), "1");
  EXPECT_EQ(t.info("master_replid2"), t.kId);
}

TEST(Link, ARestartedReplicaGoesOn) {
  ReplicaTest t;
  t.replication.go_on_from(t.kId, 500, 4);
  t.run("REPLICAOF master 6379");
  EXPECT_EQ(t.shake_hands(), "PSYNC " + t.kId + " 501");
  t.say("+CONTINUE\r\n" + record("SET a 1"));
  t.run("SELECT 4");
  EXPECT_EQ(t.run("GET a"), "\"1\"");
  ReplicationPosition at;
  ASSERT_TRUE(t.replication.position(&at));
  EXPECT_EQ(at.id, t.kId);
  EXPECT_EQ(at.offset, 500 + static_cast<int64_t>(record("SET a 1").size()));
  EXPECT_EQ(at.db, 4);
}

TEST(Link, EveryWriteGoesIntoTheLog) {
  Settings settings = master_settings();
  settings.appendonly = true;
  ReplicaTest t(settings);
  RecordingLog log;
  t.engine().default_tenant().propagation.attach(&log);
  t.storage.load([](bool) {});
  t.run("REPLICAOF master 6379");
  t.shake_hands();
  CommandTest nothing;
  const std::string data = data_of(nothing);
  t.say("+FULLRESYNC " + t.kId + " 5\r\n$" + std::to_string(data.size()) + "\r\n" + data);
  t.worker.drain();
  t.load();
  log.take();
  t.say(record("SELECT 2") + record("MULTI") + record("SET a 1") + record("INCR a") +
        record("EXEC") + record("PING"));
  const auto logged = log.take();
  ASSERT_EQ(logged.size(), 5u);
  EXPECT_EQ(logged[0][0], "MULTI");
  EXPECT_EQ(logged[1], (std::vector<std::string>{"SELECT", "2"}));
  EXPECT_EQ(logged[4][0], "EXEC");
  t.engine().default_tenant().propagation.detach(&log);
}

}  // namespace
}  // namespace redstart
