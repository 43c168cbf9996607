// The documents of an index by key and by number.
//
//   table       key -> Entry {number, key}
//   chunks      number -> Entry*; null: dead      for every 512 numbers, made when needed
//   living      a bit for each number
//
// Numbers ascend in the order of insertion. When there are many dead, the living get new numbers in
// the same order (compaction.h). That cannot be done in one go for all that holds numbers: until it
// is done, documents have an old number as well, and whoever holds numbers says by its generation
// which ones they are. Documents that come meanwhile get both.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "core/seg_table.h"
#include "search/columns.h"
#include "search/heap.h"

namespace redstart::search {

class Documents {
 public:
  Documents(Heap& heap, const uint64_t& hash_seed);
  ~Documents();
  Documents(const Documents&) = delete;
  Documents& operator=(const Documents&) = delete;

  size_t size() const { return table_.size(); }
  // One behind the highest number that was given.
  DocNumber end() const { return end_; }
  // No more can be added: there are no numbers left.
  bool full() const { return numbers_.size() == kNumbersMax || end_ == kNumbersMax; }
  size_t dead() const { return end_ - size(); }

  // kNoDoc: there is none.
  DocNumber find(std::string_view key) const;
  bool lives(DocNumber doc) const { return living_[doc / 64] >> doc % 64 & 1; }
  // A bit for each of the documents [64 * word, 64 * word + 64).
  uint64_t living(size_t word) const { return living_[word]; }
  size_t words() const { return living_.size(); }
  // REQUIRES: lives(doc).
  std::string_view key(DocNumber doc) const { return entry(doc)->key(); }
  // The first living one from here on; kNoDoc: none.
  DocNumber next(DocNumber from) const;

  // Gives it the next number. REQUIRES: find(key) is kNoDoc, not full().
  DocNumber add(std::string_view key);
  // REQUIRES: lives(doc).
  void remove(DocNumber doc);
  // The living become 0, 1, 2, ... REQUIRES: not renumbering().
  void begin_renumbering();
  // Writes the new numbers where find() looks, for so many documents at most, and takes them off.
  // True: it is done.
  bool renew_entries(size_t* budget);
  // REQUIRES: renew_entries() is done, and nobody holds old numbers.
  void end_renumbering();
  bool renumbering() const { return renumbering_; }
  // Of the present numbers; those with the other one are old.
  uint8_t generation() const { return generation_; }
  // New numbers by old ones, kNoDoc of the dead, and the other way round. While renumbering().
  const HeapVector<DocNumber>& numbers() const { return numbers_; }
  const HeapVector<DocNumber>& old_numbers() const { return old_numbers_; }

  // Gives back a little of what the table does not need. False: it needs all.
  bool shrink_step() { return table_.shrink_step(1); }

  // Gives back as much as the budget allows and takes it off; true when nothing is left.
  bool release_some(size_t* budget);
  // What the table takes: it is not counted by the heap.
  size_t table_bytes() const { return table_.bytes(); }

 private:
  static constexpr DocNumber kChunk = 512;
  static constexpr DocNumber kNumbersMax = (1u << 31) - 1;

  struct Entry {
    DocNumber number : 31;
    DocNumber generation : 1;
    uint32_t size;
    char bytes[];

    std::string_view key() const { return {bytes, size}; }
  };
  struct Policy {
    using Object = Entry;
    const uint64_t* seed = nullptr;
    uint64_t hash(const Entry* entry) const { return hash_bytes(entry->key(), *seed); }
    bool equals(const Entry* entry, std::string_view key) const { return entry->key() == key; }
  };

  uint64_t hash_of(std::string_view key) const { return hash_bytes(key, *table_.policy().seed); }
  Entry*& entry(DocNumber doc) const { return chunks_[doc / kChunk][doc % kChunk]; }
  DocNumber append(Entry* entry);
  void release_entry(Entry* entry);

  Heap& heap_;
  SegTable<Policy> table_;
  HeapVector<Entry**> chunks_;
  HeapVector<uint64_t> living_;
  DocNumber end_ = 0;
  bool renumbering_ = false;
  uint8_t generation_ = 0;
  DocNumber renewed_ = 0;  // entries of documents before this one have the present number
  HeapVector<DocNumber> numbers_;
  HeapVector<DocNumber> old_numbers_;
};

}  // namespace redstart::search
