#include "core/seg_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.h"
#include "tests/model.h"

namespace redstart {
namespace {

struct Item {
  std::string key;
  uint64_t hash;
  int version;
};

struct ItemPolicy {
  using Object = Item;
  uint64_t hash(const Item* item) const { return item->hash; }
  bool equals(const Item* item, std::string_view key) const { return item->key == key; }
};

using Table = SegTable<ItemPolicy>;

uint64_t key_hash(const std::string& key) { return hash_bytes(key, 7); }

// A table and the objects it points to.
class SegTableTest : public testing::Test {
 protected:
  ~SegTableTest() override {
    EXPECT_EQ(table_.validate(), nullptr);
    table_.clear([](Item*) {});
    EXPECT_EQ(slab_.used_bytes(), 0u);
  }

  Item* make(const std::string& key, uint64_t hash) {
    items_.push_back({key, hash, 0});
    return &items_.back();
  }
  Item* add(const std::string& key, uint64_t hash) {
    Item* item = make(key, hash);
    table_.insert(hash, item);
    return item;
  }
  Item* add(const std::string& key) { return add(key, key_hash(key)); }
  void add_many(int from, int to) {
    for (int i = from; i < to; ++i) add(std::to_string(i));
  }
  void remove(const std::string& key, uint64_t hash) {
    Slot* slot = table_.find_slot(hash, key);
    ASSERT_NE(slot, nullptr) << key;
    table_.erase(slot, hash);
  }
  void remove(const std::string& key) { remove(key, key_hash(key)); }
  void remove_many(int from, int to) {
    for (int i = from; i < to; ++i) remove(std::to_string(i));
  }
  void shrink_fully() {
    while (table_.shrink_step()) {
    }
  }

  Slab slab_;
  Table table_{slab_};
  std::deque<Item> items_;
};

TEST_F(SegTableTest, EmptyTableAnswersAndHoldsNothing) {
  EXPECT_EQ(table_.find(1, "a"), nullptr);
  EXPECT_EQ(table_.scan(0, [](Item*) { return false; }), 0u);
  Random random(1);
  EXPECT_EQ(table_.random(random), nullptr);
  EXPECT_FALSE(table_.shrink_step());
  EXPECT_EQ(table_.bytes(), 0u);
  table_.for_each([](Item*) { FAIL(); });
}

TEST_F(SegTableTest, ReplaceKeepsTheTtlFlag) {
  add("k");
  Slot* slot = table_.find_slot(key_hash("k"), "k");
  slot->set_ttl(true);
  Item* other = make("k", key_hash("k"));
  Table::replace(slot, other);
  EXPECT_EQ(table_.find(key_hash("k"), "k"), other);
  add_many(0, 5000);
  EXPECT_TRUE(table_.find_slot(key_hash("k"), "k")->has_ttl());
  table_.find_slot(key_hash("k"), "k")->set_ttl(false);
  EXPECT_EQ(table_.find(key_hash("k"), "k"), other);
}

// Random operations beside std::unordered_map, through several waves of growth and shrinking.
TEST_F(SegTableTest, BehavesAsAMap) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::unordered_map<std::string, Item*> model;
  for (int step = 0; step < model_steps(400000); ++step) {
    bool growing = (step / 50000) % 2 == 0;
    std::string key = std::to_string(random() % 40000);
    uint64_t hash = key_hash(key);
    Slot* slot = table_.find_slot(hash, key);
    auto known = model.find(key);
    ASSERT_EQ(slot == nullptr, known == model.end()) << key;
    if (slot != nullptr) {
      ASSERT_EQ(Table::object(slot), known->second);
    }
    uint64_t dice = random() % 10;
    if (slot == nullptr && dice < (growing ? 9 : 2)) {
      model[key] = add(key, hash);
    } else if (slot != nullptr && dice < (growing ? 1 : 8)) {
      table_.erase(slot, hash);
      model.erase(known);
    } else if (slot != nullptr && dice == 9) {
      known->second = make(key, hash);
      Table::replace(slot, known->second);
    }
    if (step % 64 == 0) table_.shrink_step(4);
    if (step % 10000 == 0 || (step < 2000 && step % 10 == 0)) {
      ASSERT_EQ(table_.validate(), nullptr) << step;
    }
    ASSERT_EQ(table_.size(), model.size());
  }
  size_t walked = 0;
  table_.for_each([&](Item* item) {
    ++walked;
    EXPECT_EQ(model[item->key], item);
  });
  EXPECT_EQ(walked, model.size());
}

// Depth passes 8, where the windows are taken anew from the objects, and comes back.
TEST_F(SegTableTest, GrowsAndShrinksThroughWindowSteps) {
  constexpr int kCount = 150000;
  add_many(0, kCount);
  ASSERT_GT(table_.directory_depth(), 8u);
  ASSERT_EQ(table_.validate(), nullptr);
  remove_many(1000, kCount);
  shrink_fully();
  ASSERT_EQ(table_.validate(), nullptr);
  EXPECT_LT(table_.directory_depth(), 6u);
  EXPECT_LT(table_.bytes(), 1000u * 15 + 512);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_NE(table_.find(key_hash(std::to_string(i)), std::to_string(i)), nullptr);
  }
  remove_many(0, 1000);
  shrink_fully();
  EXPECT_EQ(table_.bytes(), 0u);
}

