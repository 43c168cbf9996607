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
  if (stands_alone(text)) return false;
  return !exceeded(node.byte_size() + text.size() + kItemOverhead, node.count + 1);
}

// ---- life ---------------------------------------------------------------------------------------

ListNodes* ListNodes::make(Slab& slab) {
  auto* list = new (slab.allocate(sizeof(ListNodes))) ListNodes;
  list->ring_ = static_cast<PackNode*>(slab.allocate(ring_bytes(kSmallestRing)));
  list->capacity_ = kSmallestRing;
  list->head_ = 0;
  list->nodes_ = 0;
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

void ListNodes::add_single(Slab& slab, const ListLimit& limit, uint32_t i, std::string_view text) {
  EncodedItem item(text);
  // The node that was the end until now will hardly grow again.
  if (nodes_ > 1 && (i == 0 || i == nodes_)) at(i == 0 ? 0 : i - 1).trim(slab);
  PackNode node = PackNode::make(slab, item.size(), limit.bytes);
  node.replace(slab, node.view().first(), 0, &item, limit.bytes);
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

// ---- changes ------------------------------------------------------------------------------------

void ListNodes::push_front(Slab& slab, const ListLimit& limit, std::string_view text) {
  if (items_ == 0) drop_nodes(slab, 0, nodes_);
  items_++;
  if (nodes_ == 0 || !limit.fits(at(0), text)) return add_single(slab, limit, 0, text);
  EncodedItem item(text);
  at(0).replace(slab, kListpackHeaderBytes, 0, &item, limit.bytes);
}

void ListNodes::push_back(Slab& slab, const ListLimit& limit, std::string_view text) {
  if (items_ == 0) drop_nodes(slab, 0, nodes_);
  items_++;
  uint32_t last = nodes_ - 1;
  if (nodes_ == 0 || !limit.fits(at(last), text)) return add_single(slab, limit, nodes_, text);
  EncodedItem item(text);
  at(last).replace(slab, at(last).view().end(), 0, &item, limit.bytes);
}

void ListNodes::split(Slab& slab, Place place) {
  PackNode tail = at(place.node).split(slab, place.pos);
  at(place.node).trim(slab);
  add_node(slab, place.node + 1, tail);
}

void ListNodes::insert(Slab& slab, const ListLimit& limit, Place place, std::string_view text) {
  items_++;
  EncodedItem item(text);
  auto [i, pos] = place;
  if (limit.fits(at(i), text)) return at(i).replace(slab, pos, 0, &item, limit.bytes);

  // It comes between two nodes then, of which one may have room.
  bool in_middle = pos != at(i).view().first() && pos != at(i).view().end();
  uint32_t right = pos == at(i).view().first() ? i : i + 1;
  if (in_middle) split(slab, place);
  if (right > 0 && limit.fits(at(right - 1), text)) {
    at(right - 1).replace(slab, at(right - 1).view().end(), 0, &item, limit.bytes);
  } else if (right < nodes_ && limit.fits(at(right), text)) {
    at(right).replace(slab, kListpackHeaderBytes, 0, &item, limit.bytes);
  } else {
    add_single(slab, limit, right, text);
  }
  if (!in_middle) return;
  // A half may be small enough for its old neighbour.
  uint32_t last = std::min(i + 3, nodes_ - 1);
  for (uint32_t k = last; k > 0 && k >= i; k--) join(slab, limit, k - 1);
}

void ListNodes::replace(Slab& slab, const ListLimit& limit, Place place, std::string_view text) {
  PackNode& node = at(place.node);
  ListpackView view = node.view();
  EncodedItem item(text);
  size_t without = node.byte_size() - (view.next(place.pos) - place.pos);
  if (node.count == 1 || (!limit.stands_alone(text) && without + item.size() <= limit.bytes)) {
    return node.replace(slab, place.pos, 1, &item, limit.bytes);
  }
  node.replace(slab, place.pos, 1, nullptr, limit.bytes);
  items_--;
  insert(slab, limit, place, text);
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
  auto [i, pos] = seek(from);
  items_ -= count;
  auto erase_at = [&](uint32_t where) {
    uint32_t before = at(i).count;
    at(i).replace(slab, where, count, nullptr, 0);
    count -= before - at(i).count;
  };
  // The end of a node, whole nodes, the beginning of a node.
  if (pos != kListpackHeaderBytes) {
    erase_at(pos);
    i++;
  }
  uint32_t whole = 0;
  for (; count > 0 && node(i + whole).count <= count; whole++) count -= node(i + whole).count;
  drop_nodes(slab, i, whole);
  if (count > 0) erase_at(kListpackHeaderBytes);
}

size_t ListNodes::erase_equal(Slab& slab, const ListLimit& limit, std::string_view text, size_t max,
                              bool last_ones) {
  size_t erased = 0;
  for (uint32_t seen = 0; seen < nodes_ && erased < max;) {
    uint32_t i = last_ones ? nodes_ - 1 - seen : seen;
    size_t of_node = erase_equal_items(
        text, max - erased, last_ones, [&] { return at(i).view(); },
        [&](uint32_t pos) { at(i).replace(slab, pos, 1, nullptr, 0); });
    erased += of_node;
    items_ -= of_node;
    if (at(i).empty()) {
      drop_nodes(slab, i, 1);
    } else if (of_node == 0 || seen == 0 || !join(slab, limit, last_ones ? i : i - 1)) {
      seen++;
    }
  }
  return erased;
}

bool ListNodes::join(Slab& slab, const ListLimit& limit, uint32_t i) {
  PackNode& left = at(i);
  const PackNode& right = node(i + 1);
  // Half of what is allowed, so that what was joined is not split at the next insertion.
  if (!limit.half_used(left.byte_size() + right.byte_size(), left.count + right.count))
    return false;
  left.append_all(slab, right, limit.bytes);
  drop_nodes(slab, i + 1, 1);
  return true;
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
