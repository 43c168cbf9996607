// The order of a large sorted set: references to objects, sorted by (score, member).
//
// Goal: insert, erase, rank and select in O(log n) with few cache misses, ranges at the speed of a
// scan, and about 15 bytes per element beside the object itself.
//
//                    inner node, 704 bytes, up to 25 children
//        +-------+---------------+---------+-----------------+-----------------------+
//        | count | subtree sizes | scores  | child addresses | least object of each  |
//        +-------+---------------+---------+-----------------+-----------------------+
//                                       |
//              leaf, 512 bytes          v
//        +-------+-----------------+---------------------------+     objects (the caller's)
//        | count | 32 bits of each | 16 bits more | address,   | --> | score | member ... |
//        |       | score           |              | ...        |     +-------+------------+
//        +-------+-----------------+---------------------------+
//
// Scores are copied into the inner nodes, and into the leaves but for their 16 lowest bits: 36 bits
// of mantissa. So a search reads objects only where these are equal, which is hardly ever unless
// scores are. Then the least object of a child decides, which the node above knows, and in a leaf a
// search in two rounds, each of which asks for all its cache lines at once. Nobody points to a
// parent or a neighbour: a search remembers its Path, and a walk climbs it.
//
// Growth: a full node first shares with a neighbour and splits only if both are full; at either end
// of the tree it splits off one element, so ascending insertion fills every node. Shrinking is
// lazy: a node less than half full is merged only if three quarters of a node hold both.
//
// Invariants (validate() checks them)
//  1. Objects ascend strictly by (score, member); all leaves are equally deep.
//  2. The score at a child is not below any score left of the child and not above any inside it.
//     (Not always the child's least one: what is erased leaves its copy behind, harmlessly.)
//  3. The size at a child is the number of objects below it, and its least object is the first.
//  4. No node is empty but a root leaf; an inner root has at least two children.
//  5. The bits of a score that stand in a leaf are those of its object.
//
// Cost: see README.md of this room.
//
// An object lies below 2^48 and begins with its score, a double at any 4-byte boundary. It is owned
// by the caller, and neither score nor member changes while it is in the tree, except through
// update(). One thread.
//
// Policy: `using Object = ...; std::string_view member(const Object*) const;`
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/prefetch.h"
#include "base/slab.h"

namespace redstart {

// All that does not compare members.
class BpTreeCore {
 public:
  static constexpr size_t kLeafSlots = 42;
  static constexpr size_t kChildren = 25;

  explicit BpTreeCore(Slab& slab);
  // Gives the nodes back. The objects are the caller's.
  ~BpTreeCore();
  BpTreeCore(const BpTreeCore&) = delete;
  BpTreeCore& operator=(const BpTreeCore&) = delete;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Memory of the nodes, as the slab counts it; objects and this struct excluded.
  size_t bytes() const;

  // Frees nodes of at least `max` elements, if there are so many, and answers whether the tree is
  // empty now. Until then it may only be cleared further, asked for its size, or destroyed.
  bool clear_some(size_t max);

 protected:
  static constexpr size_t kPivots = 4;   // objects that are compared in one round
  static constexpr int kMaxHeight = 16;  // levels grow by a factor above 9 each
  static constexpr int kAddressBits = 48;
  static constexpr uint64_t kAddress = (uint64_t{1} << kAddressBits) - 1;
  static constexpr int kHintBits = 64 - kAddressBits;

  struct Node {
    uint16_t count = 0;
  };
  struct Leaf : Node {
    int32_t upper[kLeafSlots];   // of order_of(score), whose next 16 bits are in the slot
    uint64_t slots[kLeafSlots];  // those << 48 | address

    void* object(size_t i) const { return reinterpret_cast<void*>(slots[i] & kAddress); }
    int64_t hint(size_t i) const {
      return int64_t{upper[i]} << kHintBits | static_cast<int64_t>(slots[i] >> kAddressBits);
    }
    void set(size_t i, void* object, double score) {
      int64_t order = order_of(score);
      upper[i] = static_cast<int32_t>(order >> 32);
      slots[i] = reinterpret_cast<uintptr_t>(object) |
                 static_cast<uint64_t>(order) >> kHintBits << kAddressBits;
    }
  };
  // The first child has a score too, which nothing reads. What is read among equal scores only
  // stands last.
  struct Inner : Node {
    uint32_t sizes[kChildren];
    double scores[kChildren];
    Node* children[kChildren];
    void* least[kChildren];
  };
  static_assert(sizeof(Leaf) == 512 && sizeof(Inner) == 704);

