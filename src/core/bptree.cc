#include "core/bptree.h"

#include <limits>
#include <new>

namespace redstart {

BpTreeCore::BpTreeCore(Slab& slab) : slab_(&slab) { root_ = new_node(0); }

BpTreeCore::~BpTreeCore() {
  clear_some(std::numeric_limits<size_t>::max());
  free_node(root_, 0);
}

size_t BpTreeCore::bytes() const {
  return nodes_[0] * Slab::class_size(sizeof(Leaf)) + nodes_[1] * Slab::class_size(sizeof(Inner));
}

BpTreeCore::Node* BpTreeCore::new_node(int level) {
  nodes_[level > 0]++;
  if (level > 0) return new (slab_->allocate(sizeof(Inner))) Inner;
  return new (slab_->allocate(sizeof(Leaf))) Leaf;
}

void BpTreeCore::free_node(Node* node, int level) {
  nodes_[level > 0]--;
  slab_->release(node, level > 0 ? sizeof(Inner) : sizeof(Leaf));
}

void BpTreeCore::path_to_rank(size_t rank, Path* path) const {
  assert(rank <= size_);
  descend(path, [&](const Inner* node) {
    size_t child = 0;
    while (child + 1u < node->count && rank >= node->sizes[child]) rank -= node->sizes[child++];
    return child;
  });
  path->indexes[0] = static_cast<uint16_t>(rank);
}

size_t BpTreeCore::rank_of_path(const Path& path) const {
  size_t rank = path.indexes[0];
  for (int level = 1; level <= height_; ++level) {
    const Inner* node = path.inner(level);
    for (size_t i = 0; i < path.indexes[level]; ++i) rank += node->sizes[i];
  }
  return rank;
}

bool BpTreeCore::step_leaf(Path* path, int direction) const {
  int level = 1;
  for (; level <= height_; ++level) {
    int child = path->indexes[level] + direction;
    if (child >= 0 && child < path->nodes[level]->count) break;
  }
  if (level > height_) return false;
  path->indexes[level] = static_cast<uint16_t>(path->indexes[level] + direction);
  for (; level > 0; --level) {
    Node* child = path->inner(level)->children[path->indexes[level]];
    path->nodes[level - 1] = child;
    path->indexes[level - 1] = static_cast<uint16_t>(direction > 0 ? 0 : child->count - 1);
  }
  return true;
}

void BpTreeCore::move_slots(Leaf* to, size_t to_index, const Leaf* from, size_t from_index,
                            size_t n) {
  std::memmove(to->upper + to_index, from->upper + from_index, n * sizeof *to->upper);
  std::memmove(to->slots + to_index, from->slots + from_index, n * sizeof *to->slots);
}

void BpTreeCore::insert_at(Path* path, void* object, double score) {
  if (path->nodes[0]->count == kLeafSlots) make_room(path, 0);
  Leaf* leaf = path->leaf();
  size_t at = path->indexes[0];
  move_slots(leaf, at + 1, leaf, at, leaf->count - at);
  leaf->set(at, object, score);
  leaf->count++;
  for (int level = 1; level <= height_; ++level) path->inner(level)->sizes[path->indexes[level]]++;
  size_++;
  if (at == 0) set_least(*path, 1, object);
}

void* BpTreeCore::erase_at(Path* path) {
  Leaf* leaf = path->leaf();
  size_t at = path->indexes[0];
  void* erased = leaf->object(at);
  leaf->count--;
  move_slots(leaf, at, leaf, at + 1, leaf->count - at);
  for (int level = 1; level <= height_; ++level) path->inner(level)->sizes[path->indexes[level]]--;
  size_--;
  if (at == 0 && leaf->count > 0) set_least(*path, 1, leaf->object(0));
  after_erase(path);
  return erased;
}

// Another object is the first below the path's place, seen from this level on.
void BpTreeCore::set_least(const Path& path, int level, void* object) {
  for (; level <= height_; ++level) {
    path.inner(level)->least[path.indexes[level]] = object;
    if (path.indexes[level] > 0) return;
  }
}

// Makes room for one more in the full node of this level. What is to be inserted comes behind
// element `last` of the node (-1: before all), wherever that is moved; the path follows it.
void BpTreeCore::make_room(Path* path, int level) {
  if (level == height_) {
    auto* root = static_cast<Inner*>(new_node(++height_));
    assert(height_ < kMaxHeight);
    root->count = 1;
    root->scores[0] = 0;
    root->children[0] = root_;
    root->sizes[0] = static_cast<uint32_t>(size_);
    root->least[0] = least_of(root_, height_ - 1);
    root_ = root;
    path->nodes[height_] = root;
    path->indexes[height_] = 0;
  }
  int last = level == 0 ? path->indexes[0] - 1 : path->indexes[level];
  Node* node = path->nodes[level];
  int count = node->count;
  bool at_end = last == count - 1;
  bool at_front = last <= 0;
  for (int above = level + 1; above <= height_; ++above) {
    at_end = at_end && path->indexes[above] == path->nodes[above]->count - 1;
    at_front = at_front && path->indexes[above] == 0;
  }

  // The neighbour gets half of its own room, and at least one place stays for the new element.
  size_t capacity = BpTreeCore::capacity(level);
  Inner* parent = path->inner(level + 1);
  size_t at = path->indexes[level + 1];
  int moved_left = 0, moved_right = 0;
  if (!at_end && !at_front) {
    if (at > 0 && fill(parent, at - 1, level) + 2 <= capacity) {
      moved_left = static_cast<int>(capacity - fill(parent, at - 1, level) + 1) / 2;
    } else if (at + 1 < parent->count && fill(parent, at + 1, level) + 2 <= capacity) {
      moved_right = static_cast<int>(capacity - fill(parent, at + 1, level) + 1) / 2;
    }
  }
  if (moved_left == 0 && moved_right == 0) {
    if (parent->count == kChildren) {
      make_room(path, level + 1);
      parent = path->inner(level + 1);
      at = path->indexes[level + 1];
    }
    add_child(parent, at + 1, new_node(level));
    moved_right = at_end ? 1 : at_front ? count - 1 : count / 2;
  }

  if (moved_left > 0) {
    Node* left = parent->children[at - 1];
    int before = left->count;
    shift_left(parent, at, static_cast<size_t>(moved_left), level);
    if (last < moved_left) {
      path->nodes[level] = left;
      path->indexes[level + 1]--;
      last += before;
    } else {
      last -= moved_left;
    }
  } else {
    shift_right(parent, at, static_cast<size_t>(moved_right), level);
    if (last >= count - moved_right) {
      path->nodes[level] = parent->children[at + 1];
      path->indexes[level + 1]++;
      last -= count - moved_right;
    }
  }
  path->indexes[level] = static_cast<uint16_t>(level == 0 ? last + 1 : last);
}

// From the leaf upward: drops what became empty, merges what became small with a neighbour.
void BpTreeCore::after_erase(Path* path) {
  for (int level = 0; level < height_; ++level) {
    Node* node = path->nodes[level];
    size_t capacity = BpTreeCore::capacity(level);
    if (node->count >= capacity / 2) return;
    Inner* parent = path->inner(level + 1);
    size_t at = path->indexes[level + 1];
    size_t enough = capacity * 3 / 4;
    if (node->count == 0) {
      // Nothing to move.
    } else if (at > 0 && fill(parent, at - 1, level) + node->count <= enough) {
      shift_left(parent, at, node->count, level);
    } else if (at + 1u < parent->count && fill(parent, at + 1, level) + node->count <= enough) {
      node = parent->children[++at];
      shift_left(parent, at, node->count, level);
    } else {
      return;
    }
    drop_child(parent, at);
    free_node(node, level);
    if (at == 0 && parent->count > 0) set_least(*path, level + 2, parent->least[0]);
  }
  while (height_ > 0 && root_->count == 1) {
    Node* child = static_cast<Inner*>(root_)->children[0];
    free_node(root_, height_--);
    root_ = child;
  }
}

// Moves the first n elements of child `from` to the end of the child before.
void BpTreeCore::shift_left(Inner* parent, size_t from, size_t n, int level) {
  Node* left = parent->children[from - 1];
  Node* right = parent->children[from];
  size_t objects = n;
  if (level == 0) {
    auto* to = static_cast<Leaf*>(left);
    auto* source = static_cast<Leaf*>(right);
    move_slots(to, left->count, source, 0, n);
    move_slots(source, 0, source, n, right->count - n);
    if (n < right->count) parent->scores[from] = score_of(source->object(0));
  } else {
    auto* to = static_cast<Inner*>(left);
    auto* source = static_cast<Inner*>(right);
    size_t rest = right->count - n;
    source->scores[0] = parent->scores[from];
    if (rest > 0) parent->scores[from] = source->scores[n];
    objects = 0;
    for (size_t i = 0; i < n; ++i) objects += source->sizes[i];
    std::memcpy(to->scores + left->count, source->scores, n * sizeof *to->scores);
    std::memcpy(to->children + left->count, source->children, n * sizeof *to->children);
    std::memcpy(to->sizes + left->count, source->sizes, n * sizeof *to->sizes);
    std::memcpy(to->least + left->count, source->least, n * sizeof *to->least);
    std::memmove(source->scores, source->scores + n, rest * sizeof *to->scores);
    std::memmove(source->children, source->children + n, rest * sizeof *to->children);
    std::memmove(source->sizes, source->sizes + n, rest * sizeof *to->sizes);
    std::memmove(source->least, source->least + n, rest * sizeof *to->least);
  }
  left->count = static_cast<uint16_t>(left->count + n);
  right->count = static_cast<uint16_t>(right->count - n);
  parent->sizes[from - 1] += static_cast<uint32_t>(objects);
  parent->sizes[from] -= static_cast<uint32_t>(objects);
  if (right->count > 0) parent->least[from] = least_of(right, level);
}

// Moves the last n elements of child `from` to the front of the child behind.
void BpTreeCore::shift_right(Inner* parent, size_t from, size_t n, int level) {
  Node* left = parent->children[from];
  Node* right = parent->children[from + 1];
  size_t begin = left->count - n;
  size_t objects = n;
  if (level == 0) {
    auto* source = static_cast<Leaf*>(left);
    auto* to = static_cast<Leaf*>(right);
    move_slots(to, n, to, 0, right->count);
    move_slots(to, 0, source, begin, n);
    parent->scores[from + 1] = score_of(to->object(0));
  } else {
    auto* source = static_cast<Inner*>(left);
    auto* to = static_cast<Inner*>(right);
    to->scores[0] = parent->scores[from + 1];
    std::memmove(to->scores + n, to->scores, right->count * sizeof *to->scores);
    std::memmove(to->children + n, to->children, right->count * sizeof *to->children);
    std::memmove(to->sizes + n, to->sizes, right->count * sizeof *to->sizes);
    std::memmove(to->least + n, to->least, right->count * sizeof *to->least);
    std::memcpy(to->scores, source->scores + begin, n * sizeof *to->scores);
    std::memcpy(to->children, source->children + begin, n * sizeof *to->children);
    std::memcpy(to->sizes, source->sizes + begin, n * sizeof *to->sizes);
    std::memcpy(to->least, source->least + begin, n * sizeof *to->least);
    parent->scores[from + 1] = to->scores[0];
    objects = 0;
    for (size_t i = 0; i < n; ++i) objects += to->sizes[i];
  }
  left->count = static_cast<uint16_t>(left->count - n);
  right->count = static_cast<uint16_t>(right->count + n);
  parent->sizes[from] -= static_cast<uint32_t>(objects);
  parent->sizes[from + 1] += static_cast<uint32_t>(objects);
  parent->least[from + 1] = least_of(right, level);
}

// An empty child, whose score and least object shift_right() will set.
void BpTreeCore::add_child(Inner* parent, size_t at, Node* child) {
  size_t behind = parent->count - at;
  std::memmove(parent->scores + at + 1, parent->scores + at, behind * sizeof *parent->scores);
  std::memmove(parent->children + at + 1, parent->children + at, behind * sizeof *parent->children);
  std::memmove(parent->sizes + at + 1, parent->sizes + at, behind * sizeof *parent->sizes);
  std::memmove(parent->least + at + 1, parent->least + at, behind * sizeof *parent->least);
  parent->scores[at] = 0;
  parent->children[at] = child;
  parent->sizes[at] = 0;
  parent->count++;
}

void BpTreeCore::drop_child(Inner* parent, size_t at) {
  parent->count--;
  size_t behind = parent->count - at;
  std::memmove(parent->scores + at, parent->scores + at + 1, behind * sizeof *parent->scores);
  std::memmove(parent->children + at, parent->children + at + 1, behind * sizeof *parent->children);
  std::memmove(parent->sizes + at, parent->sizes + at + 1, behind * sizeof *parent->sizes);
  std::memmove(parent->least + at, parent->least + at + 1, behind * sizeof *parent->least);
}

bool BpTreeCore::clear_some(size_t max) {
  for (size_t done = 0; done < max && size_ > 0;) {
    Path path;
    descend(&path, [](const Inner* node) { return node->count - 1u; });
    size_t objects = path.nodes[0]->count;
    done += objects;
    size_ -= objects;
    path.nodes[0]->count = 0;
    for (int level = 0; level < height_ && path.nodes[level]->count == 0; ++level) {
      free_node(path.nodes[level], level);
      path.nodes[level + 1]->count--;
    }
  }
  if (size_ > 0) return false;
  if (height_ > 0) {
    free_node(root_, height_);
    height_ = 0;
    root_ = new_node(0);
  }
  return true;
}

const char* BpTreeCore::check_structure() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (height_ > 0 && root_->count < 2) return "an inner root has one child";
  size_t objects = 0;
  const char* broken = check_node(root_, height_, -kInfinity, kInfinity, &objects);
  if (broken == nullptr && objects != size_) return "the size is wrong";
  return broken;
}

