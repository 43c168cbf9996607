// Sorted sets, part 3: elements from the ends, and by chance.
#include <algorithm>
#include <limits>
#include <string>

#include "base/random.h"
#include "commands/families.h"
#include "commands/timeout.h"
#include "commands/zset_args.h"
#include "engine/blocking.h"

namespace redstart {

namespace {

constexpr std::string_view kPopCost =
    "O(log(N)*M), N being the size of the set and M the number of members taken";

// The `count` elements of one end.
RankRange end_of(const ZsetView& zset, int64_t count, bool greatest) {
  size_t taken = std::min(static_cast<size_t>(count), zset.size());
  return {greatest ? zset.size() - taken : 0, taken};
}

void take(Edit<Zset>& zset, RankRange range, bool greatest) {
  zset->remove(range);
  zset.commit(greatest ? event::kZpopMax : event::kZpopMin);
}

// ---- ZPOPMIN, ZPOPMAX

void pop(Context& c, bool greatest) {
  if (c.argc() > 3) return c.reply.error(err::kSyntax);
  bool counted = c.argc() == 3;
  ArgReader args(c.args, 2);
  int64_t count = counted ? args.integer(err::kNotPositive) : 1;
  if (count < 0) args.fail(err::kNotPositive);
  if (!args.done()) return c.reply.error(args.error());
  Edit<Zset> zset(c, c.key(1));
  if (!zset) return;
  RankRange range = end_of(*zset, count, greatest);
  if (range.count == 0) return c.reply.array(0);
  if (counted) {
    answer_elements(c.reply, *zset, range, greatest, true);
  } else {
    // A single pair is flat in every protocol.
    c.reply.array(2);
    zset->visit(range, greatest, [&](std::string_view member, double score) {
      c.reply.bulk(member);
      c.reply.dbl(score);
    });
  }
  take(zset, range, greatest);
}

void zpopmin(Context& c) { pop(c, false); }
constexpr CommandSpec kZpopmin =
    zset_writer("zpopmin", -2, "key [count:integer]", "Takes the members with the least scores.",
                "5.0.0", kPopCost, zpopmin, kKeyRw | kKeyAccess | kKeyDelete, kFast);

void zpopmax(Context& c) { pop(c, true); }
constexpr CommandSpec kZpopmax =
    zset_writer("zpopmax", -2, "key [count:integer]", "Takes the members with the greatest scores.",
                "5.0.0", kPopCost, zpopmax, kKeyRw | kKeyAccess | kKeyDelete, kFast);

// ---- ZMPOP

struct MpopCall {
  size_t first_key = 0;
  size_t keys = 0;
  bool greatest = false;
  int64_t count = 1;
};

// `at`: the argument with the number of keys.
bool read_mpop(Context& c, size_t at, MpopCall* call) {
  constexpr std::string_view kBadKeys = "ERR numkeys should be greater than 0";
  constexpr std::string_view kBadCount = "ERR count should be greater than 0";
  ArgReader numkeys(c.args, at);
  int64_t keys = numkeys.integer(kBadKeys);
  if (keys < 1) numkeys.fail(kBadKeys);
  if (numkeys.ok() && keys >= static_cast<int64_t>(c.argc() - at) - 1) numkeys.fail(err::kSyntax);
  if (!numkeys.ok()) {
    c.reply.error(numkeys.error());
    return false;
  }
  call->first_key = at + 1;
  call->keys = static_cast<size_t>(keys);
  ArgReader args(c.args, call->first_key + call->keys);
  call->greatest = args.flag("MAX");
  if (!call->greatest && !args.flag("MIN")) args.fail(err::kSyntax);
  bool counted = false;
  while (args.more()) {
    if (!counted && args.option("COUNT")) {
      call->count = args.integer(kBadCount);
      if (call->count < 1) args.fail(kBadCount);
      counted = true;
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (!args.done()) c.reply.error(args.error());
  return args.ok();
}

// False: there is nothing to pop, and nothing was answered.
bool pop_first_of(Context& c, const MpopCall& call) {
  for (size_t i = 0; i < call.keys; i++) {
    Key key = c.key(call.first_key + i);
    Edit<Zset> zset(c, key);
    if (!zset) return true;
    if (!zset.exists()) continue;
    RankRange range = end_of(*zset, call.count, call.greatest);
    c.reply.array(2);
    c.reply.bulk(key.bytes);
    c.reply.array(range.count);
    zset->visit(range, call.greatest, [&](std::string_view member, double score) {
      c.reply.array(2);
      c.reply.bulk(member);
      c.reply.dbl(score);
    });
    take(zset, range, call.greatest);
    // A replica need not look for the key.
    c.propagate_as({call.greatest ? "ZPOPMAX" : "ZPOPMIN", key.bytes,
                    int64_text(static_cast<int64_t>(range.count))});
    return true;
  }
  return false;
}

void zmpop(Context& c) {
  MpopCall call;
  if (!read_mpop(c, 1, &call)) return;
  if (!pop_first_of(c, call)) c.reply.null_array();
}
constexpr KeySpecs keys_of_zmpop(int count_at) {
  KeySpecs specs;
  specs.count = 1;
  specs.items[0] = counted_keys(kKeyRw | kKeyAccess | kKeyDelete, count_at);
  return specs;
}
constexpr CommandSpec kZmpop = {
    .name = "zmpop",
    .arity = -4,
    .flags = kWrite,
    .group = Group::kSortedSet,
    .keys = keys_of_zmpop(1),
    .args = "numkeys:integer key+ where=(MIN|MAX) [COUNT count:integer]",
    .summary = "Takes members from an end of the first sorted set that is there.",
    .since = "7.0.0",
    .complexity =
        "O(K)+O(M*log(N)), K being the number of keys, N the size of the set and M the number of "
        "members taken",
    .run = zmpop};

// ---- BZPOPMIN, BZPOPMAX, BZMPOP

void pop_or_wait(Context& c, bool greatest) {
  int64_t timeout_ms;
  if (!read_timeout(c, c.args.back(), TimeoutUnit::kSeconds, &timeout_ms)) return;
  const Args keys = c.args.subspan(1, c.argc() - 2);
  for (size_t i = 1; i <= keys.size(); i++) {
    Edit<Zset> zset(c, c.key(i));
    if (!zset) return;
    if (!zset.exists()) continue;
    RankRange range = end_of(*zset, 1, greatest);
    c.reply.array(3);
    c.reply.bulk(c.arg(i));
    zset->visit(range, greatest, [&](std::string_view member, double score) {
      c.reply.bulk(member);
      c.reply.dbl(score);
    });
    take(zset, range, greatest);
    return c.propagate_as({greatest ? "ZPOPMAX" : "ZPOPMIN", c.arg(i)});
  }
  if (!wait_for_keys(c, {keys, Type::kZset, timeout_ms})) c.reply.null_array();
}

constexpr CommandSpec zset_waiter(std::string_view name, std::string_view summary, Handler run) {
  return {.name = name,
          .arity = -3,
          .flags = kWrite | kFast | kBlocking,
          .group = Group::kSortedSet,
          .keys = key_range(kKeyRw | kKeyAccess | kKeyDelete, 1, -2, 1),
          .args = "key+ timeout:double",
          .summary = summary,
          .since = "5.0.0",
          .complexity = "O(log(N)), N being the size of the set",
          .run = run};
}

void bzpopmin(Context& c) { pop_or_wait(c, false); }
constexpr CommandSpec kBzpopmin = zset_waiter(
    "bzpopmin", "Takes the member with the least score of a sorted set, or waits for one.",
    bzpopmin);

void bzpopmax(Context& c) { pop_or_wait(c, true); }
constexpr CommandSpec kBzpopmax = zset_waiter(
    "bzpopmax", "Takes the member with the greatest score of a sorted set, or waits for one.",
    bzpopmax);

void bzmpop(Context& c) {
  MpopCall call;
  if (!read_mpop(c, 2, &call)) return;
  int64_t timeout_ms;
  if (!read_timeout(c, c.arg(1), TimeoutUnit::kSeconds, &timeout_ms)) return;
  if (pop_first_of(c, call)) return;
  const Args keys = c.args.subspan(call.first_key, call.keys);
  if (!wait_for_keys(c, {keys, Type::kZset, timeout_ms})) c.reply.null_array();
}
constexpr CommandSpec kBzmpop = {
    .name = "bzmpop",
    .arity = -5,
    .flags = kWrite | kBlocking,
    .group = Group::kSortedSet,
    .keys = keys_of_zmpop(2),
    .args = "timeout:double numkeys:integer key+ where=(MIN|MAX) [COUNT count:integer]",
    .summary = "Takes members from an end of the first sorted set that is there, or waits for one.",
    .since = "7.0.0",
    .complexity =
        "O(K)+O(M*log(N)), K being the number of keys, N the size of the set and M the number of "
        "members taken",
    .run = bzmpop};

// ---- ZRANDMEMBER

void answer_random(Context& c, const ZsetView& zset, int64_t count, bool with_scores) {
  bool repeat = count < 0;
  auto wanted = static_cast<size_t>(repeat ? -count : count);
  if (zset.empty() || wanted == 0) return c.reply.array(0);
  if (!repeat) wanted = std::min(wanted, zset.size());
  if (with_scores) {
    c.reply.flat_pairs(wanted);
  } else {
    c.reply.array(wanted);
  }
  auto answer = [&](std::string_view member, double score) {
    if (with_scores) c.reply.flat_pair();
    c.reply.bulk(member);
    if (with_scores) c.reply.dbl(score);
  };
  Random& random = c.engine.random();
  if (!repeat) return zset.visit_sample(random, wanted, answer);
  for (; wanted > 0; wanted--) zset.visit_random(random, answer);
}

void zrandmember(Context& c) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  int64_t count = 1;
  bool with_scores = false;
  if (c.argc() > 2) {
    ArgReader args(c.args, 2);
    count =
        args.integer_in(-kMost, kMost,
                        "ERR value is out of range, value must between -9223372036854775807 and "
                        "9223372036854775807");
    if (!args.ok()) return c.reply.error(args.error());
    with_scores = args.flag("WITHSCORES");
    if (!args.done()) return c.reply.error(args.error());
    if (with_scores && (count < -kMost / 2 || count > kMost / 2)) {
      return c.reply.error(err::kOutOfRange);
    }
  }
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  if (c.argc() > 2) return answer_random(c, zset, count, with_scores);
  if (zset.empty()) return c.reply.null();
  zset.visit_random(c.engine.random(),
                    [&](std::string_view member, double) { c.reply.bulk(member); });
}
constexpr CommandSpec kZrandmember = {.name = "zrandmember",
                                      .arity = -2,
                                      .flags = kReadonly,
                                      .group = Group::kSortedSet,
                                      .keys = one_key(kKeyRead),
                                      .args = "key options=[(count:integer [WITHSCORES])]",
                                      .summary = "Members chosen by chance.",
                                      .since = "6.2.0",
                                      .complexity = "O(N) for N members",
                                      .tips = "nondeterministic_output",
                                      .run = zrandmember};

}  // namespace

std::span<const CommandSpec* const> zset_pop_commands() {
  static constexpr const CommandSpec* kAll[] = {
      &kZpopmin, &kZpopmax, &kZmpop, &kZrandmember, &kBzpopmin, &kBzpopmax, &kBzmpop};
  return kAll;
}

}  // namespace redstart
