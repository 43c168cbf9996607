#include "net/limits.h"

#include <algorithm>

namespace redstart {

bool SoftLimitClock::exceeded(const OutputLimit& limit, size_t bytes, int64_t now_s) {
  if (limit.hard_bytes && bytes >= limit.hard_bytes) return true;
  if (!limit.soft_bytes || bytes < limit.soft_bytes) {
    since_s_ = 0;
    return false;
  }
  if (since_s_ == 0) {
    since_s_ = static_cast<uint32_t>(std::max<int64_t>(now_s, 1));
    return false;
  }
  return now_s - since_s_ > limit.soft_seconds;
}

}  // namespace redstart
