#include "http/auth.h"

#include "base/ascii.h"
#include "base/digest.h"

namespace redstart {

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (equals_fold(authorization.substr(0, kScheme.size()), kScheme)) {
    authorization.remove_prefix(kScheme.size());
  }
  const size_t first = authorization.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view() : authorization.substr(first);
}

Access check_token(std::string_view token, const HttpTokens& tokens) {
  if (token.empty()) return Access::kNone;
  // Both are always compared, so that the time says nothing about either.
  const bool full = equals_constant_time(token, tokens.full);
  const bool read_only = equals_constant_time(token, tokens.read_only);
  return full ? Access::kFull : read_only ? Access::kReadOnly : Access::kNone;
}

}  // namespace redstart
