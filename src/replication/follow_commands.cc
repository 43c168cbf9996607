// SYNC, PSYNC and REPLCONF: what replicas say to the server that they follow.
#include "base/ascii.h"
#include "base/log.h"
#include "base/numbers.h"
#include "engine/client_info.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "engine/session_channel.h"
#include "replication/replication.h"
#include "replication/replication_commands.h"
#include "wire/resp_inline.h"

namespace redstart {
namespace {

constexpr uint32_t kFollowFlags = kNoAsyncLoading | kAdmin | kNoMulti | kNoScript | kNoHttp;

// Null: the error was answered.
Replication* need_replication(Context& c) {
  Replication* replication = c.session.channel() ? replication_of(c.tenant) : nullptr;
  if (!replication) {
    c.reply.error("ERR Replication is not possible: this database is in memory only, and another "
                  "program's, or not the first of its server");
  }
  return replication;
}

// PSYNC ... FAILOVER, from the master that we follow. False: it was answered.
bool become_master(Context& c, Replication& replication) {
  c.engine.log().notice("Failover request received for replid " + std::string(c.arg(1)) + ".");
  if (replication.is_master()) {
    c.reply.error("ERR PSYNC FAILOVER can't be sent to a master.");
    return false;
  }
  if (!equals_fold(c.arg(1), c.tenant.replication_id)) {
    c.reply.error("ERR PSYNC FAILOVER replid must match my replid.");
    return false;
  }
  replication.stop_following();
  c.engine.log().notice("MASTER MODE enabled (failover request from '" +
                        client_info(c.session, {&c.command, c.args}, c.now_ms) + "')");
  return true;
}

// False: it was answered.
bool may_follow(Context& c, const Replica& replica) {
  if (c.session.attention & kFollowing) return false;
  if (replication_of(c.tenant)->failover().under_way()) {
    c.reply.error("NOMASTERLINK Can't SYNC while failing over");
    return false;
  }
  if (c.tenant.replication && !c.tenant.replication->is_master() &&
      !c.tenant.replication->link_is_up()) {
    c.reply.error("NOMASTERLINK Can't SYNC while not connected with my master");
    return false;
  }
  if (c.session.channel()->unsent() > 0) {
    c.reply.error("ERR SYNC and PSYNC are invalid with pending output");
    return false;
  }
  const bool filtered = !replica.wants_keys || !replica.wants_functions;
  if (filtered && !replica.takes_marked_data) {
    c.reply.error("ERR Filtered replica requires EOF capability");
    return false;
  }
  c.engine.log().notice("Replica " + replica.name() + " asks for synchronization");
  return true;
}

void sync(Context& c) {
  Replication* replication = need_replication(c);
  if (!replication) return;
  Replica& replica = replication->replicas().of(c.session);
  if (!may_follow(c, replica)) return;
  replica.knows_offsets = false;
  replication->sync_all(replica);
}
constexpr CommandSpec kSync = {.name = "sync",
                               .arity = 1,
                               .flags = kFollowFlags,
                               .group = Group::kServer,
                               .summary = "Makes the connection one that gets all data, then every "
                                          "change.",
                               .run = sync};

void psync(Context& c) {
  Replication* replication = need_replication(c);
  if (!replication) return;
  Replica& replica = replication->replicas().of(c.session);
  if (c.session.attention & kFollowing) return;
  if (c.argc() > 3 && equals_fold(c.arg(3), "failover") && !become_master(c, *replication)) return;
  if (!may_follow(c, replica)) return;
  int64_t next_byte;
  if (!parse_int64(c.arg(2), &next_byte)) return c.reply.error(err::kNotInteger);
  if (replication->resume(replica, c.arg(1), next_byte - 1)) return;
  if (!c.arg(1).starts_with('?')) c.tenant.stats.syncs_partial_refused++;
  replication->sync_all(replica);
}
constexpr CommandSpec kPsync = {
    .name = "psync",
    .arity = -3,
    .flags = kFollowFlags,
    .group = Group::kServer,
    .args = "replicationid offset:integer",
    .summary = "Makes the connection one that gets every change from an offset on.",
    .since = "2.8.0",
    .run = psync};

// --- REPLCONF: pairs of names and values. One that is wrong ends the call; those before it count.

enum class Said : uint8_t { kGoOn, kSilence, kRefused };

Said read_port(Context& c, Replica& replica, std::string_view value) {
  int64_t port;
  if (!parse_int64(value, &port)) {
    c.reply.error(err::kNotInteger);
    return Said::kRefused;
  }
  replica.port = static_cast<int>(port);
  return Said::kGoOn;
}

Said read_host(Context& c, Replica& replica, std::string_view value) {
  constexpr size_t kHostMax = 256;
  if (value.size() >= kHostMax) {
    c.reply.error("ERR REPLCONF ip-address provided by replica instance is too long: " +
                  std::to_string(value.size()) + " bytes");
    return Said::kRefused;
  }
  replica.announced_host = value;
  return Said::kGoOn;
}

// Those that are not known here are nobody's business.
Said read_capability(Context&, Replica& replica, std::string_view value) {
  if (equals_fold(value, "eof")) replica.takes_marked_data = true;
  if (equals_fold(value, "psync2")) replica.takes_new_ids = true;
  return Said::kGoOn;
}

Said read_data_only(Context& c, Replica& replica, std::string_view value) {
  int64_t number;
  if (!parse_int64(value, &number) || number < 0 || number > 1) {
    c.reply.error("ERR value is out of range, value must between 0 and 1");
    return Said::kRefused;
  }
  replica.wants_data_only = number == 1;
  return Said::kGoOn;
}

// Nothing but what is named; "" is nothing at all.
Said read_filter(Context& c, Replica& replica, std::string_view value) {
  std::vector<std::string> parts;
  if (!split_inline(value, &parts)) {
    c.reply.error("ERR Missing rdb-filter-only values");
    return Said::kRefused;
  }
  replica.wants_keys = replica.wants_functions = false;
  for (const std::string& part : parts) {
    if (equals_fold(part, "functions")) {
      replica.wants_functions = true;
      continue;
    }
    c.reply.error("ERR Unsupported rdb-filter-only option: " + part);
    return Said::kRefused;
  }
  return Said::kGoOn;
}

Said read_ack(Context& c, Replica& replica, std::string_view value) {
  int64_t offset, on_disk = -1;
  if (!(c.session.attention & kFollowing) || !parse_int64(value, &offset)) return Said::kSilence;
  if (c.argc() > 4 && equals_fold(c.arg(3), "fack")) parse_int64(c.arg(4), &on_disk);
  replication_of(c.tenant)->confirm(replica, offset, on_disk);
  return Said::kSilence;
}

// For replicas, from the server that they follow.
Said read_getack(Context&, Replica&, std::string_view) { return Said::kSilence; }

struct Option {
  std::string_view name;
  Said (*read)(Context& c, Replica& replica, std::string_view value);
};
constexpr Option kOptions[] = {
    {"listening-port", read_port},   {"ip-address", read_host},    {"capa", read_capability},
    {"ack", read_ack},               {"getack", read_getack},      {"rdb-only", read_data_only},
    {"rdb-filter-only", read_filter}};

void replconf(Context& c) {
  Replication* replication = need_replication(c);
  if (!replication) return;
  if (c.argc() % 2 == 0) return c.reply.error(err::kSyntax);
  Replica& replica = replication->replicas().of(c.session);
  for (size_t i = 1; i + 1 < c.argc(); i += 2) {
    const Option* found = nullptr;
    for (const Option& option : kOptions) {
      if (equals_fold(option.name, c.arg(i))) found = &option;
    }
    if (!found) {
      return c.reply.error("ERR Unrecognized REPLCONF option: " + std::string(c.arg(i)));
    }
    if (found->read(c, replica, c.arg(i + 1)) != Said::kGoOn) return;
  }
  c.reply.ok();
}
constexpr CommandSpec kReplconf = {
    .name = "replconf",
    .arity = -1,
    .flags = kAdmin | kNoScript | kLoading | kStale | kAllowBusy | kNoHttp | kFromReplica,
    .group = Group::kServer,
    .summary = "What replicas and their masters have to tell each other.",
    .since = "3.0.0",
    .run = replconf};

constexpr const CommandSpec* kFamily[] = {&kSync, &kPsync, &kReplconf};

}  // namespace

std::span<const CommandSpec* const> follow_commands() { return kFamily; }

void add_replication_commands(Engine& engine) {
  engine.add_commands(follow_commands());
  engine.add_commands(replicaof_commands());
  engine.add_commands(failover_commands());
}

}  // namespace redstart
