// Cursors over other cursors: all of them, any of them, some without others.
//
// Scores are added in the order in which the parts are given: sums of doubles depend on the order,
// and documents that match in the same way must come out equal.
#pragma once

#include <vector>

#include "search/cursor.h"

namespace redstart::search {

// Documents that all parts have. Scores add up.
class AllOfCursor : public Cursor {
 public:
  // REQUIRES: one part at least.
  explicit AllOfCursor(std::vector<CursorPtr> parts);

  void next() override;
  void seek(DocNumber target) override;
  double score() override;
  bool one_score() const override;
  size_t cost() const override { return by_cost_[0]->cost(); }

 private:
  void agree();

  std::vector<CursorPtr> parts_;
  std::vector<Cursor*> by_cost_;  // the rarest first: it leads
};

// Documents that one part has at least. Scores add up.
class AnyOfCursor : public Cursor {
 public:
  // REQUIRES: one part at least.
  explicit AnyOfCursor(std::vector<CursorPtr> parts);

  void next() override;
  void seek(DocNumber target) override;
  double score() override;
  size_t cost() const override { return cost_; }

 private:
  struct Part {
    CursorPtr cursor;
    size_t number;  // in the order given
  };
  struct Score {
    size_t number;
    double score;
  };

  DocNumber doc_of(size_t at) const { return heap_[at].cursor->doc(); }
  void sift(size_t at);
  void gather_scores(size_t at);

  std::vector<Part> heap_;  // the one with the least document first
  std::vector<Score> scores_;
  size_t cost_ = 0;
};

// Documents of one cursor that another one does not have.
class WithoutCursor : public Cursor {
 public:
  WithoutCursor(CursorPtr wanted, CursorPtr unwanted);

  void next() override;
  void seek(DocNumber target) override;
  double score() override { return wanted_->score(); }
  bool one_score() const override { return wanted_->one_score(); }
  size_t cost() const override { return wanted_->cost(); }

 private:
  void pass();

  CursorPtr wanted_;
  CursorPtr unwanted_;
};

// Documents of one cursor; another one, where it has them, adds to the score.
class BetterWithCursor : public Cursor {
 public:
  BetterWithCursor(CursorPtr wanted, CursorPtr better);

  void next() override;
  void seek(DocNumber target) override;
  double score() override;
  size_t cost() const override { return wanted_->cost(); }

 private:
  CursorPtr wanted_;
  CursorPtr better_;
};

}  // namespace redstart::search
