// Arrays: texts at indices from 0 to 2^64 - 2, most of which may be empty, and a cursor that says
// where the next one is appended.
//
// A small array, one whose elements lie within 32 aligned indices, is one allocation: the cursor
// and the only leaf of its tree. Others have a head and a tree; see array_node.h.
#pragma once

#include <string_view>

#include "types/array_node.h"
#include "types/held.h"
#include "types/object_ops.h"
#include "types/type.h"
#include "types/type_env.h"

namespace redstart {

enum class ArrayEncoding : uint8_t { kSmall, kTree };

// The largest index is one less than the largest number, so that a length always fits.
inline constexpr uint64_t kArrayIndexMax = UINT64_MAX - 1;
// The cursor is the index that was written last; without one it begins at 0.
inline constexpr uint64_t kNoArrayCursor = UINT64_MAX;

struct ArrayHead {
  uint64_t cursor;
  uint64_t count;
  size_t bytes;  // head included
  size_t leaves;
  size_t inner_nodes;
  ArrayNode* root;
};

// What ARINFO tells of the tree.
struct ArrayFigures {
  uint64_t leaves = 0;
  uint64_t inner_nodes = 0;
};

class ArrayView {
 public:
  static constexpr Type kType = Type::kArray;

  ArrayView() = default;
  ArrayView(const TypeEnv&, Held held) : ArrayView(held) {}
  explicit ArrayView(Held held) : held_(held) {}

  bool exists() const { return held_.object != nullptr; }
  uint64_t count() const;
  // One more than the highest index that is set.
  uint64_t length() const;
  uint64_t cursor() const;
  // What is appended next goes there; 2^64 - 1 when there is no place left.
  uint64_t next() const { return cursor() + 1; }
  ArrayFigures figures() const;

  // False: nothing is there.
  bool find(uint64_t index, ArrayWord* word) const {
    const ArrayNode* leaf = find_array_leaf(root(), index);
    if (leaf == nullptr) return false;
    *word = leaf->word(leaf->place_of(index));
    return true;
  }
  // Calls each(index, word) for what is in [lo, hi] until it answers false.
  template <class Each>
  void walk(uint64_t lo, uint64_t hi, bool reverse, Each&& each) const {
    if (root() != nullptr && lo <= hi) walk_array_tree(root(), lo, hi, reverse, each);
  }
  // Calls each(node) for every leaf.
  template <class Each>
  void walk_leaves(Each&& each) const {
    if (root() != nullptr) walk_leaves_of(root(), each);
  }

 private:
  template <class Each>
  static void walk_leaves_of(const ArrayNode* node, Each&& each) {
    if (node->is_leaf()) return each(*node);
    for (uint32_t rest = node->used(); rest != 0; rest &= rest - 1) {
      walk_leaves_of(node->child(static_cast<unsigned>(std::countr_zero(rest))), each);
    }
  }
  bool small() const { return held_.encoding == static_cast<uint8_t>(ArrayEncoding::kSmall); }
  const ArrayHead& head() const { return *static_cast<const ArrayHead*>(held_.object); }
  const ArrayNode* root() const;

  Held held_;
};

class Array {
 public:
  static constexpr Type kType = Type::kArray;

  Array(const TypeEnv& env, Held held) : env_(&env), held_(held) {}

  const TypeEnv& env() const { return *env_; }
  Held held() const { return held_; }
  ArrayView view() const { return ArrayView(held_); }
  bool empty() const { return held_.object == nullptr; }

  // True: nothing was there. REQUIRES: index <= kArrayIndexMax.
  bool set(uint64_t index, std::string_view text) {
    return put(index, make_array_word(env_->slab, text));
  }
  // Answers how many elements there were. Without any left there is no object.
  uint64_t erase(uint64_t lo, uint64_t hi);
  // REQUIRES: !empty().
  void set_cursor(uint64_t cursor);
  // Makes a ring of so many places out of the array: if it was of another size, what was written
  // last, as far as it is without a gap and fits, moves to the indices from 0 on.
  void fit_ring(uint64_t size);
  void drop();

 private:
  bool put(uint64_t index, ArrayWord word);
  bool put_in_small(uint64_t index, ArrayWord word, bool* added);
  void grow_into_tree();

  bool small() const { return held_.encoding == static_cast<uint8_t>(ArrayEncoding::kSmall); }
  ArrayHead& head() { return *static_cast<ArrayHead*>(held_.object); }
  void account(const ArrayHeap& heap);

  const TypeEnv* env_;
  Held held_;
};

extern const ObjectOps kArrayOps;

}  // namespace redstart
