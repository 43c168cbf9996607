// A large sorted set: a hash table that finds members and a B+tree that keeps them in order. Both
// point to the same items, which belong to this.
//
// Cost: a member of 16 bytes takes 28 for its item, about 12 in the table and 15 in the tree. To
// change a score allocates nothing, but for a node of the tree now and then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/hash.h"
#include "core/bptree.h"
#include "core/seg_table.h"
#include "types/zset_item.h"

namespace redstart {

struct ZsetMemberPolicy {
  using Object = ZsetItem;
  uint64_t seed;
  uint64_t hash(const ZsetItem* item) const { return hash_bytes(item->member(), seed); }
  bool equals(const ZsetItem* item, std::string_view member) const {
    return item->member() == member;
  }
};
using ZsetMembers = SegTable<ZsetMemberPolicy>;

struct ZsetOrderPolicy {
  using Object = ZsetItem;
  std::string_view member(const ZsetItem* item) const { return item->member(); }
};
using ZsetOrder = BpTree<ZsetOrderPolicy>;

class ZsetTree {
 public:
  static ZsetTree* make(Slab& slab, uint64_t hash_seed);
  // REQUIRES: clear_some() has answered true.
  static void release(Slab& slab, ZsetTree* tree);

  size_t size() const { return order_.size(); }
  const ZsetOrder& order() const { return order_; }
  const ZsetMembers& members() const { return members_; }
  uint64_t hash(std::string_view member) const {
    return hash_bytes(member, members_.policy().seed);
  }
  const ZsetItem* find(std::string_view member) const {
    return members_.find(hash(member), member);
  }
  size_t bytes() const;

  // Finds the member, or adds it with this score: then *added.
  ZsetItem* find_or_add(std::string_view member, double score, bool* added);
  // REQUIRES: the member comes after all others.
  void append(double score, std::string_view member);
  // REQUIRES: the item is in this tree.
  void set_score(ZsetItem* item, double score) { order_.update(item, score); }
  bool erase(std::string_view member);
  void erase_ranks(size_t first, size_t count);

  // Takes over items that are sorted. REQUIRES: the tree is empty, no member comes twice.
  void adopt_sorted(std::span<ZsetItem* const> items);

  // Frees up to about *budget elements and takes what it freed off it; true when none are left.
  // Until then it may only be cleared further.
  bool clear_some(size_t* budget);
  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const;

 private:
  ZsetTree(Slab& slab, uint64_t hash_seed)
      : slab_(slab), members_(slab, ZsetMemberPolicy{hash_seed}), order_(slab) {}
  void forget(ZsetItem* item, Slot* slot, uint64_t hash);

  Slab& slab_;
  ZsetMembers members_;
  ZsetOrder order_;
  size_t item_bytes_ = 0;
};

}  // namespace redstart
