// ACL: who may do what. There are the default user and the one of the read-only token; rules of
// one's own are to come.
#include "base/ascii.h"
#include "base/random.h"
#include "commands/families.h"
#include "commands/help.h"
#include "engine/arg_reader.h"
#include "engine/command_docs.h"
#include "engine/context.h"
#include "engine/engine.h"

namespace redstart {
namespace {

constexpr uint32_t kFlags = kNoScript | kLoading | kStale;

// What the user may run, as rules.
std::string_view command_rules(const User& user) {
  return user.read_only ? "-@all +@read -@dangerous -scan" : "+@all";
}

std::string describe(const User& user) {
  std::string text = "user " + user.name + (user.enabled ? " on" : " off");
  if (user.no_password) text += " nopass";
  text += " sanitize-payload";
  for (const std::string& password : user.passwords) text += " #" + password;
  return text + " ~* &* " + std::string(command_rules(user));
}

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
  for (const auto& user : users) c.reply.bulk(user->name);
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
  for (const auto& user : users) c.reply.bulk(describe(*user));
}
constexpr CommandSpec kList = {.name = "list",
                               .arity = 2,
                               .flags = kFlags | kAdmin,
                               .group = Group::kServer,
                               .summary = "Lists all users with their rules.",
                               .since = "6.0.0",
                               .complexity = "O(N), N being the users",
                               .run = acl_list};

void acl_getuser(Context& c) {
  const User* user = c.tenant.users.find(c.arg(2));
  if (!user) return c.reply.null();
  c.reply.map(6);
  c.reply.bulk("flags");
  c.reply.set(user->no_password ? 3 : 2);
  c.reply.bulk(user->enabled ? "on" : "off");
  if (user->no_password) c.reply.bulk("nopass");
  c.reply.bulk("sanitize-payload");
  c.reply.bulk("passwords");
  c.reply.array(user->passwords.size());
  for (const std::string& password : user->passwords) c.reply.bulk(password);
  c.reply.bulk("commands");
  c.reply.bulk(command_rules(*user));
  c.reply.bulk("keys");
  c.reply.bulk("~*");
  c.reply.bulk("channels");
  c.reply.bulk("&*");
  c.reply.bulk("selectors");
  c.reply.array(0);
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
  std::string password;
  while (password.size() < digits) {
    uint8_t byte;
    secure_random(&byte, 1);
    password += "0123456789abcdef"[byte & 15];
  }
  c.reply.bulk(password);
}
constexpr CommandSpec kGenpass = {.name = "genpass",
                                  .arity = -2,
                                  .flags = kFlags,
                                  .group = Group::kServer,
                                  .args = "[bits:integer]",
                                  .summary = "Makes a password that nobody can guess.",
                                  .since = "6.0.0",
                                  .run = acl_genpass};

// Denials are counted (INFO) but not kept.
void acl_log(Context& c) {
  if (c.argc() > 3) return answer_subcommand_syntax(c);
  ArgReader a(c.args, 2);
  if (a.flag("RESET")) return a.done() ? c.reply.ok() : c.reply.error(a.error());
  if (a.more()) a.integer();
  if (!a.done()) return c.reply.error(a.error());
  c.reply.array(0);
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

void not_yet(Context& c) {
  std::string name = c.command.full_name;
  name[name.find('|')] = ' ';
  c.reply.error("ERR " + to_upper(name) + " is not supported yet");
}
constexpr std::string_view kEverywhere = "request_policy:all_nodes,response_policy:all_succeeded";
constexpr CommandSpec later(std::string_view name, int arity, std::string_view args,
                            std::string_view summary, std::string_view since,
                            std::string_view tips) {
  return {.name = name,
          .arity = arity,
          .flags = kFlags | kAdmin,
          .group = Group::kServer,
          .args = args,
          .summary = summary,
          .since = since,
          .complexity = "O(N), N being the users",
          .tips = tips,
          .run = not_yet};
}
constexpr CommandSpec kSetuser =
    later("setuser", -3, "username [rule]+", "Makes or changes a user.", "6.0.0", kEverywhere);
constexpr CommandSpec kDeluser =
    later("deluser", -3, "username+", "Deletes users.", "6.0.0", kEverywhere);
constexpr CommandSpec kDryrun = later("dryrun", -4, "username command [arg]+",
                                      "Asks whether a user could run it.", "7.0.0", "");
constexpr CommandSpec kLoad = later("load", 2, "", "Reads the users from their file.", "6.0.0", "");
constexpr CommandSpec kSave =
    later("save", 2, "", "Writes the users to their file.", "6.0.0", kEverywhere);

constexpr CommandSpec kHelp = {.name = "help",
                               .arity = 2,
                               .flags = kLoading | kStale,
                               .group = Group::kServer,
                               .summary = "Prints this help.",
                               .since = "6.0.0",
                               .run = container_help};

constexpr const CommandSpec* kSubcommands[] = {&kCat,     &kDeluser, &kDryrun, &kGenpass, &kGetuser,
                                               &kHelp,    &kList,    &kLoad,   &kLog,     &kSave,
                                               &kSetuser, &kUsers,   &kWhoami};

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
