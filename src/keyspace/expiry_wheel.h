// When keys come to their time: a hierarchical wheel of key hashes.
//
//   level 0   256 slots of 128 ms      33 seconds ahead
//   level 1   256 slots of 33 s        2.3 hours
//   level 2   256 slots of 2.3 h       25 days
//   level 3   256 slots of 25 days     17 years; what is farther waits in its last slot
//
// A slot is a chain of chunks of 30 hashes. When the wheel arrives at a slot of a higher level, its
// records move down; at level 0 they have come to their time. The wheel stores no times: whoever
// advances it looks the key up and says what its expiry is now. So a record may be stale at no
// harm: a key that is gone or has no expiry is forgotten, one that lives longer is put back.
// Hence extending an expiry adds nothing; only a new or an earlier one adds a record.
//
// Guarantees: a record is handed out only after the 128 ms that hold its time are over (never
// early), and at the first advance() after that which has budget left. Work is cut per chunk, so an
// advance() overshoots its budget by at most one chunk.
//
// Cost: 8.8 bytes per record (16 of 256 bytes head a chunk, 8 index it), add is O(1), each record
// is looked at once per level it passes; empty slots are skipped by a bitmap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace redstart {

class Slab;
class Random;

class ExpiryWheel {
 public:
  static constexpr int64_t kTickMs = 128;
  static constexpr size_t kChunkRecords = 30;

  // Knows the keys behind the hashes.
  class Judge {
   public:
    // For each hash: deletes the key if its time has come. Sets `again[i]` to the expiry of a key
    // that lives on, or to kNoExpiry to forget the record.
    virtual void judge(std::span<const uint64_t> hashes, int64_t* again) = 0;

   protected:
    ~Judge() = default;
  };

  ExpiryWheel(Slab& slab, int64_t now_ms);
  ~ExpiryWheel();
  ExpiryWheel(const ExpiryWheel&) = delete;
  ExpiryWheel& operator=(const ExpiryWheel&) = delete;

  void add(uint64_t hash, int64_t at_ms);
  // Hands what is due to the judge, about `budget` records at most. Answers whether more is due.
  bool advance(int64_t now_ms, size_t budget, Judge& judge);
  // When advance() next has work; INT64_MAX if never.
  int64_t next_ms() const;
  // True when the wall clock was set back so far that new records would come late.
  bool ahead_of(int64_t now_ms) const { return tick_of(now_ms) + 1 < next_tick_; }

  // A record, each equally likely (about so when there are few). False when there is none.
  bool sample(Random& random, uint64_t* hash) const;
  // Takes the wheel apart, about `count` records at a time. Answers whether some are left. Nothing
  // else may be asked of it afterwards.
  bool drain(size_t count);

  size_t records() const { return records_; }
  size_t bytes() const;

 private:
  static constexpr int kLevels = 4;
  static constexpr int64_t kSlots = 256;
  static constexpr int64_t kSpan = int64_t{1} << 32;  // ticks

  struct Chunk {
    Chunk* next;
    uint32_t place;  // in chunks_
    uint32_t count;
    uint64_t hashes[kChunkRecords];
  };
  static_assert(sizeof(Chunk) == 256);

  static int64_t tick_of(int64_t ms) { return ms / kTickMs; }
  static int slot_of(int level, int64_t tick) {
    return static_cast<int>(tick >> 8 * level & (kSlots - 1));
  }

  int64_t next_event() const;
  int distance_to_filled(int level, int from) const;
  size_t judge_chunk(int level, int slot, Judge& judge);
  Chunk* take_chunk(int level, int slot);
  void free_chunk(Chunk* chunk);

  Slab& slab_;
  int64_t next_tick_;  // everything before it is done
  size_t records_ = 0;
  uint64_t filled_[kLevels][kSlots / 64] = {};
  Chunk* slots_[kLevels][kSlots] = {};
  std::vector<Chunk*> chunks_;  // all of them, for sample()
};

}  // namespace redstart
