#include "types/zset.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/slab.h"
#include "tests/model.h"
#include "types/value_digest.h"

namespace redstart {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
using Pairs = std::vector<std::pair<double, std::string>>;

class ZsetTest : public testing::Test {
 protected:
  ~ZsetTest() override {
    zset_.drop();
    EXPECT_EQ(slab_.used_bytes(), 0u);
  }

  Zadded add(double score, std::string_view member, ZaddRules rules = {}) {
    return zset_.add(member, &score, rules);
  }
  static Pairs contents(const ZsetView& zset) {
    Pairs pairs;
    zset.for_each([&](std::string_view member, double score) {
      pairs.emplace_back(score, std::string(member));
    });
    return pairs;
  }
  static std::string digest_of(Held held) {
    ValueDigest digest;
    kZsetOps.digest(held.object, held.encoding, &digest);
    return digest.hex();
  }

  Slab slab_;
  Random random_{1};
  uint64_t seed_ = 5;
  int64_t now_ms_ = 0;
  TypeEnv env_{slab_, random_, seed_, now_ms_};
  Zset zset_{env_, Held()};
};

// A map and a walk through its pairs in order.
struct Model {
  std::map<std::string, double> scores;

  Pairs sorted() const {
    Pairs pairs;
    for (auto& [member, score] : scores) pairs.emplace_back(score, member);
    std::sort(pairs.begin(), pairs.end());
    return pairs;
  }
  Zadded add(const std::string& member, double score, const ZaddRules& rules) {
    auto found = scores.find(member);
    if (found == scores.end()) {
      if (rules.only_existing) return Zadded::kNone;
      scores[member] = score;
      return Zadded::kAdded;
    }
    if (rules.only_new) return Zadded::kNone;
    if (rules.increment) score += found->second;
    if (std::isnan(score)) return Zadded::kNan;
    if (rules.only_greater && score <= found->second) return Zadded::kNone;
    if (rules.only_less && score >= found->second) return Zadded::kNone;
    if (score == found->second) return Zadded::kSame;
    found->second = score;
    return Zadded::kUpdated;
  }
};

class ZsetModelTest : public ZsetTest {
 protected:
  // Members that are numbers, texts and long texts; few scores, so that many are equal.
  std::string any_member(int members) {
    int n = static_cast<int>(random_.below(static_cast<uint64_t>(members)));
    if (n % 3 == 0) return std::to_string(n - 10);
    if (n % 50 == 1) return std::string(300, 'x') + std::to_string(n);
    return "member" + std::to_string(n);
  }
  double any_score() {
    switch (random_.below(12)) {
      case 0:
        return kInfinity;
      case 1:
        return -kInfinity;
      case 2:
        return random_.unit() * 1e30;
      default:
        return static_cast<double>(random_.below(40)) / 4 - 5;
    }
  }

  void compare() {
    Pairs expected = model_.sorted();
    ASSERT_EQ(zset_.size(), expected.size());
    ASSERT_EQ(contents(zset_), expected);
    if (zset_.size() > 0 && zset_.encoding() == ZsetEncoding::kTree) {
      ASSERT_EQ(static_cast<ZsetTree*>(zset_.held().object)->validate(), nullptr);
    }
    for (int i = 0; i < 10 && !expected.empty(); ++i) {
      size_t at = random_.below(expected.size());
      size_t rank = 0;
      double score = 0;
      ASSERT_TRUE(zset_.rank(expected[at].second, &rank, &score));
      ASSERT_EQ(rank, at);
      ASSERT_EQ(score, expected[at].first);
    }
    for (int i = 0; i < 10; ++i) {
      ScoreRange range{any_score(), any_score(), random_.below(2) == 0, random_.below(2) == 0};
      std::vector<std::string> inside;
      for (auto& [score, member] : expected) {
        if (range.low_open ? score <= range.low : score < range.low) continue;
        if (range.high_open ? score >= range.high : score > range.high) continue;
        inside.insert(inside.begin(), member);
      }
      std::vector<std::string> found;
      zset_.visit(zset_.range(range), true,
                  [&](std::string_view member, double) { found.emplace_back(member); });
      ASSERT_EQ(found, inside);
    }
  }

