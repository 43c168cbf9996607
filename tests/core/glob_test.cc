#include "core/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(Glob, Patterns) {
  const struct {
    const char* pattern;
    const char* text;
    bool matches;
  } cases[] = {
      {"", "", true},
      {"", "a", false},
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"abc", "ab", false},
      {"*", "a", true},
      {"a*", "a", true},
      {"a**", "a", true},
      {"*a", "ba", true},
      {"*a", "ab", false},
      {"a*c", "abcabc", true},
      {"*b*", "abc", true},
      {"a*b*c", "axbxb", false},
      {"?", "a", true},
      {"?", "", false},
      {"a?c", "abc", true},
      {"h[ae]llo", "hello", true},
      {"h[ae]llo", "hillo", false},
      {"h[^e]llo", "hello", false},
      {"h[^e]llo", "hallo", true},
      {"[a-c]", "b", true},
      {"[c-a]", "b", true},
      {"[a-c]", "d", false},
      {"[a-c-e]", "-", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"[\\]]", "]", true},
      {"[\\\\-a]", "\\", true},
      {"user:*:name", "user:17:name", true},
      {"user:*:name", "user:17:age", false},
      {"A", "a", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(glob_match(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
  }
}

// Each answer is that of redis-server's own matcher.
TEST(Glob, OdditiesOfRedis) {
  const struct {
    const char* pattern;
    const char* text;
    bool matches;
  } cases[] = {
      {"*", "", false},  // only after something matched may a star stand for nothing
      {"[", "[", false},   {"[a", "a", true},       {"[a-", "a", true},   {"[a-", "-", true},
      {"[a-z", "q", true}, {"[^", "x", true},       {"[]", "]", false},   {"[]a]", "a", false},
      {"[a-]", "]", true}, {"[a-]x", "x", true},    {"a\\", "a\\", true}, {"[\\", "\\", true},
      {"[!a]", "!", true}, {"[z-\xff]", "a", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(glob_match(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
  }
}

TEST(Glob, FoldsLettersExceptEscapedInClasses) {
  EXPECT_TRUE(glob_match_fold("MaxMemory*", "maxmemory-policy"));
  EXPECT_TRUE(glob_match_fold("[A-C]X", "bx"));
  EXPECT_TRUE(glob_match_fold("\\A", "a"));
  EXPECT_FALSE(glob_match_fold("[\\A]", "a"));
}

TEST(Glob, ManyStarsEndSoon) {
  std::string pattern;
  for (int i = 0; i < 30; i++) pattern += "a*";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(5000, 'a')));
  EXPECT_TRUE(glob_match(pattern + "b", std::string(5000, 'a') + "b"));
}

TEST(Glob, ThousandStarsAreTheLimit) {
  const auto starred = [](int count) {
    std::string pattern;
    for (int i = 0; i < count; i++) pattern += "*a";
    return pattern;
  };
  const std::string text(2000, 'a');
  EXPECT_TRUE(glob_match(starred(1000), text));
  EXPECT_TRUE(glob_match(starred(1000) + "*", text));
  EXPECT_FALSE(glob_match(starred(1001), text));
}

}  // namespace
}  // namespace redstart
