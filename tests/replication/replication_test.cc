#include "replication/replication.h"

#include "persist/rdb_load.h"
#include "tests/replication/fixture.h"

namespace redstart {
namespace {

constexpr std::string_view kGetAck = "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n";
constexpr std::string_view kPing = "*1\r\n$4\r\nPING\r\n";
constexpr std::string_view kSelect0 = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";

std::string id_of(MasterTest& t) { return t.engine().default_tenant().replication_id; }

// "+FULLRESYNC id offset", a mark, the data, the mark once more.
struct Arrived {
  std::string head, data;
};
Arrived take_apart(const std::string& bytes) {
  Arrived arrived;
  const size_t mark_at = bytes.find("$EOF:");
  if (mark_at == std::string::npos) return arrived;
  arrived.head = bytes.substr(0, mark_at);
  const std::string mark = bytes.substr(mark_at + 5, 40);
  const size_t data_at = mark_at + 5 + 40 + 2;
  if (bytes.size() < data_at + 40 || !bytes.ends_with(mark)) return arrived;
  arrived.data = bytes.substr(data_at, bytes.size() - data_at - 40);
  return arrived;
}

std::string digest_of(const std::string& rdb) {
  CommandTest other;
  RdbStringSource source(rdb);
  RdbLoader loader(other.engine(), other.engine().default_tenant(), source, {});
  if (!loader.run()) return "broken: " + loader.error();
  return other.run("DEBUG DIGEST");
}

TEST(Replication, GivesAllDataThenTheStream) {
  MasterTest t;
  t.run("SET before 1");
  t.run("RPUSH l a b c");
  const std::string digest = t.digest();
  auto peer = t.peer();
  EXPECT_EQ(peer->say("REPLCONF listening-port 7000 capa eof capa psync2"), "+OK\r\n");
  EXPECT_EQ(peer->say("PSYNC ? -1"), "");
  t.run("SET meanwhile 2");
  t.turn();
  EXPECT_EQ(t.info("slave0"), "ip=10.0.0.7,port=7000,state=wait_bgsave,offset=0,lag=0");
  t.finish_child({peer.get()});

  const Arrived arrived = take_apart(peer->arrived());
  EXPECT_EQ(arrived.head, "+FULLRESYNC " + id_of(t) + " 0\r\n");
  EXPECT_EQ(digest_of(arrived.data), digest);
  // The end of the data is easier to find when nothing follows.
  t.run("SET then 3");
  t.turn();
  EXPECT_EQ(peer->sent(), "");
  EXPECT_EQ(peer->say("REPLCONF ACK 0"), "");
  t.turn();
  const std::string stream = peer->sent();
  EXPECT_EQ(stream, std::string(kSelect0) + "*3\r\n$3\r\nSET\r\n$9\r\nmeanwhile\r\n$1\r\n2\r\n" +
                        "*3\r\n$3\r\nSET\r\n$4\r\nthen\r\n$1\r\n3\r\n");
  EXPECT_EQ(t.replication.offset(), static_cast<int64_t>(stream.size()));
  EXPECT_EQ(t.info("master_repl_offset"), std::to_string(stream.size()));
  EXPECT_EQ(t.info("slave0"), "ip=10.0.0.7,port=7000,state=online,offset=0,lag=0");
  EXPECT_EQ(t.run("ROLE"), "[\"master\", " + std::to_string(stream.size()) +
                               ", [[\"10.0.0.7\", \"7000\", \"0\"]]]");
}

TEST(Replication, SyncHasNoAnswerBeforeTheData) {
  MasterTest t;
  t.run("SET k v");
  auto peer = t.peer();
  peer->say("REPLCONF capa eof");
  EXPECT_EQ(peer->say("SYNC"), "");
  t.finish_child({peer.get()});
  const Arrived arrived = take_apart(peer->arrived());
  EXPECT_EQ(arrived.head, "");
  EXPECT_EQ(digest_of(arrived.data), t.digest());
}

TEST(Replication, OneChildServesAllThatWait) {
  Settings settings = master_settings();
  settings.repl_diskless_sync_delay = 5;
  settings.repl_diskless_sync_max_replicas = 3;
  MasterTest t(settings);
  t.run("SET k v");
  auto first = t.peer(), second = t.peer(), third = t.peer();
  for (ReplicaPeer* peer : {first.get(), second.get()}) {
    peer->say("REPLCONF capa eof");
    peer->say("PSYNC ? -1");
  }
  t.pass_ms(4000);
  EXPECT_FALSE(t.storage.child().running());
  EXPECT_NE(first->sent(), "");  // signs of life
  third->say("REPLCONF capa eof");
  third->say("PSYNC ? -1");
  ASSERT_TRUE(t.storage.child().running());
  t.finish_child({first.get(), second.get(), third.get()});
  for (ReplicaPeer* peer : {first.get(), second.get(), third.get()}) {
    EXPECT_EQ(digest_of(take_apart(peer->arrived()).data), t.digest());
  }
  EXPECT_EQ(t.info("total_forks"), "1");
  auto late = t.peer();
  late->say("REPLCONF capa eof");
  late->say("PSYNC ? -1");
  t.pass_ms(4900);
  EXPECT_FALSE(t.storage.child().running());
  t.pass_ms(200);
  EXPECT_TRUE(t.storage.child().running());
  t.finish_child({late.get()});
}

TEST(Replication, OneThatGoesDoesNotStopTheOthers) {
  MasterTest t;
  t.run("DEBUG POPULATE 20000");
  Settings& settings = t.engine().config().edit();
  settings.repl_diskless_sync_delay = 1;
  auto stays = t.peer(), goes = t.peer();
  for (ReplicaPeer* peer : {stays.get(), goes.get()}) {
    peer->say("REPLCONF capa eof");
    peer->say("PSYNC ? -1");
  }
  t.pass_ms(1100);
  ASSERT_TRUE(t.storage.child().running());
  goes.reset();
  t.finish_child({stays.get()});
  EXPECT_EQ(digest_of(take_apart(stays->arrived()).data), t.digest());
  EXPECT_EQ(t.info("connected_slaves"), "1");
}

TEST(Replication, TheLastThatGoesEndsTheChild) {
  MasterTest t;
  t.run("DEBUG POPULATE 200000");  // more than a socket takes
  auto peer = t.peer();
  peer->say("REPLCONF capa eof");
  peer->say("PSYNC ? -1");
  ASSERT_TRUE(t.storage.child().running());
  peer.reset();
  EXPECT_FALSE(t.storage.child().running());
  EXPECT_EQ(t.info("rdb_bgsave_in_progress"), "0");
  EXPECT_EQ(t.info("rdb_last_bgsave_status"), "ok");
}

TEST(Replication, DataAloneEndsWithTheData) {
  MasterTest t;
  t.run("SET k v");
  t.run({"FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() end)"});
  struct {
    const char* filter;
    bool keys, functions;
  } cases[] = {{"", true, true}, {"rdb-filter-only functions", false, true},
               {"rdb-filter-only ''", false, false}};
  for (const auto& c : cases) {
    auto peer = t.peer();
    peer->say("REPLCONF capa eof rdb-only 1");
    if (*c.filter) {
      EXPECT_EQ(peer->say("REPLCONF " + std::string(c.filter)), "+OK\r\n");
    }
    peer->say("SYNC");
    t.finish_child({peer.get()});
    EXPECT_TRUE(peer->closed);
    const std::string data = take_apart(peer->arrived()).data;
    CommandTest other;
    RdbStringSource source(data);
    RdbLoader loader(other.engine(), other.engine().default_tenant(), source, {});
    EXPECT_TRUE(loader.run());
    EXPECT_EQ(other.run("GET k"), c.keys ? "\"v\"" : "nil") << c.filter;
    EXPECT_EQ(other.run("FUNCTION LIST") != "[]", c.functions) << c.filter;
  }
}

// To one that knows no marks.
TEST(Replication, SendsAFileWhoseLengthIsKnown) {
  MasterTest t;
  t.run({"SET", "k", std::string(100000, 'x')});
  t.run("DEBUG POPULATE 20000");  // more than is sent at once
  auto peer = t.peer();
  EXPECT_EQ(peer->say("PSYNC ? -1"), "");
  const std::string head = "+FULLRESYNC " + id_of(t) + " 0\r\n";
  EXPECT_EQ(peer->sent(), head);
  const std::string digest = t.digest();
  t.run("SET then 1");
  t.finish_child();
  std::string sent = peer->sent();
  for (std::string more; peer->session().follower->has_more(); sent += peer->sent()) t.turn();
  const size_t line = sent.find("\r\n");
  ASSERT_EQ(sent[0], '$');
  const size_t size = std::stoul(sent.substr(1, line));
  EXPECT_EQ(digest_of(sent.substr(line + 2, size)), digest);
  EXPECT_EQ(sent.substr(line + 2 + size),
            std::string(kSelect0) + "*3\r\n$3\r\nSET\r\n$4\r\nthen\r\n$1\r\n1\r\n");
  EXPECT_EQ(t.info("slave0"), "ip=10.0.0.7,port=0,state=online,offset=0,lag=0");
  std::vector<std::string> names;
  t.files.list("data", &names);
  EXPECT_TRUE(names.empty());
}

TEST(Replication, ADiskThatFailsEndsTheReplica) {
  for (const bool writing : {true, false}) {
    MasterTest t;
    auto peer = t.peer();
    if (writing) t.files.faults.write_error = -EIO;
    peer->say("PSYNC ? -1");
    if (!writing) t.files.faults.read_error = -EIO;
    t.finish_child();
    EXPECT_TRUE(peer->closed);
    EXPECT_EQ(t.info("connected_slaves"), "0");
    EXPECT_EQ(t.info("rdb_last_bgsave_status"), "ok");
    std::vector<std::string> names;
    t.files.list("data", &names);
    EXPECT_TRUE(names.empty());
  }
}

TEST(Replication, GoesOnWhereTheReplicaWas) {
  MasterTest t;
  auto peer = t.online_peer();
  t.run("SET a 1");
  t.turn();
  const std::string stream = peer->sent();
  const std::string id = id_of(t);
  const auto end = static_cast<int64_t>(stream.size());
  peer.reset();

  for (int64_t had : {int64_t{0}, int64_t{10}, end}) {
    auto back = t.peer();
    back->say("REPLCONF capa eof capa psync2");
    EXPECT_EQ(back->say("PSYNC " + id + " " + std::to_string(had + 1)), "");
    t.turn();
    EXPECT_EQ(back->sent(), "+CONTINUE " + id + "\r\n" +
                                stream.substr(static_cast<size_t>(had)));
  }
  EXPECT_EQ(t.info("sync_partial_ok"), "3");
  auto old = t.peer();
  old->say("PSYNC " + id + " 1");
  EXPECT_EQ(old->sent(), "+CONTINUE\r\n");  // to one that knows one id only
}

TEST(Replication, BeginsAnewWhereItCannotGoOn) {
  Settings settings = master_settings();
  settings.repl_backlog_size = Backlog::kBlock;
  MasterTest t(settings);
  auto peer = t.online_peer();
  t.run({"SET", "big", std::string(4 * Backlog::kBlock, 'x')});
  t.turn();
  peer->say("REPLCONF ACK " + std::to_string(t.replication.offset()));
  t.turn();
  const std::string id = id_of(t), end = std::to_string(t.replication.offset());
  struct {
    std::string id, next_byte;
    int refused;
  } cases[] = {{id, "1", 1},                                                 // forgotten
               {id, std::to_string(t.replication.offset() + 2), 2},          // not there yet
               {std::string(40, 'a'), "1", 3},                               // another history
               {std::string(40, '0'), "1", 4},                               // which nobody has
               {"?", "-1", 4}};                                              // asks for no more
  for (const auto& c : cases) {
    auto back = t.peer();
    back->say("REPLCONF capa eof");
    back->say("PSYNC " + c.id + " " + c.next_byte);
    t.finish_child({back.get()});
    EXPECT_EQ(take_apart(back->arrived()).head, "+FULLRESYNC " + id + " " + end + "\r\n");
    EXPECT_EQ(t.info("sync_partial_err"), std::to_string(c.refused));
  }
}

TEST(Replication, ASlowReplicaKeepsWhatItHasNotRead) {
  Settings settings = master_settings();
  settings.repl_backlog_size = Backlog::kBlock;
  MasterTest t(settings);
  auto slow = t.online_peer();
  slow->stuck = true;
  for (int i = 0; i < 100; i++) t.run({"SET", "k", std::string(10000, 'x')});
  t.turn();
  EXPECT_GT(t.replication.backlog_memory(), 700000u);
  // No key has to go for that.
  EXPECT_GT(t.engine().spared_bytes, 700000u);
  EXPECT_EQ(t.info("mem_not_counted_for_evict"), std::to_string(t.engine().spared_bytes));
  slow.reset();
  t.turn();
  EXPECT_LT(t.replication.backlog_memory(), 3 * Backlog::kBlock);
  EXPECT_EQ(t.engine().stream_bytes, t.replication.backlog_memory());
}

TEST(Replication, EndsThoseWhoseOutputIsTooLong) {
  Settings settings = master_settings();
  settings.repl_backlog_size = Backlog::kBlock;
  settings.output_limit_replica = {600000, 300000, 10};
  for (const bool hard : {true, false}) {
    MasterTest t(settings);
    auto slow = t.online_peer();
    slow->stuck = true;
    for (int i = 0; i < (hard ? 70 : 40); i++) t.run({"SET", "k", std::string(10000, 'x')});
    t.turn();
    EXPECT_EQ(slow->closed, hard);
    t.pass_ms(10000);
    EXPECT_EQ(slow->closed, hard);
    t.pass_ms(1000);
    EXPECT_TRUE(slow->closed);
    EXPECT_EQ(t.info("client_output_buffer_limit_disconnections"), "1");
    EXPECT_EQ(t.info("connected_slaves"), "0");
  }
}

TEST(Replication, TellsReplicasWhatIsPublished) {
  MasterTest t;
  const std::string message = "*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$1\r\nm\r\n";
  const std::string set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\n1\r\n";
  const std::string multi = "*1\r\n$5\r\nMULTI\r\n", exec = "*1\r\n$4\r\nEXEC\r\n";
  auto peer = t.online_peer();
  t.run("PUBLISH c m");
  t.turn();
  EXPECT_EQ(peer->sent(), std::string(kSelect0) + message);
  t.run("SET k 1");
  t.run("PUBLISH c m");
  t.turn();
  EXPECT_EQ(peer->sent(), std::string(kSelect0) + set + message);
  for (const char* call : {"MULTI", "SET k 1", "PUBLISH c m", "EXEC"}) t.run(call);
  t.turn();
  EXPECT_EQ(peer->sent(), multi + set + message + exec);
}

TEST(Replication, WaitAsksReplicas) {
  MasterTest t;
  auto first = t.online_peer(), second = t.online_peer();
  auto client = t.connect();
  client->run("SET k v");
  t.turn();
  const std::string written = std::to_string(t.replication.offset());
  first->sent();
  client->run("WAIT 2 0");
  EXPECT_TRUE(client->waits());
  t.turn();
  EXPECT_EQ(first->sent(), kGetAck);
  // What they answer was counted before the question.
  first->say("REPLCONF ACK " + written);
  t.turn();
  EXPECT_TRUE(client->waits());
  second->say("REPLCONF ACK " + written);
  t.turn();
  EXPECT_EQ(client->late(), "2");
  EXPECT_EQ(client->run("WAIT 2 0"), "2");
  client->run("SET k w");
  client->run("WAITAOF 0 1 0");
  t.turn();
  first->say("REPLCONF ACK 1000000");
  t.turn();
  EXPECT_TRUE(client->waits());
  first->say("REPLCONF ACK 1000000 FACK 1000000");
  t.turn();
  EXPECT_EQ(client->late(), "[0, 1]");
}

TEST(Replication, WritesCanNeedReplicas) {
  MasterTest t;
  t.run("CONFIG SET min-replicas-to-write 1 min-replicas-max-lag 3");
  EXPECT_EQ(t.run("SET k v"), "(error) NOREPLICAS Not enough good replicas to write.");
  EXPECT_EQ(t.run("EVAL \"return redis.call('set','k','v')\" 1 k").substr(0, 18),
            "(error) NOREPLICAS");
  auto peer = t.online_peer();
  EXPECT_EQ(t.run("SET k v"), "OK");
  EXPECT_EQ(t.info("min_slaves_good_slaves"), "1");
  t.pass_ms(4100);
  EXPECT_EQ(t.run("SET k v"), "(error) NOREPLICAS Not enough good replicas to write.");
  peer->say("REPLCONF ACK 0");
  EXPECT_EQ(t.run("EVAL \"return redis.call('set','k','v')\" 1 k"), "OK");
}

TEST(Replication, GivesSignsOfLifeAndWantsSome) {
  Settings settings = master_settings();
  settings.repl_ping_replica_period = 2;
  settings.repl_timeout = 5;
  MasterTest t(settings);
  auto peer = t.online_peer();
  t.pass_ms(2000);
  EXPECT_EQ(peer->sent(), kPing);
  t.pass_ms(3800);
  EXPECT_FALSE(peer->closed);
  t.pass_ms(1200);
  EXPECT_TRUE(peer->closed);
}

TEST(Replication, ForgetsTheStreamAfterAWhileAlone) {
  Settings settings = master_settings();
  settings.repl_backlog_ttl = 10;
  MasterTest t(settings);
  auto peer = t.online_peer();
  t.run("SET k v");
  t.turn();
  const std::string id = id_of(t);
  const int64_t end = t.replication.offset();
  peer.reset();
  t.pass_ms(10000);
  EXPECT_EQ(t.info("repl_backlog_active"), "1");
  t.pass_ms(2000);
  EXPECT_EQ(t.info("repl_backlog_active"), "0");
  EXPECT_NE(id_of(t), id);
  EXPECT_EQ(t.engine().stream_bytes, 0u);
  // Nothing is counted without a stream.
  t.run("SET k w");
  EXPECT_EQ(t.replication.offset(), end);
  auto back = t.online_peer();
  EXPECT_EQ(t.info("master_repl_offset"), std::to_string(end));
}

TEST(Replication, AReplicaMayNotAsk) {
  MasterTest t;
  auto peer = t.online_peer();
  EXPECT_EQ(peer->say("SYNC"), "-ERR a replica may not ask\r\n");  // into a closed connection
  EXPECT_TRUE(peer->closed);
}

TEST(Replication, ReadsWhatReplicasSay) {
  MasterTest t;
  auto peer = t.peer();
  struct {
    const char* line;
    const char* answer;
  } cases[] = {
      {"REPLCONF", "+OK\r\n"},
      {"REPLCONF listening-port", "-ERR syntax error\r\n"},
      {"REPLCONF listening-port x", "-ERR value is not an integer or out of range\r\n"},
      {"REPLCONF capa whatever", "+OK\r\n"},
      {"REPLCONF version 8.0", "-ERR Unrecognized REPLCONF option: version\r\n"},
      {"REPLCONF rdb-only 2", "-ERR value is out of range, value must between 0 and 1\r\n"},
      {"REPLCONF rdb-filter-only \"'\"", "-ERR Missing rdb-filter-only values\r\n"},
      {"REPLCONF rdb-filter-only keys", "-ERR Unsupported rdb-filter-only option: keys\r\n"},
      {"SYNC", "-ERR Filtered replica requires EOF capability\r\n"},
      {"REPLCONF capa eof", "+OK\r\n"},
      {"REPLCONF ack 5", ""},
      {"REPLCONF getack *", ""},
      {"PSYNC ? x", "-ERR value is not an integer or out of range\r\n"},
      {"PSYNC ? -1 failover", "-ERR PSYNC FAILOVER can't be sent to a master.\r\n"},
  };
  for (const auto& c : cases) EXPECT_EQ(peer->say(c.line), c.answer) << c.line;
  EXPECT_EQ(peer->say("REPLCONF ip-address " + std::string(256, 'a')),
            "-ERR REPLCONF ip-address provided by replica instance is too long: 256 bytes\r\n");
  EXPECT_EQ(t.info("connected_slaves"), "0");
}

TEST(Replication, ShowsReplicasAmongClients) {
  MasterTest t;
  auto peer = t.online_peer();
  const std::string id = std::to_string(peer->session().id());
  EXPECT_NE(t.run("CLIENT LIST TYPE replica").find("id=" + id + " addr=10.0.0.7"),
            std::string::npos);
  EXPECT_EQ(t.run("CLIENT LIST TYPE normal").find("id=" + id + " "), std::string::npos);
  EXPECT_EQ(t.info("connected_clients"), "1");
  EXPECT_EQ(t.run("CLIENT KILL TYPE replica"), "1");
  EXPECT_TRUE(peer->closed);
}

}  // namespace
}  // namespace redstart