const char* BpTreeCore::check_node(const Node* node, int level, double low, double high,
                                   size_t* objects) const {
  if (node->count > capacity(level)) return "a node is overfull";
  if (node->count == 0 && node != root_) return "a node is empty";
  if (level == 0) {
    const auto* leaf = static_cast<const Leaf*>(node);
    for (size_t i = 0; i < leaf->count; ++i) {
      double score = score_of(leaf->object(i));
      if (score < low || score > high) return "a score is beyond those of the inner nodes";
      if (leaf->hint(i) != order_of(score) >> kHintBits) return "a leaf has bits of another score";
    }
    *objects = leaf->count;
    return nullptr;
  }
  const auto* inner = static_cast<const Inner*>(node);
  *objects = 0;
  for (size_t i = 0; i < inner->count; ++i) {
    size_t below = 0;
    const char* broken = check_node(inner->children[i], level - 1, i == 0 ? low : inner->scores[i],
                                    i + 1 == inner->count ? high : inner->scores[i + 1], &below);
    if (broken != nullptr) return broken;
    if (below != inner->sizes[i]) return "the size of a subtree is wrong";
    if (inner->least[i] != least_of(inner->children[i], level - 1)) {
      return "the least object of a subtree is another";
    }
    *objects += below;
  }
  return nullptr;
}

}  // namespace redstart
