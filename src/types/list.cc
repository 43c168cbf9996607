#include "types/list.h"

#include <algorithm>
#include <cassert>

#include "base/slab.h"
#include "types/value_digest.h"

namespace redstart {

namespace {

constexpr auto kSmall = static_cast<uint8_t>(ListEncoding::kListpack);
constexpr auto kLarge = static_cast<uint8_t>(ListEncoding::kNodes);

uint8_t* listpack_of(Held held) { return static_cast<uint8_t*>(held.object); }

}  // namespace

// ---- reading ------------------------------------------------------------------------------------

size_t ListView::size() const {
  if (const ListNodes* large = nodes()) return large->size();
  return held_.object ? pack(0).count() : 0;
}

ListNodes::Place ListView::seek(size_t index) const {
  if (const ListNodes* large = nodes()) return large->seek(index);
  return {0, pack(0).seek(static_cast<int64_t>(index))};
}

ListpackItem ListView::at(size_t index) const {
  auto [node, pos] = seek(index);
  return pack(node).at(pos);
}

// ---- forms --------------------------------------------------------------------------------------

template <class Change>
void List::change_small(Change change) {
  Listpack items = Listpack::adopt(env_->slab, listpack_of(held_));
  change(items);
  held_.object = items.release();
}

void List::drop() {
  size_t all = SIZE_MAX;
  if (held_.object) kListOps.destroy_some(env_->slab, held_.object, held_.encoding, &all);
  held_ = Held();
}

void List::expect(std::span<const std::string_view> texts) {
  if (large()) return;
  ListLimit limit(env_->limits.list_max_listpack_size);
  if (!held_.object) held_ = {Listpack(env_->slab).release(), kSmall};
  ListpackView items(listpack_of(held_));
  size_t bytes = items.byte_size();
  for (std::string_view text : texts) bytes += text.size();
  if (!limit.exceeded(bytes, items.count() + texts.size())) return;
  ListNodes* nodes = ListNodes::make(env_->slab, env_->limits.list_max_listpack_size);
  if (items.empty()) {
    Listpack::destroy(env_->slab, listpack_of(held_));
  } else {
    nodes->adopt(env_->slab, listpack_of(held_));
  }
  held_ = {nodes, kLarge};
}

void List::shrink() {
  if (!large() || nodes()->node_count() != 1 || nodes()->holds_giant(0)) return;
  ListpackView items = nodes()->node(0).view();
  ListLimit limit(env_->limits.list_max_listpack_size);
  if (!limit.half_used(items.byte_size(), nodes()->size())) return;
  uint8_t* small = Listpack(env_->slab, items.bytes()).release();
  drop();
  held_ = {small, kSmall};
}

// ---- changes ------------------------------------------------------------------------------------

void List::push(ListEnd end, std::span<const std::string_view> texts) {
  expect(texts);
  bool at_front = end == ListEnd::kFront;
  if (!large()) {
    return change_small([&](Listpack& items) {
      for (std::string_view text : texts) at_front ? items.prepend(text) : items.append(text);
    });
  }
  for (std::string_view text : texts) {
    if (at_front) {
      nodes()->push_front(env_->slab, text);
    } else {
      nodes()->push_back(env_->slab, text);
    }
  }
}

void List::pop(ListEnd end) {
  bool at_front = end == ListEnd::kFront;
  if (!large()) {
    return change_small([&](Listpack& items) {
      items.erase(at_front ? items.view().first() : items.view().last());
    });
  }
  uint32_t node = at_front ? 0 : nodes()->node_count() - 1;
  ListpackView items = nodes()->node(node).view();
  nodes()->erase(env_->slab, {node, at_front ? items.first() : items.last()});
  shrink();
}

void List::erase(size_t from, size_t count) {
  if (large()) {
    nodes()->erase_range(env_->slab, from, count);
    return shrink();
  }
  change_small(
      [&](Listpack& items) { items.erase(items.view().seek(static_cast<int64_t>(from)), count); });
}

void List::set(size_t index, std::string_view text) {
  expect({&text, 1});
  if (large()) {
    nodes()->replace(env_->slab, nodes()->seek(index), text);
    return shrink();
  }
  change_small([&](Listpack& items) {
    items.replace(items.view().seek(static_cast<int64_t>(index)), text);
  });
}

bool List::insert(std::string_view pivot, bool after, std::string_view text) {
  if (empty()) return false;
  expect({&text, 1});
  uint32_t node_count = large() ? nodes()->node_count() : 1;
  for (uint32_t i = 0; i < node_count; i++) {
    ListpackView items(large() ? nodes()->node(i).view() : ListpackView(listpack_of(held_)));
    uint32_t pos = items.find(items.first(), pivot);
    if (pos == items.end()) continue;
    if (large()) {
      nodes()->insert(env_->slab, {i, pos}, after, text);
    } else {
      if (after) pos = items.next(pos);
      change_small([&](Listpack& small) { small.insert(pos, text); });
    }
    return true;
  }
  return false;
}

size_t List::remove(std::string_view text, size_t max, ListEnd from) {
  bool last_ones = from == ListEnd::kBack;
  if (large()) {
    size_t removed = nodes()->erase_equal(env_->slab, text, max, last_ones);
    if (removed > 0) shrink();
    return removed;
  }
  size_t removed = 0;
  if (empty()) return removed;
  change_small([&](Listpack& items) {
    removed = erase_equal_items(
        text, max, last_ones, [&] { return items.view(); },
        [&](uint32_t pos) { items.erase(pos); });
  });
  return removed;
}

// ---- what others must know ----------------------------------------------------------------------

namespace {

bool destroy_some(Slab& slab, void* object, uint8_t encoding, size_t* budget) {
  if (encoding == kLarge) return static_cast<ListNodes*>(object)->destroy_some(slab, budget);
  if (*budget == 0) return false;
  --*budget;
  Listpack::destroy(slab, static_cast<uint8_t*>(object));
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t encoding) {
  if (encoding == kLarge) return static_cast<const ListNodes*>(object)->copy(slab);
  return Listpack(slab, ListpackView(static_cast<const uint8_t*>(object)).bytes()).release();
}

size_t bytes(const void* object, uint8_t encoding) {
  if (encoding == kLarge) return static_cast<const ListNodes*>(object)->allocated_bytes();
  return Listpack::allocated_bytes(ListpackView(static_cast<const uint8_t*>(object)).byte_size());
}

bool is_empty(const void* object, uint8_t encoding) {
  if (encoding == kLarge) return static_cast<const ListNodes*>(object)->size() == 0;
  return ListpackView(static_cast<const uint8_t*>(object)).empty();
}

std::string_view encoding_name(const void*, uint8_t encoding) {
  return encoding == kLarge ? "quicklist" : "listpack";
}

void digest_of(const void* object, uint8_t encoding, ValueDigest* digest) {
  auto mix_all = [&](ListpackView items) {
    char buffer[kIntTextMax];
    for (uint32_t pos = items.first(); pos != items.end(); pos = items.next(pos)) {
      digest->mix(items.at(pos).view(buffer));
    }
  };
  if (encoding != kLarge) return mix_all(ListpackView(static_cast<const uint8_t*>(object)));
  auto* nodes = static_cast<const ListNodes*>(object);
  for (uint32_t i = 0; i < nodes->node_count(); i++) mix_all(nodes->node(i).view());
}

}  // namespace

constexpr ObjectOps kListOps = {.destroy_some = destroy_some,
                                .copy = copy,
                                .bytes = bytes,
                                .empty = is_empty,
                                .encoding_name = encoding_name,
                                .digest = digest_of};

}  // namespace redstart
