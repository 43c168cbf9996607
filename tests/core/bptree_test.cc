#include "core/bptree.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/model.h"

namespace redstart {
namespace {

struct Item {
  double score;
  std::string member;
};
struct ItemPolicy {
  using Object = Item;
  std::string_view member(const Item* item) const { return item->member; }
};
using Tree = BpTree<ItemPolicy>;

struct ByScoreAndMember {
  bool operator()(const Item* a, const Item* b) const {
    return a->score != b->score ? a->score < b->score : a->member < b->member;
  }
};

class BpTreeTest : public testing::Test {
 protected:
  ~BpTreeTest() override { EXPECT_EQ(tree_.validate(), nullptr); }

  Item* make(double score, const std::string& member) {
    items_.push_back(std::make_unique<Item>(Item{score, member}));
    return items_.back().get();
  }
  Item* add(double score, const std::string& member) {
    Item* item = make(score, member);
    tree_.insert(item);
    return item;
  }
  std::vector<std::string> members(size_t rank, size_t count, bool reverse) {
    std::vector<std::string> found;
    tree_.visit_from(rank, count, reverse, [&](Item* item) {
      found.push_back(item->member);
      return false;
    });
    return found;
  }

  Slab slab_;
  Tree tree_{slab_};
  std::vector<std::unique_ptr<Item>> items_;
};

// Every answer of the tree against a std::set, which is walked for ranks.
class Twin {
 public:
  Twin(uint64_t seed, int scores) : random_(seed), scores_(scores) {}

  void run(int steps, int members) {
    for (int step = 0; step < steps; ++step) {
      Item* item = item_of(static_cast<int>(random_() % static_cast<unsigned>(members)));
      double score = static_cast<int>(random_() % static_cast<unsigned>(scores_)) - scores_ / 2;
      // Phases of growth and of decay, so that nodes split and merge.
      bool grow = step / (members * 2) % 2 == 0;
      if (model_.count(item) == 0) {
        if (!grow && random_() % 4 != 0) continue;
        item->score = score;
        model_.insert(item);
        tree_.insert(item);
      } else if (random_() % (grow ? 6 : 2) == 0) {
        model_.erase(item);
        if (random_() % 2 == 0) {
          tree_.erase(item);
        } else {
          EXPECT_EQ(tree_.erase_rank(tree_.rank(item)), item);
        }
      } else {
        model_.erase(item);
        if (random_() % 2 == 0) score = item->score + 0.001;
        tree_.update(item, score);
        model_.insert(item);
      }
      if (step % 997 == 0) compare();
    }
    compare();
  }

  void clear() {
    while (!tree_.clear_some(50)) continue;
    EXPECT_EQ(slab_.used_bytes(), Slab::class_size(512));
    model_.clear();
    compare();
  }

 private:
  Item* item_of(int number) {
    while (items_.size() <= static_cast<size_t>(number)) {
      items_.push_back(std::make_unique<Item>(Item{0, "m" + std::to_string(items_.size())}));
    }
    return items_[static_cast<size_t>(number)].get();
  }

  void compare() {
    ASSERT_EQ(tree_.validate(), nullptr);
    ASSERT_EQ(tree_.size(), model_.size());
    std::vector<Item*> expected(model_.begin(), model_.end());
    std::vector<Item*> found;
    tree_.for_each([&](Item* item) { found.push_back(item); });
    ASSERT_EQ(found, expected);
    for (int i = 0; i < 20 && !expected.empty(); ++i) {
      size_t rank = random_() % expected.size();
      ASSERT_EQ(tree_.at(rank), expected[rank]);
      ASSERT_EQ(tree_.rank(expected[rank]), rank);
      double score = expected[rank]->score;
      size_t below = 0, not_above = 0;
      for (Item* item : expected) {
        below += item->score < score;
        not_above += item->score <= score;
      }
      ASSERT_EQ(tree_.count_below(score, false), below);
      ASSERT_EQ(tree_.count_below(score, true), not_above);
      size_t count = random_() % 100;
      found.clear();
      tree_.visit_from(rank, count, true, [&](Item* item) {
        found.push_back(item);
        return false;
      });
      std::vector<Item*> backward(expected.rend() - static_cast<int64_t>(rank) - 1,
                                  expected.rend() - static_cast<int64_t>(rank) - 1 +
                                      static_cast<int64_t>(std::min(count, rank + 1)));
      ASSERT_EQ(found, backward);
    }
  }

