// What happens later: a heap of deadlines on the monotonic clock. The door that owns the loop asks
// next_deadline_ms() and calls run_due(); tests move a ManualClock instead.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace redstart {

using TimerId = uint64_t;

class Timers {
 public:
  // Runs `task` once at monotonic `at_ms`, then, with `every_ms` > 0, again each interval.
  TimerId add(int64_t at_ms, std::function<void()> task, int64_t every_ms = 0);
  void cancel(TimerId id);
  // Runs what is due. A task may add and cancel timers.
  void run_due(int64_t now_ms);
  // INT64_MAX when there is none.
  int64_t next_deadline_ms() const;

 private:
  struct Timer {
    int64_t at_ms;
    TimerId id;
    int64_t every_ms;
    std::function<void()> task;
  };
  static bool later(const Timer& a, const Timer& b);
  std::vector<Timer> heap_;
  TimerId next_id_ = 1;
};

}  // namespace redstart
