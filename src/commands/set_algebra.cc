// The sets family, part 3: what sets have in common, together, or not in common.
#include "types/set_algebra.h"

#include <vector>

#include "commands/families.h"
#include "commands/set_access.h"
#include "engine/arg_reader.h"

namespace redstart {

namespace {

enum class Operation : uint8_t { kInter, kUnion, kDiff };

// The sets at some keys, an absent one empty. False: one holds another type, which was answered.
bool find_sets(Context& c, size_t first, size_t count, std::vector<SetView>* sets) {
  sets->resize(count);
  for (size_t i = 0; i < count; i++) {
    if (!find(c, c.key(first + i), &(*sets)[i])) return false;
  }
  return true;
}

// Computes the operation. visit(const SetItem&) answers whether to stop.
template <class Visit>
void combine(Context& c, Operation operation, std::vector<SetView>& sets, Visit&& visit) {
  switch (operation) {
    case Operation::kInter:
      return intersect(std::span(sets), visit);
    case Operation::kDiff:
      return subtract(std::span<const SetView>(sets), visit);
    case Operation::kUnion: {
      if (sets.size() < kManySets) return visit_union(std::span(sets), visit);
      Set all(c.engine.type_env(), Held());
      unite(sets, all);
      all.each_until(visit);
      return all.drop();
    }
  }
}

void answer(Context& c, Operation operation) {
  std::vector<SetView> sets;
  if (!find_sets(c, 1, c.argc() - 1, &sets)) return;
  Reply::Mark mark = c.reply.open(Reply::Shape::kSet);
  size_t count = 0;
  combine(c, operation, sets, [&](const SetItem& item) {
    answer_item(c.reply, item);
    count++;
    return false;
  });
  c.reply.close(mark, count);
}

void store(Context& c, Operation operation, const Event& event) {
  std::vector<SetView> sets;
  if (!find_sets(c, 2, c.argc() - 2, &sets)) return;
  Set result(c.engine.type_env(), Held());
  if (operation == Operation::kUnion) {
    unite(sets, result);
  } else {
    combine(c, operation, sets, [&](const SetItem& item) {
      result.add(item);
      return false;
    });
  }
  c.reply.integer(static_cast<int64_t>(result.size()));
  store(c, c.key(1), result, event);
}

// "numkeys key ... [LIMIT n]"
void answer_size(Context& c, Operation operation) {
  int64_t keys = 0, limit = 0;
  if (!parse_int64(c.arg(1), &keys) || keys < 1) {
    return c.reply.error("ERR numkeys should be greater than 0");
  }
  if (static_cast<uint64_t>(keys) > c.argc() - 2) {
    return c.reply.error("ERR Number of keys can't be greater than number of args");
  }
  ArgReader args(c.args, static_cast<size_t>(keys) + 2);
  while (args.more()) {
    if (!args.option("LIMIT")) {
      args.fail(err::kSyntax);
    } else if (!parse_int64(args.next(), &limit) || limit < 0) {
      args.fail("ERR LIMIT can't be negative");
    }
  }
  if (!args.done()) return c.reply.error(args.error());
  std::vector<SetView> sets;
  if (!find_sets(c, 2, static_cast<size_t>(keys), &sets)) return;
  int64_t count = 0;
  combine(c, operation, sets, [&](const SetItem&) { return ++count == limit; });
  c.reply.integer(count);
}

constexpr CommandSpec answering(std::string_view name, std::string_view summary,
                                std::string_view complexity, Handler run) {
  return {.name = name,
          .arity = -2,
          .flags = kReadonly,
          .group = Group::kSet,
          .keys = key_range(kKeyRead, 1, -1, 1),
          .args = "key+",
          .summary = summary,
          .complexity = complexity,
          .tips = "nondeterministic_output_order",
          .run = run};
}

constexpr CommandSpec storing(std::string_view name, std::string_view summary,
                              std::string_view complexity, Handler run) {
  CommandSpec spec = {.name = name,
                      .arity = -3,
                      .flags = kWrite | kDenyOom,
                      .group = Group::kSet,
                      .keys = one_key(kKeyOw | kKeyUpdate),
                      .args = "destination:key key+",
                      .summary = summary,
                      .complexity = complexity,
                      .run = run};
  spec.keys.items[1] = key_range(kKeyRead, 2, -1, 1).items[0];
  spec.keys.count = 2;
  return spec;
}

constexpr CommandSpec counting(std::string_view name, std::string_view summary,
                               std::string_view since, std::string_view complexity, Handler run) {
  CommandSpec spec = {.name = name,
                      .arity = -3,
                      .flags = kReadonly | kMovableKeys,
                      .group = Group::kSet,
                      .args = "numkeys:integer key+ [LIMIT limit:integer]",
                      .summary = summary,
                      .since = since,
                      .complexity = complexity,
                      .run = run};
  spec.keys.count = 1;
  spec.keys.items[0] = {.flags = kKeyRead,
                        .begin = KeySpec::Begin::kIndex,
                        .index = 1,
                        .find = KeySpec::Find::kCount,
                        .a = 0,
                        .b = 1,
                        .c = 1};
  return spec;
}

constexpr std::string_view kInterCost = "O(N*M), N members in the smallest of M sets";
constexpr std::string_view kUnionCost = "O(N) for N members in all sets";
constexpr std::string_view kDiffCost = "O(N*M), N members in the first of M sets";

void sinter(Context& c) { answer(c, Operation::kInter); }
constexpr CommandSpec kSinter =
    answering("sinter", "Answers the members that all sets have.", kInterCost, sinter);

void sunion(Context& c) { answer(c, Operation::kUnion); }
constexpr CommandSpec kSunion =
    answering("sunion", "Answers the members that any of the sets has.", kUnionCost, sunion);

void sdiff(Context& c) { answer(c, Operation::kDiff); }
constexpr CommandSpec kSdiff =
    answering("sdiff", "Answers the members of the first set that no other has.", kDiffCost, sdiff);

void sinterstore(Context& c) { store(c, Operation::kInter, event::kSinterstore); }
constexpr CommandSpec kSinterstore =
    storing("sinterstore", "Stores the members that all sets have.", kInterCost, sinterstore);

void sunionstore(Context& c) { store(c, Operation::kUnion, event::kSunionstore); }
constexpr CommandSpec kSunionstore =
    storing("sunionstore", "Stores the members that any of the sets has.", kUnionCost, sunionstore);

void sdiffstore(Context& c) { store(c, Operation::kDiff, event::kSdiffstore); }
constexpr CommandSpec kSdiffstore = storing(
    "sdiffstore", "Stores the members of the first set that no other has.", kDiffCost, sdiffstore);

void sintercard(Context& c) { answer_size(c, Operation::kInter); }
constexpr CommandSpec kSintercard = counting(
    "sintercard", "Answers how many members all sets have.", "7.0.0", kInterCost, sintercard);

void sunioncard(Context& c) { answer_size(c, Operation::kUnion); }
constexpr CommandSpec kSunioncard =
    counting("sunioncard", "Answers how many members the sets have together.", "8.6.0", kUnionCost,
             sunioncard);

void sdiffcard(Context& c) { answer_size(c, Operation::kDiff); }
constexpr CommandSpec kSdiffcard =
    counting("sdiffcard", "Answers how many members of the first set no other has.", "8.6.0",
             kDiffCost, sdiffcard);

}  // namespace

std::span<const CommandSpec* const> set_algebra_commands() {
  static constexpr const CommandSpec* kAll[] = {&kSinter,      &kSunion,      &kSdiff,
                                                &kSinterstore, &kSunionstore, &kSdiffstore,
                                                &kSintercard,  &kSunioncard,  &kSdiffcard};
  return kAll;
}

}  // namespace redstart
