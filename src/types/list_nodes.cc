#include "types/list_nodes.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

#include "base/slab.h"

namespace redstart {

namespace {

constexpr uint32_t kSmallestRing = 4;
// What a node that is limited by its items may take anyway.
constexpr size_t kSafeBytes = 8192;

size_t ring_bytes(uint32_t capacity) { return size_t{capacity} * sizeof(PackNode); }

}  // namespace

ListLimit::ListLimit(int64_t setting) {
  if (setting < 0) {
    bytes = size_t{4096} << (std::min<int64_t>(-(setting + 1), 4));
    count = SIZE_MAX;
  } else {
    bytes = kSafeBytes;
    count = static_cast<size_t>(std::max<int64_t>(setting, 1));
  }
}

bool ListLimit::half_used(size_t byte_size, size_t items) const {
  if (count != SIZE_MAX) return items <= count / 2 && byte_size <= bytes;
  return byte_size <= bytes / 2;
}

bool ListLimit::fits(const PackNode& node, std::string_view text) const {
  // Redis's estimate of what an item takes beside its text.
  constexpr size_t kItemOverhead = 8;
  if (is_giant(text.size())) return false;
  return !exceeded(node.byte_size() + text.size() + kItemOverhead, node.count + 1);
}

// ---- life ---------------------------------------------------------------------------------------

ListNodes* ListNodes::make(Slab& slab, int64_t limit_setting) {
  auto* list = new (slab.allocate(sizeof(ListNodes))) ListNodes;
  list->ring_ = static_cast<PackNode*>(slab.allocate(ring_bytes(kSmallestRing)));
  list->capacity_ = kSmallestRing;
  list->head_ = 0;
  list->nodes_ = 0;
  list->limit_setting_ = static_cast<int32_t>(limit_setting);
  list->items_ = 0;
  return list;
}

ListNodes* ListNodes::copy(Slab& slab) const {
  auto* list = new (slab.allocate(sizeof(ListNodes))) ListNodes(*this);
  list->ring_ = static_cast<PackNode*>(slab.allocate(ring_bytes(capacity_)));
  list->head_ = 0;
  for (uint32_t i = 0; i < nodes_; i++) list->ring_[i] = node(i).copy(slab);
  return list;
}

bool ListNodes::destroy_some(Slab& slab, size_t* budget) {
  while (nodes_ > 0 && *budget > 0) {
    const PackNode& last = node(nodes_ - 1);
    *budget -= std::min(*budget, 1 + size_t{last.capacity} / kSafeBytes);
    items_ -= std::min<size_t>(items_, last.count);
    drop_nodes(slab, nodes_ - 1, 1);
  }
  if (nodes_ > 0) return false;
  slab.release(ring_, ring_bytes(capacity_));
  slab.release(this, sizeof(ListNodes));
  return true;
}

size_t ListNodes::allocated_bytes() const {
  size_t bytes = Slab::class_size(sizeof(ListNodes)) + Slab::class_size(ring_bytes(capacity_));
  for (uint32_t i = 0; i < nodes_; i++) bytes += node(i).capacity;
  return bytes;
}

// ---- the ring -----------------------------------------------------------------------------------

void ListNodes::resize_ring(Slab& slab, uint32_t capacity) {
  auto* ring = static_cast<PackNode*>(slab.allocate(ring_bytes(capacity)));
  for (uint32_t i = 0; i < nodes_; i++) ring[i] = node(i);
  slab.release(ring_, ring_bytes(capacity_));
  ring_ = ring;
  capacity_ = capacity;
  head_ = 0;
}

void ListNodes::add_node(Slab& slab, uint32_t i, const PackNode& node) {
  if (nodes_ == capacity_) resize_ring(slab, capacity_ * 2);
  nodes_++;
  if (i < nodes_ / 2) {
    head_--;
    for (uint32_t k = 0; k < i; k++) at(k) = at(k + 1);
  } else {
    for (uint32_t k = nodes_ - 1; k > i; k--) at(k) = at(k - 1);
  }
  at(i) = node;
}

void ListNodes::drop_nodes(Slab& slab, uint32_t i, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) at(i + k).release(slab);
  uint32_t behind = nodes_ - i - count;
  if (i < behind) {
    for (uint32_t k = i; k > 0; k--) at(k - 1 + count) = at(k - 1);
    head_ += count;
  } else {
    for (uint32_t k = i; k < i + behind; k++) at(k) = at(k + count);
  }
  nodes_ -= count;
  if (capacity_ > kSmallestRing && nodes_ < capacity_ / 8) resize_ring(slab, capacity_ / 2);
}

