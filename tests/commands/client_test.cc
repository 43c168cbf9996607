#include <gtest/gtest.h>

#include "engine/session_channel.h"
#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// A connection that writes down what is asked of it.
class FakeChannel final : public SessionChannel {
 public:
  explicit FakeChannel(std::string address) : address_(std::move(address)) {}
  Reply& begin() override { abort(); }
  void end() override {}
  void push(BigBuf*) override {}
  void close_after_flush() override { closed = "after flush"; }
  void close_now() override { closed = "now"; }
  void resume() override { resumed = true; }
  ChannelInfo info() const override {
    ChannelInfo info;
    info.address = address_;
    info.local_address = "127.0.0.1:6379";
    info.fd = 7;
    info.events = "r";
    return info;
  }
  std::string closed;
  bool resumed = false;

 private:
  std::string address_;
};

struct Peer {
  Peer(Engine& engine, const char* address)
      : channel(address), session(engine, Dialect::kRedis, &channel) {}
  FakeChannel channel;
  Session session;
};

std::string field(const std::string& line, const std::string& name) {
  size_t at = line.find(" " + name + "=");
  if (at == std::string::npos) return "(none)";
  at += name.size() + 2;
  return line.substr(at, line.find_first_of(" \\\"", at) - at);
}

TEST(Client, NamesAndLibraries) {
  CommandTest t;
  EXPECT_EQ(t.run("CLIENT GETNAME"), "nil");
  EXPECT_EQ(t.run("CLIENT SETNAME me"), "OK");
  EXPECT_EQ(t.run("CLIENT SETINFO LIB-NAME lib"), "OK");
  EXPECT_EQ(t.run("CLIENT SETINFO lib-ver 1.2"), "OK");
  std::string info = t.run("CLIENT INFO");
  EXPECT_EQ(field(info, "name"), "me");
  EXPECT_EQ(field(info, "lib-name"), "lib");
  EXPECT_EQ(field(info, "lib-ver"), "1.2");
  EXPECT_EQ(field(info, "cmd"), "client|info");
  EXPECT_EQ(field(info, "qbuf"), "26");
  EXPECT_EQ(t.run("CLIENT SETNAME 'a b'"),
            "(error) ERR Client names cannot contain spaces, newlines or special characters.");
  EXPECT_EQ(t.run("CLIENT SETINFO lib-ver 'a b'"),
            "(error) ERR lib-ver cannot contain spaces, newlines or special characters.");
  EXPECT_EQ(t.run("CLIENT SETINFO other x"), "(error) ERR Unrecognized option 'other'");
  EXPECT_EQ(t.run({"CLIENT", "SETNAME", ""}), "OK");
  EXPECT_EQ(t.run("CLIENT GETNAME"), "nil");
}

TEST(Client, ListFilters) {
  CommandTest t;
  Peer a(t.engine(), "127.0.0.1:1001"), b(t.engine(), "127.0.0.1:1002");
  std::string all = t.run("CLIENT LIST");
  EXPECT_NE(all.find("127.0.0.1:1001"), std::string::npos);
  EXPECT_NE(all.find("127.0.0.1:1002"), std::string::npos);
  EXPECT_EQ(t.run("CLIENT LIST TYPE pubsub"), "\"\"");
  EXPECT_EQ(t.run("CLIENT LIST TYPE x"), "(error) ERR Unknown client type 'x'");
  std::string one = t.run("CLIENT LIST ID " + std::to_string(b.session.id()) + " 99999");
  EXPECT_EQ(one.find("1001"), std::string::npos);
  EXPECT_NE(one.find("1002"), std::string::npos);
  EXPECT_EQ(t.run("CLIENT LIST ID x"), "(error) ERR Invalid client ID");
  EXPECT_EQ(t.run("CLIENT LIST nonsense"), "(error) ERR syntax error");
}

TEST(Client, OtherTenantsAreNotSeen) {
  CommandTest t;
  Peer stranger(t.engine(), "127.0.0.1:1001");
  Tenant& other = t.engine().add_tenant("other");
  stranger.session.authenticate(other, other.users.default_user());
  EXPECT_EQ(t.run("CLIENT LIST").find("1001"), std::string::npos);
  EXPECT_EQ(t.run("CLIENT LIST ID " + std::to_string(stranger.session.id())), "\"\"");
  EXPECT_EQ(t.run("CLIENT KILL ADDR 127.0.0.1:1001"), "0");
  EXPECT_EQ(stranger.channel.closed, "");
}

TEST(Client, KillByEveryFilter) {
  CommandTest t;
  Peer a(t.engine(), "127.0.0.1:1001"), b(t.engine(), "127.0.0.1:1002");
  EXPECT_EQ(t.run("CLIENT KILL 127.0.0.1:9"), "(error) ERR No such client");
  EXPECT_EQ(t.run("CLIENT KILL 127.0.0.1:1001"), "OK");
  EXPECT_EQ(a.channel.closed, "now");
  EXPECT_EQ(t.run("CLIENT KILL ID " + std::to_string(b.session.id()) + " ADDR 127.0.0.1:1"), "0");
  EXPECT_EQ(t.run("CLIENT KILL MAXAGE 10"), "0");
  t.advance_ms(10000);
  EXPECT_EQ(t.run("CLIENT KILL TYPE replica"), "0");
  EXPECT_EQ(t.run("CLIENT KILL USER default MAXAGE 10 LADDR 127.0.0.1:6379"), "2");
  EXPECT_EQ(b.channel.closed, "now");
  EXPECT_TRUE(t.session().may_continue());
  EXPECT_EQ(t.run("CLIENT KILL SKIPME no"), "3");
  EXPECT_FALSE(t.session().may_continue());
}

