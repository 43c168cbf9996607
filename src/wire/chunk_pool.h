// The chunks of one loop's outputs.
//
//   run (1 MiB of addresses, aligned to its size)
//   +------+-------+-------+-- ... --+-------+
//   | head | chunk | chunk |         | chunk |      63 of 16 KiB
//   +------+-------+-------+-- ... --+-------+
//
// Runs are mapped for this alone: among the allocator's other blocks, chunks of a moment (a message
// for ten thousand subscribers) would leave holes that stay resident. The lowest chunk of the run
// that was last given one is the next: it is in the caches, and other runs become empty. A run that
// is empty stays for the next moment like this; give_back() ends those that none has needed since
// it was called last.
//
// Cost: a few nanoseconds per call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/big_buf.h"

namespace redstart {

class ChunkPool {
 public:
  static constexpr size_t kChunkSize = 16 * 1024;
  static constexpr size_t kRunSize = 1024 * 1024;
  static constexpr size_t kChunksPerRun = kRunSize / kChunkSize - 1;
  // Empty runs that stay whatever happens: what a hundred busy connections hold at once.
  static constexpr size_t kRunsKept = 2;

  ChunkPool() = default;
  ~ChunkPool();
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  void* take();
  void give(void* chunk);
  // Chunks handed out, and runs that are mapped.
  size_t in_use() const { return in_use_; }
  size_t runs() const { return runs_; }
  // There is something for give_back() to look at, now or when it is called again.
  bool has_surplus() const { return empty_runs_ > kRunsKept; }
  // Unmaps up to `max` of the runs that nobody needed since the last call.
  void give_back(size_t max);

  // Long values that outputs refer to, each counted once.
  size_t shared_bytes() const { return shared_bytes_; }
  void hold(BigBuf* buffer) {
    buffer->hold();
    if (buffer->begin_output()) shared_bytes_ += buffer->allocated_bytes();
  }
  void drop(BigBuf* buffer) {
    if (buffer->end_output()) shared_bytes_ -= buffer->allocated_bytes();
    buffer->drop();
  }

 private:
  struct Run {
    Run* next;
    Run* previous;
    uint64_t free;  // a bit for each chunk; the head has none
  };
  static constexpr uint64_t kAllFree = ~uint64_t{1};

  void map_run();
  void unmap(Run* run);
  void link(Run* run);
  void unlink(Run* run);

  // The runs with room, those that are empty among them.
  Run* first_ = nullptr;
  size_t runs_ = 0;
  size_t empty_runs_ = 0;
  size_t least_empty_ = 0;  // since the last give_back()
  size_t in_use_ = 0;
  size_t shared_bytes_ = 0;
};

}  // namespace redstart
