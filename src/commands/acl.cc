// ACL: who may do what, and who tried what he may not.
#include <algorithm>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/random.h"
#include "commands/families.h"
#include "engine/arg_reader.h"
#include "engine/command_docs.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/gates.h"
#include "engine/permissions.h"
#include "engine/user_changes.h"

namespace redstart {
namespace {

constexpr uint32_t kFlags = kNoScript | kLoading | kStale;

void acl_whoami(Context& c) { c.reply.bulk(c.session.user->name); }
constexpr CommandSpec kWhoami = {.name = "whoami",
                                 .arity = 2,
                                 .flags = kFlags,
                                 .group = Group::kServer,
                                 .summary = "Answers the user of the connection.",
                                 .since = "6.0.0",
                                 .run = acl_whoami};

void acl_users(Context& c) {
  const auto& users = c.tenant.users.all();
  c.reply.array(users.size());
  for (const auto& [name, user] : users) c.reply.bulk(name);
}
constexpr CommandSpec kUsers = {.name = "users",
                                .arity = 2,
                                .flags = kFlags | kAdmin,
                                .group = Group::kServer,
                                .summary = "Lists the names of all users.",
                                .since = "6.0.0",
                                .complexity = "O(N), N being the users",
                                .run = acl_users};

void acl_list(Context& c) {
  const auto& users = c.tenant.users.all();
  c.reply.array(users.size());
  for (const auto& [name, user] : users) c.reply.bulk("user " + name + " " + user->rules());
}
constexpr CommandSpec kList = {.name = "list",
                               .arity = 2,
                               .flags = kFlags | kAdmin,
                               .group = Group::kServer,
                               .summary = "Lists all users with their rules.",
                               .since = "6.0.0",
                               .complexity = "O(N), N being the users",
                               .run = acl_list};

void answer_selector(Reply& reply, const Selector& selector) {
  reply.bulk("commands");
  reply.bulk(selector.commands_text());
  reply.bulk("keys");
  reply.bulk(selector.keys_text());
  reply.bulk("channels");
  reply.bulk(selector.channels_text());
}

void acl_getuser(Context& c) {
  const User* user = c.tenant.users.find(c.arg(2));
  if (!user) return c.reply.null();
  c.reply.map(6);
  c.reply.bulk("flags");
  c.reply.set(user->no_password ? 3 : 2);
  c.reply.bulk(user->enabled ? "on" : "off");
  if (user->no_password) c.reply.bulk("nopass");
  c.reply.bulk(user->sanitize_payload ? "sanitize-payload" : "skip-sanitize-payload");
  c.reply.bulk("passwords");
  c.reply.array(user->passwords.size());
  for (const std::string& password : user->passwords) c.reply.bulk(password);
  answer_selector(c.reply, user->selectors[0]);
  c.reply.bulk("selectors");
  c.reply.array(user->selectors.size() - 1);
  for (size_t i = 1; i < user->selectors.size(); i++) {
    c.reply.map(3);
    answer_selector(c.reply, user->selectors[i]);
  }
}
constexpr CommandSpec kGetuser = {.name = "getuser",
                                  .arity = 3,
                                  .flags = kFlags | kAdmin,
                                  .group = Group::kServer,
                                  .args = "username",
                                  .summary = "Answers the rules of a user.",
                                  .since = "6.0.0",
                                  .complexity = "O(N), N being the rules of the user",
                                  .run = acl_getuser};

void acl_cat(Context& c) {
  if (c.argc() > 3) return answer_subcommand_syntax(c);
  auto names = acl_category_names();
  if (c.argc() == 2) {
    c.reply.array(names.size());
    for (std::string_view name : names) c.reply.bulk(name);
    return;
  }
  size_t category = 0;
  while (category < names.size() && !equals_fold(names[category], c.arg(2))) category++;
  if (category == names.size()) {
    return c.reply.error("ERR Unknown category '" + std::string(c.arg(2)) + "'");
  }
  Reply::Mark mark = c.reply.open_array();
  size_t count = 0;
  for (const Command* command : c.engine.commands().by_id()) {
    if (!(command->acl & (1u << category))) continue;
    c.reply.bulk(command->full_name);
    count++;
  }
  c.reply.close(mark, count);
}
constexpr CommandSpec kCat = {.name = "cat",
                              .arity = -2,
                              .flags = kFlags,
                              .group = Group::kServer,
                              .args = "[category]",
                              .summary = "Lists the categories, or the commands of one.",
                              .since = "6.0.0",
                              .run = acl_cat};

void acl_genpass(Context& c) {
  constexpr std::string_view kBadBits =
      "ERR ACL GENPASS argument must be the number of bits for the output password, a positive "
      "number up to 4096";
  if (c.argc() > 3) return answer_subcommand_syntax(c);
  ArgReader a(c.args, 2);
  int64_t bits = 256;
  if (a.more()) bits = a.integer();
  if (!a.ok()) return c.reply.error(a.error());
  if (bits <= 0 || bits > 4096) return c.reply.error(kBadBits);
  size_t digits = static_cast<size_t>(bits + 3) / 4;
  uint8_t bytes[4096 / 8];
  secure_random(bytes, sizeof bytes);
  c.reply.bulk(hex_text(bytes).substr(0, digits));
}
constexpr CommandSpec kGenpass = {.name = "genpass",
                                  .arity = -2,
                                  .flags = kFlags,
                                  .group = Group::kServer,
                                  .args = "[bits:integer]",
                                  .summary = "Makes a password that nobody can guess.",
                                  .since = "6.0.0",
                                  .run = acl_genpass};

constexpr std::string_view kEverywhere = "request_policy:all_nodes,response_policy:all_succeeded";

void acl_setuser(Context& c) {
  if (!is_rule_word(c.arg(2))) {
    return c.reply.error("ERR Usernames can't contain spaces or null characters");
  }
  std::string error;
  if (!set_user(c.engine, c.tenant, c.arg(2), c.args.subspan(3), &c.session, &error)) {
    return c.reply.error("ERR " + error);
  }
  c.reply.ok();
}
constexpr CommandSpec kSetuser = {.name = "setuser",
                                  .arity = -3,
                                  .flags = kFlags | kAdmin,
                                  .group = Group::kServer,
                                  .args = "username [rule]+",
                                  .summary = "Makes or changes a user.",
                                  .since = "6.0.0",
                                  .complexity = "O(N), N being the rules",
                                  .tips = kEverywhere,
                                  .run = acl_setuser};

void acl_deluser(Context& c) {
  const Args names = c.args.subspan(2);
  if (std::find(names.begin(), names.end(), kDefaultUser) != names.end()) {
    return c.reply.error("ERR The 'default' user cannot be removed");
  }
  c.reply.integer(static_cast<int64_t>(delete_users(c.engine, c.tenant, names, &c.session)));
}
constexpr CommandSpec kDeluser = {.name = "deluser",
                                  .arity = -3,
                                  .flags = kFlags | kAdmin,
                                  .group = Group::kServer,
                                  .args = "username+",
                                  .summary = "Deletes users and ends their connections.",
                                  .since = "6.0.0",
                                  .complexity = "O(N), N being the connections",
                                  .tips = kEverywhere,
                                  .run = acl_deluser};

void acl_dryrun(Context& c) {
  const User* user = c.tenant.users.find(c.arg(2));
  if (!user) return c.reply.error("ERR User '" + std::string(c.arg(2)) + "' not found");
  const Args args = c.args.subspan(3);
  const Call call{args, c.engine.commands().resolve(args)};
  if (!call.command) {
    return c.reply.error("ERR Command '" + std::string(args[0]) + "' not found");
  }
  if (!arity_fits(call)) return c.reply.error(err::wrong_arity(call.command->full_name));
  const Verdict verdict = judge(*user, call);
  if (verdict.allows()) return c.reply.ok();
  c.reply.bulk(full_denial_text(*user, call, verdict));
}
constexpr CommandSpec kDryrun = {.name = "dryrun",
                                 .arity = -4,
                                 .flags = kFlags | kAdmin,
                                 .group = Group::kServer,
                                 .args = "username command [arg]+",
                                 .summary = "Asks whether a user could run it.",
                                 .since = "7.0.0",
                                 .run = acl_dryrun};

// --- What was denied

std::string_view reason_text(DeniedReason reason) {
  switch (reason) {
    case DeniedReason::kAuth: return "auth";
    case DeniedReason::kCommand: return "command";
    case DeniedReason::kKey: return "key";
    case DeniedReason::kChannel: return "channel";
  }
  return {};
}

std::string_view context_text(DeniedContext context) {
  switch (context) {
    case DeniedContext::kTopLevel: return "toplevel";
    case DeniedContext::kMulti: return "multi";
    case DeniedContext::kLua: return "lua";
  }
  return {};
}

void answer_log_entry(Context& c, const AclLog::Entry& entry) {
  Reply& reply = c.reply;
  reply.map(10);
  reply.bulk("count");
  reply.integer(static_cast<int64_t>(entry.count));
  reply.bulk("reason");
  reply.bulk(reason_text(entry.denial.reason));
  reply.bulk("context");
  reply.bulk(context_text(entry.denial.context));
  reply.bulk("object");
  reply.bulk(entry.denial.object);
  reply.bulk("username");
  reply.bulk(entry.denial.username);
  reply.bulk("age-seconds");
  reply.dbl(static_cast<double>(c.now_ms - entry.updated_ms) / 1000);
  reply.bulk("client-info");
  reply.bulk(entry.denial.client_info);
  reply.bulk("entry-id");
  reply.integer(entry.id);
  reply.bulk("timestamp-created");
  reply.integer(entry.created_ms);
  reply.bulk("timestamp-last-updated");
  reply.integer(entry.updated_ms);
}

void acl_log(Context& c) {
  if (c.argc() > 3) return answer_subcommand_syntax(c);
  ArgReader a(c.args, 2);
  AclLog& log = c.tenant.acl_log;
  if (a.flag("RESET")) {
    log.clear();
    return c.reply.ok();
  }
  int64_t count = 10;
  if (a.more()) count = a.integer();
  if (!a.done()) return c.reply.error(a.error());
  const size_t shown =
      std::min(static_cast<size_t>(std::max<int64_t>(count, 0)), log.entries().size());
  c.reply.array(shown);
  for (size_t i = 0; i < shown; i++) answer_log_entry(c, log.entries()[i]);
}
constexpr CommandSpec kLog = {.name = "log",
                              .arity = -2,
                              .flags = kFlags | kAdmin,
                              .group = Group::kServer,
                              .args = "[count:integer|RESET]",
                              .summary = "Lists what was denied lately.",
                              .since = "6.0.0",
                              .complexity = "O(N), N being the entries",
                              .run = acl_log};

// --- The file

// False: there is none, and the error was answered.
bool has_acl_file(Context& c) {
  const bool is_first = &c.tenant == &c.engine.default_tenant();
  if (is_first && !c.engine.settings().aclfile.empty() && c.engine.host().files) return true;
  c.reply.error(
      "ERR This Redis instance is not configured to use an ACL file. You may want to specify users "
      "via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis "
      "configuration file set) in order to store users in the Redis configuration.");
  return false;
}

void acl_load(Context& c) {
  if (!has_acl_file(c)) return;
  const std::string errors = load_acl_file(c.engine, &c.session);
  if (!errors.empty()) return c.reply.error("ERR " + errors);
  c.reply.ok();
}
constexpr CommandSpec kLoad = {.name = "load",
                               .arity = 2,
                               .flags = kFlags | kAdmin,
                               .group = Group::kServer,
                               .summary = "Reads the users from their file.",
                               .since = "6.0.0",
                               .complexity = "O(N), N being the users",
                               .run = acl_load};

void acl_save(Context& c) {
  if (!has_acl_file(c)) return;
  if (save_acl_file(c.engine)) return c.reply.ok();
  c.reply.error(
      "ERR There was an error trying to save the ACLs. Please check the server logs for more "
      "information");
}
constexpr CommandSpec kSave = {.name = "save",
                               .arity = 2,
                               .flags = kFlags | kAdmin,
                               .group = Group::kServer,
                               .summary = "Writes the users to their file.",
                               .since = "6.0.0",
                               .complexity = "O(N), N being the users",
                               .tips = kEverywhere,
                               .run = acl_save};

// --- Upstash

void acl_resttoken(Context& c) {
  const std::string token = c.tenant.users.rest_token(c.arg(2), c.arg(3));
  if (!token.empty()) return c.reply.bulk(token);
  note_failed_login(c.session, c.command, c.args, c.arg(2), DeniedContext::kTopLevel);
  c.reply.error("ERR Wrong password or user \"" + std::string(c.arg(2)) + "\" does not exist");
}
constexpr CommandSpec kResttoken = {
    .name = "resttoken",
    .arity = 4,
    .flags = kFlags | kAdmin,
    .group = Group::kServer,
    .args = "username password",
    .summary = "Answers a token that opens the REST API as a user (of Upstash).",
    .since = "7.4.0",
    .complexity = "O(N), N being the passwords of the user",
    .run = acl_resttoken};

constexpr CommandSpec kHelp = help_row(Group::kServer, "6.0.0");

constexpr const CommandSpec* kSubcommands[] = {&kCat,  &kDeluser, &kDryrun, &kGenpass, &kGetuser,
                                               &kHelp, &kList,    &kLoad,   &kLog,     &kResttoken,
                                               &kSave, &kSetuser, &kUsers,  &kWhoami};

constexpr CommandSpec kAcl = {.name = "acl",
                              .arity = -2,
                              .group = Group::kServer,
                              .summary = "Users and their rights.",
                              .since = "6.0.0",
                              .complexity = "Depends on the subcommand.",
                              .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kAcl};

}  // namespace

std::span<const CommandSpec* const> acl_commands() { return kFamily; }

}  // namespace redstart
