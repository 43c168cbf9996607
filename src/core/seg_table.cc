#include "core/seg_table.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <cstring>

namespace redstart {
namespace {

// What an empty table points to, so that lookups need no test for it. Never written.
alignas(64) const Line kNothing[4] = {};

Segment* nothing() { return reinterpret_cast<Segment*>(const_cast<Line*>(kNothing)); }

// A segment this full or less is worth rebuilding in that shape: it has room to grow again.
bool fits_with_ease(uint32_t count, int shape) { return count * 5 <= kShapes[shape].slots() * 4; }

// Above this, splits rarely fill a half into the shape.
bool fits_tightly(uint32_t count, int shape) { return count * 8 <= kShapes[shape].slots() * 7; }

// The lines of a segment by the number of its homes, the header's excepted.
constexpr std::array<uint8_t, 64> kLinesBeside = [] {
  std::array<uint8_t, 64> lines = {};
  for (const SegmentShape& shape : kShapes) {
    lines[shape.homes] = static_cast<uint8_t>(shape.lines - 1);
  }
  return lines;
}();

uint32_t line_count(Segment* segment) {
  uint32_t lines = 0;
  segment->each_line([&](Line*) { ++lines; });
  return lines;
}

}  // namespace

SegTableCore::SegTableCore(Slab& slab) : directory_(&root_), slab_(&slab) { reset(); }

SegTableCore::~SegTableCore() {
  while (Segment* segment = next_to_clear()) clear_segment(segment);
  reset();
}

size_t SegTableCore::bytes() const {
  size_t partly_used = store_ == nullptr ? 0 : store_->unused_bytes();
  return segment_bytes_ + partly_used + (depth_ == 0 ? 0 : sizeof(uint64_t) << depth_);
}

// ---- Segments ----

uint64_t SegTableCore::word_for(const Segment* segment) {
  return reinterpret_cast<uintptr_t>(segment) | uint64_t{segment->depth} << 48 |
         uint64_t{segment->form().homes} << 56;
}

Segment* SegTableCore::new_segment(int shape, uint32_t depth, uint64_t prefix) {
  const size_t bytes = kShapes[shape].bytes;
  Segment* segment;
  uint32_t place = SegmentStore::kNotStored;
  if (depth >= kStoreDepth && shape >= kSplitShape) {
    if (store_ == nullptr) store_ = std::make_unique<SegmentStore>(*slab_);
    segment = store_->allocate(shape);
    place = segment->place;
  } else {
    segment = static_cast<Segment*>(slab_->allocate(bytes));
  }
  std::memset(static_cast<void*>(segment), 0, bytes);
  segment_bytes_ += bytes;
  segment->prefix = prefix;
  segment->place = place;
  segment->depth = static_cast<uint8_t>(depth);
  segment->shape = static_cast<uint8_t>(shape);
  most_lines_ = std::max(most_lines_, uint32_t{kShapes[shape].lines} - 1);
  return segment;
}

// Gives the segment and its overflow back. REQUIRES: no directory word leads to it any more. This
// may move another segment, so no address of a segment survives it.
void SegTableCore::free_segment(Segment* segment) {
  while (segment != nullptr) {
    Segment* overflow = segment->overflow;
    size_t bytes = segment->form().bytes;
    segment_bytes_ -= bytes;
    if (segment->place == SegmentStore::kNotStored) {
      slab_->release(segment, bytes);
    } else if (Segment* moved = store_->release(segment)) {
      publish(moved);
    }
    segment = overflow;
  }
}

// Writes the directory words of the segment.
void SegTableCore::publish(Segment* segment) {
  size_t first = index_of(segment->prefix);
  size_t words = size_t{1} << (depth_ - segment->depth);
  std::fill_n(directory_ + first, words, word_for(segment));
}

// Puts the word into the less loaded of the two lines or a stash line. Returns nullptr if none has
// room. Counts it in the segment.
Slot* SegTableCore::put(Segment* segment, const Place& place, uint64_t word, uint8_t fingerprint) {
  uint64_t in_home = place.home->empties();
  uint64_t in_next = place.next->empties();
  bool home_is_better = Line::count_of(in_home) >= Line::count_of(in_next);
  Line* line = home_is_better ? place.home : place.next;
  uint64_t empties = home_is_better ? in_home : in_next;
  if (empties == 0) [[unlikely]] {
    line = nullptr;
    segment->each_stash([&](Segment* owner, Line* stash) {
      empties = stash->empties();
      if (empties == 0) return false;
      line = stash;
      if (owner != segment) ++owner->count;
      return true;
    });
    if (line == nullptr) return nullptr;
    place.home->set_spills(true);
  }
  int slot = Line::slot_of(empties);
  line->set(slot, word, fingerprint);
  ++segment->count;
  return &line->slots[slot];
}

SegTableCore::Place SegTableCore::place_in(Segment* segment, uint32_t window) {
  uint32_t homes = segment->form().homes;
  uint32_t home = home_of(window, segment->depth, homes);
  uint32_t next = home + 1 == homes ? 0 : home + 1;
  return {segment->home(home), segment->home(next), window};
}

// Copies those elements of `from` that belong to `to`, whose depth may be one more, the same, or
// one less. Returns false if not all found room; a segment of the last shape makes room.
bool SegTableCore::pour(Segment* from, Segment* to, const Rehash& rehash) {
  const uint32_t bit = 15 - from->depth % kWindowStep;  // in the window: which half after a split
  const bool split = to->depth > from->depth;
  const bool window_used_up = split && to->depth % kWindowStep == 0;
  const bool window_steps_back = to->depth < from->depth && from->depth % kWindowStep == 0;
  const uint32_t side = split ? (to->prefix >> (63 - from->depth)) & 1 : 0;
  bool all = true;
  if (window_used_up) {
    from->each_line([](Line* line) {
      for (const Slot& slot : line->slots) prefetch(slot.object());
    });
  }
  from->each_line([&](Line* line) {
    for (int i = 0; i < Line::kSlots && all; ++i) {
      const Slot& slot = line->slots[i];
      if (slot.word == 0) continue;
      uint32_t window = slot.window();
      if (split && (window >> bit & 1) != side) continue;
      if (window_used_up) {
        window = window_of(rehash(slot.object()), to->depth);
      } else if (window_steps_back) {
        window = (window_of(from->prefix, to->depth) & 0xff00) | window >> 8;
      }
      uint64_t word = (slot.word & ~Slot::kWindow) | uint64_t{window} << 48;
      Place place = place_in(to, window);
      while (put(to, place, word, line->fingerprint(i)) == nullptr) {
        if (to->shape != kLastShape) {
          all = false;
          return;
        }
        add_overflow(to);
      }
      ++moved_;
    }
  });
  return all;
}

// A segment with those elements of `from` that belong to it, of this shape or the next that holds
// them.
Segment* SegTableCore::build(int shape, uint32_t depth, uint64_t prefix, Segment* from,
                             const Rehash& rehash) {
  for (;; ++shape) {
    Segment* segment = new_segment(shape, depth, prefix);
    if (pour(from, segment, rehash)) return segment;
    free_segment(segment);
  }
}

// ---- Growing ----

namespace {

// Whether what found no room in the lines is of different hashes, as far as the slots tell.
bool stash_differs(Segment* segment) {
  uint32_t first = 0, all = 0, like_first = 0;
  segment->each_stash([&](Segment*, Line* line) {
    for (const Slot& slot : line->slots) {
      if (slot.word == 0) continue;
      if (all++ == 0) first = slot.window();
      like_first += slot.window() == first;
    }
    return false;
  });
  return like_first * 2 < all;
}

}  // namespace

void SegTableCore::make_room(Segment* segment, const Rehash& rehash) {
  // A segment that overflows while three quarters of its own lines are empty is crowded at one
  // place. Hashes that are equal are not parted by any split; those that come in their order (a
  // table that is filled by a walk over another one) are by some, which the directory can afford as
  // long as it is small beside the elements.
  uint32_t inside = segment->count;
  for (Segment* more = segment->overflow; more != nullptr; more = more->overflow) {
    inside -= more->count;
  }
  const bool crowded = inside * 4 < segment->form().slots();
  const bool affordable = uint64_t{2} << segment->depth <= size_;
  const bool worth_a_split =
      segment->depth < kMaxDepth && (!crowded || (affordable && stash_differs(segment)));
  if (segment->shape < kLastShape) {
    grow(segment, rehash);
  } else if (worth_a_split) {
    split(segment, rehash);
  } else {
    add_overflow(segment);
  }
}

void SegTableCore::grow(Segment* segment, const Rehash& rehash) {
  publish(build(segment->shape + 1, segment->depth, segment->prefix, segment, rehash));
  free_segment(segment);
}

void SegTableCore::split(Segment* segment, const Rehash& rehash) {
  const uint32_t depth = segment->depth + 1;
  const uint64_t upper = segment->prefix | uint64_t{1} << (64 - depth);
  uint32_t in_upper = 0;
  segment->each_line([&](Line* line) {
    for (const Slot& slot : line->slots) {
      in_upper += slot.window() >> (15 - segment->depth % kWindowStep) & 1;
    }
  });
  auto shape_for = [](uint32_t count) {
    int shape = kSplitShape;
    while (shape < kLastShape && !fits_tightly(count, shape)) ++shape;
    return shape;
  };
  Segment* left =
      build(shape_for(segment->count - in_upper), depth, segment->prefix, segment, rehash);
  Segment* right = build(shape_for(in_upper), depth, upper, segment, rehash);
  if (segment->depth == depth_) double_directory();
  if (depth == depth_) deepest_ += 2;
  publish(left);
  publish(right);
  free_segment(segment);
}

// Overflow segments have the smallest shape and consist of stash lines only.
void SegTableCore::add_overflow(Segment* segment) {
  Segment* more = new_segment(0, segment->depth, segment->prefix);
  more->overflow = segment->overflow;
  segment->overflow = more;
  most_lines_ = std::max(most_lines_, line_count(segment));
}

void SegTableCore::double_directory() {
  size_t words = size_t{1} << depth_;
  void* old = depth_ == 0 ? nullptr : directory_;
  auto* directory = static_cast<uint64_t*>(std::realloc(old, 2 * words * sizeof(uint64_t)));
  if (directory == nullptr) std::abort();
  if (depth_ == 0) directory[0] = root_;
  for (size_t i = words; i-- > 0;) directory[2 * i] = directory[2 * i + 1] = directory[i];
  directory_ = directory;
  ++depth_;
  deepest_ = 0;
}

// ---- Insert and erase ----

Slot* SegTableCore::insert_new(uint64_t hash, void* object, const Rehash& rehash) {
  assert((reinterpret_cast<uintptr_t>(object) & ~Slot::kPointer) == 0);
  if (segment_in(directory_[0]) == nothing()) [[unlikely]]
    publish(new_segment(0, 0, 0));
  for (;;) {
    Place place = locate(hash);
    Segment* segment = segment_of(hash);
    uint64_t word = uint64_t{place.window} << 48 | reinterpret_cast<uintptr_t>(object);
    Slot* slot = put(segment, place, word, fingerprint_of(hash));
    if (slot != nullptr) {
      ++size_;
      return slot;
    }
    make_room(segment, rehash);
  }
}

void SegTableCore::erase_slot(Slot* slot, uint64_t hash) {
  auto* line = reinterpret_cast<Line*>(reinterpret_cast<uintptr_t>(slot) & ~uintptr_t{63});
  Segment* segment = segment_of(hash);
  uint32_t window = slot->window();
  line->set(static_cast<int>(slot - line->slots), 0, 0);
  --segment->count;
  --size_;
  bool in_home = line >= segment->home(0) && line < segment->home(segment->form().homes);
  if (!in_home) [[unlikely]]
    after_stash_erase(segment, line, window);
}

// Keeps `spills` of the home line exact, and gives an overflow segment back when its last element
// has gone.
void SegTableCore::after_stash_erase(Segment* segment, Line* line, uint32_t window) {
  uint32_t homes = segment->form().homes;
  uint32_t home = home_of(window, segment->depth, homes);
  bool spills = false;
  Segment* owner = segment;
  segment->each_stash([&](Segment* part, Line* stash) {
    if (stash == line) owner = part;
    for (const Slot& slot : stash->slots) {
      spills |= slot.word != 0 && home_of(slot.window(), segment->depth, homes) == home;
    }
    return false;
  });
  segment->home(home)->set_spills(spills);
  if (owner == segment || --owner->count > 0) return;
  Segment** link = &segment->overflow;
  while (*link != owner) link = &(*link)->overflow;
  *link = owner->overflow;
  owner->overflow = nullptr;
  free_segment(owner);
}

// ---- Shrinking ----

// A growing table takes 11 to 13.4 bytes per element. Above 14 it has lost elements, or has been
// turned over: then each segment once met its own peak, and stays as large as that made it (15.8
// bytes after ten turnovers without shrinking). Begun, it goes on to 13, so that it pays off.
bool SegTableCore::hollow() const {
  if (size_ == 0) return segment_bytes_ > 0;
  return segment_bytes_ > (shrinking_ ? 13 : 14) * size_ + 512;
}

bool SegTableCore::shrink(size_t segments, const Rehash& rehash) {
  shrinking_ = hollow();
  if (!shrinking_) return false;
  bool changed = false;
  for (size_t i = 0; i < segments && hollow(); ++i) {
    Segment* segment = segment_of(shrink_at_);
    Segment* smaller = shrink_one(segment, rehash);
    if (smaller == nullptr) {
      uint32_t depth = segment->depth;
      shrink_at_ = depth == 0 ? 0 : segment->prefix + (uint64_t{1} << (64 - depth));
      continue;
    }
    changed = true;
    shrink_at_ = smaller->prefix;
    if (depth_ == 0) most_lines_ = line_count(smaller);
  }
  return changed && hollow();
}

// Rebuilds the segment smaller, alone or together with its sibling. Returns the new one, nullptr if
// there is nothing to gain.
Segment* SegTableCore::shrink_one(Segment* segment, const Rehash& rehash) {
  if (size_ == 0 && segment->depth == 0) {
    free_segment(segment);
    reset();
    return segment_in(root_);
  }
  if (Segment* merged = merge(segment, rehash)) return merged;
  int smallest = segment->depth == 0 ? 0 : kSplitShape;
  int shape = smallest;
  while (shape < segment->shape && !fits_with_ease(segment->count, shape)) ++shape;
  if (shape >= segment->shape) return nullptr;
  Segment* smaller = new_segment(shape, segment->depth, segment->prefix);
  if (!pour(segment, smaller, rehash)) {
    free_segment(smaller);
    return nullptr;
  }
  publish(smaller);
  free_segment(segment);
  return smaller;  // of another shape, so it cannot have moved
}

Segment* SegTableCore::merge(Segment* segment, const Rehash& rehash) {
  if (segment->depth == 0) return nullptr;
  const uint64_t side = uint64_t{1} << (64 - segment->depth);
  Segment* sibling = segment_of(segment->prefix ^ side);
  if (sibling->depth != segment->depth) return nullptr;
  const uint32_t count = segment->count + sibling->count;
  int shape = kSplitShape;
  while (shape < kLastShape && !fits_with_ease(count, shape)) ++shape;
  if (shape == kLastShape) return nullptr;
  const uint64_t prefix = segment->prefix & ~side;
  Segment* merged = new_segment(shape, segment->depth - 1, prefix);
  if (!pour(segment, merged, rehash) || !pour(sibling, merged, rehash)) {
    free_segment(merged);
    return nullptr;
  }
  if (segment->depth == depth_) deepest_ -= 2;
  publish(merged);
  // The upper one of a stack first: giving back the lower one would move it, dead as it is.
  if (segment->place < sibling->place) std::swap(segment, sibling);
  free_segment(segment);
  free_segment(sibling);
  while (deepest_ == 0) halve_directory();
  return segment_of(prefix);
}

void SegTableCore::halve_directory() {
  --depth_;
  size_t words = size_t{1} << depth_;
  for (size_t i = 0; i < words; ++i) directory_[i] = directory_[2 * i];
  if (depth_ == 0) {
    root_ = directory_[0];
    std::free(directory_);
    directory_ = &root_;
  } else {
    void* smaller = std::realloc(directory_, words * sizeof(uint64_t));
    if (smaller != nullptr) directory_ = static_cast<uint64_t*>(smaller);
  }
  deepest_ = 0;
  each_segment([&](Segment* segment) { deepest_ += segment->depth == depth_; });
}

// ---- Clearing ----

Segment* SegTableCore::next_to_clear() {
  size_t words = size_t{1} << depth_;
  if (cleared_ == words || segment_in(directory_[0]) == nothing()) return nullptr;
  return segment_in(directory_[words - 1 - cleared_]);
}

void SegTableCore::clear_segment(Segment* segment) {
  cleared_ += size_t{1} << (depth_ - segment->depth);
  size_ -= segment->count;
  free_segment(segment);
}

// Back to the empty table. REQUIRES: no segment is left.
void SegTableCore::reset() {
  if (directory_ != &root_) std::free(directory_);
  directory_ = &root_;
  root_ = word_for(nothing());
  size_ = 0;
  shrink_at_ = 0;
  deepest_ = 1;
  cleared_ = 0;
  depth_ = 0;
  most_lines_ = 0;
  shrinking_ = false;
  store_.reset();
}

void SegTableCore::swap_core(SegTableCore& other) {
  std::swap(directory_, other.directory_);
  std::swap(root_, other.root_);
  std::swap(size_, other.size_);
  std::swap(slab_, other.slab_);
  std::swap(store_, other.store_);
  std::swap(segment_bytes_, other.segment_bytes_);
  std::swap(shrink_at_, other.shrink_at_);
  std::swap(moved_, other.moved_);
  std::swap(deepest_, other.deepest_);
  std::swap(cleared_, other.cleared_);
  std::swap(depth_, other.depth_);
  std::swap(most_lines_, other.most_lines_);
  std::swap(shrinking_, other.shrinking_);
  if (directory_ == &other.root_) directory_ = &root_;
  if (other.directory_ == &root_) other.directory_ = &other.root_;
}

// ---- Sampling and walking ----

// Draws a directory word and a slot number and keeps the pair only if it names a slot: a word
// counts only as the first of its segment, a number only if the segment has that slot. So every
// slot has the same chance. Of the slots the first counts that is not empty. A quarter of them are:
// two are drawn at a time, so that the second one is on its way while the first is read. Unless
// there are overflow segments, the directory tells all, and the slot is the only memory read of its
// segment.
Slot* SegTableCore::random_slot(Random& random) const {
  if (size_ == 0) return nullptr;
  const bool overflows = most_lines_ >= kShapes[kLastShape].lines;
  auto draw = [&]() -> Slot* {
    constexpr int kTries = 8;
    for (int i = 0; i < kTries; ++i) {
      uint64_t bits = random.next();
      size_t index = index_of(bits);
      uint64_t word = directory_[index];
      if (index > 0 && directory_[index - 1] == word) continue;
      uint64_t number = ((bits & 0xffff'ffff) * (most_lines_ * Line::kSlots)) >> 32;
      auto n = static_cast<uint32_t>(number);
      if (n < uint32_t{kLinesBeside[word >> 56]} * Line::kSlots) {
        return &segment_in(word)->line(1 + n / Line::kSlots)->slots[n % Line::kSlots];
      }
      if (overflows) return slot_number(segment_in(word), n);
    }
    return nullptr;
  };
  constexpr int kPairs = 400;
  for (int i = 0; i < kPairs; ++i) {
    Slot* slots[] = {draw(), draw()};
    for (Slot* slot : slots) {
      if (slot != nullptr) prefetch(slot);
    }
    for (Slot* slot : slots) {
      if (slot != nullptr && slot->word != 0) return slot;
    }
  }
  // The table is nearly empty and has not shrunk yet: take the next element after a random place.
  uint64_t at = random.next();
  for (;;) {
    Segment* segment = segment_of(at);
    Slot* found = nullptr;
    segment->each_line([&](Line* line) {
      for (Slot& slot : line->slots) {
        if (slot.word != 0) found = &slot;
      }
    });
    if (found != nullptr) return found;
    at = segment->depth == 0 ? 0 : segment->prefix + (uint64_t{1} << (64 - segment->depth));
  }
}

// The n-th slot of a segment and its overflow, nullptr if it has fewer.
Slot* SegTableCore::slot_number(Segment* segment, uint32_t n) {
  uint32_t line = 1 + n / Line::kSlots;
  while (segment != nullptr && line >= segment->form().lines) {
    line -= segment->form().lines - 1;
    segment = segment->overflow;
  }
  return segment == nullptr ? nullptr : &segment->line(line)->slots[n % Line::kSlots];
}

uint64_t SegTableCore::gather(uint64_t position, const Rehash& rehash,
                              std::vector<Hashed>* bucket) const {
  Segment* segment = segment_of(position);
  const uint32_t depth = segment->depth;
  const uint32_t homes = segment->form().homes;
  const uint32_t home = home_of(window_of(position, depth), depth, homes);
  bucket->clear();
  auto collect = [&](Line* line) {
    for (const Slot& slot : line->slots) {
      if (slot.word == 0 || home_of(slot.window(), depth, homes) != home) continue;
      uint64_t hash = rehash(slot.object());
      if (hash >= position) bucket->push_back({hash, slot.object()});
    }
  };
  collect(segment->home(home));
  collect(segment->home(home + 1 == homes ? 0 : home + 1));
  if (segment->home(home)->spills()) {
    segment->each_stash([&](Segment*, Line* line) {
      collect(line);
      return false;
    });
  }
  std::sort(bucket->begin(), bucket->end(),
            [](const Hashed& a, const Hashed& b) { return a.hash < b.hash; });
  if (home + 1 == homes) return depth == 0 ? 0 : segment->prefix + (uint64_t{1} << (64 - depth));
  // The inverse of home_of: the smallest bits below the depth that lead to the next home.
  uint64_t below = (((home + 1) << 16) + homes - 1) / homes;
  uint64_t unused = (uint64_t{1} << depth % kWindowStep) - 1;
  below = (below + unused) & ~unused;
  return segment->prefix + (below << 48 >> depth);
}

// ---- Checking ----

const char* SegTableCore::check(const Rehash& rehash) const {
  const char* problem = nullptr;
  size_t elements = 0;
  size_t deepest = 0;
  uint64_t expected = 0;
  bool first = true;
  each_segment([&](Segment* segment) {
    if (problem != nullptr) return;
    if (!first && segment->prefix != expected) problem = "segments are not consecutive";
    first = false;
    if (segment->depth > 0) expected = segment->prefix + (uint64_t{1} << (64 - segment->depth));
    elements += segment->count;
    deepest += segment->depth == depth_;
    if (problem == nullptr) problem = check_segment(segment, rehash);
  });
  if (problem != nullptr) return problem;
  if (elements != size_) return "size is not the sum of the segments' counts";
  if (deepest != deepest_) return "the number of deepest segments is wrong";
  return nullptr;
}

const char* SegTableCore::check_segment(Segment* segment, const Rehash& rehash) const {
  const size_t words = size_t{1} << (depth_ - segment->depth);
  const size_t index = index_of(segment->prefix);
  if (index % words != 0) return "directory words of a segment are not aligned";
  for (size_t i = 0; i < words; ++i) {
    if (directory_[index + i] != word_for(segment)) return "a directory word is wrong";
  }
  const uint32_t homes = segment->form().homes;
  const char* problem = nullptr;
  uint32_t count = 0;
  bool spilled[64] = {};
  auto look = [&](Line* line, bool stash) {
    for (int i = 0; i < Line::kSlots; ++i) {
      const Slot& slot = line->slots[i];
      if ((slot.word == 0) != (line->fingerprint(i) == 0)) problem = "an empty slot is not free";
      if (slot.word == 0) continue;
      ++count;
      uint64_t hash = rehash(slot.object());
      Place place = locate(hash);
      uint32_t home = home_of(slot.window(), segment->depth, homes);
      if (segment_of(hash) != segment) problem = "an element is in a foreign segment";
      if (slot.window() != place.window) problem = "a window is wrong";
      if (line->fingerprint(i) != fingerprint_of(hash)) problem = "a fingerprint is wrong";
      if (!stash && line != place.home && line != place.next) problem = "an element is misplaced";
      spilled[home] |= stash;
    }
  };
  for (uint32_t i = 0; i < homes; ++i) look(segment->home(i), false);
  segment->each_stash([&](Segment*, Line* line) {
    look(line, true);
    return false;
  });
  for (uint32_t i = 0; i < homes; ++i) {
    if (segment->home(i)->spills() != spilled[i]) problem = "a spill mark is wrong";
  }
  if (count != segment->count) problem = "a segment's count is wrong";
  return problem;
}

}  // namespace redstart
