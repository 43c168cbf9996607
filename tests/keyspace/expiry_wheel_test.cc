#include "keyspace/expiry_wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <unordered_map>

#include "base/random.h"
#include "base/slab.h"
#include "keyspace/entry.h"

namespace redstart {
namespace {

constexpr int64_t kStart = 1700000000000;
constexpr int64_t kTick = ExpiryWheel::kTickMs;

// The keys behind the hashes, and the time that tells whether they are judged well.
class Twin final : public ExpiryWheel::Judge {
 public:
  void judge(std::span<const uint64_t> hashes, int64_t* again) override {
    for (size_t i = 0; i < hashes.size(); i++) {
      judged++;
      again[i] = kNoExpiry;
      auto found = expiries.find(hashes[i]);
      if (found == expiries.end()) continue;
      if (found->second > now) {
        again[i] = found->second;
        continue;
      }
      latest = std::max(latest, now - found->second);
      expiries.erase(found);
    }
  }

  int64_t now = kStart;
  std::unordered_map<uint64_t, int64_t> expiries;
  int64_t latest = 0;  // the longest that a key waited
  size_t judged = 0;
};

class ExpiryWheelTest : public testing::Test {
 protected:
  // Moves the clock from event to event as the engine does: never past one.
  void run_until(int64_t end) {
    while (wheel_.next_ms() <= end) {
      ASSERT_GE(wheel_.next_ms(), twin_.now);
      twin_.now = wheel_.next_ms();
      while (wheel_.advance(twin_.now, 100, twin_)) {
      }
      ASSERT_GT(wheel_.next_ms(), twin_.now);
    }
    twin_.now = end;
    wheel_.advance(end, SIZE_MAX, twin_);
  }
  void add(uint64_t hash, int64_t at_ms) {
    twin_.expiries[hash] = at_ms;
    wheel_.add(hash, at_ms);
  }

  Slab slab_;
  ExpiryWheel wheel_{slab_, kStart};
  Twin twin_;
};

TEST_F(ExpiryWheelTest, BringsEveryKeyUpWithinATickOfItsTime) {
  auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 generator(seed);
  constexpr int64_t kMostMs = int64_t{30} * 365 * 86400 * 1000;  // farther than the wheel reaches
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < 25000; i++) {
      int64_t ahead = static_cast<int64_t>(generator() % kMostMs) >> generator() % 40;
      add(generator(), twin_.now + ahead);
    }
    run_until(twin_.now + (kMostMs >> 20) * (1 + round));
  }
  // Some live longer than the wheel believes, some are gone, some were given a second, earlier
  // time.
  int turn = 0;
  for (auto it = twin_.expiries.begin(); it != twin_.expiries.end(); ++turn) {
    if (turn % 4 == 0) it->second += static_cast<int64_t>(generator() % kMostMs);
    if (turn % 4 == 1) {
      it = twin_.expiries.erase(it);
      continue;
    }
    if (turn % 4 == 2) {
      it->second -= (it->second - twin_.now) / 2;
      wheel_.add(it->first, it->second);
    }
    ++it;
  }
  run_until(twin_.now + 2 * kMostMs);
  EXPECT_EQ(twin_.expiries.size(), 0u);
  EXPECT_EQ(wheel_.records(), 0u);
  EXPECT_LE(twin_.latest, kTick);
}

TEST_F(ExpiryWheelTest, BringsNothingUpBeforeItsTime) {
  for (int64_t ahead : {int64_t{0}, int64_t{1}, kTick - 1, kTick, 255 * kTick, 256 * kTick,
                        65535 * kTick, 65536 * kTick, (int64_t{1} << 24) * kTick}) {
    add(1, twin_.now + ahead);
    run_until(twin_.now + ahead - 1);
    ASSERT_EQ(twin_.expiries.size(), 1u) << ahead;
    run_until(twin_.now + kTick + 1);
    ASSERT_EQ(twin_.expiries.size(), 0u) << ahead;
  }
}

TEST_F(ExpiryWheelTest, StopsAtItsBudgetAndGoesOnFromThere) {
  for (uint64_t i = 0; i < 10000; i++) add(i, twin_.now + 50000);
  twin_.now += 60000;
  int calls = 1;
  while (wheel_.advance(twin_.now, 60, twin_)) {
    EXPECT_LE(twin_.judged, 90u);
    twin_.judged = 0;
    EXPECT_LE(wheel_.next_ms(), twin_.now);
    calls++;
  }
  EXPECT_GT(calls, 100);
  EXPECT_EQ(twin_.expiries.size(), 0u);
  EXPECT_EQ(wheel_.next_ms(), INT64_MAX);
}

TEST_F(ExpiryWheelTest, TakesNineBytesPerRecord) {
  for (uint64_t i = 0; i < 1000000; i++) add(i, twin_.now + static_cast<int64_t>(i % 100000));
  EXPECT_LT(static_cast<double>(wheel_.bytes()) / 1000000, 9.2);
  while (wheel_.drain(1000)) {
  }
  EXPECT_EQ(slab_.used_bytes(), 0u);
}

TEST_F(ExpiryWheelTest, SamplesEveryRecordAlike) {
  Random random(1);
  uint64_t hash;
  EXPECT_FALSE(wheel_.sample(random, &hash));
  // A full slot and many sparse ones.
  for (uint64_t i = 0; i < 3000; i++)
    wheel_.add(i, twin_.now + (i < 2000 ? 0 : (i - 2000) * kTick));
  constexpr int kDraws = 300000;
  int crowded = 0;
  for (int i = 0; i < kDraws; i++) {
    ASSERT_TRUE(wheel_.sample(random, &hash));
    crowded += hash < 2000;
  }
  EXPECT_NEAR(static_cast<double>(crowded) / kDraws, 2.0 / 3, 0.05);
}

}  // namespace
}  // namespace redstart
