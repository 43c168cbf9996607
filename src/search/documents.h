// The documents of an index by key and by number.
//
//   table       key -> Entry {number, key}
//   chunks      number -> Entry*; null: dead      for every 512 numbers, made when needed
//   living      a bit for each number
//
// Numbers ascend in the order of insertion. renumber() takes the dead out.
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

  // Gives it the next number. REQUIRES: find(key) is kNoDoc, end() < kNoDoc.
  DocNumber add(std::string_view key);
  // REQUIRES: lives(doc).
  void remove(DocNumber doc);
  // The living become 0, 1, 2, ...; numbers[old] is the new number, kNoDoc of the dead.
  void renumber(HeapVector<DocNumber>* numbers);

  // Gives back a little of what the table does not need. False: it needs all.
  bool shrink_step() { return table_.shrink_step(1); }

  // Gives back as much as the budget allows and takes it off; true when nothing is left.
  bool release_some(size_t* budget);
  // What the table takes: it is not counted by the heap.
  size_t table_bytes() const { return table_.bytes(); }

 private:
  static constexpr DocNumber kChunk = 512;

  struct Entry {
    DocNumber number;
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
  void append(Entry* entry);
  void release_entry(Entry* entry);

  Heap& heap_;
  SegTable<Policy> table_;
  HeapVector<Entry**> chunks_;
  HeapVector<uint64_t> living_;
  DocNumber end_ = 0;
};

}  // namespace redstart::search
