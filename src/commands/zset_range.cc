// Sorted sets, part 2: ranges by rank, score and member; to read, to count, to store, to remove.
#include <string>

#include "commands/families.h"
#include "commands/zset_args.h"
#include "engine/session.h"

namespace redstart {

namespace {

enum class By : uint8_t { kRank, kScore, kLex };

// What a command of the ZRANGE family wants.
struct RangeCall {
  By by = By::kRank;
  bool reverse = false;
  bool with_scores = false;
  int64_t offset = 0, limit = -1;  // limit < 0: all
  int64_t start = 0, stop = 0;
  ScoreRange scores = {};
  LexRange members = {};

  RankRange find_in(const ZsetView& zset) const {
    RankRange range = by == By::kRank    ? rank_range(zset)
                      : by == By::kScore ? zset.range(scores)
                                         : zset.range(members);
    return cut(range);
  }

 private:
  // Counted from the other end where the order is the other way round.
  RankRange rank_range(const ZsetView& zset) const {
    RankRange range = zset.range(start, stop);
    if (reverse) range.first = zset.size() - range.first - range.count;
    return range;
  }
  // LIMIT counts from where the answer begins.
  RankRange cut(RankRange range) const {
    if (offset < 0 || static_cast<uint64_t>(offset) >= range.count) return {};
    auto skipped = static_cast<size_t>(offset);
    size_t left = range.count - skipped;
    size_t kept =
        limit < 0 || static_cast<uint64_t>(limit) > left ? left : static_cast<size_t>(limit);
    return {range.first + (reverse ? left - kept : skipped), kept};
  }
};

// Which words of a command's family are its own decision, not an option's.
struct RangeForm {
  bool any = false;    // ZRANGE and ZRANGESTORE: BYSCORE, BYLEX and REV are options
  bool store = false;  // WITHSCORES is none
};

void read_options(Context& c, ArgReader& args, RangeForm form, RangeCall* call) {
  while (args.more()) {
    if (!form.store && args.flag("WITHSCORES")) {
      call->with_scores = true;
    } else if (args.option("LIMIT", 2)) {
      call->offset = args.integer();
      call->limit = args.integer();
    } else if (form.any && args.flag("REV")) {
      call->reverse = true;
    } else if (form.any && call->by == By::kRank && args.flag("BYSCORE")) {
      call->by = By::kScore;
    } else if (form.any && call->by == By::kRank && args.flag("BYLEX")) {
      call->by = By::kLex;
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (call->by == By::kLex && call->with_scores) {
    args.fail("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  if (call->by != By::kRank || c.session.dialect == Dialect::kUpstash) return;
  if (call->limit != -1) {
    args.fail(
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  call->offset = 0;
}

// Reads the two ends, which stand behind the key, and the options. False: answered.
bool read_range(Context& c, size_t key_at, RangeForm form, RangeCall* call) {
  ArgReader options(c.args, key_at + 3);
  read_options(c, options, form, call);
  if (!options.ok()) {
    c.reply.error(options.error());
    return false;
  }
  std::string_view low = c.arg(key_at + 1), high = c.arg(key_at + 2);
  if (call->reverse && call->by != By::kRank) std::swap(low, high);
  std::string_view error;
  switch (call->by) {
    case By::kRank:
      if (!parse_int64(low, &call->start) || !parse_int64(high, &call->stop)) {
        error = err::kNotInteger;
      }
      break;
    case By::kScore:
      if (!parse_score_range(low, high, &call->scores)) error = err::kBadScoreRange;
      break;
    case By::kLex:
      if (!parse_lex_range(low, high, &call->members)) error = err::kBadLexRange;
      break;
  }
  if (!error.empty()) c.reply.error(error);
  return error.empty();
}

// ---- ZRANGE and its older relatives

void answer_range(Context& c, RangeForm form, RangeCall call) {
  if (!read_range(c, 1, form, &call)) return;
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  answer_elements(c.reply, zset, call.find_in(zset), call.reverse, call.with_scores);
}

constexpr std::string_view kRangeCost =
    "O(log(N)+M), N being the size of the set and M that of the range";

void zrange(Context& c) { answer_range(c, {.any = true}, {}); }
constexpr CommandSpec kZrange = zset_reader(
    "zrange", -4,
    "key start stop sortby=[BYSCORE|BYLEX] [REV] [LIMIT (offset:integer count:integer)] "
    "[WITHSCORES]",
    "The members of a range by rank, score or member.", "1.2.0", kRangeCost, zrange);

constexpr CommandSpec old_range(std::string_view name, std::string_view args,
                                std::string_view summary, std::string_view since,
                                std::string_view deprecated, Handler run) {
  CommandSpec spec = zset_reader(name, -4, args, summary, since, kRangeCost, run);
  spec.deprecated = deprecated;
  return spec;
}

void zrevrange(Context& c) { answer_range(c, {}, {.reverse = true}); }
constexpr CommandSpec kZrevrange =
    old_range("zrevrange", "key start:integer stop:integer [WITHSCORES]",
              "The members of a range by rank, greatest score first.", "1.2.0",
              "6.2.0:`ZRANGE` with the `REV` argument", zrevrange);

void zrangebyscore(Context& c) { answer_range(c, {}, {.by = By::kScore}); }
constexpr CommandSpec kZrangebyscore =
    old_range("zrangebyscore",
              "key min:double max:double [WITHSCORES] [LIMIT (offset:integer count:integer)]",
              "The members of a range of scores.", "1.0.5",
              "6.2.0:`ZRANGE` with the `BYSCORE` argument", zrangebyscore);

void zrevrangebyscore(Context& c) { answer_range(c, {}, {.by = By::kScore, .reverse = true}); }
constexpr CommandSpec kZrevrangebyscore =
    old_range("zrevrangebyscore",
              "key max:double min:double [WITHSCORES] [LIMIT (offset:integer count:integer)]",
              "The members of a range of scores, greatest score first.", "2.2.0",
              "6.2.0:`ZRANGE` with the `REV` and `BYSCORE` arguments", zrevrangebyscore);

void zrangebylex(Context& c) { answer_range(c, {}, {.by = By::kLex}); }
constexpr CommandSpec kZrangebylex =
    old_range("zrangebylex", "key min max [LIMIT (offset:integer count:integer)]",
              "The members between two members, all having the same score.", "2.8.9",
              "6.2.0:`ZRANGE` with the `BYLEX` argument", zrangebylex);

void zrevrangebylex(Context& c) { answer_range(c, {}, {.by = By::kLex, .reverse = true}); }
constexpr CommandSpec kZrevrangebylex =
    old_range("zrevrangebylex", "key max min [LIMIT (offset:integer count:integer)]",
              "The members between two members, greatest first, all having the same score.",
              "2.8.9", "6.2.0:`ZRANGE` with the `REV` and `BYLEX` arguments", zrevrangebylex);

// ---- ZRANGESTORE

void zrangestore(Context& c) {
  RangeCall call;
  if (!read_range(c, 2, {.any = true, .store = true}, &call)) return;
  ZsetView zset;
  if (!find(c, c.key(2), &zset)) return;
  ZsetBuilder builder(c.engine.type_env());
  zset.visit(call.find_in(zset), false,
             [&](std::string_view member, double score) { builder.add(member, score); });
  auto count = static_cast<int64_t>(builder.size());
  Zset result = builder.finish();
  store(c, c.key(1), result, event::kZrangeStore);
  c.reply.integer(count);
}
constexpr CommandSpec kZrangestore = {
    .name = "zrangestore",
    .arity = -5,
    .flags = kWrite | kDenyOom,
    .group = Group::kSortedSet,
    .keys = two_keys(kKeyOw | kKeyUpdate, kKeyRead),
    .args =
        "dst:key src:key min max sortby=[BYSCORE|BYLEX] [REV] "
        "[LIMIT (offset:integer count:integer)]",
    .summary = "Stores a range of one sorted set as another.",
    .since = "6.2.0",
    .complexity = "O(log(N)+M), N being the size of the set and M that of the range",
    .run = zrangestore};

// ---- ZCOUNT, ZLEXCOUNT

void zcount(Context& c) {
  ScoreRange scores;
  if (!parse_score_range(c.arg(2), c.arg(3), &scores)) return c.reply.error(err::kBadScoreRange);
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  c.reply.integer(static_cast<int64_t>(zset.range(scores).count));
}
constexpr CommandSpec kZcount = zset_reader(
    "zcount", 4, "key min:double max:double", "Counts the members of a range of scores.", "2.0.0",
    "O(log(N)), N being the size of the set", zcount, kFast);

void zlexcount(Context& c) {
  LexRange members;
  if (!parse_lex_range(c.arg(2), c.arg(3), &members)) return c.reply.error(err::kBadLexRange);
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  c.reply.integer(static_cast<int64_t>(zset.range(members).count));
}
constexpr CommandSpec kZlexcount =
    zset_reader("zlexcount", 4, "key min max",
                "Counts the members between two members, all having the same score.", "2.8.9",
                "O(log(N)), N being the size of the set", zlexcount, kFast);

// ---- ZREMRANGEBY...

void remove_range(Context& c, By by, const Event& event) {
  RangeCall call{.by = by};
  if (!read_range(c, 1, {}, &call)) return;
  Edit<Zset> zset(c, c.key(1));
  if (!zset) return;
  RankRange range = call.find_in(*zset);
  if (range.count > 0) {
    zset->remove(range);
    zset.commit(event);
  }
  c.reply.integer(static_cast<int64_t>(range.count));
}

constexpr CommandSpec range_remover(std::string_view name, std::string_view args,
                                    std::string_view summary, std::string_view since, Handler run) {
  return zset_writer(name, 4, args, summary, since, kRangeCost, run, kKeyRw | kKeyDelete);
}

void zremrangebyrank(Context& c) { remove_range(c, By::kRank, event::kZremRangeByRank); }
constexpr CommandSpec kZremrangebyrank =
    range_remover("zremrangebyrank", "key start:integer stop:integer",
                  "Removes the members of a range of ranks.", "2.0.0", zremrangebyrank);

void zremrangebyscore(Context& c) { remove_range(c, By::kScore, event::kZremRangeByScore); }
constexpr CommandSpec kZremrangebyscore =
    range_remover("zremrangebyscore", "key min:double max:double",
                  "Removes the members of a range of scores.", "1.2.0", zremrangebyscore);

void zremrangebylex(Context& c) { remove_range(c, By::kLex, event::kZremRangeByLex); }
constexpr CommandSpec kZremrangebylex = range_remover(
    "zremrangebylex", "key min max",
    "Removes the members between two members, all having the same score.", "2.8.9", zremrangebylex);

}  // namespace

std::span<const CommandSpec* const> zset_range_commands() {
  static constexpr const CommandSpec* kAll[] = {
      &kZrange,      &kZrevrange,       &kZrangebyscore,    &kZrevrangebyscore,
      &kZrangebylex, &kZrevrangebylex,  &kZrangestore,      &kZcount,
      &kZlexcount,   &kZremrangebyrank, &kZremrangebyscore, &kZremrangebylex};
  return kAll;
}

}  // namespace redstart
