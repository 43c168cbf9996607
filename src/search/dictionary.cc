#include "search/dictionary.h"

#include <new>

namespace redstart::search {

namespace {

// Rounded up, as terms have pointers in them.
size_t layout_size(size_t text_size) { return (sizeof(Term) + text_size + 7) / 8 * 8; }

}  // namespace

Dictionary::Dictionary(Heap& heap, const uint64_t& hash_seed, bool has_positions, bool has_ordinals)
    : heap_(heap),
      has_positions_(has_positions),
      has_ordinals_(has_ordinals),
      table_(heap.slab(), Policy{&hash_seed}),
      tree_(Less{}, HeapAllocator<Term*>(heap)),
      ordinals_(HeapAllocator<Term*>(heap)),
      free_ordinals_(HeapAllocator<uint32_t>(heap)) {}

Dictionary::~Dictionary() {
  for (Term* term : tree_) release_term(term);
}

Term* Dictionary::hold(std::string_view text, uint8_t generation) {
  const uint64_t hash = hash_of(text);
  if (Term* term = table_.find(hash, text)) return term;
  auto* term = new (heap_.allocate(layout_size(text.size()))) Term{};
  term->size = static_cast<uint16_t>(text.size());
  term->generation = generation;
  text.copy(term->bytes, text.size());
  table_.insert(hash, term);
  tree_.insert(term);
  if (!has_ordinals_) return term;
  if (free_ordinals_.empty()) {
    term->ordinal = static_cast<uint32_t>(ordinals_.size());
    ordinals_.push_back(term);
  } else {
    term->ordinal = free_ordinals_.back();
    free_ordinals_.pop_back();
    ordinals_[term->ordinal] = term;
  }
  return term;
}

void Dictionary::erase(Term* term) {
  const uint64_t hash = hash_of(term->text());
  table_.erase(table_.find_slot(hash, term->text()), hash);
  table_.shrink_step(1);
  tree_.erase(tree_.find(term->text()));
  if (has_ordinals_) {
    ordinals_[term->ordinal] = nullptr;
    free_ordinals_.push_back(term->ordinal);
    if (tree_.empty()) {
      HeapVector<Term*>(ordinals_.get_allocator()).swap(ordinals_);
      HeapVector<uint32_t>(free_ordinals_.get_allocator()).swap(free_ordinals_);
    }
  }
  release_term(term);
}

void Dictionary::release_term(Term* term) {
  term->list.release(heap_);
  heap_.release(term, layout_size(term->size));
}

bool Dictionary::release_some(size_t* budget) {
  while (!tree_.empty()) {
    if (*budget == 0) return false;
    (*budget)--;
    const auto last = std::prev(tree_.end());
    Term* term = *last;
    tree_.erase(last);
    release_term(term);
  }
  return true;
}

}  // namespace redstart::search
