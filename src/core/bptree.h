// The order of a large sorted set: references to objects, sorted by (score, member).
//
// Goal: insert, erase, rank and select in O(log n) with few cache misses, ranges at the speed of a
// scan, and about 10 bytes per element beside the object itself.
//
//                    inner node, 512 bytes, up to 25 children
//        +-------+------------------+--------------------+------------------+
//        | count | scores           | child addresses    | subtree sizes    |
//        +-------+------------------+--------------------+------------------+
//                                       |
//              leaf, 256 bytes          v
//        +-------+--------+--------+--------+---        objects (the caller's)
//        | count | object | object | object | ...  ---> | score | member ... |
//        +-------+--------+--------+--------+---
//
// Scores are copied into the inner nodes, so a search reads objects only inside one leaf - and
// there in two rounds, each of which asks for all its cache lines at once. Where scores are equal,
// the least object of a child decides. Nobody points to a parent or a neighbour: a search remembers
// its Path, and a walk climbs it. That leaves the whole leaf to references.
//
// Growth: a full node first shares with a neighbour and splits only if both are full; at either end
// of the tree it splits off one element, so ascending insertion fills every node. Shrinking is
// lazy: a node less than half full is merged only if three quarters of a node hold both.
//
// Invariants (validate() checks them)
//  1. Objects ascend strictly by (score, member); all leaves are equally deep.
//  2. The score at a child is not below any score left of the child and not above any inside it.
//     (Not always the child's least one: what is erased leaves its copy behind, harmlessly.)
//  3. The size at a child is the number of objects below it.
//  4. No node is empty but a root leaf; an inner root has at least two children.
//
// Cost: see README.md of this room.
//
// An object begins with its score, a double at any 4-byte boundary. It is owned by the caller, and
// neither score nor member changes while it is in the tree, except through update(). One thread.
//
// Policy: `using Object = ...; std::string_view member(const Object*) const;`
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/prefetch.h"
#include "base/slab.h"

namespace redstart {

// All that does not compare members.
class BpTreeCore {
 public:
  static constexpr size_t kLeafSlots = 31;
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
  static constexpr int kMaxHeight = 16;  // levels grow by a factor above 9 each

  struct Node {
    uint16_t count = 0;
  };
  struct Leaf : Node {
    void* objects[kLeafSlots];
  };
  // The first child has a score too, which nothing reads.
  struct Inner : Node {
    double scores[kChildren];
    Node* children[kChildren];
    uint32_t sizes[kChildren];
  };
  static_assert(sizeof(Leaf) == 256 && sizeof(Inner) <= 512);

  // A way from the root to an object, or to the place where one would be inserted. Level 0 is the
  // leaf; the index there may be its count.
  struct Path {
    Node* nodes[kMaxHeight];
    uint16_t indexes[kMaxHeight];

    Leaf* leaf() const { return static_cast<Leaf*>(nodes[0]); }
    Inner* inner(int level) const { return static_cast<Inner*>(nodes[level]); }
    void* object() const { return leaf()->objects[indexes[0]]; }
  };

  static double score_of(const void* object) {
    double score;
    std::memcpy(&score, object, sizeof score);
    return score;
  }
  static void set_score(void* object, double score) { std::memcpy(object, &score, sizeof score); }

  // How many children, the first excepted, have a score below (or also equal to) this one: the
  // child to search if no score is equal.
  static size_t children_below(const Inner* node, double score) {
    size_t below = 0;
    for (size_t i = 1; i < node->count; ++i) below += node->scores[i] < score;
    return below;
  }
  static size_t children_not_above(const Inner* node, double score) {
    size_t below = 0;
    for (size_t i = 1; i < node->count; ++i) below += node->scores[i] <= score;
    return below;
  }

  // Goes from the root to a leaf; choose(const Inner*, level) answers which child to take. The
  // index in the leaf is left to the caller.
  template <class Choose>
  void descend(Path* path, Choose&& choose) const {
    Node* node = root_;
    for (int level = height_; level > 0; --level) {
      auto* inner = static_cast<Inner*>(node);
      size_t child = choose(inner, level);
      path->nodes[level] = inner;
      path->indexes[level] = static_cast<uint16_t>(child);
      node = inner->children[child];
      prefetch_node(node, level - 1);
    }
    path->nodes[0] = node;
    path->indexes[0] = 0;
  }

