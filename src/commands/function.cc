// FUNCTION, as far as a server without scripts can answer it: there are no functions, and deleting
// all of them succeeds.
#include "commands/families.h"
#include "commands/help.h"
#include "engine/arg_reader.h"
#include "engine/context.h"

namespace redstart {
namespace {

void function_flush(Context& c) {
  ArgReader a(c.args, 2);
  if (a.more() && !a.flag("ASYNC") && !a.flag("SYNC")) {
    a.fail("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  if (!a.done()) return c.reply.error(a.error());
  c.reply.ok();
}
constexpr CommandSpec kFlush = {.name = "flush",
                                .arity = -2,
                                .flags = kWrite | kNoScript,
                                .group = Group::kScripting,
                                .args = "[ASYNC|SYNC]",
                                .summary = "Deletes all functions.",
                                .since = "7.0.0",
                                .complexity = "O(N), N being the functions",
                                .tips = "request_policy:all_shards,response_policy:all_succeeded",
                                .run = function_flush};

void function_list(Context& c) { c.reply.array(0); }
constexpr CommandSpec kList = {.name = "list",
                               .arity = -2,
                               .flags = kNoScript,
                               .group = Group::kScripting,
                               .args = "[LIBRARYNAME library-name-pattern] [WITHCODE]",
                               .summary = "Lists the libraries of functions: none.",
                               .since = "7.0.0",
                               .complexity = "O(N), N being the functions",
                               .tips = "nondeterministic_output_order",
                               .run = function_list};

constexpr CommandSpec kHelp = {.name = "help",
                               .arity = 2,
                               .flags = kLoading | kStale,
                               .group = Group::kScripting,
                               .summary = "Prints this help.",
                               .since = "7.0.0",
                               .run = container_help};

constexpr const CommandSpec* kSubcommands[] = {&kFlush, &kHelp, &kList};

constexpr CommandSpec kFunction = {.name = "function",
                                   .arity = -2,
                                   .group = Group::kScripting,
                                   .summary = "Functions, of which there are none yet.",
                                   .since = "7.0.0",
                                   .complexity = "Depends on the subcommand.",
                                   .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kFunction};

}  // namespace

std::span<const CommandSpec* const> function_commands() { return kFamily; }

}  // namespace redstart
