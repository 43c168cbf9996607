#include "engine/memory_report.h"

#include <algorithm>

#include "base/process.h"
#include "engine/engine.h"

namespace redstart {

MemoryReport memory_report(Engine& engine, const Tenant& tenant) {
  MemoryReport report;
  report.used = engine.used_memory();
  engine.peak_memory = std::max(engine.peak_memory, report.used);
  report.peak = engine.peak_memory;
  report.startup = engine.startup_memory;
  report.reserved = engine.slab().page_bytes();
  report.resident = resident_bytes();
  if (engine.host().network_bytes) report.clients = engine.host().network_bytes();
  for (int db = 0; db < tenant.databases(); db++) {
    Keyspace* keys = tenant.existing(db);
    if (!keys) continue;
    report.keys += keys->size();
    report.tables += keys->table_bytes() + keys->wheel_bytes();
  }
  report.overhead = report.tables + report.startup;
  return report;
}

}  // namespace redstart
