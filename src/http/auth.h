// Who may ask: tokens as clients present them, compared in constant time.
#pragma once

#include <cstdint>
#include <string_view>

namespace redstart {

enum class Access : uint8_t { kNone, kFull, kReadOnly };

struct HttpTokens {
  std::string_view full, read_only;  // empty: nobody has that access
};

// The token in an Authorization header's value: "Bearer T", or T alone.
std::string_view bearer_token(std::string_view authorization);

Access check_token(std::string_view token, const HttpTokens& tokens);

}  // namespace redstart
