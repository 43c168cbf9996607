// Tables: an array part and a hash part that remembers the order of insertion.
//
//   array    1 2 3 ... array_count            values; may have holes, the last is never nil
//   nodes    [key value] [key value] ...      in order of insertion; a nil value is a removed entry
//   buckets  first node of a chain, by hash   chains run through the spare half of the keys' meta
//
// The key array_count + 1 is never in the hash part: storing it appends to the array, and what
// follows it moves over from the hash part. So the length is array_count, without any search, and
// pairs() walks the array and then the nodes, in an order that depends on nothing but what the
// script did. Removed entries keep their place until the node array is full, so that a traversal
// may remove what it visits.
//
// Raw access only: metamethods are meta.h. Nothing here checks `readonly`; writers of scripts do.
#pragma once

#include <string_view>

#include "lua/limits.h"
#include "lua/value.h"

namespace redstart::lua {

class Heap;

struct Node {
  Value key;  // spare half: 1 + index of the next node of the chain
  Value value;
};

struct Table : Object {
  // Bit n is set when metamethod n (meta.h) is known to be absent from this table.
  uint8_t absent;
  // Scripts that write raise "Attempt to modify a readonly table"; the host may still write.
  bool readonly;
  uint8_t weak;  // kWeakKeys | kWeakValues, learnt from __mode by the collector
  bool numbers_in_nodes;  // some key of the hash part is or was a number
  uint32_t array_count;
  uint32_t array_capacity;
  uint32_t node_count;  // with removed ones
  uint32_t node_capacity;  // zero or a power of two; as many buckets
  Value* array;
  Node* nodes;
  Table* metatable;
  Object* gray;

  uint32_t* buckets() const { return reinterpret_cast<uint32_t*>(nodes + node_capacity); }
  uint32_t length() const { return array_count; }

  // A slot of the hash part that holds no entry is answered with the shared nil.
  const Value& get(const Value& key) const;
  const Value& get_string(const String* key) const;
  const Value& get_index(int64_t index) const;
  // The node of an interned key, or null. Its index serves as a hint in the code.
  Node* find_string(const String* key) const;

  // Stores; false when memory is refused (Heap::refused). REQUIRES: key is neither nil nor NaN.
  bool set(Heap& heap, const Value& key, const Value& value);
  bool set_string(Heap& heap, String* key, const Value& value);
  bool set_index(Heap& heap, int64_t index, const Value& value);
  bool append(Heap& heap, const Value& value) {
    return set_index(heap, int64_t{array_count} + 1, value);
  }
  // Stores values at offset + 1 and on, as a constructor does: nils leave holes in the array.
  bool set_list(Heap& heap, uint32_t offset, const Value* values, uint32_t count);
  // Room for so many more, to spare the growth in steps.
  bool reserve_array(Heap& heap, uint32_t capacity);
  bool reserve_nodes(Heap& heap, uint32_t more);

  // The walk of pairs(): position 0 is before the first entry. Advances to the next entry and
  // returns true, or returns false at the end. Entries may be removed on the way.
  bool next(uint32_t* position, Value* key, Value* value) const;
  // The position of a key, for next(); false if the table never held it.
  bool position_of(const Value& key, uint32_t* position) const;
  bool holds_at(uint32_t position, const Value& key) const;

 private:
  static constexpr uint32_t kNodePosition = 0x8000'0000;
  Node* find(const Value& key) const;
  bool insert(Heap& heap, const Value& key, const Value& value);
  bool rebuild_nodes(Heap& heap, uint32_t capacity);
  bool grow_nodes(Heap& heap);
  bool append_slow(Heap& heap, const Value& value);
  void take_from_nodes(Heap& heap);
  bool scatter_array(Heap& heap);
  void link(uint32_t index, uint32_t hash);
};

inline constexpr uint8_t kWeakKeys = 1, kWeakValues = 2;

// The answer for "not there".
extern const Value kNil;

inline const Value& Table::get_index(int64_t index) const {
  if (static_cast<uint64_t>(index) - 1 < array_count) return array[index - 1];
  if (node_count == 0) return kNil;
  return get(Value(index));
}

}  // namespace redstart::lua
