#include "keyspace/keyspace.h"

#include <cmath>
#include <set>

#include "keyspace/access_clock.h"
#include "tests/keyspace/fixture.h"

namespace redstart {
namespace {

using Notes = std::vector<std::string>;

TEST_F(KeyspaceTest, CountsAndReportsWhatReadsFind) {
  set("k", "v");
  observer_.take();
  EXPECT_NE(find("k"), nullptr);
  EXPECT_EQ(find("absent"), nullptr);
  EXPECT_EQ(keys_->find(keys_->key("absent"), kLookupNoMissEvent), nullptr);
  peek("k"), peek("absent"), write("k"), write("absent");
  EXPECT_EQ(shared_.hits, 1u);
  EXPECT_EQ(shared_.misses, 2u);
  EXPECT_EQ(observer_.take(), Notes{"miss absent"});
}

TEST_F(KeyspaceTest, AnExpiredKeyIsGoneToTheMillisecond) {
  for (int road = 0; road < 3; road++) {
    set("k", "v", shared_.now_ms + 100);
    shared_.now_ms += 100;
    EXPECT_EQ(get("k"), "v");
    shared_.now_ms += 1;
    observer_.take();
    bool absent = road == 0   ? find("k") == nullptr
                  : road == 1 ? peek("k") == nullptr
                              : !write("k").exists();
    EXPECT_TRUE(absent);
    EXPECT_EQ(observer_.take().front(), "expired k");
    EXPECT_EQ(keys_->size(), 0u);
  }
  EXPECT_EQ(shared_.expired, 3u);
}

TEST_F(KeyspaceTest, AReplicaSeesExpiredKeysAsAbsentAndLeavesThemThere) {
  set("k", "v", kStart + 100);
  shared_.replica = true;
  shared_.now_ms += 200;
  EXPECT_EQ(find("k"), nullptr);
  EXPECT_EQ(peek("k"), nullptr);
  EXPECT_FALSE(keys_->expire_due(100));
  EXPECT_EQ(keys_->next_expiry_ms(), INT64_MAX);
  EXPECT_TRUE(write("k").exists()) << "the master's writes still see it";
  EXPECT_EQ(keys_->size(), 1u);
  shared_.replica = false;
  EXPECT_EQ(find("k"), nullptr);
  EXPECT_EQ(keys_->size(), 0u);
}

TEST_F(KeyspaceTest, KeysExpireByThemselves) {
  set("soon", "v", kStart + 1000);
  set("extended", "v", kStart + 1000);
  set("extended", "v", kStart + 9000);
  set("shortened", "v", kStart + 90000);
  set("shortened", "v", kStart + 2000);
  set("persisted", "v", kStart + 1000);
  set("persisted", "v");
  observer_.take();
  Notes seen;
  for (int64_t due; (due = keys_->next_expiry_ms()) != INT64_MAX;) {
    shared_.now_ms = due;
    keys_->expire_due(100);
    for (std::string& note : observer_.take()) seen.push_back(note);
  }
  EXPECT_EQ(seen, (Notes{"expired soon", "expired shortened", "expired extended"}));
  EXPECT_EQ(keys_->size(), 1u);
}

TEST_F(KeyspaceTest, WeedsStaleRecordsOutOfTheWheel) {
  for (int i = 0; i < 300; i++) set("live" + std::to_string(i), "v", kStart + 1000000);
  for (int round = 0; round < 30; round++) {
    for (int i = 0; i < 200; i++) {
      std::string key = "gone" + std::to_string(i);
      set(key, "v", kStart + 5000 + i * 100);
      erase(key);
    }
  }
  size_t before = keys_->wheel_bytes();
  EXPECT_TRUE(keys_->reclaim(10));  // in the middle of it
  for (int i = 0; i < 300; i += 2) set("live" + std::to_string(i), "v", kStart + 500000);
  while (keys_->reclaim(10)) {
  }
  EXPECT_LT(keys_->wheel_bytes(), before - 40000);
  shared_.now_ms = kStart + 500128;
  keys_->expire_due(SIZE_MAX);
  EXPECT_EQ(keys_->size(), 150u);
  shared_.now_ms = kStart + 1000128;
  keys_->expire_due(SIZE_MAX);
  EXPECT_EQ(keys_->size(), 0u);
}

TEST_F(KeyspaceTest, SurvivesAClockSetBack) {
  set("far", "v", kStart + 1000000);
  shared_.now_ms += 900000;
  keys_->expire_due(100);
  shared_.now_ms = kStart;
  while (keys_->reclaim(100)) {
  }
  set("near", "v", kStart + 1000);
  shared_.now_ms += 1128;
  keys_->expire_due(100);
  EXPECT_EQ(keys_->size(), 1u);
}

TEST_F(KeyspaceTest, ScansEveryLiveKeyOnceAndDeletesTheExpired) {
  for (int i = 0; i < 3000; i++) {
    set("key:" + std::to_string(i), "v", i % 3 == 0 ? shared_.now_ms + 10 : kNoExpiry);
  }
  shared_.now_ms += 11;
  std::set<std::string> seen;
  int legs = 0;
  uint64_t cursor = 0;
  do {
    int count = 0;
    cursor = keys_->scan(cursor, [&](const Entry& entry) {
      EXPECT_TRUE(seen.insert(std::string(entry.key())).second);
      return ++count == 10;
    });
    legs++;
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 2000u);
  EXPECT_EQ(keys_->size(), 2000u);
  EXPECT_GE(legs, 200);
}

TEST_F(KeyspaceTest, DrawsLiveKeys) {
  EXPECT_EQ(keys_->random_entry(), nullptr);
  for (int i = 0; i < 50; i++) set(std::to_string(i), "v", shared_.now_ms + 10);
  for (int i = 50; i < 60; i++) set(std::to_string(i), "v");
  shared_.now_ms += 11;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; i++) seen.insert(std::string(keys_->random_entry()->key()));
  EXPECT_EQ(seen.size(), 10u);

