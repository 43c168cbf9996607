// COMMAND: the commands about themselves, out of their rows.
#include "base/ascii.h"
#include "commands/families.h"
#include "core/glob.h"
#include "engine/command_docs.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/engine.h"

namespace redstart {
namespace {

constexpr uint32_t kFlags = kLoading | kStale;

void info_of_all(Context& c) {
  auto commands = c.engine.commands().commands();
  c.reply.array(commands.size());
  for (const Command* command : commands) reply_command_info(c.reply, *command);
}

// Over HTTP the list is empty, as clients of Upstash expect it.
void command(Context& c) {
  if (c.session.dialect == Dialect::kUpstash) return c.reply.array(0);
  info_of_all(c);
}

void command_count(Context& c) {
  c.reply.integer(static_cast<int64_t>(c.engine.commands().commands().size()));
}
constexpr CommandSpec kCount = {.name = "count",
                                .arity = 2,
                                .flags = kFlags,
                                .acl = kAclConnection,
                                .group = Group::kServer,
                                .summary = "Counts the commands.",
                                .since = "2.8.13",
                                .run = command_count};

void command_info(Context& c) {
  if (c.argc() == 2) return info_of_all(c);
  c.reply.array(c.argc() - 2);
  for (std::string_view name : c.args.subspan(2)) {
    const Command* found = c.engine.commands().find_full(name);
    if (found) {
      reply_command_info(c.reply, *found);
    } else {
      c.reply.null();
    }
  }
}
constexpr CommandSpec kInfo = {.name = "info",
                               .arity = -2,
                               .flags = kFlags,
                               .acl = kAclConnection,
                               .group = Group::kServer,
                               .args = "[command-name]+",
                               .summary = "Answers flags, keys and categories of commands.",
                               .since = "2.8.13",
                               .complexity = "O(N), N being the commands asked for",
                               .tips = "nondeterministic_output_order",
                               .run = command_info};

void command_docs(Context& c) {
  std::vector<const Command*> found;
  for (std::string_view name : c.args.subspan(2)) {
    if (const Command* command = c.engine.commands().find_full(name)) found.push_back(command);
  }
  std::span<const Command* const> commands = found;
  if (c.argc() == 2) commands = c.engine.commands().commands();
  c.reply.map(commands.size());
  for (const Command* command : commands) {
    c.reply.bulk(command->full_name);
    reply_command_docs(c.reply, *command);
  }
}
constexpr CommandSpec kDocs = {.name = "docs",
                               .arity = -2,
                               .flags = kFlags,
                               .acl = kAclConnection,
                               .group = Group::kServer,
                               .args = "[command-name]+",
                               .summary = "Answers the documentation of commands.",
                               .since = "7.0.0",
                               .complexity = "O(N), N being the commands asked for",
                               .tips = "nondeterministic_output_order",
                               .run = command_docs};

// The filters of COMMAND LIST. Modules there are none.
using Filter = bool (*)(const Command& command, std::string_view value);
bool by_module(const Command&, std::string_view) { return false; }
bool by_category(const Command& command, std::string_view value) {
  auto names = acl_category_names();
  for (size_t i = 0; i < names.size(); i++) {
    if (equals_fold(names[i], value)) return (command.acl & (1u << i)) != 0;
  }
  return false;
}
bool by_pattern(const Command& command, std::string_view value) {
  return glob_match_fold(value, command.full_name);
}

void command_list(Context& c) {
  Filter filter = nullptr;
  std::string_view value;
  if (c.argc() > 2) {
    if (c.argc() != 5 || !equals_fold(c.arg(2), "filterby")) return c.reply.error(err::kSyntax);
    value = c.arg(4);
    if (equals_fold(c.arg(3), "module")) {
      filter = by_module;
    } else if (equals_fold(c.arg(3), "aclcat")) {
      filter = by_category;
    } else if (equals_fold(c.arg(3), "pattern")) {
      filter = by_pattern;
    } else {
      return c.reply.error(err::kSyntax);
    }
  }
  Reply::Mark mark = c.reply.open_array();
  size_t count = 0;
  for (const Command* command : c.engine.commands().by_id()) {
    if (filter && !filter(*command, value)) continue;
    c.reply.bulk(command->full_name);
    count++;
  }
  c.reply.close(mark, count);
}
constexpr CommandSpec kList = {
    .name = "list",
    .arity = -2,
    .flags = kFlags,
    .acl = kAclConnection,
    .group = Group::kServer,
    .args = "[FILTERBY (MODULE module-name|ACLCAT category|PATTERN pattern)]",
    .summary = "Lists the names of commands.",
    .since = "7.0.0",
    .complexity = "O(N), N being all commands",
    .tips = "nondeterministic_output_order",
    .run = command_list};

void answer_keys(Context& c, bool with_flags) {
  Args call = c.args.subspan(2);
  const Command* command = c.engine.commands().resolve(call);
  if (!command) return c.reply.error("ERR Invalid command specified");
  if (command->spec->keys.count == 0) {
    return c.reply.error("ERR The command has no key arguments");
  }
  int count = static_cast<int>(call.size()), arity = command->spec->arity;
  if (arity >= 0 ? count != arity : count < -arity) {
    return c.reply.error("ERR Invalid number of arguments specified for command");
  }
  std::vector<KeyPosition> keys;
  bool found = find_keys(*command, call, &keys) && !keys.empty();
  if (!found && !(command->flags & kNoMandatoryKeys)) {
    return c.reply.error("ERR Invalid arguments specified for command");
  }
  c.reply.array(keys.size());
  for (const KeyPosition& key : keys) {
    if (with_flags) c.reply.array(2);
    c.reply.bulk(call[key.index]);
    if (with_flags) reply_key_flags(c.reply, key.flags);
  }
}

void command_getkeys(Context& c) { answer_keys(c, false); }
constexpr CommandSpec kGetkeys = {.name = "getkeys",
                                  .arity = -3,
                                  .flags = kFlags,
                                  .acl = kAclConnection,
                                  .group = Group::kServer,
                                  .args = "command [arg]+",
                                  .summary = "Finds the keys in a call.",
                                  .since = "2.8.13",
                                  .complexity = "O(N), N being the arguments of the call",
                                  .run = command_getkeys};

void command_getkeysandflags(Context& c) { answer_keys(c, true); }
constexpr CommandSpec kGetkeysandflags = {
    .name = "getkeysandflags",
    .arity = -3,
    .flags = kFlags,
    .acl = kAclConnection,
    .group = Group::kServer,
    .args = "command [arg]+",
    .summary = "Finds the keys in a call, and what it does to them.",
    .since = "7.0.0",
    .complexity = "O(N), N being the arguments of the call",
    .run = command_getkeysandflags};

constexpr CommandSpec kHelp = help_row(Group::kServer, "5.0.0", kAclConnection);

constexpr const CommandSpec* kSubcommands[] = {&kCount, &kDocs, &kGetkeys, &kGetkeysandflags,
                                               &kHelp,  &kInfo, &kList};

constexpr CommandSpec kCommand = {.name = "command",
                                  .arity = -1,
                                  .flags = kFlags,
                                  .acl = kAclConnection,
                                  .group = Group::kServer,
                                  .summary = "Answers COMMAND INFO of all commands.",
                                  .since = "2.8.13",
                                  .complexity = "O(N), N being all commands",
                                  .tips = "nondeterministic_output_order",
                                  .run = command,
                                  .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kCommand};

}  // namespace

std::span<const CommandSpec* const> command_commands() { return kFamily; }

}  // namespace redstart
