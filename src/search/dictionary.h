// The terms of one field, in the order of their bytes, each with the documents it is in.
//
//   table     text -> Term      for documents that come and words that are asked for
//   tree      in order          for ranges, beginnings, what is near a word
//
// (A tree alone would be enough, but reads some seventeen terms for each word of a document: half
// of the time of indexing.)
//
// Terms of KEYWORD and FACET fields have an ordinal, which their columns keep; one that is free is
// given again.
//
// Cost: 40 bytes and the text for each term, 10 in the tree, 12 in the table, and its postings.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/container/btree_set.h"
#include "base/hash.h"
#include "core/seg_table.h"
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
  Dictionary(Heap& heap, const uint64_t& hash_seed, bool has_positions, bool has_ordinals);
  ~Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  bool has_positions() const { return has_positions_; }
  size_t size() const { return tree_.size(); }

  // Null: there is no such term.
  Term* find(std::string_view text) const { return table_.find(hash_of(text), text); }
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

  // Gives back as much as the budget allows and takes it off; true when nothing is left but what
  // the destructor frees at once. Until then nothing else may be asked of it.
  bool release_some(size_t* budget);
  // What the table takes: it is not counted by the heap.
  size_t table_bytes() const { return table_.bytes(); }

 private:
  struct Policy {
    using Object = Term;
    const uint64_t* seed = nullptr;
    uint64_t hash(const Term* term) const { return hash_bytes(term->text(), *seed); }
    bool equals(const Term* term, std::string_view text) const { return term->text() == text; }
  };

  uint64_t hash_of(std::string_view text) const { return hash_bytes(text, *table_.policy().seed); }
  void release_term(Term* term);

  Heap& heap_;
  const bool has_positions_;
  const bool has_ordinals_;
  SegTable<Policy> table_;
  Tree tree_;
  HeapVector<Term*> ordinals_;
  HeapVector<uint32_t> free_ordinals_;
};

}  // namespace redstart::search