TEST_F(SegTableTest, BytesPerElementStayLow) {
  double sum = 0;
  int samples = 0;
  for (int i = 0; i < 200000; ++i) {
    add(std::to_string(i));
    if (i >= 100000 && i % 1000 == 0) {
      double each = double(table_.bytes()) / table_.size();
      ASSERT_LT(each, 13.7) << i;
      sum += each;
      ++samples;
    }
  }
  EXPECT_LT(sum / samples, 12.3);
}

// Segments grow at their peaks; the tick must take that back although the size never changes.
TEST_F(SegTableTest, TurnoverDoesNotInflate) {
  constexpr int kCount = 60000;
  add_many(0, kCount);
  for (int i = 0; i < 5 * kCount; ++i) {
    remove(std::to_string(i));
    add(std::to_string(i + kCount));
    if (i % 500 == 0) table_.shrink_step();
  }
  EXPECT_LT(table_.bytes(), 14.6 * kCount);
}

TEST_F(SegTableTest, SmallTablesAreSmall) {
  add_many(0, 10);
  EXPECT_LE(table_.bytes(), 256u);
  add_many(10, 200);
  EXPECT_LE(table_.bytes(), 3072u);
}

TEST_F(SegTableTest, OneInsertMovesAtMostTwoSegments) {
  uint64_t before = 0;
  uint64_t most = 0;
  for (int i = 0; i < 100000; ++i) {
    add(std::to_string(i));
    most = std::max(most, table_.moved() - before);
    before = table_.moved();
  }
  EXPECT_LE(most, 900u);
  EXPECT_LE(table_.moved(), 5u * table_.size());
}

// ---- Adversaries ----

TEST_F(SegTableTest, EqualHashesWork) {
  constexpr uint64_t kHash = 0x123456789abcdef0;
  add_many(0, 1000);
  size_t directory = table_.directory_depth();
  for (int i = 0; i < 600; ++i) add("same" + std::to_string(i), kHash);
  ASSERT_EQ(table_.validate(), nullptr);
  EXPECT_LE(table_.directory_depth(), directory + 3);
  for (int i = 0; i < 600; ++i) {
    ASSERT_NE(table_.find(kHash, "same" + std::to_string(i)), nullptr);
  }
  EXPECT_EQ(table_.find(kHash, "other"), nullptr);
  for (int i = 0; i < 600; i += 2) remove("same" + std::to_string(i), kHash);
  ASSERT_EQ(table_.validate(), nullptr);
  size_t returned = 0;
  EXPECT_EQ(table_.scan(0, [&](Item*) { return ++returned == 0; }), 0u);
  EXPECT_EQ(returned, table_.size());
  for (int i = 1; i < 600; i += 2) remove("same" + std::to_string(i), kHash);
}

// Hashes that agree in ever more leading bits, or in all but the low ones.
TEST_F(SegTableTest, EqualPrefixesDoNotBlowTheDirectory) {
  for (int shared : {4, 8, 12, 16, 20, 24, 31, 32, 33, 40, 56}) {
    std::mt19937_64 random(shared);
    uint64_t prefix = random() & ~(~uint64_t{0} >> shared);
    for (int i = 0; i < 1000; ++i) {
      uint64_t hash = prefix | random() >> shared;
      add(std::to_string(shared) + "-" + std::to_string(i), hash);
    }
    ASSERT_EQ(table_.validate(), nullptr) << shared;
    ASSERT_LT(table_.directory_depth(), 16u) << shared;
  }
  for (Item& item : items_) remove(item.key, item.hash);
  shrink_fully();
  EXPECT_EQ(table_.bytes(), 0u);
}

// What a walk over another table gives: no chains of overflow, and no more memory than in any order.
TEST_F(SegTableTest, TheOrderOfHashesIsAnOrderLikeAnyOther) {
  std::mt19937_64 random(5);
  std::vector<uint64_t> hashes(100000);
  for (uint64_t& hash : hashes) hash = random();
  for (int order = 0; order < 3; order++) {
    if (order == 1) std::sort(hashes.begin(), hashes.end());
    if (order == 2) std::reverse(hashes.begin(), hashes.end());
    const uint64_t before = table_.moved();
    for (size_t i = 0; i < hashes.size(); ++i) {
      add(std::to_string(order) + "-" + std::to_string(i), hashes[i]);
    }
    ASSERT_EQ(table_.validate(), nullptr);
    EXPECT_LE(table_.bytes(), 15 * table_.size()) << order;
    EXPECT_LE(table_.directory_depth(), 13u) << order;
    EXPECT_LE(table_.moved() - before, 8 * table_.size()) << order;
    EXPECT_LE(table_.most_lines(), 100u) << order;
    for (Item& item : items_) remove(item.key, item.hash);
    items_.clear();
    shrink_fully();
  }
}

