#include "engine/timers.h"

#include <algorithm>

namespace redstart {

bool Timers::later(const Timer& a, const Timer& b) {
  return a.at_ms != b.at_ms ? a.at_ms > b.at_ms : a.id > b.id;
}

TimerId Timers::add(int64_t at_ms, std::function<void()> task, int64_t every_ms) {
  heap_.push_back({at_ms, next_id_, every_ms, std::move(task)});
  std::push_heap(heap_.begin(), heap_.end(), later);
  return next_id_++;
}

void Timers::cancel(TimerId id) {
  auto found = std::find_if(heap_.begin(), heap_.end(), [id](const Timer& t) { return t.id == id; });
  if (found == heap_.end()) return;
  heap_.erase(found);
  std::make_heap(heap_.begin(), heap_.end(), later);
}

void Timers::run_due(int64_t now_ms) {
  while (!heap_.empty() && heap_.front().at_ms <= now_ms) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Timer due = std::move(heap_.back());
    heap_.pop_back();
    if (due.every_ms > 0) {
      // A copy goes back before the task runs, so that the task can cancel itself.
      heap_.push_back({std::max(due.at_ms + due.every_ms, now_ms + 1), due.id, due.every_ms,
                       due.task});
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
    due.task();
  }
}

int64_t Timers::next_deadline_ms() const {
  return heap_.empty() ? INT64_MAX : heap_.front().at_ms;
}

}  // namespace redstart
