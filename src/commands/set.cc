// The sets family, part 1: members of one set.
#include <vector>

#include "commands/collection_scan.h"
#include "commands/families.h"
#include "commands/set_access.h"

namespace redstart {

namespace {

void sadd(Context& c) {
  Edit<Set> set(c, c.key(1));
  if (!set) return;
  set->expect(c.arg(2), c.argc() - 2);
  int64_t added = 0;
  for (std::string_view member : c.args.subspan(2)) added += set->add(member);
  added > 0 ? set.commit(event::kSadd) : set.settle();
  c.reply.integer(added);
}
constexpr CommandSpec kSadd = {.name = "sadd",
                               .arity = -3,
                               .flags = kWrite | kDenyOom | kFast,
                               .group = Group::kSet,
                               .keys = one_key(kKeyRw | kKeyInsert),
                               .args = "key member+",
                               .summary = "Adds members to a set.",
                               .complexity = "O(N) for N members",
                               .run = sadd};

void srem(Context& c) {
  Edit<Set> set(c, c.key(1));
  if (!set) return;
  int64_t erased = 0;
  for (std::string_view member : c.args.subspan(2)) erased += set->erase(member);
  if (erased > 0) set.commit(event::kSrem);
  c.reply.integer(erased);
}
constexpr CommandSpec kSrem = {.name = "srem",
                               .arity = -3,
                               .flags = kWrite | kFast,
                               .group = Group::kSet,
                               .keys = one_key(kKeyRw | kKeyDelete),
                               .args = "key member+",
                               .summary = "Takes members out, and deletes a set without any.",
                               .complexity = "O(N) for N members",
                               .run = srem};

void smove(Context& c) {
  std::string_view member = c.arg(3);
  Edit<Set> from(c, c.key(1));
  if (!from) return;
  if (!from.exists()) return c.reply.integer(0);
  if (c.arg(1) == c.arg(2)) return c.reply.integer(from->contains(member));
  Edit<Set> to(c, c.key(2));
  if (!to) return;
  if (!from->erase(member)) return c.reply.integer(0);
  bool added = to->add(member);
  from.commit(event::kSrem);
  added ? to.commit(event::kSadd) : to.settle();
  c.reply.integer(1);
}
constexpr CommandSpec kSmove = {
    .name = "smove",
    .arity = 4,
    .flags = kWrite | kFast,
    .group = Group::kSet,
    .keys = two_keys(kKeyRw | kKeyAccess | kKeyDelete, kKeyRw | kKeyInsert),
    .args = "source:key destination:key member",
    .summary = "Moves a member from one set to another.",
    .run = smove};

constexpr CommandSpec set_reader(std::string_view name, int arity, uint16_t key_flags,
                                 std::string_view args, std::string_view summary,
                                 std::string_view since, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kReadonly | kFast,
          .group = Group::kSet,
          .keys = one_key(key_flags),
          .args = args,
          .summary = summary,
          .since = since,
          .complexity = "O(1) per member",
          .run = run};
}

void sismember(Context& c) {
  SetView set;
  if (find(c, c.key(1), &set)) c.reply.integer(set.contains(c.arg(2)));
}
constexpr CommandSpec kSismember =
    set_reader("sismember", 3, kKeyRo, "key member", "Answers whether a set has a member.", "1.0.0",
               sismember);

void smismember(Context& c) {
  SetView set;
  if (!find(c, c.key(1), &set)) return;
  c.reply.array(c.argc() - 2);
  for (std::string_view member : c.args.subspan(2)) c.reply.integer(set.contains(member));
}
constexpr CommandSpec kSmismember =
    set_reader("smismember", -3, kKeyRo, "key member+",
               "Answers of each member whether a set has it.", "6.2.0", smismember);

void scard(Context& c) {
  SetView set;
  if (find(c, c.key(1), &set)) c.reply.integer(static_cast<int64_t>(set.size()));
}
constexpr CommandSpec kScard =
    set_reader("scard", 2, kKeyRo, "key", "Answers how many members a set has.", "1.0.0", scard);

void smembers(Context& c) {
  SetView set;
  if (!find(c, c.key(1), &set)) return;
  c.reply.set(set.size());
  set.for_each([&](const SetItem& item) { answer_item(c.reply, item); });
}
constexpr CommandSpec kSmembers = {.name = "smembers",
                                   .arity = 2,
                                   .flags = kReadonly,
                                   .group = Group::kSet,
                                   .keys = one_key(kKeyRead),
                                   .args = "key",
                                   .summary = "Answers all members of a set.",
                                   .complexity = "O(N) for N members",
                                   .tips = "nondeterministic_output_order",
                                   .run = smembers};

void sscan(Context& c) {
  CollectionScan scan;
  SetView set;
  if (!read_scan_cursor(c, &scan) || !find(c, c.key(1), &set)) return;
  if (!set.held().object) {
    answer_scan_cursor(c.reply, 0);
    return c.reply.array(0);
  }
  if (!read_scan_options(c, false, &scan)) return;
  std::vector<SetItem> found;
  int64_t looked_at = 0;
  char scratch[kIntTextMax];
  uint64_t cursor = set.scan(scan.cursor, [&](const SetItem& item) {
    if (scan.matches(item.view(scratch))) found.push_back(item);
    return ++looked_at >= scan.count;
  });
  answer_scan_cursor(c.reply, cursor);
  c.reply.array(found.size());
  for (const SetItem& item : found) answer_item(c.reply, item);
}
constexpr CommandSpec kSscan = {
    .name = "sscan",
    .arity = -3,
    .flags = kReadonly,
    .group = Group::kSet,
    .keys = one_key(kKeyRead),
    .args = "key cursor:integer [MATCH pattern:pattern] [COUNT count:integer]",
    .summary = "Walks over the members of a set, some of them per call.",
    .since = "2.8.0",
    .complexity = "O(1) per call, O(N) for a whole walk over N members",
    .tips = "nondeterministic_output",
    .run = sscan};

}  // namespace

std::span<const CommandSpec* const> set_commands() {
  static constexpr const CommandSpec* kAll[] = {&kSadd,       &kSrem,  &kSmove,    &kSismember,
                                                &kSmismember, &kScard, &kSmembers, &kSscan};
  return kAll;
}

}  // namespace redstart
