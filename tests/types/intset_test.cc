#include "types/intset.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

#include "base/random.h"
#include "base/slab.h"

namespace redstart {
namespace {

class IntsetTest : public testing::Test {
 protected:
  ~IntsetTest() override {
    Intset::destroy(slab_, ints_.block());
    EXPECT_EQ(slab_.used_bytes(), 0u);
  }
  size_t width() const { return (ints_.bytes().size() - 8) / ints_.count(); }

  Slab slab_;
  Intset ints_{slab_, Intset::make(slab_)};
};

TEST_F(IntsetTest, IsAsWideAsItsWidestNumber) {
  for (auto [number, width_after] :
       std::initializer_list<std::pair<int64_t, size_t>>{{INT16_MAX, 2},
                                                         {INT16_MIN, 2},
                                                         {INT16_MAX + 1, 4},
                                                         {INT32_MIN, 4},
                                                         {int64_t{INT32_MAX} + 1, 8},
                                                         {INT64_MIN, 8},
                                                         {INT64_MAX, 8}}) {
    EXPECT_FALSE(ints_.contains(number));
    EXPECT_TRUE(ints_.add(number));
    EXPECT_TRUE(ints_.contains(number));
    EXPECT_EQ(width(), width_after) << number;
  }
  EXPECT_EQ(ints_.at(0), INT64_MIN);
  EXPECT_EQ(ints_.at(6), INT64_MAX);
  EXPECT_EQ(IntsetView::validate(ints_.bytes()), nullptr);
}

TEST_F(IntsetTest, AgreesWithAnOrderedSet) {
  Random random(20261);
  std::set<int64_t> twin;
  for (int i = 0; i < 20000; i++) {
    // Few different numbers of every width.
    int64_t number = static_cast<int64_t>(random.below(40)) << random.below(58);
    if (random.below(2)) number = -number;
    if (random.below(2)) {
      ASSERT_EQ(ints_.add(number), twin.insert(number).second);
    } else {
      ASSERT_EQ(ints_.erase(number), twin.erase(number) == 1);
    }
    ASSERT_EQ(ints_.count(), twin.size());
    ASSERT_EQ(ints_.contains(number), twin.count(number) == 1);
  }
  ASSERT_EQ(IntsetView::validate(ints_.bytes()), nullptr);
  size_t index = 0;
  for (int64_t number : twin) EXPECT_EQ(ints_.at(index++), number);
}

TEST_F(IntsetTest, KnowsBrokenBytes) {
  ints_.add(1);
  ints_.add(70000);
  std::string good(ints_.bytes());
  EXPECT_EQ(IntsetView::validate(good), nullptr);
  EXPECT_NE(IntsetView::validate(good.substr(0, 7)), nullptr);
  EXPECT_NE(IntsetView::validate(good.substr(0, good.size() - 1)), nullptr);
  std::string unordered = good;
  unordered.replace(8, 4, good.substr(12, 4));
  EXPECT_NE(IntsetView::validate(unordered), nullptr);
  std::string odd_width = good;
  odd_width[0] = 3;
  EXPECT_NE(IntsetView::validate(odd_width), nullptr);
}

}  // namespace
}  // namespace redstart
