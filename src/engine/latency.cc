#include "engine/latency.h"

#include <algorithm>

namespace redstart {
namespace {

constexpr size_t kMaxSamples = 160;

}  // namespace

void LatencyMonitor::add(std::string_view name, int64_t unix_seconds, int64_t ms) {
  auto found = events_.find(name);
  if (found == events_.end()) found = events_.emplace(std::string(name), LatencyEvent()).first;
  LatencyEvent& event = found->second;
  event.max_ms = std::max(event.max_ms, ms);
  if (!event.samples.empty() && event.samples.back().unix_seconds == unix_seconds) {
    event.samples.back().ms = std::max(event.samples.back().ms, ms);
    return;
  }
  event.samples.push_back({unix_seconds, ms});
  if (event.samples.size() > kMaxSamples) event.samples.erase(event.samples.begin());
}

size_t LatencyMonitor::reset(std::string_view event) {
  if (event.empty()) {
    size_t count = events_.size();
    events_.clear();
    return count;
  }
  auto found = events_.find(event);
  if (found == events_.end()) return 0;
  events_.erase(found);
  return 1;
}

}  // namespace redstart
