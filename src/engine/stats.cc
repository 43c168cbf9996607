#include "engine/stats.h"

#include "base/ascii.h"

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
    errors.clear();
    errors.emplace("ERRORSTATS_DISABLED", 1);
    errors_overflowed = true;
  }
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
    return static_cast<uint64_t>(static_cast<double>(now - before) * 1e6 /
                                 static_cast<double>(elapsed_us));
  };
  last_rates_ = {per_second(total_commands, last_reading_.commands),
                 per_second(bytes_in, last_reading_.bytes_in),
                 per_second(bytes_out, last_reading_.bytes_out)};
  last_reading_ = {now_mono_us, total_commands, bytes_in, bytes_out};
  return last_rates_;
}

void Stats::reset() {
  std::vector<CommandStats> fresh(commands.size());
  *this = Stats();
  commands = std::move(fresh);
}

}  // namespace redstart
