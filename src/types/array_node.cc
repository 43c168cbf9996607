#include "types/array_node.h"

#include <cassert>

#include "base/slab.h"

namespace redstart {

namespace {

// Few sizes for many words, so that an array that grows moves seldom.
unsigned room_for(unsigned words) {
  if (words <= 4) return words;
  return words <= 16 ? (words + 1) & ~1u : (words + 3) & ~3u;
}

uint64_t word_of(const ArrayNode* node) { return reinterpret_cast<uint64_t>(node); }

// The lowest level at which one node stands for both indices.
int common_level(uint64_t a, uint64_t b) {
  const int bits = 64 - std::countl_zero(a ^ b);
  return bits == 0 ? 0 : (bits - 1) / ArrayNode::kBits;
}

ArrayNode* make_leaf(ArrayHeap& heap, uint64_t index, ArrayWord word) {
  ArrayNode* leaf = ArrayNode::make(heap, 0, index);
  return leaf->insert(heap, leaf->place_of(index), word);
}

void release_words(ArrayHeap& heap, ArrayNode* leaf, uint32_t places) {
  for (; places != 0; places &= places - 1) {
    const uint64_t word = leaf->word(static_cast<unsigned>(std::countr_zero(places)));
    heap.bytes -= array_word_bytes(word);
    release_array_word(heap.slab, word);
  }
}

ArrayNode* erase_from_leaf(ArrayHeap& heap, ArrayNode* leaf, uint32_t places, size_t before,
                           uint64_t* erased) {
  release_words(heap, leaf, places);
  *erased += static_cast<uint64_t>(std::popcount(places));
  if (places != leaf->used()) return leaf->keep_only(heap, leaf->used() & ~places, before);
  leaf->release(heap, before);
  return nullptr;
}

}  // namespace

size_t ArrayNode::bytes_for(unsigned words) {
  return sizeof(ArrayNode) + sizeof(uint64_t) * room_for(words);
}

ArrayNode* ArrayNode::make(ArrayHeap& heap, int level, uint64_t index, size_t before) {
  const size_t size = before + bytes_for(1);
  auto* node = reinterpret_cast<ArrayNode*>(static_cast<char*>(heap.slab.allocate(size)) + before);
  const uint64_t first =
      level == kTopLevel ? 0 : index >> (kBits * (level + 1)) << (kBits * (level + 1));
  node->place_[0] = static_cast<uint32_t>(first) | static_cast<uint32_t>(level);
  node->place_[1] = static_cast<uint32_t>(first >> 32);
  node->used_ = 0;
  heap.bytes += Slab::class_size(size);
  (level == 0 ? heap.leaves : heap.inner_nodes)++;
  return node;
}

// The same node with other room, and other room before it, which is copied as far as it goes.
ArrayNode* ArrayNode::moved(ArrayHeap& heap, unsigned words, size_t before, size_t new_before) {
  const size_t old_size = before + bytes_for(count() == 0 ? 1 : count());
  const size_t new_size = new_before + bytes_for(words);
  char* old_memory = reinterpret_cast<char*>(this) - before;
  char* memory = static_cast<char*>(heap.slab.allocate(new_size));
  std::memcpy(memory, old_memory, before < new_before ? before : new_before);
  const unsigned kept = words < count() ? words : count();
  std::memcpy(memory + new_before, this, sizeof(ArrayNode) + sizeof(uint64_t) * kept);
  heap.bytes += Slab::class_size(new_size) - Slab::class_size(old_size);
  heap.slab.release(old_memory, old_size);
  return reinterpret_cast<ArrayNode*>(memory + new_before);
}

ArrayNode* ArrayNode::insert(ArrayHeap& heap, unsigned place, uint64_t word, size_t before) {
  assert(!has(place));
  const unsigned words = count();
  ArrayNode* node = this;
  if (words > 0 && room_for(words + 1) != room_for(words)) {
    node = moved(heap, words + 1, before, before);
  }
  char* at = node->at(place);
  const char* end = node->words_ + sizeof(uint64_t) * words;
  std::memmove(at + sizeof word, at, static_cast<size_t>(end - at));
  std::memcpy(at, &word, sizeof word);
  node->used_ |= uint32_t{1} << place;
  return node;
}

ArrayNode* ArrayNode::keep_only(ArrayHeap& heap, uint32_t places, size_t before) {
  assert(places != 0 && (places & ~used_) == 0);
  if (places == used_) return this;
  char* to = words_;
  for (uint32_t rest = places; rest != 0; rest &= rest - 1, to += sizeof(uint64_t)) {
    const char* from = at(static_cast<unsigned>(std::countr_zero(rest)));
    if (from != to) std::memcpy(to, from, sizeof(uint64_t));
  }
  const auto words = static_cast<unsigned>(std::popcount(places));
  ArrayNode* node = this;
  if (room_for(words) != room_for(count())) node = moved(heap, words, before, before);
  node->used_ = places;
  return node;
}

void ArrayNode::release(ArrayHeap& heap, size_t before) {
  (is_leaf() ? heap.leaves : heap.inner_nodes)--;
  const size_t size = before + bytes_for(count());
  heap.bytes -= Slab::class_size(size);
  heap.slab.release(reinterpret_cast<char*>(this) - before, size);
}

const ArrayNode* find_array_leaf(const ArrayNode* root, uint64_t index) {
  for (const ArrayNode* node = root; node != nullptr && node->covers(index);) {
    const unsigned place = node->place_of(index);
    if (!node->has(place)) return nullptr;
    if (node->is_leaf()) return node;
    node = node->child(place);
  }
  return nullptr;
}

bool put_in_array_tree(ArrayHeap& heap, ArrayNode** root, uint64_t index, ArrayWord word) {
  ArrayNode* parent = nullptr;
  unsigned at = 0;
  auto link = [&](ArrayNode* node) {
    parent == nullptr ? void(*root = node) : parent->set_word(at, word_of(node));
  };
  heap.bytes += array_word_bytes(word);
  for (ArrayNode* node = *root;;) {
    if (node == nullptr) {
      *root = make_leaf(heap, index, word);
      return true;
    }
    if (!node->covers(index)) {
      ArrayNode* fork = ArrayNode::make(heap, common_level(node->first(), index), index);
      fork = fork->insert(heap, fork->place_of(node->first()), word_of(node));
      link(fork->insert(heap, fork->place_of(index), word_of(make_leaf(heap, index, word))));
      return true;
    }
    const unsigned place = node->place_of(index);
    if (!node->has(place)) {
      if (!node->is_leaf()) word = word_of(make_leaf(heap, index, word));
      link(node->insert(heap, place, word));
      return true;
    }
    if (node->is_leaf()) {
      release_words(heap, node, uint32_t{1} << place);
      node->set_word(place, word);
      return false;
    }
    parent = node;
    at = place;
    node = node->child(place);
  }
}

ArrayNode* erase_array_range(ArrayHeap& heap, ArrayNode* root, uint64_t lo, uint64_t hi,
                             size_t before, uint64_t* erased) {
  const uint32_t touched = root->places_in(lo, hi);
  if (touched == 0) return root;
  if (root->is_leaf()) return erase_from_leaf(heap, root, touched, before, erased);
  uint32_t kept = root->used();
  for (uint32_t rest = touched; rest != 0; rest &= rest - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(rest));
    ArrayNode* child = erase_array_range(heap, root->child(place), lo, hi, 0, erased);
    root->set_word(place, word_of(child));
    if (child == nullptr) kept &= ~(uint32_t{1} << place);
  }
  if (std::popcount(kept) > 1) return root->keep_only(heap, kept);
  ArrayNode* only =
      kept == 0 ? nullptr : root->child(static_cast<unsigned>(std::countr_zero(kept)));
  root->release(heap);
  return only;
}

bool destroy_array_tree(ArrayHeap& heap, ArrayNode* root, size_t* budget) {
  if (root->is_leaf()) {
    if (*budget == 0) return false;
    release_words(heap, root, root->used());
    *budget -= *budget < root->count() ? *budget : root->count();
    root->release(heap);
    return true;
  }
  for (uint32_t rest = root->used(); rest != 0; rest &= rest - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(rest));
    ArrayNode* child = root->child(place);
    if (child == nullptr) continue;
    if (!destroy_array_tree(heap, child, budget)) return false;
    root->set_word(place, 0);
  }
  root->release(heap);
  return true;
}

ArrayNode* copy_array_tree(ArrayHeap& heap, const ArrayNode* root) {
  ArrayNode* copy = ArrayNode::make(heap, root->level(), root->first());
  for (uint32_t rest = root->used(); rest != 0; rest &= rest - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(rest));
    uint64_t word;
    if (root->is_leaf()) {
      word = copy_array_word(heap.slab, root->word(place));
      heap.bytes += array_word_bytes(word);
    } else {
      word = word_of(copy_array_tree(heap, root->child(place)));
    }
    copy = copy->insert(heap, place, word);
  }
  return copy;
}

}  // namespace redstart
