// What is counted while commands run: INFO's stats, commandstats, errorstats and latencystats,
// LATENCY HISTOGRAM, /metrics.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

struct CommandStats {
  uint64_t calls = 0;
  uint64_t ticks = 0;       // base/ticks.h
  uint64_t rejected = 0;
  uint64_t failed = 0;
  // Durations by power of two of nanoseconds with 4 steps each; made at the first sample.
  std::unique_ptr<std::array<uint32_t, 160>> histogram;
};

struct Stats {
  std::vector<CommandStats> commands;   // by Command::id
  std::map<std::string, uint64_t, std::less<>> errors;  // by code: "ERR", "WRONGTYPE"
  bool errors_overflowed = false;       // more than 128 kinds: counting kinds stopped
  uint64_t total_commands = 0;
  uint64_t total_errors = 0;
  uint64_t total_connections = 0;
  uint64_t rejected_connections = 0;
  uint64_t bytes_in = 0, bytes_out = 0;
  uint64_t http_requests = 0;
  uint64_t longest_turn_us = 0;
  uint64_t evicted_clients = 0;
  uint64_t query_buffer_limit_disconnections = 0;
  uint64_t output_buffer_limit_disconnections = 0;
  uint64_t reads_processed = 0, writes_processed = 0;
  uint64_t acl_denied_auth = 0, acl_denied_command = 0, acl_denied_key = 0, acl_denied_channel = 0;

  void count_error(std::string_view text);
  void reset();
};

}  // namespace redstart
