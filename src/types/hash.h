// Hashes: fields with values; a field may have an expiry.
//
//   listpack     field, value, field, value ...            in the order of their first set
//   listpackex   field, value, ttl, field, value, ttl ...  by ttl; 0 (none) stands at the end
//   hashtable    HashTable                                 beyond the limits
//
// A hash becomes a listpackex at the first expiry and stays one. A field whose time has come is
// still there until somebody deletes it: views show it with its time, and whoever meets it decides.
//
// Cost: compact O(n) per operation, n at most hash-max-listpack-entries; large O(1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/listpack.h"
#include "types/hash_table.h"
#include "types/held.h"
#include "types/object_ops.h"
#include "types/type.h"
#include "types/type_env.h"

namespace redstart {

class Random;

enum class HashEncoding : uint8_t { kListpack, kListpackEx, kTable };

// Borrowed from the hash until its next change.
struct HashItem {
  ListpackItem field;
  ListpackItem value;
  int64_t expire_at_ms = kFieldStays;

  // A field lives through the millisecond of its expiry.
  bool expired(int64_t now_ms) const {
    return expire_at_ms != kFieldStays && expire_at_ms < now_ms;
  }
};

class HashView {
 public:
  static constexpr Type kType = Type::kHash;

  HashView() = default;
  explicit HashView(Held held) : held_(held) {}
  HashView(const TypeEnv&, Held held) : held_(held) {}

  Held held() const { return held_; }
  // Fields whose time has come count until they are deleted.
  size_t size() const;
  bool empty() const { return size() == 0; }
  bool find(std::string_view field, HashItem* item) const;
  // visit(const HashItem&) for each.
  template <class Visit>
  void for_each(Visit&& visit) const;
  // One leg of HSCAN; compact hashes come whole. visit(const HashItem&) answers whether to stop.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit&& visit) const;
  // Uniformly drawn. REQUIRES: not empty.
  HashItem random(Random& random) const;
  // Up to `count` different ones, in no particular order.
  void sample(Random& random, size_t count, std::vector<HashItem>* out) const;
  // Never later than the first expiry of a field; INT64_MAX for none.
  int64_t next_expiry_ms() const;
  // For tests.
  const char* validate() const;

 protected:
  HashEncoding encoding() const { return static_cast<HashEncoding>(held_.encoding); }
  bool is_table() const { return held_.object && encoding() == HashEncoding::kTable; }
  bool is_compact() const { return held_.object && encoding() != HashEncoding::kTable; }
  size_t stride() const { return encoding() == HashEncoding::kListpackEx ? 3 : 2; }
  HashTable* table() const { return static_cast<HashTable*>(held_.object); }
  ListpackView pack() const { return ListpackView(static_cast<const uint8_t*>(held_.object)); }
  uint32_t find_in_pack(std::string_view field) const;
  HashItem item_at(uint32_t pos) const;
  static HashItem item_of(const HashField& field);

  Held held_;
};

class Hash : public HashView {
 public:
  Hash(const TypeEnv& env, Held held) : HashView(env, held), env_(&env) {}

  const TypeEnv& env() const { return *env_; }
  // So many fields are about to come: a hash that cannot stay compact converts at once.
  void expect(size_t fields);
  // True if the field is new. An expiry of an existing field ends, but with `keep_expiry`.
  bool set(std::string_view field, std::string_view value, bool keep_expiry = false);
  bool erase(std::string_view field);
  // REQUIRES: the field is there. kFieldStays takes an expiry away.
  void set_expiry(std::string_view field, int64_t at_ms);
  // Frees the hash at once.
  void drop();

 private:
  Listpack edit_pack() const;
  void keep(Listpack pack) { held_.object = pack.release(); }
  void become_ex();
  void become_table();
  bool set_in_pack(std::string_view field, std::string_view value, bool keep_expiry);
  void move_in_pack(uint32_t pos, int64_t at_ms);

  const TypeEnv* env_;
};

extern const ObjectOps kHashOps;

template <class Visit>
void HashView::for_each(Visit&& visit) const {
  if (is_table()) {
    table()->fields().for_each([&](const HashField* field) { visit(item_of(*field)); });
  } else if (is_compact()) {
    ListpackView view = pack();
    for (uint32_t pos = view.first(); pos != view.end(); pos = view.skip(pos, stride())) {
      visit(item_at(pos));
    }
  }
}

template <class Visit>
uint64_t HashView::scan(uint64_t cursor, Visit&& visit) const {
  if (is_table()) {
    return table()->fields().scan(cursor,
                                  [&](const HashField* field) { return visit(item_of(*field)); });
  }
  if (cursor == 0) for_each(visit);
  return 0;
}

}  // namespace redstart
