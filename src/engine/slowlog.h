// The slow commands of a tenant: SLOWLOG GET/LEN/RESET. Arguments are cut as Redis cuts them (32
// of them, 128 bytes each).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/args.h"

namespace redstart {

struct SlowlogEntry {
  int64_t id;
  int64_t unix_seconds;
  int64_t duration_us;
  std::vector<std::string> args;
  std::string client_address;
  std::string client_name;
};

class Slowlog {
 public:
  void add(Args args, int64_t unix_seconds, int64_t duration_us, std::string address,
           std::string name, size_t max_entries);
  void trim(size_t max_entries);
  void reset() { entries_.clear(); }
  const std::deque<SlowlogEntry>& entries() const { return entries_; }  // newest first

 private:
  std::deque<SlowlogEntry> entries_;
  int64_t next_id_ = 0;
};

}  // namespace redstart
