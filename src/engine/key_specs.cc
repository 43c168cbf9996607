// Where the keys of a call are, read off its command's key specs.
#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"
#include "engine/command_table.h"

namespace redstart {
namespace {

// The position at which a spec's search begins; -1: this call has no such part (PFMERGE without
// sources).
int begin_of(const KeySpec& spec, Args args) {
  int count = static_cast<int>(args.size());
  switch (spec.begin) {
    case KeySpec::Begin::kIndex:
      return spec.index < count ? spec.index : -1;
    case KeySpec::Begin::kUnknown:
      // The last one counts, as in SORT and GEORADIUS, where an option may be repeated.
      for (int i = count - 2; i > 0 && !spec.keyword.empty(); i--) {
        if (equals_fold(args[i], spec.keyword)) return i + 1;
      }
      return -1;
    case KeySpec::Begin::kKeyword: {
      bool forward = spec.index > 0;
      int from = forward ? spec.index : count + spec.index;
      int end = forward ? count - 1 : 0;
      for (int i = from; i != end && i > 0 && i < count; i += forward ? 1 : -1) {
        if (equals_fold(args[i], spec.keyword)) return i + 1;
      }
      return -1;
    }
    default:
      return -1;
  }
}

bool has_word(Args args, size_t from, std::initializer_list<std::string_view> words) {
  for (std::string_view arg : args.subspan(std::min(from, args.size()))) {
    for (std::string_view word : words) {
      if (equals_fold(arg, word)) return true;
    }
  }
  return false;
}

// What a call does to its key where that depends on its options.
uint16_t flags_of_call(const CommandSpec& spec, Args args, uint16_t flags) {
  if (!(flags & kKeyVariable)) return flags;
  if (spec.name == "set") {
    bool reads = has_word(args, 3, {"get", "ifeq", "ifne", "ifdeq", "ifdne"});
    return reads ? kKeyRw | kKeyAccess | kKeyUpdate : kKeyOw | kKeyUpdate;
  }
  if (spec.name == "bitfield") {
    return has_word(args, 2, {"set", "incrby"}) ? kKeyRw | kKeyAccess | kKeyUpdate
                                             : kKeyRo | kKeyAccess;
  }
  return flags;
}

// False: malformed. A call may have none of the keys of a spec.
bool add_range(const KeySpec& spec, Args args, int first, KeyRanges* ranges) {
  int count = static_cast<int>(args.size());
  int last, step = spec.find == KeySpec::Find::kRange ? spec.b : spec.c;
  if (spec.find == KeySpec::Find::kRange) {
    if (spec.a >= 0) {
      last = first + spec.a;
    } else if (spec.c > 1) {
      last = first + (count - first) / spec.c + spec.a;
    } else {
      last = count + spec.a;
    }
  } else {
    int64_t wanted = 0;
    if (first + spec.a >= count || !parse_int64(args[first + spec.a], &wanted) || wanted < 0 ||
        wanted > count) {
      return false;
    }
    first += spec.b;
    last = first + (static_cast<int>(wanted) - 1) * step;
  }
  if (last >= count) return false;
  if (last < first) return true;
  ranges->items[ranges->count++] = {static_cast<uint32_t>(first), static_cast<uint32_t>(last),
                                    static_cast<uint32_t>(step), spec.flags};
  return true;
}

}  // namespace

bool find_key_ranges(const Command& command, Args args, KeyRanges* ranges) {
  ranges->count = 0;
  for (int i = 0; i < command.spec->keys.count; i++) {
    const KeySpec& spec = command.spec->keys.items[i];
    if (spec.flags & kKeyNotKey) continue;
    int first = begin_of(spec, args);
    if (first == -1) continue;
    if (!add_range(spec, args, first, ranges)) return false;
  }
  // MIGRATE leaves the place of its key empty when KEYS names them.
  constexpr size_t kMigratedKey = 3;
  if (ranges->count > 1 && command.spec->name == "migrate" && args[kMigratedKey].empty()) {
    ranges->items[0] = ranges->items[1];
    ranges->count = 1;
  }
  for (KeyRange& range : std::span(ranges->items, ranges->count)) {
    range.flags = flags_of_call(*command.spec, args, range.flags);
  }
  return true;
}

bool find_keys(const Command& command, Args args, std::vector<KeyPosition>* keys) {
  keys->clear();
  KeyRanges ranges;
  if (!find_key_ranges(command, args, &ranges)) return false;
  for (const KeyRange& range : ranges) {
    for (uint32_t i = range.first; i <= range.last; i += range.step) {
      keys->push_back({i, range.flags});
    }
  }
  return true;
}

}  // namespace redstart