void ListNodes::add_single(Slab& slab, uint32_t i, std::string_view text) {
  // The node that was the end until now will hardly grow again.
  if (nodes_ > 1 && (i == 0 || i == nodes_)) at(i == 0 ? 0 : i - 1).trim(slab);
  EncodedItem item(text);
  PackNode node = PackNode::make(slab, item.size(), limit().bytes);
  node.replace(slab, node.view().first(), 0, &item, limit().bytes);
  add_node(slab, i, node);
}

void ListNodes::adopt(Slab& slab, uint8_t* listpack) {
  PackNode node = PackNode::adopt(listpack);
  items_ += node.count;
  add_node(slab, nodes_, node);
}

// ---- places -------------------------------------------------------------------------------------

ListNodes::Place ListNodes::seek(size_t index) const {
  assert(index < items_);
  if (index < items_ / 2) {
    uint32_t i = 0;
    for (; index >= node(i).count; i++) index -= node(i).count;
    return {i, node(i).view().seek(static_cast<int64_t>(index))};
  }
  size_t from_end = items_ - index;  // 1 is the last element
  uint32_t i = nodes_ - 1;
  for (; from_end > node(i).count; i--) from_end -= node(i).count;
  return {i, node(i).view().seek(-static_cast<int64_t>(from_end))};
}

bool ListNodes::holds_giant(uint32_t i) const {
  ListpackView items = node(i).view();
  return node(i).count == 1 && limit().is_giant(items.at(items.first()).text_size());
}

// ---- changes ------------------------------------------------------------------------------------

void ListNodes::prepend(Slab& slab, uint32_t i, std::string_view text) {
  EncodedItem item(text);
  at(i).replace(slab, kListpackHeaderBytes, 0, &item, limit().bytes);
}

void ListNodes::append(Slab& slab, uint32_t i, std::string_view text) {
  EncodedItem item(text);
  at(i).replace(slab, at(i).view().end(), 0, &item, limit().bytes);
}

void ListNodes::push_front(Slab& slab, std::string_view text) {
  if (items_ == 0) drop_nodes(slab, 0, nodes_);
  items_++;
  if (nodes_ > 0 && limit().fits(at(0), text)) return prepend(slab, 0, text);
  add_single(slab, 0, text);
}

void ListNodes::push_back(Slab& slab, std::string_view text) {
  if (items_ == 0) drop_nodes(slab, 0, nodes_);
  items_++;
  if (nodes_ > 0 && limit().fits(at(nodes_ - 1), text)) return append(slab, nodes_ - 1, text);
  add_single(slab, nodes_, text);
}

void ListNodes::split(Slab& slab, Place place) {
  PackNode tail = at(place.node).split(slab, place.pos);
  at(place.node).trim(slab);
  add_node(slab, place.node + 1, tail);
}

void ListNodes::insert(Slab& slab, Place pivot, bool after, std::string_view text) {
  items_++;
  uint32_t i = pivot.node;
  ListpackView items = at(i).view();
  uint32_t pos = after ? items.next(pivot.pos) : pivot.pos;
  if (limit().fits(at(i), text)) {
    EncodedItem item(text);
    return at(i).replace(slab, pos, 0, &item, limit().bytes);
  }
  if (pos != items.first() && pos != items.end()) {
    split(slab, {i, pos});
    if (limit().is_giant(text.size())) return add_single(slab, i + 1, text);
    // It goes to the half without the pivot.
    after ? prepend(slab, i + 1, text) : append(slab, i, text);
    return join_around(slab, after ? i : i + 1);
  }
  // Between two nodes, of which the other one may have room.
  if (after && i + 1 < nodes_ && limit().fits(at(i + 1), text)) return prepend(slab, i + 1, text);
  if (!after && i > 0 && limit().fits(at(i - 1), text)) return append(slab, i - 1, text);
  add_single(slab, after ? i + 1 : i, text);
}

