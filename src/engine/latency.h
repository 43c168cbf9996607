// LATENCY: spikes by event ("command", "expire-cycle", ...), at least latency-monitor-threshold
// long: the last 160 of each, one per second at most, with the maximum ever.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

struct LatencySample {
  int64_t unix_seconds;
  int64_t ms;
};

struct LatencyEvent {
  std::vector<LatencySample> samples;  // oldest first
  int64_t max_ms = 0;
};

class LatencyMonitor {
 public:
  void add(std::string_view event, int64_t unix_seconds, int64_t ms);
  // All events, or one. Answers how many there were.
  size_t reset(std::string_view event = {});
  const std::map<std::string, LatencyEvent, std::less<>>& events() const { return events_; }

 private:
  std::map<std::string, LatencyEvent, std::less<>> events_;
};

}  // namespace redstart
