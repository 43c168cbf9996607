// The last bytes of a tenant's stream, by their offset: for replicas that come back, and for those
// that read more slowly than it grows.
//
//   begin                                   end
//   [ block | block | block | block, filling ]        blocks of 16 KiB
//        ^ a slow replica          ^ a quick one
//
// Replicas hold offsets, not bytes: what several have not read yet is there once. trim() forgets
// whole blocks, so there is a little more than was asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

namespace redstart {

class Backlog {
 public:
  static constexpr size_t kBlock = 16 * 1024;

  // Empty, and the next byte is the one behind `offset`.
  explicit Backlog(int64_t offset) : end_(offset) {}

  void append(std::string_view bytes);
  // There were so many bytes before the first.
  void count_from(int64_t more);
  // Offsets count the bytes before a place: there are end() - begin() of them here.
  int64_t begin() const { return blocks_.empty() ? end_ : blocks_.front().begin; }
  int64_t end() const { return end_; }
  bool has(int64_t offset) const { return offset >= begin() && offset <= end_; }
  // Some of the bytes behind `offset`: none only at the end. REQUIRES: has(offset).
  std::string_view at(int64_t offset, size_t max) const;
  // Forgets what is neither among the last `keep` bytes nor behind `needed`.
  void trim(uint64_t keep, int64_t needed);
  // Bytes that nobody but a slow replica keeps from being forgotten, once trimmed.
  size_t memory() const { return blocks_.size() * (kBlock + sizeof(Block)); }

 private:
  struct Block {
    int64_t begin;
    std::unique_ptr<char[]> bytes;
  };
  std::deque<Block> blocks_;  // all full but the last
  int64_t end_;
};

}  // namespace redstart
