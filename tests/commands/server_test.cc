#include <gtest/gtest.h>

#include "engine/persistence.h"
#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Server, FlushesTellReplicasEvenWhenNothingWasThere) {
  CommandTest t;
  t.run("SET a 1");
  t.run("SELECT 3");
  t.run("SET b 1");
  t.effects();
  EXPECT_EQ(t.run("DBSIZE"), "1");
  EXPECT_EQ(t.run("FLUSHDB"), "OK");
  EXPECT_EQ(t.run("DBSIZE"), "0");
  EXPECT_EQ(t.run("FLUSHDB ASYNC"), "OK");
  EXPECT_EQ(t.effects(), "FLUSHDB; FLUSHDB ASYNC");
  t.run("SELECT 0");
  EXPECT_EQ(t.run("DBSIZE"), "1");
  EXPECT_EQ(t.run("FLUSHALL SYNC"), "OK");
  EXPECT_EQ(t.run("DBSIZE"), "0");
  EXPECT_EQ(t.effects(), "SELECT 0; FLUSHALL SYNC");
  EXPECT_EQ(t.run("FLUSHALL SLOWLY"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("FLUSHDB ASYNC SYNC"), "(error) ERR syntax error");
}

TEST(Server, WritesNeedTheReplicasThatAreAskedFor) {
  CommandTest t;
  t.run("CONFIG SET min-replicas-to-write 1");
  EXPECT_EQ(t.run("SET a 1"), "(error) NOREPLICAS Not enough good replicas to write.");
  EXPECT_EQ(t.run("GET a"), "nil");
  t.run("CONFIG SET min-replicas-max-lag 0");
  EXPECT_EQ(t.run("SET a 1"), "OK");
}

TEST(Server, SwapdbExchangesAndChecksBothSides) {
  CommandTest t;
  t.run("SET k zero");
  EXPECT_EQ(t.run("SWAPDB 0 2"), "OK");
  EXPECT_EQ(t.run("GET k"), "nil");
  t.run("SELECT 2");
  EXPECT_EQ(t.run("GET k"), "\"zero\"");
  EXPECT_EQ(t.run("SWAPDB x 2"), "(error) ERR invalid first DB index");
  EXPECT_EQ(t.run("SWAPDB 0 x"), "(error) ERR invalid second DB index");
  EXPECT_EQ(t.run("SWAPDB 0 16"), "(error) ERR DB index is out of range");
}

TEST(Server, TimeIsTheWallClockOfTheMoment) {
  CommandTest t;
  t.clock().set_wall_ms(1700000000123);
  EXPECT_EQ(t.run("TIME"), "[\"1700000000\", \"123000\"]");
}

TEST(Server, RoleOfALonelyMaster) {
  CommandTest t;
  EXPECT_EQ(t.run("ROLE"), "[\"master\", 0, []]");
  EXPECT_EQ(t.run("REPLICAOF NO ONE"), "OK");
  EXPECT_EQ(t.run("SLAVEOF host 1"),
            "(error) ERR Only the first database of a server of its own can be a replica");
}

TEST(Server, ShutdownHandsItsOptionsOver) {
  CommandTest t;
  std::string asked;
  t.engine().host().shutdown = [&](const ShutdownRequest& request) {
    asked = std::to_string(static_cast<int>(request.save)) + std::to_string(request.force);
    return true;
  };
  EXPECT_EQ(t.run("SHUTDOWN SAVE NOSAVE"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("SHUTDOWN ABORT NOW"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("SHUTDOWN ABORT"), "(error) ERR No shutdown in progress.");
  EXPECT_EQ(asked, "");
  EXPECT_EQ(t.raw({"SHUTDOWN", "NOSAVE", "FORCE"}), "");
  EXPECT_EQ(asked, "21");
  t.run("MULTI");
  EXPECT_EQ(t.run("SHUTDOWN"), "(error) ERR Command not allowed inside a transaction");
}

TEST(Server, WhatIsNotHereSaysSo) {
  CommandTest t;
  EXPECT_EQ(t.run("MODULE LIST"), "[]");
  EXPECT_EQ(t.run("FUNCTION FLUSH ASYNC"), "OK");
  EXPECT_EQ(t.run("FUNCTION FLUSH LATER"),
            "(error) ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  EXPECT_EQ(t.run("CLUSTER INFO"), "(error) ERR This instance has cluster support disabled");
  EXPECT_EQ(t.run("READONLY"), "(error) ERR This instance has cluster support disabled");
  EXPECT_EQ(t.run("CLUSTER KEYSLOT foo{bar}x"), t.run("CLUSTER KEYSLOT bar"));
  EXPECT_EQ(t.run("CLUSTER KEYSLOT somekey"), "11058");
}

TEST(Server, LolwutEndsWithTheVersion) {
  CommandTest t;
  t.run("HELLO 3");
  EXPECT_NE(t.run("LOLWUT VERSION 5").find("Redis ver. 7.4."), std::string::npos);
}

}  // namespace
}  // namespace redstart
