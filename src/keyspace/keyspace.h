// One SELECTable space: the main table of entries, their expiry wheel and their statistics.
//
// Everything that looks a key up passes find(), peek() or write(): these three delete what has
// expired, count hits and misses and touch the LRU/LFU clock, so no command does any of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "keyspace/types.h"
#include "types/held.h"

namespace redstart {

class Entry;             // keyspace/entry.h
class WriteGuard;        // keyspace/write_guard.h
class KeyspaceObserver;  // keyspace/observer.h
class Slab;
class Random;
struct ObjectOps;  // types/object_ops.h
struct Slot;       // core/segment.h

enum class EvictionPolicy : uint8_t {
  kNoEviction,
  kAllkeysLru,
  kAllkeysLfu,
  kAllkeysRandom,
  kVolatileLru,
  kVolatileLfu,
  kVolatileRandom,
  kVolatileTtl,
};

// True when a victim is chosen by its last use.
inline bool needs_clock(EvictionPolicy policy) {
  return policy == EvictionPolicy::kAllkeysLru || policy == EvictionPolicy::kAllkeysLfu ||
         policy == EvictionPolicy::kVolatileLru || policy == EvictionPolicy::kVolatileLfu;
}

// What all keyspaces of an engine share. The engine owns it and keeps it up to date.
struct KeyspaceShared {
  Slab* slab = nullptr;
  Random* random = nullptr;
  uint64_t hash_seed = 0;
  int64_t now_ms = 0;          // wall time of this turn
  bool lfu = false;            // the clock of entries is LFU's, else LRU's
  bool touch = true;           // off while a snapshot child lives, and for CLIENT NO-TOUCH
  bool snapshot_child = false;  // a child shares the memory: what changes is copied, so little does
  bool replica = false;        // expired keys are absent but not deleted: the master does that
  bool replica_writes = false;  // but who writes to one, where clients may, deletes it
  bool expire_paused = false;  // DEBUG and CLIENT PAUSE: as with replica
  bool loading = false;        // nothing expires: what did, the log that is being read says itself
  int lfu_log_factor = 10;
  int lfu_decay_minutes = 1;
  KeyspaceObserver* observer = nullptr;
  const ObjectOps* ops[kTypeCount] = {};  // by Type; null where there are no such values
  // Counted here so that INFO and DBSIZE need no walk.
  uint64_t hits = 0, misses = 0, expired = 0, evicted = 0;
  uint64_t freed_later = 0;  // values handed to reclaim(), keys of flushes that nobody waits for
  uint64_t expired_elements = 0;  // fields of hashes
  // What there ever was, so that a snapshot need not look for it: it chooses the file's version.
  bool had_field_expiry = false, had_stream = false, had_array = false;
  // Bytes of big values (outside the slab).
  uint64_t big_bytes = 0;

  // What was to live until before then is gone.
  int64_t expiry_now_ms() const { return loading ? INT64_MIN : now_ms; }
};

// What find() leaves out, for the commands that Redis has look without leaving a trace.
enum LookupFlag : unsigned {
  kLookupNoTouch = 1 << 0,      // the clock stays: TYPE, TTL, EXISTS, OBJECT
  kLookupNoMissEvent = 1 << 1,  // on_miss is not told: OBJECT
};

class Keyspace {
 public:
  Keyspace(KeyspaceShared& shared, int index);
  ~Keyspace();
  Keyspace(const Keyspace&) = delete;
  Keyspace& operator=(const Keyspace&) = delete;

  int index() const { return index_; }
  Key key(std::string_view bytes) const;  // hashes

  // A read: deletes an expired entry, counts a hit or a miss, touches the clock. Null if absent.
  const Entry* find(const Key& key, unsigned lookup_flags = 0);
  // Leaves no trace but the deletion of an expired entry: SCAN filters, DEBUG.
  const Entry* peek(const Key& key);
  // The one way to change anything. See write_guard.h.
  WriteGuard write(const Key& key);

  // Takes the value and expiry of `from` (which becomes absent) to `to` (replacing what was there).
  // Both guards must be committed by the caller afterwards. They may be of two keyspaces.
  static void move_value(WriteGuard& from, WriteGuard& to);
  // Copies the value and expiry of `from` into `to`.
  static void copy_value(const Entry& from, WriteGuard& to);

  // A key of a file: nobody is told, and its expiry may have passed. False: there is one already,
  // and the value is still the caller's.
  struct LoadedKey {
    Type type;
    uint8_t encoding;
    int64_t expire_at_ms;  // kNoExpiry
    uint32_t clock;
    std::string_view text;  // of a string; integers are recognised
    void* object;           // a collection, or the BigBuf of a long string (then `text` is empty)
  };
  bool load(const Key& key, const LoadedKey& loaded, bool replace);

  size_t size() const;          // expired but not yet deleted entries included, as DBSIZE in Redis
  size_t expires_size() const;  // entries with a TTL
  size_t element_expires_size() const;  // entries of which elements have a TTL
  int64_t average_ttl_ms() const;
  // All keys away; the observer is told before. What is too much for a turn, and all of it with
  // `later`, is given back in slices by reclaim().
  void flush(bool later);
  void swap_contents(Keyspace& other);
  // Adopts a collection that no key holds any more, and gives it back now or in slices.
  void dispose(Type type, Held held);

  // SCAN. `visit` gets each live entry and answers whether to stop; it must not change the
  // keyspace. Expired entries that were passed are deleted afterwards, those of `only_type` if
  // given. Cursor 0 begins and ends.
  uint64_t scan(uint64_t cursor, const std::function<bool(const Entry&)>& visit,
                std::optional<Type> only_type = {});
  // A uniformly drawn live entry; null when there is none.
  const Entry* random_entry();
  void for_each(const std::function<void(const Entry&)>& visit) const;

  // Stage 1 and 2 of the window's prefetch; harmless for absent keys.
  void prefetch_line(uint64_t hash) const;
  void prefetch_entry(uint64_t hash) const;

  // Deletes entries whose time has come. The budget counts records, each about a microsecond.
  // Answers whether more is due.
  bool expire_due(size_t budget);
  // When the wheel next has work, as wall time in ms; INT64_MAX if never.
  int64_t next_expiry_ms() const;
  // Gives back the memory of flushed tables and large values, shrinks a sparse table, weeds the
  // wheel. The budget counts elements, each well under a microsecond. Answers whether more is left.
  bool reclaim(size_t budget);
  // Used by the slab-wide accounting of INFO and MEMORY.
  size_t table_bytes() const;
  size_t wheel_bytes() const;
  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const;

 private:
  friend class WriteGuard;
  friend class Evictor;
  friend class DueJudge;
  struct Parts;

  bool expire_own(size_t budget);
  // Deletes an entry by itself, not for a command.
  enum class Reason : uint8_t { kExpired, kEvicted };
  void remove(Slot* slot, uint64_t hash, Reason reason);
  // Where the key is; an expired one is deleted or, if that is not allowed, passed over.
  Slot* live_slot(const Key& key);

  int index_;
  KeyspaceShared& shared_;
  Parts* parts_;
};

}  // namespace redstart
