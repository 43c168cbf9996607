// What CLIENT, HELLO and QUIT share.
#pragma once

#include <string_view>

#include "engine/session.h"

namespace redstart {

inline constexpr std::string_view kBadClientName =
    "ERR Client names cannot contain spaces, newlines or special characters.";

// What CLIENT LIST can show without breaking its format.
inline bool is_client_word(std::string_view text) {
  for (char c : text) {
    if (c < '!' || c > '~') return false;
  }
  return true;
}

// An empty name takes the name away. REQUIRES: is_client_word(name).
inline void set_client_name(Session& session, std::string_view name) {
  if (!name.empty() || session.extras) session.need_extras().name = name;
}

// Once what has been answered is sent.
void close_after_reply(Session& session);

}  // namespace redstart
