#include "types/stream_blocks.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <type_traits>

namespace redstart {

static_assert(std::is_trivially_copyable_v<StreamBlock>, "leaves move blocks as bytes");

StreamBlocks::~StreamBlocks() { assert(empty()); }

StreamBlocks::Leaf* StreamBlocks::make_leaf(uint32_t capacity) {
  auto* leaf = static_cast<Leaf*>(slab_.allocate(Leaf::bytes(capacity)));
  *leaf = {.count = 0, .capacity = capacity};
  return leaf;
}

void StreamBlocks::release_leaf(Leaf* leaf) { slab_.release(leaf, Leaf::bytes(leaf->capacity)); }

size_t StreamBlocks::bytes() const {
  // All but the last are full size.
  if (empty()) return 0;
  return (leaves_.size() - 1) * Leaf::bytes(kLeafMax) + Leaf::bytes(leaves_.back()->capacity) +
         leaves_.capacity() * sizeof(Leaf*);
}

StreamBlocks::Position StreamBlocks::next(Position at) const {
  if (++at.slot < leaves_[at.leaf]->count) return at;
  return {at.leaf + 1, 0};
}

StreamBlocks::Position StreamBlocks::prev(Position at) const {
  if (at.slot > 0) return {at.leaf, at.slot - 1};
  return {at.leaf - 1, leaves_[at.leaf - 1]->count - 1};
}

StreamBlocks::Position StreamBlocks::find(StreamId id) const {
  if (empty()) return end();
  auto leaf = std::upper_bound(leaves_.begin(), leaves_.end(), id,
                               [](StreamId id, Leaf* leaf) { return id < leaf->first_id(); });
  if (leaf == leaves_.begin()) return begin();
  --leaf;
  StreamBlock* blocks = (*leaf)->blocks();
  StreamBlock* block =
      std::upper_bound(blocks, blocks + (*leaf)->count, id,
                       [](StreamId id, const StreamBlock& block) { return id < block.id(); });
  return {static_cast<size_t>(leaf - leaves_.begin()), static_cast<size_t>(block - blocks) - 1};
}

// Leaves begin small, for most streams have few blocks.
void StreamBlocks::grow_last() {
  if (empty() || leaves_.back()->capacity == kLeafMax) {
    leaves_.push_back(make_leaf(empty() ? 1 : kLeafMax));
    return;
  }
  Leaf* old = leaves_.back();
  Leaf* leaf = make_leaf(std::min(old->capacity * 4, kLeafMax));
  memcpy(static_cast<void*>(leaf->blocks()), old->blocks(), old->count * sizeof(StreamBlock));
  leaf->count = old->count;
  release_leaf(old);
  leaves_.back() = leaf;
}

void StreamBlocks::push_back(const StreamBlock& block) {
  if (empty() || leaves_.back()->count == leaves_.back()->capacity) grow_last();
  Leaf* leaf = leaves_.back();
  memcpy(static_cast<void*>(leaf->blocks() + leaf->count), &block, sizeof block);
  leaf->count++;
  size_++;
}

void StreamBlocks::erase(Position at) {
  Leaf* leaf = leaves_[at.leaf];
  StreamBlock* blocks = leaf->blocks();
  memmove(static_cast<void*>(blocks + at.slot), blocks + at.slot + 1,
          (leaf->count - at.slot - 1) * sizeof(StreamBlock));
  leaf->count--;
  size_--;
  if (leaf->count > 0) return;
  release_leaf(leaf);
  leaves_.erase(leaves_.begin() + static_cast<ptrdiff_t>(at.leaf));
}

}  // namespace redstart
