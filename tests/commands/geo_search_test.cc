#include "tests/commands/fixture.h"

namespace redstart {
namespace {

class GeoSearch : public testing::TestWithParam<const char*> {
 protected:
  GeoSearch() {
    t.run({"CONFIG", "SET", "zset-max-listpack-entries", GetParam()});
    t.run("GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania");
    t.run("GEOADD g 12.758489 38.788135 edge1 17.241510 38.788135 edge2");
    t.effects();
  }
  std::string run(std::string_view line) { return t.run(line); }
  CommandTest t;
};
INSTANTIATE_TEST_SUITE_P(Entries, GeoSearch, testing::Values("128", "0"));

TEST_P(GeoSearch, CirclesAndBoxes) {
  EXPECT_EQ(run("GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC"), R"(["Catania", "Palermo"])");
  EXPECT_EQ(run("GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km DESC"), R"(["Palermo", "Catania"])");
  EXPECT_EQ(run("GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km ASC"),
            R"(["Catania", "Palermo", "edge2", "edge1"])");
  EXPECT_EQ(run("GEOSEARCH g FROMMEMBER Palermo BYRADIUS 0 m"), R"(["Palermo"])");
  EXPECT_EQ(run("GEOSEARCH g FROMLONLAT 100 0 BYRADIUS 1 km"), "[]");
  EXPECT_EQ(run("GEOSEARCH absent FROMMEMBER x BYRADIUS 1 km"), "[]");
}

TEST_P(GeoSearch, CountAndAny) {
  EXPECT_EQ(run("GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km COUNT 1"), R"(["Catania"])");
  EXPECT_EQ(run("GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km COUNT 2 DESC"),
            R"(["edge1", "edge2"])");
  std::string any = run("GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km COUNT 1 ANY");
  EXPECT_EQ(std::count(any.begin(), any.end(), '"'), 2);
}

TEST_P(GeoSearch, WhatIsAnsweredBesideTheMembers) {
  EXPECT_EQ(run("GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 100 km WITHCOORD WITHDIST WITHHASH"),
            R"([["Catania", "56.4413", 3479447370796909, )"
            R"(["15.08726745843887329", "37.50266842333162032"]]])");
  EXPECT_EQ(run("GEORADIUS g 15 37 100 km WITHDIST"), R"([["Catania", "56.4413"]])");
}

TEST_P(GeoSearch, OlderForms) {
  EXPECT_EQ(run("GEORADIUS g 15 37 200 km ASC"), R"(["Catania", "Palermo"])");
  EXPECT_EQ(run("GEORADIUSBYMEMBER g Palermo 170 km ASC COUNT 5"),
            R"(["Palermo", "edge1", "Catania"])");
  EXPECT_EQ(run("GEORADIUS_RO g 15 37 100 km"), R"(["Catania"])");
  EXPECT_EQ(run("GEORADIUSBYMEMBER_RO g Catania 1 m"), R"(["Catania"])");
  EXPECT_EQ(run("GEORADIUS_RO g 15 37 100 km STORE d"), "(error) ERR syntax error");
  EXPECT_EQ(run("GEORADIUSBYMEMBER absent x 1 km"), "[]");
}

TEST_P(GeoSearch, StoredSearches) {
  EXPECT_EQ(run("GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km"), "2");
  EXPECT_EQ(run("ZSCORE d Catania"), R"("3479447370796909")");
  EXPECT_EQ(run("GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 100 km STOREDIST"), "1");
  EXPECT_EQ(run("ZRANGE d 0 -1"), R"(["Catania"])");
  EXPECT_EQ(run("ZCOUNT d 56.4412 56.4413"), "1");
  EXPECT_EQ(run("GEORADIUS g 15 37 100 km STORE d"), "1");
  EXPECT_EQ(run("GEORADIUSBYMEMBER g Catania 100 km STOREDIST d"), "1");
  EXPECT_EQ(run("ZSCORE d Catania"), R"("0")");
  EXPECT_EQ(run("GEOSEARCHSTORE d g FROMLONLAT 100 0 BYRADIUS 1 km"), "0");
  EXPECT_EQ(run("EXISTS d"), "0");
}

TEST_P(GeoSearch, WhatCannotBeRead) {
  struct {
    const char* call;
    const char* error;
  } cases[] = {
      {"GEOSEARCH g FROMLONLAT 1 2 FROMMEMBER x BYRADIUS 1 m", "ERR syntax error"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYRADIUS 1 m BYBOX 1 1 m", "ERR syntax error"},
      {"GEOSEARCH g FROMLONLAT 1 2 ASC COUNT 1",
       "ERR exactly one of BYRADIUS and BYBOX can be specified for GEOSEARCH"},
      {"geosearch g BYRADIUS 1 m ASC COUNT 1",
       "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for geosearch"},
      {"GEOSEARCH g FROMMEMBER nobody BYRADIUS 1 m", "ERR could not decode requested zset member"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYRADIUS x m", "ERR need numeric radius"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYRADIUS -1 m", "ERR radius cannot be negative"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYBOX x 1 m", "ERR need numeric width"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYBOX 1 -1 m", "ERR height or width cannot be negative"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYRADIUS 1 m COUNT 0", "ERR COUNT must be > 0"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYRADIUS 1 m ANY",
       "ERR the ANY argument requires COUNT argument"},
      {"GEOSEARCH g FROMLONLAT 1 2 BYRADIUS 1 m STOREDIST", "ERR syntax error"},
      {"GEOSEARCHSTORE d g FROMLONLAT 1 2 BYRADIUS 1 m WITHDIST",
       "ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options"},
      {"GEORADIUS g 1 2 1 m STORE d WITHDIST",
       "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD "
       "options"},
      {"GEORADIUS g 1 2 1 m STORE", "ERR syntax error"},
  };
  for (auto& [call, error] : cases) EXPECT_EQ(run(call), std::string("(error) ") + error) << call;
  EXPECT_EQ(t.effects(), "");
}

TEST_P(GeoSearch, TheDestinationIsAKey) {
  EXPECT_EQ(run("COMMAND GETKEYS GEORADIUS g 1 2 1 m STOREDIST d"), R"(["g", "d"])");
  EXPECT_EQ(run("COMMAND GETKEYS GEOSEARCHSTORE d g FROMLONLAT 1 2 BYRADIUS 1 m"), R"(["d", "g"])");
}

}  // namespace
}  // namespace redstart
