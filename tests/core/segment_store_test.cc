#include "core/segment_store.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace redstart {
namespace {

// Segments come and go; each keeps its contents wherever it is moved, and no holes stay behind.
TEST(SegmentStore, StaysDenseAndKeepsContents) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  Slab slab;
  SegmentStore store(slab);
  std::vector<Segment*> living;  // index = prefix
  for (int step = 0; step < 20000; ++step) {
    bool growing = step < 5000 || (step > 10000 && step < 15000);
    if (living.empty() || random() % 10 < (growing ? 7u : 3u)) {
      int shape = kSplitShape + static_cast<int>(random() % 3);
      Segment* segment = store.allocate(shape);
      segment->shape = static_cast<uint8_t>(shape);
      segment->prefix = living.size();
      segment->line(segment->form().lines - 1)->slots[6].word = living.size();
      living.push_back(segment);
    } else {
      // The last of the list takes the number of the one that goes.
      size_t gone = random() % living.size();
      Segment* segment = living[gone];
      living.back()->prefix = gone;
      living.back()->line(living.back()->form().lines - 1)->slots[6].word = gone;
      living[gone] = living.back();
      living.pop_back();
      if (Segment* moved = store.release(segment)) living[moved->prefix] = moved;
    }
    ASSERT_LT(store.unused_bytes(), 3 * Slab::kBlock);
  }
  for (size_t i = 0; i < living.size(); ++i) {
    ASSERT_EQ(living[i]->prefix, i);
    ASSERT_EQ(living[i]->line(living[i]->form().lines - 1)->slots[6].word, i);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(living[i]) % 64, 0u);
  }
  while (!living.empty()) {
    Segment* segment = living.back();
    living.pop_back();
    if (Segment* moved = store.release(segment)) living[moved->prefix] = moved;
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

}  // namespace
}  // namespace redstart
