#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

Settings with_password() {
  Settings settings = CommandTest::test_settings();
  settings.requirepass = "secret";
  return settings;
}

TEST(Connection, PingAndEcho) {
  CommandTest t;
  EXPECT_EQ(t.run("PING"), "PONG");
  EXPECT_EQ(t.run("PING hi"), "\"hi\"");
  EXPECT_EQ(t.run("PING a b"), "(error) ERR wrong number of arguments for 'ping' command");
  EXPECT_EQ(t.run("ECHO hi"), "\"hi\"");
}

TEST(Connection, SelectKeepsToTheDatabasesThereAre) {
  CommandTest t;
  t.run("SET k 0");
  EXPECT_EQ(t.run("SELECT 15"), "OK");
  EXPECT_EQ(t.run("GET k"), "nil");
  EXPECT_EQ(t.run("SELECT 16"), "(error) ERR DB index is out of range");
  EXPECT_EQ(t.run("SELECT -1"), "(error) ERR DB index is out of range");
  EXPECT_EQ(t.run("SELECT x"), "(error) ERR value is not an integer or out of range");
  auto http = t.connect(Dialect::kUpstash);
  EXPECT_EQ(http->run("SELECT 0"), "OK");
  EXPECT_EQ(http->run("SELECT 1"), "(error) ERR DB index is out of range");
}

TEST(Connection, AuthOpensAndWrongPasswordsAreCounted) {
  CommandTest t(with_password());
  EXPECT_EQ(t.run("PING"), "(error) NOAUTH Authentication required.");
  EXPECT_EQ(t.run("AUTH wrong"),
            "(error) WRONGPASS invalid username-password pair or user is disabled.");
  EXPECT_EQ(t.run("AUTH nobody secret"),
            "(error) WRONGPASS invalid username-password pair or user is disabled.");
  EXPECT_EQ(t.engine().default_tenant().stats.acl_denied_auth, 2u);
  EXPECT_EQ(t.run("AUTH a b c"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("AUTH default secret"), "OK");
  EXPECT_EQ(t.run("PING"), "PONG");
}

TEST(Connection, AuthWithoutAPasswordToGiveIsAMistake) {
  CommandTest t;
  EXPECT_TRUE(t.run("AUTH x").starts_with("(error) ERR AUTH <password> called without"));
  EXPECT_EQ(t.run("AUTH default anything"), "OK");
}

TEST(Connection, HelloAnswersInTheProtocolItChooses) {
  CommandTest t;
  std::string three = t.run("HELLO 3");
  EXPECT_TRUE(three.starts_with("{\"server\": \"redis\", \"version\": ")) << three;
  EXPECT_NE(three.find("\"proto\": 3"), std::string::npos);
  EXPECT_EQ(t.run("CONFIG GET maxmemory"), "{\"maxmemory\": \"0\"}");
  std::string two = t.run("HELLO 2");
  EXPECT_TRUE(two.starts_with("[\"server\", \"redis\"")) << two;
  EXPECT_TRUE(t.run("HELLO").starts_with("["));
}

TEST(Connection, HelloRefusals) {
  CommandTest t(with_password());
  EXPECT_EQ(t.run("HELLO 4"), "(error) NOPROTO unsupported protocol version");
  EXPECT_EQ(t.run("HELLO x"), "(error) ERR Protocol version is not an integer or out of range");
  EXPECT_EQ(t.run("HELLO 3 NONSENSE"), "(error) ERR Syntax error in HELLO option 'NONSENSE'");
  EXPECT_TRUE(t.run("HELLO 3").starts_with("(error) NOAUTH HELLO must be called"));
  EXPECT_EQ(t.session().resp, 2);
  EXPECT_TRUE(t.run("HELLO 3 AUTH default wrong").starts_with("(error) WRONGPASS"));
  EXPECT_TRUE(t.run("HELLO 3 AUTH default secret SETNAME me").starts_with("{"));
  EXPECT_EQ(t.run("CLIENT GETNAME"), "\"me\"");
  EXPECT_EQ(t.run("HELLO 3 SETNAME 'a b'"),
            "(error) ERR Client names cannot contain spaces, newlines or special characters.");
}

TEST(Connection, ResetPutsEverythingBack) {
  CommandTest t(with_password());
  t.run("HELLO 3 AUTH default secret SETNAME me");
  t.run("SELECT 5");
  t.run("CLIENT NO-TOUCH ON");
  t.run("WATCH k");
  t.run("MULTI");
  EXPECT_EQ(t.run("RESET"), "RESET");
  EXPECT_EQ(t.run("PING"), "(error) NOAUTH Authentication required.");
  EXPECT_EQ(t.session().resp, 2);
  EXPECT_EQ(t.session().db, 0);
  EXPECT_EQ(t.session().attention, uint32_t{kNotAuthenticated});
  t.run("AUTH secret");
  EXPECT_EQ(t.run("CLIENT GETNAME"), "nil");
}

TEST(Connection, QuitEndsTheWindow) {
  CommandTest t;
  EXPECT_EQ(t.run("QUIT"), "OK");
  EXPECT_FALSE(t.session().may_continue());
}

}  // namespace
}  // namespace redstart
