// The sets family, part 2: members drawn at random.
#include <climits>
#include <string>
#include <vector>

#include "commands/families.h"
#include "commands/set_access.h"

namespace redstart {

namespace {

void pop_one(Context& c) {
  Edit<Set> set(c, c.key(1));
  if (!set) return;
  if (!set.exists()) return c.reply.null();
  char scratch[kIntTextMax];
  std::string_view member = set->random(c.engine.random()).view(scratch);
  c.reply.bulk(member);
  // Which one it was is chance: others are told the outcome.
  c.propagate_as({"SREM", c.arg(1), member});
  set->erase(member);
  set.commit(event::kSpop);
}

void pop_all(Context& c, Edit<Set>& set) {
  c.reply.set(set->size());
  set->for_each([&](const SetItem& item) { answer_item(c.reply, item); });
  set.commit(event::kSpop);
  set.erase(event::kDel);
  bool later = c.engine.settings().lazyfree_lazy_server_del;
  c.propagate_as({later ? "UNLINK" : "DEL", c.arg(1)});
}

// What is drawn is told to others this many at a time, so that no effect is of any length.
constexpr size_t kEffectMembers = 1024;

void pop_drawn(Context& c, Edit<Set>& set, const std::vector<std::string>& drawn) {
  std::vector<std::string_view> effect;
  for (size_t i = 0; i < drawn.size(); i++) {
    if (effect.empty()) effect = {"SREM", c.arg(1)};
    effect.push_back(drawn[i]);
    set->erase(drawn[i]);
    if (effect.size() < kEffectMembers + 2 && i + 1 < drawn.size()) continue;
    c.propagate_as(effect);
    effect.clear();
  }
  set.commit(event::kSpop);
}

void spop(Context& c) {
  if (c.argc() == 2) return pop_one(c);
  if (c.argc() > 3) return c.reply.error(err::kSyntax);
  int64_t count = 0;
  if (!parse_int64(c.arg(2), &count) || count < 0) return c.reply.error(err::kNotPositive);
  Edit<Set> set(c, c.key(1));
  if (!set) return;
  if (!set.exists() || count == 0) return c.reply.set(0);
  if (static_cast<uint64_t>(count) >= set->size()) return pop_all(c, set);
  std::vector<SetItem> items;
  set->sample(c.engine.random(), static_cast<size_t>(count), &items);
  std::vector<std::string> drawn;
  drawn.reserve(items.size());
  c.reply.set(items.size());
  for (const SetItem& item : items) {
    drawn.push_back(item.to_string());
    c.reply.bulk(drawn.back());
  }
  pop_drawn(c, set, drawn);
}
constexpr CommandSpec kSpop = {.name = "spop",
                               .arity = -2,
                               .flags = kWrite | kFast,
                               .group = Group::kSet,
                               .keys = one_key(kKeyRw | kKeyAccess | kKeyDelete),
                               .args = "key [count:integer]",
                               .summary = "Takes members out of a set at random.",
                               .complexity = "O(N) for N answered members",
                               .tips = "nondeterministic_output",
                               .run = spop};

void srandmember(Context& c) {
  if (c.argc() > 3) return c.reply.error(err::kSyntax);
  int64_t count = 0;
  if (c.argc() == 3) {
    if (!parse_int64(c.arg(2), &count)) return c.reply.error(err::kNotInteger);
    if (count == INT64_MIN) return c.reply.error(kCountOutOfRange);
  }
  SetView set;
  if (!find(c, c.key(1), &set)) return;
  Random& random = c.engine.random();
  if (c.argc() == 2) {
    return set.empty() ? c.reply.null() : answer_item(c.reply, set.random(random));
  }
  if (set.empty()) return c.reply.array(0);
  if (count < 0) {
    c.reply.array(static_cast<size_t>(-count));
    for (; count < 0; count++) answer_item(c.reply, set.random(random));
    return;
  }
  std::vector<SetItem> drawn;
  set.sample(random, static_cast<size_t>(count), &drawn);
  c.reply.array(drawn.size());
  for (const SetItem& item : drawn) answer_item(c.reply, item);
}
constexpr CommandSpec kSrandmember = {.name = "srandmember",
                                      .arity = -2,
                                      .flags = kReadonly,
                                      .group = Group::kSet,
                                      .keys = one_key(kKeyRead),
                                      .args = "key [count:integer]",
                                      .summary = "Answers members drawn at random.",
                                      .complexity = "O(N) for N answered members",
                                      .tips = "nondeterministic_output",
                                      .run = srandmember};

}  // namespace

std::span<const CommandSpec* const> set_random_commands() {
  static constexpr const CommandSpec* kAll[] = {&kSpop, &kSrandmember};
  return kAll;
}

}  // namespace redstart
