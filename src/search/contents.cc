#include "search/contents.h"

#include "search/analysis.h"

namespace redstart::search {

FieldIndex::FieldIndex(Heap& heap, const uint64_t& hash_seed, const Field& field) {
  const bool has_words = analysis_of(field) != Analysis::kWhole;
  if (has_terms(field.type)) {
    const bool has_ordinals = field.type != FieldType::kText;
    dictionary = std::make_unique<Dictionary>(heap, hash_seed, has_words, has_ordinals);
  }
  if (field.type != FieldType::kText) column = std::make_unique<Column>(heap, field.type);
  if (has_words) lengths = std::make_unique<Column>(heap, FieldType::kText);
}

Contents::Contents(Slab& slab, const uint64_t& hash_seed, const Schema& schema)
    : heap(slab), documents(heap, hash_seed) {
  for (const Field& field : schema.fields()) fields.emplace_back(heap, hash_seed, field);
}

size_t living_documents(const Contents& contents, const Dictionary& dictionary, const Term& term) {
  if (all_live(contents, term)) return term.list.entries;
  size_t count = 0;
  LivePostings postings(contents, term, dictionary.has_positions());
  while (postings.next()) count++;
  return count;
}

}  // namespace redstart::search
