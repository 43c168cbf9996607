// Who may ask: tokens as clients present them, compared in constant time.
#pragma once

#include <string_view>

namespace redstart {

struct User;
class Users;

struct HttpTokens {
  std::string_view full, read_only;  // empty: it opens nothing
};

// The token in an Authorization header's value: "Bearer T", or T alone.
std::string_view bearer_token(std::string_view authorization);

// Whom a token opens the door as: `default`, the user of the read-only token, or the one whom ACL
// RESTTOKEN gave it to. Null: nobody.
const User* user_of_token(std::string_view token, const HttpTokens& tokens, const Users& users);

}  // namespace redstart
