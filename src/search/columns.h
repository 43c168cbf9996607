// The values of one field of all documents, found by the number of a document.
//
//   chunks     for every 256 documents: a block of 1, 4 or 8 bytes each, made when the first of
//              them has a value, and a bit each that says whether there is one
//   more       the second and further values of documents that have several, by document
//
// A value is kept as a code of 64 bits whose order is that of the values, whatever the type:
//
//   U64       the number                 I64, DATE (microseconds)   the number with its sign turned
//   F64       the bits, made ascending   BOOL                       0 or 1
//   KEYWORD, FACET                       the ordinal of the text (in no order)
//   TEXT      how many words, in a byte (lengths.h); this column is of the index itself
//
// So a range is two comparisons of codes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "search/heap.h"
#include "search/schema.h"

namespace redstart::search {

// Ascending in the order of insertion. A changed document gets a new number at the end.
using DocNumber = uint32_t;
inline constexpr DocNumber kNoDoc = UINT32_MAX;

inline uint64_t code_of(uint64_t value) { return value; }
inline uint64_t code_of(int64_t value) {
  return static_cast<uint64_t>(value) ^ (uint64_t{1} << 63);
}
uint64_t code_of(double value);

// The number that a code of this type means: of a DATE its milliseconds since 1970, of a BOOL 0 or
// 1. REQUIRES: neither KEYWORD nor FACET.
double number_of(FieldType type, uint64_t code);
// Exactly: REQUIRES: I64 or DATE (microseconds).
inline int64_t integer_of(uint64_t code) {
  return static_cast<int64_t>(code ^ (uint64_t{1} << 63));
}

class Column {
 public:
  Column(Heap& heap, FieldType type);
  ~Column();
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;

  FieldType type() const { return type_; }

  bool has(DocNumber doc) const { return has_at(place(doc)); }
  // The first value. REQUIRES: has(doc).
  uint64_t code(DocNumber doc) const { return code_at(place(doc)); }
  double number(DocNumber doc) const { return number_of(type_, code(doc)); }

  // All values, in the order in which they came: visit(code).
  template <class Visit>
  void each(DocNumber doc, Visit visit) const {
    const DocNumber at = place(doc);
    if (!has_at(at)) return;
    visit(code_at(at));
    for (size_t i = more_begin(at); i < more_.size() && more_[i].at == at; i++) {
      visit(more_[i].code);
    }
  }
  // How many values the document has.
  size_t count(DocNumber doc) const;
  // Whether one of them is in [low, high].
  bool has_between(DocNumber doc, uint64_t low, uint64_t high) const {
    const DocNumber at = place(doc);
    if (!has_at(at)) return false;
    const uint64_t first = code_at(at);
    return (low <= first && first <= high) || (!more_.empty() && more_between(at, low, high));
  }
  // Of the documents [64 * word, 64 * word + 64): a bit each that says whether one of its values is
  // in [low, high].
  uint64_t mask_between(size_t word, uint64_t low, uint64_t high) const;

  // REQUIRES: no document behind it has a value.
  void append(DocNumber doc, uint64_t code);
  // Documents are being renumbered (documents.h): until renew() this column goes on with their old
  // numbers.
  void keep_old_numbers(const HeapVector<DocNumber>* old_numbers) { old_numbers_ = old_numbers; }
  void renew(const HeapVector<DocNumber>& numbers);

 private:
  static constexpr DocNumber kChunk = 256;

  struct Chunk {
    uint64_t present[kChunk / 64];
    uint8_t bytes[];
  };
  struct More {
    DocNumber at;
    uint64_t code;
  };

  // Where the values of a document are: at its number, or at its old one.
  DocNumber place(DocNumber doc) const {
    return old_numbers_ == nullptr ? doc : (*old_numbers_)[doc];
  }

  Chunk* chunk_of(DocNumber at) const {
    const size_t chunk = at / kChunk;
    return chunk < chunks_.size() ? chunks_[chunk] : nullptr;
  }
  bool has_at(DocNumber at) const {
    const Chunk* chunk = chunk_of(at);
    return chunk != nullptr && (chunk->present[at % kChunk / 64] >> (at % 64) & 1) != 0;
  }
  uint64_t code_at(DocNumber at) const { return load(*chunk_of(at), at % kChunk); }
  void put(DocNumber at, uint64_t code);
  void store(Chunk* chunk, size_t i, uint64_t code);
  uint64_t load(const Chunk& chunk, size_t at) const {
    if (width_ == 8) {
      uint64_t code;
      std::memcpy(&code, chunk.bytes + at * 8, 8);
      return code;
    }
    if (width_ == 1) return chunk.bytes[at];
    uint32_t code;
    std::memcpy(&code, chunk.bytes + at * 4, 4);
    return code;
  }
  size_t chunk_bytes() const { return sizeof(Chunk) + kChunk * width_; }
  size_t more_begin(DocNumber at) const;
  bool more_between(DocNumber at, uint64_t low, uint64_t high) const;
  Chunk* chunk_for(DocNumber at);
  void release_chunks();

  Heap& heap_;
  const FieldType type_;
  const uint32_t width_;
  HeapVector<Chunk*> chunks_;
  HeapVector<More> more_;  // by place
  const HeapVector<DocNumber>* old_numbers_ = nullptr;
};

}  // namespace redstart::search
