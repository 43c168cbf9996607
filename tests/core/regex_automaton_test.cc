#include "core/regex_automaton.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "tests/model.h"

namespace redstart {
namespace {

bool matches(RegexAutomaton* automaton, std::string_view ascii) {
  RegexAutomaton::State state = automaton->start();
  for (const char c : ascii) state = automaton->step(state, static_cast<uint8_t>(c));
  return automaton->accepts(state);
}

bool matches(std::string_view pattern, std::string_view ascii) {
  Regex regex;
  EXPECT_TRUE(regex.compile(pattern)) << pattern;
  RegexAutomaton automaton(regex);
  const bool found = matches(&automaton, ascii);
  EXPECT_TRUE(automaton.usable()) << pattern;
  return found;
}

TEST(RegexAutomaton, MatchesTheWholeText) {
  struct Case {
    std::string_view pattern, text;
    bool found;
  };
  const Case cases[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "a", true},
      {"a", "ab", false},
      {"a", "ba", false},
      {"a|ab", "ab", true},
      {"^a$", "a", true},
      {"^^a$$", "a", true},
      {"a^b", "ab", false},
      {"a$b", "ab", false},
      {"^$", "", true},
      {"$^", "", true},
      {"(a$|ab)", "ab", true},
      {"(a$|ab)", "a", true},
      {"\\Aa\\z", "a", true},
      {".*b", "aab", true},
      {".*b", "aba", false},
      {"(?i:AB)", "aB", true},
      {"[^a-c]+", "xyz", true},
      {"[^a-c]+", "xbz", false},
      {"a{2,3}", "aaaa", false},
      {"(ab)*", "ababab", true},
      {"(ab)*", "aba", false},
  };
  for (const Case& c : cases) EXPECT_EQ(matches(c.pattern, c.text), c.found) << c.pattern;
}

TEST(RegexAutomaton, ReadsAnyCharacter) {
  Regex regex;
  ASSERT_TRUE(regex.compile("[α-ω].\U0001f600"));
  RegexAutomaton automaton(regex);
  RegexAutomaton::State state = automaton.step(automaton.start(), 0x3b2);
  EXPECT_NE(state, RegexAutomaton::kDead);
  state = automaton.step(state, 0x10ffff);
  EXPECT_FALSE(automaton.accepts(state));
  EXPECT_TRUE(automaton.accepts(automaton.step(state, 0x1f600)));
  EXPECT_EQ(automaton.step(automaton.start(), 'a'), RegexAutomaton::kDead);
  EXPECT_EQ(automaton.step(RegexAutomaton::kDead, 'a'), RegexAutomaton::kDead);
}

TEST(RegexAutomaton, SaysWhatItCannotDo) {
  for (const std::string_view pattern : {"\\ba", "a\\B", "(?m)^a", "(?m)a$"}) {
    Regex regex;
    ASSERT_TRUE(regex.compile(pattern));
    EXPECT_FALSE(RegexAutomaton(regex).usable()) << pattern;
  }
  // A state for each set of the places where an "a" was among the last 20 characters.
  Regex regex;
  ASSERT_TRUE(regex.compile(".*a.{20}"));
  RegexAutomaton automaton(regex);
  Random random(5);
  RegexAutomaton::State state = automaton.start();
  for (int i = 0; i < 100'000; i++) state = automaton.step(state, random.below(2) == 0 ? 'a' : 'b');
  EXPECT_FALSE(automaton.usable());
}

TEST(RegexAutomaton, AgreesWithRegex) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(seed);
  Random random(seed);
  static constexpr std::string_view kPieces[] = {"a", "b",    "c",     ".",     "*",
                                                 "?", "+",    "|",     "(a|b)", "^",
                                                 "$", "[^a]", "{1,2}", "(b*c)", "(?:|a)"};
  for (int round = 0; round < model_steps(1000); round++) {
    std::string pattern;
    for (uint64_t n = random.below(7); n > 0; n--)
      pattern += kPieces[random.below(std::size(kPieces))];
    Regex regex, whole;
    if (!regex.compile(pattern)) continue;
    ASSERT_TRUE(whole.compile("\\A(?:" + pattern + ")\\z"));
    RegexAutomaton automaton(regex);
    for (int i = 0; i < 20; i++) {
      std::string text;
      for (uint64_t n = random.below(7); n > 0; n--)
        text += static_cast<char>('a' + random.below(4));
      ASSERT_EQ(matches(&automaton, text), whole.search(text)) << pattern << " " << text;
    }
    ASSERT_TRUE(automaton.usable());
  }
}

}  // namespace
}  // namespace redstart
