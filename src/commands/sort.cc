// SORT and SORT_RO: the elements of a list, set or sorted set in the order of their own values, or
// of values at keys that are made from them.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "commands/families.h"
#include "commands/hash_access.h"
#include "commands/list_access.h"
#include "engine/arg_reader.h"
#include "engine/engine.h"
#include "engine/permissions.h"
#include "types/set.h"
#include "types/zset.h"

namespace redstart {

namespace {

constexpr Event kSortStore{EventClass::kList, "sortstore"};

struct SortCall {
  std::optional<std::string_view> by = std::nullopt;
  std::vector<std::string_view> gets = {};
  bool descending = false;
  bool alpha = false;
  int64_t first = 0;
  int64_t count = -1;   // negative: all
  size_t store_at = 0;  // which argument is the key; 0: none

  // A pattern without a star stands for no order at all.
  bool in_given_order() const { return by && by->find('*') == std::string_view::npos; }
};

bool read_call(Context& c, bool may_store, SortCall* call) {
  ArgReader args(c.args, 2);
  const Call this_call{c.args, &c.command};
  while (args.more()) {
    if (args.flag("ASC")) {
      call->descending = false;
    } else if (args.flag("DESC")) {
      call->descending = true;
    } else if (args.flag("ALPHA")) {
      call->alpha = true;
    } else if (args.option("LIMIT", 2)) {
      call->first = args.integer();
      call->count = args.integer();
    } else if (may_store && args.option("STORE")) {
      call->store_at = args.position();
      args.next();
    } else if (args.option("BY")) {
      call->by = args.next();
      if (!call->in_given_order() && !may_read_all_keys(c.session, this_call)) {
        args.fail("ERR BY option of SORT denied due to insufficient ACL permissions.");
      }
    } else if (args.option("GET")) {
      call->gets.push_back(args.next());
      if (!may_read_all_keys(c.session, this_call)) {
        args.fail("ERR GET option of SORT denied due to insufficient ACL permissions.");
      }
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (!args.ok()) c.reply.error(args.error());
  return args.ok();
}

// ---- values at keys made from a pattern ---------------------------------------------------------

// "weight_*", or "weight_*->field" for a field of a hash. "#" is the element itself.
bool look_up(Context& c, std::string_view pattern, const std::string& element, std::string* value) {
  if (pattern == "#") {
    *value = element;
    return true;
  }
  size_t star = pattern.find('*');
  if (star == std::string_view::npos) return false;
  std::string_view field;
  size_t arrow = pattern.find("->", star + 1);
  if (arrow != std::string_view::npos && arrow + 2 < pattern.size()) {
    field = pattern.substr(arrow + 2);
    pattern = pattern.substr(0, arrow);
  }
  std::string name(pattern.substr(0, star));
  name.append(element).append(pattern.substr(star + 1));
  Key key = c.keys.key(name);
  const Entry* entry = c.keys.find(key);
  if (!entry || entry->type() != (field.empty() ? Type::kString : Type::kHash)) return false;
  if (field.empty()) {
    IntText scratch;
    *value = entry->string(scratch);
    return true;
  }
  HashView hash(held_by(*entry));
  HashItem item;
  if (!find_live(c, key, &hash, field, &item)) return false;
  *value = item.value.to_string();
  return true;
}

// ---- elements -----------------------------------------------------------------------------------

struct SortItem {
  std::string element;
  double score = 0;
  std::optional<std::string> weight = std::nullopt;  // what BY found, with ALPHA
};
using SortItems = std::vector<SortItem>;

struct Range {
  size_t from = 0;
  size_t count = 0;
};

Range limited(const SortCall& call, size_t total) {
  auto size = static_cast<int64_t>(total);
  int64_t from = std::clamp<int64_t>(call.first, 0, size);
  int64_t count = call.count < 0 ? size : std::min(call.count, size);
  return {static_cast<size_t>(from), static_cast<size_t>(std::min(count, size - from))};
}

// The elements in their own order; of a list or sorted set that stays in it only the range that is
// asked for, which it becomes.
bool load(Context& c, const SortCall& call, bool sorts, SortItems* items, Range* range) {
  const Entry* entry = c.keys.find(c.key(1));
  auto add = [&](const ListpackItem& item) { items->push_back({item.to_string()}); };
  auto add_and_go_on = [&](const ListpackItem& item) {
    add(item);
    return true;
  };
  Type type = entry ? entry->type() : Type::kList;
  if (type == Type::kList) {
    ListView list(c.engine.type_env(), entry ? held_by(*entry) : Held());
    *range = limited(call, list.size());
    if (sorts) {
      list.each(0, list.size(), add_and_go_on);
    } else if (call.descending) {
      list.each_backward(list.size() - 1 - range->from, range->count, add_and_go_on);
    } else {
      list.each(range->from, range->count, add_and_go_on);
    }
  } else if (type == Type::kZset) {
    ZsetView zset(held_by(*entry));
    *range = limited(call, zset.size());
    RankRange ranks = {0, zset.size()};
    if (!sorts) {
      size_t first = call.descending ? zset.size() - range->from - range->count : range->from;
      ranks = {first, range->count};
    }
    zset.visit(ranks, !sorts && call.descending,
               [&](std::string_view member, double) { items->push_back({std::string(member)}); });
  } else if (type == Type::kSet) {
    SetView set(held_by(*entry));
    *range = limited(call, set.size());
    set.for_each(add);
    return true;
  } else {
    c.reply.error(err::kWrongType);
    return false;
  }
  if (!sorts) range->from = 0;
  return true;
}

bool read_score(std::string_view text, double* score) {
  if (text.empty()) return true;  // 0, as strtod reads it
  return parse_double(text, score);
}

// False when something that is compared as a number is none.
bool weigh(Context& c, const SortCall& call, SortItems* items) {
  bool numbers = true;
  std::string found;
  for (SortItem& item : *items) {
    if (call.by && !look_up(c, *call.by, item.element, &found)) continue;
    if (!call.alpha) {
      numbers &= read_score(call.by ? found : item.element, &item.score);
    } else if (call.by) {
      item.weight = found;
    }
  }
  return numbers;
}

int compare(const SortCall& call, const SortItem& a, const SortItem& b) {
  if (!call.alpha && a.score != b.score) return a.score < b.score ? -1 : 1;
  if (!call.alpha || !call.by) return a.element.compare(b.element);
  // What has no weight comes first.
  if (!a.weight || !b.weight) return int{a.weight.has_value()} - int{b.weight.has_value()};
  return a.weight->compare(*b.weight);
}

void sort_items(const SortCall& call, SortItems* items) {
  std::stable_sort(items->begin(), items->end(), [&](const SortItem& a, const SortItem& b) {
    return call.descending ? compare(call, b, a) < 0 : compare(call, a, b) < 0;
  });
}

// ---- answers ------------------------------------------------------------------------------------

void answer(Context& c, const SortCall& call, const SortItems& items, Range range) {
  c.reply.array(range.count * std::max<size_t>(call.gets.size(), 1));
  std::string value;
  for (size_t i = range.from; i < range.from + range.count; i++) {
    if (call.gets.empty()) c.reply.bulk(items[i].element);
    for (std::string_view pattern : call.gets) {
      if (look_up(c, pattern, items[i].element, &value)) {
        c.reply.bulk(value);
      } else {
        c.reply.null();
      }
    }
  }
}

void store_items(Context& c, const SortCall& call, const SortItems& items, Range range) {
  List list(c.engine.type_env(), Held());
  std::string value;
  for (size_t i = range.from; i < range.from + range.count; i++) {
    if (call.gets.empty()) list.push(ListEnd::kBack, items[i].element);
    for (std::string_view pattern : call.gets) {
      if (!look_up(c, pattern, items[i].element, &value)) value.clear();
      list.push(ListEnd::kBack, value);
    }
  }
  c.reply.integer(static_cast<int64_t>(list.size()));
  store(c, c.key(call.store_at), list, kSortStore);
}

void sort_generic(Context& c, bool may_store) {
  SortCall call;
  if (!read_call(c, may_store, &call)) return;
  const Entry* entry = c.keys.peek(c.key(1));
  bool sorts = !call.in_given_order();
  bool must_repeat = call.store_at || c.engine.running_script;
  if (!sorts && must_repeat && entry && entry->type() == Type::kSet) {
    // A set has no order of its own that a replica would share.
    sorts = call.alpha = true;
    call.by.reset();
  }
  SortItems items;
  Range range;
  if (!load(c, call, sorts, &items, &range)) return;
  if (sorts) {
    if (!weigh(c, call, &items)) {
      return c.reply.error("ERR One or more scores can't be converted into double");
    }
    sort_items(call, &items);
  }
  if (call.store_at) {
    store_items(c, call, items, range);
  } else {
    answer(c, call, items, range);
  }
}

constexpr KeySpecs keys_of_sort(bool may_store) {
  KeySpecs specs = one_key(kKeyRead);
  // The keys that BY and GET make are not known before.
  specs.items[1] = {.flags = kKeyRead, .begin = KeySpec::Begin::kUnknown};
  specs.items[2] = {.flags = kKeyOw | kKeyUpdate,
                    .begin = KeySpec::Begin::kUnknown,
                    .index = 2,
                    .keyword = "STORE"};
  specs.count = may_store ? 3 : 2;
  return specs;
}

void sort(Context& c) { sort_generic(c, true); }
constexpr CommandSpec kSort = {
    .name = "sort",
    .arity = -2,
    .flags = kWrite | kDenyOom | kMovableKeys,
    .acl = kAclSet | kAclSortedSet | kAclList | kAclDangerous,
    .group = Group::kGeneric,
    .keys = keys_of_sort(true),
    .args =
        "key [BY by-pattern:pattern] [LIMIT offset:integer count:integer] [GET "
        "get-pattern:pattern]+ order=[ASC|DESC] sorting=[ALPHA] [STORE destination:key]",
    .summary = "Answers or stores the elements of a list, set or sorted set in order.",
    .complexity = "O(N+M*log(M)) for N elements of which M are answered",
    .run = sort};

void sort_ro(Context& c) { sort_generic(c, false); }
constexpr CommandSpec kSortRo = {
    .name = "sort_ro",
    .arity = -2,
    .flags = kReadonly | kMovableKeys,
    .acl = kAclSet | kAclSortedSet | kAclList | kAclDangerous,
    .group = Group::kGeneric,
    .keys = keys_of_sort(false),
    .args =
        "key [BY by-pattern:pattern] [LIMIT offset:integer count:integer] [GET "
        "get-pattern:pattern]+ order=[ASC|DESC] sorting=[ALPHA]",
    .summary = "Answers the elements of a list, set or sorted set in order.",
    .since = "7.0.0",
    .complexity = "O(N+M*log(M)) for N elements of which M are answered",
    .run = sort_ro};

}  // namespace

std::span<const CommandSpec* const> sort_commands() {
  static constexpr const CommandSpec* kAll[] = {&kSort, &kSortRo};
  return kAll;
}

}  // namespace redstart
