// The data set as a whole and the server itself: DBSIZE FLUSHDB FLUSHALL SWAPDB TIME ROLE LOLWUT
// SHUTDOWN MODULE.
#include "base/ascii.h"
#include "base/version.h"
#include "commands/families.h"
#include "engine/arg_reader.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/blocking.h"
#include "engine/engine.h"
#include "engine/persistence.h"
#include "engine/replication_state.h"
#include "engine/scripting.h"

namespace redstart {
namespace {

void dbsize(Context& c) { c.reply.integer(static_cast<int64_t>(c.keys.size())); }
constexpr CommandSpec kDbsize = {.name = "dbsize",
                                 .arity = 1,
                                 .flags = kReadonly | kFast,
                                 .acl = kAclKeyspace,
                                 .group = Group::kServer,
                                 .summary = "Counts the keys of the database.",
                                 .tips = "request_policy:all_shards,response_policy:agg_sum",
                                 .run = dbsize};

// FLUSHDB and FLUSHALL [ASYNC|SYNC]. False: the error was answered.
bool read_flush_mode(Context& c, bool* later) {
  ArgReader a(c.args, 1);
  *later = c.engine.settings().lazyfree_lazy_user_flush;
  if (a.flag("ASYNC")) {
    *later = true;
  } else if (a.flag("SYNC")) {
    *later = false;
  }
  if (!a.done()) c.reply.error(a.error());
  return a.ok();
}

// Both reach replicas even when there was nothing to delete.
// Redis hands the keys of a flush to its background, even of a SYNC one outside of a transaction;
// INFO counts those.
void flush(Context& c, Keyspace& keys, bool later) {
  bool in_transaction = c.unit.depth() > 1;
  if (later || !in_transaction) c.engine.keyspace_shared().freed_later += keys.size();
  keys.flush(later);
}

void flushdb(Context& c) {
  bool later;
  if (!read_flush_mode(c, &later)) return;
  flush(c, c.keys, later);
  c.propagate_verbatim();
  c.reply.ok();
}
constexpr CommandSpec kFlushdb = {.name = "flushdb",
                                  .arity = -1,
                                  .flags = kWrite,
                                  .acl = kAclKeyspace | kAclDangerous,
                                  .group = Group::kServer,
                                  .args = "[ASYNC|SYNC]",
                                  .summary = "Deletes all keys of the database.",
                                  .complexity = "O(N), N being the keys of the database",
                                  .tips = "request_policy:all_shards,response_policy:all_succeeded",
                                  .run = flushdb};

void flushall(Context& c) {
  bool later;
  if (!read_flush_mode(c, &later)) return;
  for (int db = 0; db < c.tenant.databases(); db++) {
    if (Keyspace* keys = c.tenant.existing(db)) flush(c, *keys, later);
  }
  if (c.tenant.persistence && c.tenant.persistence->flushed_all()) c.unit.all_saved();
  c.propagate_verbatim();
  c.reply.ok();
}
constexpr CommandSpec kFlushall = {
    .name = "flushall",
    .arity = -1,
    .flags = kWrite,
    .acl = kAclKeyspace | kAclDangerous,
    .group = Group::kServer,
    .args = "[ASYNC|SYNC]",
    .summary = "Deletes all keys of all databases.",
    .complexity = "O(N), N being all keys",
    .tips = "request_policy:all_shards,response_policy:all_succeeded",
    .run = flushall};

void swapdb(Context& c) {
  ArgReader a(c.args, 1);
  int64_t first = a.integer("ERR invalid first DB index");
  int64_t second = a.integer("ERR invalid second DB index");
  if (!a.done()) return c.reply.error(a.error());
  int databases = c.tenant.databases();
  if (first < 0 || second < 0 || first >= databases || second >= databases) {
    return c.reply.error(err::kDbIndexOutOfRange);
  }
  c.tenant.swap(static_cast<int>(first), static_cast<int>(second));
  c.propagate_verbatim();
  c.reply.ok();
}
constexpr CommandSpec kSwapdb = {
    .name = "swapdb",
    .arity = 3,
    .flags = kWrite | kFast,
    .acl = kAclKeyspace | kAclDangerous,
    .group = Group::kServer,
    .args = "index1:integer index2:integer",
    .summary = "Exchanges two databases.",
    .since = "4.0.0",
    .complexity = "O(N), N being the clients that watch keys of either",
    .run = swapdb};

void time(Context& c) {
  int64_t now_us = c.engine.clock().wall_us();
  // For a script time stands still.
  if (RunningScript* script = c.engine.running_script) {
    if (script->wall_us == 0) script->wall_us = now_us;
    now_us = script->wall_us;
  }
  c.reply.array(2);
  c.reply.bulk_int(now_us / 1000000);
  c.reply.bulk_int(now_us % 1000000);
}
constexpr CommandSpec kTime = {.name = "time",
                               .arity = 1,
                               .flags = kLoading | kStale | kFast,
                               .group = Group::kServer,
                               .summary = "Answers the time: seconds and microseconds.",
                               .since = "2.6.0",
                               .tips = "nondeterministic_output",
                               .run = time};

void role(Context& c) {
  const ReplicationState* replication = c.tenant.replication;
  const ReplicationFacts facts = replication ? replication->facts() : ReplicationFacts();
  if (!facts.is_master) {
    c.reply.array(5);
    c.reply.bulk("slave");
    c.reply.bulk(facts.master_host);
    c.reply.integer(facts.master_port);
    c.reply.bulk(facts.link);
    return c.reply.integer(facts.offset);
  }
  c.reply.array(3);
  c.reply.bulk("master");
  c.reply.integer(facts.offset);
  Reply::Mark mark = c.reply.open(Reply::Shape::kArray);
  size_t online = 0;
  for (const ReplicaFacts& replica : facts.replicas) {
    if (replica.state != "online") continue;
    c.reply.array(3);
    c.reply.bulk(replica.host);
    c.reply.bulk_int(replica.port);
    c.reply.bulk_int(replica.offset);
    online++;
  }
  c.reply.close(mark, online);
}
constexpr CommandSpec kRole = {.name = "role",
                               .arity = 1,
                               .flags = kNoScript | kLoading | kStale | kFast,
                               .acl = kAclAdmin | kAclDangerous,
                               .group = Group::kServer,
                               .summary = "Answers the part this server plays in replication.",
                               .since = "2.8.12",
                               .run = role};

// A field of Conway's Life some generations on, another one each time.
std::string life_text(Random& random) {
  constexpr int kWidth = 40, kHeight = 12, kGenerations = 20;
  std::vector<char> cells(kWidth * kHeight), next;
  for (char& cell : cells) cell = random.below(3) == 0;
  auto alive = [&](int x, int y) {
    return cells[(y + kHeight) % kHeight * kWidth + (x + kWidth) % kWidth];
  };
  for (int generation = 0; generation < kGenerations; generation++) {
    next = cells;
    for (int i = 0; i < kWidth * kHeight; i++) {
      int x = i % kWidth, y = i / kWidth, neighbours = -cells[i];
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) neighbours += alive(x + dx, y + dy);
      }
      next[i] = neighbours == 3 || (neighbours == 2 && cells[i]);
    }
    cells.swap(next);
  }
  std::string text;
  for (int y = 0; y < kHeight; y++) {
    for (int x = 0; x < kWidth; x++) text += alive(x, y) ? "o " : ". ";
    text += '\n';
  }
  return text;
}

