// The tree in which an array keeps its elements.
//
//                [level 2: 0..32767]              a node stands for an aligned range of indices,
//                 |              |                32 times as wide from level to level
//        [level 0: 0..31]   [level 1: 1024..2047]
//         | | | | | | |         |         |       only what is there has a word: a bit of `used`
//         elements         [1024..1055] [1984..2015]   for each of 32 places says so
//
// A node with a single child is not kept: the child takes its place. So a lone element anywhere in
// 2^64 indices costs a leaf of one word, a full leaf 8.5 bytes per element, and there are at most
// 13 levels and fewer inner nodes than leaves.
//
// Invariants
//  1. A node's prefix is that of all indices below it; a leaf has 1 to 32 words, any other node 2
//     to 32 (while it is destroyed: words that are 0).
//  2. The memory of a node follows from the number of its words.
//  3. Words lie at 4 bytes, as the slab aligns them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "types/array_word.h"

namespace redstart {

// The slab, and what an array has in it.
struct ArrayHeap {
  Slab& slab;
  size_t bytes = 0;
  size_t leaves = 0;
  size_t inner_nodes = 0;
};

class ArrayNode {
 public:
  static constexpr int kBits = 5;
  static constexpr unsigned kPlaces = 1 << kBits;
  static constexpr int kTopLevel = 12;  // of which only 16 places are in use

  int level() const { return place_[0] & 15; }
  bool is_leaf() const { return level() == 0; }
  uint64_t first() const {
    return (place_[0] & ~uint64_t{31}) | static_cast<uint64_t>(place_[1]) << 32;
  }
  uint64_t last() const {
    return level() == kTopLevel ? UINT64_MAX
                                : first() + (uint64_t{kPlaces} << (kBits * level())) - 1;
  }
  bool covers(uint64_t index) const { return index >= first() && index <= last(); }
  unsigned place_of(uint64_t index) const { return (index >> (kBits * level())) & 31; }
  // The first index of a place.
  uint64_t index_at(unsigned place) const {
    return first() + (static_cast<uint64_t>(place) << (kBits * level()));
  }

  uint32_t used() const { return used_; }
  unsigned count() const { return static_cast<unsigned>(std::popcount(used_)); }
  bool has(unsigned place) const { return used_ >> place & 1; }
  // REQUIRES for those below: has(place).
  uint64_t word(unsigned place) const {
    uint64_t word;
    std::memcpy(&word, at(place), sizeof word);
    return word;
  }
  void set_word(unsigned place, uint64_t word) { std::memcpy(at(place), &word, sizeof word); }
  ArrayNode* child(unsigned place) const { return reinterpret_cast<ArrayNode*>(word(place)); }

  // The places of those of [lo, hi] that are below this node.
  uint32_t places_in(uint64_t lo, uint64_t hi) const {
    if (lo > last() || hi < first()) return 0;
    const unsigned from = lo <= first() ? 0 : place_of(lo);
    const unsigned to = hi >= last() ? kPlaces - 1 : place_of(hi);
    return used_ & (UINT32_MAX << from) & (UINT32_MAX >> (kPlaces - 1 - to));
  }

  static size_t bytes_for(unsigned words);

  // A small array keeps something before its only node; `before` is its size.
  static ArrayNode* make(ArrayHeap& heap, int level, uint64_t index, size_t before = 0);
  // Each answers the node, which may have moved.
  ArrayNode* insert(ArrayHeap& heap, unsigned place, uint64_t word, size_t before = 0);
  ArrayNode* keep_only(ArrayHeap& heap, uint32_t places, size_t before = 0);
  // The node itself, not what is below it.
  void release(ArrayHeap& heap, size_t before = 0);
  ArrayNode* moved(ArrayHeap& heap, unsigned words, size_t before, size_t new_before);

 private:
  char* at(unsigned place) {
    return words_ + sizeof(uint64_t) * std::popcount(used_ & ((uint32_t{1} << place) - 1));
  }
  const char* at(unsigned place) const { return const_cast<ArrayNode*>(this)->at(place); }

  uint32_t place_[2];  // first index, of which the lowest bits are 0: the level is there
  uint32_t used_;
  char words_[];
};
static_assert(sizeof(ArrayNode) == 12);

// A tree as a whole; null is an empty one.
const ArrayNode* find_array_leaf(const ArrayNode* root, uint64_t index);
// Sets an element, which is adopted; answers whether there was none.
bool put_in_array_tree(ArrayHeap& heap, ArrayNode** root, uint64_t index, ArrayWord word);
// Deletes [lo, hi]; answers what is left, and adds to `erased`. `before` as above.
ArrayNode* erase_array_range(ArrayHeap& heap, ArrayNode* root, uint64_t lo, uint64_t hi,
                             size_t before, uint64_t* erased);
// Frees a tree, `*budget` elements at most. True: all of it.
bool destroy_array_tree(ArrayHeap& heap, ArrayNode* root, size_t* budget);
ArrayNode* copy_array_tree(ArrayHeap& heap, const ArrayNode* root);

// Calls each(index, word) for the elements of [lo, hi] in their order until it answers false.
template <class Each>
bool walk_array_tree(const ArrayNode* node, uint64_t lo, uint64_t hi, bool reverse, Each&& each) {
  for (uint32_t places = node->places_in(lo, hi); places != 0;) {
    const auto place =
        static_cast<unsigned>(reverse ? 31 - std::countl_zero(places) : std::countr_zero(places));
    places &= ~(uint32_t{1} << place);
    if (node->is_leaf() ? !each(node->index_at(place), node->word(place))
                        : !walk_array_tree(node->child(place), lo, hi, reverse, each)) {
      return false;
    }
  }
  return true;
}

}  // namespace redstart
