// The streams family, part 1: entries.
#include <optional>

#include "commands/families.h"
#include "commands/stream_access.h"
#include "engine/propagation.h"
#include "engine/tenant.h"

namespace redstart {

namespace {

// ---- how XADD and XTRIM trim

struct TrimArgs {
  StreamTrim rule;
  bool approximate = false;      // "~"
  size_t value_at = 0;           // the position of the number or id
  std::optional<size_t> limit_at;
  bool no_create = false;        // NOMKSTREAM
  StreamIdRequest id;            // of XADD
  size_t id_at = 0;
};

constexpr std::string_view kBothTrims =
    "ERR syntax error, MAXLEN and MINID options at the same time are not compatible";

// MAXLEN or MINID at *at; afterwards *at is its value. False: the error has been answered.
bool read_trim(Context& c, bool by_length, size_t* at, TrimArgs* args) {
  StreamTrim& rule = args->rule;
  if (rule.by != StreamTrim::By::kNone) {
    c.reply.error(kBothTrims);
    return false;
  }
  std::string_view sign = c.arg(++*at);
  if ((sign == "~" || sign == "=") && *at + 1 < c.argc()) {
    args->approximate = sign == "~";
    ++*at;
  }
  args->value_at = *at;
  if (!by_length) {
    rule.by = StreamTrim::By::kId;
    return read_stream_id(c, c.arg(*at), &rule.id);
  }
  rule.by = StreamTrim::By::kLength;
  int64_t length = 0;
  if (!read_integer(c, c.arg(*at), &length)) return false;
  rule.length = static_cast<uint64_t>(length);
  if (length < 0) c.reply.error("ERR The MAXLEN argument must be >= 0.");
  return length >= 0;
}

bool read_limit(Context& c, size_t at, TrimArgs* args) {
  int64_t limit = 0;
  if (!read_integer(c, c.arg(at), &limit)) return false;
  args->rule.limit = static_cast<uint64_t>(limit);
  args->limit_at = at;
  if (limit < 0) c.reply.error("ERR The LIMIT argument must be >= 0.");
  return limit >= 0;
}

// What may not stand together, and the limit that "~" has by itself.
bool settle_trim(Context& c, bool adds, TrimArgs* args) {
  StreamTrim& rule = args->rule;
  bool trims = rule.by != StreamTrim::By::kNone;
  if (rule.limit != 0 && !trims) {
    c.reply.error("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
    return false;
  }
  if (!adds && !trims) {
    c.reply.error("ERR syntax error, XTRIM must be called with a trimming strategy");
    return false;
  }
  if (args->limit_at && !args->approximate) {
    c.reply.error("ERR syntax error, LIMIT cannot be used without the special ~ option");
    return false;
  }
  rule.whole_blocks = args->approximate;
  if (args->approximate && !args->limit_at) {
    int64_t limit = 100 * c.engine.type_env().limits.stream_node_max_entries;
    rule.limit = static_cast<uint64_t>(limit <= 0 ? 10000 : std::min<int64_t>(limit, 1000000));
  }
  return true;
}

// The arguments from the third on: of XADD up to its id, of XTRIM all.
bool read_trim_args(Context& c, bool adds, TrimArgs* args) {
  for (size_t at = 2; at < c.argc(); at++) {
    std::string_view word = c.arg(at);
    bool more = at + 1 < c.argc();
    if (more && equals_fold(word, "MAXLEN")) {
      if (!read_trim(c, true, &at, args)) return false;
    } else if (more && equals_fold(word, "MINID")) {
      if (!read_trim(c, false, &at, args)) return false;
    } else if (more && equals_fold(word, "LIMIT")) {
      if (!read_limit(c, ++at, args)) return false;
    } else if (adds && equals_fold(word, "NOMKSTREAM")) {
      args->no_create = true;
    } else if (take_refs(word, &args->rule.refs)) {
      continue;
    } else if (adds) {
      args->id_at = at;
      if (parse_stream_id_request(word, &args->id)) return settle_trim(c, adds, args);
      c.reply.error(kBadStreamId);
      return false;
    } else {
      c.reply.error(err::kSyntax);
      return false;
    }
  }
  return settle_trim(c, adds, args);
}

// Upstash takes "~" in its own way: nothing up to an excess of about a hundred entries, else all of
// it.
bool upstash_trims(const EntryStreamView& stream, const StreamTrim& rule) {
  constexpr uint64_t kSlack = 100;
  if (rule.by == StreamTrim::By::kLength) return stream.size() >= rule.length + kSlack;
  uint64_t excess = 0;
  stream.visit_until({}, StreamId::max(), false, [&](const StreamEntry& entry) {
    return entry.id >= rule.id || ++excess == kSlack;
  });
  return excess == kSlack;
}

uint64_t trim(Context& c, EntryStream& stream, const TrimArgs& args) {
  StreamTrim rule = args.rule;
  if (rule.by == StreamTrim::By::kNone || !stream.exists()) return 0;
  if (args.approximate && c.session.dialect == Dialect::kUpstash) {
    if (!upstash_trims(stream, rule)) return 0;
    rule.whole_blocks = false;
    if (!args.limit_at) rule.limit = 0;
  }
  return stream.trim(rule);
}

// The call as a replica must see it: with the id that was chosen, and "~" as what it came to.
void propagate_trimmed(Context& c, const EntryStreamView& stream, const TrimArgs& args,
                       std::string_view id) {
  bool rewrite_id = args.id_at != 0 && !args.id.exact();
  if (!c.tenant.propagation.attached() || (!args.approximate && !rewrite_id)) return;
  std::vector<std::string_view> effect(c.args.begin(), c.args.end());
  std::string bound;
  if (rewrite_id) effect[args.id_at] = id;
  if (args.approximate) {
    if (args.rule.by == StreamTrim::By::kLength) {
      bound = int64_text(static_cast<int64_t>(stream.size()));
    } else {
      bound = stream_id_text(stream.size() > 0 ? stream.marks().first_id : StreamId::max());
    }
    effect[args.value_at - 1] = "=";
    effect[args.value_at] = bound;
  }
  if (args.limit_at) {
    auto limit = effect.begin() + static_cast<ptrdiff_t>(*args.limit_at);
    effect.erase(limit - 1, limit + 1);
  }
  c.unit.propagate_as(c.keys.index(), effect);
}

// ---- XADD, XTRIM

void xadd(Context& c) {
  TrimArgs args;
  if (!read_trim_args(c, true, &args)) return;
  Args fields = c.args.subspan(std::min(args.id_at + 1, c.argc()));
  if (args.id_at == 0 || fields.empty() || fields.size() % 2 != 0) {
    return c.reply.error(err::wrong_arity("xadd"));
  }
  if (args.id.exact() && args.id.id.is_zero()) {
    return c.reply.error("ERR The ID specified in XADD must be greater than 0-0");
  }
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  if (!stream.exists() && args.no_create) return c.reply.null();
  StreamId last = stream->exists() ? stream->marks().last_id : StreamId();
  if (last == StreamId::max()) {
    return c.reply.error(
        "ERR The stream has exhausted the last possible ID, unable to add more items");
  }
  StreamId id;
  if (!args.id.resolve(last, c.now_ms, &id)) {
    return c.reply.error(
        "ERR The ID specified in XADD is equal or smaller than the target stream top item");
  }
  size_t bytes = 0;
  for (std::string_view text : fields) bytes += text.size();
  if (bytes > kListpackMaxBytes / 2) {
    return c.reply.error("ERR Elements are too large to be stored");
  }
  stream->add(id, fields);
  bool trimmed = trim(c, *stream, args) > 0;
  stream.commit(event::kXadd);
  if (trimmed) stream.guard().also(event::kXtrim);
  char text[kStreamIdTextMax];
  std::string_view id_text(text, write_stream_id(text, id));
  propagate_trimmed(c, *stream, args, id_text);
  c.reply.bulk(id_text);
}

constexpr CommandSpec kXadd = {
    .name = "xadd",
    .arity = -5,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kStream,
    .keys = one_key(kKeyRw | kKeyUpdate),
    .args = "key [NOMKSTREAM] condition=[KEEPREF|DELREF|ACKED] trim=[strategy=(MAXLEN|MINID) "
            "operator=[=|~] threshold [LIMIT count:integer]] id-selector=(*|id) "
            "data=(field value)+",
    .summary = "Adds an entry at the end of a stream, which it creates if need be.",
    .since = "5.0.0",
    .complexity = "O(1) to add, O(N) to trim N entries.",
    .tips = "nondeterministic_output",
    .run = xadd};

void xtrim(Context& c) {
  TrimArgs args;
  if (!read_trim_args(c, false, &args)) return;
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  uint64_t removed = trim(c, *stream, args);
  if (removed > 0) {
    stream.commit(event::kXtrim);
    propagate_trimmed(c, *stream, args, {});
  }
  c.reply.integer(static_cast<int64_t>(removed));
}

constexpr CommandSpec kXtrim = {
    .name = "xtrim",
    .arity = -4,
    .flags = kWrite,
    .group = Group::kStream,
    .keys = one_key(kKeyRw | kKeyDelete),
    .args = "key trim=(strategy=(MAXLEN|MINID) operator=[=|~] threshold [LIMIT count:integer]) "
            "condition=[KEEPREF|DELREF|ACKED]",
    .summary = "Deletes entries at the beginning of a stream.",
    .since = "5.0.0",
    .complexity = "O(N) with N deleted entries; whole blocks of them go at once.",
    .tips = "nondeterministic_output",
    .run = xtrim};

// ---- XLEN, XRANGE, XREVRANGE

void xlen(Context& c) {
  EntryStreamView stream;
  if (find(c, c.key(1), &stream)) c.reply.integer(static_cast<int64_t>(stream.size()));
}

constexpr CommandSpec kXlen = {.name = "xlen",
                               .arity = 2,
                               .flags = kReadonly | kFast,
                               .group = Group::kStream,
                               .keys = one_key(kKeyRo),
                               .args = "key",
                               .summary = "Answers the number of entries of a stream.",
                               .since = "5.0.0",
                               .run = xlen};

void answer_range(Context& c, bool reverse) {
  StreamId from, to;
  if (!read_range_start(c, c.arg(reverse ? 3 : 2), &from)) return;
  if (!read_range_end(c, c.arg(reverse ? 2 : 3), &to)) return;
  std::optional<int64_t> count;
  ArgReader args(c.args, 4);
  while (args.more()) {
    if (args.option("COUNT")) {
      count = args.integer();
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (!args.done()) return c.reply.error(args.error());
  EntryStreamView stream;
  if (!find(c, c.key(1), &stream)) return;
  if (!stream.exists()) return c.reply.array(0);
  if (count && *count <= 0) return c.reply.null_array();
  answer_entries(c.reply, stream, from, to, reverse, static_cast<uint64_t>(count.value_or(0)));
}

void xrange(Context& c) { answer_range(c, false); }
void xrevrange(Context& c) { answer_range(c, true); }

constexpr CommandSpec range_command(std::string_view name, std::string_view args,
                                    std::string_view summary, Handler run) {
  return {.name = name,
          .arity = -4,
          .flags = kReadonly,
          .group = Group::kStream,
          .keys = one_key(kKeyRead),
          .args = args,
          .summary = summary,
          .since = "5.0.0",
          .complexity = "O(log(M)+N) with N entries answered out of M.",
          .run = run};
}

constexpr CommandSpec kXrange = range_command("xrange", "key start end [COUNT count:integer]",
                                              "Answers the entries of a range of ids.", xrange);
constexpr CommandSpec kXrevrange =
    range_command("xrevrange", "key end start [COUNT count:integer]",
                  "Answers the entries of a range of ids, the last one first.", xrevrange);

// ---- XDEL, XDELEX, XACKDEL

void xdel(Context& c) {
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  if (!stream.exists()) return c.reply.integer(0);
  std::vector<StreamId> ids;
  if (!read_stream_ids(c, 2, c.argc(), &ids)) return;
  int64_t deleted = 0;
  for (StreamId id : ids) deleted += stream->erase(id);
  if (deleted > 0) stream.commit(event::kXdel);
  c.reply.integer(deleted);
}

constexpr CommandSpec kXdel = {.name = "xdel",
                               .arity = -3,
                               .flags = kWrite | kFast,
                               .group = Group::kStream,
                               .keys = one_key(kKeyRw | kKeyDelete),
                               .args = "key id+",
                               .summary = "Deletes entries of a stream, answers how many.",
                               .since = "5.0.0",
                               .complexity = "O(1) for each id.",
                               .run = xdel};

// [KEEPREF|DELREF|ACKED] IDS count id ... False: the error has been answered.
bool read_deletion(Context& c, size_t at, StreamRefs* refs, std::vector<StreamId>* ids) {
  *refs = StreamRefs::kKeep;
  for (; at < c.argc(); at++) {
    if (take_refs(c.arg(at), refs)) continue;
    if (!equals_fold(c.arg(at), "IDS") || at + 1 >= c.argc() || !ids->empty()) break;
    int64_t count = 0;
    if (!parse_int64(c.arg(at + 1), &count) || count < 1) {
      c.reply.error("ERR Number of IDs must be a positive integer");
      return false;
    }
    at += 2;
    if (static_cast<uint64_t>(count) > c.argc() - at) {
      c.reply.error("ERR The `numids` parameter must match the number of arguments");
      return false;
    }
    if (!read_stream_ids(c, at, at + static_cast<size_t>(count), ids)) return false;
    at += static_cast<size_t>(count) - 1;
  }
  if (at == c.argc() && !ids->empty()) return true;
  c.reply.error(err::kSyntax);
  return false;
}

// What became of an id.
enum Deletion : int64_t { kNoEntry = -1, kEntryDeleted = 1, kEntryKept = 2 };

Deletion delete_entry(EntryStream& stream, StreamId id, StreamRefs refs) {
  if (refs == StreamRefs::kAcked && stream.contains(id) && stream.is_referenced(id)) {
    return kEntryKept;
  }
  if (refs == StreamRefs::kDelete) stream.drop_references(id);
  return stream.erase(id) ? kEntryDeleted : kNoEntry;
}

void answer_all_missing(Reply& reply, size_t ids) {
  reply.array(ids);
  while (ids-- > 0) reply.integer(kNoEntry);
}

void xdelex(Context& c) {
  StreamRefs refs;
  std::vector<StreamId> ids;
  if (!read_deletion(c, 2, &refs, &ids)) return;
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  if (!stream.exists()) return answer_all_missing(c.reply, ids.size());
  bool changed = false;
  c.reply.array(ids.size());
  for (StreamId id : ids) {
    Deletion outcome = delete_entry(*stream, id, refs);
    changed |= outcome == kEntryDeleted;
    c.reply.integer(outcome);
  }
  if (changed) stream.commit(event::kXdel);
}

constexpr CommandSpec kXdelex = {
    .name = "xdelex",
    .arity = -5,
    .flags = kWrite | kFast,
    .group = Group::kStream,
    .keys = one_key(kKeyRw | kKeyDelete),
    .args = "key condition=[KEEPREF|DELREF|ACKED] ids=(IDS numids:integer id+)",
    .summary = "Deletes entries of a stream with regard to what groups still have to acknowledge.",
    .since = "8.2.0",
    .complexity = "O(1) for each id.",
    .run = xdelex};

void xackdel(Context& c) {
  StreamRefs refs;
  std::vector<StreamId> ids;
  if (!read_deletion(c, 3, &refs, &ids)) return;
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  StreamGroup* group = stream->group(c.arg(2));
  if (group == nullptr) return answer_all_missing(c.reply, ids.size());
  bool acknowledged = false;
  bool deleted = false;
  c.reply.array(ids.size());
  for (StreamId id : ids) {
    Deletion outcome = kNoEntry;
    if (group->acknowledge(id)) {
      acknowledged = true;
      outcome = delete_entry(*stream, id, refs);
      deleted |= outcome == kEntryDeleted;
      // The entry itself may have been deleted before.
      if (outcome == kNoEntry) outcome = kEntryDeleted;
    }
    c.reply.integer(outcome);
  }
  if (deleted) stream.commit(event::kXdel);
  if (acknowledged) c.unit.count_change();
}

constexpr CommandSpec kXackdel = {
    .name = "xackdel",
    .arity = -6,
    .flags = kWrite | kFast,
    .group = Group::kStream,
    .keys = one_key(kKeyRw | kKeyDelete),
    .args = "key group condition=[KEEPREF|DELREF|ACKED] ids=(IDS numids:integer id+)",
    .summary = "Acknowledges entries for a group and deletes them.",
    .since = "8.2.0",
    .complexity = "O(1) for each id.",
    .run = xackdel};

// ---- XSETID

void xsetid(Context& c) {
  StreamId id, max_deleted;
  int64_t added = -1;
  if (!read_stream_id(c, c.arg(2), &id)) return;
  for (size_t at = 3; at < c.argc(); at += 2) {
    bool more = at + 1 < c.argc();
    if (more && equals_fold(c.arg(at), "ENTRIESADDED")) {
      if (!read_integer(c, c.arg(at + 1), &added)) return;
      if (added < 0) return c.reply.error("ERR entries_added must be positive");
    } else if (more && equals_fold(c.arg(at), "MAXDELETEDID")) {
      if (!read_stream_id(c, c.arg(at + 1), &max_deleted)) return;
      if (id < max_deleted) {
        return c.reply.error(
            "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      }
    } else {
      return c.reply.error(err::kSyntax);
    }
  }
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  if (!stream.exists()) return c.reply.error(err::kNoSuchKey);
  StreamMarks& marks = stream->marks();
  if (id < marks.max_deleted_id) {
    return c.reply.error(
        "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
  }
  if (stream->size() > 0 && id < stream->top_id()) {
    return c.reply.error(
        "ERR The ID specified in XSETID is smaller than the target stream top item");
  }
  if (stream->size() > 0 && added != -1 && static_cast<uint64_t>(added) < stream->size()) {
    return c.reply.error(
        "ERR The entries_added specified in XSETID is smaller than the target stream length");
  }
  marks.last_id = id;
  if (added != -1) marks.entries_added = static_cast<uint64_t>(added);
  if (!max_deleted.is_zero()) marks.max_deleted_id = max_deleted;
  stream.commit(event::kXsetid);
  c.reply.ok();
}

constexpr CommandSpec kXsetid = {
    .name = "xsetid",
    .arity = -3,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kStream,
    .keys = one_key(kKeyRw | kKeyUpdate),
    .args = "key last-id [ENTRIESADDED entries-added:integer] [MAXDELETEDID max-deleted-id]",
    .summary = "Sets the last id and the counters of a stream.",
    .since = "5.0.0",
    .run = xsetid};

}  // namespace

std::span<const CommandSpec* const> stream_commands() {
  static constexpr const CommandSpec* kAll[] = {&kXadd,   &kXlen,  &kXrange, &kXrevrange, &kXdel,
                                                &kXdelex, &kXtrim, &kXsetid, &kXackdel};
  return kAll;
}

}  // namespace redstart