  // The index of the first object that is not before(object). The pivots' misses overlap, and so
  // do those of the objects between two pivots.
  template <class Before>
  static size_t search_leaf(const Leaf* leaf, Before&& before) {
    constexpr size_t kStride = 4;
    size_t count = leaf->count;
    for (size_t i = kStride - 1; i < count; i += kStride) prefetch(leaf->objects[i]);
    size_t at = 0;
    while (at + kStride - 1 < count && before(leaf->objects[at + kStride - 1])) at += kStride;
    size_t end = std::min(at + kStride - 1, count);
    for (size_t i = at; i < end; ++i) prefetch(leaf->objects[i]);
    while (at < end && before(leaf->objects[at])) ++at;
    return at;
  }

  static size_t index_in_leaf(const Leaf* leaf, const void* object) {
    size_t at = 0;
    while (leaf->objects[at] != object) {
      ++at;
      assert(at < leaf->count && "not in the tree");
    }
    return at;
  }

  const void* least_below(const Node* node, int level) const {
    for (; level > 0; --level) node = static_cast<const Inner*>(node)->children[0];
    return static_cast<const Leaf*>(node)->objects[0];
  }

  // REQUIRES: rank <= size(). A rank of size() is behind the last object.
  void path_to_rank(size_t rank, Path* path) const;
  size_t rank_of_path(const Path& path) const;
  // To the next leaf (+1) or the one before (-1); false, and an unchanged path, if there is none.
  bool step_leaf(Path* path, int direction) const;

  void insert_at(Path* path, void* object);
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
          prefetch(leaf->objects[later]);
        } else if (more) {
          int over = later < 0 ? later + next->count : later - slots;
          if (over >= 0 && over < next->count) prefetch(next->objects[over]);
        }
        if (visit(leaf->objects[i])) return;
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
    size_t bytes = level == 0 ? sizeof(Leaf) : sizeof(Inner);
    for (size_t at = 0; at < bytes; at += 64) prefetch(reinterpret_cast<const char*>(node) + at);
  }
  static size_t capacity(int level) { return level == 0 ? kLeafSlots : kChildren; }

  Node* new_node(int level);
  void free_node(Node* node, int level);
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
    lower_bound(score_of(object), policy_.member(object), &path);
    insert_at(&path, object);
  }
  // REQUIRES: the object comes after all others. Loading in order needs no comparisons.
  void append(Object* object) {
    Path path;
    path_to_rank(size_, &path);
    insert_at(&path, object);
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
    }
  }
  // Another object of the same score and member takes the place.
  void replace(const Object* old_object, Object* object) {
    Path path;
    find(old_object, &path);
    path.leaf()->objects[path.indexes[0]] = object;
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
    descend(&path, [&](const Inner* node, int) {
      return equal ? children_not_above(node, score) : children_below(node, score);
    });
    path.indexes[0] = static_cast<uint16_t>(search_leaf(path.leaf(), [&](const void* object) {
      double other = score_of(object);
      return equal ? other <= score : other < score;
    }));
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
    descend(&path, [&](const Inner* node, int level) {
      return among_equals(node, level, 0, node->count - 1u, before);
    });
    path.indexes[0] = static_cast<uint16_t>(search_leaf(path.leaf(), before));
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

  // The last child of (low, high] whose least object comes before, else `low`.
  template <class Before>
  size_t among_equals(const Inner* node, int level, size_t low, size_t high,
                      Before&& before) const {
    while (low < high) {
      size_t middle = (low + high + 1) / 2;
      if (before(least_below(node->children[middle], level - 1))) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  void descend_to(double score, std::string_view member, Path* path) const {
    descend(path, [&](const Inner* node, int level) {
      size_t below = children_below(node, score);
      size_t not_above = children_not_above(node, score);
      if (below == not_above) return below;
      return among_equals(node, level, below, not_above,
                          [&](const void* object) { return is_before(object, score, member); });
    });
  }
  void lower_bound(double score, std::string_view member, Path* path) const {
    descend_to(score, member, path);
    path->indexes[0] = static_cast<uint16_t>(search_leaf(
        path->leaf(), [&](const void* object) { return is_before(object, score, member); }));
  }
  // An object that is in the tree: its leaf is searched for the address, no object is read there.
  void find(const Object* object, Path* path) const {
    descend(path, [&](const Inner* node, int level) {
      double score = score_of(object);
      size_t below = children_below(node, score);
      size_t not_above = children_not_above(node, score);
      if (below == not_above) return below;
      return among_equals(node, level, below, not_above, [&](const void* other) {
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
    std::string_view member = policy_.member(static_cast<const Object*>(leaf->objects[at]));
    return is_before(leaf->objects[at - 1], score, member) &&
           !is_before(leaf->objects[at + 1], score, member);
  }

  [[no_unique_address]] Policy policy_;
};

}  // namespace redstart
