// The hash table of Redstart: the keyspace, large hashes, large sets, members of large sorted sets.
//
// Goal: 12 bytes per element beside the object itself, two cache misses per lookup, no pause while
// it grows or shrinks, and a SCAN cursor that survives both.
//
//   hash   | depth bits: which segment | bits that order it inside | ....... | 8: fingerprint |
//
//   directory (8 B per segment)      segment of 2, 3 or 4 KiB                objects
//   +-------------------------+      +--------+-------------+-------+
//   | homes | depth | address |----> | header | home lines  | stash |        7 slots per line ->
//   +-------------------------+      +--------+-------------+-------+
//   | ...                     |      (segment.h draws lines and slots)
//
// The directory is indexed by the leading bits of the hash; a segment of depth d owns all hashes
// that share its d leading bits and stands in 2^(directory depth - d) neighbouring words. Inside,
// the following bits choose the home line by scaling, so walking segments and homes in order is
// walking the hashes in order. An element lives in its home line, in the next one (the last one's
// next is the first), or in a stash line - then its home line is marked `spills`.
//
// Growth: an element that finds no place makes its segment grow 2 -> 3 -> 4 KiB, and a full one of
// 4 KiB splits into two, each as large as its half needs. Tables of one segment begin at 256
// bytes. So does one that is crowded at one place, because elements come in the order of their
// hashes (out of another table); where equal hashes crowd it, which no split would part, it gets
// overflow segments instead: slow for that adversary, harmless for others.
// Shrinking happens only in shrink_step(), which the owner calls from a tick.
//
// Invariants (validate() checks them)
//  1. Keys are unique; a slot's window and fingerprint are those of its object's hash.
//  2. Every element is in its home line, the next, or a stash line of its segment.
//  3. A home line is marked `spills` if and only if one of its elements is in a stash line.
//  4. The directory words of a segment are consecutive, aligned, and equal.
//
// Guarantees
//  - SCAN: cursors are positions in the order of hashes, cut to 52 bits (exact in a double). An
//    element present from the first to the last call is returned exactly once, whatever grew,
//    split or merged between; only elements whose hashes agree in 52 bits come together.
//  - An insert moves the elements of one segment (at most about 450) once, rarely twice. It reads
//    objects only when a window is used up: at depth 8, 16, 24 (256, 65,536 segments ...).
//  - random() is uniform over elements.
//
// Cost, measured: see README.md of this room.
//
// One thread. Objects are 4-byte aligned, below 2^48, owned by the caller. A Slot* is valid until
// the next insert, erase or shrink of the same table. Nothing may be inserted, erased or shrunk
// from inside a visitor.
//
// Policy: `using Object = ...; uint64_t hash(const Object*) const; bool equals(const Object*,
// std::string_view key) const;` The hash must be the one that is passed with the key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/prefetch.h"
#include "base/random.h"
#include "base/slab.h"
#include "core/segment.h"
#include "core/segment_store.h"

namespace redstart {

// All that does not depend on the type of the objects.
class SegTableCore {
 public:
  explicit SegTableCore(Slab& slab);
  // Gives the segments back. The objects are the caller's: clear() hands them over.
  ~SegTableCore();
  SegTableCore(const SegTableCore&) = delete;
  SegTableCore& operator=(const SegTableCore&) = delete;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Memory of segments and directory, as the slab counts it; objects and this struct excluded.
  size_t bytes() const;
  // How many elements inserts and shrinks have moved so far.
  uint64_t moved() const { return moved_; }
  uint32_t directory_depth() const { return depth_; }
  // The most lines that a segment ever had, those of its overflow included.
  uint32_t most_lines() const { return most_lines_; }

