#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(Transaction, QueuesAndRunsAsOneUnit) {
  CommandTest t;
  EXPECT_EQ(t.run("MULTI"), "OK");
  EXPECT_EQ(t.run("SET a 1"), "QUEUED");
  EXPECT_EQ(t.run("INCR a"), "QUEUED");
  EXPECT_EQ(t.run("GET a"), "QUEUED");
  EXPECT_EQ(t.effects(), "");
  EXPECT_EQ(t.run("EXEC"), "[OK, 2, \"2\"]");
  EXPECT_EQ(t.effects(), "MULTI; SELECT 0; SET a 1; INCR a; EXEC");
}

TEST(Transaction, AnErrorWhileRunningDoesNotStopTheRest) {
  CommandTest t;
  t.run("SET text abc");
  t.run("MULTI");
  t.run("INCR text");
  t.run("SET b 1");
  EXPECT_EQ(t.run("EXEC"), "[(error) ERR value is not an integer or out of range, OK]");
}

TEST(Transaction, WhatRefusesExecIsTold) {
  CommandTest t;
  t.run("MULTI");
  EXPECT_EQ(t.run("EXEC now"), "(error) EXECABORT Transaction discarded because of: wrong number of "
                               "arguments for 'exec' command");
  EXPECT_EQ(t.run("EXEC"), "(error) ERR EXEC without MULTI");
}

TEST(Transaction, AnErrorWhileQueueingAbortsExec) {
  CommandTest t;
  t.run("MULTI");
  EXPECT_EQ(t.run("GET"), "(error) ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(t.run("SET a 1"), "QUEUED");
  EXPECT_EQ(t.run("EXEC"),
            "(error) EXECABORT Transaction discarded because of previous errors.");
  EXPECT_EQ(t.run("GET a"), "nil");
  EXPECT_EQ(t.run("EXEC"), "(error) ERR EXEC without MULTI");
}

TEST(Transaction, WatchSeesWritesOfOthers) {
  CommandTest t;
  auto other = t.connect();
  t.run("WATCH k untouched");
  other->run("SET k 2");
  t.run("MULTI");
  t.run("SET k 1");
  EXPECT_EQ(t.run("EXEC"), "nil");
  EXPECT_EQ(t.run("GET k"), "\"2\"");
}

TEST(Transaction, WatchSeesExpiryFlushAndSwap) {
  for (const char* change : {"FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "DEL k", "EXPIRE k 5"}) {
    CommandTest t;
    auto other = t.connect();
    t.run("SET k v");
    t.run("WATCH k");
    other->run(change);
    t.run("MULTI");
    t.run("PING");
    EXPECT_EQ(t.run("EXEC"), "nil") << change;
  }
  CommandTest t;
  t.run("SET k v PX 10");
  t.run("WATCH k");
  t.advance_lazily_ms(11);
  t.run("MULTI");
  t.run("PING");
  EXPECT_EQ(t.run("EXEC"), "nil");
}

TEST(Transaction, AKeyThatASwapBringsExpiredStaysAbsent) {
  struct Case {
    const char* before;  // in the database where it is watched
    const char* change;  // after the swap
    const char* exec;
  };
  for (const Case& c : {Case{"PING", "PING", "[PONG]"},
                        Case{"SET k v PX 5", "PING", "[PONG]"},
                        Case{"PING", "SET k v", "nil"},
                        Case{"PING", "FLUSHDB", "[PONG]"},
                        Case{"SET k v", "PING", "nil"}}) {
    CommandTest t;
    auto other = t.connect();
    t.run("DEBUG SET-ACTIVE-EXPIRE 0");
    t.run(c.before);
    t.run("SELECT 1");
    t.run("SET k v PX 10");
    t.run("SELECT 0");
    t.advance_lazily_ms(11);
    t.run("WATCH k");
    t.effects();
    t.run("SWAPDB 0 1");
    EXPECT_TRUE(t.effects().ends_with("SWAPDB 0 1")) << c.before;
    other->run(c.change);
    t.run("MULTI");
    t.run("PING");
    EXPECT_EQ(t.run("EXEC"), c.exec) << c.before << ", " << c.change;
  }
}

TEST(Transaction, WatchedKeysThatStayAbsentSurviveAFlush) {
  CommandTest t;
  t.run("WATCH nothing");
  t.run("SET other 1");
  t.run("FLUSHALL");
  t.run("MULTI");
  t.run("PING");
  EXPECT_EQ(t.run("EXEC"), "[PONG]");
}

TEST(Transaction, UnwatchAndDiscardForget) {
  CommandTest t;
  auto other = t.connect();
  t.run("WATCH k");
  other->run("SET k 1");
  t.run("UNWATCH");
  t.run("MULTI");
  t.run("PING");
  EXPECT_EQ(t.run("EXEC"), "[PONG]");
  t.run("WATCH k");
  other->run("SET k 2");
  t.run("MULTI");
  EXPECT_EQ(t.run("DISCARD"), "OK");
  t.run("MULTI");
  t.run("PING");
  EXPECT_EQ(t.run("EXEC"), "[PONG]");
}

TEST(Transaction, Refusals) {
  CommandTest t;
  EXPECT_EQ(t.run("DISCARD"), "(error) ERR DISCARD without MULTI");
  t.run("MULTI");
  EXPECT_EQ(t.run("MULTI"), "(error) ERR MULTI calls can not be nested");
  EXPECT_EQ(t.run("WATCH k"), "(error) ERR WATCH inside MULTI is not allowed");
  EXPECT_EQ(t.run("EXEC"), "[]");
}

}  // namespace
}  // namespace redstart
