#include "search/documents.h"

#include <cstring>
#include <new>

namespace redstart::search {

Documents::Documents(Heap& heap, const uint64_t& hash_seed)
    : heap_(heap),
      table_(heap.slab(), Policy{&hash_seed}),
      chunks_(HeapAllocator<Entry**>(heap)),
      living_(HeapAllocator<uint64_t>(heap)),
      numbers_(HeapAllocator<DocNumber>(heap)),
      old_numbers_(HeapAllocator<DocNumber>(heap)) {}

Documents::~Documents() {
  table_.clear([this](Entry* entry) { release_entry(entry); });
  for (Entry** chunk : chunks_) heap_.release(chunk, kChunk * sizeof(Entry*));
}

void Documents::release_entry(Entry* entry) { heap_.release(entry, sizeof(Entry) + entry->size); }

DocNumber Documents::find(std::string_view key) const {
  const Entry* entry = table_.find(hash_of(key), key);
  if (entry == nullptr) return kNoDoc;
  return entry->generation == generation_ ? entry->number : numbers_[entry->number];
}

DocNumber Documents::next(DocNumber from) const {
  size_t word = from / 64;
  if (word >= living_.size()) return kNoDoc;
  uint64_t bits = living_[word] & ~uint64_t{0} << from % 64;
  while (bits == 0) {
    if (++word == living_.size()) return kNoDoc;
    bits = living_[word];
  }
  return static_cast<DocNumber>(word * 64 + __builtin_ctzll(bits));
}

DocNumber Documents::add(std::string_view key) {
  auto* made = static_cast<Entry*>(heap_.allocate(sizeof(Entry) + key.size()));
  made->size = static_cast<uint32_t>(key.size());
  key.copy(made->bytes, key.size());
  table_.insert(hash_of(key), made);
  const DocNumber doc = append(made);
  made->number = doc;
  made->generation = generation_;
  if (renumbering_) {
    old_numbers_.push_back(static_cast<DocNumber>(numbers_.size()));
    numbers_.push_back(doc);
  }
  return doc;
}

DocNumber Documents::append(Entry* added) {
  const DocNumber doc = end_++;
  if (doc / kChunk == chunks_.size()) {
    chunks_.push_back(static_cast<Entry**>(heap_.allocate(kChunk * sizeof(Entry*))));
  }
  if (doc / 64 == living_.size()) living_.push_back(0);
  entry(doc) = added;
  living_[doc / 64] |= uint64_t{1} << doc % 64;
  return doc;
}

void Documents::remove(DocNumber doc) {
  Entry* gone = entry(doc);
  const uint64_t hash = hash_of(gone->key());
  table_.erase(table_.find_slot(hash, gone->key()), hash);
  release_entry(gone);
  living_[doc / 64] &= ~(uint64_t{1} << doc % 64);
}

void Documents::begin_renumbering() {
  renumbering_ = true;
  generation_ ^= 1;
  renewed_ = 0;
  numbers_.assign(end_, kNoDoc);
  old_numbers_.reserve(size());
  const DocNumber end = end_;
  end_ = 0;
  for (DocNumber doc = next(0); doc < end; doc = next(doc + 1)) {
    numbers_[doc] = end_;
    old_numbers_.push_back(doc);
    // The new number is not above the old one: what it takes the place of has been read.
    Entry* moved = entry(doc);
    living_[doc / 64] &= ~(uint64_t{1} << doc % 64);
    append(moved);
  }
  living_.resize((end_ + 63) / 64);
  while (chunks_.size() > (end_ + kChunk - 1) / kChunk) {
    heap_.release(chunks_.back(), kChunk * sizeof(Entry*));
    chunks_.pop_back();
  }
}

bool Documents::renew_entries(size_t* budget) {
  for (; *budget > 0; (*budget)--, renewed_++) {
    renewed_ = next(renewed_);
    if (renewed_ == kNoDoc) return true;
    Entry* renewed = entry(renewed_);
    renewed->number = renewed_;
    renewed->generation = generation_;
  }
  return false;
}

void Documents::end_renumbering() {
  HeapVector<DocNumber>(numbers_.get_allocator()).swap(numbers_);
  HeapVector<DocNumber>(old_numbers_.get_allocator()).swap(old_numbers_);
  renumbering_ = false;
}

bool Documents::release_some(size_t* budget) {
  // From the end, where words of `living_` can go with the last document in them.
  while (!living_.empty()) {
    if (living_.back() == 0) {
      living_.pop_back();
      continue;
    }
    if (*budget == 0) return false;
    (*budget)--;
    const int highest = 63 - __builtin_clzll(living_.back());
    remove(static_cast<DocNumber>((living_.size() - 1) * 64 + highest));
  }
  return true;
}

}  // namespace redstart::search
