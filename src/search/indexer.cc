#include "search/indexer.h"

#include <algorithm>

#include "search/lengths.h"

namespace redstart::search {

namespace {

// Values of a list are so far apart that no phrase reaches from one to the next.
constexpr uint32_t kValueGap = 100;
// Bytes of terms: scratch memory of a document with more of them is not kept.
constexpr size_t kScratchMax = 64 * 1024;

}  // namespace

size_t Indexer::add(DocNumber doc, const Document& document) {
  list_count_ = 0;
  values_.clear();
  for (const Document::Value& value : document.values()) values_.push_back(&value);
  std::stable_sort(
      values_.begin(), values_.end(),
      [](const Document::Value* a, const Document::Value* b) { return a->field < b->field; });
  for (size_t i = 0; i < values_.size();) {
    size_t end = i + 1;
    while (end < values_.size() && values_[end]->field == values_[i]->field) end++;
    add_field(doc, values_[i]->field, std::span(values_).subspan(i, end - i));
    i = end;
  }
  if (terms_.capacity() > kScratchMax) drop_large_scratch();
  return list_count_;
}

void Indexer::forget(DocNumber doc) {
  for (FieldIndex& field : contents_.fields) {
    if (field.lengths == nullptr || !field.lengths->has(doc)) continue;
    field.total_length -= length_of(static_cast<uint8_t>(field.lengths->code(doc)));
  }
}

void Indexer::drop_large_scratch() {
  std::vector<Occurrence>().swap(occurrences_);
  std::vector<uint32_t>().swap(positions_);
  std::string().swap(terms_);
  tokens_ = Tokens();
}

void Indexer::add_field(DocNumber doc, FieldNumber number, Values values) {
  FieldIndex& field = contents_.fields[number];
  if (field.dictionary == nullptr) {
    for (const Document::Value* value : values) field.column->append(doc, value->code);
  } else if (field.lengths == nullptr) {
    for (const Document::Value* value : values) add_whole(doc, &field, value->text);
  } else {
    add_words(doc, &field, analysis_of(schema_.field(number)), values);
  }
}

void Indexer::add_whole(DocNumber doc, FieldIndex* field, std::string_view text) {
  if (text.size() > Term::kSizeMax) return;
  Term* term = hold(*field, text);
  if (field->column != nullptr) field->column->append(doc, term->ordinal);
  add_to_list(doc, term, {});
}

void Indexer::add_to_list(DocNumber doc, Term* term, std::span<const uint32_t> positions) {
  const Documents& documents = contents_.documents;
  if (term->generation != documents.generation()) doc = documents.old_numbers()[doc];
  PostingList& list = term->list;
  // The same value may come twice in a list.
  if (list.entries > 0 && list.last == doc) return;
  list.append(contents_.heap, doc, positions);
  list_count_++;
}

void Indexer::gather_occurrences(Analysis analysis, Values values) {
  occurrences_.clear();
  terms_.clear();
  uint32_t base = 0;
  for (const Document::Value* value : values) {
    analyzer_.tokens(value->text, analysis, &tokens_);
    for (size_t i = 0; i < tokens_.size(); i++) {
      const std::string_view term = tokens_.term(i);
      occurrences_.push_back({static_cast<uint32_t>(terms_.size()),
                              static_cast<uint32_t>(term.size()), base + tokens_[i].position});
      terms_ += term;
    }
    if (!occurrences_.empty()) base = occurrences_.back().position + kValueGap;
  }
}

void Indexer::add_words(DocNumber doc, FieldIndex* field, Analysis analysis, Values values) {
  gather_occurrences(analysis, values);
  if (occurrences_.empty()) return;
  std::sort(occurrences_.begin(), occurrences_.end(),
            [this](const Occurrence& a, const Occurrence& b) {
              const int order = term_of(a).compare(term_of(b));
              return order != 0 ? order < 0 : a.position < b.position;
            });
  for (size_t i = 0; i < occurrences_.size();) {
    const std::string_view term = term_of(occurrences_[i]);
    positions_.clear();
    for (; i < occurrences_.size() && term_of(occurrences_[i]) == term; i++) {
      positions_.push_back(occurrences_[i].position);
    }
    add_to_list(doc, hold(*field, term), positions_);
  }
  const uint8_t code = length_code(static_cast<uint32_t>(occurrences_.size()));
  field->lengths->append(doc, code);
  field->total_length += length_of(code);
}

}  // namespace redstart::search
