#include "types/json_node.h"

#include <algorithm>
#include <bit>

#include "base/slab.h"
#include "types/json_names.h"

namespace redstart {

namespace {

constexpr uint32_t kDirectRooms = 256;  // codes below are the room itself
constexpr uint32_t kIndexedFrom = 64;

// Codes from kDirectRooms on: (4 + quarter) << exponent, beginning with 256.
uint32_t room_of_code(uint16_t code) {
  if (code < kDirectRooms) return code;
  const uint32_t step = code - kDirectRooms;
  return (4 + step % 4) << (6 + step / 4);
}

// The smallest room for so many elements whose block leaves no waste in its size class.
uint16_t code_for(uint32_t wanted, size_t element_size) {
  if (wanted < kDirectRooms) {
    size_t fits = Slab::class_size(wanted * element_size) / element_size;
    return static_cast<uint16_t>(std::min<size_t>(fits, kDirectRooms - 1));
  }
  uint32_t code = kDirectRooms;
  while (room_of_code(static_cast<uint16_t>(code)) < wanted) code++;
  return static_cast<uint16_t>(code);
}

uint32_t index_slots(uint32_t room) {
  return room < kIndexedFrom ? 0 : std::bit_ceil(room + room / 4);
}

constexpr size_t kMemberSize = sizeof(JsonNode) + sizeof(uint32_t);

size_t block_bytes(bool object, uint32_t room) {
  if (!object) return room * sizeof(JsonNode);
  return room * kMemberSize + index_slots(room) * sizeof(uint32_t);
}

size_t taken(size_t size) { return size > Slab::kLargest ? size : Slab::class_size(size); }

// Where the search for a name begins.
uint32_t first_slot(uint32_t name, uint32_t slots) {
  return (name * 0x9e3779b1u) >> (32 - std::countr_zero(slots));
}

}  // namespace

// ---- scalars

JsonNode JsonNode::of_natural(uint64_t value) {
  return value <= INT64_MAX ? of(static_cast<int64_t>(value)) : with_number(Kind::kNatural, value);
}

double JsonNode::real() const {
  switch (kind()) {
    case Kind::kInt:
      return static_cast<double>(integer());
    case Kind::kNatural:
      return static_cast<double>(natural());
    default:
      return load<double>(0);
  }
}

JsonNode JsonNode::of_text(JsonHeap heap, std::string_view text) {
  if (text.size() <= kShortTextMax) {
    JsonNode node(Kind::kShortText);
    text.copy(reinterpret_cast<char*>(node.bytes_), text.size());
    node.bytes_[14] = static_cast<uint8_t>(text.size());
    return node;
  }
  JsonNode node(Kind::kLongText);
  auto* bytes = static_cast<char*>(heap.slab.allocate(text.size()));
  text.copy(bytes, text.size());
  node.store(0, static_cast<void*>(bytes));
  node.store(8, static_cast<uint32_t>(text.size()));
  return node;
}

std::string_view JsonNode::text() const {
  if (kind() == Kind::kShortText) return {reinterpret_cast<const char*>(bytes_), bytes_[14]};
  return {static_cast<const char*>(block()), size()};
}

void JsonNode::append(JsonHeap heap, std::string_view more) {
  const std::string_view old = text();
  const size_t size = old.size() + more.size();
  if (size <= kShortTextMax) {
    more.copy(reinterpret_cast<char*>(bytes_) + old.size(), more.size());
    bytes_[14] = static_cast<uint8_t>(size);
    return;
  }
  auto* bytes = static_cast<char*>(heap.slab.allocate(size));
  old.copy(bytes, old.size());
  more.copy(bytes + old.size(), more.size());
  release(heap);
  *this = JsonNode(Kind::kLongText);
  store(0, static_cast<void*>(bytes));
  store(8, static_cast<uint32_t>(size));
}

// ---- blocks

uint32_t JsonNode::room() const { return room_of_code(room_code()); }

size_t JsonNode::block_size() const { return block_bytes(is_object(), room()); }

void JsonNode::move_to_room(JsonHeap heap, uint32_t wanted) {
  JsonNode old = *this;
  const uint32_t count = size();
  if (wanted == 0) {
    store(0, static_cast<void*>(nullptr));
    store(12, uint16_t{0});
  } else {
    const uint16_t code = code_for(wanted, is_object() ? kMemberSize : sizeof(JsonNode));
    const size_t bytes = block_bytes(is_object(), room_of_code(code));
    store(0, heap.slab.allocate(bytes));
    store(12, code);
    if (count > 0) std::memcpy(block(), old.block(), count * sizeof(JsonNode));
    if (is_object()) {
      if (count > 0) std::memcpy(names(), old.names(), count * sizeof(uint32_t));
      index_all();
    }
  }
  if (old.block() != nullptr) heap.slab.release(old.block(), old.block_size());
}

// What is built at once fits exactly; what grows is given a quarter more.
void JsonNode::make_room(JsonHeap heap, uint32_t size) {
  if (size <= room()) return;
  move_to_room(heap, room() == 0 ? size : std::max(size, room() + room() / 4));
}

void JsonNode::give_room_back(JsonHeap heap) {
  const uint32_t count = size();
  if (count == 0 || room() > count + count / 2 + 2) move_to_room(heap, count);
}

void JsonNode::index(uint32_t at) {
  const uint32_t slots = index_slots(room());
  uint32_t* table = names() + room();
  uint32_t slot = first_slot(name(at), slots);
  while (table[slot] != 0) slot = (slot + 1) & (slots - 1);
  table[slot] = at + 1;
}

void JsonNode::index_all() {
  const uint32_t slots = index_slots(room());
  if (slots == 0) return;
  std::memset(names() + room(), 0, slots * sizeof(uint32_t));
  for (uint32_t i = 0; i < size(); i++) index(i);
}

// Takes a position out; those behind it move one down.
void JsonNode::unindex(uint32_t at) {
  const uint32_t slots = index_slots(room());
  if (slots == 0) return;
  uint32_t* table = names() + room();
  uint32_t hole = first_slot(name(at), slots);
  while (table[hole] != at + 1) hole = (hole + 1) & (slots - 1);
  // What stands behind the hole only because of a collision moves into it.
  for (uint32_t next = (hole + 1) & (slots - 1); table[next] != 0;
       next = (next + 1) & (slots - 1)) {
    const uint32_t home = first_slot(name(table[next] - 1), slots);
    if (((next - home) & (slots - 1)) >= ((next - hole) & (slots - 1))) {
      table[hole] = table[next];
      hole = next;
    }
  }
  table[hole] = 0;
  for (uint32_t slot = 0; slot < slots; slot++) table[slot] -= table[slot] > at + 1;
}

uint32_t JsonNode::position_of(uint32_t wanted) const {
  const uint32_t slots = index_slots(room());
  if (slots == 0) {
    const uint32_t* all = names();
    for (uint32_t i = 0, count = size(); i < count; i++) {
      if (all[i] == wanted) return i;
    }
    return kNowhere;
  }
  const uint32_t* table = names() + room();
  for (uint32_t slot = first_slot(wanted, slots); table[slot] != 0;
       slot = (slot + 1) & (slots - 1)) {
    if (name(table[slot] - 1) == wanted) return table[slot] - 1;
  }
  return kNowhere;
}

// ---- containers

JsonNode JsonNode::array_of(JsonHeap heap, std::span<const JsonNode> items) {
  JsonNode node = empty_array();
  node.insert(heap, 0, items);
  return node;
}

JsonNode JsonNode::object_of(JsonHeap heap, std::span<const uint32_t> names,
                             std::span<const JsonNode> values) {
  JsonNode node = empty_object();
  if (names.empty()) return node;
  node.move_to_room(heap, static_cast<uint32_t>(names.size()));
  for (size_t i = 0; i < names.size(); i++) {
    const uint32_t at = node.position_of(names[i]);
    if (at == kNowhere) {
      node.add(heap, names[i], values[i]);
      continue;
    }
    heap.names.let_go(names[i]);
    node.item(at).release(heap);
    node.item(at) = values[i];
  }
  return node;
}

void JsonNode::insert(JsonHeap heap, uint32_t at, std::span<const JsonNode> nodes) {
  if (nodes.empty()) return;
  const uint32_t count = size();
  make_room(heap, count + static_cast<uint32_t>(nodes.size()));
  JsonNode* place = items() + at;
  std::memmove(static_cast<void*>(place + nodes.size()), place, (count - at) * sizeof(JsonNode));
  std::memcpy(static_cast<void*>(place), nodes.data(), nodes.size_bytes());
  store(8, static_cast<uint32_t>(count + nodes.size()));
}

void JsonNode::take(JsonHeap heap, uint32_t from, uint32_t count, JsonNode* taken) {
  if (count == 0) return;
  JsonNode* place = items() + from;
  std::memcpy(static_cast<void*>(taken), place, count * sizeof(JsonNode));
  std::memmove(static_cast<void*>(place), place + count,
               (size() - from - count) * sizeof(JsonNode));
  store(8, size() - count);
  give_room_back(heap);
}

void JsonNode::add(JsonHeap heap, uint32_t name, JsonNode value) {
  const uint32_t count = size();
  make_room(heap, count + 1);
  items()[count] = value;
  names()[count] = name;
  store(8, count + 1);
  if (index_slots(room()) > 0) index(count);
}

JsonNode JsonNode::take_member(JsonHeap heap, uint32_t at) {
  JsonNode taken = item(at);
  const uint32_t gone = name(at);
  unindex(at);
  const uint32_t behind = size() - at - 1;
  std::memmove(static_cast<void*>(items() + at), items() + at + 1, behind * sizeof(JsonNode));
  std::memmove(names() + at, names() + at + 1, behind * sizeof(uint32_t));
  store(8, size() - 1);
  heap.names.let_go(gone);
  give_room_back(heap);
  return taken;
}

JsonNode JsonNode::gone() {
  JsonNode node;
  node.bytes_[14] = 1;
  return node;
}

void JsonNode::drop_gone(JsonHeap heap) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < size(); i++) {
    if (item(i).is_gone()) {
      if (is_object()) heap.names.let_go(name(i));
      continue;
    }
    items()[kept] = item(i);
    if (is_object()) names()[kept] = name(i);
    kept++;
  }
  store(8, kept);
  const uint32_t room_before = room();
  give_room_back(heap);
  if (is_object() && room() == room_before) index_all();
}

