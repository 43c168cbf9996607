// An index: documents, found by what is in their fields.
//
//   documents    key <-> number, in order of insertion
//   fields       per field a column (columns.h) or a dictionary of terms with the documents of
//                each (dictionary.h, postings.h), or both
//
// A document that is replaced gets a new number at the end; the old one is dead until enough dead
// ones have gathered for the index to be compacted: settle() does that.
//
// Scores are those of BM25 (k1 1.2, b 0.75) with the numbers of living documents: they do not
// depend on what was in the index before.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "search/columns.h"
#include "search/document.h"
#include "search/query.h"
#include "search/schema.h"
#include "types/json_node.h"

namespace redstart {
class Slab;
class ValueDigest;
}  // namespace redstart

namespace redstart::search {

class Analyzer;

struct Hit {
  DocNumber doc;
  // What the order is by: the score, or the number of the order's field (NaN without a value; 0
  // of a KEYWORD or FACET, whose text Index::text() has).
  double score;
};

// Turns the score of a match into another one: SCOREFUNC.
class Scorer {
 public:
  virtual ~Scorer() = default;
  virtual double score(DocNumber doc, double score) const = 0;
};

struct FindOptions {
  size_t limit = 10;
  size_t offset = 0;
  // Order by this field instead of by score. Documents without a value come last. Ties are in
  // order of insertion. REQUIRES: not of type TEXT.
  FieldNumber order = kNoField;
  bool ascending = false;
  const Scorer* scorer = nullptr;
};

class Index {
 public:
  // `hash_seed` is that of tables (type_env.h) and outlives the index.
  Index(Slab& slab, const uint64_t& hash_seed, Definition definition);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  const Definition& definition() const;
  const Schema& schema() const { return definition().schema; }
  // For highlights.
  Analyzer& analyzer();

  // Puts the document in, in the place of the one that the key had. It may have no fields at all:
  // then it is found by an empty filter only.
  void replace(std::string_view key, const Document& document);
  // False: there was none.
  bool remove(std::string_view key);
  // Does what is left of compacting, for about so many terms and documents at most. True: nothing
  // is left. Queries need not wait for it.
  bool settle(size_t budget);

  // False: `error` says why, as the reply says it. The heap is for reading the text.
  bool compile(std::string_view filter, JsonHeap heap, Query* query, std::string* error);

  // Best first; options.limit at most, from options.offset on.
  void find(const Query& query, const FindOptions& options, std::vector<Hit>* hits) const;
  size_t count(const Query& query) const;
  // All matches, ascending.
  void matching(const Query& query, std::vector<DocNumber>* docs) const;
  // The terms of a field that make documents match: what a highlight marks. Sorted, each once.
  void terms_of(const Query& query, FieldNumber field, std::vector<std::string>* terms) const;

  // Documents that are in the index.
  size_t size() const;
  // kNoDoc: not in the index.
  DocNumber find_key(std::string_view key) const;
  // REQUIRES: a living document.
  std::string_view key(DocNumber doc) const;
  // In order of insertion: visit(doc, key).
  template <class Visit>
  void each_document(Visit visit) const {
    for (DocNumber doc = next_doc(0); doc != kNoDoc; doc = next_doc(doc + 1)) visit(doc, key(doc));
  }
  // The first living document from here on; kNoDoc: none.
  DocNumber next_doc(DocNumber from) const;

  // Null: a field of type TEXT.
  const Column* column(FieldNumber field) const;
  // The text of an ordinal of a KEYWORD or FACET field. It stays until the next change.
  std::string_view text(FieldNumber field, uint32_t ordinal) const;
  // The first value as it is printed: "30", "true", "2026-01-10T10:00:00Z", "tools". False: there
  // is none.
  bool value_text(FieldNumber field, DocNumber doc, std::string* out) const;

  // All memory, without a walk.
  size_t bytes() const;
  // Definition and keys, in order.
  void digest(ValueDigest* digest) const;
  // Gives back as much as the budget allows and takes it off; true when nothing is left but the
  // object itself. Until then nothing else may be asked of it.
  bool release_some(size_t* budget);

 private:
  struct State;

  bool drop(std::string_view key);
  size_t kept(const FindOptions& options) const;
  void find_ordered(const Query& query, const FindOptions& options, std::vector<Hit>* hits) const;

  std::unique_ptr<State> state_;
};

}  // namespace redstart::search
