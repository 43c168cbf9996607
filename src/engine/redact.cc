#include "engine/redact.h"

#include "base/ascii.h"
#include "engine/command_table.h"
#include "engine/config.h"

namespace redstart {
namespace {

constexpr std::string_view kRedacted = "(redacted)";

void redact_from(std::vector<std::string_view>& args, size_t first) {
  for (size_t i = first; i < args.size(); i++) args[i] = kRedacted;
}

// What follows the word AUTH: a user and a password.
void redact_login(std::vector<std::string_view>& args) {
  for (size_t i = 1; i + 2 < args.size(); i++) {
    if (!equals_fold(args[i], "auth")) continue;
    args[i + 1] = args[i + 2] = kRedacted;
    i += 2;
  }
}

// AUTH password, AUTH2 user password; what follows KEYS is data.
void redact_migration(std::vector<std::string_view>& args) {
  constexpr size_t kFirstOption = 6;
  for (size_t i = kFirstOption; i + 1 < args.size() && !equals_fold(args[i], "keys"); i++) {
    if (equals_fold(args[i], "auth")) {
      args[++i] = kRedacted;
    } else if (equals_fold(args[i], "auth2") && i + 2 < args.size()) {
      args[i + 1] = args[i + 2] = kRedacted;
      i += 2;
    }
  }
}

}  // namespace

std::vector<std::string_view> redacted(const Command& command, Args given) {
  std::vector<std::string_view> args(given.begin(), given.end());
  std::string_view name = command.full_name;
  if (name == "auth") {
    redact_from(args, 1);
  } else if (name == "hello") {
    redact_login(args);
  } else if (name == "migrate") {
    redact_migration(args);
  } else if (name == "config|set") {
    for (size_t i = 2; i + 1 < args.size(); i += 2) {
      if (Config::is_sensitive(args[i])) args[i + 1] = kRedacted;
    }
  } else if (name == "acl|setuser" || name == "acl|deluser" || name == "acl|getuser" ||
             name == "acl|resttoken") {
    redact_from(args, 2);
  }
  return args;
}

}  // namespace redstart
