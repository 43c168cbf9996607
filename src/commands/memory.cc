// MEMORY: what keys and the server take.
#include "commands/entry_facts.h"
#include "commands/families.h"
#include "engine/arg_reader.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/memory_report.h"
#include "engine/replication_state.h"
#include "engine/scripting.h"

namespace redstart {
namespace {

constexpr std::string_view kTips =
    "nondeterministic_output,request_policy:all_shards,response_policy:special";

// The slot of the main table that points to an entry.
constexpr size_t kSlotBytes = sizeof(uint64_t);

void memory_usage(Context& c) {
  ArgReader a(c.args, 3);
  if (a.option("SAMPLES")) {
    if (a.integer() < 0) a.fail(err::kSyntax);
  }
  if (!a.done()) return c.reply.error(a.error());
  const Entry* entry = c.keys.find(c.key(2), kLookupNoTouch);
  if (!entry) return c.reply.null();
  c.reply.integer(static_cast<int64_t>(total_bytes(*entry) + kSlotBytes));
}
constexpr CommandSpec kUsage = {.name = "usage",
                                .arity = -3,
                                .flags = kReadonly,
                                .group = Group::kServer,
                                .keys = one_key(kKeyRo, 2),
                                .args = "key [SAMPLES count:integer]",
                                .summary = "Answers how many bytes a key takes.",
                                .since = "4.0.0",
                                .complexity = "O(N), N being the samples",
                                .run = memory_usage};

void memory_stats(Context& c) {
  MemoryReport report = memory_report(c.engine, c.tenant);
  std::vector<Keyspace*> spaces;
  for (int db = 0; db < c.tenant.databases(); db++) {
    Keyspace* keys = c.tenant.existing(db);
    if (keys && keys->size() > 0) spaces.push_back(keys);
  }
  Reply& reply = c.reply;
  Reply::Mark mark = reply.open(Reply::Shape::kMap);
  size_t pairs = 0;
  auto number = [&](std::string_view name, uint64_t value) {
    reply.bulk(name);
    reply.integer(static_cast<int64_t>(value));
    pairs++;
  };
  auto ratio = [&](std::string_view name, double value) {
    reply.bulk(name);
    reply.dbl(value);
    pairs++;
  };
  number("peak.allocated", report.peak);
  number("total.allocated", report.used);
  number("startup.allocated", report.startup);
  const ReplicationState* replication = c.tenant.replication;
  const size_t replicas = replication ? replication->replica_memory() : 0;
  number("replication.backlog", replication ? replication->backlog_memory() : 0);
  number("clients.slaves", replicas);
  number("clients.normal", report.clients - std::min<uint64_t>(report.clients, replicas));
  number("cluster.links", 0);
  number("aof.buffer", 0);
  const ScriptFigures scripts = c.tenant.scripting() ? c.tenant.scripting()->figures()
                                                     : ScriptFigures();
  number("lua.caches", scripts.script_bytes);
  number("functions.caches", scripts.function_bytes);
  for (Keyspace* keys : spaces) {
    reply.bulk("db." + std::to_string(keys->index()));
    reply.map(2);
    reply.bulk("overhead.hashtable.main");
    reply.integer(static_cast<int64_t>(keys->table_bytes()));
    reply.bulk("overhead.hashtable.expires");
    reply.integer(static_cast<int64_t>(keys->wheel_bytes()));
    pairs++;
  }
  number("overhead.db.hashtable.lut", report.tables);
  number("overhead.db.hashtable.rehashing", 0);
  number("overhead.total", report.overhead);
  number("db.dict.rehashing.count", 0);
  number("keys.count", report.keys);
  number("keys.bytes-per-key", report.keys ? report.dataset() / report.keys : 0);
  number("dataset.bytes", report.dataset());
  ratio("dataset.percentage", report.dataset_percent());
  ratio("peak.percentage", report.peak_percent());
  number("allocator.allocated", report.used);
  number("allocator.active", report.resident);
  number("allocator.resident", report.resident);
  number("allocator.muzzy", 0);
  ratio("allocator-fragmentation.ratio", 1);
  number("allocator-fragmentation.bytes", 0);
  ratio("allocator-rss.ratio", 1);
  number("allocator-rss.bytes", 0);
  ratio("rss-overhead.ratio", 1);
  number("rss-overhead.bytes", 0);
  ratio("fragmentation", report.fragmentation());
  number("fragmentation.bytes", report.resident > report.used ? report.resident - report.used : 0);
  reply.close(mark, pairs);
}
constexpr CommandSpec kStats = {.name = "stats",
                                .arity = 2,
                                .group = Group::kServer,
                                .summary = "Answers what the memory is used for.",
                                .since = "4.0.0",
                                .tips = kTips,
                                .run = memory_stats};

void memory_doctor(Context& c) {
  MemoryReport report = memory_report(c.engine, c.tenant);
  std::string text;
  if (report.used < 5u << 20) {
    text = "This instance is empty or holds very little, so there is nothing to judge yet.\n";
  } else if (report.peak > report.used * 3 / 2) {
    text =
        "Memory was much fuller at its peak than it is now: expect a resident size above what "
        "the data needs.\n";
  } else if (report.fragmentation() > 1.5) {
    text = "The process holds much more memory than its data needs.\n";
  } else {
    text = "No memory problem was found in this instance.\n";
  }
  c.reply.verbatim("txt", text);
}
constexpr CommandSpec kDoctor = {.name = "doctor",
                                 .arity = 2,
                                 .group = Group::kServer,
                                 .summary = "Tells in words how the memory does.",
                                 .since = "4.0.0",
                                 .tips = kTips,
                                 .run = memory_doctor};

void memory_malloc_stats(Context& c) {
  MemoryReport report = memory_report(c.engine, c.tenant);
  c.reply.verbatim("txt", "used " + std::to_string(report.used) + "\nreserved by slabs " +
                              std::to_string(report.reserved) + "\nresident " +
                              std::to_string(report.resident) + "\n");
}
constexpr CommandSpec kMallocStats = {
    .name = "malloc-stats",
    .arity = 2,
    .group = Group::kServer,
    .summary = "Answers the figures of the allocator.",
    .since = "4.0.0",
    .complexity = "Depends on how much memory is allocated, could be slow",
    .tips = kTips,
    .run = memory_malloc_stats};

// Empty pages go back to the system by themselves.
void memory_purge(Context& c) { c.reply.ok(); }
constexpr CommandSpec kPurge = {
    .name = "purge",
    .arity = 2,
    .group = Group::kServer,
    .summary = "Gives unused memory back to the system.",
    .since = "4.0.0",
    .complexity = "Depends on how much memory is allocated, could be slow",
    .tips = "request_policy:all_shards,response_policy:all_succeeded",
    .run = memory_purge};

constexpr CommandSpec kHelp = help_row(Group::kServer, "4.0.0");

constexpr const CommandSpec* kSubcommands[] = {&kDoctor, &kHelp,  &kMallocStats,
                                               &kPurge,  &kStats, &kUsage};

constexpr CommandSpec kMemory = {.name = "memory",
                                 .arity = -2,
                                 .group = Group::kServer,
                                 .summary = "What keys and the server take.",
                                 .since = "4.0.0",
                                 .complexity = "Depends on the subcommand.",
                                 .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kMemory};

}  // namespace

std::span<const CommandSpec* const> memory_commands() { return kFamily; }

}  // namespace redstart
