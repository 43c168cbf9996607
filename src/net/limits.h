// Limits of output buffers: a hard one, and a soft one that may be passed for some seconds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/config.h"

namespace redstart {

// Since when a connection has been over its soft limit.
class SoftLimitClock {
 public:
  // True when `bytes` waiting are too many under `limit`. Time in seconds, any steady origin.
  bool exceeded(const OutputLimit& limit, size_t bytes, int64_t now_s);
  bool running() const { return since_s_ != 0; }

 private:
  uint32_t since_s_ = 0;
};

}  // namespace redstart
