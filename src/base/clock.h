// Time as the engine sees it. Wall time (TTL, TIME, ids) and monotonic time (timeouts, durations)
// are apart; both are injected, so that a test or a user can hold and move them.
#pragma once

#include <cstdint>

namespace redstart {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t wall_us() const = 0;
  virtual int64_t mono_us() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t wall_us() const override;
  int64_t mono_us() const override;
};

// Stands still until told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_ms = 1700000000000) : wall_us_(wall_ms * 1000) {}
  int64_t wall_us() const override { return wall_us_; }
  int64_t mono_us() const override { return mono_us_; }
  void advance_us(int64_t us) { wall_us_ += us, mono_us_ += us; }
  void advance_ms(int64_t ms) { advance_us(ms * 1000); }
  void set_wall_ms(int64_t ms) { wall_us_ = ms * 1000; }

 private:
  int64_t wall_us_;
  int64_t mono_us_ = 1000000;
};

}  // namespace redstart
