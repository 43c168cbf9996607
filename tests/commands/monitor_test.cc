#include <gtest/gtest.h>

#include "tests/commands/listener.h"

namespace redstart {
namespace {

// Lines without their time.
std::string lines(Listener& l) {
  std::string heard = l.heard(), shown;
  while (!heard.empty()) {
    const size_t end = std::min(heard.find('\n'), heard.size());
    const std::string line = heard.substr(0, end);
    shown += (shown.empty() ? "" : "\n") + line.substr(line.find(' ') + 1);
    heard.erase(0, end + 1);
  }
  return shown;
}

TEST(Monitor, ShowsWhatOthersRun) {
  CommandTest t;
  Listener l(t.engine()), other(t.engine());
  EXPECT_EQ(l.run("MONITOR"), "OK");
  EXPECT_EQ(l.run("MONITOR"), "");
  other.run("SELECT 3");
  other.run("SET k \"a b\\x00\\xff\\r\\n\\\"\"");
  EXPECT_EQ(lines(l),
            "[3 127.0.0.1:50123] \"SELECT\" \"3\"\n"
            "[3 127.0.0.1:50123] \"SET\" \"k\" \"a b\\x00\\xff\\r\\n\\\"\"");
  EXPECT_EQ(l.run("GET k"), "(error) ERR Replica can't interact with the keyspace");
  EXPECT_EQ(l.run("PING").substr(0, 5), "PONG\n");
  EXPECT_EQ(l.run("RESET"), "RESET");
  other.run("PING");
  EXPECT_EQ(l.heard(), "");
  EXPECT_FALSE(t.engine().attention & kMonitored);
}

TEST(Monitor, HidesSecretsAndAdministration) {
  CommandTest t;
  Listener l(t.engine()), other(t.engine());
  l.run("MONITOR");
  other.run("AUTH user secret");
  other.run("CONFIG GET port");
  other.run("NOTHING");
  EXPECT_EQ(lines(l), "[0 127.0.0.1:50123] \"AUTH\" \"(redacted)\" \"(redacted)\"");
}

TEST(Monitor, ATransactionIsShownAsItRuns) {
  CommandTest t;
  Listener l(t.engine()), other(t.engine());
  l.run("MONITOR");
  for (const char* call : {"MULTI", "SET a 1", "EXEC"}) other.run(call);
  EXPECT_EQ(lines(l),
            "[0 127.0.0.1:50123] \"MULTI\"\n[0 127.0.0.1:50123] \"SET\" \"a\" \"1\"\n"
            "[0 127.0.0.1:50123] \"EXEC\"");
  other.run("MULTI");
  other.run("MONITOR");
  EXPECT_EQ(other.run("EXEC"), "[(error) ERR MONITOR isn't allowed for DENY BLOCKING client]");
}

TEST(Monitor, OneThatWaitsIsShownOnce) {
  CommandTest t;
  Listener l(t.engine()), waiting(t.engine());
  l.run("MONITOR");
  waiting.run("BLPOP q 0");
  t.run("LPUSH q x");
  EXPECT_EQ(lines(l),
            "[0 127.0.0.1:50123] \"BLPOP\" \"q\" \"0\"\n[0 ] \"LPUSH\" \"q\" \"x\"");
  EXPECT_EQ(waiting.heard(), "[\"q\", \"x\"]");
}

}  // namespace
}  // namespace redstart
