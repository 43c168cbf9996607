// The token that opens the HTTP door: given, taken from the environment, kept from last time, or
// made up.
#pragma once

#include <string>

namespace redstart {

struct Token {
  enum class Origin { kGiven, kEnvironment, kKept, kNew };
  std::string text;
  Origin origin = Origin::kGiven;
};

// `dir` empty: a new token is not kept. One that was made up stays valid as long as its file does,
// so that a pasted .env does, too.
Token find_token(const std::string& given, bool use_environment, const std::string& dir);

std::string token_path(const std::string& dir);

}  // namespace redstart
