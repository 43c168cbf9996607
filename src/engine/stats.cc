#include "engine/stats.h"

#include <algorithm>
#include <cmath>

namespace redstart {
namespace {

// A client can make up error codes only through scripts; this bounds what it can fill.
constexpr size_t kMaxErrorKinds = 128;

}  // namespace

void Stats::count_error(std::string_view code) {
  total_errors++;
  if (errors_overflowed) return;
  auto found = errors.find(code);
  if (found != errors.end()) {
    found->second++;
  } else if (errors.size() < kMaxErrorKinds) {
    errors.emplace(std::string(code), 1);
  } else {
    for (const auto& [known, count] : errors) overflowing_codes.append(known).append(" ");
    errors.clear();
    errors.emplace("ERRORSTATS_DISABLED", 1);
    errors_overflowed = true;
  }
}

void Stats::count_turn(uint64_t ticks, uint64_t us, uint64_t cpu_us) {
  turns++;
  turn_ticks += ticks;
  longest_turn_us = std::max(longest_turn_us, us);
  longest_turn_cpu_us = std::max(longest_turn_cpu_us, cpu_us);
  most_commands_in_turn = std::max(most_commands_in_turn, total_commands - commands_before_turn_);
  commands_before_turn_ = total_commands;
}

uint64_t CommandStats::duration_at(double percentile) const {
  uint64_t total = 0;
  for (uint32_t count : *histogram) total += count;
  double wanted = static_cast<double>(total) * percentile / 100;
  uint64_t seen = 0;
  size_t bucket = 0;
  for (size_t i = 0; i < kBuckets; i++) {
    if ((*histogram)[i] == 0) continue;
    bucket = i;
    seen += (*histogram)[i];
    if (static_cast<double>(seen) >= wanted) break;
  }
  if (bucket < 4) return bucket;
  uint64_t quarter = uint64_t{1} << (bucket / 4) >> 2;
  return (4 + bucket % 4 + 1) * quarter - 1;
}

StatRates Stats::rates(int64_t now_mono_us) {
  constexpr int64_t kShortestUs = 100000;
  int64_t elapsed_us = now_mono_us - last_reading_.mono_us;
  if (elapsed_us < kShortestUs) return last_rates_;
  auto per_second = [&](uint64_t now, uint64_t before) {
    double rate = static_cast<double>(now - before) * 1e6 / static_cast<double>(elapsed_us);
    return static_cast<uint64_t>(std::ceil(rate));
  };
  last_rates_ = {per_second(total_commands, last_reading_.commands),
                 per_second(bytes_in, last_reading_.bytes_in),
                 per_second(bytes_out, last_reading_.bytes_out),
                 per_second(turns, last_reading_.turns), 0};
  uint64_t new_turns = turns - last_reading_.turns;
  if (new_turns) last_rates_.ticks_per_turn = (turn_ticks - last_reading_.turn_ticks) / new_turns;
  last_reading_ = {now_mono_us, total_commands, bytes_in, bytes_out, turns, turn_ticks};
  return last_rates_;
}

void Stats::reset() {
  std::vector<CommandStats> fresh(commands.size());
  *this = Stats();
  commands = std::move(fresh);
}

}  // namespace redstart
