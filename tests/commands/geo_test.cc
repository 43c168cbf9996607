#include "tests/commands/fixture.h"

namespace redstart {
namespace {

void add_sicily(CommandTest& t) {
  t.run("GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania");
}

TEST(Geo, GeoaddIsAZadd) {
  CommandTest t;
  EXPECT_EQ(t.run("GEOADD g CH 13.361389 38.115556 Palermo 15.087269 37.502669 Catania"), "2");
  EXPECT_EQ(t.effects(), "SELECT 0; ZADD g CH 3479099956230698 Palermo 3479447370796909 Catania");
  EXPECT_EQ(t.run("ZSCORE g Palermo"), R"("3479099956230698")");
  EXPECT_EQ(t.run("GEOADD g NX 1 1 Palermo"), "0");
  EXPECT_EQ(t.run("GEOADD g XX CH 1 1 Palermo 1 1 New"), "1");
  std::string score = t.run("ZSCORE g Palermo");
  score = score.substr(1, score.size() - 2);
  EXPECT_EQ(t.effects(), "ZADD g XX CH " + score + " Palermo " + score + " New");
}

TEST(Geo, GeoaddRefuses) {
  CommandTest t;
  EXPECT_EQ(t.run("GEOADD g 1 2 a 3 4"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("GEOADD g NX XX 1 2 a"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("GEOADD g 1 x a"), "(error) ERR value is not a valid float");
  EXPECT_EQ(t.run("GEOADD g 200 10.5 a"),
            "(error) ERR invalid longitude,latitude pair 200.000000,10.500000");
  EXPECT_EQ(t.run("EXISTS g"), "0");
}

TEST(Geo, QuestionsAboutMembers) {
  CommandTest t;
  add_sicily(t);
  EXPECT_EQ(t.run("GEODIST g Palermo Catania"), R"("166274.1516")");
  EXPECT_EQ(t.run("GEODIST g Palermo Catania km"), R"("166.2742")");
  EXPECT_EQ(t.run("GEODIST g Palermo Catania MI"), R"("103.3182")");
  EXPECT_EQ(t.run("GEODIST g Palermo Palermo"), R"("0.0000")");
  EXPECT_EQ(t.run("GEODIST g Palermo nobody"), "nil");
  EXPECT_EQ(t.run("GEODIST absent a b"), "nil");
  EXPECT_EQ(t.run("GEODIST g a b x"),
            "(error) ERR unsupported unit provided. please use M, KM, FT, MI");
  EXPECT_EQ(t.run("GEOHASH g Palermo nobody Catania"), R"(["sqc8b49rny0", nil, "sqdtr74hyu0"])");
  EXPECT_EQ(t.run("GEOPOS g Palermo nobody"),
            R"([["13.36138933897018433", "38.11555639549629859"], nil])");
  EXPECT_EQ(t.run("GEOPOS absent a"), "[nil]");
  EXPECT_EQ(t.run("GEOHASH g"), "[]");
  t.run("HELLO 3");
  EXPECT_EQ(t.raw({"GEOPOS", "g", "Palermo"}),
            "*1\r\n*2\r\n,13.36138933897018433\r\n,38.11555639549629859\r\n");
  EXPECT_EQ(t.run("GEODIST g Palermo Catania"), R"("166274.1516")");
}

}  // namespace
}  // namespace redstart
