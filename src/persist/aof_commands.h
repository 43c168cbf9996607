// The data of a tenant as the commands that make it: the base of an append-only file for those who
// want to read it (aof-use-rdb-preamble no).
#pragma once

#include <cstdint>

#include "persist/rdb_save.h"

namespace redstart {

struct AofCommandsOptions {
  // Seconds for an annotation in front; 0: none.
  int64_t timestamp_s = 0;
  std::function<void(uint64_t keys)> on_progress = nullptr;
  int key_delay_us = 0;
};

// False when the sink has failed.
bool save_as_commands(Engine& engine, const Tenant& tenant, const AofCommandsOptions& options,
                      RdbSink& sink);

}  // namespace redstart
