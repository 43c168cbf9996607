#include "replication/backlog.h"

#include <algorithm>
#include <cstring>

namespace redstart {

void Backlog::append(std::string_view bytes) {
  while (!bytes.empty()) {
    size_t used = blocks_.empty() ? kBlock : static_cast<size_t>(end_ - blocks_.back().begin);
    if (used == kBlock) {
      blocks_.push_back({end_, std::make_unique_for_overwrite<char[]>(kBlock)});
      used = 0;
    }
    const size_t size = std::min(bytes.size(), kBlock - used);
    memcpy(blocks_.back().bytes.get() + used, bytes.data(), size);
    end_ += static_cast<int64_t>(size);
    bytes.remove_prefix(size);
  }
}

void Backlog::count_from(int64_t more) {
  for (Block& block : blocks_) block.begin += more;
  end_ += more;
}

std::string_view Backlog::at(int64_t offset, size_t max) const {
  if (offset == end_) return {};
  const auto skipped = static_cast<size_t>(offset - begin());
  const Block& block = blocks_[skipped / kBlock];
  const auto from = static_cast<size_t>(offset - block.begin);
  const auto left = static_cast<size_t>(std::min<int64_t>(end_ - block.begin, kBlock)) - from;
  return {block.bytes.get() + from, std::min(left, max)};
}

void Backlog::trim(uint64_t keep, int64_t needed) {
  const auto last = end_ - static_cast<int64_t>(std::min<uint64_t>(keep, INT64_MAX / 2));
  const int64_t oldest = std::min(last, needed);
  while (!blocks_.empty() && blocks_.front().begin + static_cast<int64_t>(kBlock) <= oldest) {
    blocks_.pop_front();
  }
}

}  // namespace redstart
