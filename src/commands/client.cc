// CLIENT: the connections, seen and steered from one of them.
#include "base/ascii.h"
#include "commands/client_name.h"
#include "commands/client_tracking.h"
#include "commands/families.h"
#include "engine/arg_reader.h"
#include "engine/blocking.h"
#include "engine/client_info.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session_channel.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "pubsub/hub.h"

namespace redstart {

void close_after_reply(Session& session) {
  session.hold |= kClosing;
  if (session.channel()) session.channel()->close_after_flush();
}

namespace {

constexpr uint32_t kOwn = kNoScript | kLoading | kStale | kNoHttp;
constexpr uint32_t kOthers = kOwn | kAdmin;

// A line of CLIENT LIST, without its end. The asking session runs CLIENT itself.
std::string describe(const Context& c, const Session& session) {
  if (&session != &c.session) {
    return client_info(session, {.command = session.last_command}, c.now_ms);
  }
  return client_info(session, {&c.command, c.args}, c.now_ms);
}

enum class ClientType : uint8_t { kAny, kNormal, kPubsub, kReplica, kMaster };

// kAny: there is no such kind of client.
ClientType parse_client_type(std::string_view text) {
  if (equals_fold(text, "normal")) return ClientType::kNormal;
  if (equals_fold(text, "pubsub")) return ClientType::kPubsub;
  if (equals_fold(text, "slave") || equals_fold(text, "replica")) return ClientType::kReplica;
  return equals_fold(text, "master") ? ClientType::kMaster : ClientType::kAny;
}

bool is_of_type(const Session& session, ClientType type) {
  if (type == ClientType::kAny) return true;
  if (session.attention & kFollowing) return type == ClientType::kReplica;
  if (session.attention & kIsMaster) return type == ClientType::kMaster;
  return type == (session.subscribed ? ClientType::kPubsub : ClientType::kNormal);
}

std::string unknown_type(std::string_view text) {
  return "ERR Unknown client type '" + std::string(text) + "'";
}

// --- About the connection itself

void client_id(Context& c) { c.reply.integer(static_cast<int64_t>(c.session.id())); }
constexpr CommandSpec kId = {.name = "id",
                             .arity = 2,
                             .flags = kOwn,
                             .group = Group::kConnection,
                             .summary = "Answers the id of the connection.",
                             .since = "5.0.0",
                             .run = client_id};

void client_info(Context& c) { c.reply.verbatim("txt", describe(c, c.session) + "\n"); }
constexpr CommandSpec kInfo = {.name = "info",
                               .arity = 2,
                               .flags = kOwn,
                               .group = Group::kConnection,
                               .summary = "Answers the connection's line of CLIENT LIST.",
                               .since = "6.2.0",
                               .tips = "nondeterministic_output",
                               .run = client_info};

void client_getname(Context& c) {
  if (!c.session.extras || c.session.extras->name.empty()) return c.reply.null();
  c.reply.bulk(c.session.extras->name);
}
constexpr CommandSpec kGetname = {.name = "getname",
                                  .arity = 2,
                                  .flags = kOwn,
                                  .group = Group::kConnection,
                                  .summary = "Answers the name of the connection.",
                                  .since = "2.6.9",
                                  .run = client_getname};

void client_setname(Context& c) {
  if (!is_client_word(c.arg(2))) return c.reply.error(kBadClientName);
  set_client_name(c.session, c.arg(2));
  c.reply.ok();
}
constexpr CommandSpec kSetname = {.name = "setname",
                                  .arity = 3,
                                  .flags = kOwn,
                                  .group = Group::kConnection,
                                  .args = "connection-name",
                                  .summary = "Names the connection.",
                                  .since = "2.6.9",
                                  .tips = "request_policy:all_nodes,response_policy:all_succeeded",
                                  .run = client_setname};

void client_setinfo(Context& c) {
  bool name = equals_fold(c.arg(2), "lib-name");
  if (!name && !equals_fold(c.arg(2), "lib-ver")) {
    return c.reply.error("ERR Unrecognized option '" + std::string(c.arg(2)) + "'");
  }
  if (!is_client_word(c.arg(3))) {
    return c.reply.error("ERR " + std::string(c.arg(2)) +
                         " cannot contain spaces, newlines or special characters.");
  }
  SessionExtras& extras = c.session.need_extras();
  (name ? extras.library_name : extras.library_version) = c.arg(3);
  c.reply.ok();
}
// Libraries call it over HTTP too, where the others of CLIENT are refused.
constexpr CommandSpec kSetinfo = {.name = "setinfo",
                                  .arity = 4,
                                  .flags = kOwn & ~kNoHttp,
                                  .group = Group::kConnection,
                                  .args = "LIB-NAME libname|LIB-VER libver",
                                  .summary = "Says which library the client uses.",
                                  .since = "7.2.0",
                                  .tips = "request_policy:all_nodes,response_policy:all_succeeded",
                                  .run = client_setinfo};

// ON or OFF. False: neither, and the error was answered.
bool read_switch(Context& c, bool* on) {
  *on = equals_fold(c.arg(2), "on");
  if (*on || equals_fold(c.arg(2), "off")) return true;
  c.reply.error(err::kSyntax);
  return false;
}

void client_no_evict(Context& c) {
  bool on;
  if (!read_switch(c, &on)) return;
  c.session.no_evict = on;
  c.reply.ok();
}
constexpr CommandSpec kNoEvict = {
    .name = "no-evict",
    .arity = 3,
    .flags = kOthers,
    .group = Group::kConnection,
    .args = "ON|OFF",
    .summary = "Keeps the connection when memory of clients is short.",
    .since = "7.0.0",
    .run = client_no_evict};

void client_no_touch(Context& c) {
  bool on;
  if (!read_switch(c, &on)) return;
  if (on) {
    c.session.attention |= kNoTouch;
  } else {
    c.session.attention &= ~kNoTouch;
  }
  c.reply.ok();
}
constexpr CommandSpec kNoTouchSpec = {
    .name = "no-touch",
    .arity = 3,
    .flags = kOwn,
    .group = Group::kConnection,
    .args = "ON|OFF",
    .summary = "Lets the connection's reads leave no trace on the age of keys.",
    .since = "7.2.0",
    .run = client_no_touch};

// OFF and SKIP have no answer of their own.
void client_reply(Context& c) {
  if (equals_fold(c.arg(2), "on")) {
    c.session.reply_mode = ReplyMode::kOn;
    c.reply.ok();
  } else if (equals_fold(c.arg(2), "off")) {
    c.session.reply_mode = ReplyMode::kOff;
  } else if (equals_fold(c.arg(2), "skip")) {
    if (c.session.reply_mode != ReplyMode::kOff) c.session.reply_mode = ReplyMode::kSkipNext;
  } else {
    c.reply.error(err::kSyntax);
  }
}
constexpr CommandSpec kReply = {.name = "reply",
                                .arity = 3,
                                .flags = kOwn,
                                .group = Group::kConnection,
                                .args = "ON|OFF|SKIP",
                                .summary = "Turns answers off and on, or skips the next one.",
                                .since = "3.2.0",
                                .run = client_reply};

// --- About all connections

void client_list(Context& c) {
  ArgReader a(c.args, 2);
  std::vector<int64_t> ids;
  bool by_id = false;
  ClientType type = ClientType::kAny;
  if (a.left() == 2 && a.flag("TYPE")) {
    std::string_view name = a.next();
    type = parse_client_type(name);
    if (type == ClientType::kAny) return c.reply.error(unknown_type(name));
  } else if (a.left() >= 2 && a.flag("ID")) {
    by_id = true;
    while (a.more()) ids.push_back(a.integer("ERR Invalid client ID"));
  }
  if (!a.done()) return c.reply.error(a.error());
  std::string text;
  auto add = [&](const Session& session) {
    bool gone = (session.hold & kClosing) && channel_info(session).fd < 0;
    if (session.tenant == &c.tenant && !gone) text += describe(c, session) + "\n";
  };
  if (by_id) {
    for (int64_t id : ids) {
      if (Session* session = c.engine.find_session(static_cast<uint64_t>(id))) add(*session);
    }
  } else {
    for (const Session& session : c.engine.sessions()) {
      if (is_of_type(session, type)) add(session);
    }
  }
  c.reply.verbatim("txt", text);
}
constexpr CommandSpec kList = {
    .name = "list",
    .arity = -2,
    .flags = kOthers,
    .group = Group::kConnection,
    .args = "[TYPE (NORMAL|MASTER|REPLICA|PUBSUB)] [ID client-id:integer+]",
    .summary = "Lists the connections, one per line.",
    .since = "2.4.0",
    .complexity = "O(N), N being the connections",
    .tips = "nondeterministic_output",
    .run = client_list};

struct KillFilter {
  int64_t id = 0;
  int64_t max_age = 0;
  std::string_view address, local_address;
  const User* user = nullptr;
  ClientType type = ClientType::kAny;
  bool skip_me = true;

