// Pub/sub: SUBSCRIBE and its kin, PUBLISH, SPUBLISH, PUBSUB.
#include "commands/families.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/exec_unit.h"
#include "engine/replication_state.h"
#include "engine/session.h"
#include "engine/subscriptions.h"
#include "engine/tenant.h"
#include "wire/command_text.h"

namespace redstart {
namespace {

using Kind = Hub::Kind;

constexpr uint32_t kFlags = kPubsub | kLoading | kStale;
constexpr uint32_t kListening = kFlags | kNoScript | kNoHttp | kWhileListening;

constexpr KeySpecs shard_channels(int last) { return key_range(kKeyNotKey, 1, last, 1); }

// --- Subscribing. Each name is confirmed by a reply of its own. To stop needs no right.

// What a confirmation counts: channels and patterns together, or shard channels.
size_t subscription_count(const Context& c, Kind kind) {
  const Hub& hub = c.tenant.hub();
  const uint64_t id = c.session.id();
  if (kind == Kind::kShard) return hub.count_of(id, kind);
  return hub.count_of(id, Kind::kChannel) + hub.count_of(id, Kind::kPattern);
}

void confirm(Context& c, Kind kind, std::string_view word, const std::string_view* name) {
  c.reply.push(3);
  c.reply.bulk(word);
  if (name) {
    c.reply.bulk(*name);
  } else {
    c.reply.null();
  }
  c.reply.integer(static_cast<int64_t>(subscription_count(c, kind)));
}

void subscribe_all(Context& c, Kind kind, std::string_view word) {
  for (std::string_view name : c.args.subspan(1)) {
    subscribe(c.session, kind, name);
    confirm(c, kind, word, &name);
  }
}

// Without names: from all.
void unsubscribe_all(Context& c, Kind kind, std::string_view word) {
  auto leave = [&](std::string_view name) {
    unsubscribe(c.session, kind, name);
    confirm(c, kind, word, &name);
  };
  if (c.argc() > 1) {
    for (std::string_view name : c.args.subspan(1)) leave(name);
    return;
  }
  const std::vector<std::string> names = c.tenant.hub().names_of(c.session.id(), kind);
  for (const std::string& name : names) leave(name);
  if (names.empty()) confirm(c, kind, word, nullptr);
}

void subscribe_command(Context& c) { subscribe_all(c, Kind::kChannel, "subscribe"); }
constexpr CommandSpec kSubscribe = {.name = "subscribe",
                                    .arity = -2,
                                    .flags = kListening,
                                    .group = Group::kPubsub,
                                    .channels = all_channels(),
                                    .args = "channel+",
                                    .summary = "Listens to channels.",
                                    .since = "2.0.0",
                                    .complexity = "O(N), N being the channels",
                                    .run = subscribe_command};

void unsubscribe_command(Context& c) { unsubscribe_all(c, Kind::kChannel, "unsubscribe"); }
constexpr CommandSpec kUnsubscribe = {.name = "unsubscribe",
                                      .arity = -1,
                                      .flags = kListening,
                                      .group = Group::kPubsub,
                                      .args = "[channel]+",
                                      .summary = "Stops listening to channels, or to all.",
                                      .since = "2.0.0",
                                      .complexity = "O(N), N being the channels",
                                      .run = unsubscribe_command};

void psubscribe(Context& c) { subscribe_all(c, Kind::kPattern, "psubscribe"); }
constexpr CommandSpec kPsubscribe = {.name = "psubscribe",
                                     .arity = -2,
                                     .flags = kListening,
                                     .group = Group::kPubsub,
                                     .channels = all_patterns(),
                                     .args = "pattern:pattern+",
                                     .summary = "Listens to the channels that match patterns.",
                                     .since = "2.0.0",
                                     .complexity = "O(N), N being the patterns",
                                     .run = psubscribe};

void punsubscribe(Context& c) { unsubscribe_all(c, Kind::kPattern, "punsubscribe"); }
constexpr CommandSpec kPunsubscribe = {.name = "punsubscribe",
                                       .arity = -1,
                                       .flags = kListening,
                                       .group = Group::kPubsub,
                                       .args = "[pattern:pattern]+",
                                       .summary = "Stops listening to patterns, or to all.",
                                       .since = "2.0.0",
                                       .complexity = "O(N), N being the patterns",
                                       .run = punsubscribe};

void ssubscribe(Context& c) {
  // Inside EXEC each command has one place in the answer; for SUBSCRIBE Redis does not mind.
  if (c.unit.depth() > 1) {
    return c.reply.error("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
  }
  subscribe_all(c, Kind::kShard, "ssubscribe");
}
constexpr CommandSpec kSsubscribe = {.name = "ssubscribe",
                                     .arity = -2,
                                     .flags = kListening,
                                     .group = Group::kPubsub,
                                     .keys = shard_channels(-1),
                                     .channels = all_channels(),
                                     .args = "shardchannel+",
                                     .summary = "Listens to shard channels.",
                                     .since = "7.0.0",
                                     .complexity = "O(N), N being the channels",
                                     .run = ssubscribe};

void sunsubscribe(Context& c) { unsubscribe_all(c, Kind::kShard, "sunsubscribe"); }
constexpr CommandSpec kSunsubscribe = {.name = "sunsubscribe",
                                       .arity = -1,
                                       .flags = kListening,
                                       .group = Group::kPubsub,
                                       .keys = shard_channels(-1),
                                       .args = "[shardchannel]+",
                                       .summary = "Stops listening to shard channels, or to all.",
                                       .since = "7.0.0",
                                       .complexity = "O(N), N being the channels",
                                       .run = sunsubscribe};

// --- Publishing

// Those who listen to a replica hear it there.
void tell_replicas(Context& c) {
  const ReplicationState* replication = c.tenant.replication;
  if (!replication || !replication->is_master() || replication->replica_memory() == 0) return;
  Propagation& propagation = c.tenant.propagation;
  std::string record;
  // A stream begins with a keyspace, whatever follows.
  const std::string db = std::to_string(c.session.db);
  const std::string_view select[] = {"SELECT", db};
  if (propagation.selected_db() < 0) append_command(&record, select);
  append_command(&record, c.args);
  propagation.add_for_replicas(record);
}

void publish(Context& c) {
  c.reply.integer(static_cast<int64_t>(c.tenant.hub().publish(c.arg(1), c.arg(2))));
  tell_replicas(c);
}
constexpr CommandSpec kPublish = {
    .name = "publish",
    .arity = 3,
    .flags = kFlags | kFast | kMayReplicate,
    .group = Group::kPubsub,
    .channels = one_channel(),
    .args = "channel message",
    .summary = "Sends a message to those who listen and answers how often it was received.",
    .since = "2.0.0",
    .complexity = "O(N+M), N being the receivers, M the patterns that begin like the channel",
    .run = publish};

void spublish(Context& c) {
  c.reply.integer(static_cast<int64_t>(c.tenant.hub().publish_to_shard(c.arg(1), c.arg(2))));
  tell_replicas(c);
}
constexpr CommandSpec kSpublish = {
    .name = "spublish",
    .arity = 3,
    .flags = kFlags | kFast | kMayReplicate,
    .group = Group::kPubsub,
    .keys = shard_channels(0),
    .channels = one_channel(),
    .args = "shardchannel message",
    .summary = "Sends a message to a shard channel and answers how often it was received.",
    .since = "7.0.0",
    .complexity = "O(N), N being the receivers",
    .run = spublish};

// --- PUBSUB

void answer_names(Context& c, Kind kind) {
  if (c.argc() > 3) return answer_subcommand_syntax(c);
  std::optional<std::string_view> pattern;
  if (c.argc() == 3) pattern = c.arg(2);
  const std::vector<std::string_view> names = c.tenant.hub().names(kind, pattern);
  c.reply.array(names.size());
  for (std::string_view name : names) c.reply.bulk(name);
}

void answer_counts(Context& c, Kind kind) {
  const Args names = c.args.subspan(2);
  c.reply.array(2 * names.size());
  for (std::string_view name : names) {
    c.reply.bulk(name);
    c.reply.integer(static_cast<int64_t>(c.tenant.hub().subscribers(kind, name)));
  }
}

void channels(Context& c) { answer_names(c, Kind::kChannel); }
constexpr CommandSpec kChannels = {.name = "channels",
                                   .arity = -2,
                                   .flags = kFlags,
                                   .group = Group::kPubsub,
                                   .args = "[pattern:pattern]",
                                   .summary = "Answers the channels that somebody listens to.",
                                   .since = "2.8.0",
                                   .complexity = "O(N), N being the channels",
                                   .run = channels};

void numpat(Context& c) {
  c.reply.integer(static_cast<int64_t>(c.tenant.hub().topics(Kind::kPattern)));
}
constexpr CommandSpec kNumpat = {.name = "numpat",
                                 .arity = 2,
                                 .flags = kFlags,
                                 .group = Group::kPubsub,
                                 .summary = "Counts the patterns that somebody listens to.",
                                 .since = "2.8.0",
                                 .run = numpat};

void numsub(Context& c) { answer_counts(c, Kind::kChannel); }
constexpr CommandSpec kNumsub = {.name = "numsub",
                                 .arity = -2,
                                 .flags = kFlags,
                                 .group = Group::kPubsub,
                                 .args = "[channel]+",
                                 .summary = "Counts those who listen to the given channels.",
                                 .since = "2.8.0",
                                 .complexity = "O(N), N being the given channels",
                                 .run = numsub};

void shardchannels(Context& c) { answer_names(c, Kind::kShard); }
constexpr CommandSpec kShardchannels = {
    .name = "shardchannels",
    .arity = -2,
    .flags = kFlags,
    .group = Group::kPubsub,
    .args = "[pattern:pattern]",
    .summary = "Answers the shard channels that somebody listens to.",
    .since = "7.0.0",
    .complexity = "O(N), N being the shard channels",
    .run = shardchannels};

void shardnumsub(Context& c) { answer_counts(c, Kind::kShard); }
constexpr CommandSpec kShardnumsub = {
    .name = "shardnumsub",
    .arity = -2,
    .flags = kFlags,
    .group = Group::kPubsub,
    .args = "[shardchannel]+",
    .summary = "Counts those who listen to the given shard channels.",
    .since = "7.0.0",
    .complexity = "O(N), N being the given shard channels",
    .run = shardnumsub};

// It is not among the commands of pub/sub.
constexpr CommandSpec kHelp = help_row(Group::kPubsub, "6.2.0", kAclSlow);

constexpr const CommandSpec* kSubcommands[] = {&kChannels, &kHelp,          &kNumpat,
                                               &kNumsub,   &kShardchannels, &kShardnumsub};

constexpr CommandSpec kPubsubContainer = {.name = "pubsub",
                                          .arity = -2,
                                          .group = Group::kPubsub,
                                          .summary = "Who listens to what.",
                                          .since = "2.8.0",
                                          .complexity = "Depends on the subcommand.",
                                          .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {
    &kSubscribe,  &kUnsubscribe,  &kPsubscribe, &kPunsubscribe,  &kSsubscribe,
    &kSunsubscribe, &kPublish, &kSpublish,   &kPubsubContainer,
};

}  // namespace

std::span<const CommandSpec* const> pubsub_commands() { return kFamily; }

}  // namespace redstart
