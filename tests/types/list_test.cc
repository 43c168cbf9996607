#include "types/list.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/slab.h"
#include "tests/model.h"
#include "types/value_digest.h"

namespace redstart {
namespace {

struct ListTest : testing::Test {
  Slab slab;
  Random random{7};
  uint64_t seed = 1;
  int64_t now_ms = 0;
  TypeEnv env{slab, random, seed, now_ms};
};

const ListNodes* nodes_of(const List& list) {
  if (list.held().encoding != static_cast<uint8_t>(ListEncoding::kNodes)) return nullptr;
  return static_cast<const ListNodes*>(list.held().object);
}

std::vector<std::string> forward(const ListView& list) {
  std::vector<std::string> all;
  list.each(0, list.size(), [&](const ListpackItem& item) {
    all.push_back(item.to_string());
    return true;
  });
  return all;
}

std::vector<std::string> backward(const ListView& list) {
  std::vector<std::string> all;
  list.each_backward(list.size() - 1, list.size(), [&](const ListpackItem& item) {
    all.insert(all.begin(), item.to_string());
    return true;
  });
  return all;
}

std::string digest_of(const List& list) {
  ValueDigest digest;
  kListOps.digest(list.held().object, list.held().encoding, &digest);
  return digest.hex();
}

// A list and what it should be.
class Pair {
 public:
  Pair(const TypeEnv& env, Random& random) : list_(env, Held()), random_(random) {}
  ~Pair() { list_.drop(); }

  void step(int64_t bias) {
    // Phases in which the list grows, then shrinks, so that it passes its limits both ways.
    if (plain_.empty() || static_cast<int64_t>(random_.below(10)) < bias) {
      grow();
    } else {
      change();
    }
  }

  void check() {
    std::vector<std::string> expected(plain_.begin(), plain_.end());
    ASSERT_EQ(list_.size(), expected.size());
    ASSERT_EQ(forward(list_.view()), expected);
    ASSERT_EQ(backward(list_.view()), expected);
    for (int i = 0; i < 5 && !plain_.empty(); i++) {
      size_t index = random_.below(plain_.size());
      ASSERT_EQ(list_.view().at(index).to_string(), plain_[index]);
    }
    const ListNodes* nodes = nodes_of(list_);
    ASSERT_EQ(nodes ? nodes->validate() : nullptr, nullptr);
  }

  bool large() const { return nodes_of(list_) != nullptr; }
  size_t size() const { return plain_.size(); }

 private:
  std::string text() {
    switch (random_.below(20)) {
      case 0:
        return std::string(random_.below(12000), 'x');
      case 1:
      case 2:
        return std::string(random_.below(500), 'y') + std::to_string(random_.below(3));
      default:
        return std::to_string(random_.below(40));
    }
  }

  void grow() {
    std::vector<std::string> texts(1 + random_.below(3));
    for (std::string& one : texts) one = text();
    std::vector<std::string_view> views(texts.begin(), texts.end());
    bool front = random_.below(2);
    list_.push(front ? ListEnd::kFront : ListEnd::kBack, views);
    for (const std::string& one : texts) {
      if (front) {
        plain_.push_front(one);
      } else {
        plain_.push_back(one);
      }
    }
  }

  void change() {
    size_t index = random_.below(plain_.size());
    auto at = plain_.begin() + static_cast<ptrdiff_t>(index);
    std::string with = text();
    switch (random_.below(6)) {
      case 0:
        list_.pop(ListEnd::kFront);
        plain_.pop_front();
        break;
      case 1:
        list_.pop(ListEnd::kBack);
        plain_.pop_back();
        break;
      case 2: {
        size_t count = random_.below(std::min<size_t>(plain_.size() - index, 200) + 1);
        list_.erase(index, count);
        plain_.erase(at, at + static_cast<ptrdiff_t>(count));
        break;
      }
      case 3:
        list_.set(index, with);
        *at = with;
        break;
      case 4: {
        bool after = random_.below(2);
        std::string pivot = *at;
        ASSERT_TRUE(list_.insert(pivot, after, with));
        auto first = std::find(plain_.begin(), plain_.end(), pivot);
        plain_.insert(first + after, with);
        break;
      }
      case 5:
        remove(*at, 1 + random_.below(4), random_.below(2));
        break;
    }
  }

  void remove(std::string text, size_t max, bool last_ones) {
    size_t removed = 0;
    for (size_t i = 0; i < plain_.size() && removed < max;) {
      size_t index = last_ones ? plain_.size() - 1 - i : i;
      if (plain_[index] != text) {
        i++;
        continue;
      }
      plain_.erase(plain_.begin() + static_cast<ptrdiff_t>(index));
      removed++;
    }
    EXPECT_EQ(list_.remove(text, max, last_ones ? ListEnd::kBack : ListEnd::kFront), removed);
  }

