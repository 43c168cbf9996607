// Documents in ascending order: those of a term, of a range, of several of these together.
//
// A cursor stands on its first document when it is made. doc() is kNoDoc behind the last one.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "search/columns.h"
#include "search/contents.h"
#include "search/scoring.h"

namespace redstart::search {

class Cursor {
 public:
  virtual ~Cursor() = default;

  DocNumber doc() const { return doc_; }
  // REQUIRES of both: doc() is not kNoDoc. The target is behind doc().
  virtual void next() = 0;
  virtual void seek(DocNumber target) = 0;
  // Of doc().
  virtual double score() = 0;
  // Whether all documents are known to have the same score: then the first ones are the best.
  virtual bool one_score() const { return false; }
  // About how many documents there are, not too few.
  virtual size_t cost() const = 0;
  // How many there are from doc() on. Nothing may be asked after that.
  virtual size_t count_rest();

 protected:
  DocNumber doc_ = 0;
};

using CursorPtr = std::unique_ptr<Cursor>;

// The documents of one term.
class TermCursor : public Cursor {
 public:
  TermCursor(const Contents& contents, const FieldIndex& field, const Term& term,
             const TermWeight& weight);

  void next() override;
  void seek(DocNumber target) override;
  double score() override { return weight_.score(doc_, postings_.frequency()); }
  bool one_score() const override { return !weight_.depends_on_document(); }
  size_t cost() const override { return cost_; }
  size_t count_rest() override;
  void positions(std::vector<uint32_t>* out) { postings_.positions(out); }

 private:
  LivePostings postings_;
  const TermWeight weight_;
  const size_t cost_;
  const bool is_exact_;  // the cost is the number of documents
  DocNumber first_;
};

// The documents of one term, gathered beforehand.
class GatheredCursor : public Cursor {
 public:
  struct Entry {
    DocNumber doc;
    uint32_t frequency;
  };

  GatheredCursor(std::vector<Entry> entries, const TermWeight& weight)
      : entries_(std::move(entries)), weight_(weight) {
    stand();
  }

  void next() override {
    at_++;
    stand();
  }
  void seek(DocNumber target) override;
  double score() override { return weight_.score(doc_, entries_[at_].frequency); }
  bool one_score() const override { return !weight_.depends_on_document(); }
  size_t cost() const override { return entries_.size(); }

 private:
  void stand() { doc_ = at_ < entries_.size() ? entries_[at_].doc : kNoDoc; }

  const std::vector<Entry> entries_;
  const TermWeight weight_;
  size_t at_ = 0;
};

// What can answer for 64 documents at once. All have the same score.
class MaskCursor : public Cursor {
 public:
  void next() override;
  void seek(DocNumber target) override;
  double score() override { return score_; }
  bool one_score() const override { return true; }
  size_t count_rest() override;

 protected:
  MaskCursor(const Documents& documents, double score) : documents_(documents), score_(score) {}

  // A bit for each of the living documents [64 * word, 64 * word + 64) that matches.
  virtual uint64_t mask(size_t word) const = 0;
  // To be called by constructors.
  void begin();

  const Documents& documents_;

 private:
  void find();

  const double score_;
  size_t word_ = 0;
  uint64_t bits_ = 0;  // of this word, from doc() on
};

class AllCursor : public MaskCursor {
 public:
  AllCursor(const Documents& documents, double score) : MaskCursor(documents, score) { begin(); }
  size_t cost() const override { return documents_.size(); }

 private:
  uint64_t mask(size_t word) const override { return documents_.living(word); }
};

// Documents that have a value in a range.
class ValueCursor : public MaskCursor {
 public:
  ValueCursor(const Documents& documents, const Column& column, uint64_t low, uint64_t high,
              double score)
      : MaskCursor(documents, score), column_(column), low_(low), high_(high) {
    begin();
  }
  size_t cost() const override { return documents_.size(); }

 private:
  uint64_t mask(size_t word) const override {
    return column_.mask_between(word, low_, high_) & documents_.living(word);
  }

  const Column& column_;
  const uint64_t low_, high_;
};

// A set of documents, a bit for each number.
class DocBits {
 public:
  explicit DocBits(const Documents& documents) : words_(documents.words()) {}

  void add(DocNumber doc) {
    uint64_t& word = words_[doc / 64];
    const uint64_t bit = uint64_t{1} << doc % 64;
    count_ += (word & bit) == 0;
    word |= bit;
  }
  size_t count() const { return count_; }
  uint64_t word(size_t at) const { return words_[at]; }

 private:
  std::vector<uint64_t> words_;
  size_t count_ = 0;
};

// The documents of many terms.
class BitsCursor : public MaskCursor {
 public:
  // REQUIRES: all of them live.
  BitsCursor(const Documents& documents, DocBits bits, double score)
      : MaskCursor(documents, score), set_(std::move(bits)) {
    begin();
  }
  size_t cost() const override { return set_.count(); }

 private:
  uint64_t mask(size_t word) const override { return set_.word(word); }

  const DocBits set_;
};

}  // namespace redstart::search
