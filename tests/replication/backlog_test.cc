#include "replication/backlog.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace redstart {
namespace {

std::string read(const Backlog& log, int64_t from) {
  std::string bytes;
  for (std::string_view piece; !(piece = log.at(from, SIZE_MAX)).empty();
       from += static_cast<int64_t>(piece.size())) {
    bytes += piece;
  }
  return bytes;
}

TEST(Backlog, BeginsBehindTheOffsetItIsGiven) {
  Backlog log(100);
  EXPECT_EQ(log.begin(), 100);
  EXPECT_EQ(log.end(), 100);
  EXPECT_TRUE(log.has(100));
  EXPECT_FALSE(log.has(99));
  EXPECT_FALSE(log.has(101));
  log.append("abc");
  EXPECT_EQ(log.end(), 103);
  EXPECT_EQ(log.at(101, 1), "b");
  EXPECT_EQ(log.at(101, 9), "bc");
  EXPECT_EQ(log.at(103, 9), "");
}

TEST(Backlog, ForgetsWholeBlocksThatNobodyNeeds) {
  constexpr auto kBlock = static_cast<int64_t>(Backlog::kBlock);
  Backlog log(0);
  log.append(std::string(3 * Backlog::kBlock + 1, 'x'));
  log.trim(Backlog::kBlock, 5);
  EXPECT_EQ(log.begin(), 0);  // somebody still reads there
  log.trim(Backlog::kBlock, kBlock);
  EXPECT_EQ(log.begin(), kBlock);
  log.trim(0, log.end());
  EXPECT_EQ(log.begin(), 3 * kBlock);  // the last one goes on being filled
  log.trim(UINT64_MAX, log.end());
  EXPECT_EQ(log.begin(), 3 * kBlock);
}

TEST(Backlog, CountsFromWhereItsHistoryBegan) {
  Backlog log(0);
  log.append(std::string(Backlog::kBlock, 'x') + "abc");
  log.count_from(1000);
  EXPECT_EQ(log.begin(), 1000);
  EXPECT_EQ(log.at(1000 + Backlog::kBlock, 9), "abc");
  log.append("d");
  EXPECT_EQ(read(log, 1002 + Backlog::kBlock), "cd");
}

// Beside a string that forgets nothing.
TEST(Backlog, HasWhatWasWritten) {
  const uint64_t seed = secure_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  constexpr int64_t kFrom = 12345;
  Backlog log(kFrom);
  std::string all;
  int64_t may_be_gone = kFrom;
  for (int step = 0; step < 400; step++) {
    std::string bytes(random.below(random.below(8) ? 500 : 40000), '\0');
    for (char& c : bytes) c = static_cast<char>(random.below(256));
    log.append(bytes);
    all += bytes;
    const auto end = kFrom + static_cast<int64_t>(all.size());
    ASSERT_EQ(log.end(), end);
    const uint64_t keep = random.below(100000);
    const int64_t needed = end - static_cast<int64_t>(random.below(60000));
    log.trim(keep, needed);
    may_be_gone = std::max(may_be_gone, std::min(needed, end - static_cast<int64_t>(keep)));
    ASSERT_LE(log.begin(), may_be_gone);
    const int64_t from =
        log.begin() + static_cast<int64_t>(
                          random.below(static_cast<uint64_t>(end - log.begin() + 1)));
    ASSERT_EQ(read(log, from), all.substr(static_cast<size_t>(from - kFrom)));
  }
}

}  // namespace
}  // namespace redstart
