#include "search/groups.h"

#include <algorithm>

namespace redstart::search {

AllOfCursor::AllOfCursor(std::vector<CursorPtr> parts) : parts_(std::move(parts)) {
  for (const CursorPtr& part : parts_) by_cost_.push_back(part.get());
  std::stable_sort(by_cost_.begin(), by_cost_.end(),
                   [](const Cursor* a, const Cursor* b) { return a->cost() < b->cost(); });
  agree();
}

void AllOfCursor::next() {
  by_cost_[0]->next();
  agree();
}

void AllOfCursor::seek(DocNumber target) {
  by_cost_[0]->seek(target);
  agree();
}

// Moves all parts forward until they stand on one document.
void AllOfCursor::agree() {
  doc_ = by_cost_[0]->doc();
  for (size_t i = 1; doc_ != kNoDoc && i < by_cost_.size();) {
    Cursor& part = *by_cost_[i];
    if (part.doc() < doc_) part.seek(doc_);
    if (part.doc() == doc_) {
      i++;
      continue;
    }
    doc_ = part.doc();
    if (doc_ == kNoDoc) return;
    by_cost_[0]->seek(doc_);
    doc_ = by_cost_[0]->doc();
    i = 1;
  }
}

double AllOfCursor::score() {
  double sum = 0;
  for (const CursorPtr& part : parts_) sum += part->score();
  return sum;
}

bool AllOfCursor::one_score() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const CursorPtr& part) { return part->one_score(); });
}

AnyOfCursor::AnyOfCursor(std::vector<CursorPtr> parts) {
  for (CursorPtr& part : parts) {
    cost_ += part->cost();
    heap_.push_back({std::move(part), heap_.size()});
  }
  for (size_t i = heap_.size() / 2; i > 0; i--) sift(i - 1);
  doc_ = doc_of(0);
}

void AnyOfCursor::next() { seek(doc_ + 1); }

void AnyOfCursor::seek(DocNumber target) {
  while (doc_of(0) < target) {
    if (doc_of(0) + 1 == target) {
      heap_[0].cursor->next();
    } else {
      heap_[0].cursor->seek(target);
    }
    sift(0);
  }
  doc_ = doc_of(0);
}

// Puts a part that has moved forward in its place.
void AnyOfCursor::sift(size_t at) {
  for (;;) {
    size_t least = at;
    for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap_.size(); child++) {
      if (doc_of(child) < doc_of(least)) least = child;
    }
    if (least == at) return;
    std::swap(heap_[at], heap_[least]);
    at = least;
  }
}

// Parts on this document have their parents on it as well.
void AnyOfCursor::gather_scores(size_t at) {
  if (at >= heap_.size() || doc_of(at) != doc_) return;
  scores_.push_back({heap_[at].number, heap_[at].cursor->score()});
  gather_scores(2 * at + 1);
  gather_scores(2 * at + 2);
}

double AnyOfCursor::score() {
  scores_.clear();
  gather_scores(0);
  std::sort(scores_.begin(), scores_.end(),
            [](const Score& a, const Score& b) { return a.number < b.number; });
  double sum = 0;
  for (const Score& score : scores_) sum += score.score;
  return sum;
}

WithoutCursor::WithoutCursor(CursorPtr wanted, CursorPtr unwanted)
    : wanted_(std::move(wanted)), unwanted_(std::move(unwanted)) {
  pass();
}

void WithoutCursor::next() {
  wanted_->next();
  pass();
}

void WithoutCursor::seek(DocNumber target) {
  wanted_->seek(target);
  pass();
}

void WithoutCursor::pass() {
  for (;; wanted_->next()) {
    doc_ = wanted_->doc();
    if (doc_ == kNoDoc) return;
    if (unwanted_->doc() < doc_) unwanted_->seek(doc_);
    if (unwanted_->doc() != doc_) return;
  }
}

BetterWithCursor::BetterWithCursor(CursorPtr wanted, CursorPtr better)
    : wanted_(std::move(wanted)), better_(std::move(better)) {
  doc_ = wanted_->doc();
}

void BetterWithCursor::next() {
  wanted_->next();
  doc_ = wanted_->doc();
}

void BetterWithCursor::seek(DocNumber target) {
  wanted_->seek(target);
  doc_ = wanted_->doc();
}

double BetterWithCursor::score() {
  if (better_->doc() < doc_) better_->seek(doc_);
  return wanted_->score() + (better_->doc() == doc_ ? better_->score() : 0);
}

}  // namespace redstart::search