  // A way from the root to an object, or to the place where one would be inserted. Level 0 is the
  // leaf; the index there may be its count.
  struct Path {
    Node* nodes[kMaxHeight];
    uint16_t indexes[kMaxHeight];

    Leaf* leaf() const { return static_cast<Leaf*>(nodes[0]); }
    Inner* inner(int level) const { return static_cast<Inner*>(nodes[level]); }
    void* object() const { return leaf()->object(indexes[0]); }
  };

  static double score_of(const void* object) {
    double score;
    std::memcpy(&score, object, sizeof score);
    return score;
  }
  static void set_score(void* object, double score) { std::memcpy(object, &score, sizeof score); }

  // A whole number that is ordered as the scores are. Both zeroes are the same.
  static int64_t order_of(double score) {
    score += 0.0;
    int64_t bits;
    std::memcpy(&bits, &score, sizeof bits);
    return bits ^ ((bits >> 63) & std::numeric_limits<int64_t>::max());
  }

  // How many of these ascending values are below this one. Without a jump that could be guessed
  // wrong.
  template <class Value>
  static size_t lower_index(const Value* values, size_t count, Value value) {
    const Value* at = values;
    while (count > 0) {
      size_t half = count / 2;
      at = at[half] < value ? at + count - half : at;
      count = half;
    }
    return static_cast<size_t>(at - values);
  }

  // How many children, the first excepted, have a score below (or also equal to) this one: the
  // child to search if no score is equal.
  static size_t children_below(const Inner* node, double score) {
    return lower_index(node->scores + 1, node->count - 1u, score);
  }
  static size_t children_not_above(const Inner* node, double score, size_t below) {
    while (below + 1 < node->count && node->scores[below + 1] == score) ++below;
    return below;
  }

  // Goes from the root to a leaf; choose(const Inner*) answers which child to take. The index in
  // the leaf is left to the caller.
  template <class Choose>
  void descend(Path* path, Choose&& choose) const {
    Node* node = root_;
    for (int level = height_; level > 0; --level) {
      auto* inner = static_cast<Inner*>(node);
      size_t child = choose(inner);
      path->nodes[level] = inner;
      path->indexes[level] = static_cast<uint16_t>(child);
      node = inner->children[child];
      prefetch_node(node, level - 1);
    }
    path->nodes[0] = node;
    path->indexes[0] = 0;
  }

  struct Span {
    size_t begin, end;
  };
  // Where the objects stand whose scores may be this one, as far as the leaf tells.
  static Span of_score(const Leaf* leaf, double score) {
    int64_t order = order_of(score);
    auto upper = static_cast<int32_t>(order >> 32);
    int64_t hint = order >> kHintBits;
    size_t begin = lower_index(leaf->upper, leaf->count, upper);
    while (begin < leaf->count && leaf->hint(begin) < hint) ++begin;
    size_t end = begin;
    while (end < leaf->count && leaf->hint(end) == hint) ++end;
    return {begin, end};
  }

  // The index of the first object of the span that is not before(object), else the span's end. The
  // pivots' misses overlap, and so do those of the objects between two pivots.
  template <class Before>
  static size_t search_leaf(const Leaf* leaf, Span span, Before&& before) {
    constexpr size_t kStride = 4;
    for (size_t i = span.begin + kStride - 1; i < span.end; i += kStride) prefetch(leaf->object(i));
    size_t at = span.begin;
    while (at + kStride - 1 < span.end && before(leaf->object(at + kStride - 1))) at += kStride;
    size_t end = std::min(at + kStride - 1, span.end);
    for (size_t i = at; i < end; ++i) prefetch(leaf->object(i));
    while (at < end && before(leaf->object(at))) ++at;
    return at;
  }

  static size_t index_in_leaf(const Leaf* leaf, const void* object) {
    size_t at = 0;
    while (leaf->object(at) != object) {
      ++at;
      assert(at < leaf->count && "not in the tree");
    }
    return at;
  }

  // REQUIRES: rank <= size(). A rank of size() is behind the last object.
  void path_to_rank(size_t rank, Path* path) const;
  size_t rank_of_path(const Path& path) const;
  // To the next leaf (+1) or the one before (-1); false, and an unchanged path, if there is none.
  bool step_leaf(Path* path, int direction) const;

  void insert_at(Path* path, void* object, double score);
  void* erase_at(Path* path);
  const char* check_structure() const;

