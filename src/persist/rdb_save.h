// Writes the data of a tenant as an RDB file: for SAVE and BGSAVE, as the base of an append-only
// file, for a replica.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/rdb_stream.h"

namespace redstart {

class Engine;
class Entry;
class Tenant;

struct RdbSaveOptions {
  int version = 0;  // 0: the lowest that loses nothing
  bool compress = true;
  bool checksum = true;
  bool aof_base = false;  // says so inside; an AOF follows
  bool keys = true, functions = true;  // false: without them
  // Where a replica that has this file may go on; none with an empty id.
  std::string replication_id = {};
  int64_t replication_offset = 0;
  int stream_db = 0;
  // Called now and then with the number of keys written so far; null for nobody.
  std::function<void(uint64_t keys)> on_progress = nullptr;
  int key_delay_us = 0;  // rdb-key-save-delay
};

// As the settings have it: version, compression, checksum.
RdbSaveOptions rdb_save_options(const Engine& engine);

// In all its databases, those that have expired included.
uint64_t keys_of(const Tenant& tenant);

// False when the sink has failed.
bool save_rdb(Engine& engine, const Tenant& tenant, const RdbSaveOptions& options, RdbSink& sink);

// What DUMP answers: the value without its key, a version, a checksum.
std::string dump_payload(const Entry& entry, const RdbSaveOptions& options);

}  // namespace redstart
