#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Lcs, Forms) {
  CommandTest t;
  t.run("MSET a ohmytext b mynewtext");
  EXPECT_EQ(t.run("LCS a b"), "\"mytext\"");
  EXPECT_EQ(t.run("LCS a b LEN"), "6");
  EXPECT_EQ(t.run("LCS a b IDX"),
            "[\"matches\", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]], \"len\", 6]");
  EXPECT_EQ(t.run("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN"),
            "[\"matches\", [[[4, 7], [5, 8], 4]], \"len\", 6]");
  EXPECT_EQ(t.run("LCS a b MINMATCHLEN -1 IDX"),
            "[\"matches\", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]], \"len\", 6]");
  EXPECT_EQ(t.run("LCS a absent"), "\"\"");
  EXPECT_EQ(t.run("LCS a absent IDX"), "[\"matches\", [], \"len\", 0]");
}

TEST(Lcs, Refusals) {
  Settings settings = CommandTest::test_settings();
  settings.proto_max_bulk_len = 1 << 20;
  CommandTest t(settings);
  EXPECT_EQ(t.run("LCS a b LEN IDX"),
            "(error) ERR If you want both the length and indexes, please just use IDX.");
  EXPECT_EQ(t.run("LCS a b MINMATCHLEN"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("LCS a b MINMATCHLEN x"), "(error) ERR value is not an integer or out of range");
  t.run("SETRANGE a 1000 x");
  EXPECT_EQ(t.run("LCS a a"),
            "(error) ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
}

}  // namespace
}  // namespace redstart
