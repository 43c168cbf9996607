#include "search/compaction.h"

#include <algorithm>
#include <vector>

namespace redstart::search {

namespace {

// Fewer dead documents than these are not worth it.
constexpr size_t kDeadLeast = 64;
// Entries of a list that cost about as much as a term.
constexpr size_t kEntriesPerTerm = 16;

}  // namespace

bool Compaction::is_due() const {
  const size_t dead = contents_.documents.dead();
  if (contents_.documents.size() == 0) return dead > 0;
  return dead >= kDeadLeast && dead * 4 >= contents_.documents.end();
}

void Compaction::begin() {
  contents_.documents.renumber(&contents_.numbers);
  for (FieldIndex& field : contents_.fields) {
    if (field.column != nullptr) field.column->renumber(contents_.numbers);
    if (field.lengths != nullptr) field.lengths->renumber(contents_.numbers);
  }
  contents_.generation ^= 1;
  active_ = true;
  field_ = 0;
  from_.clear();
}

void Compaction::finish() {
  HeapVector<DocNumber>(contents_.numbers.get_allocator()).swap(contents_.numbers);
  active_ = false;
}

bool Compaction::step(size_t budget) {
  if (!active_ && is_due()) begin();
  if (!active_) {
    for (; budget > 0; budget--) {
      if (!contents_.documents.shrink_step()) return true;
    }
    return false;
  }
  for (; field_ < contents_.fields.size(); field_++, from_.clear()) {
    Dictionary* dictionary = contents_.fields[field_].dictionary.get();
    if (dictionary != nullptr && !renew_some(dictionary, &budget)) return false;
  }
  finish();
  return true;
}

// False: the budget is used up before the terms are.
bool Compaction::renew_some(Dictionary* dictionary, size_t* budget) {
  Dictionary::Walk walk(*dictionary);
  for (bool on = walk.seek(from_); on;) {
    Term* term = walk.term();
    if (*budget == 0) {
      from_ = term->text();
      return false;
    }
    *budget -= std::min(*budget, 1 + term->list.entries / kEntriesPerTerm);
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
  if (term->generation == contents_.generation) return;
  PostingList renewed;
  std::vector<uint32_t> positions;
  LivePostings postings(contents_, *term, dictionary.has_positions());
  while (postings.next()) {
    if (dictionary.has_positions()) postings.positions(&positions);
    renewed.append(contents_.heap, postings.doc(), positions);
  }
  term->list.release(contents_.heap);
  term->list = renewed;
  term->generation = contents_.generation;
}

}  // namespace redstart::search