  std::mt19937_64 random_;
  int scores_;
  Slab slab_;
  Tree tree_{slab_};
  std::set<Item*, ByScoreAndMember> model_;
  std::vector<std::unique_ptr<Item>> items_;
};

TEST(BpTreeModel, AnswersAsASortedSetDoes) {
  uint64_t seed = model_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (int scores : {1, 10, 1000000}) {
    for (int members : {3, 40, 2000}) {
      SCOPED_TRACE(std::to_string(scores) + " scores, " + std::to_string(members) + " members");
      Twin twin(seed, scores);
      twin.run(model_steps(members * 12), members);
      twin.clear();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST_F(BpTreeTest, AscendingAndDescendingInsertionFillsLeaves) {
  constexpr int kMany = 10000;
  for (int i = 0; i < kMany; ++i) tree_.append(make(i, std::to_string(i)));
  EXPECT_LT(tree_.bytes(), kMany * 13.5);
  for (int i = 1; i < kMany; ++i) add(-i, std::to_string(-i));
  EXPECT_LT(tree_.bytes(), 2 * kMany * 13.5);
  EXPECT_EQ(tree_.rank(items_.front().get()), kMany - 1u);
}

TEST_F(BpTreeTest, RandomInsertionKeepsTheBytesPerElementThatWereMeasured) {
  std::mt19937_64 random(1);
  constexpr size_t kMany = 100000;
  for (size_t i = 0; i < kMany; ++i) add(static_cast<double>(random()), std::to_string(i));
  EXPECT_LT(static_cast<double>(tree_.bytes()) / kMany, 15.8);
}

TEST_F(BpTreeTest, EmptiedByErasingItKeepsOneLeaf) {
  std::vector<Item*> all;
  for (int i = 0; i < 5000; ++i) all.push_back(add(i * 7919 % 5000, std::to_string(i)));
  for (Item* item : all) tree_.erase(item);
  EXPECT_TRUE(tree_.empty());
  EXPECT_EQ(tree_.bytes(), Slab::class_size(512));
}

TEST_F(BpTreeTest, InfiniteScoresAndBothZeroesHaveTheirPlace) {
  double infinity = std::numeric_limits<double>::infinity();
  add(infinity, "top");
  add(-infinity, "bottom");
  add(0.0, "b");
  add(-0.0, "a");
  EXPECT_EQ(members(0, 10, false), (std::vector<std::string>{"bottom", "a", "b", "top"}));
  EXPECT_EQ(tree_.count_below(-infinity, true), 1u);
  EXPECT_EQ(tree_.count_below(infinity, false), 3u);
}

TEST_F(BpTreeTest, MembersOfEqualScoreAreCountedByTheirOrder) {
  for (int i = 0; i < 2000; ++i) add(5, std::to_string(10000 + i));
  EXPECT_EQ(tree_.count_below("10500", false), 500u);
  EXPECT_EQ(tree_.count_below("10500", true), 501u);
  EXPECT_EQ(tree_.count_below("", true), 0u);
  EXPECT_EQ(tree_.count_below("9", false), 2000u);
}

TEST_F(BpTreeTest, AVisitorMayStop) {
  for (int i = 0; i < 100; ++i) add(i, std::to_string(i));
  size_t visited = 0;
  tree_.visit_from(10, 50, false, [&](Item* item) {
    visited++;
    return item->score == 40;
  });
  EXPECT_EQ(visited, 31u);
}

}  // namespace
}  // namespace redstart
