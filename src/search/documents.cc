#include "search/documents.h"

#include <cstring>
#include <new>

namespace redstart::search {

Documents::Documents(Heap& heap, const uint64_t& hash_seed)
    : heap_(heap),
      table_(heap.slab(), Policy{&hash_seed}),
      chunks_(HeapAllocator<Entry**>(heap)),
      living_(HeapAllocator<uint64_t>(heap)) {}

Documents::~Documents() {
  table_.clear([this](Entry* entry) { release_entry(entry); });
  for (Entry** chunk : chunks_) heap_.release(chunk, kChunk * sizeof(Entry*));
}

void Documents::release_entry(Entry* entry) { heap_.release(entry, sizeof(Entry) + entry->size); }

DocNumber Documents::find(std::string_view key) const {
  const Entry* entry = table_.find(hash_of(key), key);
  return entry == nullptr ? kNoDoc : entry->number;
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
  append(made);
  return made->number;
}

void Documents::append(Entry* added) {
  const DocNumber doc = end_++;
  if (doc / kChunk == chunks_.size()) {
    chunks_.push_back(static_cast<Entry**>(heap_.allocate(kChunk * sizeof(Entry*))));
  }
  if (doc / 64 == living_.size()) living_.push_back(0);
  added->number = doc;
  entry(doc) = added;
  living_[doc / 64] |= uint64_t{1} << doc % 64;
}

void Documents::remove(DocNumber doc) {
  Entry* gone = entry(doc);
  const uint64_t hash = hash_of(gone->key());
  table_.erase(table_.find_slot(hash, gone->key()), hash);
  release_entry(gone);
  living_[doc / 64] &= ~(uint64_t{1} << doc % 64);
}

void Documents::renumber(HeapVector<DocNumber>* numbers) {
  numbers->assign(end_, kNoDoc);
  const DocNumber end = end_;
  end_ = 0;
  for (DocNumber doc = next(0); doc < end; doc = next(doc + 1)) {
    (*numbers)[doc] = end_;
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
