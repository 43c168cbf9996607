#include "http/auth.h"

#include <gtest/gtest.h>

#include "security/users.h"

namespace redstart {
namespace {

TEST(Auth, TokenOfTheHeader) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc"), "abc");
  EXPECT_EQ(bearer_token("abc"), "abc");
  EXPECT_EQ(bearer_token("Bearer "), "");
  EXPECT_EQ(bearer_token(""), "");
}

TEST(Auth, ATokenIsAUser) {
  const HttpTokens tokens = {"full", "ro"};
  Users users;
  const auto opens = [&](std::string_view token) {
    const User* user = user_of_token(token, tokens, users);
    return user ? user->name : "nobody";
  };
  EXPECT_EQ(opens("full"), "default");
  EXPECT_EQ(opens("ro"), "nobody") << "there is no such user";
  users.put(User::of_power(kReadOnlyUser));
  EXPECT_EQ(opens("ro"), "default_ro");
  EXPECT_EQ(opens("ful"), "nobody");
  EXPECT_EQ(opens(""), "nobody");
  EXPECT_EQ(user_of_token("", HttpTokens{}, users), nullptr) << "no token opens nothing";
  users.default_user().enabled = false;
  EXPECT_EQ(opens("full"), "nobody");
}

TEST(Auth, TokensOfUsers) {
  Users users;
  User& alice = users.put(User::of_power("alice"));
  alice.set_password("secret");
  const std::string token = users.rest_token("alice", "secret");
  EXPECT_EQ(user_of_token(token, {"full", "ro"}, users), &alice);
  EXPECT_EQ(users.rest_token("alice", "wrong"), "");
  EXPECT_EQ(users.rest_token("nobody", "secret"), "");
  EXPECT_EQ(token.find("secret"), std::string::npos);
  for (size_t i = 0; i < token.size(); i++) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(user_of_token(other, {"full", "ro"}, users), nullptr) << i;
  }
  alice.enabled = false;
  EXPECT_EQ(user_of_token(token, {"full", "ro"}, users), nullptr);
  alice.enabled = true;
  alice.set_password("changed");
  EXPECT_EQ(user_of_token(token, {"full", "ro"}, users), nullptr);
}

}  // namespace
}  // namespace redstart
