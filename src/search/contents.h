// What an index holds: all that plans and cursors read.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "search/columns.h"
#include "search/dictionary.h"
#include "search/documents.h"
#include "search/heap.h"
#include "search/lengths.h"
#include "search/schema.h"

namespace redstart::search {

struct FieldIndex {
  FieldIndex(Heap& heap, const uint64_t& hash_seed, const Field& field);

  std::unique_ptr<Dictionary> dictionary;  // TEXT, KEYWORD, FACET
  std::unique_ptr<Column> column;          // all but TEXT
  std::unique_ptr<Column> lengths;         // TEXT that is cut into words: how many
  uint64_t total_length = 0;               // of living documents
};

struct Contents {
  Contents(Slab& slab, const uint64_t& hash_seed, const Schema& schema);

  Heap heap;
  Documents documents;
  std::vector<FieldIndex> fields;
};

// The living documents of a term, by their present numbers.
class LivePostings {
 public:
  LivePostings(const Contents& contents, const Term& term, bool has_positions)
      : documents_(contents.documents),
        numbers_(term.generation == documents_.generation() ? nullptr : &documents_.numbers()),
        reader_(term.list, has_positions) {}

  bool next() {
    while (reader_.next()) {
      doc_ = reader_.doc();
      if (numbers_ != nullptr) {
        doc_ = (*numbers_)[doc_];
        if (doc_ == kNoDoc) continue;
      }
      if (documents_.lives(doc_)) return true;
    }
    return false;
  }
  // To the first one from the target on. REQUIRES: it is behind doc().
  bool seek(DocNumber target) {
    if (numbers_ == nullptr) reader_.skip_to(target);
    while (next()) {
      if (doc_ >= target) return true;
    }
    return false;
  }

  DocNumber doc() const { return doc_; }
  uint32_t frequency() const { return reader_.frequency(); }
  void positions(std::vector<uint32_t>* out) { reader_.positions(out); }

 private:
  const Documents& documents_;
  const HeapVector<DocNumber>* const numbers_;
  PostingReader reader_;
  DocNumber doc_ = 0;
};

// Whether all documents in the list of the term live.
inline bool all_live(const Contents& contents, const Term& term) {
  return contents.documents.dead() == 0 && term.generation == contents.documents.generation();
}
// How many living documents have the term: exact, though that means to look at each if there are
// dead ones, so that scores do not depend on what was in the index before.
size_t living_documents(const Contents& contents, const Dictionary& dictionary, const Term& term);

}  // namespace redstart::search