  // Calls visit(object) for up to `count` objects from the path's place on, upward or downward,
  // until it answers true. The objects to come are on their way meanwhile.
  template <class Visit>
  void walk(Path path, int direction, size_t count, Visit&& visit) const {
    while (count > 0) {
      const Leaf* leaf = path.leaf();
      Path ahead = path;
      bool more = step_leaf(&ahead, direction);
      const Leaf* next = ahead.leaf();
      if (more) prefetch_node(next, 0);
      constexpr int kAhead = 8;
      int slots = leaf->count;
      for (int i = path.indexes[0]; i >= 0 && i < slots && count > 0; i += direction, --count) {
        int later = i + kAhead * direction;
        if (later >= 0 && later < slots) {
          prefetch(leaf->object(static_cast<size_t>(later)));
        } else if (more) {
          int over = later < 0 ? later + next->count : later - slots;
          if (over >= 0 && over < next->count) prefetch(next->object(static_cast<size_t>(over)));
        }
        if (visit(leaf->object(static_cast<size_t>(i)))) return;
      }
      if (!more) return;
      path = ahead;
    }
  }

  int height_ = 0;  // of the root; a leaf has height 0
  Node* root_;
  size_t size_ = 0;
  Slab* slab_;

 private:
  static void prefetch_node(const Node* node, int level) {
    size_t bytes = level == 0 ? sizeof(Leaf) : sizeof(Inner) - sizeof(Inner::least);
    for (size_t at = 0; at < bytes; at += 64) prefetch(reinterpret_cast<const char*>(node) + at);
  }
  static void* least_of(const Node* node, int level) {
    return level == 0 ? static_cast<const Leaf*>(node)->object(0)
                      : static_cast<const Inner*>(node)->least[0];
  }
  static size_t capacity(int level) { return level == 0 ? kLeafSlots : kChildren; }
  // How full a child is. A leaf's count is its size: it need not be read.
  static size_t fill(const Inner* parent, size_t child, int level) {
    return level == 0 ? parent->sizes[child] : parent->children[child]->count;
  }
  static void move_slots(Leaf* to, size_t to_index, const Leaf* from, size_t from_index, size_t n);

  Node* new_node(int level);
  void free_node(Node* node, int level);
  void set_least(const Path& path, int level, void* object);
  void make_room(Path* path, int level);
  void after_erase(Path* path);
  void shift_left(Inner* parent, size_t from, size_t n, int level);
  void shift_right(Inner* parent, size_t from, size_t n, int level);
  void add_child(Inner* parent, size_t at, Node* child);
  void drop_child(Inner* parent, size_t at);
  const char* check_node(const Node* node, int level, double low, double high,
                         size_t* objects) const;

  size_t nodes_[2] = {0, 0};  // leaves, inner nodes
};

template <class Policy>
class BpTree : public BpTreeCore {
 public:
  using Object = typename Policy::Object;

  explicit BpTree(Slab& slab, Policy policy = {}) : BpTreeCore(slab), policy_(policy) {}

  static double score(const Object* object) { return score_of(object); }

  // REQUIRES: no object of the same score and member is in the tree.
  void insert(Object* object) {
    Path path;
    double score = score_of(object);
    lower_bound(score, policy_.member(object), &path);
    insert_at(&path, object, score);
  }
  // REQUIRES: the object comes after all others. Loading in order needs no comparisons.
  void append(Object* object) {
    Path path;
    path_to_rank(size_, &path);
    insert_at(&path, object, score_of(object));
  }
  // REQUIRES below: the object is in the tree.
  void erase(const Object* object) {
    Path path;
    find(object, &path);
    erase_at(&path);
  }
  // Gives the object another score and its new place.
  void update(Object* object, double score) {
    Path path;
    find(object, &path);
    if (!stays_between_neighbours(path, score)) {
      erase_at(&path);
      set_score(object, score);
      insert(object);
    } else {
      set_score(object, score);
      path.leaf()->set(path.indexes[0], object, score);
    }
  }
  // How many objects come before it.
  size_t rank(const Object* object) const {
    Path path;
    find(object, &path);
    return rank_of_path(path);
  }

  // REQUIRES: rank < size().
  Object* at(size_t rank) const {
    Path path;
    path_to_rank(rank, &path);
    return static_cast<Object*>(path.object());
  }
  Object* erase_rank(size_t rank) {
    Path path;
    path_to_rank(rank, &path);
    return static_cast<Object*>(erase_at(&path));
  }

