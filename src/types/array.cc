#include "types/array.h"

#include "base/slab.h"
#include "types/value_digest.h"

namespace redstart {

namespace {

constexpr uint8_t kSmall = static_cast<uint8_t>(ArrayEncoding::kSmall);
constexpr uint8_t kTree = static_cast<uint8_t>(ArrayEncoding::kTree);

// A small array: its cursor, then its leaf.
constexpr size_t kBeforeLeaf = sizeof(uint64_t);

ArrayNode* leaf_of(void* object) {
  return reinterpret_cast<ArrayNode*>(static_cast<char*>(object) + kBeforeLeaf);
}
const ArrayNode* leaf_of(const void* object) { return leaf_of(const_cast<void*>(object)); }
void* object_of(ArrayNode* leaf) { return reinterpret_cast<char*>(leaf) - kBeforeLeaf; }

uint64_t small_cursor(const void* object) {
  uint64_t cursor;
  std::memcpy(&cursor, object, sizeof cursor);
  return cursor;
}
void set_small_cursor(void* object, uint64_t cursor) {
  std::memcpy(object, &cursor, sizeof cursor);
}

}  // namespace

// ---- reading ------------------------------------------------------------------------------------

const ArrayNode* ArrayView::root() const {
  if (held_.object == nullptr) return nullptr;
  return small() ? leaf_of(held_.object) : head().root;
}

uint64_t ArrayView::count() const {
  if (held_.object == nullptr) return 0;
  return small() ? leaf_of(held_.object)->count() : head().count;
}

uint64_t ArrayView::length() const {
  const ArrayNode* node = root();
  if (node == nullptr) return 0;
  for (;;) {
    const auto place = static_cast<unsigned>(31 - std::countl_zero(node->used()));
    if (node->is_leaf()) return node->index_at(place) + 1;
    node = node->child(place);
  }
}

uint64_t ArrayView::cursor() const {
  if (held_.object == nullptr) return kNoArrayCursor;
  return small() ? small_cursor(held_.object) : head().cursor;
}

ArrayFigures ArrayView::figures() const {
  if (held_.object == nullptr) return {};
  if (small()) return {1, 0};
  return {head().leaves, head().inner_nodes};
}

// ---- changing -----------------------------------------------------------------------------------

void Array::account(const ArrayHeap& heap) {
  head().bytes += heap.bytes;
  head().leaves += heap.leaves;
  head().inner_nodes += heap.inner_nodes;
}

// False: the index is not of the leaf.
bool Array::put_in_small(uint64_t index, ArrayWord word, bool* added) {
  ArrayHeap heap{env_->slab};
  ArrayNode* leaf;
  if (held_.object == nullptr) {
    leaf = ArrayNode::make(heap, 0, index, kBeforeLeaf);
    set_small_cursor(object_of(leaf), kNoArrayCursor);
  } else {
    leaf = leaf_of(held_.object);
    if (!leaf->covers(index)) return false;
  }
  const unsigned place = leaf->place_of(index);
  *added = !leaf->has(place);
  if (*added) {
    leaf = leaf->insert(heap, place, word, kBeforeLeaf);
  } else {
    release_array_word(env_->slab, leaf->word(place));
    leaf->set_word(place, word);
  }
  held_ = {object_of(leaf), kSmall};
  return true;
}

void Array::grow_into_tree() {
  ArrayNode* leaf = leaf_of(held_.object);
  const uint64_t cursor = small_cursor(held_.object);
  const size_t bytes = kArrayOps.bytes(held_.object, kSmall);
  ArrayHeap heap{env_->slab};
  leaf = leaf->moved(heap, leaf->count(), kBeforeLeaf, 0);
  auto* made = static_cast<ArrayHead*>(env_->slab.allocate(sizeof(ArrayHead)));
  const size_t all_bytes = bytes + heap.bytes + Slab::class_size(sizeof(ArrayHead));
  held_ = {new (made) ArrayHead{cursor, leaf->count(), all_bytes, 1, 0, leaf}, kTree};
}

bool Array::put(uint64_t index, ArrayWord word) {
  bool added = false;
  if (small()) {
    if (put_in_small(index, word, &added)) return added;
    grow_into_tree();
  }
  ArrayHeap heap{env_->slab};
  added = put_in_array_tree(heap, &head().root, index, word);
  account(heap);
  head().count += added;
  return added;
}

uint64_t Array::erase(uint64_t lo, uint64_t hi) {
  if (held_.object == nullptr) return 0;
  ArrayHeap heap{env_->slab};
  uint64_t erased = 0;
  if (small()) {
    ArrayNode* leaf = erase_array_range(heap, leaf_of(held_.object), lo, hi, kBeforeLeaf, &erased);
    held_ = leaf == nullptr ? Held() : Held{object_of(leaf), kSmall};
    return erased;
  }
  head().root = erase_array_range(heap, head().root, lo, hi, 0, &erased);
  account(heap);
  head().count -= erased;
  if (head().root == nullptr) {
    env_->slab.release(held_.object, sizeof(ArrayHead));
    held_ = {};
  }
  return erased;
}

void Array::set_cursor(uint64_t cursor) {
  small() ? set_small_cursor(held_.object, cursor) : void(head().cursor = cursor);
}

void Array::fit_ring(uint64_t size) {
  const ArrayView old = view();
  const uint64_t span = old.length();
  const bool shrinks = size < span;
  // A ring that grows stays as it is unless its next place would be among the old ones; where the
  // cursor was set to 0 that is what was asked for.
  const bool wrapped = old.cursor() != kNoArrayCursor && old.next() < span;
  if (span == 0 || size == span || (!shrinks && !wrapped)) return;
  const uint64_t most = shrinks ? size : span;
  uint64_t at = old.cursor() == kNoArrayCursor ? span - 1 : old.cursor() % span;
  uint64_t kept = 0;
  for (ArrayWord word; kept < most && old.find(at, &word); kept++) at = at == 0 ? span - 1 : at - 1;
  Array fitted(*env_, {});
  for (uint64_t i = 0; i < kept; i++) {
    at = at + 1 == span ? 0 : at + 1;
    ArrayWord word = 0;
    old.find(at, &word);
    fitted.put(i, copy_array_word(env_->slab, word));
  }
  if (kept > 0) fitted.set_cursor(kept - 1);
  drop();
  held_ = fitted.held();
}

void Array::drop() {
  size_t all = SIZE_MAX;
  if (held_.object != nullptr) {
    kArrayOps.destroy_some(env_->slab, held_.object, held_.encoding, &all);
  }
  held_ = {};
}

// ---- for those who do not understand arrays -----------------------------------------------------

namespace {

// An array whose last element was erased has no object until its key is told.
bool destroy_some(Slab& slab, void* object, uint8_t encoding, size_t* budget) {
  if (object == nullptr) return true;
  ArrayHeap heap{slab};
  if (encoding == kSmall) {
    uint64_t erased = 0;
    erase_array_range(heap, leaf_of(object), 0, UINT64_MAX, kBeforeLeaf, &erased);
    *budget -= *budget < erased ? *budget : erased;
    return true;
  }
  auto* head = static_cast<ArrayHead*>(object);
  if (!destroy_array_tree(heap, head->root, budget)) return false;
  slab.release(head, sizeof(ArrayHead));
  return true;
}

void* copy_small(Slab& slab, const void* object) {
  const ArrayNode* leaf = leaf_of(object);
  const size_t size = kBeforeLeaf + ArrayNode::bytes_for(leaf->count());
  void* copy = slab.allocate(size);
  std::memcpy(copy, object, kBeforeLeaf + sizeof(ArrayNode) + sizeof(uint64_t) * leaf->count());
  for (uint32_t rest = leaf->used(); rest != 0; rest &= rest - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(rest));
    leaf_of(copy)->set_word(place, copy_array_word(slab, leaf->word(place)));
  }
  return copy;
}

void* copy(Slab& slab, const void* object, uint8_t encoding) {
  if (encoding == kSmall) return copy_small(slab, object);
  const auto* head = static_cast<const ArrayHead*>(object);
  ArrayHeap heap{slab};
  ArrayNode* root = copy_array_tree(heap, head->root);
  const size_t bytes = heap.bytes + Slab::class_size(sizeof(ArrayHead));
  return new (slab.allocate(sizeof(ArrayHead)))
      ArrayHead{head->cursor, head->count, bytes, heap.leaves, heap.inner_nodes, root};
}

size_t bytes(const void* object, uint8_t encoding) {
  if (object == nullptr) return 0;
  if (encoding == kTree) return static_cast<const ArrayHead*>(object)->bytes;
  const ArrayNode* leaf = leaf_of(object);
  size_t bytes = Slab::class_size(kBeforeLeaf + ArrayNode::bytes_for(leaf->count()));
  for (uint32_t rest = leaf->used(); rest != 0; rest &= rest - 1) {
    bytes += array_word_bytes(leaf->word(static_cast<unsigned>(std::countr_zero(rest))));
  }
  return bytes;
}

bool empty(const void* object, uint8_t) { return object == nullptr; }

std::string_view encoding_name(const void*, uint8_t) { return "sliced-array"; }

void digest(const void* object, uint8_t encoding, ValueDigest* digest) {
  const ArrayView array(Held{const_cast<void*>(object), encoding});
  ArrayText scratch;
  char number[kIntTextMax];
  array.walk(0, kArrayIndexMax, false, [&](uint64_t index, ArrayWord word) {
    digest->mix({number, write_uint64(number, index)});
    digest->mix(array_word_text(word, scratch));
    return true;
  });
  digest->mix({number, write_uint64(number, array.cursor())});
}

}  // namespace

const ObjectOps kArrayOps = {.destroy_some = destroy_some,
                             .copy = copy,
                             .bytes = bytes,
                             .empty = empty,
                             .encoding_name = encoding_name,
                             .digest = digest};

}  // namespace redstart
