#include "http/auth.h"

#include "base/ascii.h"
#include "base/digest.h"
#include "security/users.h"

namespace redstart {

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (equals_fold(authorization.substr(0, kScheme.size()), kScheme)) {
    authorization.remove_prefix(kScheme.size());
  }
  const size_t first = authorization.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view() : authorization.substr(first);
}

const User* user_of_token(std::string_view token, const HttpTokens& tokens, const Users& users) {
  if (token.empty()) return nullptr;
  // Both are always compared, so that the time says nothing about either.
  const bool full = equals_constant_time(token, tokens.full);
  const bool read_only = equals_constant_time(token, tokens.read_only);
  if (!full && !read_only) return users.open_rest_token(token);
  const User* user = full ? &users.default_user() : users.find(kReadOnlyUser);
  return user && user->enabled ? user : nullptr;
}

}  // namespace redstart
