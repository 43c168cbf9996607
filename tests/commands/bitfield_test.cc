#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Bitfield, SetsReadsAndAdds) {
  CommandTest t;
  EXPECT_EQ(t.run("BITFIELD k SET u8 0 255 GET u8 0 INCRBY i5 100 1 GET u4 #0"), "[0, 255, 1, 15]");
  EXPECT_EQ(t.run("STRLEN k"), "14");
  EXPECT_EQ(t.run("BITFIELD k SET i8 #0 -100 GET i8 0 GET u8 0"), "[-1, -100, 156]");
  EXPECT_EQ(t.run("BITFIELD k SET i64 3 -5 GET i64 3 GET u63 4"),
            "[-2305843009213693952, -5, 9223372036854775803]");
  EXPECT_EQ(t.run("BITFIELD absent GET u8 1000"), "[0]");
  EXPECT_EQ(t.run("BITFIELD k"), "[]");
}

TEST(Bitfield, Overflows) {
  CommandTest t;
  EXPECT_EQ(t.run("BITFIELD k SET u8 0 100 OVERFLOW SAT INCRBY u8 0 257 INCRBY u8 0 -500"),
            "[0, 255, 0]");
  EXPECT_EQ(t.run("BITFIELD k OVERFLOW WRAP SET u8 0 100 INCRBY u8 0 257"), "[0, 101]");
  EXPECT_EQ(t.run("BITFIELD k OVERFLOW FAIL INCRBY u8 0 200 OVERFLOW SAT INCRBY u8 0 200"),
            "[nil, 255]");
  EXPECT_EQ(t.run("BITFIELD k SET i8 8 127 INCRBY i8 8 1 OVERFLOW SAT INCRBY i8 8 -200"),
            "[0, -128, -128]");
  EXPECT_EQ(t.run("BITFIELD k OVERFLOW SAT SET u4 0 99 GET u4 0"), "[15, 15]");
}

TEST(Bitfield, OnlyAChangeIsAnEffect) {
  CommandTest t;
  t.run("BITFIELD k SET u8 0 0");
  t.run("BITFIELD k SET u8 0 0 INCRBY u8 0 0");
  t.run("BITFIELD k GET u8 0");
  t.run("BITFIELD k OVERFLOW FAIL INCRBY u2 0 9");
  t.run("BITFIELD k INCRBY u8 0 1");
  EXPECT_EQ(t.effects(), "SELECT 0; BITFIELD k SET u8 0 0; BITFIELD k INCRBY u8 0 1");
}

TEST(Bitfield, Refusals) {
  CommandTest t;
  constexpr char kBadType[] =
      "(error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not "
      "supported but i64 is.";
  constexpr char kBadOffset[] = "(error) ERR bit offset is not an integer or out of range";
  EXPECT_EQ(t.run("BITFIELD k GET u64 0"), kBadType);
  EXPECT_EQ(t.run("BITFIELD k GET i65 0"), kBadType);
  EXPECT_EQ(t.run("BITFIELD k GET x8 0"), kBadType);
  EXPECT_EQ(t.run("BITFIELD k GET u8 -1"), kBadOffset);
  EXPECT_EQ(t.run("BITFIELD k GET u8 #9223372036854775807"), kBadOffset);
  EXPECT_EQ(t.run("BITFIELD k SET u8 0 x"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t.run("BITFIELD k GET u8"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("BITFIELD k OVERFLOW"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("BITFIELD k OVERFLOW MAYBE"), "(error) ERR Invalid OVERFLOW type specified");
  EXPECT_EQ(t.run("BITFIELD_RO k SET u8 0 1"),
            "(error) ERR BITFIELD_RO only supports the GET subcommand");
  EXPECT_EQ(t.run("EXISTS k"), "0");
  EXPECT_EQ(t.run("BITFIELD_RO k GET u8 0"), "[0]");
}

}  // namespace
}  // namespace redstart