void lolwut(Context& c) {
  std::string text = life_text(c.engine.random());
  text += "\nRedis ver. " + std::string(kRedisVersion) + ", Redstart ver. " +
          std::string(kRedstartVersion) + "\n";
  c.reply.verbatim("txt", text);
}
constexpr CommandSpec kLolwut = {.name = "lolwut",
                                 .arity = -1,
                                 .flags = kReadonly | kFast,
                                 .group = Group::kServer,
                                 .args = "[VERSION version:integer]",
                                 .summary = "Draws a little picture.",
                                 .since = "5.0.0",
                                 .complexity = {},
                                 .run = lolwut};

constexpr std::string_view kNoShutdown = "ERR Errors trying to SHUTDOWN. Check logs.";

// Until the shutdown that replicas are waited for is taken back, or fails.
class ShutdownWait final : public AckWait {
 public:
  bool fulfilled(const Session& session) override {
    return !session.engine().host().shutting_down();
  }
  void answer(const Session&, Reply& reply) override { reply.error(kNoShutdown); }
};

void shutdown(Context& c) {
  ArgReader a(c.args, 1);
  bool save = false, no_save = false, now = false, force = false, abort = false;
  while (a.more()) {
    if (a.flag("SAVE")) {
      save = true;
    } else if (a.flag("NOSAVE")) {
      no_save = true;
    } else if (a.flag("NOW")) {
      now = true;
    } else if (a.flag("FORCE")) {
      force = true;
    } else if (a.flag("ABORT")) {
      abort = true;
    } else {
      a.fail(err::kSyntax);
    }
  }
  if ((save && no_save) || (abort && (save || no_save || now || force))) a.fail(err::kSyntax);
  if (!a.done()) return c.reply.error(a.error());
  if (abort) {
    bool aborted = c.engine.host().abort_shutdown && c.engine.host().abort_shutdown();
    return aborted ? c.reply.ok() : c.reply.error("ERR No shutdown in progress.");
  }
  if (c.engine.attention & kBusyScript) {
    if (!no_save) return c.reply.error(c.engine.running_script->busy_text());
    // What it has written is lost with everything else.
    c.engine.running_script->kill_asked = true;
  }
  ShutdownRequest request;
  request.force = force;
  request.now = now;
  if (save) request.save = ShutdownRequest::Save::kAlways;
  if (no_save) request.save = ShutdownRequest::Save::kNever;
  // Nothing is answered: the connection ends with the server.
  if (c.engine.host().shutdown && c.engine.host().shutdown(request)) return;
  if (c.engine.host().shutting_down && c.engine.host().shutting_down()) {
    return wait_for_acks(c, std::make_unique<ShutdownWait>(), 0);
  }
  c.reply.error(kNoShutdown);
}
constexpr CommandSpec kShutdown = {
    .name = "shutdown",
    .arity = -1,
    .flags = kAdmin | kNoScript | kLoading | kStale | kNoMulti | kAllowBusy | kNoHttp,
    .group = Group::kServer,
    .args = "[NOSAVE|SAVE] [NOW] [FORCE] [ABORT]",
    .summary = "Stops the server.",
    .run = shutdown};

