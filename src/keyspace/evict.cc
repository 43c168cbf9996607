#include "keyspace/evict.h"

#include <algorithm>

#include "keyspace/access_clock.h"
#include "keyspace/parts.h"

namespace redstart {

namespace {

constexpr size_t kReclaimBudget = 4000;
// A round may meet ghosts only, keys that the wheel remembers and that are gone; the next one draws
// anew.
constexpr int kRounds = 64;

bool only_volatile(EvictionPolicy policy) {
  switch (policy) {
    case EvictionPolicy::kVolatileLru:
    case EvictionPolicy::kVolatileLfu:
    case EvictionPolicy::kVolatileRandom:
    case EvictionPolicy::kVolatileTtl:
      return true;
    default:
      return false;
  }
}

// An index would be missed at once, by whoever asks it next, and gives back what the keys it is made
// of take again when it is made anew: only those that were given an end go.
bool may_go(const Entry& entry, EvictionPolicy policy) {
  return only_volatile(policy) ? entry.has_ttl() : entry.type() != Type::kIndex;
}

uint64_t score_of(const KeyspaceShared& shared, const Entry& entry, EvictionPolicy policy) {
  if (policy == EvictionPolicy::kVolatileTtl) {
    return UINT64_MAX - static_cast<uint64_t>(entry.expire_at_ms());
  }
  if (shared.lfu) return 255 - frequency(shared, entry.clock());
  return static_cast<uint64_t>(idle_ms(shared, entry.clock()));
}

}  // namespace

bool Evictor::free_one(std::span<Keyspace* const> spaces, EvictionPolicy policy, int samples) {
  if (policy == EvictionPolicy::kNoEviction) return false;
  for (Keyspace* keys : spaces) {
    if (!keys->parts_->has_doomed()) continue;
    keys->reclaim(kReclaimBudget);
    return true;
  }
  bool random =
      policy == EvictionPolicy::kAllkeysRandom || policy == EvictionPolicy::kVolatileRandom;
  return random ? evict_random(spaces, policy) : evict_best(spaces, policy, samples);
}

bool Evictor::evict_best(std::span<Keyspace* const> spaces, EvictionPolicy policy, int samples) {
  // Scores of different policies cannot be compared.
  if (pool_policy_ != policy) pooled_ = 0;
  pool_policy_ = policy;
  for (int round = 0; round < kRounds; round++) {
    size_t keys_to_take = 0;
    for (Keyspace* keys : spaces) {
      size_t count = only_volatile(policy) ? keys->expires_size() : keys->size();
      if (count == 0) continue;
      keys_to_take += count;
      sample_into_pool(*keys, policy, samples);
    }
    if (keys_to_take == 0) return false;
    while (pooled_ > 0) {
      Candidate best = pool_[--pooled_];
      bool ours = std::find(spaces.begin(), spaces.end(), best.keys) != spaces.end();
      if (ours && evict(*best.keys, best.hash, policy)) return true;
    }
  }
  return false;
}

void Evictor::sample_into_pool(Keyspace& keys, EvictionPolicy policy, int samples) {
  Keyspace::Parts& parts = *keys.parts_;
  for (int i = 0; i < samples; i++) {
    const Entry* entry =
        only_volatile(policy) ? parts.sample_volatile() : parts.table.random(*parts.shared.random);
    if (!entry) return;
    if (!may_go(*entry, policy)) continue;
    consider({&keys, hash_bytes(entry->key(), parts.shared.hash_seed),
              score_of(parts.shared, *entry, policy)});
  }
}

void Evictor::consider(const Candidate& candidate) {
  for (size_t i = 0; i < pooled_; i++) {
    if (pool_[i].hash == candidate.hash && pool_[i].keys == candidate.keys) return;
  }
  size_t place = 0;
  while (place < pooled_ && pool_[place].score < candidate.score) place++;
  if (pooled_ < kPoolSize) {
    std::copy_backward(pool_ + place, pool_ + pooled_, pool_ + pooled_ + 1);
    pooled_++;
  } else {
    if (place == 0) return;
    std::copy(pool_ + 1, pool_ + place, pool_);  // the worst one leaves
    place--;
  }
  pool_[place] = candidate;
}

bool Evictor::evict_random(std::span<Keyspace* const> spaces, EvictionPolicy policy) {
  const size_t draws = kRounds * spaces.size();
  for (size_t i = 0; i < draws; i++) {
    // Each keyspace in its turn.
    Keyspace& keys = *spaces[next_space_++ % spaces.size()];
    Keyspace::Parts& parts = *keys.parts_;
    const Entry* entry =
        only_volatile(policy) ? parts.sample_volatile() : parts.table.random(*parts.shared.random);
    if (entry && evict(keys, hash_bytes(entry->key(), parts.shared.hash_seed), policy)) return true;
  }
  return false;
}

bool Evictor::evict(Keyspace& keys, uint64_t hash, EvictionPolicy policy) {
  Slot* slot = keys.parts_->find_by_hash(hash);
  if (!slot) return false;
  if (!may_go(*EntryTable::object(slot), policy)) return false;
  keys.remove(slot, hash, Keyspace::Reason::kEvicted);
  return true;
}

}  // namespace redstart
