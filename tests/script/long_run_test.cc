#include <gtest/gtest.h>

#include "engine/scripting.h"
#include "script/script_commands.h"
#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// Each look at it takes a millisecond: scripts become long without a test's becoming slow.
class HurryingClock final : public Clock {
 public:
  int64_t wall_us() const override { return 1700000000000000 + mono_us(); }
  int64_t mono_us() const override { return now_us_ += 1000; }

 private:
  mutable int64_t now_us_ = 0;
};

// While a script runs for long, another client has its say.
class LongRun : public testing::Test {
 protected:
  LongRun() {
    quiet.set_level(LogLevel::kNothing);
    engine = std::make_unique<Engine>(
        EngineOptions{.clock = &clock, .log = &quiet, .seed = 7, .settings = {}});
    add_all_commands(*engine);
    add_script_commands(*engine);
    client = std::make_unique<TestClient>(*engine);
    other = std::make_unique<TestClient>(*engine);
    client->run("CONFIG SET busy-reply-threshold 20");
    engine->host().serve_others = [this] {
      for (const std::string& line : said) heard.push_back(other->run(line));
      said.clear();
      if (!at_last.empty()) heard.push_back(other->run(at_last));
    };
  }

  HurryingClock clock;
  Log quiet;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<TestClient> client, other;
  std::vector<std::string> said, heard;
  std::string at_last;  // each time
};

TEST_F(LongRun, IsKilled) {
  said = {"GET k", "PING", "FUNCTION KILL", "FUNCTION STATS", "MULTI", "SET a 1", "DISCARD",
          "SCRIPT KILL"};
  const std::string busy =
      "(error) BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN "
      "NOSAVE.";
  const std::string answer = client->run({"EVAL", "while true do end", "0"});
  EXPECT_EQ(answer.substr(0, 63), "(error) ERR Script killed by user with SCRIPT KILL... script: 6");
  EXPECT_EQ(heard, (std::vector<std::string>{busy, busy, busy, busy, "OK", busy, "OK", "OK"}));
  EXPECT_EQ(other->run("PING"), "PONG");
}

TEST_F(LongRun, NoPcallHoldsIt) {
  at_last = "SCRIPT KILL";
  const std::string answer = client->run(
      {"EVAL", "while true do pcall(function() while true do end end) end", "0"});
  EXPECT_NE(answer.find("Script killed by user"), std::string::npos);
}

TEST_F(LongRun, AfterAWriteItCannotBeKilled) {
  said = {"SCRIPT KILL"};
  EXPECT_EQ(client->run({"EVAL", "redis.call('SET', 'k', 1) for i = 1, 2e6 do end return 1", "0"}),
            "1");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].substr(0, 61), "(error) UNKILLABLE Sorry the script already executed write co");
}

TEST_F(LongRun, AFunctionIsKilledByItsOwnWord) {
  client->run({"FUNCTION", "LOAD",
               "#!lua name=lib\nredis.register_function('f', function() while true do end end)"});
  said = {"GET k", "SCRIPT KILL", "FUNCTION STATS", "FUNCTION KILL"};
  const std::string answer = client->run("FCALL f 0");
  const std::string busy =
      "(error) BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN "
      "NOSAVE.";
  EXPECT_EQ(answer, "(error) ERR Script killed by user with SCRIPT KILL... script: f, on "
                    "@user_function:2.");
  ASSERT_EQ(heard.size(), 4u);
  EXPECT_EQ(heard[0], busy);
  EXPECT_EQ(heard[1], busy);
  EXPECT_EQ(heard[2].substr(0, 70),
            "[\"running_script\", [\"name\", \"f\", \"command\", [\"FCALL\", \"f\", \"0\"], \"dura");
  EXPECT_EQ(heard[3], "OK");
}

TEST_F(LongRun, ExecIsThrownAwayMeanwhile) {
  other->run("MULTI");
  other->run("SET a 1");
  said = {"EXEC", "SCRIPT KILL"};
  client->run({"EVAL", "while true do end", "0"});
  EXPECT_EQ(heard[0],
            "(error) EXECABORT Transaction discarded because of: BUSY Redis is busy running a "
            "script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
  EXPECT_EQ(other->run("EXEC"), "(error) ERR EXEC without MULTI");
}

TEST_F(LongRun, LoadingALibraryHasItsTime) {
  EXPECT_NE(client->run({"FUNCTION", "LOAD", "#!lua name=lib\nwhile true do end"})
                .find("FUNCTION LOAD timeout"),
            std::string::npos);
}

// The clock goes on; a script does not see it, and others do.
TEST_F(LongRun, TimeStandsStill) {
  EXPECT_EQ(client->run({"EVAL",
                         "local a, b = redis.call('TIME'), redis.call('TIME') "
                         "return a[1] == b[1] and a[2] == b[2]",
                         "0"}),
            "1");
  other->run("SET old v PX 40");
  said = {"SET k v PX 1", "MULTI"};
  // The others come in after 20 ms of the script; then its own keys live on.
  EXPECT_EQ(client->run({"EVAL",
                         "redis.call('SET', 'mine', 'v', 'PX', 1) for i = 1, 1e6 do end "
                         "return {redis.call('EXISTS', 'mine', 'old'), redis.call('PTTL', 'mine')}",
                         "0"}),
            "[2, 1]");
  EXPECT_EQ(heard.size(), 2u);
  engine->begin_turn();
  EXPECT_EQ(client->run("EXISTS mine"), "0");
}

TEST_F(LongRun, MemoryIsBounded) {
  const std::string answer = client->run(
      {"EVAL", "local t = {} while true do t[#t + 1] = string.rep('x', 1e6) .. #t end", "0"});
  EXPECT_NE(answer.find("not enough memory"), std::string::npos) << answer;
  // The pieces of a program count before it is compiled.
  const std::string pieces = client->run(
      {"EVAL", "load(function() return 'x = [[' .. string.rep('y', 1e6) .. ']]' end)", "0"});
  EXPECT_NE(pieces.find("not enough memory"), std::string::npos) << pieces;
  EXPECT_EQ(client->run({"EVAL", "return 1", "0"}), "1");
}

}  // namespace
}  // namespace redstart
