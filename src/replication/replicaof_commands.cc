// REPLICAOF and its old name: whom this server follows.
#include "base/ascii.h"
#include "base/log.h"
#include "base/numbers.h"
#include "engine/client_info.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "replication/replication.h"
#include "replication/replication_commands.h"

namespace redstart {
namespace {

std::string who_asks(const Context& c) {
  return " (user request from '" + client_info(c.session, {&c.command, c.args}, c.now_ms) + "')";
}

void follow_nobody(Context& c, Replication& replication) {
  if (!replication.is_master()) {
    replication.stop_following();
    c.engine.log().notice("MASTER MODE enabled" + who_asks(c));
  }
  c.reply.ok();
}

void replicaof(Context& c) {
  Replication* replication = replication_of(c.tenant);
  if (replication && replication->failover().under_way()) {
    return c.reply.error("ERR REPLICAOF not allowed while failing over.");
  }
  const bool nobody = equals_fold(c.arg(1), "no") && equals_fold(c.arg(2), "one");
  if (nobody && !replication) return c.reply.ok();
  if (nobody) return follow_nobody(c, *replication);
  if (c.session.attention & kFollowing) {
    return c.reply.error("ERR Command is not valid when client is a replica.");
  }
  if (!replication || !replication->can_follow()) {
    return c.reply.error("ERR Only the first database of a server of its own can be a replica");
  }
  int64_t port;
  if (!parse_int64(c.arg(2), &port) || port < 0 || port > 65535) {
    return c.reply.error("ERR Invalid master port");
  }
  const std::string host(c.arg(1));
  const Link* link = replication->link();
  if (link && equals_fold(link->host(), host) && link->port() == port) {
    c.engine.log().notice("REPLICAOF would result into synchronization with the master we are "
                          "already connected with. No operation performed.");
    return c.reply.status("OK Already connected to specified master");
  }
  replication->follow(host, static_cast<int>(port));
  c.engine.log().notice("REPLICAOF " + host + ":" + std::to_string(port) + " enabled" +
                        who_asks(c));
  c.reply.ok();
}

constexpr uint32_t kFlags = kNoAsyncLoading | kAdmin | kNoScript | kStale | kNoHttp;
constexpr CommandSpec kReplicaof = {
    .name = "replicaof",
    .arity = 3,
    .flags = kFlags,
    .group = Group::kServer,
    .args = "(host port:integer)|(NO ONE)",
    .summary = "Makes the server a replica of another, or of none.",
    .since = "5.0.0",
    .run = replicaof};
constexpr CommandSpec kSlaveof = {.name = "slaveof",
                                  .arity = 3,
                                  .flags = kFlags,
                                  .group = Group::kServer,
                                  .args = "(host port:integer)|(NO ONE)",
                                  .summary = "The old name of REPLICAOF.",
                                  .deprecated = "5.0.0:`REPLICAOF`",
                                  .run = replicaof};

constexpr const CommandSpec* kFamily[] = {&kReplicaof, &kSlaveof};

}  // namespace

std::span<const CommandSpec* const> replicaof_commands() { return kFamily; }

}  // namespace redstart
