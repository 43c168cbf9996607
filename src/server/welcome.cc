#include "server/welcome.h"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/version.h"
#include "engine/config.h"
#include "server/token.h"

namespace redstart {

namespace {

// An address that a client on this machine can use.
std::string url_host(const std::string& bind) {
  std::string host = bind.substr(0, bind.find(' '));
  if (!host.empty() && host[0] == '-') host.erase(0, 1);
  if (host.empty() || host == "*" || host == "0.0.0.0") return "127.0.0.1";
  if (host == "::*" || host == "::") return "[::1]";
  return host.find(':') == host.npos ? host : "[" + host + "]";
}

void add_resp(const Settings& s, int port, std::vector<std::string>* lines) {
  const std::string at = url_host(s.bind) + ":" + std::to_string(port);
  const std::string password = s.requirepass.empty() ? "" : " -a <password>";
  const std::string port_flag = port == 6379 ? "" : " -p " + std::to_string(port);
  lines->push_back("Redis protocol: redis://" + at);
  lines->push_back("    redis-cli" + port_flag + password + " PING");
}

void add_http(const Settings& s, const std::string& token, int port,
              std::vector<std::string>* lines) {
  const std::string url =
      "http://" + url_host(s.http_bind.empty() ? s.bind : s.http_bind) + ":" + std::to_string(port);
  lines->push_back("REST API: " + url + ", for your .env:");
  lines->push_back("    UPSTASH_REDIS_REST_URL=\"" + url + "\"");
  lines->push_back("    UPSTASH_REDIS_REST_TOKEN=\"" + token + "\"");
  lines->push_back("    curl -H \"Authorization: Bearer " + token + "\" " + url + "/ping");
}

// A log file outlives the moment and is read by others: a token that can be found elsewhere is not
// written to it.
std::string shown_token(const Settings& s, const Token& token) {
  if (s.logfile.empty() || token.origin == Token::Origin::kNew) return token.text;
  return token.origin == Token::Origin::kKept ? "<see " + token_path(s.dir) + ">"
                                              : "<as configured>";
}

}  // namespace

void welcome(Log& log, const Settings& s, const Token& token, const WelcomePlaces& places) {
  std::vector<std::string> lines;
  // Test harnesses look for this PID.
  lines.push_back("Redstart " + std::string(kRedstartVersion) + ", standalone mode, port " +
                  std::to_string(s.port) + ", PID: " + std::to_string(getpid()));
  if (places.resp_port >= 0) add_resp(s, places.resp_port, &lines);
  if (places.http_port >= 0) add_http(s, shown_token(s, token), places.http_port, &lines);
  if (!places.terminal) {
    for (const std::string& line : lines) log.notice(line);
    return;
  }
  printf("\n");
  for (const std::string& line : lines) printf("  %s\n", line.c_str());
  printf("\n");
  fflush(stdout);
}

}  // namespace redstart
