#include "base/clock.h"

#include <time.h>

namespace redstart {

static int64_t read_us(clockid_t id) {
  timespec now;
  clock_gettime(id, &now);
  return int64_t{now.tv_sec} * 1000000 + now.tv_nsec / 1000;
}

int64_t SystemClock::wall_us() const { return read_us(CLOCK_REALTIME); }
int64_t SystemClock::mono_us() const { return read_us(CLOCK_MONOTONIC); }

}  // namespace redstart
