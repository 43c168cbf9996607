#include "wire/chunk_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "tests/model.h"

namespace redstart {
namespace {

constexpr size_t kMany = 20 * ChunkPool::kChunksPerRun;

std::vector<void*> take(ChunkPool& pool, size_t count) {
  std::vector<void*> chunks;
  for (size_t i = 0; i < count; i++) chunks.push_back(pool.take());
  return chunks;
}
void give(ChunkPool& pool, const std::vector<void*>& chunks) {
  for (void* chunk : chunks) pool.give(chunk);
}

TEST(ChunkPool, ChunksDoNotOverlap) {
  uint64_t seed = model_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  ChunkPool pool;
  std::vector<char*> held;
  auto fill = [](char* chunk) {
    std::memset(chunk, static_cast<int>(reinterpret_cast<uintptr_t>(chunk) >> 14 & 0xff),
                ChunkPool::kChunkSize);
  };
  auto intact = [](const char* chunk) {
    const auto expected = static_cast<char>(reinterpret_cast<uintptr_t>(chunk) >> 14 & 0xff);
    return chunk[0] == expected && chunk[ChunkPool::kChunkSize - 1] == expected;
  };
  for (int step = 0; step < 20000; step++) {
    const bool grow = step / 2000 % 2 == 0;
    if (held.empty() || random() % 5 < (grow ? 3u : 2u)) {
      held.push_back(static_cast<char*>(pool.take()));
      fill(held.back());
    } else {
      std::swap(held[random() % held.size()], held.back());
      ASSERT_TRUE(intact(held.back()));
      pool.give(held.back());
      held.pop_back();
    }
    if (random() % 500 == 0) pool.give_back(3);
    ASSERT_EQ(pool.in_use(), held.size());
    ASSERT_LE(held.size(), pool.runs() * ChunkPool::kChunksPerRun);
  }
  for (char* chunk : held) pool.give(chunk);
}

TEST(ChunkPool, WhatWasJustGivenIsTakenNext) {
  ChunkPool pool;
  void* first = pool.take();
  void* second = pool.take();
  pool.give(second);
  EXPECT_EQ(pool.take(), second);
  pool.give(second);
  pool.give(first);
  EXPECT_EQ(pool.take(), first);
  pool.give(first);
}

TEST(ChunkPool, RunsGoBackThatNobodyNeededForAWhile) {
  ChunkPool pool;
  give(pool, take(pool, kMany));
  EXPECT_EQ(pool.runs(), 20u);
  EXPECT_TRUE(pool.has_surplus());
  pool.give_back(100);
  EXPECT_EQ(pool.runs(), 20u) << "they were needed just now";
  give(pool, take(pool, kMany / 2));
  pool.give_back(4);
  EXPECT_EQ(pool.runs(), 16u);
  pool.give_back(100);
  EXPECT_EQ(pool.runs(), ChunkPool::kRunsKept);
  EXPECT_FALSE(pool.has_surplus());
}

TEST(ChunkPool, ARunWithOneChunkInUseStays) {
  ChunkPool pool;
  std::vector<void*> chunks = take(pool, kMany);
  void* kept = chunks[kMany / 2];
  chunks.erase(chunks.begin() + kMany / 2);
  give(pool, chunks);
  pool.give_back(100);
  pool.give_back(100);
  EXPECT_EQ(pool.runs(), ChunkPool::kRunsKept + 1);
  std::memset(kept, 1, ChunkPool::kChunkSize);
  pool.give(kept);
}

}  // namespace
}  // namespace redstart
