#include "search/phrase.h"

#include <algorithm>

namespace redstart::search {

namespace {

// Starts are counted from here: a word that is moved forward may begin a phrase before the text.
constexpr uint32_t kBase = 1u << 30;

}  // namespace

PhraseCursor::PhraseCursor(std::vector<Part> parts, uint32_t slop, const TermWeight& weight)
    : parts_(std::move(parts)), slop_(slop), weight_(weight), places_(parts_.size()) {
  for (const Part& part : parts_) {
    size_t cost = 0;
    for (const auto& term : part.terms) cost += term->cost();
    cost_ = std::min(cost_, cost);
  }
  find(0);
}

void PhraseCursor::next() { find(doc_ + 1); }

void PhraseCursor::seek(DocNumber target) { find(target); }

// To the first match from here on.
void PhraseCursor::find(DocNumber from) {
  for (doc_ = from;;) {
    size_t agree = 0;
    while (agree < parts_.size()) {
      Part& part = parts_[agree];
      seek_part(&part, doc_);
      if (part.doc == doc_) {
        agree++;
        continue;
      }
      doc_ = part.doc;
      if (doc_ == kNoDoc) return;
      agree = 0;
    }
    found_ = count_matches();
    if (found_ > 0) return;
    doc_++;
  }
}

void PhraseCursor::seek_part(Part* part, DocNumber target) {
  part->doc = kNoDoc;
  for (const auto& term : part->terms) {
    if (term->doc() < target) term->seek(target);
    part->doc = std::min(part->doc, term->doc());
  }
}

void PhraseCursor::read_starts(Part* part) {
  part->starts.clear();
  for (const auto& term : part->terms) {
    if (term->doc() != doc_) continue;
    term->positions(&scratch_);
    for (uint32_t position : scratch_) part->starts.push_back(kBase + position - part->offset);
  }
  if (part->terms.size() > 1) std::sort(part->starts.begin(), part->starts.end());
}

// How many times all parts agree on a start, within the slop.
uint32_t PhraseCursor::count_matches() {
  for (Part& part : parts_) read_starts(&part);
  std::fill(places_.begin(), places_.end(), 0);
  uint32_t count = 0;
  for (;;) {
    uint32_t least = UINT32_MAX, most = 0;
    size_t last = 0;  // the part that is farthest behind
    for (size_t i = 0; i < parts_.size(); i++) {
      const uint32_t start = parts_[i].starts[places_[i]];
      if (start < least) least = start, last = i;
      most = std::max(most, start);
    }
    count += most - least <= slop_;
    if (++places_[last] == parts_[last].starts.size()) return count;
  }
}

}  // namespace redstart::search