  void run(int steps, int members) {
    for (int step = 0; step < steps; ++step) {
      std::string member = any_member(members);
      bool grow = step / (members * 3) % 2 == 0;
      uint64_t what = random_.below(10);
      if (what < (grow ? 8u : 4u)) {
        ZaddRules rules;
        rules.only_new = random_.below(8) == 0;
        rules.only_existing = !rules.only_new && random_.below(8) == 0;
        rules.only_greater = !rules.only_new && random_.below(4) == 0;
        rules.only_less = !rules.only_new && !rules.only_greater && random_.below(4) == 0;
        rules.increment = random_.below(4) == 0;
        double score = any_score();
        Zadded expected = model_.add(member, score, rules);
        ASSERT_EQ(zset_.add(member, &score, rules), expected) << member;
        if (expected != Zadded::kNone && expected != Zadded::kNan) {
          ASSERT_EQ(score, model_.scores[member]);
        }
      } else if (what < 9) {
        ASSERT_EQ(zset_.remove(member), model_.scores.erase(member) > 0);
      } else if (!zset_.empty()) {
        RankRange range{random_.below(zset_.size()), 0};
        range.count = random_.below(std::min<size_t>(zset_.size() - range.first, 5) + 1);
        Pairs sorted = model_.sorted();
        for (size_t i = 0; i < range.count; ++i) {
          model_.scores.erase(sorted[range.first + i].second);
        }
        zset_.remove(range);
      }
      if (step % 101 == 0) compare();
      if (HasFatalFailure()) return;
    }
    compare();
  }

  Model model_;
};

TEST_F(ZsetModelTest, BehavesAsAMapSortedByScore) {
  uint64_t seed = model_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_ = Random(seed);
  for (int64_t limit : {0, 4, 128, 1000}) {
    for (int members : {5, 60, 400}) {
      SCOPED_TRACE("limit " + std::to_string(limit) + ", members " + std::to_string(members));
      env_.limits.zset_max_listpack_entries = limit;
      env_.limits.zset_max_listpack_value = limit == 1000 ? 1000 : 64;
      run(model_steps(members * 20), members);
      if (HasFatalFailure()) return;
      zset_.drop();
      model_.scores.clear();
    }
  }
}

TEST_F(ZsetTest, ConvertsWithTheFirstElementAboveALimit) {
  env_.limits.zset_max_listpack_entries = 3;
  for (int i = 0; i < 3; ++i) add(i, std::to_string(i));
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kListpack);
  add(9, "1");  // there already
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kListpack);
  std::string before = digest_of(zset_.held());
  add(3, "3");
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kTree);
  zset_.remove("3");
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kTree);
  EXPECT_EQ(digest_of(zset_.held()), before);
}

TEST_F(ZsetTest, ConvertsForALongMember) {
  add(1, std::string(64, 'x'));
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kListpack);
  add(1, std::string(65, 'x'));
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kTree);
}

TEST_F(ZsetTest, WhatIsExpectedChoosesTheEncoding) {
  zset_.expect(129, 1);
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kTree);
  zset_.drop();
  zset_.expect(128, 65);
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kTree);
  zset_.drop();
  zset_.expect(128, 64);
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kListpack);
  zset_.expect(129, 64);
  EXPECT_EQ(zset_.encoding(), ZsetEncoding::kTree);
}

TEST_F(ZsetTest, SmallSetsHaveTheBytesOfRedis) {
  add(1.5, "b");
  add(2, "12");
  add(-kInfinity, "a");
  // DUMP of the same set, by Redis 7.4: the listpack behind type and length.
  EXPECT_EQ(ListpackView(static_cast<uint8_t*>(zset_.held().object)).bytes(),
            std::string("\x1c\x00\x00\x00\x06\x00\x81"
                        "a\x02\x84-inf\x05\x81"
                        "b\x02\x83"
                        "1.5\x04\x0c\x01\x02\x01\xff",
                        28));
}

