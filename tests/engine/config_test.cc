#include "engine/config.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/config_table.h"

namespace redstart {
namespace {

std::string refusal(Config& config, std::vector<std::string_view> pairs,
                    const Config::Caller& caller = {}) {
  std::string error;
  return config.set(pairs, caller, &error) ? "" : error;
}

std::string failed(std::string_view name, std::string_view reason) {
  return "ERR CONFIG SET failed (possibly related to argument '" + std::string(name) + "') - " +
         std::string(reason);
}

// The defaults stand twice, in Settings for readers and in the row for CONFIG REWRITE.
TEST(ConfigTable, SettingsBeginWithTheDefaultsOfTheRows) {
  for (const config::Row& row : config::rows()) {
    EXPECT_EQ(config::text_of(row, Settings{}), row.initial) << row.name;
  }
}

TEST(ConfigTable, EveryDefaultIsAcceptedAndKeptAsItIs) {
  for (const config::Row& row : config::rows()) {
    Config config;
    std::string error;
    std::vector<std::string> values = {std::string(row.initial)};
    bool several = (row.flags & config::kSeveral) && !row.initial.empty();
    if (several || row.special == &config::kReplicaofForm) continue;  // split by their reader
    EXPECT_EQ(config.load(row.name, values, &error), Config::Loaded::kOk) << row.name << error;
    EXPECT_EQ(config.text(row.name), row.initial) << row.name;
    EXPECT_TRUE(config.settings().others.empty()) << row.name;
  }
}

TEST(ConfigTable, NamesAndAliasesAreUnique) {
  for (const config::Row& row : config::rows()) {
    EXPECT_EQ(config::find_row(row.name), &row) << row.name;
    if (row.other_name.empty()) continue;
    EXPECT_EQ(config::find_row(row.other_name), &row) << row.other_name;
  }
}

TEST(Config, SetsMembersAndKeepsTheRestByName) {
  Config config;
  EXPECT_EQ(refusal(config, {"maxmemory", "10mb", "MAXMEMORY-POLICY", "Allkeys-LRU",
                             "activerehashing", "no", "slave-priority", "7",
                             "dynamic-hz", "no"}),
            "");
  EXPECT_EQ(config.settings().maxmemory, 10u << 20);
  EXPECT_EQ(config.settings().maxmemory_policy, EvictionPolicy::kAllkeysLru);
  EXPECT_EQ(config.text("activerehashing"), "no");
  EXPECT_EQ(config.text("replica-priority"), "7");
  EXPECT_EQ(config.settings().replica_priority, 7);
  EXPECT_EQ(config.settings().others.size(), 2u);
  EXPECT_EQ(refusal(config, {"activerehashing", "yes"}), "");
  EXPECT_EQ(config.settings().others.size(), 1u);
}

TEST(Config, RefusesWithTheReasonOfTheRow) {
  Config config;
  auto one = [&](std::string_view name, std::string_view value) {
    return refusal(config, {name, value});
  };
  EXPECT_EQ(one("nonsense", "1"),
            "ERR Unknown option or number of arguments for CONFIG SET - 'nonsense'");
  EXPECT_EQ(one("daemonize", "yes"), failed("daemonize", "can't set immutable config"));
  EXPECT_EQ(one("dbfilename", "x"), failed("dbfilename", "can't set protected config"));
  EXPECT_EQ(one("dynamic-hz", "1"), failed("dynamic-hz", "argument must be 'yes' or 'no'"));
  EXPECT_EQ(one("timeout", "x"), failed("timeout", "argument couldn't be parsed into an integer"));
  EXPECT_EQ(one("timeout", "-1"),
            failed("timeout", "argument must be between 0 and 2147483647 inclusive"));
  EXPECT_EQ(one("list-max-ziplist-size", "2147483648"),
            failed("list-max-listpack-size",
                   "argument must be between -2147483648 and 2147483647 inclusive"));
  EXPECT_EQ(one("slowlog-log-slower-than", "-2"),
            failed("slowlog-log-slower-than",
                   "argument must be between -1 and 9223372036854775807 inclusive"));
  EXPECT_EQ(one("maxmemory", "lots"), failed("maxmemory", "argument must be a memory value"));
  EXPECT_EQ(one("maxmemory-clients", "200%"),
            failed("maxmemory-clients", "percentage argument must be less or equal to 100"));
  EXPECT_EQ(one("maxmemory-clients", "x"),
            failed("maxmemory-clients", "argument must be a memory or percent value"));
  EXPECT_EQ(
      one("appendfsync", "x"),
      failed("appendfsync", "argument(s) must be one of the following: everysec, always, no"));
  EXPECT_EQ(one("save", "100"), failed("save", "Invalid save parameters"));
  EXPECT_EQ(
      one("notify-keyspace-events", "q"),
      failed("notify-keyspace-events", "Invalid event class character. Use 'Ag$lshzxeKEtmdna'."));
  EXPECT_EQ(one("array-slice-size", "5000"),
            failed("array-slice-size", "argument must be a power of two"));
  EXPECT_EQ(one("array-slice-size", "8192"), "");
  EXPECT_EQ(refusal(config, {"timeout", "1", "hz"}), "ERR syntax error");
  EXPECT_EQ(refusal(config, {"timeout", "1", "TIMEOUT", "2"}),
            failed("TIMEOUT", "duplicate parameter"));
  EXPECT_EQ(refusal(config, {"dir", "x"}, {.local = true, .loading = true}),
            failed("dir", "can't set protected config"));
  EXPECT_EQ(config::text_of(*config::find_row("timeout"), config.settings()), "0");
}

TEST(Config, ProtectedDirectivesGoByWhoAsks) {
  Config config;
  config.edit().enable_protected_configs = "local";
  EXPECT_EQ(refusal(config, {"dbfilename", "a.rdb"}, {.local = false}),
            failed("dbfilename", "can't set protected config"));
  EXPECT_EQ(refusal(config, {"dbfilename", "a.rdb"}, {.local = true}), "");
  EXPECT_EQ(refusal(config, {"dir", "x"}, {.local = true, .loading = true}),
            "LOADING Redis is loading the dataset in memory");
}

TEST(Config, CanonicalTexts) {
  Config config;
  auto kept = [&](std::string_view name, std::string_view value) {
    EXPECT_EQ(refusal(config, {name, value}), "");
    return config.text(name);
  };
  EXPECT_EQ(kept("hz", "100000"), "500");
  EXPECT_EQ(kept("maxmemory-clients", "5%"), "5%");
  EXPECT_EQ(config.settings().maxmemory_clients, -5);
  EXPECT_EQ(kept("maxmemory-clients", "1mb"), "1048576");
  EXPECT_EQ(kept("shutdown-on-sigint", "nosave force now"), "nosave now force");
  EXPECT_EQ(kept("oom-score-adj", "relative"), "yes");
  EXPECT_EQ(kept("save", ""), "");
  EXPECT_EQ(kept("save", "900 1 300 10"), "900 1 300 10");
  EXPECT_EQ(kept("notify-keyspace-events", "KEA"), "AKE");
  EXPECT_EQ(kept("notify-keyspace-events", "mnKg$"), "g$nKm");
  EXPECT_EQ(kept("notify-keyspace-events", "AEn"), "AnE");
  EXPECT_EQ(kept("latency-tracking-info-percentiles", "50.0 99.90 100"), "50 99.9 100");
  EXPECT_EQ(kept("client-output-buffer-limit", "replica 1mb 1kb 5"),
            "normal 0 0 0 slave 1048576 1024 5 pubsub 33554432 8388608 60");
  EXPECT_EQ(config.settings().output_limit_replica.soft_seconds, 5);
  EXPECT_EQ(kept("maxmemory", "18446744073709551615"), "18446744073709551615");
}

TEST(Config, GetAnswersNamesGlobsAndAliasesOnce) {
  Config config;
  auto names = [&](std::vector<std::string_view> patterns) {
    std::vector<std::string> out;
    for (const Config::Item& item : config.get(patterns)) out.push_back(item.name);
    return out;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({"PORT", "nothing"}), Names{"PORT"});
  EXPECT_EQ(names({"*nothing", "maxmemory", "slaveof"}), (Names{"maxmemory", "slaveof"}));
  EXPECT_EQ(names({"maxmemory", "maxmemory-s*", "maxm?mory"}),
            (Names{"maxmemory", "maxmemory-samples"}));
  EXPECT_EQ(names({"*of"}), (Names{"replicaof", "slaveof"}));
  EXPECT_EQ(names({"key-load*"}), Names{});
  EXPECT_EQ(names({"key-load-delay"}), Names{"key-load-delay"});
}

TEST(Config, ARefusedChangeIsUndoneAndHandedOverAgain) {
  Config config;
  std::vector<std::string> told;
  config.on_change = [&](std::string_view name, std::string* error) {
    told.push_back(std::string(name) + "=" + config.text(name));
    if (config.text(name) != "1234") return true;
    *error = "no such port";
    return false;
  };
  EXPECT_EQ(refusal(config, {"timeout", "5", "port", "1234", "hz", "20"}),
            failed("port", "no such port"));
  EXPECT_EQ(told, (std::vector<std::string>{"timeout=5", "port=1234", "timeout=0", "port=6379"}));
  told.clear();
  EXPECT_EQ(refusal(config, {"timeout", "0", "hz", "20"}), "");
  EXPECT_EQ(told, std::vector<std::string>{"hz=20"});  // what stayed the same is not applied
}

TEST(Config, TheFirstSaveOfAFileReplacesTheDefaultAndOthersAdd) {
  Config config;
  std::string error;
  using Values = std::vector<std::string>;
  EXPECT_EQ(config.load("save", Values{"900", "1"}, &error), Config::Loaded::kOk);
  EXPECT_EQ(config.load("save", Values{"100", "100"}, &error), Config::Loaded::kOk);
  EXPECT_EQ(config.text("save"), "900 1 100 100");
  EXPECT_EQ(config.load("save", Values{""}, &error), Config::Loaded::kOk);
  EXPECT_EQ(config.text("save"), "");
}

TEST(Config, LoadingIgnoresTheFlagsOfConfigSet) {
  Config config;
  std::string error;
  using Values = std::vector<std::string>;
  EXPECT_EQ(config.load("databases", Values{"4"}, &error), Config::Loaded::kOk);
  EXPECT_EQ(config.settings().databases, 4);
  EXPECT_EQ(config.load("port", Values{"1", "2"}, &error), Config::Loaded::kRefused);
  EXPECT_EQ(error, "wrong number of arguments");
  EXPECT_EQ(config.load("no-such", Values{"1"}, &error), Config::Loaded::kUnknown);
}

}  // namespace
}  // namespace redstart