// ---- SCAN ----

TEST_F(SegTableTest, ScanWithCountOneReturnsExactlyOne) {
  add_many(0, 3000);
  std::map<std::string, int> seen;
  uint64_t cursor = 0;
  do {
    int returned = 0;
    cursor = table_.scan(cursor, [&](Item* item) {
      ++seen[item->key];
      return ++returned >= 1;
    });
    ASSERT_LE(returned, 1);
    ASSERT_LT(cursor, uint64_t{1} << 53);
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 3000u);
  for (auto& [key, times] : seen) ASSERT_EQ(times, 1) << key;
}

// Between the calls the table grows or shrinks by a multiple; what was always there is returned
// exactly once.
TEST_F(SegTableTest, ScanSurvivesGrowthAndShrinking) {
  for (bool growing : {true, false}) {
    for (int count : {1, 10, 100}) {
      table_.clear([](Item*) {});
      add_many(0, 2000);
      int extra = growing ? 2000 : 60000;
      if (!growing) add_many(2000, extra);
      std::map<std::string, int> seen;
      uint64_t cursor = 0;
      do {
        int returned = 0;
        cursor = table_.scan(cursor, [&](Item* item) {
          ++seen[item->key];
          return ++returned >= count;
        });
        int step = 30 * count;
        if (growing && extra < 60000) {
          add_many(extra, extra + step);
          extra += step;
        } else if (!growing && extra > 2000) {
          int next = std::max(2000, extra - step);
          remove_many(next, extra);
          extra = next;
          table_.shrink_step(8);
        }
      } while (cursor != 0);
      for (int i = 0; i < 2000; ++i) ASSERT_EQ(seen[std::to_string(i)], 1) << i;
      ASSERT_EQ(table_.validate(), nullptr);
    }
  }
}

TEST_F(SegTableTest, ScanOfAHollowTableIsCutIntoShortCalls) {
  add_many(0, 200000);
  remove_many(0, 199999);
  int calls = 0;
  int returned = 0;
  uint64_t cursor = 0;
  do {
    ++calls;
    cursor = table_.scan(cursor, [&](Item*) {
      ++returned;
      return false;
    });
  } while (cursor != 0);
  EXPECT_EQ(returned, 1);
  EXPECT_GT(calls, 2);
}

TEST_F(SegTableTest, ScanTakesAnyCursor) {
  add_many(0, 1000);
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    uint64_t cursor = random() >> (random() % 64);
    while (cursor != 0) cursor = table_.scan(cursor, [](Item*) { return false; });
  }
}

// ---- Sampling ----

// Chi-square over every element, in a table whose segments differ in depth and size.
TEST_F(SegTableTest, SamplingIsUniform) {
  for (int count : {3, 150, 1100}) {
    table_.clear([](Item*) {});
    add_many(0, count);
    Random random(12345);
    std::map<Item*, int> drawn;
    const int draws = count * 400;
    for (int i = 0; i < draws; ++i) ++drawn[table_.random(random)];
    double chi = 0;
    for (auto& [item, times] : drawn) chi += (times - 400.0) * (times - 400.0) / 400.0;
    ASSERT_EQ(drawn.size(), static_cast<size_t>(count));
    double freedom = count - 1;
    EXPECT_LT(std::abs(chi - freedom), 4.5 * std::sqrt(2 * freedom)) << count;
  }
}

TEST_F(SegTableTest, SamplingEndsInANearlyEmptyTable) {
  add_many(0, 50000);
  remove_many(0, 49999);
  Random random(1);
  EXPECT_EQ(table_.random(random)->key, "49999");
}

// ---- Clearing and swapping ----

TEST_F(SegTableTest, ClearsInSlices) {
  add_many(0, 20000);
  size_t released = 0;
  int slices = 0;
  bool done = false;
  while (!done) {
    size_t before = released;
    done = table_.clear_some(1000, [&](Item*) { ++released; });
    ++slices;
    ASSERT_LE(released - before, 1500u);
    ASSERT_EQ(table_.size(), 20000 - released);
  }
  EXPECT_EQ(released, 20000u);
  EXPECT_GE(slices, 15);
  EXPECT_EQ(table_.bytes(), 0u);
  add_many(0, 1000);
  EXPECT_EQ(table_.size(), 1000u);
}

TEST_F(SegTableTest, SwapsSmallAndLarge) {
  Table other(slab_);
  add_many(0, 5000);
  table_.swap(other);
  EXPECT_EQ(table_.size(), 0u);
  add("a");
  table_.swap(other);
  EXPECT_EQ(table_.size(), 5000u);
  EXPECT_NE(other.find(key_hash("a"), "a"), nullptr);
  EXPECT_EQ(other.validate(), nullptr);
}

}  // namespace
}  // namespace redstart
