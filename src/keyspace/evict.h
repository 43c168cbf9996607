// Which key goes when memory is short: the eight policies of maxmemory-policy.
//
// As Redis does it: each time, a few keys are sampled from every keyspace and the best of them are
// remembered in a pool of 16, ordered by how well they would be spared (idle time, rarity, nearness
// of their end). The best of the pool goes. The pool is what makes a handful of samples come close
// to the true order: good candidates are kept from one call to the next.
//
// allkeys-* samples the table, volatile-* the expiry wheel; a key is remembered by its hash, so
// that one that has gone meanwhile is simply not found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "keyspace/keyspace.h"

namespace redstart {

class Entry;

class Evictor {
 public:
  static constexpr size_t kPoolSize = 16;

  // Frees some memory of these keyspaces: what waits to be given back anyway, else one key. False
  // when there is nothing that the policy may take.
  bool free_one(std::span<Keyspace* const> spaces, EvictionPolicy policy, int samples);

 private:
  struct Candidate {
    Keyspace* keys;
    uint64_t hash;
    uint64_t score;  // the higher, the better it can be spared
  };

  bool evict_best(std::span<Keyspace* const> spaces, EvictionPolicy policy, int samples);
  bool evict_random(std::span<Keyspace* const> spaces, EvictionPolicy policy);
  void sample_into_pool(Keyspace& keys, EvictionPolicy policy, int samples);
  void consider(const Candidate& candidate);
  // Deletes the key; false if it is a ghost, or may not be taken any more.
  bool evict(Keyspace& keys, uint64_t hash, EvictionPolicy policy);

  Candidate pool_[kPoolSize];
  size_t pooled_ = 0;  // ordered by score, the best last
  EvictionPolicy pool_policy_ = EvictionPolicy::kNoEviction;
  size_t next_space_ = 0;
};

}  // namespace redstart
