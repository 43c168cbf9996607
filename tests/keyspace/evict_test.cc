#include "keyspace/evict.h"

#include "tests/keyspace/fixture.h"

namespace redstart {
namespace {

class EvictorTest : public KeyspaceTest {
 protected:
  bool free_one(EvictionPolicy policy, int samples = 5) {
    return evictor_.free_one(spaces_, policy, samples);
  }
  void fill(int from, int to, bool with_ttl = false) {
    for (int i = from; i < to; i++) {
      set(std::to_string(i), "v", with_ttl ? shared_.now_ms + 1000000 + i : kNoExpiry);
    }
  }
  int alive(int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) count += peek(std::to_string(i)) != nullptr;
    return count;
  }

  Keyspace other_{shared_, 1};
  std::vector<Keyspace*> spaces_{keys_.get(), &other_};
  Evictor evictor_;
};

TEST_F(EvictorTest, TakesWhatThePolicyAllowsAndNothingElse) {
  fill(0, 10);
  EXPECT_FALSE(free_one(EvictionPolicy::kNoEviction));
  for (EvictionPolicy policy : {EvictionPolicy::kVolatileLru, EvictionPolicy::kVolatileLfu,
                                EvictionPolicy::kVolatileRandom, EvictionPolicy::kVolatileTtl}) {
    EXPECT_FALSE(free_one(policy));
    set("volatile", "v", kStart + 1000);
    observer_.take();
    EXPECT_TRUE(free_one(policy));
    EXPECT_EQ(observer_.take(), std::vector<std::string>{"evicted volatile"});
  }
  for (EvictionPolicy policy :
       {EvictionPolicy::kAllkeysLru, EvictionPolicy::kAllkeysLfu, EvictionPolicy::kAllkeysRandom}) {
    fill(0, 10);
    for (int i = 0; i < 10; i++) EXPECT_TRUE(free_one(policy));
    EXPECT_FALSE(free_one(policy));
  }
  EXPECT_EQ(shared_.evicted, 34u);
}

TEST_F(EvictorTest, SparesWhatWasUsedLately) {
  for (bool volatile_only : {false, true}) {
    keys_->flush(false);
    fill(0, 5000, volatile_only);
    shared_.now_ms += 100000;
    for (int i = 2500; i < 5000; i++) find(std::to_string(i));
    EvictionPolicy policy =
        volatile_only ? EvictionPolicy::kVolatileLru : EvictionPolicy::kAllkeysLru;
    for (int i = 0; i < 2000; i++) ASSERT_TRUE(free_one(policy));
    EXPECT_EQ(alive(0, 5000), 3000);
    EXPECT_GT(alive(2500, 5000), 2475) << volatile_only;
  }
}

// The order of use of a real cache is smooth, not two heaps: what goes should come mostly from the
// older half, nearly never from the newest tenth.
TEST_F(EvictorTest, ComesCloseToTheTrueOrder) {
  for (int i = 0; i < 5000; i++) {
    shared_.now_ms += 1000;
    fill(i, i + 1);
  }
  for (int i = 0; i < 2500; i++) ASSERT_TRUE(free_one(EvictionPolicy::kAllkeysLru));
  EXPECT_LT(alive(0, 1250), 125);
  EXPECT_GT(alive(3750, 5000), 1200);
}

TEST_F(EvictorTest, SparesWhatIsUsedOften) {
  shared_.lfu = true;
  fill(0, 2000);
  for (int round = 0; round < 50; round++) {
    for (int i = 1000; i < 2000; i++) find(std::to_string(i));
  }
  for (int i = 0; i < 800; i++) ASSERT_TRUE(free_one(EvictionPolicy::kAllkeysLfu));
  EXPECT_GT(alive(1000, 2000), 990);
}

TEST_F(EvictorTest, TakesTheNearestToItsEnd) {
  fill(0, 5000, true);
  for (int i = 0; i < 2500; i++) ASSERT_TRUE(free_one(EvictionPolicy::kVolatileTtl));
  EXPECT_LT(alive(0, 1250), 125);
  EXPECT_GT(alive(3750, 5000), 1200);
}

TEST_F(EvictorTest, PassesOverGhosts) {
  fill(0, 100);
  ASSERT_TRUE(free_one(EvictionPolicy::kAllkeysLru, 50));  // the pool is full now
  for (int i = 0; i < 100; i++) {
    if (peek(std::to_string(i))) erase(std::to_string(i));
  }
  EXPECT_FALSE(free_one(EvictionPolicy::kAllkeysLru));
  set("new", "v");
  EXPECT_TRUE(free_one(EvictionPolicy::kAllkeysLru));
  EXPECT_EQ(keys_->size(), 0u);
}

// The wheel remembers keys that live for ever now.
TEST_F(EvictorTest, DrawsPastGhosts) {
  fill(0, 200, true);
  for (int i = 0; i < 199; i++) set(std::to_string(i), "v");
  EXPECT_TRUE(free_one(EvictionPolicy::kVolatileRandom));
  EXPECT_EQ(alive(0, 200), 199);
  EXPECT_EQ(peek("199"), nullptr);
}

TEST_F(EvictorTest, GivesBackWhatIsDeletedBeforeItTakesMore) {
  set("big", std::string(size_t{10} << 20, 'x'));
  set("small", "v");
  erase("big");
  ASSERT_GT(shared_.big_bytes, 0u);
  while (shared_.big_bytes > 0) ASSERT_TRUE(free_one(EvictionPolicy::kAllkeysLru));
  EXPECT_EQ(get("small"), "v");
}

}  // namespace
}  // namespace redstart
