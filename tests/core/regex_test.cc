#include "core/regex.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(Regex, Searches) {
  struct Case {
    std::string_view pattern, text;
    bool found;
  };
  const Case cases[] = {
      {"", "", true},
      {"", "x", true},
      {"b", "abc", true},
      {"^b", "abc", false},
      {"^a", "abc", true},
      {"c$", "abc", true},
      {"b$", "abc", false},
      {"^$", "", true},
      {"^$", "a", false},
      {"a.c", "abc", true},
      {"a.c", "a\nc", false},
      {"(?s)a.c", "a\nc", true},
      {"^a.c$",
       "a\xc3\xa9"
       "c",
       true},  // one character of two bytes
      {"ab*c", "ac", true},
      {"ab*c", "abbbc", true},
      {"ab+c", "ac", false},
      {"ab?c", "abbc", false},
      {"a{3}", "aa", false},
      {"a{3}", "aaa", true},
      {"^a{2,3}$", "aaaa", false},
      {"^a{2,}$", "aaaa", true},
      {"^a{0}$", "", true},
      {"^(ab|cd)+$", "abcdab", true},
      {"^(ab|cd)+$", "abca", false},
      {"^(?:a|)b$", "b", true},
      {"^(?P<year>\\d{4})-(?<m>\\d\\d)$", "2026-11", true},
      {"^\\w+$", "Ab_9\xc3\xa9", true},
      {"\\W", "abc", false},
      {"\\D", "123", false},
      {"\\s", "a\tb", true},
      {"\\S", " \t\r\n", false},
      {"[a-c]", "xbx", true},
      {"[^a-c]", "abc", false},
      {"[^a-c]", "abcd", true},
      {"[]a]", "]", true},
      {"[a-]", "-", true},
      {"[\\d.]+$", "1.5", true},
      {"[\\]\\\\]", "\\", true},
      {"^[[:alpha:]]+$", "Word", true},
      {"^[[:digit:]x]+$", "1x2", true},
      {"(?i)HELLO", "say hello", true},
      {"(?i)[a-c]+$", "ABC", true},
      {"h(?i:E)llo", "hEllo", true},
      {"h(?i:E)llo", "HEllo", false},
      {"(?i)a(?-i)b", "Ab", true},
      {"(?i)a(?-i)b", "AB", false},
      {"(?m)^b$", "a\nb\nc", true},
      {"^b$", "a\nb\nc", false},
      {"\\bcat\\b", "a cat.", true},
      {"\\bcat\\b", "concatenate", false},
      {"\\Bcat", "concat", true},
      {"\\Aa\\z", "a", true},
      {"a\\.b", "axb", false},
      {"\\x41\\u0042\\x{43}", "ABC", true},
      {"\\u{1F600}", "\xf0\x9f\x98\x80", true},
      {"(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false},
      {"a|b|c", "xxc", true},
      {"a|", "zzz", true},
      {"a+?b", "aab", true},
      {"x*", "", true},
  };
  for (const Case& c : cases) {
    Regex regex;
    ASSERT_TRUE(regex.compile(c.pattern)) << c.pattern;
    EXPECT_EQ(regex.search(c.text), c.found) << c.pattern << " in " << c.text;
  }
}

TEST(Regex, RefusesWhatIsNone) {
  for (std::string_view pattern :
       {"(",      ")",     "[",          "[a",   "a{2",    "a{2,1}",       "a{1001}", "*",
        "+a",     "?",     "{",          "\\",   "\\p{L}", "\\q",          "(?x)a",   "(?P<a",
        "(?z:a)", "[b-a]", "[[:nope:]]", "\\x4", "\\u{}",  "\\u{1234567}", "(?=a)", "\\x\x10\x10",   "(?!a)"}) {
    Regex regex;
    EXPECT_FALSE(regex.compile(pattern)) << pattern;
    EXPECT_FALSE(regex.search("a")) << pattern;
  }
}

TEST(Regex, IsBounded) {
  Regex regex;
  EXPECT_FALSE(regex.compile("((((a{100}){100}){100}){100}){100}"));
  EXPECT_FALSE(regex.compile(std::string(100, '(') + "a" + std::string(100, ')')));
  EXPECT_FALSE(regex.compile("a" + std::string(100000, '*')));
  EXPECT_TRUE(regex.compile("(((((){1000}){1000}){1000}){1000}){1000}"));
  EXPECT_TRUE(regex.search(""));
  // Exponential for those that try one way after the other.
  ASSERT_TRUE(regex.compile("^(a|a|aa)*$"));
  EXPECT_FALSE(regex.search(std::string(5000, 'a') + "b"));
}

}  // namespace
}  // namespace redstart
