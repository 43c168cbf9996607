#include "replication/failover.h"

#include "tests/replication/fixture.h"

namespace redstart {
namespace {

// A master that is called and says what it is told to.
class CalledMaster final : public MasterSocket {
 public:
  void send(std::string_view bytes) override { heard.append(bytes); }
  void read_on(bool) override {}
  ChannelInfo info() const override { return {}; }
  void hang_up() override { owner = nullptr; }
  MasterSocketHandle answer_call(const std::string& host, int port, Owner& who) {
    called = host + ":" + std::to_string(port);
    owner = &who;
    return MasterSocketHandle(this);
  }
  void say(std::string_view bytes) {
    ASSERT_NE(owner, nullptr);
    owner->on_bytes(bytes);
  }
  std::string called, heard;
  Owner* owner = nullptr;
};

class FailoverTest : public MasterTest {
 public:
  FailoverTest() {
    replication.dial_with([this](const std::string& host, int port, MasterSocket::Owner& who) {
      return master.answer_call(host, port, who);
    });
  }
  ~FailoverTest() { replication.hang_up(); }
  // Up to where PSYNC has been sent.
  void greet() {
    turn();
    master.owner->on_connected();
    for (const char* line : {"+PONG\r\n", "+OK\r\n", "+OK\r\n"}) master.say(line);
  }
  std::string confirm_all(ReplicaPeer& peer) {
    return peer.say("REPLCONF ACK " + std::to_string(replication.offset()));
  }
  CalledMaster master;
};

TEST(Failover, RefusesWhatCannotBe) {
  FailoverTest t;
  struct {
    const char* line;
    const char* answer;
  } cases[] = {
      {"FAILOVER ABORT", "(error) ERR No failover in progress."},
      {"FAILOVER NOW", "(error) ERR syntax error"},
      {"FAILOVER TIMEOUT 0", "(error) ERR FAILOVER timeout must be greater than 0"},
      {"FAILOVER TIMEOUT x", "(error) ERR value is not an integer or out of range"},
      {"FAILOVER TO h", "(error) ERR syntax error"},
      {"FAILOVER", "(error) ERR FAILOVER requires connected replicas."},
  };
  for (const auto& c : cases) EXPECT_EQ(t.run(c.line), c.answer) << c.line;
  auto peer = t.online_peer();
  EXPECT_EQ(t.run("FAILOVER TO 10.0.0.7 7000 FORCE"),
            "(error) ERR FAILOVER with force option requires both a timeout and target HOST and "
            "IP.");
  EXPECT_EQ(t.run("FAILOVER TO 10.0.0.8 7000"),
            "(error) ERR FAILOVER target HOST and PORT is not a replica.");
  EXPECT_EQ(t.run("FAILOVER TO 10.0.0.7 7001"),
            "(error) ERR FAILOVER target HOST and PORT is not a replica.");
  peer->session().tenant->replication->ask_for_acks();
  t.run("SET k v");  // not confirmed: it waits
  EXPECT_EQ(t.run("FAILOVER"), "OK");
  EXPECT_EQ(t.run("FAILOVER"), "(error) ERR FAILOVER already in progress.");
  EXPECT_EQ(t.run("REPLICAOF h 1"), "(error) ERR REPLICAOF not allowed while failing over.");
  EXPECT_EQ(t.peer()->say("PSYNC ? -1"), "-NOMASTERLINK Can't SYNC while failing over\r\n");
  EXPECT_EQ(t.run("FAILOVER ABORT"), "OK");
  EXPECT_EQ(t.info("master_failover_state"), "no-failover");
}

TEST(Failover, HandsOverToOneThatHasEverything) {
  FailoverTest t;
  auto peer = t.online_peer();
  t.run("SET k v");
  EXPECT_EQ(t.run("FAILOVER"), "OK");
  t.pass_ms(500);
  EXPECT_EQ(t.info("master_failover_state"), "waiting-for-sync");
  EXPECT_TRUE(t.engine().pause().holds(/*writes=*/true));
  EXPECT_EQ(t.run("GET k"), "\"v\"");
  t.confirm_all(*peer);
  t.pass_ms(100);
  EXPECT_EQ(t.master.called, "10.0.0.7:7000");
  EXPECT_EQ(t.info("master_failover_state"), "failover-in-progress");
  const std::string id = t.engine().default_tenant().replication_id;
  const std::string next = std::to_string(t.replication.offset() + 1);
  t.greet();
  EXPECT_TRUE(t.master.heard.ends_with(
      "*4\r\n$5\r\nPSYNC\r\n$40\r\n" + id + "\r\n$" + std::to_string(next.size()) + "\r\n" + next +
      "\r\n$8\r\nFAILOVER\r\n"))
      << t.master.heard;
  t.master.say("+CONTINUE " + std::string(40, 'b') + "\r\n");
  EXPECT_EQ(t.info("master_failover_state"), "no-failover");
  EXPECT_EQ(t.info("role"), "slave");
  EXPECT_FALSE(t.engine().pause().active);
  EXPECT_EQ(t.run("SET k w").substr(0, 16), "(error) READONLY");
}

TEST(Failover, StaysWhatItWasWhenNobodyTakesOver) {
  for (const bool refused : {true, false}) {
    FailoverTest t;
    auto peer = t.online_peer();
    t.run("SET k v");
    EXPECT_EQ(t.run("FAILOVER TIMEOUT 2000"), "OK");
    if (refused) {
      t.confirm_all(*peer);
      t.pass_ms(100);
      t.greet();
      t.master.say("-ERR no\r\n");
      t.turn();
    } else {
      t.pass_ms(1900);
      EXPECT_EQ(t.info("master_failover_state"), "waiting-for-sync");
      t.pass_ms(200);
    }
    EXPECT_EQ(t.info("master_failover_state"), "no-failover");
    EXPECT_EQ(t.info("role"), "master");
    EXPECT_EQ(t.run("SET k w"), "OK");
  }
}

TEST(Failover, ForceDoesNotWaitForEver) {
  FailoverTest t;
  auto peer = t.online_peer();
  t.run("SET k v");
  EXPECT_EQ(t.run("FAILOVER TO 10.0.0.7 7000 FORCE TIMEOUT 1000"), "OK");
  t.pass_ms(900);
  EXPECT_EQ(t.master.called, "");
  t.pass_ms(200);
  EXPECT_EQ(t.master.called, "10.0.0.7:7000");
}

// The other side of it.
TEST(Failover, AReplicaBecomesTheMasterWhenItIsAsked) {
  FailoverTest t;
  EXPECT_EQ(t.run("REPLICAOF 10.0.0.9 7009"), "OK");
  t.greet();
  t.master.say("+FULLRESYNC " + std::string(40, 'c') + " 100\r\n");
  auto former = t.peer();
  former->say("REPLCONF capa eof capa psync2");
  EXPECT_EQ(former->say("PSYNC " + std::string(40, 'd') + " 1 FAILOVER"),
            "-ERR PSYNC FAILOVER replid must match my replid.\r\n");
  EXPECT_EQ(t.info("role"), "slave");
  former->say("PSYNC " + t.engine().default_tenant().replication_id + " 1 FAILOVER");
  EXPECT_EQ(t.info("role"), "master");
}

}  // namespace
}  // namespace redstart
