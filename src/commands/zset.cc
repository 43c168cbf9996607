// Sorted sets, part 1: single elements, and the walk over all of them.
#include <charconv>
#include <string>

#include "commands/collection_scan.h"
#include "commands/families.h"
#include "commands/zset_args.h"

namespace redstart {

namespace {

constexpr uint32_t kSmallWrite = kDenyOom | kFast;

// ---- ZADD and ZINCRBY

struct ZaddCall {
  ZaddRules rules;
  bool count_changes = false;  // CH
  size_t first = 0;            // position of the first score
  size_t pairs = 0;
  double score = 0;  // of the last pair
};

// Looks at everything before anything is changed. False: the error has been answered.
bool read_zadd(Context& c, ZaddCall* call) {
  ArgReader args(c.args, 2);
  ZaddRules& rules = call->rules;
  for (bool option = true; option;) {
    option = false;
    if (args.flag("NX")) option = rules.only_new = true;
    if (args.flag("XX")) option = rules.only_existing = true;
    if (args.flag("GT")) option = rules.only_greater = true;
    if (args.flag("LT")) option = rules.only_less = true;
    if (args.flag("CH")) option = call->count_changes = true;
    if (args.flag("INCR")) option = rules.increment = true;
  }
  call->first = args.position();
  call->pairs = args.left() / 2;
  if (args.left() == 0 || args.left() % 2 != 0) {
    args.fail(err::kSyntax);
  } else if (rules.only_new && rules.only_existing) {
    args.fail("ERR XX and NX options at the same time are not compatible");
  } else if (rules.only_new + rules.only_greater + rules.only_less > 1) {
    args.fail("ERR GT, LT, and/or NX options at the same time are not compatible");
  } else if (rules.increment && call->pairs > 1) {
    args.fail("ERR INCR option supports a single increment-element pair");
  }
  while (args.more()) {
    call->score = args.number();
    args.next();
  }
  if (!args.ok()) c.reply.error(args.error());
  return args.ok();
}

// The score of one pair, which has been looked at before.
double score_of_pair(const Context& c, const ZaddCall& call, size_t pair) {
  double score = call.score;
  if (call.pairs > 1) parse_double(c.arg(call.first + pair * 2), &score);
  return score;
}

void add_elements(Context& c, const ZaddCall& call) {
  Edit<Zset> zset(c, c.key(1));
  if (!zset) return;
  size_t added = 0, updated = 0;
  Zadded last = Zadded::kNone;
  double score = 0;
  if (zset.exists() || !call.rules.only_existing) {
    zset->expect(call.pairs, c.arg(call.first + 1).size());
    for (size_t i = 0; i < call.pairs; i++) {
      score = score_of_pair(c, call, i);
      last = zset->add(c.arg(call.first + i * 2 + 1), &score, call.rules);
      added += last == Zadded::kAdded;
      updated += last == Zadded::kUpdated;
    }
  }
  if (added + updated > 0) {
    zset.commit(call.rules.increment ? event::kZincr : event::kZadd);
  } else {
    zset.settle();
  }
  if (last == Zadded::kNan) return c.reply.error(err::kScoreIsNan);
  if (!call.rules.increment) {
    return c.reply.integer(static_cast<int64_t>(call.count_changes ? added + updated : added));
  }
  if (last == Zadded::kNone) return c.reply.null();
  c.reply.dbl(score);
}

constexpr CommandSpec kZadd = zset_writer(
    "zadd", -4, "key condition=[NX|XX] comparison=[GT|LT] [CH] [INCR] data=(score:double member)+",
    "Adds members with their scores, or gives other scores to those that are there.", "1.2.0",
    "O(log(N)) per member, N being the size of the set", run_zadd, kKeyRw | kKeyUpdate,
    kSmallWrite);

// Redis reads it as ZADD INCR, so even its options are taken.
void zincrby(Context& c) {
  ZaddCall call;
  call.rules.increment = true;
  if (read_zadd(c, &call)) add_elements(c, call);
}
constexpr CommandSpec kZincrby =
    zset_writer("zincrby", 4, "key increment:integer member",
                "Adds a number to the score of a member, which begins at 0.", "1.2.0",
                "O(log(N)), N being the size of the set", zincrby, kKeyRw | kKeyAccess | kKeyUpdate,
                kSmallWrite);

// ---- ZREM

void zrem(Context& c) {
  Edit<Zset> zset(c, c.key(1));
  if (!zset) return;
  int64_t removed = 0;
  for (size_t i = 2; i < c.argc() && !zset->empty(); i++) removed += zset->remove(c.arg(i));
  if (removed > 0) zset.commit(event::kZrem);
  c.reply.integer(removed);
}
constexpr CommandSpec kZrem =
    zset_writer("zrem", -3, "key member+", "Takes members out of a sorted set.", "1.2.0",
                "O(M*log(N)), M being the number of members and N the size of the set", zrem,
                kKeyRw | kKeyDelete, kFast);

// ---- Questions about single members

void zcard(Context& c) {
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  c.reply.integer(static_cast<int64_t>(zset.size()));
}
constexpr CommandSpec kZcard = {.name = "zcard",
                                .arity = 2,
                                .flags = kReadonly | kFast,
                                .group = Group::kSortedSet,
                                .keys = one_key(kKeyRo),
                                .args = "key",
                                .summary = "Counts the members of a sorted set.",
                                .since = "1.2.0",
                                .run = zcard};

void answer_score(Context& c, const ZsetView& zset, std::string_view member) {
  double score;
  if (!zset.score(member, &score)) return c.reply.null();
  c.reply.dbl(score);
}

void zscore(Context& c) {
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  answer_score(c, zset, c.arg(2));
}
constexpr CommandSpec kZscore = zset_reader("zscore", 3, "key member", "The score of a member.",
                                            "1.2.0", "O(1)", zscore, kFast);

void zmscore(Context& c) {
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  c.reply.array(c.argc() - 2);
  for (size_t i = 2; i < c.argc(); i++) answer_score(c, zset, c.arg(i));
}
constexpr CommandSpec kZmscore =
    zset_reader("zmscore", -3, "key member+", "The scores of several members.", "6.2.0",
                "O(N) for N members", zmscore, kFast);

void answer_rank(Context& c, bool reverse) {
  if (c.argc() > 4) return c.reply.error(err::wrong_arity(c.command.full_name));
  bool with_score = c.argc() == 4;
  if (with_score && !equals_fold(c.arg(3), "WITHSCORE")) return c.reply.error(err::kSyntax);
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  size_t rank;
  double score;
  if (!zset.rank(c.arg(2), &rank, &score)) {
    return with_score ? c.reply.null_array() : c.reply.null();
  }
  if (reverse) rank = zset.size() - 1 - rank;
  if (with_score) c.reply.array(2);
  c.reply.integer(static_cast<int64_t>(rank));
  if (with_score) c.reply.dbl(score);
}

void zrank(Context& c) { answer_rank(c, false); }
constexpr CommandSpec kZrank =
    zset_reader("zrank", -3, "key member [WITHSCORE]",
                "How many members come before this one, by ascending scores.", "2.0.0",
                "O(log(N)), N being the size of the set", zrank, kFast);

void zrevrank(Context& c) { answer_rank(c, true); }
constexpr CommandSpec kZrevrank =
    zset_reader("zrevrank", -3, "key member [WITHSCORE]",
                "How many members come before this one, by descending scores.", "2.0.0",
                "O(log(N)), N being the size of the set", zrevrank, kFast);

// ---- ZSCAN

// Redis shows the scores of large sets with 17 digits here, and only here.
void append_scan_score(const ZsetView& zset, double score, Reply& reply) {
  char text[kDoubleTextMax];
  size_t size =
      zset.encoding() == ZsetEncoding::kListpack
          ? write_double(text, score)
          : static_cast<size_t>(
                std::to_chars(text, text + sizeof text, score, std::chars_format::general, 17).ptr -
                text);
  reply.bulk({text, size});
}

void zscan(Context& c) {
  CollectionScan scan;
  if (!read_scan_cursor(c, &scan)) return;
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  if (zset.empty()) {
    answer_scan_cursor(c.reply, 0);
    return c.reply.array(0);
  }
  if (!read_scan_options(c, false, &scan)) return;
  struct Found {
    std::string member;
    double score;
  };
  std::vector<Found> found;
  int64_t looked_at = 0;
  uint64_t next = zset.scan(scan.cursor, [&](std::string_view member, double score) {
    if (scan.matches(member)) found.push_back({std::string(member), score});
    return ++looked_at >= scan.count;
  });
  answer_scan_cursor(c.reply, next);
  c.reply.array(found.size() * 2);
  for (const Found& element : found) {
    c.reply.bulk(element.member);
    append_scan_score(zset, element.score, c.reply);
  }
}
constexpr CommandSpec kZscan = {
    .name = "zscan",
    .arity = -3,
    .flags = kReadonly,
    .group = Group::kSortedSet,
    .keys = one_key(kKeyRead),
    .args = "key cursor:integer [MATCH pattern:pattern] [COUNT count:integer]",
    .summary = "Walks over a sorted set, some members per call.",
    .since = "2.8.0",
    .complexity = "O(1) per call, O(N) for a whole walk over N members",
    .tips = "nondeterministic_output",
    .run = zscan};

}  // namespace

void run_zadd(Context& c) {
  ZaddCall call;
  if (read_zadd(c, &call)) add_elements(c, call);
}

std::span<const CommandSpec* const> zset_commands() {
  static constexpr const CommandSpec* kAll[] = {&kZadd,    &kZincrby, &kZrem,     &kZcard, &kZscore,
                                                &kZmscore, &kZrank,   &kZrevrank, &kZscan};
  return kAll;
}

}  // namespace redstart
