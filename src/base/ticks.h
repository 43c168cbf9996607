// Durations of commands: a counter that costs some ten nanoseconds less per reading than the
// system's clock, read twice around every command.
//
// read_ticks() counts in units of the machine: the time stamp counter on x86-64, the virtual timer
// on ARM64, nanoseconds elsewhere. A TickScale turns differences into time. It measures its rate
// against the monotonic clock: for a tenth of a millisecond when built, over its whole life when
// refined. Good for durations only; deadlines come from Clock.
#pragma once

#include <cstdint>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <time.h>
#endif

namespace redstart {

inline uint64_t read_ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
#endif
}

class TickScale {
 public:
  TickScale();
  // Measures the rate again, since construction.
  void refine();

  int64_t ns(uint64_t ticks) const {
    return static_cast<int64_t>(static_cast<double>(ticks) * ns_per_tick_);
  }
  int64_t us(uint64_t ticks) const { return ns(ticks) / 1000; }
  double ns_per_tick() const { return ns_per_tick_; }

 private:
  uint64_t start_ticks_;
  int64_t start_ns_;
  double ns_per_tick_ = 1;
};

}  // namespace redstart