JsonNode JsonNode::copy(JsonHeap heap) const {
  if (kind() == Kind::kLongText) return of_text(heap, text());
  if (!is_container()) return *this;
  JsonNode node = *this;
  node.store(0, static_cast<void*>(nullptr));
  node.store(8, uint32_t{0});
  node.store(12, uint16_t{0});
  const uint32_t count = size();
  if (count == 0) return node;
  node.move_to_room(heap, count);
  node.store(8, count);
  for (uint32_t i = 0; i < count; i++) {
    new (&node.item(i)) JsonNode(item(i).copy(heap));
    if (!is_object()) continue;
    node.names()[i] = name(i);
    heap.names.hold_again(name(i));
    if (index_slots(node.room()) > 0) node.index(i);
  }
  return node;
}

void JsonNode::release(JsonHeap heap) {
  size_t all = SIZE_MAX;
  release_some(heap, &all);
}

bool JsonNode::release_some(JsonHeap heap, size_t* budget) {
  if (kind() == Kind::kLongText) {
    heap.slab.release(block(), size());
  } else if (is_container()) {
    for (uint32_t left = size(); left > 0; left--) {
      if (*budget == 0 || !item(left - 1).release_some(heap, budget)) return false;
      if (is_object()) heap.names.let_go(name(left - 1));
      store(8, left - 1);
    }
    if (block() != nullptr) heap.slab.release(block(), block_size());
  }
  *this = JsonNode();
  *budget -= *budget > 0;
  return true;
}

