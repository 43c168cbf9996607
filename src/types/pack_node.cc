#include "types/pack_node.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "base/slab.h"

namespace redstart {

namespace {

constexpr size_t kSmallestBlock = 512;

uint32_t narrow(size_t value) {
  assert(value <= UINT32_MAX);
  return static_cast<uint32_t>(value);
}

// Powers of two up to `roomy`: few classes of the slab, and blocks that are soon used again.
size_t block_size(size_t bytes, size_t roomy) {
  size_t size = std::max(std::bit_ceil(bytes), kSmallestBlock);
  return Slab::class_size(std::max(bytes, std::min(size, roomy)));
}

// An empty listpack in a block of this size.
PackNode empty_node(Slab& slab, size_t capacity) {
  PackNode node{static_cast<uint8_t*>(slab.allocate(capacity)), 0, narrow(capacity), 0};
  write_listpack_frame(node.pack, kListpackEmptyBytes, 0);
  return node;
}

}  // namespace

PackNode PackNode::make(Slab& slab, size_t item_size, size_t roomy) {
  return empty_node(slab, block_size(kListpackEmptyBytes + item_size, roomy));
}

PackNode PackNode::adopt(uint8_t* listpack) {
  ListpackView view(listpack);
  size_t capacity = Listpack::allocated_bytes(view.byte_size());
  return {listpack, 0, narrow(capacity), narrow(view.count())};
}

PackNode PackNode::copy(Slab& slab) const {
  PackNode node{static_cast<uint8_t*>(slab.allocate(capacity)), front, capacity, count};
  node.pack += front;
  std::memcpy(node.pack, pack, byte_size());
  return node;
}

void PackNode::release(Slab& slab) { slab.release(pack - front, capacity); }

void PackNode::replace(Slab& slab, uint32_t pos, size_t removed, const EncodedItem* item,
                       size_t roomy) {
  uint32_t behind = pos;
  for (; removed > 0 && behind != view().end(); removed--, count--) behind = view().next(behind);
  if (item) count++;
  resize_gap(slab, pos, behind - pos, item ? item->size() : 0, roomy);
  if (item) item->write(pack + pos);
}

void PackNode::append_all(Slab& slab, const PackNode& other, size_t roomy) {
  uint32_t pos = view().end();
  size_t size = other.view().end() - other.view().first();
  count += other.count;
  resize_gap(slab, pos, 0, size, roomy);
  std::memcpy(pack + pos, other.pack + other.view().first(), size);
}

PackNode PackNode::split(Slab& slab, uint32_t pos) {
  size_t size = view().end() - pos;
  size_t total = kListpackEmptyBytes + size;
  PackNode tail = empty_node(slab, Slab::class_size(total));
  std::memcpy(tail.pack + kListpackHeaderBytes, pack + pos, size);
  uint32_t kept = 0;
  for (uint32_t at = view().first(); at != pos; at = view().next(at)) kept++;
  tail.count = count - kept;
  write_listpack_frame(tail.pack, total, tail.count);
  count = kept;
  write_listpack_frame(pack, pos + 1, count);
  return tail;
}

void PackNode::trim(Slab& slab) {
  size_t used = Slab::class_size(byte_size());
  if (capacity - used > capacity / 8) move_to(slab, used, 0);
}

void PackNode::resize_gap(Slab& slab, uint32_t pos, size_t old_bytes, size_t new_bytes,
                          size_t roomy) {
  size_t total = byte_size();
  size_t more = new_bytes > old_bytes ? new_bytes - old_bytes : 0;
  bool at_front = pos < total - pos - old_bytes;
  if (more > (at_front ? front : capacity - front - total)) make_room(slab, more, at_front, roomy);

  // Bytes before the gap or behind it: whichever side has room, the shorter one first.
  size_t behind = total - pos - old_bytes;
  if (at_front && front >= more) {
    uint8_t* moved = pack + old_bytes - new_bytes;
    std::memmove(moved, pack, pos);
    front = narrow(front + old_bytes - new_bytes);
    pack = moved;
  } else {
    std::memmove(pack + pos + new_bytes, pack + pos + old_bytes, behind);
  }
  total = total - old_bytes + new_bytes;
  write_listpack_frame(pack, total, count);
  if (more == 0 && total < capacity / 4) {
    size_t smaller = Slab::class_size(total * 2);
    move_to(slab, smaller, (smaller - total) / 2);
  }
}

// Afterwards there are `more` bytes of room at this side.
void PackNode::make_room(Slab& slab, size_t more, bool at_front, size_t roomy) {
  size_t total = byte_size();
  size_t size = capacity;
  size_t spare = size - total;
  if (spare < more) {
    size = block_size(total + more, roomy);
    spare = size - total;
  }
  // Much room on the other side means that this listpack is used from both.
  bool both_ends = size == capacity && spare / 2 >= more;
  move_to(slab, size, both_ends ? spare / 2 : at_front ? spare : 0);
}

void PackNode::move_to(Slab& slab, size_t new_capacity, size_t new_front) {
  uint8_t* block = pack - front;
  size_t total = byte_size();
  if (new_capacity == capacity) {
    std::memmove(block + new_front, pack, total);
  } else {
    auto* moved = static_cast<uint8_t*>(slab.allocate(new_capacity));
    std::memcpy(moved + new_front, pack, total);
    slab.release(block, capacity);
    block = moved;
  }
  pack = block + new_front;
  front = narrow(new_front);
  capacity = narrow(new_capacity);
}

}  // namespace redstart
