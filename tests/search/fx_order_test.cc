#include "search/fx_order.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace redstart::search {
namespace {

template <class Key>
std::vector<size_t> order_of(std::initializer_list<Key> keys) {
  std::vector<uint64_t> hashes;
  for (const Key key : keys) hashes.push_back(fx_hash(key));
  return fx_order(hashes);
}

using Order = std::vector<size_t>;

// What the tests of the JavaScript client expect of equal counts.
TEST(FxOrder, OrdersThreeRealNumbers) { EXPECT_EQ(order_of({0.0, 1.0, 2.0}), (Order{2, 0, 1})); }

// All of them begin at slot 2 of 4.
TEST(FxOrder, SlotsAreTakenInTurn) {
  for (const double value : {0.0, 1.0, 2.0}) EXPECT_EQ(fx_hash(value) % 4, 2u);
  EXPECT_EQ(fx_order(std::vector<uint64_t>{2, 6, 10}), (Order{2, 0, 1}));
  EXPECT_EQ(fx_order(std::vector<uint64_t>{3, 0, 7}), (Order{1, 2, 0}));
  EXPECT_EQ(fx_order({}), Order{});
}

TEST(FxOrder, EverythingFindsASlotOnce) {
  for (const size_t count : {1u, 3u, 4u, 7u, 8u, 14u, 15u, 28u, 29u, 500u}) {
    for (const uint64_t step : {0u, 1u, 16u, 64u}) {
      std::vector<uint64_t> hashes;
      for (size_t i = 0; i < count; i++) hashes.push_back(i * step);
      Order order = fx_order(hashes);
      std::sort(order.begin(), order.end());
      ASSERT_EQ(order.size(), count);
      for (size_t i = 0; i < count; i++) ASSERT_EQ(order[i], i) << count << " " << step;
    }
  }
}

// A group of 16 slots is looked through before the next one.
TEST(FxOrder, FullGroupsAreLeftForTheNext) {
  std::vector<uint64_t> hashes(17, 0);  // in 32 slots
  Order expected;
  for (size_t i = 0; i < 17; i++) expected.push_back(i);
  EXPECT_EQ(fx_order(hashes), expected);
  hashes.assign(17, 20);  // slots 20 to 31, around to 0 to 3, then at 36
  expected = {12, 13, 14, 15, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  EXPECT_EQ(fx_order(hashes), expected);
}

TEST(FxOrder, TextsOfEverySizeHaveHashesOfTheirOwn) {
  std::vector<uint64_t> hashes;
  std::string text;
  for (int i = 0; i < 60; i++) {
    hashes.push_back(fx_hash(std::string_view(text)));
    text += 'x';
  }
  hashes.push_back(fx_hash(int64_t{1}));
  hashes.push_back(fx_hash(uint64_t{1}));
  hashes.push_back(fx_hash(true));
  hashes.push_back(fx_hash(1.0));
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

}  // namespace
}  // namespace redstart::search
