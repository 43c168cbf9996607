#include "engine/redact.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/command_table.h"

namespace redstart {
namespace {

std::string shown(std::string name, std::vector<std::string_view> args) {
  Command command;
  command.full_name = std::move(name);
  std::string out;
  for (std::string_view arg : redacted(command, args)) {
    if (!out.empty()) out += ' ';
    out += arg;
  }
  return out;
}

TEST(Redact, HidesPasswordsOnly) {
  EXPECT_EQ(shown("set", {"set", "k", "secret"}), "set k secret");
  EXPECT_EQ(shown("auth", {"auth", "user", "secret"}), "auth (redacted) (redacted)");
  EXPECT_EQ(shown("hello", {"hello", "3", "AUTH", "u", "p", "SETNAME", "n"}),
            "hello 3 AUTH (redacted) (redacted) SETNAME n");
  EXPECT_EQ(shown("hello", {"hello", "3", "AUTH", "u"}), "hello 3 AUTH u");
  EXPECT_EQ(shown("config|set", {"config", "set", "RequirePass", "p", "port", "1"}),
            "config set RequirePass (redacted) port 1");
  EXPECT_EQ(shown("migrate", {"migrate", "h", "1", "auth", "0", "9", "COPY", "AUTH", "p"}),
            "migrate h 1 auth 0 9 COPY AUTH (redacted)");
  EXPECT_EQ(shown("migrate", {"migrate", "h", "1", "", "0", "9", "AUTH2", "u", "p", "KEYS", "auth",
                              "k"}),
            "migrate h 1  0 9 AUTH2 (redacted) (redacted) KEYS auth k");
  EXPECT_EQ(shown("acl|setuser", {"acl", "setuser", "u", ">p"}),
            "acl setuser (redacted) (redacted)");
  EXPECT_EQ(shown("acl|resttoken", {"acl", "resttoken", "u", "p"}),
            "acl resttoken (redacted) (redacted)");
}

}  // namespace
}  // namespace redstart