  // How many objects have a score below this one, `equal`: or equal to it.
  size_t count_below(double score, bool equal) const {
    Path path;
    descend(&path, [&](const Inner* node) {
      size_t below = children_below(node, score);
      return equal ? children_not_above(node, score, below) : below;
    });
    const Leaf* leaf = path.leaf();
    auto before = [&](const void* object) {
      double other = score_of(object);
      return equal ? other <= score : other < score;
    };
    path.indexes[0] = static_cast<uint16_t>(search_leaf(leaf, of_score(leaf, score), before));
    return rank_of_path(path);
  }
  // The same for members, without regard to scores. REQUIRES, for a meaningful answer: all scores
  // are equal.
  size_t count_below(std::string_view member, bool equal) const {
    auto before = [&](const void* object) {
      int order = policy_.member(static_cast<const Object*>(object)).compare(member);
      return equal ? order <= 0 : order < 0;
    };
    Path path;
    descend(&path,
            [&](const Inner* node) { return among_equals(node, 0, node->count - 1u, before); });
    const Leaf* leaf = path.leaf();
    path.indexes[0] = static_cast<uint16_t>(search_leaf(leaf, {0, leaf->count}, before));
    return rank_of_path(path);
  }

  // Calls visit(Object*) for up to `count` objects from this rank on, downward if `reverse`, until
  // it answers true. The visitor changes nothing. REQUIRES: rank < size().
  template <class Visit>
  void visit_from(size_t rank, size_t count, bool reverse, Visit&& visit) const {
    Path path;
    path_to_rank(rank, &path);
    walk(path, reverse ? -1 : 1, count,
         [&](void* object) { return visit(static_cast<Object*>(object)); });
  }
  // Calls visit(Object*) for all, upward.
  template <class Visit>
  void for_each(Visit&& visit) const {
    if (empty()) return;
    visit_from(0, size_, false, [&](Object* object) {
      visit(object);
      return false;
    });
  }

  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const {
    const Object* last = nullptr;
    bool ascends = true;
    for_each([&](const Object* object) {
      ascends &= last == nullptr || is_before(last, score_of(object), policy_.member(object));
      last = object;
    });
    return ascends ? check_structure() : "objects do not ascend";
  }

 private:
  bool is_before(const void* object, double score, std::string_view member) const {
    double other = score_of(object);
    if (other != score) return other < score;
    return policy_.member(static_cast<const Object*>(object)) < member;
  }

  // The last child of (low, high] whose least object comes before, else `low`. Several are looked
  // at in each round: their cache misses overlap, those of a search by halves would not.
  template <class Before>
  size_t among_equals(const Inner* node, size_t low, size_t high, Before&& before) const {
    while (low < high) {
      size_t stride = high - low > kPivots ? (high - low) / (kPivots + 1) + 1 : 1;
      for (size_t i = low + stride; i <= high; i += stride) prefetch(node->least[i]);
      size_t at = low;
      while (at + stride <= high && before(node->least[at + stride])) at += stride;
      low = at;
      high = std::min(at + stride - 1, high);
    }
    return low;
  }

  void descend_to(double score, std::string_view member, Path* path) const {
    descend(path, [&](const Inner* node) {
      size_t below = children_below(node, score);
      size_t not_above = children_not_above(node, score, below);
      if (below == not_above) return below;
      return among_equals(node, below, not_above,
                          [&](const void* object) { return is_before(object, score, member); });
    });
  }
  void lower_bound(double score, std::string_view member, Path* path) const {
    descend_to(score, member, path);
    const Leaf* leaf = path->leaf();
    auto before = [&](const void* object) { return is_before(object, score, member); };
    path->indexes[0] = static_cast<uint16_t>(search_leaf(leaf, of_score(leaf, score), before));
  }
  // An object that is in the tree: its leaf is searched for the address, no object is read there.
  void find(const Object* object, Path* path) const {
    descend(path, [&](const Inner* node) {
      double score = score_of(object);
      size_t below = children_below(node, score);
      size_t not_above = children_not_above(node, score, below);
      if (below == not_above) return below;
      return among_equals(node, below, not_above, [&](const void* other) {
        return other == object || is_before(other, score, policy_.member(object));
      });
    });
    path->indexes[0] = static_cast<uint16_t>(index_in_leaf(path->leaf(), object));
  }
  // Only inside one leaf: at its ends the scores of the inner nodes would have to follow.
  bool stays_between_neighbours(const Path& path, double score) const {
    const Leaf* leaf = path.leaf();
    size_t at = path.indexes[0];
    if (at == 0 || at + 1u >= leaf->count) return false;
    std::string_view member = policy_.member(static_cast<const Object*>(leaf->object(at)));
    int64_t hint = order_of(score) >> kHintBits;
    auto before = [&](size_t i) {
      return leaf->hint(i) != hint ? leaf->hint(i) < hint
                                   : is_before(leaf->object(i), score, member);
    };
    return before(at - 1) && !before(at + 1);
  }

  [[no_unique_address]] Policy policy_;
};

}  // namespace redstart
