// A node of a large list: a listpack that slides in a block of its own, so that both of its ends
// are cheap.
//
//   block  |<------ front ------>|<------- listpack ------->|<--- back --->|
//          |        room         | head | item | .. | item | FF |   room   |
//
// A change in the middle moves the shorter side, so one at either end moves a few bytes only. Out
// of room the listpack moves to a block of twice the size, or to the middle of its own when there
// is much room on the other side (a queue); either way a push costs O(1) on average.
//
// Cost: 24 bytes beside the block, which is at most four times its contents (a new one has 512
// bytes).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/listpack.h"

namespace redstart {

class Slab;

struct PackNode {
  uint8_t* pack;      // the listpack
  uint32_t front;     // room before it
  uint32_t capacity;  // of the block
  uint32_t count;  // items, as the listpack itself says: to sum them up without a cache miss each

  // Empty, with room for an item. `roomy` as below.
  static PackNode make(Slab& slab, size_t item_size, size_t roomy);
  // Takes over a listpack that a Listpack has released.
  static PackNode adopt(uint8_t* listpack);
  PackNode copy(Slab& slab) const;
  void release(Slab& slab);

  ListpackView view() const { return ListpackView(pack); }
  size_t byte_size() const { return view().byte_size(); }
  bool empty() const { return count == 0; }

  // Replaces up to `removed` items from `pos` on by `item`, or by nothing if that is null. A block
  // grows in steps up to `roomy` bytes, beyond that only as far as it must.
  void replace(Slab& slab, uint32_t pos, size_t removed, const EncodedItem* item, size_t roomy);
  // Takes over the items of `other`, which follow its own; `other` stays as it is.
  void append_all(Slab& slab, const PackNode& other, size_t roomy);
  // Cuts the items from `pos` on off and answers them as a node of their own.
  PackNode split(Slab& slab, uint32_t pos);
  // Gives room that will hardly be used back: for nodes in the middle of a list.
  void trim(Slab& slab);

 private:
  void resize_gap(Slab& slab, uint32_t pos, size_t old_bytes, size_t new_bytes, size_t roomy);
  void make_room(Slab& slab, size_t more, bool at_front, size_t roomy);
  void move_to(Slab& slab, size_t new_capacity, size_t new_front);
};

}  // namespace redstart
