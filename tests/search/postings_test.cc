#include "search/postings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.h"
#include "tests/model.h"

namespace redstart::search {
namespace {

class Postings : public testing::Test {
 protected:
  ~Postings() override {
    list_.release(heap_);
    EXPECT_EQ(heap_.bytes(), 0u);
    EXPECT_EQ(slab_.used_bytes(), 0u);
  }

  Slab slab_;
  Heap heap_{slab_};
  PostingList list_;
};

TEST_F(Postings, OfOneDocumentAreSmall) {
  list_.append(heap_, 100000, {});
  EXPECT_EQ(heap_.bytes(), 4u);
  PostingReader reader(list_, false);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.doc(), 100000u);
  EXPECT_EQ(reader.frequency(), 1u);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
}

TEST_F(Postings, OfManyDocumentsTakeAByteOrTwoEach) {
  const uint32_t position = 3;
  for (DocNumber doc = 0; doc < 100000; doc++) list_.append(heap_, doc * 5, {&position, 1});
  // Two bytes for an entry, eight for a skip every 128, and an eighth of room at most.
  EXPECT_LT(heap_.bytes(), 100000 * 2 * 9 / 8 + 100000 / 128 * 8 * 2);
  EXPECT_EQ(list_.size, 200000u);
}

TEST_F(Postings, HoldTheLargestNumbers) {
  const std::vector<uint32_t> positions = {0, 1, UINT32_MAX - 1};
  list_.append(heap_, 0, positions);
  list_.append(heap_, kNoDoc - 1, positions);
  PostingReader reader(list_, true);
  std::vector<uint32_t> read;
  ASSERT_TRUE(reader.next() && reader.next());
  EXPECT_EQ(reader.doc(), kNoDoc - 1);
  EXPECT_EQ(reader.frequency(), 3u);
  reader.positions(&read);
  EXPECT_EQ(read, positions);
}

TEST_F(Postings, AgreeWithAMap) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(testing::Message() << "REDSTART_MODEL_SEED=" << seed);
  Random random(seed);
  for (int round = 0; round < model_steps(60); round++) {
    const bool has_positions = round % 2 == 0;
    list_.release(heap_);
    std::map<DocNumber, std::vector<uint32_t>> model;
    DocNumber doc = 0;
    const uint64_t gap = uint64_t{1} << random.below(20);
    for (size_t n = random.below(2000); n > 0; n--) {
      doc += 1 + static_cast<DocNumber>(random.below(gap));
      std::vector<uint32_t>& positions = model[doc];
      uint32_t position = static_cast<uint32_t>(random.below(300));
      for (size_t m = has_positions ? 1 + random.below(4) : 0; m > 0; m--) {
        positions.push_back(position);
        position += 1 + static_cast<uint32_t>(random.below(100));
      }
      list_.append(heap_, doc, positions);
    }
    // Forward in steps and leaps, with and without a look at the positions.
    PostingReader reader(list_, has_positions);
    auto expected = model.begin();
    std::vector<uint32_t> positions;
    while (expected != model.end()) {
      if (random.below(4) == 0) {
        const DocNumber target =
            expected->first + static_cast<DocNumber>(random.below(gap * (1 + random.below(500))));
        reader.skip_to(target);
        expected = model.lower_bound(target);
        bool more = true;
        while ((more = reader.next()) && reader.doc() < target) {
        }
        ASSERT_EQ(more, expected != model.end());
        if (!more) break;
      } else {
        ASSERT_TRUE(reader.next());
      }
      ASSERT_EQ(reader.doc(), expected->first);
      ASSERT_EQ(reader.frequency(), has_positions ? expected->second.size() : 1);
      if (has_positions && random.below(2) == 0) {
        reader.positions(&positions);
        ASSERT_EQ(positions, expected->second);
      }
      ++expected;
    }
    ASSERT_FALSE(reader.next());
  }
}

TEST_F(Postings, AreRenumberedInPlace) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(testing::Message() << "REDSTART_MODEL_SEED=" << seed);
  Random random(seed);
  for (int round = 0; round < model_steps(60); round++) {
    const bool has_positions = round % 2 == 0;
    list_.release(heap_);
    PostingList expected;
    std::map<DocNumber, DocNumber> numbers;
    DocNumber doc = 0, number = 0;
    const uint64_t gap = uint64_t{1} << random.below(12);
    const uint64_t dead = random.below(10);  // of ten
    std::vector<uint32_t> positions;
    for (size_t n = random.below(3000); n > 0; n--) {
      const auto step = 1 + static_cast<DocNumber>(random.below(gap));
      doc += step;
      number += 1 + static_cast<DocNumber>(random.below(step));
      positions.clear();
      for (size_t m = has_positions ? 1 + random.below(3) : 0; m > 0; m--) {
        const uint32_t before = positions.empty() ? 0 : positions.back();
        positions.push_back(before + 1 + static_cast<uint32_t>(random.below(200)));
      }
      list_.append(heap_, doc, positions);
      numbers[doc] = random.below(10) < dead ? kNoDoc : number;
      if (numbers[doc] != kNoDoc) expected.append(heap_, number, positions);
    }
    list_.renumber(heap_, has_positions, [&numbers](DocNumber d) { return numbers.at(d); });
    ASSERT_EQ(list_.entries, expected.entries);
    ASSERT_EQ(list_.last, expected.last);
    ASSERT_EQ(list_.size, expected.size);
    ASSERT_TRUE(std::equal(list_.bytes, list_.bytes + list_.size, expected.bytes));
    for (size_t i = 0; i < list_.skip_count(); i++) {
      ASSERT_EQ(list_.skips[i].before, expected.skips[i].before);
      ASSERT_EQ(list_.skips[i].at, expected.skips[i].at);
    }
    // Its memory is what it would have been.
    const size_t both = heap_.bytes();
    expected.release(heap_);
    ASSERT_EQ(heap_.bytes() * 2, both);
    if (list_.entries > 0) list_.append(heap_, number + 5, positions);
  }
}

}  // namespace
}  // namespace redstart::search