void module_list(Context& c) { c.reply.array(0); }
constexpr CommandSpec kModuleList = {.name = "list",
                                     .arity = 2,
                                     .flags = kAdmin | kNoScript,
                                     .group = Group::kServer,
                                     .summary = "Lists the loaded modules: none.",
                                     .since = "4.0.0",
                                     .complexity = "O(N), N being the modules",
                                     .tips = "nondeterministic_output_order",
                                     .run = module_list};
constexpr CommandSpec kModuleHelp = help_row(Group::kServer, "5.0.0");
constexpr const CommandSpec* kModuleSubcommands[] = {&kModuleHelp, &kModuleList};
constexpr CommandSpec kModule = {.name = "module",
                                 .arity = -2,
                                 .group = Group::kServer,
                                 .summary = "Modules, of which there are none here.",
                                 .since = "4.0.0",
                                 .complexity = "Depends on the subcommand.",
                                 .subcommands = kModuleSubcommands};

constexpr const CommandSpec* kFamily[] = {&kDbsize,    &kFlushdb, &kFlushall, &kSwapdb,
                                          &kTime,      &kRole,    &kLolwut,   &kShutdown,
                                          &kModule};

}  // namespace

std::span<const CommandSpec* const> server_commands() { return kFamily; }

}  // namespace redstart
