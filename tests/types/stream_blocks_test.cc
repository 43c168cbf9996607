#include "types/stream_blocks.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace redstart {
namespace {

// Random pushes and erasures against a plain vector of ids.
TEST(StreamBlocks, AgreeWithAVector) {
  constexpr uint64_t kSeed = 11;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  Slab slab;
  {
    StreamBlocks blocks(slab);
    std::vector<StreamId> model;
    std::vector<std::string_view> fields = {"f", "v"};
    uint64_t next_ms = 10;
    auto erase = [&](size_t index) {
      auto at = blocks.begin();
      for (size_t i = 0; i < index; i++) at = blocks.next(at);
      StreamBlock block = blocks.at(at);
      ASSERT_EQ(block.id(), model[index]);
      blocks.erase(at);
      block.release(slab);
      model.erase(model.begin() + static_cast<ptrdiff_t>(index));
    };
    for (int step = 0; step < 3000; step++) {
      bool grow = step / 500 % 2 == 0;
      if (model.empty() || random.below(10) < (grow ? 8u : 3u)) {
        StreamId id{next_ms += 2, 0};
        blocks.push_back(StreamBlock(slab, id, fields));
        model.push_back(id);
      } else {
        erase(random.below(3) == 0 ? 0 : random.below(model.size()));
      }
      ASSERT_EQ(blocks.size(), model.size());
      if (model.empty()) continue;
      ASSERT_EQ(blocks.at(blocks.last()).id(), model.back());
      // Each block is found by its own id and by those up to the next.
      size_t index = random.below(model.size());
      ASSERT_EQ(blocks.at(blocks.find(model[index])).id(), model[index]);
      ASSERT_EQ(blocks.at(blocks.find({model[index].ms + 1, 0})).id(), model[index]);
      ASSERT_EQ(blocks.at(blocks.find({1, 0})).id(), model.front());
    }
    size_t seen = model.size();
    for (auto at = blocks.last(); seen > 0; at = blocks.prev(at)) {
      ASSERT_EQ(blocks.at(at).id(), model[--seen]);
      if (seen == 0) break;
    }
    while (!model.empty()) erase(model.size() - 1);
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

}  // namespace
}  // namespace redstart
