#include "core/hyperloglog.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/random.h"

namespace redstart {
namespace {

constexpr size_t kSparseMax = 3000;

HllLift lift_of(int i) { return hll_lift("element:" + std::to_string(i)); }

HllRegisters registers_of(const std::string& bytes) {
  HllRegisters registers = {};
  EXPECT_TRUE(HllView(bytes).merge_into(&registers));
  return registers;
}

TEST(HyperLogLog, BothEncodingsHoldTheHighestRanks) {
  const uint64_t seed = secure_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  HllRegisters expected = {};
  std::string sparse = hll_empty(), dense = hll_empty();
  ASSERT_TRUE(hll_make_dense(&dense));
  for (int i = 0; i < 20000; i++) {
    // Few registers and few ranks, so that runs meet, split and join.
    HllLift lift = {static_cast<uint32_t>(random.below(i % 2 ? 300 : kHllRegisters)),
                    static_cast<uint8_t>(1 + random.below(i % 3 ? 3 : 33))};
    bool changes = expected[lift.index] < lift.rank;
    expected[lift.index] = std::max(expected[lift.index], lift.rank);
    ASSERT_EQ(hll_apply(&sparse, lift, 14000) == HllOutcome::kChanged, changes);
    ASSERT_EQ(hll_lift_dense(dense.data(), lift), changes);
    if (i % 500) continue;
    ASSERT_EQ(registers_of(sparse), expected);
    ASSERT_EQ(registers_of(dense), expected);
    uint64_t counts[2] = {};
    ASSERT_TRUE(HllView(sparse).count(&counts[0]) && HllView(dense).count(&counts[1]));
    ASSERT_EQ(counts[0], counts[1]);
    ASSERT_EQ(counts[0], hll_count(expected));
  }
}

TEST(HyperLogLog, BecomesDenseBeyondTheLimitOrAHighRank) {
  std::string bytes = hll_empty();
  int i = 0;
  while (HllView(bytes).sparse()) {
    ASSERT_LE(bytes.size(), kSparseMax);
    hll_apply(&bytes, lift_of(i++), kSparseMax);
  }
  EXPECT_GT(i, 1000);
  EXPECT_EQ(bytes.size(), 12304u);
  bytes = hll_empty();
  hll_apply(&bytes, {5, 32}, kSparseMax);
  EXPECT_TRUE(HllView(bytes).sparse());
  hll_apply(&bytes, {6, 33}, kSparseMax);
  EXPECT_FALSE(HllView(bytes).sparse());
  EXPECT_EQ(HllView(bytes).dense_register(5), 32);
  EXPECT_EQ(HllView(bytes).dense_register(6), 33);
}

TEST(HyperLogLog, RunsSplitAndJoin) {
  std::string bytes = hll_empty();
  EXPECT_EQ(HllView(bytes).runs_text(), "Z:16384");
  for (uint32_t index : {1000, 1020, 1021}) hll_apply(&bytes, {index, 3}, kSparseMax);
  EXPECT_EQ(HllView(bytes).runs_text(), "Z:1000 v:3,1 z:19 v:3,2 Z:15362");
  hll_apply(&bytes, {1020, 5}, kSparseMax);
  EXPECT_EQ(HllView(bytes).runs_text(), "Z:1000 v:3,1 z:19 v:5,1 v:3,1 Z:15362");
  hll_apply(&bytes, {0, 1}, kSparseMax);
  hll_apply(&bytes, {16383, 1}, kSparseMax);
  EXPECT_EQ(HllView(bytes).runs_text(), "v:1,1 Z:999 v:3,1 z:19 v:5,1 v:3,1 Z:15361 v:1,1");
}

TEST(HyperLogLog, EstimatesWithinTheError) {
  std::string bytes = hll_empty();
  int next = 0;
  for (int number : {1, 10, 100, 1000, 10000, 200000}) {
    while (next < number) hll_apply(&bytes, lift_of(next++), kSparseMax);
    uint64_t count = 0;
    ASSERT_TRUE(HllView(bytes).count(&count));
    EXPECT_NEAR(static_cast<double>(count), number, std::ceil(3 * 0.0081 * number)) << number;
  }
}

TEST(HyperLogLog, KeepsTheCountUntilItChanges) {
  std::string bytes = hll_empty();
  uint64_t count = 1;
  EXPECT_TRUE(HllView(bytes).kept_count(&count));
  EXPECT_EQ(count, 0u);
  hll_apply(&bytes, lift_of(1), kSparseMax);
  EXPECT_FALSE(HllView(bytes).kept_count(&count));
  hll_keep_count(bytes.data(), 77);
  EXPECT_TRUE(HllView(bytes).kept_count(&count));
  EXPECT_EQ(count, 77u);
}

TEST(HyperLogLog, RefusesWhatIsNone) {
  std::string good = hll_empty();
  EXPECT_TRUE(HllView(good).well_formed());
  for (std::string bad : {std::string(), good.substr(0, 15), "x" + good.substr(1)}) {
    EXPECT_FALSE(HllView(bad).well_formed()) << bad;
  }
  std::string unknown = good, short_dense = good;
  unknown[4] = 2;
  short_dense[4] = 0;
  EXPECT_FALSE(HllView(unknown).well_formed());
  EXPECT_FALSE(HllView(short_dense).well_formed());
}

TEST(HyperLogLog, BrokenRunsAreNoticed) {
  std::string good = hll_empty();
  uint64_t count = 0;
  HllRegisters registers = {};
  std::string cut = good.substr(0, 17), none = good.substr(0, 16);
  std::string more = good + std::string(1, '\x05'), less = good;
  less[17] = 1;
  for (std::string bad : {cut, none, more, less}) {
    EXPECT_TRUE(HllView(bad).well_formed());
    EXPECT_FALSE(HllView(bad).count(&count));
    EXPECT_FALSE(HllView(bad).merge_into(&registers));
    std::string kept = bad;
    EXPECT_FALSE(hll_make_dense(&bad));
    EXPECT_EQ(bad, kept);
  }
  EXPECT_EQ(hll_apply(&less, {16383, 1}, kSparseMax), HllOutcome::kBroken);
}

}  // namespace
}  // namespace redstart