  // Stage 1 of a windowed lookup: reads the directory word, asks for home and next line.
  void prefetch_line(uint64_t hash) const {
    Place place = locate(hash);
    prefetch(place.home);
    prefetch(place.next);
  }
  // Stage 2: reads those lines, asks for the objects that may be the one.
  void prefetch_entry(uint64_t hash) const {
    each_candidate(locate(hash), fingerprint_of(hash), [](Slot* slot) {
      // An object begins anywhere in a line; half of the time its key ends in the next one.
      prefetch(slot->object());
      prefetch(static_cast<char*>(slot->object()) + 32);
      return false;
    });
  }

 protected:
  // How the table learns the whole hash of an object when the window does not suffice.
  struct Rehash {
    uint64_t (*hash)(const void* policy, const void* object);
    const void* policy;
    uint64_t operator()(const void* object) const { return hash(policy, object); }
  };
  struct Hashed {
    uint64_t hash;
    void* object;
  };
  struct Place {
    Line* home;
    Line* next;
    uint32_t window;
  };

  static constexpr int kCursorShift = 12;
  static constexpr size_t kScanBuckets = 4096;

  static Segment* segment_in(uint64_t word) { return reinterpret_cast<Segment*>(word & kAddress); }
  size_t index_of(uint64_t hash) const { return depth_ == 0 ? 0 : hash >> (64 - depth_); }
  Segment* segment_of(uint64_t hash) const { return segment_in(directory_[index_of(hash)]); }

  // All from the directory word: the segment's own memory is not read.
  Place locate(uint64_t hash) const {
    uint64_t word = directory_[index_of(hash)];
    auto homes = static_cast<uint32_t>(word >> 56);
    uint32_t depth = (word >> 48) & 0xff;
    uint32_t window = window_of(hash, depth);
    uint32_t home = home_of(window, depth, homes);
    uint32_t next = home + 1 == homes ? 0 : home + 1;
    Segment* segment = segment_in(word);
    return {segment->home(home), segment->home(next), window};
  }

  // Calls visit(Slot*) for the slots of home and next line whose fingerprint and window agree,
  // until it answers true, and returns that slot. One loop for both lines: the match bits of the
  // second are put beside those of the first.
  template <class Visit>
  static Slot* each_candidate(const Place& place, uint8_t fingerprint, Visit&& visit) {
    uint64_t matches = place.home->matches(fingerprint) | place.next->matches(fingerprint) >> 1;
    for (; matches != 0; matches &= matches - 1) {
      Line* line = (std::countr_zero(matches) & 1) != 0 ? place.home : place.next;
      Slot* slot = &line->slots[Line::slot_of(matches)];
      if (slot->window() == place.window && visit(slot)) return slot;
    }
    return nullptr;
  }

  // The same for the stash lines of a segment.
  template <class Visit>
  static Slot* each_stash_candidate(Segment* segment, uint32_t window, uint8_t fingerprint,
                                    Visit&& visit) {
    Slot* found = nullptr;
    segment->each_stash([&](Segment*, Line* line) {
      for (uint64_t matches = line->matches(fingerprint); matches != 0; matches &= matches - 1) {
        Slot* slot = &line->slots[Line::slot_of(matches)];
        if (slot->window() != window || !visit(slot)) continue;
        found = slot;
        return true;
      }
      return false;
    });
    return found;
  }

  // Calls visit(Segment*) for every segment in order.
  template <class Visit>
  void each_segment(Visit&& visit) const {
    for (size_t i = 0; i < size_t{1} << depth_;) {
      Segment* segment = segment_in(directory_[i]);
      i += size_t{1} << (depth_ - segment->depth);
      visit(segment);
    }
  }

  Slot* insert_new(uint64_t hash, void* object, const Rehash& rehash);
  void erase_slot(Slot* slot, uint64_t hash);
  bool shrink(size_t segments, const Rehash& rehash);
  Slot* random_slot(Random& random) const;
  // Fills `bucket` with the elements that share the home line of `position` and do not come before
  // it, in the order of their hashes. Returns the first position after that home, 0 at the end.
  uint64_t gather(uint64_t position, const Rehash& rehash, std::vector<Hashed>* bucket) const;
  const char* check(const Rehash& rehash) const;
  void swap_core(SegTableCore& other);

