// What a Keyspace is made of. For this room only: keyspace.cc, write_guard.cc, evict.cc.
//
//   table ----> Entry, Entry, Entry ...      found by hash and key
//   wheel ----> hash, hash, hash ...         of the entries with an expiry; may be stale
//   doomed      what has left both and is given back in slices
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "core/seg_table.h"
#include "keyspace/entry.h"
#include "keyspace/expiry_wheel.h"
#include "keyspace/keyspace.h"
#include "types/object_ops.h"

namespace redstart {

struct EntryPolicy {
  using Object = Entry;
  uint64_t hash_seed = 0;
  uint64_t hash(const Entry* entry) const { return hash_bytes(entry->key(), hash_seed); }
  bool equals(const Entry* entry, std::string_view key) const { return entry->key() == key; }
};
using EntryTable = SegTable<EntryPolicy>;

struct Keyspace::Parts {
  // A value that has lost its entry and is too large to be freed at once.
  struct DoomedValue {
    Type type;
    uint8_t encoding;
    void* value;
  };

  explicit Parts(KeyspaceShared& shared)
      : shared(shared), table(*shared.slab, EntryPolicy{shared.hash_seed}) {}
  ~Parts();

  // An expired entry is absent, whether or not it may be deleted. As in Redis, a key still lives
  // in the very millisecond of its expiry.
  bool expired(const Entry& entry) const {
    return entry.has_ttl() && entry.expire_at_ms() < shared.expiry_now_ms();
  }
  bool may_expire() const { return !shared.replica && !shared.expire_paused; }

  Slot* insert(uint64_t hash, Entry* entry);
  void replace(Slot* slot, Entry* entry);
  // Out of the table and the accounts; the caller disposes of it.
  Entry* unlink(Slot* slot, uint64_t hash);
  // Keeps count and wheel in step with an entry whose expiry changes (kNoExpiry: none).
  void retime(Slot* slot, uint64_t hash, int64_t before_ms, int64_t after_ms);
  // The wheel shall look at this key then: its expiry, or that of an element.
  void note_due(uint64_t hash, int64_t at_ms);
  // What is known of the collection of an entry; null for strings.
  const ObjectOps* ops_of(const Entry& entry) const {
    return shared.ops[static_cast<size_t>(entry.type())];
  }
  // When an element of its collection may expire; INT64_MAX for never.
  int64_t first_element_ms(const Entry& entry) const;
  // Keeps count of the keys of which elements expire.
  void mark_elements(Slot* slot, bool expire);
  // When the wheel has to look at this key; kNoExpiry for never.
  int64_t due_ms(const Entry& entry) const;
  Slot* find_by_hash(uint64_t hash) const;
  // An entry with an expiry, drawn at random; null when none was met.
  const Entry* sample_volatile() const;

  // Gives an unlinked entry back, its value now or in slices.
  void dispose(Entry* entry);
  void dispose_value(Type type, uint8_t encoding, void* value);
  bool dispose_slice(DoomedValue* doomed, size_t* budget);
  void empty(bool later);
  bool reclaim(size_t budget);
  bool has_doomed() const {
    return !doomed_tables.empty() || !doomed_values.empty() || !doomed_wheels.empty();
  }
  bool rebuild_wheel(size_t budget);

  KeyspaceShared& shared;
  EntryTable table;
  std::unique_ptr<ExpiryWheel> wheel;       // from the first expiry on
  std::unique_ptr<ExpiryWheel> next_wheel;  // while stale records are being weeded out
  uint64_t rebuild_cursor = 0;
  size_t with_ttl = 0;
  size_t with_element_ttl = 0;
  // Keys to which clients of a replica that may be written gave an expiry: no master will say that
  // they have expired. A heap, the next one first; may be stale.
  struct OwnExpiry {
    int64_t at_ms;
    uint64_t hash;
    bool operator>(const OwnExpiry& other) const { return at_ms > other.at_ms; }
  };
  std::vector<OwnExpiry> own_expiries;
  size_t kept_records = 0;  // those that the last rebuild of the wheel found to be needed
  // Counts inserts, removals and replacements: a guard that has seen another number looks again.
  uint64_t changes = 0;

  std::vector<std::unique_ptr<EntryTable>> doomed_tables;
  std::vector<std::unique_ptr<ExpiryWheel>> doomed_wheels;
  std::vector<DoomedValue> doomed_values;
};

// The value of an entry as the pointer it holds; null when it lies inside the entry.
inline void* value_pointer(const Entry& entry) {
  return entry.type() == Type::kString ? entry.big() : entry.object();
}

}  // namespace redstart
