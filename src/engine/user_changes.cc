#include "engine/user_changes.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/log.h"
#include "engine/engine.h"
#include "engine/permissions.h"
#include "engine/session_channel.h"
#include "pubsub/hub.h"
#include "security/acl_file.h"

namespace redstart {
namespace {

// What the read-only token opens: what reads, but does not walk over all keys.
constexpr std::string_view kReadOnlyRules[] = {
    "on", "~*", "&*", "-@all", "+@read", "+@connection", "+@transaction", "-@dangerous", "-scan"};

// Relative paths among the directives count from `dir`.
std::string acl_path(const Engine& engine) {
  const Settings& settings = engine.settings();
  return join_path(settings.dir, settings.aclfile);
}

void judge_sessions(Engine& engine, const Tenant& tenant) {
  for (Session& session : engine.sessions()) {
    if (session.tenant == &tenant) session.judge_user();
  }
}

// Its user is not his any more. Over HTTP each request brings its token, so only a stream ends.
void end_session(Session& session, const Session* by) {
  session.user = &session.tenant->users.default_user();
  session.authenticated = false;
  session.attention |= kNotAuthenticated;
  session.judge_user();
  const bool listens = session.subscribed || (session.attention & kMonitoring);
  if (session.dialect == Dialect::kUpstash && !listens) return;
  session.hold |= kClosing;
  if (!session.channel()) return;
  if (&session == by) {
    session.channel()->close_after_flush();
  } else {
    session.channel()->close_now();
  }
}

template <class Fits>
void end_sessions(Engine& engine, const Tenant& tenant, const Session* by, Fits fits) {
  std::vector<uint64_t> ids;
  for (Session& session : engine.sessions()) {
    if (session.tenant == &tenant && fits(session)) ids.push_back(session.id());
  }
  for (uint64_t id : ids) {
    if (Session* session = engine.find_session(id)) end_session(*session, by);
  }
}

// ---- channels -----------------------------------------------------------------------------------

bool may_hear(const User& user, std::string_view name, bool is_pattern) {
  return std::any_of(user.selectors.begin(), user.selectors.end(), [&](const Selector& selector) {
    return selector.may_use_channel(name, is_pattern);
  });
}

// Word by word what `was` could hear, `now` can as well: then nobody's subscriptions are looked at.
bool hears_no_less(const User& now, const User& was) {
  const auto opens_all = [](const Selector& selector) { return selector.opens_all_channels(); };
  if (std::any_of(now.selectors.begin(), now.selectors.end(), opens_all)) return true;
  if (std::any_of(was.selectors.begin(), was.selectors.end(), opens_all)) return false;
  for (const Selector& selector : was.selectors) {
    for (const RulePattern& channel : selector.channels()) {
      if (!may_hear(now, channel.text(), true)) return false;
    }
  }
  return true;
}

bool hears_too_much(const Session& session, const User& user) {
  for (Hub::Kind kind : {Hub::Kind::kPattern, Hub::Kind::kChannel, Hub::Kind::kShard}) {
    for (const std::string& name : session.tenant->hub().names_of(session.id(), kind)) {
      if (!may_hear(user, name, kind == Hub::Kind::kPattern)) return true;
    }
  }
  return false;
}

// `now` is about to take the place of `was`.
void end_listeners(Engine& engine, Tenant& tenant, const User& was, const User& now,
                   const Session* by) {
  if (tenant.hub().sessions() == 0 || hears_no_less(now, was)) return;
  end_sessions(engine, tenant, by, [&](const Session& session) {
    return session.user == &was && session.subscribed && hears_too_much(session, now);
  });
}

// ---- files --------------------------------------------------------------------------------------

// The users take the place of those that there are.
void replace_users(Engine& engine, Tenant& tenant, std::vector<User> users, Session* by) {
  std::set<std::string, std::less<>> names;
  for (const User& user : users) names.insert(user.name);
  if (names.emplace(kDefaultUser).second) users.push_back(User::of_power(kDefaultUser));
  std::vector<std::string> gone;
  for (const auto& [name, user] : tenant.users.all()) {
    if (!names.contains(name)) gone.push_back(name);
  }
  for (User& user : users) {
    if (const User* was = tenant.users.find(user.name)) {
      end_listeners(engine, tenant, *was, user, by);
    }
    tenant.users.put(std::move(user));
  }
  delete_users(engine, tenant, std::vector<std::string_view>(gone.begin(), gone.end()), by);
  keep_read_only_user(engine);
}

bool load_configured_users(Engine& engine, std::string* error) {
  Users& users = engine.default_tenant().users;
  const RuleBook book = rule_book(engine);
  for (const UserLine& line : engine.settings().users) {
    User user(line[0], book);
    if (!read_user_line(line, book, &user, error)) return false;
    if (!user.enabled) {
      engine.log().notice("The user '" + user.name +
                          "' is disabled (there is no 'on' modifier in the user description). "
                          "Make sure this is not a configuration error.");
    }
    users.put(std::move(user));
  }
  return true;
}

}  // namespace

bool set_user(Engine& engine, Tenant& tenant, std::string_view name, Args rules, Session* by,
              std::string* error) {
  const RuleBook book = rule_book(engine);
  const User* was = tenant.users.find(name);
  User now = was ? *was : User(name, book);
  if (!now.apply_all(rules, book, error)) return false;
  if (was) end_listeners(engine, tenant, *was, now, by);
  tenant.users.put(std::move(now));
  judge_sessions(engine, tenant);
  return true;
}

size_t delete_users(Engine& engine, Tenant& tenant, Args names, Session* by) {
  size_t deleted = 0;
  for (std::string_view name : names) {
    const User* user = tenant.users.find(name);
    if (!user) continue;
    end_sessions(engine, tenant, by, [&](const Session& session) { return session.user == user; });
    tenant.users.remove(name);
    deleted++;
  }
  return deleted;
}

bool load_users(Engine& engine, std::string* error) {
  const Settings& settings = engine.settings();
  if (!settings.aclfile.empty() && !settings.users.empty()) {
    *error =
        "Users are defined in the config file, and an ACL file is named as well. That is likely to "
        "lead to errors and security holes: use either an ACL file or users in the config file.";
    return false;
  }
  if (!load_configured_users(engine, error)) return false;
  if (!settings.aclfile.empty()) {
    const std::string errors = load_acl_file(engine, nullptr);
    if (!errors.empty()) {
      *error = "Aborting Redis startup because of ACL errors: " + errors;
      return false;
    }
  }
  keep_read_only_user(engine);
  judge_sessions(engine, engine.default_tenant());
  return true;
}

std::string load_acl_file(Engine& engine, Session* by) {
  const std::string& name = engine.settings().aclfile;
  int error = 0;
  std::string text;
  std::unique_ptr<File> file =
      engine.host().files->open(acl_path(engine), FileSystem::Mode::kRead, &error);
  if (file) error = read_all(*file, &text);
  if (error != 0) {
    return "Error loading ACLs, opening file '" + name + "': " + error_text(error);
  }
  std::vector<User> users;
  const std::string errors = read_acl_file(text, name, rule_book(engine), &users);
  if (!errors.empty()) {
    return errors +
           "WARNING: ACL errors detected, no change to the previously active ACL rules was "
           "performed";
  }
  Tenant& tenant = engine.default_tenant();
  replace_users(engine, tenant, std::move(users), by);
  judge_sessions(engine, tenant);
  return {};
}

bool save_acl_file(Engine& engine) {
  const std::string path = acl_path(engine);
  const int error = replace_file(*engine.host().files, path, path + ".tmp",
                                 acl_file_text(engine.default_tenant().users));
  if (error == 0) return true;
  engine.log().warning("Writing ACL file for ACL SAVE: " + error_text(error));
  return false;
}

void keep_read_only_user(Engine& engine) {
  const std::string& token = engine.settings().http_readonly_token;
  Users& users = engine.default_tenant().users;
  if (token.empty() || users.find(kReadOnlyUser)) return;
  const RuleBook book = rule_book(engine);
  User user(kReadOnlyUser, book);
  std::string error;
  user.apply_all(kReadOnlyRules, book, &error);
  user.set_password(token);
  users.put(std::move(user));
}

void change_read_only_token(Engine& engine) {
  keep_read_only_user(engine);
  User* user = engine.default_tenant().users.find(kReadOnlyUser);
  if (!user) return;
  user->set_password(engine.settings().http_readonly_token);
  user->no_password = false;
}

}  // namespace redstart
