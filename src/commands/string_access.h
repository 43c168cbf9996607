// What several families need to read one string, or many keys at once.
#pragma once

#include <cstddef>

#include "engine/context.h"
#include "keyspace/entry.h"

namespace redstart {

inline void answer_string(Reply& reply, const Entry& entry) {
  if (BigBuf* big = entry.big()) return reply.bulk_shared(big);
  IntText scratch;
  reply.bulk(entry.string(scratch));
}

// Looks up a key that must hold a string or nothing. False when it holds something else: then the
// error has been answered.
inline bool find_string(Context& c, const Key& key, const Entry** entry) {
  *entry = c.keys.find(key);
  if (!*entry || (*entry)->type() == Type::kString) return true;
  c.reply.error(err::kWrongType);
  return false;
}

inline bool expect_string(Context& c, const WriteGuard& guard) {
  if (guard.fits(Type::kString)) return true;
  c.reply.error(err::kWrongType);
  return false;
}

// Calls use(key, position) for every `step`-th argument from `first` to the last. A group of keys
// is hashed and its cache lines are asked for before the first of the group is used: the misses of
// a group overlap.
template <class Use>
void for_each_key(Context& c, size_t first, size_t step, Use use) {
  constexpr size_t kGroup = 16;
  Key group[kGroup];
  for (size_t at = first; at < c.argc();) {
    size_t count = 0;
    for (size_t i = at; i < c.argc() && count < kGroup; i += step) {
      group[count] = c.key(i);
      c.keys.prefetch_line(group[count++].hash);
    }
    for (size_t i = 0; i < count; i++) c.keys.prefetch_entry(group[i].hash);
    for (size_t i = 0; i < count; i++) use(group[i], at + i * step);
    at += count * step;
  }
}

}  // namespace redstart
