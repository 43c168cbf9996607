// Puts the fields of documents into what an index holds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "search/analysis.h"
#include "search/contents.h"
#include "search/document.h"
#include "search/schema.h"

namespace redstart::search {

class Indexer {
 public:
  Indexer(const Schema& schema, Contents* contents, Analyzer* analyzer)
      : schema_(schema), contents_(*contents), analyzer_(*analyzer) {}

  // Answers in how many lists of terms the document is now. REQUIRES: it has just got its number.
  size_t add(DocNumber doc, const Document& document);
  // Takes away what is not found out by the document being dead. REQUIRES: it lives.
  void forget(DocNumber doc);

 private:
  struct Occurrence {
    uint32_t at, size;  // of the term, in terms_
    uint32_t position;
  };
  using Values = std::span<const Document::Value* const>;

  std::string_view term_of(const Occurrence& o) const {
    return std::string_view(terms_).substr(o.at, o.size);
  }
  Term* hold(const FieldIndex& field, std::string_view text) {
    return field.dictionary->hold(text, contents_.documents.generation());
  }

  void add_field(DocNumber doc, FieldNumber number, Values values);
  void add_whole(DocNumber doc, FieldIndex* field, std::string_view text);
  void add_words(DocNumber doc, FieldIndex* field, Analysis analysis, Values values);
  void gather_occurrences(Analysis analysis, Values values);
  void add_to_list(DocNumber doc, Term* term, std::span<const uint32_t> positions);
  void drop_large_scratch();

  const Schema& schema_;
  Contents& contents_;
  Analyzer& analyzer_;
  size_t list_count_ = 0;
  // Kept from one document to the next, unless large.
  std::vector<const Document::Value*> values_;
  std::vector<Occurrence> occurrences_;
  std::vector<uint32_t> positions_;
  std::string terms_;
  Tokens tokens_;
};

}  // namespace redstart::search
