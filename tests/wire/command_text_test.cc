#include "wire/command_text.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(CommandText, CountsItsWordsAndTheirBytes) {
  std::string text = "+OK\r\n";
  const std::string_view words[] = {"SET", "", std::string_view("a\0\r\n", 4), "twelve bytes"};
  append_command(&text, words);
  EXPECT_EQ(text, std::string_view("+OK\r\n*4\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\0\r\n\r\n$12\r\n"
                                   "twelve bytes\r\n",
                                   53));
}

}  // namespace
}  // namespace redstart
