// The blocks of a stream in the order of their ids.
//
// Blocks come at the end and go, mostly, at the front. They stand in leaves of up to 32, the leaves
// in one array: a change moves one leaf's rest and, rarely, the array of leaves, which for a stream
// of 10 million entries has about 3000 places.
//
//   leaves [ * | * | * ]        leaf [ id, bytes | id, bytes | ... ]
//
// A position is good until the next push_back() or erase().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "types/slab_allocator.h"
#include "types/stream_block.h"

namespace redstart {

class StreamBlocks {
 public:
  struct Position {
    size_t leaf = 0;
    size_t slot = 0;
    bool operator==(const Position&) const = default;
  };

  explicit StreamBlocks(Slab& slab) : slab_(slab), leaves_(LeafAllocator(slab)) {}
  // REQUIRES: empty().
  ~StreamBlocks();
  StreamBlocks(const StreamBlocks&) = delete;
  StreamBlocks& operator=(const StreamBlocks&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  size_t bytes() const;

  Position begin() const { return {}; }
  // Behind the last block.
  Position end() const { return {leaves_.size(), 0}; }
  // REQUIRES: not empty.
  Position last() const { return {leaves_.size() - 1, leaves_.back()->count - 1}; }
  Position next(Position at) const;
  // REQUIRES: not begin().
  Position prev(Position at) const;
  // The last block that begins at or before `id`, else the first one. end() if empty.
  Position find(StreamId id) const;
  StreamBlock& at(Position at) { return leaves_[at.leaf]->blocks()[at.slot]; }
  const StreamBlock& at(Position at) const { return leaves_[at.leaf]->blocks()[at.slot]; }

  // REQUIRES: it begins behind all others.
  void push_back(const StreamBlock& block);
  // The block itself is the caller's to release.
  void erase(Position at);

 private:
  static constexpr uint32_t kLeafMax = 32;
  struct Leaf {
    uint32_t count;
    uint32_t capacity;
    StreamBlock* blocks() { return reinterpret_cast<StreamBlock*>(this + 1); }
    StreamId first_id() { return blocks()->id(); }
    static size_t bytes(uint32_t capacity) { return sizeof(Leaf) + capacity * sizeof(StreamBlock); }
  };
  using LeafAllocator = SlabAllocator<Leaf*>;

  Leaf* make_leaf(uint32_t capacity);
  void release_leaf(Leaf* leaf);
  void grow_last();

  Slab& slab_;
  std::vector<Leaf*, LeafAllocator> leaves_;
  size_t size_ = 0;
};

}  // namespace redstart
