#include "wire/errors.h"

#include <gtest/gtest.h>

#include <vector>

namespace redstart {
namespace {

TEST(Errors, UnknownCommand) {
  const std::vector<std::string_view> args = {"a", "b\nc"};
  EXPECT_EQ(err::unknown_command("foo", args),
            "ERR unknown command 'foo', with args beginning with: 'a' 'b c' ");
  EXPECT_EQ(err::unknown_command("foo", {}),
            "ERR unknown command 'foo', with args beginning with: ");
}

TEST(Errors, WhatAClientSentIsCut) {
  const std::string x200(200, 'x'), x128(128, 'x');
  const std::vector<std::string_view> args = {"ab", x200, "never"};
  EXPECT_EQ(err::unknown_command(x200, args), "ERR unknown command '" + x128 +
                                                  "', with args beginning with: 'ab' '" +
                                                  x200.substr(0, 123) + "' ");
  EXPECT_EQ(err::unknown_command(std::string_view("a\0b", 3), {}),
            "ERR unknown command 'a', with args beginning with: ");
}

TEST(Errors, UnknownSubcommand) {
  EXPECT_EQ(err::unknown_subcommand("client", "F\roo"),
            "ERR unknown subcommand 'F oo'. Try CLIENT HELP.");
  EXPECT_EQ(err::misused_subcommand("slowlog", "GET"),
            "ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.");
}

}  // namespace
}  // namespace redstart