  // Clearing in slices: the last segment not cleared yet (nullptr: none), then giving it back.
  Segment* next_to_clear();
  void clear_segment(Segment* segment);
  void reset();

 private:
  static constexpr uint64_t kAddress = 0x0000'ffff'ffff'ffc0;
  static constexpr uint32_t kMaxDepth = 32;
  // From this depth on segments come from a store: about 20,000 elements, of which the three partly
  // used blocks are some percent. Smaller tables take single segments from the slab.
  static constexpr uint32_t kStoreDepth = 6;

  static uint64_t word_for(const Segment* segment);
  Segment* new_segment(int shape, uint32_t depth, uint64_t prefix);
  void free_segment(Segment* segment);
  void publish(Segment* segment);
  static Place place_in(Segment* segment, uint32_t window);
  static Slot* put(Segment* segment, const Place& place, uint64_t word, uint8_t fingerprint);
  bool pour(Segment* from, Segment* to, const Rehash& rehash);
  Segment* build(int shape, uint32_t depth, uint64_t prefix, Segment* from, const Rehash& rehash);
  void make_room(Segment* segment, const Rehash& rehash);
  void grow(Segment* segment, const Rehash& rehash);
  void split(Segment* segment, const Rehash& rehash);
  void add_overflow(Segment* segment);
  Segment* shrink_one(Segment* segment, const Rehash& rehash);
  Segment* merge(Segment* segment, const Rehash& rehash);
  void after_stash_erase(Segment* segment, Line* line, uint32_t window);
  static Slot* slot_number(Segment* segment, uint32_t n);
  void double_directory();
  void halve_directory();
  bool hollow() const;
  const char* check_segment(Segment* segment, const Rehash& rehash) const;

  uint64_t* directory_;  // points to root_ while there is one segment
  uint64_t root_;
  size_t size_ = 0;
  Slab* slab_;
  std::unique_ptr<SegmentStore> store_;  // once the table is large
  size_t segment_bytes_ = 0;
  uint64_t shrink_at_ = 0;  // the position at which the next shrink step goes on
  uint64_t moved_ = 0;
  size_t deepest_ = 1;       // segments that stand in one directory word only
  size_t cleared_ = 0;       // directory words already cleared, from the end
  uint32_t depth_ = 0;       // leading hash bits that index the directory
  uint32_t most_lines_ = 0;  // lines of the largest segment, those of its overflow included
  bool shrinking_ = false;
};

template <class Policy>
class SegTable : public SegTableCore {
 public:
  using Object = typename Policy::Object;

  explicit SegTable(Slab& slab, Policy policy = {}) : SegTableCore(slab), policy_(policy) {}

  const Policy& policy() const { return policy_; }

  Object* find(uint64_t hash, std::string_view key) const {
    Slot* slot = find_slot(hash, key);
    return slot == nullptr ? nullptr : object(slot);
  }

  Slot* find_slot(uint64_t hash, std::string_view key) const {
    return find_slot_if(hash, [&](const Object* o) { return policy_.equals(o, key); });
  }
  // The same when all that is known is the hash: `same(const Object*)` decides.
  template <class Same>
  Slot* find_slot_if(uint64_t hash, Same&& same) const {
    Place place = locate(hash);
    auto equal = [&](Slot* slot) { return same(object(slot)); };
    Slot* slot = each_candidate(place, fingerprint_of(hash), equal);
    if (slot != nullptr || !place.home->spills()) return slot;
    return each_stash_candidate(segment_of(hash), place.window, fingerprint_of(hash), equal);
  }

  static Object* object(const Slot* slot) { return static_cast<Object*>(slot->object()); }

  // Puts another object of the same key into the slot. The ttl flag stays.
  static void replace(Slot* slot, Object* object) {
    slot->word = (slot->word & ~Slot::kPointer) | reinterpret_cast<uintptr_t>(object);
  }

