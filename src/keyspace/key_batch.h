// Looking several keys up at once, for MGET, MSET, DEL, EXISTS: the keys of a group are hashed and
// their table lines and entries asked for, before the first of them is used. The misses of a group
// then run side by side and not one after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "keyspace/keyspace.h"

namespace redstart {

inline constexpr size_t kKeyBatch = 16;

// Calls visit(index, key) for the arguments first, first + step, first + 2 * step ... in order.
template <typename Visit>
void visit_keys(const Keyspace& keys, std::span<const std::string_view> args, size_t first,
                size_t step, Visit&& visit) {
  Key batch[kKeyBatch];
  while (first < args.size()) {
    size_t count = std::min(kKeyBatch, (args.size() - first + step - 1) / step);
    for (size_t i = 0; i < count; i++) {
      batch[i] = keys.key(args[first + i * step]);
      keys.prefetch_line(batch[i].hash);
    }
    for (size_t i = 0; i < count; i++) keys.prefetch_entry(batch[i].hash);
    for (size_t i = 0; i < count; i++) visit(first + i * step, batch[i]);
    first += count * step;
  }
}

}  // namespace redstart
