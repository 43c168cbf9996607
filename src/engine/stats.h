// What is counted while commands run: INFO's stats, commandstats, errorstats and latencystats,
// LATENCY HISTOGRAM, /metrics.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

struct CommandStats {
  // Durations in ns: bucket 4p + q counts those of [2^p * (1 + q/4), 2^p * (1 + (q+1)/4)).
  static constexpr size_t kBuckets = 160;
  using Histogram = std::array<uint32_t, kBuckets>;

  uint64_t calls = 0;
  uint64_t ticks = 0;  // base/ticks.h
  uint64_t rejected = 0;
  uint64_t failed = 0;
  std::unique_ptr<Histogram> histogram;  // made at the first sample

  void count_duration(size_t bucket) {
    if (!histogram) histogram = std::make_unique<Histogram>();
    (*histogram)[bucket]++;
  }
  // The duration in ns that `percentile` percent of the calls did not exceed, by the end of its
  // bucket. REQUIRES: there is a histogram.
  uint64_t duration_at(double percentile) const;
};

// Per second, since the last time they were asked for.
struct StatRates {
  uint64_t commands = 0, bytes_in = 0, bytes_out = 0;
  uint64_t turns = 0;
  uint64_t ticks_per_turn = 0;
};

struct Stats {
  std::vector<CommandStats> commands;                   // by Command::id
  std::map<std::string, uint64_t, std::less<>> errors;  // by code: "ERR", "WRONGTYPE"
  bool errors_overflowed = false;  // more than 128 kinds: counting kinds stopped
  std::string overflowing_codes;   // them, until the log has told
  uint64_t total_commands = 0;
  uint64_t total_errors = 0;
  uint64_t total_connections = 0;
  uint64_t rejected_connections = 0;
  uint64_t bytes_in = 0, bytes_out = 0;
  uint64_t stream_bytes_in = 0, stream_bytes_out = 0;  // from a master, to replicas
  uint64_t syncs_full = 0, syncs_partial = 0, syncs_partial_refused = 0;
  uint64_t http_requests = 0;
  uint64_t longest_turn_us = 0;
  // The same without what the machine gave to others meanwhile, to a tenth of a millisecond.
  uint64_t longest_turn_cpu_us = 0;
  uint64_t turns = 0;         // of the loop
  uint64_t turn_ticks = 0;    // spent in them
  uint64_t upkeep_ticks = 0;  // of these, in timers, expiry and reclaiming
  uint64_t most_commands_in_turn = 0;
  uint64_t evicted_clients = 0;
  uint64_t evicted_scripts = 0;
  uint64_t query_buffer_limit_disconnections = 0;
  uint64_t output_buffer_limit_disconnections = 0;
  uint64_t reads_processed = 0, writes_processed = 0;
  uint64_t acl_denied_auth = 0, acl_denied_command = 0, acl_denied_key = 0, acl_denied_channel = 0;

  void count_error(std::string_view code);
  void count_turn(uint64_t ticks, uint64_t us, uint64_t cpu_us);
  StatRates rates(int64_t now_mono_us);
  void reset();

 private:
  struct Reading {
    int64_t mono_us = 0;
    uint64_t commands = 0, bytes_in = 0, bytes_out = 0;
    uint64_t turns = 0, turn_ticks = 0;
  };
  uint64_t commands_before_turn_ = 0;
  Reading last_reading_;
  StatRates last_rates_;
};

}  // namespace redstart
