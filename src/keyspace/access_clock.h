// The 24 bits of an entry that tell how recently (LRU) or how often (LFU) it was used, with the
// arithmetic of Redis, because OBJECT IDLETIME, OBJECT FREQ and the evicted keys show it.
//
//   LRU   seconds of the wall clock, modulo 2^24
//   LFU   minutes of the wall clock (16 bits) | a logarithmic counter (8 bits)
//
// The counter starts at 5, so that a new key outlives the idle ones, grows with a probability that
// falls as it gets higher, and loses one per lfu-decay-time minutes without use.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "keyspace/keyspace.h"

namespace redstart {

inline constexpr uint32_t kClockMask = (1 << 24) - 1;
inline constexpr uint32_t kFrequencyAtBirth = 5;

inline uint32_t lru_seconds(const KeyspaceShared& shared) {
  return static_cast<uint32_t>(shared.now_ms / 1000) & kClockMask;
}

inline uint32_t lfu_minutes(const KeyspaceShared& shared) {
  return static_cast<uint32_t>(shared.now_ms / 60000) & 0xffff;
}

inline uint32_t clock_at_birth(const KeyspaceShared& shared) {
  return shared.lfu ? lfu_minutes(shared) << 8 | kFrequencyAtBirth : lru_seconds(shared);
}

// Time since the last use, in whole seconds of ms. REQUIRES: the clock is LRU's.
inline int64_t idle_ms(const KeyspaceShared& shared, uint32_t clock) {
  uint32_t now = lru_seconds(shared);
  return int64_t{1000} * (now >= clock ? now - clock : now + (kClockMask - clock));
}

// The counter after its decay. REQUIRES: the clock is LFU's.
inline uint32_t frequency(const KeyspaceShared& shared, uint32_t clock) {
  uint32_t counter = clock & 255;
  if (shared.lfu_decay_minutes == 0) return counter;
  uint32_t now = lfu_minutes(shared);
  uint32_t then = clock >> 8;
  uint32_t elapsed = now >= then ? now - then : 0xffff - then + now;
  uint32_t periods = elapsed / static_cast<uint32_t>(shared.lfu_decay_minutes);
  return periods > counter ? 0 : counter - periods;
}

inline uint32_t frequency_after_use(const KeyspaceShared& shared, uint32_t counter) {
  if (counter == 255) return counter;
  double above = counter > kFrequencyAtBirth ? counter - kFrequencyAtBirth : 0;
  bool grows = shared.random->unit() < 1.0 / (above * shared.lfu_log_factor + 1);
  return counter + grows;
}

inline uint32_t clock_after_use(const KeyspaceShared& shared, uint32_t clock) {
  if (!shared.lfu) return lru_seconds(shared);
  return lfu_minutes(shared) << 8 | frequency_after_use(shared, frequency(shared, clock));
}

}  // namespace redstart
