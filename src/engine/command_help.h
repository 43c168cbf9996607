// The answer of "<CONTAINER> HELP": a headline, the given lines, and HELP itself.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/command.h"
#include "wire/reply.h"

namespace redstart {

struct Context;

inline void answer_help(Reply& reply, std::string_view container,
                        std::span<const std::string_view> lines) {
  reply.array(lines.size() + 3);
  reply.status(std::string(container) +
               " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (std::string_view line : lines) reply.status(line);
  reply.status("HELP");
  reply.status("    Print this help.");
}

// The handler of a container's HELP row: what its other rows say about themselves.
void container_help(Context& c);

// The row of a container's HELP.
constexpr CommandSpec help_row(Group group, std::string_view since, uint32_t acl = 0,
                               uint32_t more_flags = 0) {
  return {.name = "help",
          .arity = 2,
          .flags = kLoading | kStale | more_flags,
          .acl = acl,
          .group = group,
          .summary = "Prints this help.",
          .since = since,
          .run = container_help};
}

// What a container answers to words that make no sense to its subcommand.
void answer_subcommand_syntax(Context& c);

}  // namespace redstart
