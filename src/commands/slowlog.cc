// SLOWLOG: the calls that took long.
#include "commands/families.h"
#include "engine/arg_reader.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/tenant.h"

namespace redstart {
namespace {

constexpr uint32_t kFlags = kAdmin | kLoading | kStale;

void slowlog_get(Context& c) {
  constexpr std::string_view kBadCount = "ERR count should be greater than or equal to -1";
  if (c.argc() > 3) return answer_subcommand_syntax(c);
  ArgReader a(c.args, 2);
  int64_t wanted = 10;
  if (a.more()) wanted = a.integer(kBadCount);
  if (a.ok() && wanted < -1) a.fail(kBadCount);
  if (!a.done()) return c.reply.error(a.error());
  const std::deque<SlowlogEntry>& entries = c.tenant.slowlog.entries();
  size_t count = entries.size();
  if (wanted >= 0) count = std::min(count, static_cast<size_t>(wanted));
  c.reply.array(count);
  for (size_t i = 0; i < count; i++) {
    const SlowlogEntry& entry = entries[i];
    c.reply.array(6);
    c.reply.integer(entry.id);
    c.reply.integer(entry.unix_seconds);
    c.reply.integer(entry.duration_us);
    c.reply.array(entry.args.size());
    for (const std::string& arg : entry.args) c.reply.bulk(arg);
    c.reply.bulk(entry.client_address);
    c.reply.bulk(entry.client_name);
  }
}
constexpr CommandSpec kGet = {.name = "get",
                              .arity = -2,
                              .flags = kFlags,
                              .group = Group::kServer,
                              .args = "[count:integer]",
                              .summary = "Answers the latest slow calls, ten unless told.",
                              .since = "2.2.12",
                              .complexity = "O(N), N being the entries",
                              .tips = "request_policy:all_nodes,nondeterministic_output",
                              .run = slowlog_get};

void slowlog_len(Context& c) {
  c.reply.integer(static_cast<int64_t>(c.tenant.slowlog.entries().size()));
}
constexpr CommandSpec kLen = {
    .name = "len",
    .arity = 2,
    .flags = kFlags,
    .group = Group::kServer,
    .summary = "Counts the entries of the slow log.",
    .since = "2.2.12",
    .tips = "request_policy:all_nodes,response_policy:agg_sum,nondeterministic_output",
    .run = slowlog_len};

void slowlog_reset(Context& c) {
  c.tenant.slowlog.reset();
  c.reply.ok();
}
constexpr CommandSpec kReset = {.name = "reset",
                                .arity = 2,
                                .flags = kFlags,
                                .group = Group::kServer,
                                .summary = "Empties the slow log.",
                                .since = "2.2.12",
                                .complexity = "O(N), N being the entries",
                                .tips = "request_policy:all_nodes,response_policy:all_succeeded",
                                .run = slowlog_reset};

constexpr CommandSpec kHelp = help_row(Group::kServer, "6.2.0");

constexpr const CommandSpec* kSubcommands[] = {&kGet, &kHelp, &kLen, &kReset};

constexpr CommandSpec kSlowlog = {.name = "slowlog",
                                  .arity = -2,
                                  .group = Group::kServer,
                                  .summary = "The slow log.",
                                  .since = "2.2.12",
                                  .complexity = "Depends on the subcommand.",
                                  .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kSlowlog};

}  // namespace

std::span<const CommandSpec* const> slowlog_commands() { return kFamily; }

}  // namespace redstart
