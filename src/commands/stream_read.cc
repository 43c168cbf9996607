// The streams family, part 2: XREAD and XREADGROUP.
#include <string>

#include "commands/families.h"
#include "commands/stream_access.h"
#include "commands/timeout.h"
#include "engine/blocking.h"

namespace redstart {

namespace {

// A stream that is asked for, and what for.
struct Asked {
  Key key;
  StreamId after;         // entries above this one
  bool fresh = false;     // ">": what the group was not given yet
  bool to_serve = false;
};

struct ReadArgs {
  int64_t count = 0;  // 0: all
  bool waits = false;  // BLOCK
  int64_t timeout_ms = 0;
  bool no_ack = false;
  std::string_view group = {};
  std::string_view consumer = {};
  size_t keys_at = 0;
  size_t key_count = 0;
};

bool refuse(Context& c, std::string_view error) {
  c.reply.error(error);
  return false;
}

// False: the error has been answered.
bool read_args(Context& c, bool of_group, ReadArgs* args) {
  for (size_t at = 1; at < c.argc() && args->keys_at == 0; at++) {
    size_t left = c.argc() - at - 1;
    std::string_view word = c.arg(at);
    if (left > 0 && equals_fold(word, "BLOCK")) {
      args->waits = true;
      if (!read_timeout(c, c.arg(++at), TimeoutUnit::kMilliseconds, &args->timeout_ms)) return false;
    } else if (left > 0 && equals_fold(word, "COUNT")) {
      if (!read_integer(c, c.arg(++at), &args->count)) return false;
      args->count = std::max<int64_t>(args->count, 0);
    } else if (left > 0 && equals_fold(word, "STREAMS")) {
      args->keys_at = at + 1;
      args->key_count = left / 2;
      if (left % 2 == 0) continue;
      return refuse(c, "ERR Unbalanced '" + c.command.full_name +
                           "' list of streams: for each stream key an " +
                           (of_group ? "ID or '>'" : "ID, '+', or '$'") + " must be specified.");
    } else if (left > 1 && equals_fold(word, "GROUP")) {
      if (!of_group) {
        return refuse(c, "ERR The GROUP option is only supported by XREADGROUP. You called XREAD "
                         "instead.");
      }
      args->group = c.arg(++at);
      args->consumer = c.arg(++at);
    } else if (equals_fold(word, "NOACK")) {
      if (!of_group) {
        return refuse(c, "ERR The NOACK option is only supported by XREADGROUP. You called XREAD "
                         "instead.");
      }
      args->no_ack = true;
    } else {
      return refuse(c, err::kSyntax);
    }
  }
  if (args->keys_at == 0) return refuse(c, err::kSyntax);
  if (of_group && args->group.data() == nullptr) {
    return refuse(c, "ERR Missing GROUP option for XREADGROUP");
  }
  return true;
}

std::string meaningless(std::string_view sign) {
  std::string text = "ERR The ";
  text.append(sign).append(
      " ID is meaningless in the context of XREADGROUP: you want to read the history of this "
      "consumer by specifying a proper ID, or use the > ID to get new messages. The ");
  return text.append(sign).append(" ID would just return an empty result set.");
}

// The id that stands for a stream. False: the error has been answered.
bool read_asked_id(Context& c, std::string_view text, bool of_group, const EntryStreamView& stream,
                   Asked* asked) {
  if (text == "$" || text == "+") {
    if (of_group) return refuse(c, meaningless(text));
    if (!stream.exists()) return true;
    asked->after = stream.marks().last_id;
    // "+" is the last entry: all above the id before it.
    if (text == "$" || asked->after.step_down()) return true;
    return refuse(c, "ERR the stream last element ID is 0-0");
  }
  if (text == ">") {
    asked->fresh = of_group;
    return of_group || refuse(c, "ERR The > ID can be specified only when calling XREADGROUP using "
                                 "the GROUP <group> <consumer> option.");
  }
  return read_stream_id(c, text, &asked->after);
}

bool has_entries_above(const EntryStreamView& stream, StreamId id) {
  return stream.size() > 0 && stream.top_id() > id;
}

// Reads what is asked for and checks it against the streams, in the order of the ids.
bool read_asked(Context& c, const ReadArgs& args, bool of_group, std::vector<Asked>* asked) {
  asked->reserve(args.key_count);
  for (size_t i = 0; i < args.key_count; i++) {
    Asked& one = asked->emplace_back();
    one.key = c.key(args.keys_at + i);
    EntryStreamView stream;
    if (!find(c, one.key, &stream)) return false;
    if (of_group && stream.group(args.group) == nullptr) {
      return refuse(c, no_key_or_group(one.key.bytes, args.group,
                                       " in XREADGROUP with GROUP option"));
    }
    if (!read_asked_id(c, c.arg(args.keys_at + args.key_count + i), of_group, stream, &one)) {
      return false;
    }
    if (!of_group) one.to_serve = has_entries_above(stream, one.after);
  }
  return true;
}

// XREAD later must ask for what is new from now on: "$" becomes the id that it stands for.
void wait_for_entries(Context& c, const ReadArgs& args, const std::vector<Asked>& asked,
                      bool of_group) {
  std::vector<std::string_view> call(c.args.begin(), c.args.end());
  std::vector<std::string> ids(asked.size());
  for (size_t i = 0; i < asked.size(); i++) {
    std::string_view& word = call[args.keys_at + args.key_count + i];
    if (word == "$") word = ids[i] = stream_id_text(asked[i].after);
  }
  const Args keys = c.args.subspan(args.keys_at, args.key_count);
  if (!wait_for_keys(c, {keys, Type::kStream, args.timeout_ms, of_group, call})) {
    c.reply.null_array();
  }
}

// The frame of the answer. False: there is nothing to tell, which was answered or is waited for.
bool begin_answer(Context& c, const ReadArgs& args, const std::vector<Asked>& asked,
                  bool of_group) {
  auto to_serve = [](const Asked& one) { return one.to_serve; };
  auto count = static_cast<size_t>(std::count_if(asked.begin(), asked.end(), to_serve));
  if (count > 0) {
    c.reply.map_pairs(count);
  } else if (args.waits) {
    wait_for_entries(c, args, asked, of_group);
  } else {
    c.reply.null_array();
  }
  return count > 0;
}

void xread(Context& c) {
  ReadArgs args;
  std::vector<Asked> asked;
  if (!read_args(c, false, &args) || !read_asked(c, args, false, &asked)) return;
  if (!begin_answer(c, args, asked, false)) return;
  for (Asked& one : asked) {
    if (!one.to_serve) continue;
    EntryStreamView stream;
    if (!find(c, one.key, &stream, kLookupNoTouch | kLookupNoMissEvent)) return;
    c.reply.map_pair();
    c.reply.bulk(one.key.bytes);
    one.after.step_up();
    answer_entries(c.reply, stream, one.after, StreamId::max(), false,
                   static_cast<uint64_t>(args.count));
  }
}

constexpr KeySpecs streams_keys(int from) {
  KeySpecs specs;
  specs.count = 1;
  specs.items[0] = {.flags = kKeyRead,
                    .begin = KeySpec::Begin::kKeyword,
                    .index = static_cast<int16_t>(from),
                    .keyword = "STREAMS",
                    .a = -1,
                    .b = 1,
                    .c = 2};
  return specs;
}

constexpr CommandSpec kXread = {
    .name = "xread",
    .arity = -4,
    .flags = kReadonly | kBlocking,
    .group = Group::kStream,
    .keys = streams_keys(1),
    .args = "[COUNT count:integer] [BLOCK milliseconds:integer] streams=(STREAMS key+ id+)",
    .summary = "Answers the entries of streams above given ids.",
    .since = "5.0.0",
    .complexity = "O(N) with N entries answered.",
    .run = xread};

// ---- XREADGROUP

// What is pending for the consumer, above an id: delivered once more. What was deleted meanwhile
// has no fields.
void answer_history(Context& c, const EntryStream& stream, StreamGroup* group,
                    const StreamConsumer* consumer, StreamId from, uint64_t count) {
  Reply::Mark mark = c.reply.open_array();
  uint64_t answered = 0;
  if (consumer != nullptr) {
    auto at = consumer->pending.lower_bound(from);
    for (; at != consumer->pending.end() && (count == 0 || answered < count); ++at, ++answered) {
      bool there = stream.visit_entry(
          *at, [&](const StreamEntry& entry) { answer_entry(c.reply, entry); });
      if (there) {
        StreamPending* pending = group->find_pending(*at);
        pending->delivered_ms = c.now_ms;
        pending->deliveries++;
      } else {
        c.reply.array(2);
        answer_stream_id(c.reply, *at);
        c.reply.null_array();
      }
    }
  }
  c.reply.close(mark, answered);
}

// What the group was not given yet goes to the consumer; null with NOACK only.
void answer_fresh(Context& c, EntryStream& stream, StreamGroup* group, StreamConsumer* consumer,
                  const ReadArgs& args, GroupEffects& effects) {
  Reply::Mark mark = c.reply.open_array();
  uint64_t answered = 0;
  bool moved = false;
  StreamId from = group->last_id;
  from.step_up();
  stream.visit_until(from, StreamId::max(), false, [&](const StreamEntry& entry) {
    moved |= stream.note_delivery(group, entry.id);
    answer_entry(c.reply, entry);
    if (!args.no_ack) {
      StreamPending* pending = group->give(entry.id, consumer);
      pending->delivered_ms = c.now_ms;
      pending->deliveries = 1;
      consumer->active_ms = c.now_ms;
      effects.pending_changed(*group, entry.id, *pending);
    }
    return ++answered == static_cast<uint64_t>(args.count);
  });
  if (moved) effects.moved_on(*group);
  if (answered > 0) c.unit.count_change();
  c.reply.close(mark, answered);
}

// Whether Upstash would make no consumer here: one that reads without acknowledging.
bool stays_unknown(Context& c, const ReadArgs& args, const StreamGroup* group) {
  return args.no_ack && c.session.dialect == Dialect::kUpstash &&
         group->consumer(args.consumer) == nullptr;
}

void xreadgroup(Context& c) {
  c.propagate_nothing();
  ReadArgs args;
  std::vector<Asked> asked;
  if (!read_args(c, true, &args) || !read_asked(c, args, true, &asked)) return;
  for (Asked& one : asked) {
    Edit<EntryStream> stream(c, one.key);
    StreamGroup* group = stream->group(args.group);
    one.to_serve = !one.fresh || has_entries_above(*stream, group->last_id);
    if (stays_unknown(c, args, group)) continue;
    bool known = group->consumer(args.consumer) != nullptr;
    need_consumer(c, stream, group, args.consumer);
    if (args.no_ack && !known) {
      GroupEffects(c, one.key.bytes, args.group).consumer_created(args.consumer);
    }
  }
  if (!begin_answer(c, args, asked, true)) return;
  for (Asked& one : asked) {
    if (!one.to_serve) continue;
    Edit<EntryStream> stream(c, one.key);
    StreamGroup* group = stream->group(args.group);
    StreamConsumer* consumer = group->consumer(args.consumer);
    c.reply.map_pair();
    c.reply.bulk(one.key.bytes);
    if (one.fresh) {
      GroupEffects effects(c, one.key.bytes, args.group);
      answer_fresh(c, *stream, group, consumer, args, effects);
    } else {
      one.after.step_up();
      answer_history(c, *stream, group, consumer, one.after, static_cast<uint64_t>(args.count));
    }
  }
}

constexpr CommandSpec kXreadgroup = {
    .name = "xreadgroup",
    .arity = -7,
    .flags = kWrite | kBlocking,
    .group = Group::kStream,
    .keys = streams_keys(4),
    .args = "group-block=(GROUP group consumer) [COUNT count:integer] [BLOCK milliseconds:integer] "
            "[NOACK] streams=(STREAMS key+ id+)",
    .summary = "Answers entries of streams as a consumer of a group.",
    .since = "5.0.0",
    .complexity = "O(N) with N entries answered.",
    .run = xreadgroup};

}  // namespace

std::span<const CommandSpec* const> stream_read_commands() {
  static constexpr const CommandSpec* kAll[] = {&kXread, &kXreadgroup};
  return kAll;
}

}  // namespace redstart
