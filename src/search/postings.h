// In which documents a term is, and where in each: bytes that grow at their end.
//
//   entry    delta of the document, times two, plus one if the term is in it once
//            [how often]                  if it is not
//            delta of each position       behind one another
//   without positions: the delta of the document alone
//
// All are varints. Every 128 entries a skip is noted, so that seek() reads few entries of a long
// list.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "search/columns.h"
#include "search/heap.h"

namespace redstart::search {

struct PostingList {
  static constexpr uint32_t kSkipEvery = 128;

  struct Skip {
    DocNumber before;  // the document of the entry in front
    uint32_t at;       // where the entry begins
  };

  uint8_t* bytes = nullptr;
  Skip* skips = nullptr;  // of entries 128, 256, ...
  uint32_t size = 0;
  uint32_t entries = 0;
  DocNumber last = 0;

  size_t skip_count() const { return entries == 0 ? 0 : (entries - 1) / kSkipEvery; }

  // REQUIRES: doc > last, or there are no entries. Positions ascend, one at least; none at all in a
  // list without positions.
  void append(Heap& heap, DocNumber doc, std::span<const uint32_t> positions);
  // Gives documents new numbers: number_of(doc) is the new one, kNoDoc of those that go. REQUIRES:
  // the order stays, and no two come farther apart than they were.
  template <class NumberOf>
  void renumber(Heap& heap, bool has_positions, NumberOf number_of);
  void release(Heap& heap);

 private:
  class Rewriter;

  void grow(Heap& heap, size_t more);
  void put(uint64_t number);
};

// Goes through a list.
class PostingReader {
 public:
  PostingReader(const PostingList& list, bool has_positions)
      : list_(&list), has_positions_(has_positions) {}

  // False: there are no more.
  bool next();
  // Passes entries over, but none from the target on.
  void skip_to(DocNumber target);

  // REQUIRES: next() answered true.
  DocNumber doc() const { return doc_; }
  uint32_t frequency() const { return frequency_; }
  void positions(std::vector<uint32_t>* out);
  // The same as they are written.
  std::span<const uint8_t> position_bytes();

 private:
  uint64_t take();
  void pass_positions();

  const PostingList* list_;
  const bool has_positions_;
  DocNumber doc_ = 0;
  uint32_t frequency_ = 1;
  uint32_t unread_ = 0;  // positions of this entry
  uint32_t at_ = 0;
  uint32_t entry_ = 0;  // how many have been read
};

// Writes a list over itself, behind where it is read: no entry becomes longer.
class PostingList::Rewriter {
 public:
  explicit Rewriter(PostingList* list) : list_(*list) {}

  void put(DocNumber doc, uint32_t frequency, std::span<const uint8_t> positions);
  // Gives back what is not needed any more.
  void finish(Heap& heap);

 private:
  void put(uint64_t number);

  PostingList& list_;
  uint32_t size_ = 0;
  uint32_t entries_ = 0;
  DocNumber last_ = 0;
};

template <class NumberOf>
void PostingList::renumber(Heap& heap, bool has_positions, NumberOf number_of) {
  PostingReader reader(*this, has_positions);
  Rewriter rewriter(this);
  while (reader.next()) {
    const std::span<const uint8_t> positions = reader.position_bytes();
    const DocNumber number = number_of(reader.doc());
    if (number != kNoDoc) rewriter.put(number, reader.frequency(), positions);
  }
  rewriter.finish(heap);
}

}  // namespace redstart::search
