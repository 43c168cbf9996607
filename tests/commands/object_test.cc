#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Object, EncodingsHaveTheNamesOfRedis) {
  CommandTest t;
  auto encoding = [&](const std::string& value) {
    t.run({"SET", "k", value});
    return t.run("OBJECT ENCODING k");
  };
  EXPECT_EQ(encoding("123"), "\"int\"");
  EXPECT_EQ(encoding("0123"), "\"embstr\"");
  EXPECT_EQ(encoding(std::string(44, 'x')), "\"embstr\"");
  EXPECT_EQ(encoding(std::string(45, 'x')), "\"raw\"");
  EXPECT_EQ(encoding(std::string(4000, 'x')), "\"raw\"");
  EXPECT_EQ(t.run("OBJECT ENCODING absent"), "nil");
}

TEST(Object, SmallIntegersLookShared) {
  CommandTest t;
  t.run("MSET small 9999 large 10000 text abc");
  EXPECT_EQ(t.run("OBJECT REFCOUNT small"), "2147483647");
  EXPECT_EQ(t.run("OBJECT REFCOUNT large"), "1");
  EXPECT_EQ(t.run("OBJECT REFCOUNT text"), "1");
}

TEST(Object, IdleTimeOrFrequencyByPolicy) {
  CommandTest t;
  t.run("SET k v");
  t.advance_ms(12000);
  EXPECT_EQ(t.run("OBJECT IDLETIME k"), "12");
  EXPECT_EQ(t.run("OBJECT FREQ k").substr(0, 55),
            "(error) ERR An LFU maxmemory policy is not selected, ac");
  t.engine().keyspace_shared().lfu = true;
  t.run("SET k2 v");
  EXPECT_EQ(t.run("OBJECT FREQ k2"), "5");
  EXPECT_EQ(t.run("OBJECT IDLETIME k2").substr(0, 51),
            "(error) ERR An LFU maxmemory policy is selected, id");
}

TEST(Object, Help) {
  CommandTest t;
  EXPECT_EQ(t.run("OBJECT HELP"),
            "[OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:, ENCODING <key>,     "
            "Answers how the value of a key is kept., FREQ <key>,     Answers the logarithmic "
            "counter of uses of a key., IDLETIME <key>,     Answers the seconds since the last use "
            "of a key., REFCOUNT <key>,     Answers the number of references to the value of a "
            "key., HELP,     Print this help.]");
  EXPECT_EQ(t.run("OBJECT"), "(error) ERR wrong number of arguments for 'object' command");
}

}  // namespace
}  // namespace redstart
