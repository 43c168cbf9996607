#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(SlowlogCommand, KeepsTheLatestAndHidesPasswords) {
  CommandTest t;
  t.run("CLIENT SETNAME me");
  t.run("CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 3");
  t.run("SLOWLOG RESET");
  t.run("SET k v");
  t.run("CONFIG SET requirepass secret");
  EXPECT_EQ(t.run("SLOWLOG LEN"), "3");
  std::string log = t.run("SLOWLOG GET 2");
  EXPECT_EQ(log.find("SET k"), std::string::npos);
  EXPECT_NE(log.find("\"requirepass\", \"(redacted)\""), std::string::npos) << log;
  EXPECT_EQ(log.find("secret"), std::string::npos);
  EXPECT_NE(log.find("\"me\"]"), std::string::npos);
}

TEST(SlowlogCommand, GivesNoNumbersToWhatItDoesNotKeep) {
  CommandTest t;
  t.run("CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 0");
  for (int i = 0; i < 3; i++) t.run("PING");
  EXPECT_EQ(t.run("SLOWLOG LEN"), "0");
  t.run("CONFIG SET slowlog-max-len 10");
  EXPECT_EQ(t.engine().default_tenant().slowlog.entries().front().id, 0);
}

TEST(SlowlogCommand, CountOfGet) {
  CommandTest t;
  t.run("CONFIG SET slowlog-log-slower-than 0");
  for (int i = 0; i < 20; i++) t.run("PING");
  t.run("CONFIG SET slowlog-log-slower-than -1");
  Slowlog& slowlog = t.engine().default_tenant().slowlog;
  EXPECT_EQ(t.run("SLOWLOG LEN"), std::to_string(slowlog.entries().size()));
  auto count = [&](const char* call) {
    std::string bytes = t.raw(split_words(call));
    return bytes.substr(1, bytes.find('\r') - 1);
  };
  EXPECT_EQ(count("SLOWLOG GET"), "10");
  EXPECT_EQ(count("SLOWLOG GET 3"), "3");
  EXPECT_EQ(count("SLOWLOG GET -1"), std::to_string(slowlog.entries().size()));
  EXPECT_EQ(t.run("SLOWLOG GET -2"), "(error) ERR count should be greater than or equal to -1");
  EXPECT_EQ(t.run("SLOWLOG GET x"), "(error) ERR count should be greater than or equal to -1");
}

}  // namespace
}  // namespace redstart
