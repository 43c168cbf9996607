#include "lua/table.h"

#include <bit>
#include <new>

#include "lua/heap.h"

namespace redstart::lua {

const Value kNil;

namespace {

constexpr uint32_t kArrayMax = 1u << 27;  // slots; the bytes still fit 32 bits
constexpr uint32_t kNodesMax = 1u << 26;

uint32_t mix(uint64_t bits) { return static_cast<uint32_t>((bits * 0x9e3779b97f4a7c15u) >> 32); }

// Long strings have their hash computed by the time they are stored; a lookup of one that was never
// stored anywhere has to compute it, and may: the hash is no part of what the string is.
uint32_t hash_of_key(const Value& key) {
  if (key.is_string()) return key.string()->hash ? key.string()->hash : hash_long(key.string());
  if (key.is_number()) return mix(key.num == 0 ? 0 : key.payload);  // -0 equals 0
  return mix(key.payload + static_cast<uint64_t>(key.tag()));
}

uint32_t next_in_chain(const Node& node) { return static_cast<uint32_t>(node.key.meta >> 32); }

bool index_of(const Value& key, int64_t* index) {
  if (!(key.num >= -9e15 && key.num <= 9e15)) return false;
  *index = static_cast<int64_t>(key.num);
  return static_cast<double>(*index) == key.num;
}

// The entry matches nothing any more; its chain goes on.
void forget(Node* node) {
  node->value = Value();
  node->key.meta =
      (node->key.meta & ~uint64_t{0xffff'ffff}) | static_cast<uint32_t>(Tag::kDeadKey);
}

size_t node_bytes(uint32_t capacity) { return capacity * (sizeof(Node) + sizeof(uint32_t)); }

}  // namespace

Node* Table::find_string(const String* key) const {
  if (node_capacity == 0) return nullptr;
  for (uint32_t i = buckets()[key->hash & (node_capacity - 1)]; i != 0;) {
    Node& node = nodes[i - 1];
    if (node.key.object == key && node.key.is_string()) return &node;
    i = next_in_chain(node);
  }
  return nullptr;
}

Node* Table::find(const Value& key) const {
  if (node_capacity == 0) return nullptr;
  for (uint32_t i = buckets()[hash_of_key(key) & (node_capacity - 1)]; i != 0;) {
    Node& node = nodes[i - 1];
    if (raw_equal(node.key, key)) return &node;
    i = next_in_chain(node);
  }
  return nullptr;
}

const Value& Table::get_string(const String* key) const {
  const Node* node = key->interned ? find_string(key) : find(Value(const_cast<String*>(key)));
  return node ? node->value : kNil;
}

const Value& Table::get(const Value& key) const {
  if (key.is_string()) return get_string(key.string());
  int64_t index;
  if (key.is_number() && index_of(key, &index) &&
      static_cast<uint64_t>(index) - 1 < array_count) {
    return array[index - 1];
  }
  if (key.is_nil()) return kNil;
  const Node* node = find(key);
  return node ? node->value : kNil;
}

void Table::link(uint32_t index, uint32_t hash) {
  uint32_t& bucket = buckets()[hash & (node_capacity - 1)];
  Value& key = nodes[index].key;
  key.meta = static_cast<uint32_t>(key.meta) | static_cast<uint64_t>(bucket) << 32;
  bucket = index + 1;
}

// Copies the live entries to a node array of the given capacity, in their order.
bool Table::rebuild_nodes(Heap& heap, uint32_t capacity) {
  if (capacity > kNodesMax || !heap.grants(node_bytes(capacity))) return false;
  Node* fresh = static_cast<Node*>(heap.allocate(node_bytes(capacity)));
  if (!fresh) return false;
  Node* old = nodes;
  const uint32_t old_count = node_count, old_capacity = node_capacity;
  nodes = fresh;
  node_capacity = capacity;
  node_count = 0;
  numbers_in_nodes = false;
  memset(buckets(), 0, capacity * sizeof(uint32_t));
  for (uint32_t i = 0; i < old_count; i++) {
    if (old[i].value.is_nil()) continue;
    new (&nodes[node_count]) Node(old[i]);
    numbers_in_nodes |= old[i].key.is_number();
    link(node_count++, hash_of_key(old[i].key));
  }
  heap.release(old, node_bytes(old_capacity));
  return true;
}

bool Table::grow_nodes(Heap& heap) {
  uint32_t live = 0;
  for (uint32_t i = 0; i < node_count; i++) live += !nodes[i].value.is_nil();
  // Where a quarter is free after sweeping out, the size is right: entries come and go.
  const bool same = node_capacity >= 4 && live <= node_capacity - node_capacity / 4;
  return rebuild_nodes(heap, same ? node_capacity : node_capacity == 0 ? 1 : node_capacity * 2);
}

bool Table::reserve_nodes(Heap& heap, uint32_t more) {
  if (more <= node_capacity - node_count) return true;
  if (more > kNodesMax - node_count) return false;
  return rebuild_nodes(heap, std::bit_ceil(node_count + more));
}

bool Table::insert(Heap& heap, const Value& given_key, const Value& given_value) {
  const Value key = given_key, value = given_value;  // which may lie in the nodes that move
  if (node_count == node_capacity && !grow_nodes(heap)) return false;
  Node* node = new (&nodes[node_count]) Node;
  node->key = key;
  if (key.is_number()) {
    if (key.num == 0) node->key = Value(0.0);  // no key is -0
    numbers_in_nodes = true;
  }
  node->value = value;
  absent = 0;
  link(node_count++, hash_of_key(key));
  return true;
}

bool Table::set_string(Heap& heap, String* key, const Value& value) {
  Node* node = key->interned ? find_string(key) : find(Value(key));
  if (node) {
    node->value = value;
    absent = 0;
  } else if (!value.is_nil() && !insert(heap, Value(key), value)) {
    return false;
  }
  heap.wrote(this, Value(key));
  heap.wrote(this, value);
  return true;
}

bool Table::set(Heap& heap, const Value& key, const Value& value) {
  if (key.is_string()) return set_string(heap, key.string(), value);
  int64_t index;
  if (key.is_number() && index_of(key, &index)) return set_index(heap, index, value);
  if (Node* node = find(key)) {
    node->value = value;
  } else if (!value.is_nil() && !insert(heap, key, value)) {
    return false;
  }
  heap.wrote(this, key);
  heap.wrote(this, value);
  return true;
}

bool Table::set_index(Heap& heap, int64_t index, const Value& value) {
  if (static_cast<uint64_t>(index) - 1 < array_count) {
    array[index - 1] = value;
    if (value.is_nil() && index == array_count) {
      do array_count--;
      while (array_count > 0 && array[array_count - 1].is_nil());
    }
    heap.wrote(this, value);
    return true;
  }
  if (index == int64_t{array_count} + 1) {
    if (value.is_nil()) return true;
    if (array_count == array_capacity || numbers_in_nodes) return append_slow(heap, value);
    array[array_count++] = value;
    heap.wrote(this, value);
    return true;
  }
  const Value key(index);
  if (Node* node = node_count ? find(key) : nullptr) {
    node->value = value;
  } else if (!value.is_nil() && !insert(heap, key, value)) {
    return false;
  }
  heap.wrote(this, value);
  return true;
}

bool Table::set_list(Heap& heap, uint32_t offset, const Value* values, uint32_t count) {
  if (numbers_in_nodes || array_count > offset) {
    for (uint32_t i = 0; i < count; i++) {
      if (!set_index(heap, int64_t{offset} + 1 + i, values[i])) return false;
    }
    return true;
  }
  if (!reserve_array(heap, offset + count)) return false;
  for (uint32_t i = array_count; i < offset; i++) array[i] = Value();
  for (uint32_t i = 0; i < count; i++) {
    array[offset + i] = values[i];
    heap.wrote(this, values[i]);
  }
  array_count = offset + count;
  while (array_count > 0 && array[array_count - 1].is_nil()) array_count--;
  return true;
}

bool Table::reserve_array(Heap& heap, uint32_t capacity) {
  if (capacity <= array_capacity) return true;
  if (capacity > kArrayMax) {
    heap.grants(SIZE_MAX);
    return false;
  }
  void* grown = heap.resize(array, array_capacity * sizeof(Value), capacity * sizeof(Value));
  if (!grown) return false;
  array = static_cast<Value*>(grown);
  array_capacity = capacity;
  return true;
}

bool Table::append_slow(Heap& heap, const Value& given) {
  const Value value = given;  // which may be an element of the array that moves
  if (array_count == array_capacity) {
    // A queue that is emptied at its head would otherwise grow forever.
    if (array_count >= 64 && array[0].is_nil()) {
      uint32_t live = 0;
      for (uint32_t i = 0; i < array_count; i++) live += !array[i].is_nil();
      if (live <= array_count / 2) {
        const int64_t index = int64_t{array_count} + 1;
        return scatter_array(heap) && set_index(heap, index, value);
      }
    }
    if (!reserve_array(heap, array_capacity < 4 ? 4 : array_capacity * 2)) return false;
  }
  array[array_count++] = value;
  heap.wrote(this, value);
  if (numbers_in_nodes) take_from_nodes(heap);
  return true;
}

// Moves over what follows the array. The nodes left behind match no key, lest a traversal of the
// array that asks for its position should find itself among the nodes.
void Table::take_from_nodes(Heap& heap) {
  if (Node* removed = find(Value(int64_t{array_count}))) forget(removed);
  while (Node* node = find(Value(int64_t{array_count} + 1))) {
    if (node->value.is_nil()) return;
    if (array_count == array_capacity && !reserve_array(heap, array_capacity * 2)) {
      // The value stays where it is and the length is short by the rest: the error that is now
      // pending comes before anyone can look.
      return;
    }
    array[array_count++] = node->value;
    forget(node);
  }
}

// Moves the array part into the hash part. REQUIRES: array[0] is nil.
bool Table::scatter_array(Heap& heap) {
  uint32_t live = 0;
  for (uint32_t i = 0; i < array_count; i++) live += !array[i].is_nil();
  if (!reserve_nodes(heap, live + 1)) return false;
  const uint32_t count = array_count;
  array_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (!array[i].is_nil()) insert(heap, Value(int64_t{i} + 1), array[i]);
  }
  heap.release(array, array_capacity * sizeof(Value));
  array = nullptr;
  array_capacity = 0;
  return true;
}

bool Table::next(uint32_t* position, Value* key, Value* value) const {
  uint32_t at = *position;
  if (!(at & kNodePosition)) {
    for (; at < array_count; at++) {
      if (array[at].is_nil()) continue;
      *key = Value(int64_t{at} + 1);
      *value = array[at];
      *position = at + 1;
      return true;
    }
    at = kNodePosition;
  }
  for (uint32_t i = at - kNodePosition; i < node_count; i++) {
    if (nodes[i].value.is_nil()) continue;
    *key = nodes[i].key;
    *value = nodes[i].value;
    *position = kNodePosition + i + 1;
    return true;
  }
  return false;
}

bool Table::holds_at(uint32_t position, const Value& key) const {
  if (position & kNodePosition) {
    const uint32_t i = position - kNodePosition - 1;
    return i < node_count && nodes[i].key.payload == key.payload &&
           nodes[i].key.tag() == key.tag();
  }
  return key.is_number() && key.num == position && position <= array_capacity;
}

bool Table::position_of(const Value& key, uint32_t* position) const {
  if (key.is_nil()) {
    *position = 0;
    return true;
  }
  int64_t index = 0;
  const bool integral = key.is_number() && index_of(key, &index);
  if (integral && static_cast<uint64_t>(index) - 1 < array_count) {
    *position = static_cast<uint32_t>(index);
    return true;
  }
  if (const Node* node = find(key)) {
    *position = kNodePosition + static_cast<uint32_t>(node - nodes) + 1;
    return true;
  }
  // A key of the array that has been removed since.
  if (integral && static_cast<uint64_t>(index) - 1 < array_capacity) {
    *position = static_cast<uint32_t>(index);
    return true;
  }
  return false;
}

}  // namespace redstart::lua
