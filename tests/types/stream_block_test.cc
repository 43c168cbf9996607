#include "types/stream_block.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/slab.h"

namespace redstart {
namespace {

// All items of the listpack, in words.
std::string items_of(const StreamBlock& block) {
  std::string text;
  ListpackView pack = block.pack();
  for (uint32_t pos = pack.first(); pos != pack.end(); pos = pack.next(pos)) {
    text += pack.at(pos).to_string() + " ";
  }
  return text;
}

class StreamBlockTest : public testing::Test {
 protected:
  ~StreamBlockTest() override {
    block_.release(slab_);
    EXPECT_EQ(slab_.used_bytes(), 0u);
  }
  void append(StreamId id, const std::vector<std::string_view>& fields) {
    block_.append(slab_, id, fields);
    ASSERT_TRUE(listpack_valid(block_.pack().bytes()));
  }

  Slab slab_;
  std::vector<std::string_view> fields_ = {"name", "ann", "age", "7"};
  StreamBlock block_{slab_, {100, 5}, fields_};
};

// The layout that dumps and Redis have.
TEST_F(StreamBlockTest, IsLaidOutAsRedisDoes) {
  append({100, 5}, fields_);
  append({103, 1}, {"name", "bob", "age", "8"});
  append({104, 0}, {"x", "y"});
  EXPECT_EQ(items_of(block_),
            "3 0 2 name age 0 "
            "2 0 0 ann 7 5 "
            "2 3 -4 bob 8 5 "
            "0 4 -5 1 x y 6 ");
}

TEST_F(StreamBlockTest, ATombstoneKeepsItsPlace) {
  append({100, 5}, fields_);
  append({100, 6}, {"x", "y"});
  StreamEntry entry = block_.no_entry();
  ASSERT_TRUE(block_.first(&entry));
  block_.erase(slab_, &entry);
  EXPECT_EQ(items_of(block_), "1 1 2 name age 0 3 0 0 ann 7 5 0 0 1 1 x y 6 ");
  ASSERT_TRUE(block_.next(&entry));
  EXPECT_EQ(entry.id, (StreamId{100, 6}));
  EXPECT_FALSE(block_.next(&entry));
  ASSERT_TRUE(block_.prev(&entry));
  EXPECT_TRUE(StreamBlock::is_deleted(entry));
  EXPECT_FALSE(block_.prev(&entry));
}

// The counts of the master take another byte beyond 127, and all behind them moves.
TEST_F(StreamBlockTest, CountsMayGrow) {
  for (uint64_t i = 0; i < 300; i++) append({100, 5 + i}, fields_);
  EXPECT_EQ(block_.live(), 300u);
  StreamEntry entry = block_.no_entry();
  uint64_t seen = 0;
  for (bool more = block_.first(&entry); more; more = block_.next(&entry), seen++) {
    ASSERT_EQ(entry.id, (StreamId{100, 5 + seen}));
    block_.erase(slab_, &entry);
    ASSERT_TRUE(listpack_valid(block_.pack().bytes()));
  }
  EXPECT_EQ(seen, 300u);
  EXPECT_EQ(block_.live(), 0u);
  EXPECT_EQ(block_.deleted(), 300u);
}

TEST_F(StreamBlockTest, FitLeavesNoRoom) {
  for (uint64_t i = 0; i < 50; i++) append({100, 5 + i}, fields_);
  std::string before = items_of(block_);
  block_.fit(slab_);
  EXPECT_EQ(block_.capacity(), Slab::class_size(block_.pack().byte_size()));
  EXPECT_EQ(items_of(block_), before);
}

}  // namespace
}  // namespace redstart
