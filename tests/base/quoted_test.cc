#include "base/quoted.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

using Words = std::vector<std::string>;

Words split(std::string_view line) {
  Words words;
  EXPECT_TRUE(split_quoted(line, &words)) << line;
  return words;
}

TEST(Quoted, SplitsAtBlanksAndHonoursQuotes) {
  EXPECT_EQ(split("  set  key\tvalue \r\n"), (Words{"set", "key", "value"}));
  EXPECT_EQ(split(R"(save "" 'a b')"), (Words{"save", "", "a b"}));
  EXPECT_EQ(split(R"("\x41\n\q" '\'\n' a\n)"), (Words{"A\nq", "'\\n", "a\\n"}));
  EXPECT_EQ(split(R"(ab"c d")"), (Words{"abc d"}));
  EXPECT_TRUE(split("   ").empty());
}

TEST(Quoted, RefusesUnbalancedQuotes) {
  Words words;
  for (const char* line : {"\"a", "'a", "\"a\"b", "'a'b", "a \"", "\"a\\\""}) {
    EXPECT_FALSE(split_quoted(line, &words)) << line;
  }
}

TEST(Quoted, ReadsBackEveryByte) {
  std::string all;
  for (int i = 0; i < 256; i++) all += static_cast<char>(i);
  EXPECT_EQ(split(in_quotes(all)), Words{all});
  EXPECT_EQ(in_quotes("a\"\\\x01"), R"("a\"\\\x01")");
}

}  // namespace
}  // namespace redstart
