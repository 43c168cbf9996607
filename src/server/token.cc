#include "server/token.h"

#include <cstdlib>

#include "base/random.h"
#include "server/files.h"

namespace redstart {

namespace {

// 240 bits in an alphabet that survives URLs, shells and JSON.
std::string random_token() {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string token;
  while (token.size() < 40) {
    uint64_t bits = secure_seed();
    for (int i = 0; i < 10; i++, bits >>= 6) token.push_back(kAlphabet[bits & 63]);
  }
  return token;
}

}  // namespace

std::string token_path(const std::string& dir) { return dir + "/redstart.token"; }

Token find_token(const std::string& given, bool use_environment, const std::string& dir) {
  if (!given.empty()) return {given, Token::Origin::kGiven};
  const char* environment = getenv("UPSTASH_REDIS_REST_TOKEN");
  if (use_environment && environment && *environment) {
    return {environment, Token::Origin::kEnvironment};
  }
  Token token;
  std::string error;
  if (!dir.empty() && read_file(token_path(dir), &token.text, &error)) {
    while (!token.text.empty() && token.text.back() <= ' ') token.text.pop_back();
    token.origin = Token::Origin::kKept;
    if (!token.text.empty()) return token;
  }
  token = {random_token(), Token::Origin::kNew};
  if (!dir.empty() && write_file(token_path(dir), token.text + "\n", 0600, Durable::kNo, &error)) {
    token.origin = Token::Origin::kKept;
  }
  return token;
}

}  // namespace redstart