TEST(Client, KillRefusals) {
  CommandTest t;
  EXPECT_EQ(t.run("CLIENT KILL ID x"), "(error) ERR client-id should be greater than 0");
  EXPECT_EQ(t.run("CLIENT KILL ID 0"), "(error) ERR client-id should be greater than 0");
  EXPECT_EQ(t.run("CLIENT KILL USER nobody"), "(error) ERR No such user 'nobody'");
  EXPECT_EQ(t.run("CLIENT KILL SKIPME maybe"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("CLIENT KILL ID 1 ADDR"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("CLIENT KILL MAXAGE 0"), "(error) ERR maxage should be greater than 0");
}

TEST(Client, ContainersSayWhichFormTheyDoNotKnow) {
  CommandTest t;
  for (const char* call : {"CLIENT PAUSE 1 WRITE x", "CLIENT UNBLOCK 1 ERROR x", "SLOWLOG GET 1 x",
                           "PUBSUB CHANNELS a b", "PUBSUB SHARDCHANNELS a b", "ACL CAT a b",
                           "ACL GENPASS 1 2", "ACL LOG 1 2", "DEBUG SLEEP"}) {
    const std::vector<std::string> words = split_words(call);
    EXPECT_EQ(t.run(call), "(error) ERR unknown subcommand or wrong number of arguments for '" +
                               words[1] + "'. Try " + words[0] + " HELP.");
  }
}

TEST(Client, WatchesAndSubscriptionsCountAsItsMemory) {
  CommandTest t;
  size_t before = t.session().memory();
  for (int i = 0; i < 100; i++) t.run("WATCH k" + std::to_string(i));
  EXPECT_GT(t.session().memory(), before + 100 * sizeof(std::string));
  t.run("UNWATCH");
  before = t.session().memory();
  for (int i = 0; i < 100; i++) t.run("SSUBSCRIBE c" + std::to_string(i));
  EXPECT_GT(t.session().memory(), before + 100 * sizeof(void*));
}

TEST(Client, PauseHoldsCallsUntilItsEnd) {
  CommandTest t;
  Peer writer(t.engine(), "127.0.0.1:1001");
  EXPECT_EQ(t.run("CLIENT PAUSE x"), "(error) ERR timeout is not an integer or out of range");
  EXPECT_EQ(t.run("CLIENT PAUSE -1"), "(error) ERR timeout is negative");
  EXPECT_EQ(t.run("CLIENT PAUSE 1 SOME"), "(error) ERR CLIENT PAUSE mode must be WRITE or ALL");
  EXPECT_EQ(t.run("CLIENT PAUSE 100 WRITE"), "OK");
  EXPECT_EQ(t.run("GET k"), "nil");
  ChunkPool pool;
  OutBuf out(pool);
  Resp2Reply reply(out);
  std::string_view set[] = {"SET", "k", "v"};
  EXPECT_FALSE(t.engine().dispatcher().run(writer.session, Args(set), reply));
  t.advance_ms(101);
  EXPECT_TRUE(writer.channel.resumed);
  EXPECT_EQ(t.run("SET k v"), "OK");
}

TEST(Client, ReplyModesAreTheDoorsBusiness) {
  CommandTest t;
  EXPECT_EQ(t.raw({"CLIENT", "REPLY", "OFF"}), "");
  EXPECT_EQ(t.session().reply_mode, ReplyMode::kOff);
  EXPECT_EQ(t.raw({"CLIENT", "REPLY", "SKIP"}), "");
  EXPECT_EQ(t.session().reply_mode, ReplyMode::kOff);
  EXPECT_EQ(t.run("CLIENT REPLY ON"), "OK");
  EXPECT_EQ(t.raw({"CLIENT", "REPLY", "SKIP"}), "");
  EXPECT_EQ(t.session().reply_mode, ReplyMode::kSkipNext);
  EXPECT_EQ(t.run("CLIENT REPLY MAYBE"), "(error) ERR syntax error");
}

TEST(Client, NoTouchLeavesTheClocksAloneUntilItEnds) {
  CommandTest t;
  t.run("SET k v");
  t.run("CLIENT NO-TOUCH ON");
  t.advance_ms(5000);
  t.run("GET k");
  EXPECT_EQ(t.run("OBJECT IDLETIME k"), "5");
  t.run("CLIENT NO-TOUCH OFF");
  t.run("GET k");
  EXPECT_EQ(t.run("OBJECT IDLETIME k"), "0");
}

TEST(Client, OverHttpOnlySetinfo) {
  CommandTest t(CommandTest::test_settings(), Dialect::kUpstash);
  EXPECT_EQ(t.run("CLIENT SETINFO LIB-NAME x"), "OK");
  EXPECT_EQ(t.run("CLIENT ID"),
            "(error) ERR Command \"CLIENT\" is not allowed in REST or it has a special context "
            "path");
}

}  // namespace
}  // namespace redstart
