#include "engine/pending_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/random.h"
#include "base/slab.h"

namespace redstart {
namespace {

std::vector<std::string> all(const PendingKeys& keys) {
  std::vector<std::string> list;
  keys.each([&](std::string_view key) { list.emplace_back(key); });
  return list;
}

TEST(PendingKeys, WhatAScanFindsComesInOrderAndBeforeWhatIsNoted) {
  Slab slab;
  PendingKeys keys(slab);
  keys.note("z");
  keys.found("c");
  keys.found("a");
  keys.note("b");
  keys.found("b");
  keys.note("c");
  keys.note("z");
  EXPECT_EQ(all(keys), (std::vector<std::string>{"a", "b", "c", "z"}));
  EXPECT_EQ(keys.take(), "a");
  EXPECT_EQ(keys.take(), "b");
  keys.note("b");
  EXPECT_EQ(all(keys), (std::vector<std::string>{"c", "z", "b"}));
  keys.found("d");
  for (const char* gone : {"z", "d", "none"}) keys.forget(gone);
  EXPECT_EQ(all(keys), (std::vector<std::string>{"c", "b"}));
  keys.clear();
  EXPECT_TRUE(keys.empty());
  EXPECT_EQ(keys.bytes(), 0u);
}

// Against lists that are searched from end to end.
TEST(PendingKeys, IsAListWithoutKeysTwice) {
  Slab slab;
  {
    PendingKeys keys(slab);
    std::set<std::string> found;
    std::vector<std::string> noted;
    Random random(7);
    for (int i = 0; i < 20000; i++) {
      const std::string key =
          std::to_string(random.below(50)) + std::string(random.below(3) * 20, 'x');
      const auto at = std::find(noted.begin(), noted.end(), key);
      switch (random.below(5)) {
        case 4:
          keys.forget(key);
          found.erase(key);
          if (at != noted.end()) noted.erase(at);
          break;
        case 0:
          keys.found(key);
          if (at == noted.end()) found.insert(key);
          break;
        case 1:
          if (keys.empty()) break;
          if (!found.empty()) {
            EXPECT_EQ(keys.take(), *found.begin());
            found.erase(found.begin());
          } else {
            EXPECT_EQ(keys.take(), noted.front());
            noted.erase(noted.begin());
          }
          break;
        default:
          keys.note(key);
          if (at != noted.end()) noted.erase(at);
          found.erase(key);
          noted.push_back(key);
      }
      ASSERT_EQ(keys.size(), found.size() + noted.size());
    }
    std::vector<std::string> expected(found.begin(), found.end());
    expected.insert(expected.end(), noted.begin(), noted.end());
    EXPECT_EQ(all(keys), expected);
    EXPECT_GT(slab.used_bytes(), 0u);
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

}  // namespace
}  // namespace redstart
