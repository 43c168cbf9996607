#include "wire/chunk_pool.h"

#include <bit>
#include <cassert>
#include <new>

#include "base/mapping.h"
#include "base/poison.h"

namespace redstart {

ChunkPool::~ChunkPool() {
  assert(in_use_ == 0);
  while (first_) unmap(first_);
}

void* ChunkPool::take() {
  in_use_++;
  if (!first_) [[unlikely]]
    map_run();
  Run* run = first_;
  if (run->free == kAllFree) {
    empty_runs_--;
    if (empty_runs_ < least_empty_) least_empty_ = empty_runs_;
  }
  const auto place = static_cast<size_t>(std::countr_zero(run->free));
  run->free &= run->free - 1;
  if (run->free == 0) unlink(run);
  char* chunk = reinterpret_cast<char*>(run) + place * kChunkSize;
  unpoison(chunk, kChunkSize);
  return chunk;
}

void ChunkPool::give(void* chunk) {
  in_use_--;
  poison(chunk, kChunkSize);
  const auto address = reinterpret_cast<uintptr_t>(chunk);
  auto* run = reinterpret_cast<Run*>(address & ~(kRunSize - 1));
  if (run->free == 0) link(run);
  run->free |= uint64_t{1} << (address & (kRunSize - 1)) / kChunkSize;
  if (run->free == kAllFree) empty_runs_++;
}

void ChunkPool::give_back(size_t max) {
  size_t surplus = least_empty_ > kRunsKept ? least_empty_ - kRunsKept : 0;
  if (surplus > max) surplus = max;
  for (Run* run = first_; surplus > 0;) {
    Run* next = run->next;
    if (run->free == kAllFree) {
      unmap(run);
      surplus--;
    }
    run = next;
  }
  least_empty_ = empty_runs_;
}

// ---- runs ---------------------------------------------------------------------------------------

void ChunkPool::map_run() {
  link(new (map_aligned(kRunSize, kRunSize)) Run{nullptr, nullptr, kAllFree});
  runs_++;
  empty_runs_++;
}

// REQUIRES: the run is empty.
void ChunkPool::unmap(Run* run) {
  unlink(run);
  runs_--;
  empty_runs_--;
  unpoison(run, kRunSize);
  unmap_aligned(run, kRunSize);
}

void ChunkPool::link(Run* run) {
  run->previous = nullptr;
  run->next = first_;
  if (first_) first_->previous = run;
  first_ = run;
}

void ChunkPool::unlink(Run* run) {
  if (run->previous) {
    run->previous->next = run->next;
  } else {
    first_ = run->next;
  }
  if (run->next) run->next->previous = run->previous;
}

}  // namespace redstart
