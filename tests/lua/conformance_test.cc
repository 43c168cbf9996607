// The scripts in conformance/, each about one part of the language: what they print stands at their
// end, in lines that begin with "-->". The same scripts with the n-th allocation refused, for every n.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/lua/runner.h"

namespace redstart::lua {
namespace {

struct Script {
  std::string name, source, expected;
};

std::vector<Script> scripts() {
  std::vector<Script> all;
  for (const auto& entry : std::filesystem::directory_iterator(REDSTART_LUA_CONFORMANCE)) {
    Script script;
    script.name = entry.path().filename().string();
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    script.source = text.str();
    std::string line;
    while (std::getline(text, line)) {
      if (line == "-->") script.expected += '\n';
      if (line.starts_with("--> ")) script.expected += line.substr(4) + '\n';
    }
    all.push_back(std::move(script));
  }
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.name < b.name; });
  return all;
}

TEST(Conformance, EachScriptPrintsWhatItSays) {
  const std::vector<Script> all = scripts();
  ASSERT_GT(all.size(), 20u);
  for (const Script& script : all) {
    SCOPED_TRACE(script.name);
    ASSERT_FALSE(script.expected.empty());
    Machine machine;
    EXPECT_EQ(machine.run(script.source, "@" + script.name), "nil");
    EXPECT_EQ(machine.output, script.expected);
  }
}

TEST(Conformance, ACompiledFunctionRunsAgainAndAgain) {
  for (const Script& script : scripts()) {
    if (script.name == "load.lua" || script.name == "varargs.lua" ||
        script.name == "math_library.lua" || script.name == "tail_calls.lua") {
      continue;  // these define globals that they also expect to be absent, or draw random numbers
    }
    SCOPED_TRACE(script.name);
    Machine machine;
    Root function(machine.state);
    ASSERT_TRUE(machine.state.compile(script.source, "@" + script.name, &function.value));
    for (int i = 0; i < 3; i++) {
      machine.output.clear();
      Value result;
      ASSERT_TRUE(machine.state.call(function.value, {}, &result));
      EXPECT_EQ(machine.output, script.expected);
      machine.state.collect();
    }
  }
}

// A refused allocation ends in "not enough memory", caught by the script or not, and the machine
// works on.
TEST(Conformance, EveryAllocationMayFail) {
  for (const Script& script : scripts()) {
    // These are about large numbers of objects; what they add is only time.
    if (script.name == "gc.lua" || script.name == "stack_limits.lua") continue;
    SCOPED_TRACE(script.name);
    uint64_t step = 1;
    for (uint64_t n = 1;; n += step) {
      if (n > 600) step = 37;
      if (n > 8000) step = 1009;
      Machine machine;
      machine.state.heap().refuse_allocation(n);
      const std::string outcome = machine.run(script.source, "@" + script.name);
      if (machine.state.heap().refusal_pending()) break;
      if (outcome != "nil") {
        // A script that expects something else of a pcall may fail over it, in its own words.
        EXPECT_TRUE(outcome.starts_with("error: ")) << n << outcome;
      }
      machine.state.heap().refuse_allocation(0);
      machine.run("");  // clears what is still to be raised
      EXPECT_EQ(machine.run("local t = {} for i = 1, 10 do t[i] = i .. '' end return #t"), "10");
    }
  }
}

}  // namespace
}  // namespace redstart::lua
