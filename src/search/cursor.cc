#include "search/cursor.h"

#include <algorithm>

namespace redstart::search {

size_t Cursor::count_rest() {
  size_t count = 0;
  for (; doc_ != kNoDoc; next()) count++;
  return count;
}

TermCursor::TermCursor(const Contents& contents, const FieldIndex& field, const Term& term,
                       const TermWeight& weight)
    : postings_(contents, term, field.dictionary->has_positions()),
      weight_(weight),
      cost_(term.list.entries),
      is_exact_(all_live(contents, term)) {
  next();
  first_ = doc_;
}

size_t TermCursor::count_rest() {
  return is_exact_ && doc_ == first_ ? cost_ : Cursor::count_rest();
}

void TermCursor::next() { doc_ = postings_.next() ? postings_.doc() : kNoDoc; }

void TermCursor::seek(DocNumber target) {
  doc_ = postings_.seek(target) ? postings_.doc() : kNoDoc;
}

void GatheredCursor::seek(DocNumber target) {
  // It is near more often than not: in leaps that double, then exactly.
  size_t leap = 1;
  while (at_ + leap < entries_.size() && entries_[at_ + leap].doc < target) {
    at_ += leap;
    leap *= 2;
  }
  const auto begin = entries_.begin() + at_;
  const auto end = entries_.begin() + std::min(at_ + leap + 1, entries_.size());
  at_ = std::partition_point(begin, end, [target](const Entry& e) { return e.doc < target; }) -
        entries_.begin();
  stand();
}

void MaskCursor::begin() {
  if (documents_.words() > 0) bits_ = mask(0);
  find();
}

void MaskCursor::find() {
  while (bits_ == 0) {
    if (++word_ >= documents_.words()) {
      doc_ = kNoDoc;
      return;
    }
    bits_ = mask(word_);
  }
  doc_ = static_cast<DocNumber>(word_ * 64 + __builtin_ctzll(bits_));
}

void MaskCursor::next() {
  bits_ &= bits_ - 1;
  find();
}

void MaskCursor::seek(DocNumber target) {
  const size_t word = target / 64;
  if (word >= documents_.words()) {
    doc_ = kNoDoc;
    return;
  }
  if (word != word_) bits_ = mask(word);
  word_ = word;
  bits_ &= ~uint64_t{0} << target % 64;
  find();
}

size_t MaskCursor::count_rest() {
  size_t count = __builtin_popcountll(bits_);
  for (size_t word = word_ + 1; word < documents_.words(); word++) {
    count += __builtin_popcountll(mask(word));
  }
  return count;
}

}  // namespace redstart::search