  List list_;
  Random& random_;
  std::deque<std::string> plain_;
};

TEST_F(ListTest, AgreesWithADeque) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random = Random(seed);
  for (int64_t setting : {-1, -2, 1, 5, 128}) {
    env.limits.list_max_listpack_size = setting;
    Pair pair(env, random);
    bool was_large = false;
    for (int phase = 0; phase < model_steps(8); phase++) {
      for (int i = 0; i < 250; i++) {
        pair.step(phase % 2 ? 1 : 8);
        if (i % 25 == 0) pair.check();
        if (HasFatalFailure()) return;
        was_large = was_large || pair.large();
      }
    }
    EXPECT_TRUE(was_large) << setting;
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

// CONFIG SET while lists are there: nodes of all sizes meet.
TEST_F(ListTest, AgreesWithADequeWhileTheLimitChanges) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random = Random(seed);
  constexpr int64_t kSettings[] = {-2, -1, -5, 1, 3, 16, 128};
  Pair pair(env, random);
  for (int i = 0; i < model_steps(3000) && !HasFatalFailure(); i++) {
    if (random.below(10) == 0) env.limits.list_max_listpack_size = kSettings[random.below(7)];
    pair.step(i / 200 % 2 ? 2 : 7);
    if (i % 25 == 0) pair.check();
  }
}

TEST_F(ListTest, BecomesLargeAtTheLimitAndSmallAgainAtHalfOfIt) {
  env.limits.list_max_listpack_size = 10;
  List list(env, Held());
  for (int i = 0; i < 10; i++) list.push(ListEnd::kBack, "a");
  EXPECT_FALSE(nodes_of(list));
  list.push(ListEnd::kBack, "a");
  EXPECT_TRUE(nodes_of(list));
  while (list.size() > 6) list.pop(ListEnd::kBack);
  EXPECT_TRUE(nodes_of(list));
  list.pop(ListEnd::kBack);
  EXPECT_FALSE(nodes_of(list));
  list.drop();
}

TEST_F(ListTest, SizesInBytesCountTheTextsThatCome) {
  List list(env, Held());
  std::string text(4000, 'x');
  list.push(ListEnd::kFront, text);
  EXPECT_FALSE(nodes_of(list));
  std::string_view two[] = {text, text};
  list.push(ListEnd::kFront, two);
  EXPECT_TRUE(nodes_of(list));
  EXPECT_EQ(nodes_of(list)->node_count(), 2u);
  list.drop();
}

TEST_F(ListTest, AnElementLargerThanANodeStandsAlone) {
  List list(env, Held());
  std::string large(20000, 'x');
  for (const char* text : {"a", "b", "c"}) list.push(ListEnd::kBack, text);
  list.insert("b", false, large);
  ASSERT_TRUE(nodes_of(list));
  EXPECT_EQ(nodes_of(list)->node_count(), 3u);
  list.set(1, "small");
  EXPECT_EQ(forward(list.view()), (std::vector<std::string>{"a", "small", "b", "c"}));
  list.drop();
}

TEST_F(ListTest, NodesAreFullAndTakeWhatTheyHold) {
  constexpr size_t kCount = 100000;
  for (ListEnd end : {ListEnd::kFront, ListEnd::kBack}) {
    List list(env, Held());
    for (size_t i = 0; i < kCount; i++) list.push(end, "sixteen bytes...");
    EXPECT_LE(slab.used_bytes(), kCount * 18.5);
    EXPECT_EQ(kListOps.bytes(list.held().object, list.held().encoding), slab.used_bytes());
    list.drop();
  }
}

TEST_F(ListTest, AQueueDoesNotGrow) {
  List list(env, Held());
  for (int i = 0; i < 1000; i++) list.push(ListEnd::kBack, "sixteen bytes...");
  for (int i = 0; i < 100000; i++) {
    list.push(ListEnd::kBack, "sixteen bytes...");
    list.pop(ListEnd::kFront);
  }
  EXPECT_EQ(list.size(), 1000u);
  EXPECT_LE(slab.used_bytes(), 4 * 8192u + 1024);
  while (!list.empty()) list.pop(ListEnd::kBack);
  EXPECT_LE(slab.used_bytes(), 1024u);
  list.drop();
}

TEST_F(ListTest, CopiesAreEqualAndApart) {
  for (int count : {3, 5000}) {
    List list(env, Held());
    for (int i = 0; i < count; i++) list.push(ListEnd::kFront, std::to_string(i));
    List copy(
        env, {kListOps.copy(slab, list.held().object, list.held().encoding), list.held().encoding});
    EXPECT_EQ(digest_of(copy), digest_of(list));
    copy.set(1, "other");
    EXPECT_NE(digest_of(copy), digest_of(list));
    list.drop();
    EXPECT_EQ(copy.size(), static_cast<size_t>(count));
    copy.drop();
  }
}

TEST_F(ListTest, ErasedAtOnceItIsEmptyAndDestroyedInSlices) {
  List list(env, Held());
  for (int i = 0; i < 50000; i++) list.push(ListEnd::kBack, "sixteen bytes...");
  size_t full = slab.used_bytes();
  list.erase(0, list.size());
  EXPECT_TRUE(list.empty());
  EXPECT_TRUE(kListOps.empty(list.held().object, list.held().encoding));
  EXPECT_EQ(slab.used_bytes(), full);
  int slices = 0;
  for (bool done = false; !done; slices++) {
    size_t budget = 20;
    done = kListOps.destroy_some(slab, list.held().object, list.held().encoding, &budget);
  }
  EXPECT_GT(slices, 3);
  EXPECT_EQ(slab.used_bytes(), 0u);
}

TEST_F(ListTest, AnEmptiedListCanBePushedToAgain) {
  List list(env, Held());
  for (int i = 0; i < 5000; i++) list.push(ListEnd::kBack, std::to_string(i));
  list.erase(0, list.size());
  list.push(ListEnd::kFront, "a");
  EXPECT_EQ(forward(list.view()), std::vector<std::string>{"a"});
  ASSERT_TRUE(nodes_of(list));
  EXPECT_EQ(nodes_of(list)->validate(), nullptr);
  list.drop();
}

}  // namespace
}  // namespace redstart
