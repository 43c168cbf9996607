// A key in one keyspace, as those who remember keys look it up: by the hash that it came with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "keyspace/types.h"

namespace redstart {

class Keyspace;

struct Place {
  const Keyspace* keys = nullptr;
  Key key;
};

// One that owns its bytes.
struct OwnedPlace {
  OwnedPlace(Keyspace& keys, const Key& key)
      : keys(&keys), bytes(key.bytes), hash(key.hash) {}
  operator Place() const { return {keys, {bytes, hash}}; }
  Key key() const { return {bytes, hash}; }

  Keyspace* keys;
  std::string bytes;
  uint64_t hash;
};

struct PlaceHash {
  using is_transparent = void;
  // The same key of several keyspaces has one hash.
  size_t operator()(const Place& place) const {
    return place.key.hash ^ (reinterpret_cast<uintptr_t>(place.keys) * 0x9e3779b97f4a7c15u);
  }
};

struct PlaceEqual {
  using is_transparent = void;
  bool operator()(const Place& a, const Place& b) const {
    return a.key.hash == b.key.hash && a.keys == b.keys && a.key.bytes == b.key.bytes;
  }
};

}  // namespace redstart