void ListNodes::replace(Slab& slab, Place place, std::string_view text) {
  auto [i, pos] = place;
  bool giant = limit().is_giant(text.size());
  if (giant == holds_giant(i)) {
    EncodedItem item(text);
    return at(i).replace(slab, pos, 1, &item, limit().bytes);
  }
  if (!giant) {
    insert(slab, place, true, text);
    return erase(slab, place);
  }
  uint32_t next = at(i).view().next(pos);
  if (next != at(i).view().end()) split(slab, {i, next});
  add_single(slab, i + 1, text);
  at(i).replace(slab, pos, 1, nullptr, 0);
  if (at(i).empty()) return drop_nodes(slab, i, 1);
  join_around(slab, i + 1);
}

void ListNodes::erase(Slab& slab, Place place) {
  items_--;
  at(place.node).replace(slab, place.pos, 1, nullptr, 0);
  if (at(place.node).empty()) drop_nodes(slab, place.node, 1);
}

void ListNodes::erase_range(Slab& slab, size_t from, size_t count) {
  assert(from + count <= items_);
  if (count == 0) return;
  if (count == items_) {
    // One node is nothing; more are left to destruction in slices.
    if (nodes_ == 1) drop_nodes(slab, 0, 1);
    items_ = 0;
    return;
  }
  // By name: clang 14 lets no lambda hold a structured binding.
  const Place place = seek(from);
  uint32_t i = place.node;
  items_ -= count;
  auto erase_at = [&](uint32_t where) {
    uint32_t before = at(i).count;
    at(i).replace(slab, where, count, nullptr, 0);
    count -= before - at(i).count;
  };
  // The end of a node, whole nodes, the beginning of a node.
  if (place.pos != kListpackHeaderBytes) {
    erase_at(place.pos);
    i++;
  }
  uint32_t whole = 0;
  for (; count > 0 && node(i + whole).count <= count; whole++) count -= node(i + whole).count;
  drop_nodes(slab, i, whole);
  if (count > 0) erase_at(kListpackHeaderBytes);
}

size_t ListNodes::erase_equal(Slab& slab, std::string_view text, size_t max, bool last_ones) {
  size_t erased = 0;
  for (uint32_t seen = 0; seen < nodes_ && erased < max;) {
    uint32_t i = last_ones ? nodes_ - 1 - seen : seen;
    erased += erase_equal_items(
        text, max - erased, last_ones, [&] { return at(i).view(); },
        [&](uint32_t pos) { at(i).replace(slab, pos, 1, nullptr, 0); });
    if (at(i).empty()) {
      drop_nodes(slab, i, 1);
    } else {
      seen++;
    }
  }
  items_ -= erased;
  return erased;
}

bool ListNodes::join(Slab& slab, uint32_t i) {
  PackNode& left = at(i);
  const PackNode& right = node(i + 1);
  size_t bytes = left.byte_size() + right.byte_size() - kListpackEmptyBytes;
  if (limit().exceeded(bytes, left.count + right.count)) return false;
  left.append_all(slab, right, limit().bytes);
  drop_nodes(slab, i + 1, 1);
  return true;
}

// What was split may join its neighbours: first those on both sides among themselves.
void ListNodes::join_around(Slab& slab, uint32_t i) {
  if (i >= 2 && join(slab, i - 2)) i--;
  if (i + 2 < nodes_) join(slab, i + 1);
  if (i >= 1 && join(slab, i - 1)) i--;
  if (i + 1 < nodes_) join(slab, i);
}

// ---- tests --------------------------------------------------------------------------------------

const char* ListNodes::validate() const {
  size_t items = 0;
  for (uint32_t i = 0; i < nodes_; i++) {
    const PackNode& one = node(i);
    if (!listpack_valid(one.view().bytes())) return "a node is no listpack";
    if (one.view().count() != one.count) return "a count differs from its listpack's";
    if (one.empty() && items_ > 0) return "an empty node";
    if (one.front + one.byte_size() > one.capacity) return "a listpack leaves its block";
    items += one.count;
  }
  if (items_ > 0 && items != items_) return "the counts do not add up";
  return nullptr;
}

}  // namespace redstart
