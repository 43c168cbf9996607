// The terms of one field, in the order of their bytes, each with the documents it is in.
//
// Terms of KEYWORD and FACET fields have an ordinal, which their columns keep; one that is free is
// given again.
//
// Cost: 40 bytes and the text for each term, 10 in the tree, and its postings.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/container/btree_set.h"
#include "search/postings.h"
#include "search/term_match.h"

namespace redstart::search {

struct Term {
  PostingList list;
  uint32_t ordinal;
  uint16_t size;
  uint8_t generation;  // of the numbers of its documents (documents.h)
  char bytes[];

  static constexpr size_t kSizeMax = UINT16_MAX;

  std::string_view text() const { return {bytes, size}; }
};

class Dictionary {
  struct Less {
    using is_transparent = void;
    bool operator()(const Term* a, const Term* b) const { return a->text() < b->text(); }
    bool operator()(const Term* a, std::string_view b) const { return a->text() < b; }
    bool operator()(std::string_view a, const Term* b) const { return a < b->text(); }
  };
  using Tree = absl::btree_set<Term*, Less, HeapAllocator<Term*>>;

 public:
  Dictionary(Heap& heap, bool has_positions, bool has_ordinals);
  ~Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  bool has_positions() const { return has_positions_; }
  size_t size() const { return tree_.size(); }

  // Null: there is no such term.
  Term* find(std::string_view text) const;
  // Makes it if needed. REQUIRES: text.size() <= Term::kSizeMax.
  Term* hold(std::string_view text, uint8_t generation);
  void erase(Term* term);
  // REQUIRES: it has ordinals, and this is one of them.
  const Term* at_ordinal(uint32_t ordinal) const { return ordinals_[ordinal]; }

  // A place among the terms.
  class Walk : public TermWalk {
   public:
    explicit Walk(const Dictionary& dictionary) : tree_(&dictionary.tree_), at_(tree_->end()) {}

    bool seek(std::string_view least) override {
      at_ = tree_->lower_bound(least);
      return at_ != tree_->end();
    }
    bool next() override { return ++at_ != tree_->end(); }
    std::string_view text() const override { return (*at_)->text(); }
    Term* term() const { return *at_; }

   private:
    const Tree* tree_;
    Tree::const_iterator at_;
  };

  // Gives back as much as the budget allows and takes it off; true when nothing is left.
  bool release_some(size_t* budget);

 private:
  void release_term(Term* term);

  Heap& heap_;
  const bool has_positions_;
  const bool has_ordinals_;
  Tree tree_;
  HeapVector<Term*> ordinals_;
  HeapVector<uint32_t> free_ordinals_;
};

}  // namespace redstart::search
