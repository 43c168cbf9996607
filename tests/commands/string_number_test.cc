#include "tests/commands/fixture.h"

namespace redstart {
namespace {

constexpr char kOverflow[] = "(error) ERR increment or decrement would overflow";

TEST(Counter, CountsFromZeroAndKeepsTheExpiry) {
  CommandTest t;
  EXPECT_EQ(t.run("INCR k"), "1");
  EXPECT_EQ(t.run("INCRBY k 41"), "42");
  EXPECT_EQ(t.run("DECR k"), "41");
  EXPECT_EQ(t.run("EXPIRE k 10"), "1");
  EXPECT_EQ(t.run("DECRBY k -59"), "100");
  EXPECT_EQ(t.run("TTL k"), "10");
  EXPECT_EQ(t.run("GET k"), "\"100\"");
  EXPECT_EQ(t.run("OBJECT ENCODING k"), "\"int\"");
}

TEST(Counter, RefusesWhatIsNoInteger) {
  CommandTest t;
  for (const char* value : {"abc", "''", "' 11'", "'11 '", "1.5", "9223372036854775808", "+1"}) {
    t.run("SET k " + std::string(value));
    EXPECT_EQ(t.run("INCR k"), "(error) ERR value is not an integer or out of range") << value;
  }
  // An edited string is still a number.
  t.run("SET k 1");
  t.run("APPEND k 2");
  EXPECT_EQ(t.run("INCR k"), "13");
  EXPECT_EQ(t.run("INCRBY k 1.0"), "(error) ERR value is not an integer or out of range");
}

TEST(Counter, StopsAtTheEndsOf64Bits) {
  CommandTest t;
  t.run("SET k 9223372036854775806");
  EXPECT_EQ(t.run("INCR k"), "9223372036854775807");
  EXPECT_EQ(t.run("INCR k"), kOverflow);
  t.run("SET k -9223372036854775807");
  EXPECT_EQ(t.run("DECR k"), "-9223372036854775808");
  EXPECT_EQ(t.run("DECR k"), kOverflow);
  EXPECT_EQ(t.run("DECRBY k -9223372036854775808"), "(error) ERR decrement would overflow");
  EXPECT_EQ(t.run("GET k"), "\"-9223372036854775808\"");
}

TEST(Incrbyfloat, PrintsWhatItStores) {
  CommandTest t;
  EXPECT_EQ(t.run("INCRBYFLOAT k 10.5"), "\"10.5\"");
  EXPECT_EQ(t.run("INCRBYFLOAT k 0.1"), "\"10.6\"");
  EXPECT_EQ(t.run("INCRBYFLOAT k -10.6"), "\"0\"");
  EXPECT_EQ(t.run("INCRBYFLOAT k 5.0e3"), "\"5000\"");
  EXPECT_EQ(t.run("OBJECT ENCODING k"), "\"embstr\"");
  EXPECT_EQ(t.run("INCR k"), "5001");
  t.run("SET max 17179869184");
  EXPECT_EQ(t.run("INCRBYFLOAT max 1.5"), "\"17179869185.5\"");
}

TEST(Incrbyfloat, RefusesWhatIsNoNumber) {
  CommandTest t;
  constexpr char kNotFloat[] = "(error) ERR value is not a valid float";
  EXPECT_EQ(t.run("INCRBYFLOAT k abc"), kNotFloat);
  EXPECT_EQ(t.run("INCRBYFLOAT k '1 '"), kNotFloat);
  EXPECT_EQ(t.run("INCRBYFLOAT k nan"), kNotFloat);
  EXPECT_EQ(t.run("INCRBYFLOAT k +inf"), "(error) ERR increment would produce NaN or Infinity");
  t.run("SET k ' 1'");
  EXPECT_EQ(t.run("INCRBYFLOAT k 1"), kNotFloat);
}

TEST(Counter, Effects) {
  CommandTest t;
  t.run("INCR k");
  t.run("INCRBYFLOAT k 1.5");
  t.run("INCR k");
  EXPECT_EQ(t.effects(), "SELECT 0; INCR k; SET k 2.5 KEEPTTL");
}

}  // namespace
}  // namespace redstart
