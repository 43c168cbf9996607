#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Expire, AKeyIsThereUntilItsTimeHasPassed) {
  CommandTest t;
  t.run("SET k v");
  EXPECT_EQ(t.run("PEXPIRE k 100"), "1");
  t.advance_lazily_ms(100);
  EXPECT_EQ(t.run("PTTL k"), "0");
  EXPECT_EQ(t.run("GET k"), "\"v\"");
  t.effects();
  t.advance_lazily_ms(1);
  EXPECT_EQ(t.run("TTL k"), "-2");
  EXPECT_EQ(t.effects(), "DEL k");
}

TEST(Expire, UnitsAndRounding) {
  CommandTest t;
  t.run("SET k v");
  EXPECT_EQ(t.run("TTL k"), "-1");
  EXPECT_EQ(t.run("EXPIRETIME absent"), "-2");
  EXPECT_EQ(t.run("EXPIRE k 100"), "1");
  EXPECT_EQ(t.run("PEXPIRETIME k"), "1700000100000");
  EXPECT_EQ(t.run("PEXPIREAT k 1700000000499"), "1");
  EXPECT_EQ(t.run("TTL k"), "0");
  EXPECT_EQ(t.run("PEXPIREAT k 1700000000500"), "1");
  EXPECT_EQ(t.run("TTL k"), "1");
  EXPECT_EQ(t.run("EXPIRETIME k"), "1700000001");
  EXPECT_EQ(t.run("EXPIREAT k 1700000050"), "1");
  EXPECT_EQ(t.run("TTL k"), "50");
  EXPECT_EQ(t.run("PERSIST k"), "1");
  EXPECT_EQ(t.run("PERSIST k"), "0");
  EXPECT_EQ(t.run("PERSIST absent"), "0");
  // The last moment there is, which must not be rounded into the past.
  EXPECT_EQ(t.run("PEXPIREAT k 9223372036854775807"), "1");
  EXPECT_EQ(t.run("PEXPIRETIME k"), "9223372036854775807");
  EXPECT_EQ(t.run("EXPIRETIME k"), "9223372036854776");
}

TEST(Expire, Limits) {
  CommandTest t;
  t.run("SET k v");
  EXPECT_EQ(t.run("EXPIRE k 100 XX"), "0");
  EXPECT_EQ(t.run("EXPIRE k 100 GT"), "0");
  EXPECT_EQ(t.run("EXPIRE k 100 LT"), "1");
  EXPECT_EQ(t.run("EXPIRE k 200 NX"), "0");
  EXPECT_EQ(t.run("EXPIRE k 100 GT"), "0");
  EXPECT_EQ(t.run("EXPIRE k 100 LT"), "0");
  EXPECT_EQ(t.run("EXPIRE k 200 gt xx"), "1");
  EXPECT_EQ(t.run("EXPIRE k 50 XX LT"), "1");
  EXPECT_EQ(t.run("TTL k"), "50");
  EXPECT_EQ(t.run("EXPIRE k 1 NX GT"),
            "(error) ERR NX and XX, GT or LT options at the same time are not compatible");
  EXPECT_EQ(t.run("EXPIRE k 1 LT GT"),
            "(error) ERR GT and LT options at the same time are not compatible");
  EXPECT_EQ(t.run("EXPIRE k x AB"), "(error) ERR Unsupported option AB");
}

TEST(Expire, TimesThatDoNotExist) {
  CommandTest t;
  t.run("SET k v");
  EXPECT_EQ(t.run("EXPIRE k x"), "(error) ERR value is not an integer or out of range");
  for (const char* call : {"EXPIRE k 9223372036854775807", "EXPIRE k -9223372036854775807",
                           "EXPIRE k 9223372036854775", "PEXPIRE k 9223372036854770000",
                           "EXPIREAT absent 9223372036854776"}) {
    std::string name(call, std::string(call).find(' '));
    for (char& c : name) c = static_cast<char>(c | 0x20);
    EXPECT_EQ(t.run(call), "(error) ERR invalid expire time in '" + name + "' command");
  }
  EXPECT_EQ(t.run("PEXPIREAT k 9223372036854775807"), "1");
  EXPECT_EQ(t.run("GET k"), "\"v\"");
}

TEST(Expire, TimesThatHavePassedDelete) {
  CommandTest t;
  t.run("MSET a 1 b 2");
  t.effects();
  EXPECT_EQ(t.run("EXPIREAT a 1700000000"), "1");
  EXPECT_EQ(t.run("EXPIRE absent -1"), "0");
  EXPECT_EQ(t.run("EXISTS a"), "0");
  EXPECT_EQ(t.effects(), "DEL a");
  t.engine().config().edit().lazyfree_lazy_expire = true;
  EXPECT_EQ(t.run("PEXPIRE b -1"), "1");
  EXPECT_EQ(t.effects(), "UNLINK b");
}

TEST(Expire, EffectsAreAbsolute) {
  CommandTest t;
  t.run("SET k v");
  t.run("EXPIRE k 10");
  t.run("PEXPIRE k 10 LT");
  t.run("EXPIREAT k 1700000001");
  t.run("EXPIRE k 10 NX");
  t.run("PERSIST k");
  t.run("PERSIST k");
  EXPECT_EQ(t.effects(),
            "SELECT 0; SET k v; PEXPIREAT k 1700000010000; PEXPIREAT k 1700000000010; "
            "PEXPIREAT k 1700000001000; PERSIST k");
}

TEST(Expire, AReplicaWaitsForItsMaster) {
  CommandTest t;
  t.run("SET k v");
  t.engine().keyspace_shared().replica = true;
  t.effects();
  EXPECT_EQ(t.run("PEXPIREAT k 1"), "1");
  EXPECT_EQ(t.effects(), "PEXPIREAT k 1");
}

}  // namespace
}  // namespace redstart
