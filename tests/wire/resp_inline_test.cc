#include "wire/resp_inline.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

std::string split(std::string_view line) {
  std::vector<std::string> words;
  if (!split_inline(line, &words)) return "unbalanced";
  std::string joined;
  for (const std::string& word : words) joined += "[" + word + "]";
  return joined;
}

TEST(RespInline, Words) {
  EXPECT_EQ(split(""), "");
  EXPECT_EQ(split(" \t "), "");
  EXPECT_EQ(split("  set  k\tv "), "[set][k][v]");
  EXPECT_EQ(split(std::string_view("a\0b", 3)), "[a]");
}

TEST(RespInline, DoubleQuotes) {
  EXPECT_EQ(split("\"a b\" \"\""), "[a b][]");
  EXPECT_EQ(split(R"("\n\r\t\b\a\x41\q\"\\")"), "[\n\r\t\b\aAq\"\\]");
  EXPECT_EQ(split(R"("\xzz\x4")"), "[xzzx4]");
  EXPECT_EQ(split("ab\"c d\""), "[abc d]");
}

TEST(RespInline, SingleQuotes) { EXPECT_EQ(split(R"('a\n' 'it\'s')"), "[a\\n][it's]"); }

TEST(RespInline, Unbalanced) {
  for (const char* line : {"\"a", "'a", "\"a\"b", "'a'b", "\"a\\", "\"\\\"", "a\"", "'\\'"}) {
    EXPECT_EQ(split(line), "unbalanced") << line;
  }
}

}  // namespace
}  // namespace redstart
