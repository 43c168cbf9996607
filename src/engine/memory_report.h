// What the memory is used for, as INFO and MEMORY show it.
#pragma once

#include <cstdint>

namespace redstart {

class Engine;
class Tenant;

struct MemoryReport {
  uint64_t used = 0;  // what counts against maxmemory
  uint64_t peak = 0;
  uint64_t startup = 0;   // of an engine without keys
  uint64_t reserved = 0;  // by the slabs, used or not
  uint64_t resident = 0;  // of the process, as the system sees it; 0 where it does not tell
  uint64_t clients = 0;   // buffers of connections
  uint64_t tables = 0;    // tables and expiry wheels
  uint64_t overhead = 0;  // all that is not keys and values
  uint64_t keys = 0;

  uint64_t dataset() const { return used > overhead ? used - overhead : 0; }
  double dataset_percent() const {
    return used > startup
               ? 100.0 * static_cast<double>(dataset()) / static_cast<double>(used - startup)
               : 0;
  }
  double peak_percent() const {
    return peak ? 100.0 * static_cast<double>(used) / static_cast<double>(peak) : 0;
  }
  double fragmentation() const {
    return used ? static_cast<double>(resident) / static_cast<double>(used) : 0;
  }
};

MemoryReport memory_report(Engine& engine, const Tenant& tenant);

}  // namespace redstart
