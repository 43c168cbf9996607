#include "base/quoted.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(Quoted, EscapesWhatCannotBePrinted) {
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("a b"), "\"a b\"");
  EXPECT_EQ(in_quotes("\"\\\n\r\t\a\b"), R"("\"\\\n\r\t\a\b")");
  EXPECT_EQ(in_quotes(std::string("\x00\xff", 2)), R"("\x00\xff")");
}

}  // namespace
}  // namespace redstart