  // REQUIRES: no element has this key.
  Slot* insert(uint64_t hash, Object* object) { return insert_new(hash, object, rehash()); }

  // Takes the element out and returns it; the caller releases it.
  // REQUIRES: `slot` is valid and `hash` is that of its object.
  Object* erase(Slot* slot, uint64_t hash) {
    Object* erased = object(slot);
    erase_slot(slot, hash);
    return erased;
  }

  // Looks at up to `segments` segments, from where the last call stopped, and rebuilds those
  // smaller that hold little, alone or merged with their sibling. Does nothing unless the table as
  // a whole is hollow (14 bytes per element; steady turnover leads there too), then works down
  // to 13. Answers whether this call gained something and more may be gained.
  bool shrink_step(size_t segments = 32) { return shrink(segments, rehash()); }

  // One leg of SCAN from `cursor` (0: the beginning). `visit(Object*)` answers whether to stop.
  // Returns the cursor to go on with; 0 when the walk is complete. After an answer to stop, the
  // visitor is called again only for elements whose hashes share 52 bits with the last one. A call
  // also ends after 4,096 home lines, however little they held, so that none is long.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit&& visit) const {
    if (cursor >> (64 - kCursorShift) != 0) return 0;
    std::vector<Hashed> bucket;
    uint64_t position = cursor << kCursorShift;
    for (size_t buckets = 0; buckets < kScanBuckets; ++buckets) {
      position = gather(position, rehash(), &bucket);
      bool stop = false;
      for (size_t i = 0; i < bucket.size(); ++i) {
        stop |= visit(static_cast<Object*>(bucket[i].object));
        if (!stop || i + 1 == bucket.size()) continue;
        uint64_t here = bucket[i].hash >> kCursorShift;
        if (here != bucket[i + 1].hash >> kCursorShift) return here + 1;
      }
      if (stop || position == 0) break;
    }
    return position >> kCursorShift;
  }

  // A uniformly drawn element; nullptr if the table is empty.
  Object* random(Random& random) const {
    Slot* slot = random_slot(random);
    return slot == nullptr ? nullptr : object(slot);
  }

  // Calls visit(Object*) for every element.
  template <class Visit>
  void for_each(Visit&& visit) const {
    each_segment([&](Segment* segment) { visit_all(segment, visit); });
  }

  // The same until visit(Object*) answers true.
  template <class Visit>
  void each_until(Visit&& visit) const {
    bool stop = false;
    each_segment([&](Segment* segment) {
      if (stop) return;
      visit_all(segment, [&](Object* object) {
        if (!stop) stop = visit(object);
      });
    });
  }

  // Hands elements to `release(Object*)`, whole segments at a time, until at least `max` are gone
  // or none are left, and answers whether the table is empty now. Until then it may only be cleared
  // further, asked for its size, or destroyed.
  template <class Release>
  bool clear_some(size_t max, Release&& release) {
    for (size_t done = 0; done < max;) {
      Segment* segment = next_to_clear();
      if (segment == nullptr) {
        reset();
        return true;
      }
      done += segment->count;
      visit_all(segment, release);
      clear_segment(segment);
    }
    return false;
  }
  template <class Release>
  void clear(Release&& release) {
    clear_some(SIZE_MAX, release);
  }

  void swap(SegTable& other) {
    swap_core(other);
    std::swap(policy_, other.policy_);
  }

  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const { return check(rehash()); }

 private:
  Rehash rehash() const {
    return {[](const void* policy, const void* object) {
              return static_cast<const Policy*>(policy)->hash(static_cast<const Object*>(object));
            },
            &policy_};
  }

  template <class Visit>
  static void visit_all(Segment* segment, Visit&& visit) {
    segment->each_line([&](Line* line) {
      for (const Slot& slot : line->slots) {
        if (slot.word != 0) visit(object(&slot));
      }
    });
  }

  [[no_unique_address]] Policy policy_;
};

}  // namespace redstart
