#include "core/segment_store.h"

#include <cstring>

namespace redstart {
namespace {

uint32_t segments_per_block(int shape) { return Slab::kBlock / kShapes[shape].bytes; }

}  // namespace

Segment* SegmentStore::at(int shape, uint32_t place) {
  uint32_t per_block = segments_per_block(shape);
  char* block = stack(shape).blocks[place / per_block];
  return reinterpret_cast<Segment*>(block + place % per_block * kShapes[shape].bytes);
}

Segment* SegmentStore::allocate(int shape) {
  Stack& s = stack(shape);
  if (s.count == s.blocks.size() * segments_per_block(shape)) {
    s.blocks.push_back(static_cast<char*>(slab_.allocate(Slab::kBlock)));
  }
  Segment* segment = at(shape, s.count);
  segment->place = s.count++;
  return segment;
}

Segment* SegmentStore::release(Segment* segment) {
  const int shape = segment->shape;
  Stack& s = stack(shape);
  Segment* top = at(shape, s.count - 1);
  Segment* moved = nullptr;
  if (top != segment) {
    uint32_t place = segment->place;
    std::memcpy(static_cast<void*>(segment), top, kShapes[shape].bytes);
    segment->place = place;
    moved = segment;
  }
  --s.count;
  if (s.count % segments_per_block(shape) == 0) {
    slab_.release(s.blocks.back(), Slab::kBlock);
    s.blocks.pop_back();
  }
  return moved;
}

size_t SegmentStore::unused_bytes() const {
  size_t unused = 0;
  for (int shape = kSplitShape; shape <= kLastShape; ++shape) {
    const Stack& s = stacks_[shape - kSplitShape];
    unused += s.blocks.size() * Slab::kBlock - size_t{s.count} * kShapes[shape].bytes;
  }
  return unused;
}

}  // namespace redstart
