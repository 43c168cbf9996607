// Where the segments of one large table live: stacks without holes.
//
// While a table grows, its segments go 2 -> 3 -> 4 -> 2 KiB, each at its own moment. In a common
// allocator every size would be full of holes for most of that time: measured, a table of 12 bytes
// per element held 15 on average and 20 at worst. So each size is a stack here: what is given back
// is filled with the topmost segment of its size, and the owner corrects its directory. One copy of
// a segment per growth step of a segment, and never more than three blocks partly used.
//
// Blocks of 12 KiB hold six, four or three segments; all sizes share them through the Slab.
#pragma once

#include <cstdint>
#include <vector>

#include "base/slab.h"
#include "core/segment.h"

namespace redstart {

class SegmentStore {
 public:
  explicit SegmentStore(Slab& slab) : slab_(slab) {}
  // REQUIRES: every segment was released.
  ~SegmentStore() = default;
  SegmentStore(const SegmentStore&) = delete;
  SegmentStore& operator=(const SegmentStore&) = delete;

  static constexpr uint32_t kNotStored = ~uint32_t{0};

  // Memory for a segment of kSplitShape or above, with nothing but `place` set.
  Segment* allocate(int shape);
  // Returns the new address of the segment that moved into the place of this one; nullptr if none
  // had to.
  Segment* release(Segment* segment);

  // Memory in blocks that no segment takes.
  size_t unused_bytes() const;

 private:
  struct Stack {
    std::vector<char*> blocks;
    uint32_t count = 0;
  };

  Stack& stack(int shape) { return stacks_[shape - kSplitShape]; }
  Segment* at(int shape, uint32_t place);

  Slab& slab_;
  Stack stacks_[kLastShape - kSplitShape + 1];
};

}  // namespace redstart
