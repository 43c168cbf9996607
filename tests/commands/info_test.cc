#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// The text as it is, not as one line.
std::string info(CommandTest& t, std::vector<std::string> sections = {}) {
  sections.insert(sections.begin(), "INFO");
  std::string bytes = t.raw(sections);
  return bytes.substr(bytes.find("\r\n") + 2);
}

// "" when there is no such line.
std::string field(const std::string& text, const std::string& name) {
  size_t at = text.find("\n" + name + ":");
  if (at == std::string::npos) return "";
  at += name.size() + 2;
  return text.substr(at, text.find("\r\n", at) - at);
}

size_t headings(const std::string& text) {
  size_t count = 0;
  for (size_t at = text.find("# "); at != std::string::npos; at = text.find("# ", at + 1)) count++;
  return count;
}

TEST(Info, SectionsByName) {
  CommandTest t;
  EXPECT_TRUE(info(t, {"keyspace", "SERVER"}).starts_with("# Server\r\n"));
  EXPECT_EQ(headings(info(t, {"keyspace", "server", "server"})), 2u);
  EXPECT_EQ(headings(info(t)), 11u);
  EXPECT_EQ(headings(info(t, {"default"})), 11u);
  EXPECT_EQ(headings(info(t, {"all"})), 13u);
  EXPECT_EQ(headings(info(t, {"everything"})), 13u);
  EXPECT_EQ(headings(info(t, {"default", "commandstats"})), 12u);
  EXPECT_EQ(headings(info(t, {"debug"})), 1u);
  EXPECT_EQ(headings(info(t, {"nothing"})), 0u);
}

TEST(Info, VersionsForClientsToChooseBy) {
  CommandTest t;
  std::string text = info(t, {"server"});
  EXPECT_TRUE(field(text, "redis_version").starts_with("7.4."));
  EXPECT_EQ(field(text, "server_name"), "redstart");
  EXPECT_NE(field(text, "redstart_version"), "");
}

TEST(Info, ListenersAreTold) {
  Settings settings = CommandTest::test_settings();
  settings.bind = "127.0.0.1  -::1";
  settings.port = 1000;
  settings.unixsocket = "/tmp/s";
  settings.http_port = 0;
  CommandTest t(settings);
  std::string text = info(t, {"server"});
  EXPECT_EQ(field(text, "listener0"), "name=tcp,bind=127.0.0.1,bind=-::1,port=1000");
  EXPECT_EQ(field(text, "listener1"), "name=unix,bind=/tmp/s");
  EXPECT_EQ(field(text, "listener2"), "");
}

TEST(Info, KeyspaceAndStatsFollowTheData) {
  CommandTest t;
  t.run("SET a 1");
  t.run("SET b 1 PX 1000");
  t.run("GET a");
  t.run("GET nothing");
  std::string text = info(t, {"everything"});
  EXPECT_TRUE(field(text, "db0").starts_with("keys=2,expires=1,avg_ttl=")) << field(text, "db0");
  EXPECT_EQ(field(text, "db1"), "");
  EXPECT_EQ(field(text, "keyspace_hits"), "1");
  EXPECT_EQ(field(text, "keyspace_misses"), "1");
  t.advance_ms(1200);
  EXPECT_EQ(field(info(t), "expired_keys"), "1");
}

TEST(Info, ChangesSinceTheLastSaveAreCountedOnce) {
  struct Case {
    const char* call;
    uint64_t changes;
  };
  for (const Case& c : {Case{"LPUSH l a", 1}, Case{"RPOP l", 1}, Case{"LMOVE from to LEFT LEFT", 1},
                        Case{"RENAME from to", 1}, Case{"MOVE from 1", 1},
                        Case{"SET k v EX 10", 1}, Case{"HDEL h f", 1}}) {
    CommandTest t;
    t.run("LPUSH from x");
    t.run("HSET h f v");
    if (std::string_view(c.call) == "RPOP l") t.run("LPUSH l a");
    const uint64_t before = t.engine().default_tenant().dirty;
    t.run(c.call);
    EXPECT_EQ(t.engine().default_tenant().dirty - before, c.changes) << c.call;
  }
}

TEST(Info, CommandsAndErrorsAreCountedWhereTheyHappened) {
  CommandTest t;
  t.run("SET k v");
  t.run("INCR k");
  t.run("GET");
  t.run("MULTI");
  t.run("INCR k");
  t.run("EXEC");
  std::string text = info(t, {"all"});
  EXPECT_TRUE(field(text, "cmdstat_incr").starts_with("calls=2,")) << text;
  EXPECT_TRUE(field(text, "cmdstat_incr").ends_with(",rejected_calls=0,failed_calls=2"));
  EXPECT_TRUE(field(text, "cmdstat_get").starts_with("calls=0,"));
  EXPECT_TRUE(field(text, "cmdstat_get").ends_with(",rejected_calls=1,failed_calls=0"));
  EXPECT_TRUE(field(text, "cmdstat_exec").ends_with(",rejected_calls=0,failed_calls=0"));
  EXPECT_EQ(field(text, "errorstat_ERR"), "count=3");
  EXPECT_EQ(field(text, "total_error_replies"), "3");
}

TEST(Info, LatencyPercentilesAsConfigured) {
  CommandTest t;
  t.run("CONFIG SET latency-tracking-info-percentiles '0 50 99.9'");
  t.run("SET k v");
  std::string text = field(info(t, {"latencystats"}), "latency_percentiles_usec_set");
  EXPECT_TRUE(text.starts_with("p0=")) << text;
  EXPECT_NE(text.find(",p50="), std::string::npos);
  EXPECT_NE(text.find(",p99.9="), std::string::npos);
  t.run("CONFIG SET latency-tracking no");
  EXPECT_EQ(field(info(t, {"latencystats"}), "latency_percentiles_usec_set"), "");
}

TEST(Info, OverHttpSixSectionsAndTheHeadingOfAnUnknownOne) {
  CommandTest t(CommandTest::test_settings(), Dialect::kUpstash);
  EXPECT_EQ(headings(info(t)), 6u);
  EXPECT_EQ(info(t, {"nothing"}), "# Nothing\r\n\r\n");
}

TEST(StatsDurations, PercentilesFallIntoTheirBucket) {
  CommandStats stats;
  for (int i = 0; i < 99; i++) stats.count_duration(40);  // 1024 to 1279 ns
  stats.count_duration(81);                               // 2^20 * 1.25 ns and more
  EXPECT_EQ(stats.duration_at(50), 1279u);
  EXPECT_EQ(stats.duration_at(99), 1279u);
  EXPECT_EQ(stats.duration_at(99.9), (1u << 20) / 4 * 6 - 1);
  EXPECT_EQ(stats.duration_at(0), 1279u);
}

}  // namespace
}  // namespace redstart