TEST_F(ZsetTest, LexBoundsCutTheSameInBothEncodings) {
  for (int64_t limit : {0, 128}) {
    env_.limits.zset_max_listpack_entries = limit;
    for (const char* member : {"a", "b", "bb", "c", "10"}) add(0, member);
    using Place = LexBound::Place;
    LexBound least{Place::kBelowAll, false, {}}, most{Place::kAboveAll, false, {}};
    auto count = [&](LexBound low, LexBound high) {
      return zset_.range(LexRange{low, high}).count;
    };
    EXPECT_EQ(count(least, most), 5u);
    EXPECT_EQ(count(most, least), 0u);
    EXPECT_EQ(count({Place::kAt, false, "b"}, most), 3u);
    EXPECT_EQ(count({Place::kAt, true, "b"}, most), 2u);
    EXPECT_EQ(count(least, {Place::kAt, false, "b"}), 3u);
    EXPECT_EQ(count(least, {Place::kAt, true, "b"}), 2u);
    EXPECT_EQ(count({Place::kAt, true, "b"}, {Place::kAt, true, "b"}), 0u);
    zset_.drop();
  }
}

TEST_F(ZsetTest, TheBuilderSortsAndChoosesTheEncoding) {
  for (size_t many : {0u, 1u, 128u, 129u, 3000u}) {
    ZsetBuilder builder(env_);
    std::map<std::string, double> expected;
    for (size_t i = 0; i < many * 2; ++i) {
      std::string member = std::to_string(i * 7 % many);
      bool added;
      ZsetItem* item = builder.find_or_add(member, static_cast<double>(random_.below(50)), &added);
      if (!added) item->set_score(item->score() + 0.5);
      expected[member] = item->score();
    }
    Zset built = builder.finish();
    Pairs pairs;
    for (auto& [member, score] : expected) pairs.emplace_back(score, member);
    std::sort(pairs.begin(), pairs.end());
    EXPECT_EQ(contents(built), pairs);
    EXPECT_EQ(!built.empty() && built.encoding() == ZsetEncoding::kTree, many > 128);
    if (many > 128) {
      EXPECT_EQ(static_cast<ZsetTree*>(built.held().object)->validate(), nullptr);
    }
    built.drop();
  }
}

TEST_F(ZsetTest, ACopyIsFreedInSlices) {
  for (int i = 0; i < 20000; ++i) add(i % 100, "member" + std::to_string(i));
  Held held = zset_.held();
  void* copy = kZsetOps.copy(slab_, held.object, held.encoding);
  EXPECT_EQ(contents(ZsetView(Held{copy, held.encoding})), contents(zset_));
  size_t slices = 0;
  for (bool done = false; !done; ++slices) {
    size_t budget = 1000;
    done = kZsetOps.destroy_some(slab_, copy, held.encoding, &budget);
  }
  EXPECT_GE(slices, 20u);
}

TEST_F(ZsetTest, AMemberOf16BytesTakes55Bytes) {
  constexpr int kMany = 100000;
  for (int i = 0; i < kMany; ++i) {
    std::string member = std::to_string(1000000000000000 + i);
    add(static_cast<double>(random_.next()), member);
  }
  Held held = zset_.held();
  size_t bytes = kZsetOps.bytes(held.object, held.encoding);
  EXPECT_LT(bytes, 56u * kMany);
  // The directory of the hash table is not in the slab.
  EXPECT_NEAR(static_cast<double>(bytes), static_cast<double>(slab_.used_bytes()), 8192);
}

TEST_F(ZsetTest, AnotherScoreAllocatesNothing) {
  for (int i = 0; i < 5000; ++i) add(i, std::to_string(i));
  size_t before = slab_.used_bytes();
  for (int i = 0; i < 5000; ++i) add(i + 0.5, std::to_string(i));
  EXPECT_EQ(slab_.used_bytes(), before);
}

}  // namespace
}  // namespace redstart
