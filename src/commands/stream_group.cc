// The streams family, part 3: groups of consumers: XGROUP, XACK, XPENDING.
#include "commands/families.h"
#include "commands/stream_access.h"
#include "engine/command_help.h"
#include "engine/exec_unit.h"

namespace redstart {

namespace {

constexpr std::string_view kNoStream =
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use "
    "the MKSTREAM option to create an empty stream automatically.";

struct GroupOptions {
  bool make_stream = false;
  int64_t entries_read = StreamGroup::kUnknownReads;
};

// What stands behind the id of CREATE and SETID. False: the error has been answered.
bool read_group_options(Context& c, bool creates, GroupOptions* options) {
  for (size_t at = 5; at < c.argc(); at++) {
    if (creates && equals_fold(c.arg(at), "MKSTREAM")) {
      options->make_stream = true;
    } else if (equals_fold(c.arg(at), "ENTRIESREAD") && at + 1 < c.argc()) {
      if (!read_integer(c, c.arg(++at), &options->entries_read)) return false;
      if (options->entries_read < StreamGroup::kUnknownReads) {
        c.reply.error("ERR value for ENTRIESREAD must be positive or -1");
        return false;
      }
    } else {
      answer_subcommand_syntax(c);
      return false;
    }
  }
  return true;
}

// The group that a subcommand is about. Null: the error has been answered.
StreamGroup* need_group(Context& c, Edit<EntryStream>& stream) {
  if (!stream) return nullptr;
  if (!stream.exists()) {
    c.reply.error(kNoStream);
    return nullptr;
  }
  StreamGroup* group = stream->group(c.arg(3));
  if (group == nullptr) c.reply.error(no_group(c.arg(2), c.arg(3)));
  return group;
}

void xgroup_create(Context& c) {
  GroupOptions options;
  if (!read_group_options(c, true, &options)) return;
  Edit<EntryStream> stream(c, c.key(2));
  if (!stream) return;
  if (!stream.exists() && !options.make_stream) return c.reply.error(kNoStream);
  StreamId id;
  if (c.arg(4) == "$") {
    if (stream.exists()) id = stream->marks().last_id;
  } else if (!read_stream_id(c, c.arg(4), &id)) {
    return;
  }
  if (stream->group(c.arg(3)) != nullptr) {
    return c.reply.error("BUSYGROUP Consumer Group name already exists");
  }
  stream->create();
  stream->add_group(c.arg(3), id, options.entries_read);
  stream.commit(event::kXgroupCreate);
  c.reply.ok();
}

void xgroup_setid(Context& c) {
  GroupOptions options;
  if (!read_group_options(c, false, &options)) return;
  Edit<EntryStream> stream(c, c.key(2));
  StreamGroup* group = need_group(c, stream);
  if (group == nullptr) return;
  StreamId id = stream->marks().last_id;
  if (c.arg(4) != "$" && !parse_stream_bound(c.arg(4), 0, &id)) return c.reply.error(kBadStreamId);
  group->last_id = id;
  group->entries_read = options.entries_read;
  stream.commit(event::kXgroupSetid);
  c.reply.ok();
}

void xgroup_destroy(Context& c) {
  Edit<EntryStream> stream(c, c.key(2));
  if (!stream) return;
  if (!stream.exists()) return c.reply.error(kNoStream);
  bool removed = stream->remove_group(c.arg(3));
  if (removed) stream.commit(event::kXgroupDestroy);
  c.reply.integer(removed);
}

void xgroup_createconsumer(Context& c) {
  Edit<EntryStream> stream(c, c.key(2));
  StreamGroup* group = need_group(c, stream);
  if (group == nullptr) return;
  bool known = group->consumer(c.arg(4)) != nullptr;
  if (!known) need_consumer(c, stream, group, c.arg(4));
  c.reply.integer(!known);
}

void xgroup_delconsumer(Context& c) {
  Edit<EntryStream> stream(c, c.key(2));
  StreamGroup* group = need_group(c, stream);
  if (group == nullptr) return;
  StreamConsumer* consumer = group->consumer(c.arg(4));
  if (consumer == nullptr) return c.reply.integer(0);
  auto pending = static_cast<int64_t>(consumer->pending.size());
  group->remove_consumer(consumer);
  stream.commit(event::kXgroupDelConsumer);
  c.reply.integer(pending);
}

constexpr CommandSpec group_command(std::string_view name, int arity, uint32_t flags,
                                    uint16_t key_flags, std::string_view args,
                                    std::string_view summary, std::string_view since,
                                    Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kWrite | flags,
          .group = Group::kStream,
          .keys = one_key(kKeyRw | key_flags, 2),
          .args = args,
          .summary = summary,
          .since = since,
          .run = run};
}

constexpr CommandSpec kCreate =
    group_command("create", -5, kDenyOom, kKeyInsert,
                  "key group id-selector=(id|$) [MKSTREAM] [ENTRIESREAD entries-read:integer]",
                  "Makes a group, which begins to read behind the id.", "5.0.0", xgroup_create);
constexpr CommandSpec kSetid =
    group_command("setid", -5, 0, kKeyUpdate,
                  "key group id-selector=(id|$) [ENTRIESREAD entries-read:integer]",
                  "Sets the id that was delivered last to a group.", "5.0.0", xgroup_setid);
constexpr CommandSpec kDestroy =
    group_command("destroy", 4, 0, kKeyDelete, "key group", "Deletes a group with all it knows.",
                  "5.0.0", xgroup_destroy);
constexpr CommandSpec kCreateConsumer =
    group_command("createconsumer", 5, kDenyOom, kKeyInsert, "key group consumer",
                  "Makes a consumer of a group.", "6.2.0", xgroup_createconsumer);
constexpr CommandSpec kDelConsumer = group_command(
    "delconsumer", 5, 0, kKeyDelete, "key group consumer",
    "Deletes a consumer with what it had pending.", "5.0.0", xgroup_delconsumer);
constexpr CommandSpec kHelp = help_row(Group::kStream, "5.0.0");
constexpr const CommandSpec* kSubcommands[] = {&kCreate,         &kSetid,       &kDestroy,
                                               &kCreateConsumer, &kDelConsumer, &kHelp};

constexpr CommandSpec kXgroup = {.name = "xgroup",
                                 .arity = -2,
                                 .group = Group::kStream,
                                 .summary = "Makes and changes groups of consumers.",
                                 .since = "5.0.0",
                                 .complexity = "Depends on subcommand.",
                                 .subcommands = kSubcommands};

// ---- XACK

void xack(Context& c) {
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  StreamGroup* group = stream->group(c.arg(2));
  if (group == nullptr) return c.reply.integer(0);
  std::vector<StreamId> ids;
  if (!read_stream_ids(c, 3, c.argc(), &ids)) return;
  int64_t acknowledged = 0;
  for (StreamId id : ids) acknowledged += group->acknowledge(id);
  if (acknowledged > 0) c.unit.count_change();
  c.reply.integer(acknowledged);
}

constexpr CommandSpec kXack = {.name = "xack",
                               .arity = -4,
                               .flags = kWrite | kFast,
                               .group = Group::kStream,
                               .keys = one_key(kKeyRw | kKeyUpdate),
                               .args = "key group id+",
                               .summary = "Acknowledges entries for a group, answers how many.",
                               .since = "5.0.0",
                               .complexity = "O(log(N)) for each id with N pending entries.",
                               .run = xack};

// ---- XPENDING

struct PendingArgs {
  int64_t min_idle_ms = 0;
  StreamId from, to;
  int64_t count = 0;
  bool one_consumer = false;
  std::string_view consumer = {};
};

// [IDLE ms] start end count [consumer]. False: the error has been answered.
bool read_pending_args(Context& c, PendingArgs* args) {
  size_t at = 3;
  if (equals_fold(c.arg(3), "IDLE")) {
    if (!read_integer(c, c.arg(4), &args->min_idle_ms)) return false;
    at = 5;
  }
  if (c.argc() < at + 3 || c.argc() > 9) {
    c.reply.error(err::kSyntax);
    return false;
  }
  if (!read_integer(c, c.arg(at + 2), &args->count)) return false;
  if (!read_range_start(c, c.arg(at), &args->from)) return false;
  if (!read_range_end(c, c.arg(at + 1), &args->to)) return false;
  args->one_consumer = c.argc() > at + 3;
  if (args->one_consumer) args->consumer = c.arg(at + 3);
  return true;
}

void answer_pending_summary(Reply& reply, const StreamGroup& group) {
  const StreamPendings& pending = group.pending();
  reply.array(4);
  reply.integer(static_cast<int64_t>(pending.size()));
  if (pending.empty()) {
    reply.null();
    reply.null();
    return reply.null_array();
  }
  answer_stream_id(reply, pending.begin()->first);
  answer_stream_id(reply, pending.rbegin()->first);
  Reply::Mark mark = reply.open_array();
  size_t answered = 0;
  for (auto& [name, consumer] : group.consumers()) {
    if (consumer->pending.empty()) continue;
    reply.array(2);
    reply.bulk(name);
    reply.bulk_int(static_cast<int64_t>(consumer->pending.size()));
    answered++;
  }
  reply.close(mark, answered);
}

void answer_pending(Context& c, const StreamGroup& group, const PendingArgs& args) {
  const StreamConsumer* consumer = group.consumer(args.consumer);
  if (args.one_consumer && consumer == nullptr) return c.reply.array(0);
  Reply::Mark mark = c.reply.open_array();
  int64_t answered = 0;
  auto answer = [&](StreamId id, const StreamPending& pending) {
    int64_t idle_ms = c.now_ms - pending.delivered_ms;
    if (args.min_idle_ms != 0 && idle_ms < args.min_idle_ms) return;
    answered++;
    c.reply.array(4);
    answer_stream_id(c.reply, id);
    c.reply.bulk(pending.consumer->name);
    c.reply.integer(std::max<int64_t>(idle_ms, 0));
    c.reply.integer(pending.deliveries);
  };
  const StreamPendings& all = group.pending();
  if (args.one_consumer) {
    auto at = consumer->pending.lower_bound(args.from);
    for (; at != consumer->pending.end() && *at <= args.to && answered < args.count; ++at) {
      answer(*at, all.find(*at)->second);
    }
  } else {
    auto at = all.lower_bound(args.from);
    for (; at != all.end() && at->first <= args.to && answered < args.count; ++at) {
      answer(at->first, at->second);
    }
  }
  c.reply.close(mark, static_cast<size_t>(answered));
}

void xpending(Context& c) {
  bool summary = c.argc() == 3;
  if (!summary && (c.argc() < 6 || c.argc() > 9)) return c.reply.error(err::kSyntax);
  PendingArgs args;
  if (!summary && !read_pending_args(c, &args)) return;
  EntryStreamView stream;
  if (!find(c, c.key(1), &stream)) return;
  const StreamGroup* group = stream.group(c.arg(2));
  if (group == nullptr) return c.reply.error(no_key_or_group(c.arg(1), c.arg(2)));
  if (summary) return answer_pending_summary(c.reply, *group);
  answer_pending(c, *group, args);
}

constexpr CommandSpec kXpending = {
    .name = "xpending",
    .arity = -3,
    .flags = kReadonly,
    .group = Group::kStream,
    .keys = one_key(kKeyRead),
    .args = "key group filters=[[IDLE min-idle-time:integer] start end count:integer [consumer]]",
    .summary = "Answers what a group has not acknowledged yet.",
    .since = "5.0.0",
    .complexity = "O(N) with N entries looked at.",
    .tips = "nondeterministic_output",
    .run = xpending};

}  // namespace

std::span<const CommandSpec* const> stream_group_commands() {
  static constexpr const CommandSpec* kAll[] = {&kXgroup, &kXack, &kXpending};
  return kAll;
}

}  // namespace redstart