  keys_->flush(false);
  set("only", "v", shared_.now_ms + 10);
  shared_.now_ms += 11;
  shared_.replica = true;
  EXPECT_EQ(keys_->random_entry()->key(), "only");
  shared_.replica = false;
  EXPECT_EQ(keys_->random_entry(), nullptr);
}

TEST_F(KeyspaceTest, FlushesAtOnceAndFreesInSlices) {
  constexpr int kKeys = 50000;
  for (int i = 0; i < kKeys; i++) set("key:" + std::to_string(i), "value", kStart + 1000000);
  size_t full = slab_.used_bytes();
  observer_.take();
  keys_->flush(true);
  EXPECT_EQ(observer_.take(), Notes{"flush 50000"});
  EXPECT_EQ(keys_->size(), 0u);
  EXPECT_EQ(keys_->expires_size(), 0u);
  EXPECT_EQ(get("key:7"), "(absent)");
  EXPECT_GT(slab_.used_bytes(), full / 2);
  set("key:7", "anew");
  int slices = 0;
  while (keys_->reclaim(500)) slices++;
  EXPECT_GT(slices, kKeys / 1000);
  EXPECT_LT(slab_.used_bytes(), 100000u);
  EXPECT_EQ(get("key:7"), "anew");
}

TEST_F(KeyspaceTest, FreesLargeStringsInSlices) {
  set("k", std::string(size_t{20} << 20, 'x'));
  erase("k");
  EXPECT_GT(shared_.big_bytes, size_t{15} << 20);
  int slices = 0;
  while (keys_->reclaim(500)) slices++;
  EXPECT_GT(slices, 10);
  EXPECT_EQ(shared_.big_bytes, 0u);
}

TEST_F(KeyspaceTest, ExchangesContents) {
  Keyspace other(shared_, 1);
  set("k", "v", kStart + 1000);
  keys_->swap_contents(other);
  EXPECT_EQ(keys_->size(), 0u);
  EXPECT_EQ(other.size(), 1u);
  shared_.now_ms += 1128;
  other.expire_due(100);
  EXPECT_EQ(other.size(), 0u);
}

TEST_F(KeyspaceTest, MovesAValueToAnotherKeyspace) {
  Keyspace other(shared_, 1);
  set("k", std::string(3000, 'x'), kStart + 1000);
  {
    WriteGuard from = write("k");
    WriteGuard to = other.write(other.key("k"));
    Keyspace::move_value(from, to);
    from.commit(event::kMoveFrom);
    to.commit(event::kMoveTo);
  }
  EXPECT_EQ(keys_->size(), 0u);
  EXPECT_EQ(keys_->expires_size(), 0u);
  EXPECT_EQ(other.expires_size(), 1u);
  EXPECT_EQ(text(*other.peek(other.key("k"))), std::string(3000, 'x'));
  shared_.now_ms += 1128;
  other.expire_due(100);
  EXPECT_EQ(other.size(), 0u);
}

TEST_F(KeyspaceTest, AveragesTheTimeToLive) {
  EXPECT_EQ(keys_->average_ttl_ms(), 0);
  for (int i = 0; i < 1000; i++) set(std::to_string(i), "v", kStart + 10000 + i * 10);
  EXPECT_NEAR(static_cast<double>(keys_->average_ttl_ms()), 15000, 1500);
}

// The clocks

TEST_F(KeyspaceTest, RemembersTheLastUse) {
  set("k", "v");
  shared_.now_ms += 10500;
  EXPECT_EQ(idle_ms(shared_, peek("k")->clock()), 10000);
  keys_->find(keys_->key("k"), kLookupNoTouch);
  EXPECT_EQ(idle_ms(shared_, peek("k")->clock()), 10000);
  shared_.touch = false;
  find("k");
  EXPECT_EQ(idle_ms(shared_, peek("k")->clock()), 10000);
  shared_.touch = true;
  find("k");
  EXPECT_EQ(idle_ms(shared_, peek("k")->clock()), 0);
}

TEST_F(KeyspaceTest, CountsUsesOnALogarithmicScale) {
  shared_.lfu = true;
  set("k", "v");
  EXPECT_EQ(frequency(shared_, peek("k")->clock()), 5u);
  // lfu-log-factor 10: 100 uses come to about 10, 1000 to 18, 100,000 to 142 (redis.conf).
  auto uses_bring_it_to = [&](int uses) {
    double sum = 0;
    for (int round = 0; round < 20; round++) {
      erase("k");
      set("k", "v");
      for (int i = 0; i < uses; i++) find("k");
      sum += frequency(shared_, peek("k")->clock());
    }
    return sum / 20;
  };
  EXPECT_NEAR(uses_bring_it_to(100), 10, 2);
  EXPECT_NEAR(uses_bring_it_to(1000), 18, 3);

  uint32_t before = frequency(shared_, peek("k")->clock());
  shared_.now_ms += 3 * 60000;
  EXPECT_EQ(frequency(shared_, peek("k")->clock()), before - 3);
  shared_.lfu_decay_minutes = 0;
  EXPECT_EQ(frequency(shared_, peek("k")->clock()), before);
  shared_.lfu_decay_minutes = 1;
  shared_.now_ms += 1000 * 60000;
  EXPECT_EQ(frequency(shared_, peek("k")->clock()), 0u);
}

}  // namespace
}  // namespace redstart