  bool fits(const Context& c, const Session& session) const {
    if (session.tenant != &c.tenant || !is_of_type(session, type)) return false;
    if (skip_me && &session == &c.session) return false;
    if (id != 0 && static_cast<int64_t>(session.id()) != id) return false;
    if (user && session.user != user) return false;
    if (max_age != 0 && (c.now_ms - session.created_ms) / 1000 < max_age) return false;
    if (address.empty() && local_address.empty()) return true;
    ChannelInfo info = channel_info(session);
    return (address.empty() || info.address == address) &&
           (local_address.empty() || info.local_address == local_address);
  }
};

void read_kill_option(Context& c, ArgReader& a, KillFilter* filter) {
  if (a.option("ID")) {
    filter->id = a.integer("ERR client-id should be greater than 0");
    if (filter->id < 1) a.fail("ERR client-id should be greater than 0");
  } else if (a.option("MAXAGE")) {
    filter->max_age = a.integer("ERR maxage is not an integer or out of range");
    if (filter->max_age < 1) a.fail("ERR maxage should be greater than 0");
  } else if (a.option("TYPE")) {
    std::string_view name = a.next();
    filter->type = parse_client_type(name);
    if (filter->type == ClientType::kAny) a.fail(unknown_type(name));
  } else if (a.option("ADDR")) {
    filter->address = a.next();
  } else if (a.option("LADDR")) {
    filter->local_address = a.next();
  } else if (a.option("USER")) {
    std::string_view name = a.next();
    filter->user = c.tenant.users.find(name);
    if (!filter->user) a.fail("ERR No such user '" + std::string(name) + "'");
  } else if (a.option("SKIPME")) {
    filter->skip_me = a.flag("YES");
    if (!filter->skip_me && !a.flag("NO")) a.fail(err::kSyntax);
  } else {
    a.fail(err::kSyntax);
  }
}

// Answers how many connections were ended.
size_t kill_clients(Context& c, const KillFilter& filter) {
  std::vector<uint64_t> ids;
  for (const Session& session : c.engine.sessions()) {
    if (filter.fits(c, session)) ids.push_back(session.id());
  }
  for (uint64_t id : ids) {
    Session* session = c.engine.find_session(id);
    if (!session || session == &c.session) continue;
    session->hold |= kClosing;
    if (session->channel()) session->channel()->close_now();
  }
  return ids.size();
}

void client_kill(Context& c) {
  KillFilter filter;
  bool old_form = c.argc() == 3;
  if (old_form) {
    filter.address = c.arg(2);
    filter.skip_me = false;
  } else {
    ArgReader a(c.args, 2);
    while (a.more()) read_kill_option(c, a, &filter);
    if (!a.done()) return c.reply.error(a.error());
  }
  bool me = filter.fits(c, c.session);
  size_t killed = kill_clients(c, filter);
  if (!old_form) {
    c.reply.integer(static_cast<int64_t>(killed));
  } else if (killed == 0) {
    c.reply.error("ERR No such client");
  } else {
    c.reply.ok();
  }
  if (me) close_after_reply(c.session);
}
constexpr CommandSpec kKill = {
    .name = "kill",
    .arity = -3,
    .flags = kOthers,
    .group = Group::kConnection,
    .args =
        "filter=(ip-port|(ID client-id:integer|TYPE (NORMAL|MASTER|SLAVE|REPLICA|PUBSUB)|"
        "USER username|ADDR addr|LADDR laddr|SKIPME (YES|NO)|MAXAGE maxage:integer)+)",
    .summary = "Ends the connections that fit all given filters.",
    .since = "2.4.0",
    .complexity = "O(N), N being the connections",
    .run = client_kill};

void client_pause(Context& c) {
  if (c.argc() > 4) return answer_subcommand_syntax(c);
  ArgReader a(c.args, 2);
  std::string_view timeout = a.next();
  bool writes_only = a.flag("WRITE");
  if (!writes_only && a.more() && !a.flag("ALL")) {
    return c.reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
  }
  if (!a.done()) return c.reply.error(a.error());
  int64_t ms;
  if (!parse_int64(timeout, &ms)) {
    return c.reply.error("ERR timeout is not an integer or out of range");
  }
  if (ms < 0) return c.reply.error("ERR timeout is negative");
  if (ms > INT64_MAX - c.now_ms) return c.reply.error("ERR timeout is out of range");
  c.engine.pause_clients(c.now_ms + ms, writes_only);
  c.reply.ok();
}
constexpr CommandSpec kPause = {.name = "pause",
                                .arity = -3,
                                .flags = kOthers,
                                .group = Group::kConnection,
                                .args = "timeout:integer [WRITE|ALL]",
                                .summary = "Lets the calls of all clients wait for some time.",
                                .since = "3.0.0",
                                .run = client_pause};

void client_unpause(Context& c) {
  c.engine.unpause_clients();
  c.reply.ok();
}
constexpr CommandSpec kUnpause = {.name = "unpause",
                                  .arity = 2,
                                  .flags = kOthers,
                                  .group = Group::kConnection,
                                  .summary = "Ends CLIENT PAUSE.",
                                  .since = "6.2.0",
                                  .complexity = "O(N), N being the waiting clients",
                                  .run = client_unpause};

void client_unblock(Context& c) {
  Blocking::Ending ending = Blocking::Ending::kTimeout;
  if (c.argc() == 4) {
    if (equals_fold(c.arg(3), "ERROR")) {
      ending = Blocking::Ending::kError;
    } else if (!equals_fold(c.arg(3), "TIMEOUT")) {
      return c.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
  } else if (c.argc() > 4) {
    return answer_subcommand_syntax(c);
  }
  int64_t id;
  if (!parse_int64(c.arg(2), &id)) return c.reply.error(err::kNotInteger);
  Session* session = c.engine.find_session(static_cast<uint64_t>(id));
  bool woken = session && session->tenant == &c.tenant &&
               c.engine.blocking().end_wait(*session, ending);
  c.reply.integer(woken);
}
constexpr CommandSpec kUnblock = {.name = "unblock",
                                  .arity = -3,
                                  .flags = kOthers,
                                  .group = Group::kConnection,
                                  .args = "client-id:integer [TIMEOUT|ERROR]",
                                  .summary = "Wakes a connection that waits in a blocking command.",
                                  .since = "5.0.0",
                                  .complexity = "O(log N), N being the connections",
                                  .run = client_unblock};

constexpr CommandSpec kHelp = help_row(Group::kConnection, "5.0.0", 0, kNoHttp);

constexpr const CommandSpec* kSubcommands[] = {
    &kClientCaching, &kGetname, &kClientGetredir, &kHelp,               &kId,      &kInfo,
    &kKill,          &kList,    &kNoEvict,        &kNoTouchSpec,        &kPause,   &kReply,
    &kSetinfo,       &kSetname, &kClientTracking, &kClientTrackinginfo, &kUnblock, &kUnpause};

constexpr CommandSpec kClient = {.name = "client",
                                 .arity = -2,
                                 .group = Group::kConnection,
                                 .summary = "The connections.",
                                 .since = "2.4.0",
                                 .complexity = "Depends on the subcommand.",
                                 .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kClient};

}  // namespace

std::span<const CommandSpec* const> client_commands() { return kFamily; }

}  // namespace redstart
