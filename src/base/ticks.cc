#include "base/ticks.h"

#include <time.h>

namespace redstart {

static int64_t monotonic_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

TickScale::TickScale() : start_ticks_(read_ticks()), start_ns_(monotonic_ns()) {
  constexpr int64_t kFirstMeasureNs = 100000;
  while (monotonic_ns() - start_ns_ < kFirstMeasureNs) {
  }
  refine();
}

void TickScale::refine() {
  const uint64_t ticks = read_ticks() - start_ticks_;
  const int64_t ns = monotonic_ns() - start_ns_;
  if (ticks > 0) ns_per_tick_ = static_cast<double>(ns) / static_cast<double>(ticks);
}

}  // namespace redstart
