#include "engine/config_file.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/config_table.h"

namespace redstart {
namespace {

// A reader over files that exist only here.
struct Files {
  std::map<std::string, std::string> texts;
  bool operator()(const std::string& path, std::string* text, std::string* error) const {
    auto found = texts.find(path);
    if (found == texts.end()) {
      *error = "No such file or directory";
      return false;
    }
    *text = found->second;
    return true;
  }
};

// "" or the line and the reason of the error.
std::string read(Config& config, std::string_view text, const Files& files = {}) {
  ConfigReader reader(config, files);
  ConfigFileError error;
  if (reader.read(text, &error)) return "";
  return std::to_string(error.line) + " " + error.line_text + ": " + error.reason;
}

TEST(ConfigFile, ReadsDirectivesCommentsAndQuotes) {
  Config config;
  EXPECT_EQ(read(config,
                 "# a comment\n\n  port 7000 \r\nLOGFILE ''\nrequirepass \"a \\x41\"\n"
                 "save 900 1\nsave \"300 10\"\nbind 127.0.0.1 ::1\nlua-replicate-commands yes"),
            "");
  EXPECT_EQ(config.settings().port, 7000);
  EXPECT_EQ(config.settings().requirepass, "a A");
  EXPECT_EQ(config.text("save"), "900 1 300 10");
}

TEST(ConfigFile, TellsTheLineThatIsWrong) {
  Config config;
  EXPECT_EQ(read(config, "port 1\nnonsense yes"),
            "2 nonsense yes: Bad directive or wrong number of arguments");
  EXPECT_EQ(read(config, "\n\nport 1 2"), "3 port 1 2: wrong number of arguments");
  EXPECT_EQ(read(config, "dir \"x"), "1 dir \"x: Unbalanced quotes in configuration line");
  EXPECT_EQ(read(config, "replicaof h abc"), "1 replicaof h abc: Invalid master port");
  EXPECT_EQ(read(config, "include gone.conf"),
            "1 include gone.conf: Fatal error, can't open config file 'gone.conf': "
            "No such file or directory");
  ConfigFileError error{3, "port", "wrong number of arguments"};
  EXPECT_EQ(error.report("7.4.0"),
            "\n*** FATAL CONFIG FILE ERROR (Redis 7.4.0) ***\n"
            "Reading the configuration file, at line 3\n>>> 'port'\nwrong number of arguments\n");
}

TEST(ConfigFile, IncludesFilesAndSurvivesACircle) {
  Files files{{{"a", "port 1\ninclude b\nport 3"}, {"b", "port 2\ntimeout 9"}, {"c", "include c"}}};
  Config config;
  EXPECT_EQ(read(config, "include a", files), "");
  EXPECT_EQ(config.settings().port, 3);
  EXPECT_EQ(config.settings().timeout, 9);
  EXPECT_EQ(read(config, "include c", files), "1 include c: Too many levels of include");
}

TEST(ConfigFile, NamesWhatHasNoEffect) {
  Config config;
  ConfigReader reader(config, Files());
  ConfigFileError error;
  ASSERT_TRUE(reader.read("port 1\nsyslog-enabled yes\ndisable-thp yes\ndynamic-hz no", &error));
  EXPECT_EQ(reader.without_effect(), (std::vector<std::string>{"syslog-enabled", "dynamic-hz"}));
  for (const char* name : {"sanitize-dump-payload", "active-expire-effort", "oom-score-adj",
                           "rdb-del-sync-files", "lazyfree-lazy-user-del"}) {
    EXPECT_TRUE(Config::is_without_effect(name)) << name;
  }
  EXPECT_FALSE(Config::is_without_effect("rdbcompression"));
}

std::string options(std::vector<std::string_view> args) { return parse_command_line(args).options; }

TEST(CommandLine, TurnsOptionsIntoLines) {
  EXPECT_EQ(options({"--port", "6380", "--bind", "a", "b"}), "port \"6380\" \nbind \"a\" \"b\" ");
  EXPECT_EQ(options({"--port", "--loglevel", "verbose"}), "port \"--loglevel\" \"verbose\" ");
  EXPECT_EQ(options({"--port", "--bla", "--loglevel", "x"}), "port \"--bla\" \nloglevel \"x\" ");
  EXPECT_EQ(options({"--maxmemory 1mb", "--hz 5"}), "maxmemory 1mb \nhz 5 ");
  EXPECT_EQ(options({"--save", "--hz", "5"}), "save \"\"\nhz \"5\" ");
  EXPECT_EQ(options({"--hz", "5", "--save"}), "hz \"5\" \nsave \"\"");
  EXPECT_EQ(options({"--save", "", "--hz", "5"}), "save \"\" \nhz \"5\" ");
}

TEST(CommandLine, FindsTheFileAndStandardInput) {
  std::vector<std::string_view> file = {"my.conf", "loglevel", "verbose", "-"};
  CommandLine line = parse_command_line(file);
  EXPECT_EQ(line.config_file, "my.conf");
  EXPECT_TRUE(line.read_stdin);
  EXPECT_EQ(line.options, "\"loglevel\" \"verbose\" ");
  std::vector<std::string_view> minus = {"-", "--port", "-"};
  EXPECT_TRUE(parse_command_line(minus).read_stdin);
  EXPECT_EQ(parse_command_line(minus).config_file, "");
}

TEST(ConfigRewrite, KeepsCommentsAndOrderAndAddsWhatChanged) {
  Config config;
  std::string old_text =
      "# my server\nport 6379\n\n\nslave-priority 5\nsave 1 1\nsave 2 2\nrenamed \"x\nhz 20\n";
  config.edit().hz = 10;
  std::string error;
  ASSERT_TRUE(config.set("maxmemory", "3mb", &error));
  ASSERT_TRUE(config.set("replica-priority", "7", &error));
  ASSERT_TRUE(config.set("save", "100 5", &error));
  EXPECT_EQ(rewrite_config(config, Users(), old_text, false),
            "# my server\nport 6379\n\nreplica-priority 7\nsave 100 5\n\n# ??? renamed \"x\n"
            "hz 10\n# Generated by CONFIG REWRITE\nmaxmemory 3mb\n"
            "user default on nopass sanitize-payload ~* &* +@all\n");
}

// Whatever is set comes back from its own text, with every directive written.
TEST(ConfigRewrite, ReadsBackAsItWas) {
  Config config;
  std::string error;
  const char* const kChanges[][2] = {
      {"save", ""},
      {"shutdown-on-sigterm", "nosave now"},
      {"requirepass", "with \"quotes\" and \x01"},
      {"client-output-buffer-limit", "replica 3mb 5 7"},
      {"latency-tracking-info-percentiles", ""},
      {"bind", ""},
      {"maxmemory-clients", "7%"},
      {"notify-keyspace-events", "KEA"},
      {"maxmemory-policy", "volatile-ttl"},
      {"oom-score-adj-values", "1 2 3"},
  };
  for (auto& change : kChanges) ASSERT_TRUE(config.set(change[0], change[1], &error)) << error;
  std::string text = rewrite_config(config, Users(), "", true);
  Config again;
  EXPECT_EQ(read(again, text), "");
  for (const config::Row& row : config::rows()) {
    EXPECT_EQ(again.text(row.name), config.text(row.name)) << row.name;
  }
  EXPECT_EQ(rewrite_config(again, Users(), text, false), text);
}

}  // namespace
}  // namespace redstart
