// A large hash: a table of fields, and, once one of them has an expiry, a heap of deadlines.
//
//   fields ------> HashField, HashField, ...       found by hash and name
//   deadlines ---> (unix ms, hash), ...            earliest first
//
// A deadline is a promise to look, no more: the field may be gone, have no expiry by now, or expire
// later (then it is put back when it comes up). So only a new or an earlier expiry adds a deadline.
// The heap is weeded when most of it is stale.
//
// Cost: 16 bytes per deadline; setting an expiry is O(log n), finding the earliest O(1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "types/hash_field.h"

namespace redstart {

class HashTable {
 public:
  HashTable(Slab& slab, uint64_t seed) : slab_(slab), fields_(slab, HashFieldPolicy{seed}) {}
  ~HashTable() { clear_some(SIZE_MAX); }
  HashTable(const HashTable&) = delete;
  HashTable& operator=(const HashTable&) = delete;

  size_t size() const { return fields_.size(); }
  const HashField* find(std::string_view name) const { return fields_.find(hash_of(name), name); }
  // True if the field is new. An expiry that was there stays with `keep_expiry`.
  bool set(std::string_view name, std::string_view value, bool keep_expiry);
  bool erase(std::string_view name);
  // REQUIRES: the field is there. kFieldStays takes an expiry away.
  void set_expiry(std::string_view name, int64_t at_ms);
  // The earliest time at which a field may expire; INT64_MAX for never.
  int64_t next_expiry_ms() const {
    return with_expiry_ == 0 ? INT64_MAX : deadlines_.front().at_ms;
  }
  void expire_some(int64_t now_ms, size_t max, std::vector<std::string>* expired);

  const SegTable<HashFieldPolicy>& fields() const { return fields_; }
  HashTable* copy(Slab& slab) const;
  // True when nothing is left: the table may be destroyed at once.
  bool clear_some(size_t max);
  size_t bytes() const;
  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const;

 private:
  struct Deadline {
    int64_t at_ms;
    uint64_t hash;
    bool operator>(const Deadline& other) const { return at_ms > other.at_ms; }
  };

  uint64_t hash_of(std::string_view name) const { return hash_bytes(name, fields_.policy().seed); }
  Slot* find_by_hash(uint64_t hash) const;
  void insert(uint64_t hash, HashField* field);
  void remove(Slot* slot, uint64_t hash);
  void replace(Slot* slot, std::string_view value, int64_t at_ms);
  void add_deadline(int64_t at_ms, uint64_t hash);
  void weed_deadlines();

  Slab& slab_;
  SegTable<HashFieldPolicy> fields_;
  std::vector<Deadline> deadlines_;  // a heap
  size_t with_expiry_ = 0;
  size_t field_bytes_ = 0;
};

}  // namespace redstart
