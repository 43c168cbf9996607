// FAILOVER: who is the master is to change, without a loss.
#include "engine/arg_reader.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "replication/replication.h"
#include "replication/replication_commands.h"

namespace redstart {
namespace {

bool read_request(Context& c, Failover::Request* request) {
  ArgReader a(c.args, 1);
  bool to = false;
  while (a.more()) {
    if (request->timeout_ms == 0 && a.left() >= 2 && a.flag("TIMEOUT")) {
      request->timeout_ms = a.integer();
      if (request->timeout_ms <= 0) a.fail("ERR FAILOVER timeout must be greater than 0");
    } else if (!to && a.left() >= 3 && a.flag("TO")) {
      to = true;
      request->host = a.next();
      request->port = static_cast<int>(a.integer());
    } else if (!request->force && a.flag("FORCE")) {
      request->force = true;
    } else {
      a.fail(err::kSyntax);
    }
  }
  if (!a.done()) c.reply.error(a.error());
  return a.ok();
}

// Empty: it can begin.
std::string_view refusal(const Replication& replication, const Failover::Request& request) {
  const Failover& failover = replication.failover();
  if (failover.under_way()) return "ERR FAILOVER already in progress.";
  if (!replication.is_master()) return "ERR FAILOVER is not valid when server is a replica.";
  if (replication.replicas().empty()) return "ERR FAILOVER requires connected replicas.";
  if (request.force && (request.timeout_ms == 0 || request.host.empty())) {
    return "ERR FAILOVER with force option requires both a timeout and target HOST and IP.";
  }
  if (request.host.empty()) return {};
  const Replica* target = failover.find(request.host, request.port);
  if (!target) return "ERR FAILOVER target HOST and PORT is not a replica.";
  if (target->state != Replica::State::kOnline) {
    return "ERR FAILOVER target replica is not online.";
  }
  return {};
}

void failover(Context& c) {
  Replication* replication = replication_of(c.tenant);
  if (!replication) return c.reply.error("ERR FAILOVER requires connected replicas.");
  if (ArgReader a(c.args, 1); a.left() == 1 && a.flag("ABORT")) {
    if (!replication->failover().under_way()) {
      return c.reply.error("ERR No failover in progress.");
    }
    replication->failover().abort("Failover manually aborted");
    return c.reply.ok();
  }
  Failover::Request request;
  if (!read_request(c, &request)) return;
  const std::string_view why = refusal(*replication, request);
  if (!why.empty()) return c.reply.error(why);
  replication->failover().begin(request);
  c.reply.ok();
}
constexpr CommandSpec kFailover = {
    .name = "failover",
    .arity = -1,
    .flags = kAdmin | kNoScript | kStale | kNoHttp,
    .group = Group::kServer,
    .args = "[TO target=(host port:integer [FORCE])] [ABORT] [TIMEOUT milliseconds:integer]",
    .summary = "Lets the server and one of its replicas change places.",
    .since = "6.2.0",
    .run = failover};

constexpr const CommandSpec* kFamily[] = {&kFailover};

}  // namespace

std::span<const CommandSpec* const> failover_commands() { return kFamily; }

}  // namespace redstart