size_t JsonNode::weigh(size_t* budget) const {
  if (kind() == Kind::kLongText) return taken(size());
  if (!is_container() || block() == nullptr) return 0;
  size_t sum = 0;
  uint32_t weighed = 0;
  while (weighed < size() && *budget > 0) {
    --*budget;
    sum += item(weighed++).weigh(budget);
  }
  if (weighed < size() && weighed > 0) sum = sum / weighed * size();
  return taken(block_size()) + sum;
}

int JsonNode::depth() const {
  if (!is_container()) return 0;
  int deepest = 0;
  for (uint32_t i = 0; i < size(); i++) deepest = std::max(deepest, item(i).depth());
  return deepest + 1;
}

bool equal(const JsonNode& a, const JsonNode& b) {
  if (a.is_text() || b.is_text()) return a.is_text() && b.is_text() && a.text() == b.text();
  if (a.is_number() && b.is_number()) {
    const bool a_int = a.kind() == JsonNode::Kind::kInt;
    if (a_int != (b.kind() == JsonNode::Kind::kInt)) return false;
    return a_int ? a.integer() == b.integer() : a.real() == b.real();
  }
  if (a.kind() != b.kind()) return false;
  if (!a.is_container()) return true;
  if (a.size() != b.size()) return false;
  for (uint32_t i = 0; i < a.size(); i++) {
    const JsonNode* other = a.is_array() ? &b.item(i) : b.find(a.name(i));
    if (other == nullptr || !equal(a.item(i), *other)) return false;
  }
  return true;
}

}  // namespace redstart
