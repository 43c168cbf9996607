// The streams family, part 5: XINFO.
#include "commands/families.h"
#include "commands/stream_access.h"
#include "engine/command_help.h"

namespace redstart {

namespace {

// False: the error has been answered.
bool need_stream(Context& c, EntryStreamView* stream) {
  if (!find(c, c.key(2), stream)) return false;
  if (!stream->exists()) c.reply.error(err::kNoSuchKey);
  return stream->exists();
}

void field(Reply& reply, std::string_view name, int64_t value) {
  reply.bulk(name);
  reply.integer(value);
}

void field(Reply& reply, std::string_view name, uint64_t value) {
  field(reply, name, static_cast<int64_t>(value));
}

void field(Reply& reply, std::string_view name, StreamId id) {
  reply.bulk(name);
  answer_stream_id(reply, id);
}

void field(Reply& reply, std::string_view name, std::optional<int64_t> value) {
  reply.bulk(name);
  if (value) {
    reply.integer(*value);
  } else {
    reply.null();
  }
}

void answer_reads_and_lag(Reply& reply, const EntryStreamView& stream, const StreamGroup& group) {
  bool known = group.entries_read != StreamGroup::kUnknownReads;
  field(reply, "entries-read", known ? std::optional(group.entries_read) : std::nullopt);
  field(reply, "lag", stream.lag(group));
}

// ---- XINFO STREAM

void answer_marks(Reply& reply, const EntryStreamView& stream) {
  const StreamMarks& marks = stream.marks();
  uint64_t blocks = stream.block_count();
  field(reply, "length", stream.size());
  field(reply, "radix-tree-keys", blocks);
  // There is no such tree here; Redis's has a node more than keys, or close to that.
  field(reply, "radix-tree-nodes", blocks + 1);
  field(reply, "last-generated-id", marks.last_id);
  field(reply, "max-deleted-entry-id", marks.max_deleted_id);
  field(reply, "entries-added", marks.entries_added);
  field(reply, "recorded-first-entry-id", marks.first_id);
}

void answer_end(Reply& reply, std::string_view name, const EntryStreamView& stream, bool reverse) {
  reply.bulk(name);
  if (stream.size() == 0) return reply.null();
  stream.visit_until({}, StreamId::max(), reverse, [&](const StreamEntry& entry) {
    answer_entry(reply, entry);
    return true;
  });
}

// How many of `size` things are shown; 0: all.
size_t shown(size_t size, int64_t count) {
  return count == 0 ? size : std::min(size, static_cast<size_t>(count));
}

void answer_group_pending(Reply& reply, const StreamGroup& group, int64_t count) {
  field(reply, "pel-count", uint64_t{group.pending().size()});
  reply.bulk("pending");
  size_t left = shown(group.pending().size(), count);
  reply.array(left);
  for (auto at = group.pending().begin(); left > 0; ++at, --left) {
    reply.array(4);
    answer_stream_id(reply, at->first);
    reply.bulk(at->second.consumer->name);
    reply.integer(at->second.delivered_ms);
    reply.integer(at->second.deliveries);
  }
}

void answer_consumer_in_full(Reply& reply, const StreamGroup& group, const StreamConsumer& consumer,
                             int64_t count) {
  reply.map(5);
  reply.bulk("name");
  reply.bulk(consumer.name);
  field(reply, "seen-time", consumer.seen_ms);
  field(reply, "active-time", consumer.active_ms);
  field(reply, "pel-count", uint64_t{consumer.pending.size()});
  reply.bulk("pending");
  size_t left = shown(consumer.pending.size(), count);
  reply.array(left);
  for (auto at = consumer.pending.begin(); left > 0; ++at, --left) {
    const StreamPending& pending = group.pending().find(*at)->second;
    reply.array(3);
    answer_stream_id(reply, *at);
    reply.integer(pending.delivered_ms);
    reply.integer(pending.deliveries);
  }
}

void answer_in_full(Reply& reply, const EntryStreamView& stream, int64_t count) {
  reply.map(9);
  answer_marks(reply, stream);
  reply.bulk("entries");
  answer_entries(reply, stream, {}, StreamId::max(), false, static_cast<uint64_t>(count));
  reply.bulk("groups");
  reply.array(stream.group_count());
  stream.for_each_group([&](std::string_view name, const StreamGroup& group) {
    reply.map(7);
    reply.bulk("name");
    reply.bulk(name);
    field(reply, "last-delivered-id", group.last_id);
    answer_reads_and_lag(reply, stream, group);
    answer_group_pending(reply, group, count);
    reply.bulk("consumers");
    reply.array(group.consumers().size());
    for (auto& [name, consumer] : group.consumers()) {
      answer_consumer_in_full(reply, group, *consumer, count);
    }
  });
}

void xinfo_stream(Context& c) {
  constexpr int64_t kShown = 10;
  EntryStreamView stream;
  if (!need_stream(c, &stream)) return;
  bool full = c.argc() > 3;
  if (full) {
    bool counted = c.argc() == 6 && equals_fold(c.arg(4), "COUNT");
    if (!equals_fold(c.arg(3), "FULL") || (c.argc() != 4 && !counted)) {
      return answer_subcommand_syntax(c);
    }
    int64_t count = kShown;
    if (counted && !read_integer(c, c.arg(5), &count)) return;
    return answer_in_full(c.reply, stream, count < 0 ? kShown : count);
  }
  c.reply.map(10);
  answer_marks(c.reply, stream);
  field(c.reply, "groups", uint64_t{stream.group_count()});
  answer_end(c.reply, "first-entry", stream, false);
  answer_end(c.reply, "last-entry", stream, true);
}

// ---- XINFO GROUPS, XINFO CONSUMERS

void xinfo_groups(Context& c) {
  EntryStreamView stream;
  if (!need_stream(c, &stream)) return;
  c.reply.array(stream.group_count());
  stream.for_each_group([&](std::string_view name, const StreamGroup& group) {
    c.reply.map(6);
    c.reply.bulk("name");
    c.reply.bulk(name);
    field(c.reply, "consumers", uint64_t{group.consumers().size()});
    field(c.reply, "pending", uint64_t{group.pending().size()});
    field(c.reply, "last-delivered-id", group.last_id);
    answer_reads_and_lag(c.reply, stream, group);
  });
}

void xinfo_consumers(Context& c) {
  EntryStreamView stream;
  if (!need_stream(c, &stream)) return;
  const StreamGroup* group = stream.group(c.arg(3));
  if (group == nullptr) {
    if (c.session.dialect == Dialect::kUpstash) return c.reply.array(0);
    return c.reply.error(no_group(c.arg(2), c.arg(3)));
  }
  c.reply.array(group->consumers().size());
  for (auto& [name, consumer] : group->consumers()) {
    c.reply.map(4);
    c.reply.bulk("name");
    c.reply.bulk(name);
    field(c.reply, "pending", uint64_t{consumer->pending.size()});
    field(c.reply, "idle", std::max<int64_t>(c.now_ms - consumer->seen_ms, 0));
    field(c.reply, "inactive",
          consumer->active_ms < 0 ? int64_t{-1} : c.now_ms - consumer->active_ms);
  }
}

constexpr CommandSpec info_command(std::string_view name, int arity, std::string_view args,
                                   std::string_view summary, std::string_view tips, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kReadonly,
          .group = Group::kStream,
          .keys = one_key(kKeyRead, 2),
          .args = args,
          .summary = summary,
          .since = "5.0.0",
          .tips = tips,
          .run = run};
}

constexpr CommandSpec kConsumers =
    info_command("consumers", 4, "key group", "Answers about the consumers of a group.",
                 "nondeterministic_output", xinfo_consumers);
constexpr CommandSpec kGroups =
    info_command("groups", 3, "key", "Answers about the groups of a stream.", "", xinfo_groups);
constexpr CommandSpec kStream =
    info_command("stream", -3, "key full-block=[FULL [COUNT count:integer]]",
                 "Answers about a stream.", "", xinfo_stream);
constexpr CommandSpec kHelp = help_row(Group::kStream, "5.0.0");
constexpr const CommandSpec* kSubcommands[] = {&kConsumers, &kGroups, &kStream, &kHelp};

constexpr CommandSpec kXinfo = {.name = "xinfo",
                                .arity = -2,
                                .group = Group::kStream,
                                .summary = "Answers about streams and their groups.",
                                .since = "5.0.0",
                                .complexity = "Depends on subcommand.",
                                .subcommands = kSubcommands};

}  // namespace

std::span<const CommandSpec* const> stream_info_commands() {
  static constexpr const CommandSpec* kAll[] = {&kXinfo};
  return kAll;
}

}  // namespace redstart
