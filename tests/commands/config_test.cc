#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

TEST(ConfigCommand, GetAndSet) {
  CommandTest t;
  EXPECT_EQ(t.run("CONFIG SET maxmemory 1mb timeout 5"), "OK");
  EXPECT_EQ(t.run("CONFIG GET maxmemory timeout nothing"),
            "[\"maxmemory\", \"1048576\", \"timeout\", \"5\"]");
  EXPECT_EQ(t.run("CONFIG SET timeout 1 maxmemory x"),
            "(error) ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument "
            "must be a memory value");
  EXPECT_EQ(t.run("CONFIG GET timeout"), "[\"timeout\", \"5\"]");
  EXPECT_EQ(t.run("CONFIG SET timeout 1 hz"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("CONFIG GET"), "(error) ERR wrong number of arguments for 'config|get' command");
}

TEST(ConfigCommand, AChangeTakesEffectAtOnce) {
  CommandTest t;
  t.run("CONFIG SET requirepass secret");
  EXPECT_EQ(t.connect()->run("PING"), "(error) NOAUTH Authentication required.");
  EXPECT_EQ(t.run("PING"), "PONG");
}

TEST(ConfigCommand, TheHostMayRefuse) {
  CommandTest t;
  t.engine().host().apply_setting = [](std::string_view name, std::string* error) {
    *error = "no";
    return name != "port";
  };
  EXPECT_EQ(t.run("CONFIG SET timeout 9 port 1"),
            "(error) ERR CONFIG SET failed (possibly related to argument 'port') - no");
  EXPECT_EQ(t.run("CONFIG GET timeout"), "[\"timeout\", \"0\"]");
}

TEST(ConfigCommand, ResetstatForgetsWhatWasCounted) {
  CommandTest t;
  t.run("SET k v");
  t.run("GET k");
  t.run("GET nothing");
  t.run("NONSENSE");
  t.run("CONFIG RESETSTAT");
  const Stats& stats = t.engine().default_tenant().stats;
  EXPECT_EQ(stats.total_errors, 0u);
  EXPECT_EQ(t.engine().keyspace_shared().misses, 0u);
  EXPECT_EQ(t.run("INFO commandstats").find("cmdstat_get"), std::string::npos);
}

TEST(ConfigCommand, RewriteGoesThroughTheHost) {
  CommandTest t;
  EXPECT_EQ(t.run("CONFIG REWRITE"), "(error) ERR The server is running without a config file");
  std::string file = "# mine\ntimeout 1\n";
  t.engine().host().config_file = [] { return std::string("redis.conf"); };
  t.engine().host().edit_config_file = [&](const auto& edit, std::string*) {
    file = edit(file);
    return true;
  };
  t.run("CONFIG SET timeout 7");
  EXPECT_EQ(t.run("CONFIG REWRITE"), "OK");
  EXPECT_TRUE(file.starts_with("# mine\ntimeout 7\n")) << file;
  t.engine().host().edit_config_file = [](const auto&, std::string* error) {
    *error = "disk full";
    return false;
  };
  EXPECT_EQ(t.run("CONFIG REWRITE"), "(error) ERR Rewriting config file: disk full");
}

TEST(ConfigCommand, OverHttpOnlyOneDirectiveExists) {
  CommandTest t(CommandTest::test_settings(), Dialect::kUpstash);
  EXPECT_EQ(t.run("CONFIG GET *"), "[\"notify-keyspace-events\", \"\"]");
  EXPECT_EQ(t.run("CONFIG SET timeout 1"),
            "(error) ERR Unknown option or number of arguments for CONFIG SET - 'timeout'");
  EXPECT_EQ(t.run("CONFIG SET notify-keyspace-events KEA"), "OK");
}

TEST(Renaming, MovesAndRemovesCommands) {
  Settings settings = CommandTest::test_settings();
  settings.renamed_commands = {{"flushdb", "Badger"}, {"debug", ""}};
  CommandTest t(settings);
  std::string error;
  ASSERT_TRUE(t.engine().rename_commands(&error)) << error;
  EXPECT_EQ(t.run("BADGER"), "OK");
  EXPECT_TRUE(t.run("flushdb").starts_with("(error) ERR unknown command 'flushdb'"));
  EXPECT_TRUE(t.run("DEBUG HELP").starts_with("(error) ERR unknown command 'DEBUG'"));
  EXPECT_EQ(t.run("GET k"), "nil");
  t.engine().config().edit().renamed_commands = {{"get", "set"}};
  EXPECT_FALSE(t.engine().rename_commands(&error));
  EXPECT_EQ(error, "Target command name already exists");
}

}  // namespace
}  // namespace redstart
