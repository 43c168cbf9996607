#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

constexpr char kNotOne[] = "(error) WRONGTYPE Key is not a valid HyperLogLog string value.";
constexpr char kBroken[] = "(error) INVALIDOBJ Corrupted HLL object detected";

TEST(HyperLogLogCommands, CountsAndKeepsTheCount) {
  CommandTest t;
  EXPECT_EQ(t.run("PFADD h"), "1");
  EXPECT_EQ(t.run("PFADD h"), "0");
  EXPECT_EQ(t.run("PFCOUNT h"), "0");
  EXPECT_EQ(t.run("PFADD h a b c"), "1");
  EXPECT_EQ(t.run("PFADD h c b a"), "0");
  EXPECT_EQ(t.run("PFCOUNT h"), "3");
  EXPECT_EQ(t.run("PFCOUNT h"), "3");
  EXPECT_EQ(t.run("PFCOUNT none"), "0");
  EXPECT_EQ(t.run("OBJECT ENCODING h"), "\"raw\"");
  // Replicas learn of a count that is kept, once.
  EXPECT_EQ(t.effects(), "SELECT 0; PFADD h; PFCOUNT h; PFADD h a b c; PFCOUNT h");
}

TEST(HyperLogLogCommands, CountsAUnion) {
  CommandTest t;
  t.run("PFADD a 1 2 3");
  t.run("PFADD b 3 4");
  EXPECT_EQ(t.run("PFCOUNT a b none"), "4");
  EXPECT_EQ(t.run("PFMERGE c a b none"), "OK");
  EXPECT_EQ(t.run("PFCOUNT c"), "4");
  EXPECT_EQ(t.run("PFDEBUG TODENSE a"), "1");
  EXPECT_EQ(t.run("PFDEBUG TODENSE a"), "0");
  EXPECT_EQ(t.run("PFMERGE b a"), "OK");
  EXPECT_EQ(t.run("PFDEBUG ENCODING b"), "dense");
  EXPECT_EQ(t.run("PFCOUNT b"), "4");
  EXPECT_EQ(t.run("PFADD b 1 2 3 4"), "0");
  EXPECT_EQ(t.run("PFADD b 5"), "1");
  EXPECT_EQ(t.run("PFCOUNT b"), "5");
}

// Written by Redis 7.0: PFADD h a b c, then PFCOUNT h.
TEST(HyperLogLogCommands, TheBytesAreThoseOfRedis) {
  CommandTest t;
  t.run("PFADD h a b c");
  t.run("PFCOUNT h");
  EXPECT_EQ(t.run("PFDEBUG DECODE h"), R"("Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603")");
  EXPECT_EQ(
      t.run("GET h"),
      R"("HYLL\x01\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00`\xf3\x80P\xb1\x84K\xfb\x80BZ")");
}

TEST(HyperLogLogCommands, TheLimitOfSparseValuesIsASetting) {
  CommandTest t;
  t.run("CONFIG SET hll-sparse-max-bytes 30");
  t.run("PFADD h a b c");
  EXPECT_EQ(t.run("PFDEBUG ENCODING h"), "sparse");
  t.run("PFADD h d e f g");
  EXPECT_EQ(t.run("PFDEBUG ENCODING h"), "dense");
  EXPECT_EQ(t.run("STRLEN h"), "12304");
  EXPECT_EQ(t.run("PFDEBUG DECODE h"), "(error) ERR HLL encoding is not sparse");
}

TEST(HyperLogLogCommands, RefusesWhatIsNone) {
  CommandTest t;
  t.run("RPUSH list a");
  t.run("SET number 12345678901234567");
  t.run("SET text HYLL");
  for (std::string key : {"number", "text"}) {
    EXPECT_EQ(t.run("PFADD " + key + " a"), kNotOne);
    EXPECT_EQ(t.run("PFCOUNT " + key), kNotOne);
    EXPECT_EQ(t.run("PFMERGE to " + key), kNotOne);
  }
  EXPECT_EQ(t.run("PFADD list a"),
            "(error) WRONGTYPE Operation against a key holding the wrong kind of value");
  EXPECT_EQ(t.run("PFDEBUG GETREG none"), "(error) ERR The specified key does not exist");
  t.run("PFADD h a");
  EXPECT_EQ(t.run("PFDEBUG OTHER h"), "(error) ERR Unknown PFDEBUG subcommand 'OTHER'");
  EXPECT_EQ(t.run("EXISTS to"), "0");
}

TEST(HyperLogLogCommands, BrokenRunsAreNoticedAndStay) {
  CommandTest t;
  t.run("PFADD h a b c");
  t.run("APPEND h x");
  EXPECT_EQ(t.run("PFCOUNT h"), kBroken);
  EXPECT_EQ(t.run("PFMERGE to h"), kBroken);
  EXPECT_EQ(t.run("PFDEBUG TODENSE h"), kBroken);
}

}  // namespace
}  // namespace redstart
