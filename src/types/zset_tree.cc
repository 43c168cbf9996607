#include "types/zset_tree.h"

namespace redstart {

ZsetTree* ZsetTree::make(Slab& slab, uint64_t hash_seed) {
  return new (slab.allocate(sizeof(ZsetTree))) ZsetTree(slab, hash_seed);
}

void ZsetTree::release(Slab& slab, ZsetTree* tree) {
  tree->~ZsetTree();
  slab.release(tree, sizeof(ZsetTree));
}

size_t ZsetTree::bytes() const {
  return Slab::class_size(sizeof(ZsetTree)) + members_.bytes() + order_.bytes() + item_bytes_;
}

ZsetItem* ZsetTree::find_or_add(std::string_view member, double score, bool* added) {
  uint64_t hash = this->hash(member);
  ZsetItem* item = members_.find(hash, member);
  *added = item == nullptr;
  if (item != nullptr) return item;
  item = ZsetItem::make(slab_, score, member);
  item_bytes_ += item->allocated_bytes();
  members_.insert(hash, item);
  order_.insert(item);
  return item;
}

void ZsetTree::append(double score, std::string_view member) {
  ZsetItem* item = ZsetItem::make(slab_, score, member);
  item_bytes_ += item->allocated_bytes();
  members_.insert(hash(member), item);
  order_.append(item);
}

void ZsetTree::adopt_sorted(std::span<ZsetItem* const> items) {
  for (ZsetItem* item : items) {
    item_bytes_ += item->allocated_bytes();
    members_.insert(members_.policy().hash(item), item);
    order_.append(item);
  }
}

bool ZsetTree::erase(std::string_view member) {
  uint64_t hash = this->hash(member);
  Slot* slot = members_.find_slot(hash, member);
  if (slot == nullptr) return false;
  ZsetItem* item = ZsetMembers::object(slot);
  order_.erase(item);
  forget(item, slot, hash);
  return true;
}

void ZsetTree::erase_ranks(size_t first, size_t count) {
  for (; count > 0; --count) {
    ZsetItem* item = order_.erase_rank(first);
    uint64_t hash = members_.policy().hash(item);
    Slot* slot = members_.find_slot_if(hash, [&](const ZsetItem* other) { return other == item; });
    forget(item, slot, hash);
  }
}

// The rest of an erasure. A table that became hollow is made smaller on the way, a little at a
// time.
void ZsetTree::forget(ZsetItem* item, Slot* slot, uint64_t hash) {
  members_.erase(slot, hash);
  item_bytes_ -= item->allocated_bytes();
  item->release(slab_);
  if (members_.size() % 64 == 0) members_.shrink_step(2);
}

bool ZsetTree::clear_some(size_t* budget) {
  if (!order_.empty()) {
    // Nodes hold many elements each: a quarter of the work is theirs at most.
    size_t before = order_.size();
    order_.clear_some(*budget);
    size_t freed = (before - order_.size()) / 8;
    *budget -= freed < *budget ? freed : *budget;
    if (!order_.empty()) return false;
  }
  size_t before = members_.size();
  bool done = members_.clear_some(*budget, [&](ZsetItem* item) { item->release(slab_); });
  size_t freed = before - members_.size();
  *budget -= freed < *budget ? freed : *budget;
  return done;
}

const char* ZsetTree::validate() const {
  if (members_.size() != order_.size()) return "table and order differ in size";
  if (const char* broken = members_.validate()) return broken;
  return order_.validate();
}

}  // namespace redstart
