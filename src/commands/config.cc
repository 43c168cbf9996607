// CONFIG: the settings, read, changed and written back. Their rules stand in engine/config.h.
#include "base/log.h"
#include "commands/families.h"
#include "engine/command_help.h"
#include "engine/config_file.h"
#include "engine/context.h"
#include "engine/engine.h"

namespace redstart {
namespace {

constexpr uint32_t kFlags = kAdmin | kNoScript | kLoading | kStale;

// Over HTTP only this one exists.
constexpr std::string_view kHttpSetting = "notify-keyspace-events";

bool over_http(const Context& c) { return c.session.dialect == Dialect::kUpstash; }

void config_get(Context& c) {
  std::vector<Config::Item> items = c.engine.config().get(c.args.subspan(2));
  if (over_http(c)) {
    std::erase_if(items, [](const Config::Item& item) { return item.name != kHttpSetting; });
  }
  c.reply.map(items.size());
  for (const Config::Item& item : items) {
    c.reply.bulk(item.name);
    c.reply.bulk(item.value);
  }
}
constexpr CommandSpec kGet = {.name = "get",
                              .arity = -3,
                              .flags = kFlags,
                              .group = Group::kServer,
                              .args = "parameter+",
                              .summary = "Answers the directives that match, with their values.",
                              .since = "2.0.0",
                              .complexity = "O(N), N being the given parameters",
                              .run = config_get};

void config_set(Context& c) {
  Args pairs = c.args.subspan(2);
  if (over_http(c)) {
    for (size_t i = 0; i < pairs.size(); i += 2) {
      if (pairs[i] == kHttpSetting) continue;
      return c.reply.error("ERR Unknown option or number of arguments for CONFIG SET - '" +
                           std::string(pairs[i]) + "'");
    }
  }
  Config::Caller caller;
  caller.local = c.session.is_local();
  caller.loading = c.engine.attention & kLoadingData;
  std::string error;
  if (!c.engine.config().set(pairs, caller, &error)) return c.reply.error(error);
  c.reply.ok();
}
constexpr CommandSpec kSet = {.name = "set",
                              .arity = -4,
                              .flags = kFlags,
                              .group = Group::kServer,
                              .args = "(parameter value)+",
                              .summary = "Changes directives, all of them or none.",
                              .since = "2.0.0",
                              .complexity = "O(N), N being the given parameters",
                              .tips = "request_policy:all_nodes,response_policy:all_succeeded",
                              .run = config_set};

void config_resetstat(Context& c) {
  c.tenant.stats.reset();
  KeyspaceShared& shared = c.engine.keyspace_shared();
  shared.hits = shared.misses = shared.expired = shared.evicted = shared.freed_later = 0;
  shared.expired_elements = 0;
  c.reply.ok();
}
constexpr CommandSpec kResetstat = {
    .name = "resetstat",
    .arity = 2,
    .flags = kFlags,
    .group = Group::kServer,
    .summary = "Puts the counters of INFO back to zero.",
    .since = "2.0.0",
    .tips = "request_policy:all_nodes,response_policy:all_succeeded",
    .run = config_resetstat};

void config_rewrite(Context& c) {
  HostServices& host = c.engine.host();
  if (!host.edit_config_file || !host.config_file || host.config_file().empty()) {
    return c.reply.error("ERR The server is running without a config file");
  }
  std::string error;
  const Users& users = c.engine.default_tenant().users;
  auto edit = [&](std::string_view old) {
    return rewrite_config(c.engine.config(), users, old, false);
  };
  if (!host.edit_config_file(edit, &error)) {
    c.engine.log().warning("CONFIG REWRITE failed: " + error);
    return c.reply.error("ERR Rewriting config file: " + error);
  }
  c.engine.log().notice("CONFIG REWRITE executed with success.");
  c.reply.ok();
}
constexpr CommandSpec kRewrite = {.name = "rewrite",
                                  .arity = 2,
                                  .flags = kFlags,
                                  .group = Group::kServer,
                                  .summary = "Writes the settings of now into the config file.",
                                  .since = "2.8.0",
                                  .tips = "request_policy:all_nodes,response_policy:all_succeeded",
                                  .run = config_rewrite};

constexpr CommandSpec kHelp = help_row(Group::kServer, "5.0.0");

constexpr const CommandSpec* kSubcommands[] = {&kGet, &kHelp, &kResetstat, &kRewrite, &kSet};

constexpr CommandSpec kConfig = {.name = "config",
                                 .arity = -2,
                                 .group = Group::kServer,
                                 .summary = "The settings.",
                                 .since = "2.0.0",
                                 .complexity = "Depends on the subcommand.",
                                 .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kConfig};

}  // namespace

std::span<const CommandSpec* const> config_commands() { return kFamily; }

}  // namespace redstart
