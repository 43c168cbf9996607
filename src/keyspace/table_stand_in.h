// Stands in for core/seg_table.h until that lands: the same calls over an ordered map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "base/random.h"
#include "base/slab.h"

namespace redstart {

struct Slot {
  uint64_t word = 0;
  uint64_t hash = 0;
  void* object() const { return reinterpret_cast<void*>(word & ~uint64_t{1}); }
  void set_ttl(bool on) { word = (word & ~uint64_t{1}) | on; }
};

template <class Policy>
class SegTable {
 public:
  using Object = typename Policy::Object;
  explicit SegTable(Slab&, Policy policy = {}) : policy_(policy) {}

  size_t size() const { return map_.size(); }
  size_t bytes() const { return map_.size() * 64; }
  void prefetch_line(uint64_t) const {}
  void prefetch_entry(uint64_t) const {}
  template <class Same>
  Slot* find_slot_if(uint64_t hash, Same&& same) const {
    for (auto it = map_.lower_bound(hash); it != map_.end() && it->first == hash; ++it) {
      if (same(object(&it->second))) return const_cast<Slot*>(&it->second);
    }
    return nullptr;
  }
  Slot* find_slot(uint64_t hash, std::string_view key) const {
    return find_slot_if(hash, [&](Object* object) { return policy_.equals(object, key); });
  }
  static Object* object(const Slot* slot) { return static_cast<Object*>(slot->object()); }
  static void replace(Slot* slot, Object* object) {
    slot->word = (slot->word & 1) | reinterpret_cast<uintptr_t>(object);
  }
  Slot* insert(uint64_t hash, Object* object) {
    return &map_.emplace(hash, Slot{reinterpret_cast<uintptr_t>(object), hash})->second;
  }
  Object* erase(Slot* slot, uint64_t hash) {
    auto it = map_.lower_bound(hash);
    while (&it->second != slot) ++it;
    Object* erased = object(slot);
    map_.erase(it);
    return erased;
  }
  bool shrink_step(size_t = 32) { return false; }
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit&& visit) const {
    auto it = map_.lower_bound(cursor << 12);
    for (bool stop = false; it != map_.end() && !stop;) {
      uint64_t here = it->first >> 12;
      for (; it != map_.end() && it->first >> 12 == here; ++it) stop |= visit(object(&it->second));
    }
    return it == map_.end() ? 0 : it->first >> 12;
  }
  Object* random(Random& random) const {
    if (map_.empty()) return nullptr;
    auto it = map_.lower_bound(random.next());
    return object(it == map_.end() ? &map_.begin()->second : &it->second);
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (auto& [hash, slot] : map_) visit(object(&slot));
  }
  template <class Release>
  bool clear_some(size_t max, Release&& release) {
    for (size_t i = 0; i < max && !map_.empty(); i++) {
      release(object(&map_.begin()->second));
      map_.erase(map_.begin());
    }
    return map_.empty();
  }
  const char* validate() const { return nullptr; }

 private:
  std::multimap<uint64_t, Slot> map_;
  Policy policy_;
};

}  // namespace redstart
