// What a connection says about itself: PING ECHO SELECT AUTH HELLO RESET QUIT.
#include "base/version.h"
#include "commands/client_name.h"
#include "commands/families.h"
#include "engine/arg_reader.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/exec_unit.h"
#include "engine/monitor.h"
#include "engine/permissions.h"
#include "engine/session_channel.h"
#include "engine/subscriptions.h"
#include "engine/tracking.h"
#include "engine/transaction.h"

namespace redstart {
namespace {

constexpr uint32_t kAlways = kNoScript | kLoading | kStale | kFast;
// RESET and QUIT, out of whatever state the connection is in.
constexpr uint32_t kLeaves = kAlways | kNoAuth | kAllowBusy | kEndsWindow | kNoHttp | kNotQueued |
                             kWhileListening;

void ping(Context& c) {
  if (c.argc() > 2) return c.reply.error(err::wrong_arity("ping"));
  // A RESP2 client that listens expects every answer to look like a message.
  if (c.session.attention & kSubscribedResp2) {
    c.reply.array(2);
    c.reply.bulk("pong");
    return c.reply.bulk(c.argc() == 2 ? c.arg(1) : "");
  }
  if (c.argc() == 1) return c.reply.status("PONG");
  c.reply.bulk(c.arg(1));
}
constexpr CommandSpec kPing = {.name = "ping",
                               .arity = -1,
                               .flags = kFast | kWhileListening | kTellsHealth,
                               .group = Group::kConnection,
                               .args = "[message]",
                               .summary = "Answers PONG or the message.",
                               .tips = "request_policy:all_shards,response_policy:all_succeeded",
                               .run = ping};

void echo(Context& c) { c.reply.bulk(c.arg(1)); }
constexpr CommandSpec kEcho = {.name = "echo",
                               .arity = 2,
                               .flags = kLoading | kStale | kFast,
                               .group = Group::kConnection,
                               .args = "message",
                               .summary = "Answers the message.",
                               .run = echo};

void select(Context& c) {
  ArgReader a(c.args, 1);
  int64_t index = a.integer();
  if (!a.done()) return c.reply.error(a.error());
  // Over HTTP there is one database: a request has no connection that could remember another.
  int databases = c.session.dialect == Dialect::kUpstash ? 1 : c.tenant.databases();
  if (index < 0 || index >= databases) return c.reply.error(err::kDbIndexOutOfRange);
  c.session.select(static_cast<int>(index));
  c.reply.ok();
}
constexpr CommandSpec kSelect = {.name = "select",
                                 .arity = 2,
                                 .flags = kLoading | kStale | kFast,
                                 .group = Group::kConnection,
                                 .args = "index:integer",
                                 .summary = "Chooses the database of the connection.",
                                 .run = select};

// False: the error was answered.
bool authenticate(Context& c, std::string_view name, std::string_view password) {
  const User* user = c.tenant.users.check(name, password);
  if (user) {
    c.session.authenticate(c.tenant, *user);
    return true;
  }
  const bool inside_exec = c.unit.depth() > 1;
  note_failed_login(c.session, c.command, c.args, name,
                    inside_exec ? DeniedContext::kMulti : DeniedContext::kTopLevel);
  c.reply.error(err::kWrongPass);
  return false;
}

void auth(Context& c) {
  if (c.argc() > 3) return c.reply.error(err::kSyntax);
  const User& default_user = c.tenant.users.default_user();
  if (c.argc() == 2 && default_user.no_password) {
    return c.reply.error(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your configuration is correct?");
  }
  std::string_view name = c.argc() == 2 ? std::string_view(default_user.name) : c.arg(1);
  if (authenticate(c, name, c.args.back())) c.reply.ok();
}
constexpr CommandSpec kAuth = {.name = "auth",
                               .arity = -2,
                               .flags = kAlways | kNoAuth | kAllowBusy | kEndsWindow | kNoHttp,
                               .group = Group::kConnection,
                               .args = "[username] password",
                               .summary = "Logs the connection in.",
                               .complexity = "O(N), N being the passwords of the user",
                               .run = auth};

void answer_hello(Context& c) {
  Reply& reply = c.reply;
  reply.map_in(c.session.resp, 7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(kRedisVersion);
  reply.bulk("proto");
  reply.integer(c.session.resp);
  reply.bulk("id");
  reply.integer(static_cast<int64_t>(c.session.id()));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

void hello(Context& c) {
  ArgReader a(c.args, 1);
  int64_t version = c.session.resp;
  if (a.more()) version = a.integer("ERR Protocol version is not an integer or out of range");
  if (a.ok() && (version < 2 || version > 3)) {
    return c.reply.error("NOPROTO unsupported protocol version");
  }
  Args login, name;
  while (a.more()) {
    std::string_view option = a.peek();
    if (a.left() > 2 && a.flag("AUTH")) {
      login = c.args.subspan(a.position(), 2);
      a.next();
      a.next();
    } else if (a.left() > 1 && a.flag("SETNAME")) {
      name = c.args.subspan(a.position(), 1);
      if (!is_client_word(a.next())) return c.reply.error(kBadClientName);
    } else {
      a.fail("ERR Syntax error in HELLO option '" + std::string(option) + "'");
    }
  }
  if (!a.ok()) return c.reply.error(a.error());
  if (!login.empty() && !authenticate(c, login[0], login[1])) return;
  if (!c.session.authenticated) {
    return c.reply.error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
        "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the "
        "RESP protocol version at the same time");
  }
  if (!name.empty()) set_client_name(c.session, name[0]);
  c.session.set_resp(static_cast<int>(version));
  answer_hello(c);
}
constexpr CommandSpec kHello = {
    .name = "hello",
    .arity = -1,
    .flags = kAlways | kNoAuth | kAllowBusy | kEndsWindow | kNoHttp,
    .group = Group::kConnection,
    .args = "[protover:integer [AUTH (username password)] [SETNAME clientname]]",
    .summary = "Chooses the protocol, and may log in and name the connection.",
    .since = "6.0.0",
    .run = hello};

void reset(Context& c) {
  Session& session = c.session;
  if (session.transaction) transaction_discard(session);
  if (session.subscribed) end_subscriptions(session);
  if (session.attention & kMonitoring) c.engine.monitors().remove(session);
  c.engine.tracking().disable(session);
  session.select(0);
  session.set_resp(2);
  session.reply_mode = ReplyMode::kOn;
  session.no_evict = false;
  session.readonly_mode = false;
  session.attention &= ~kNoTouch;
  if (session.extras) session.extras->name.clear();
  session.deauthenticate();
  c.reply.status("RESET");
}
constexpr CommandSpec kReset = {.name = "reset",
                                .arity = 1,
                                .flags = kLeaves,
                                .group = Group::kConnection,
                                .summary = "Puts the connection back to how it began.",
                                .since = "6.2.0",
                                .run = reset};

void quit(Context& c) {
  c.reply.ok();
  close_after_reply(c.session);
}
constexpr CommandSpec kQuit = {.name = "quit",
                               .arity = -1,
                               .flags = kLeaves,
                               .group = Group::kConnection,
                               .summary = "Closes the connection.",
                               .deprecated = "7.2.0:just closing the connection",
                               .run = quit};

constexpr const CommandSpec* kFamily[] = {&kPing,  &kEcho,  &kSelect, &kAuth,
                                          &kHello, &kReset, &kQuit};

}  // namespace

std::span<const CommandSpec* const> connection_commands() { return kFamily; }

}  // namespace redstart
