// A large list: its elements in nodes, the nodes in a ring.
//
//   ring   |  .  | node | node | node |  .  |  .  |     a node joins or leaves at either end in
//   O(1)
//                   |      |      |
//                 [a b c] [d e] [f g h i]              sliding listpacks, see pack_node.h
//
// Invariants
//  1. No node is empty, and the counts of the nodes add up to size().
//  2. A node grows up to what list-max-listpack-size allowed when this list became large; only an
//     element that is replaced may make it larger. An element that is larger than a node may be, a
//     giant, stands alone.
// Where nodes are split and joined, it is done as Redis does: a list that shrinks to one node
// changes its encoding, which is visible.
//
// A list of which everything was erased at once may keep its nodes until it is pushed to again or
// destroyed: their number is not bounded, and destruction comes in slices.
//
// Cost: ends O(1). An index is found by summing counts, 24 bytes per 450 small elements and from
// the nearer end: 10 us at most for ten million. An insertion in the middle moves half a node and,
// when that is full, half of the ring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "types/pack_node.h"

namespace redstart {

// list-max-listpack-size: how much a node, or a list that is a single listpack, may hold.
struct ListLimit {
  explicit ListLimit(int64_t setting);

  // A small list or a node of these sizes is too large.
  bool exceeded(size_t byte_size, size_t items) const { return byte_size > bytes || items > count; }
  // So little that a large list becomes a small one. It is half of the limit, so that a list whose
  // size goes up and down is not converted back and forth.
  bool half_used(size_t byte_size, size_t items) const;
  bool is_giant(size_t text_size) const { return text_size > bytes; }
  bool fits(const PackNode& node, std::string_view text) const;

  size_t bytes;
  size_t count;
};

// Erases up to `max` items that equal the text, the first or the last ones; answers how many.
// `view()` is the listpack as it now is, erase(pos) takes an item out.
template <class View, class Erase>
size_t erase_equal_items(std::string_view text, size_t max, bool last_ones, View view,
                         Erase erase) {
  size_t erased = 0;
  if (!last_ones) {
    for (uint32_t pos = view().first(); erased < max; erased++) {
      pos = view().find(pos, text);
      if (pos == view().end()) break;
      erase(pos);
    }
    return erased;
  }
  for (uint32_t pos = view().end(); erased < max && pos != view().first();) {
    pos = view().prev(pos);
    if (!view().at(pos).equals(text)) continue;
    erase(pos);
    erased++;
  }
  return erased;
}

class ListNodes {
 public:
  // Where an element is.
  struct Place {
    uint32_t node;
    uint32_t pos;
  };

  static ListNodes* make(Slab& slab, int64_t limit_setting);
  ListNodes* copy(Slab& slab) const;
  // Frees nodes until the budget (each node, and each page of a large one, counts as one) is used
  // up. True when all is gone, this object too.
  bool destroy_some(Slab& slab, size_t* budget);

  size_t size() const { return items_; }
  uint32_t node_count() const { return nodes_; }
  const PackNode& node(uint32_t i) const { return ring_[(head_ + i) & (capacity_ - 1)]; }
  // REQUIRES: index < size().
  Place seek(size_t index) const;
  size_t allocated_bytes() const;
  // Whether the node is there for one element only.
  bool holds_giant(uint32_t i) const;

  // The texts lie outside of this list.
  void push_front(Slab& slab, std::string_view text);
  void push_back(Slab& slab, std::string_view text);
  // A whole node behind the last one.
  void adopt(Slab& slab, uint8_t* listpack);
  // Before or after an element.
  void insert(Slab& slab, Place pivot, bool after, std::string_view text);
  void replace(Slab& slab, Place place, std::string_view text);
  void erase(Slab& slab, Place place);
  void erase_range(Slab& slab, size_t from, size_t count);
  // Erases up to `max` elements that equal the text, the first or the last ones; answers how many.
  size_t erase_equal(Slab& slab, std::string_view text, size_t max, bool last_ones);

  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const;

 private:
  PackNode& at(uint32_t i) { return ring_[(head_ + i) & (capacity_ - 1)]; }
  ListLimit limit() const { return ListLimit(limit_setting_); }
  // Makes a place in the ring; what stood there follows.
  void add_node(Slab& slab, uint32_t i, const PackNode& node);
  void add_single(Slab& slab, uint32_t i, std::string_view text);
  void drop_nodes(Slab& slab, uint32_t i, uint32_t count);
  void resize_ring(Slab& slab, uint32_t capacity);
  void prepend(Slab& slab, uint32_t i, std::string_view text);
  void append(Slab& slab, uint32_t i, std::string_view text);
  // The items from the place on become a node of their own.
  void split(Slab& slab, Place place);
  // Joins node i with the next one if one node may hold both.
  bool join(Slab& slab, uint32_t i);
  void join_around(Slab& slab, uint32_t i);

  PackNode* ring_;     // a power of two of them
  uint32_t capacity_;  // of the ring
  uint32_t head_;      // the first node
  uint32_t nodes_;
  int32_t limit_setting_;
  size_t items_;
};

}  // namespace redstart
