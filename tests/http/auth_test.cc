#include "http/auth.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(Auth, TokenOfTheHeader) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc"), "abc");
  EXPECT_EQ(bearer_token("abc"), "abc");
  EXPECT_EQ(bearer_token("Bearer "), "");
  EXPECT_EQ(bearer_token(""), "");
}

TEST(Auth, Access) {
  const HttpTokens tokens = {"full", "ro"};
  EXPECT_EQ(check_token("full", tokens), Access::kFull);
  EXPECT_EQ(check_token("ro", tokens), Access::kReadOnly);
  EXPECT_EQ(check_token("ful", tokens), Access::kNone);
  EXPECT_EQ(check_token("", HttpTokens{}), Access::kNone) << "no token opens nothing";
}

}  // namespace
}  // namespace redstart
