#include "search/compaction.h"

#include <algorithm>

namespace redstart::search {

namespace {

// Fewer dead documents than these are not worth it.
constexpr size_t kDeadLeast = 64;
// How much of these costs about as much as a term: entries of its list, documents in a column,
// keys of documents.
constexpr size_t kEntriesPerTerm = 16;
constexpr size_t kValuesPerTerm = 128;
constexpr size_t kKeysPerTerm = 8;

void take(size_t cost, size_t* budget) { *budget -= std::min(*budget, cost); }

}  // namespace

bool Compaction::is_due() const {
  const size_t dead = contents_.documents.dead();
  if (contents_.documents.size() == 0) return dead > 0;
  return dead >= kDeadLeast && dead * 4 >= contents_.documents.end();
}

void Compaction::begin() {
  contents_.documents.begin_renumbering();
  const HeapVector<DocNumber>* old_numbers = &contents_.documents.old_numbers();
  for (FieldIndex& field : contents_.fields) {
    if (field.column != nullptr) field.column->keep_old_numbers(old_numbers);
    if (field.lengths != nullptr) field.lengths->keep_old_numbers(old_numbers);
  }
  has_entries_ = has_columns_ = false;
  field_ = 0;
  from_.clear();
}

bool Compaction::step(size_t budget) {
  Documents& documents = contents_.documents;
  if (!documents.renumbering()) {
    if (!is_due()) {
      for (; budget > 0; budget--) {
        if (!documents.shrink_step()) return true;
      }
      return false;
    }
    begin();
  }
  if (!has_entries_) {
    size_t keys = budget * kKeysPerTerm;
    has_entries_ = documents.renew_entries(&keys);
    budget = keys / kKeysPerTerm;
  }
  if (!has_entries_ || !renew_columns(&budget) || !renew_terms(&budget)) return false;
  documents.end_renumbering();
  return true;
}

// False: the budget is used up (so below).
bool Compaction::renew_columns(size_t* budget) {
  if (has_columns_) return true;
  const Documents& documents = contents_.documents;
  for (; field_ < contents_.fields.size(); field_++) {
    if (*budget == 0) return false;
    const FieldIndex& field = contents_.fields[field_];
    for (Column* column : {field.column.get(), field.lengths.get()}) {
      if (column == nullptr) continue;
      column->renew(documents.numbers());
      take(documents.end() / kValuesPerTerm, budget);
    }
  }
  has_columns_ = true;
  field_ = 0;
  return true;
}

bool Compaction::renew_terms(size_t* budget) {
  for (; field_ < contents_.fields.size(); field_++, from_.clear()) {
    Dictionary* dictionary = contents_.fields[field_].dictionary.get();
    if (dictionary != nullptr && !renew_terms_of(dictionary, budget)) return false;
  }
  return true;
}

bool Compaction::renew_terms_of(Dictionary* dictionary, size_t* budget) {
  Dictionary::Walk walk(*dictionary);
  for (bool on = walk.seek(from_); on;) {
    Term* term = walk.term();
    if (*budget == 0) {
      from_ = term->text();
      return false;
    }
    take(1 + term->list.entries / kEntriesPerTerm, budget);
    renew(*dictionary, term);
    if (term->list.entries > 0) {
      on = walk.next();
      continue;
    }
    from_ = term->text();
    dictionary->erase(term);
    on = walk.seek(from_);
  }
  return true;
}

void Compaction::renew(const Dictionary& dictionary, Term* term) {
  const Documents& documents = contents_.documents;
  if (term->generation == documents.generation()) return;
  const HeapVector<DocNumber>& numbers = documents.numbers();
  term->list.renumber(contents_.heap, dictionary.has_positions(), [&](DocNumber doc) {
    const DocNumber number = numbers[doc];
    return number != kNoDoc && documents.lives(number) ? number : kNoDoc;
  });
  term->generation = documents.generation();
}

}  // namespace redstart::search
