// What keeps the data of a tenant beyond the process, as the rooms that do not write files see it:
// INFO, DEBUG, SHUTDOWN, the gates. Implemented in persist/; null where everything is in memory
// only (tests, embedded engines that ask for nothing).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

// The figures of INFO's section, kept by those who do the work. Times are of the monotonic clock,
// -1 for never.
struct PersistenceFacts {
  // A file that is being read.
  int64_t loading_start_ms = 0;  // wall time
  int64_t loading_start_mono_us = 0;
  uint64_t loading_total_bytes = 0, loading_loaded_bytes = 0;
  uint64_t loading_rdb_used_memory = 0;

  // The child that writes a snapshot, whatever for.
  uint64_t cow_bytes = 0, cow_peak_bytes = 0;
  int64_t cow_seen_mono_us = 0;
  uint64_t snapshot_keys = 0, snapshot_keys_total = 0;
  int64_t last_fork_us = 0;
  uint64_t forks = 0;

  // RDB.
  bool rdb_in_progress = false;
  int64_t rdb_started_mono_us = -1;
  int64_t rdb_last_save_ms = 0;  // wall time
  bool rdb_last_ok = true;
  int64_t rdb_last_duration_s = -1;
  uint64_t rdb_saves = 0;
  uint64_t rdb_last_cow_bytes = 0;
  uint64_t rdb_last_load_keys_expired = 0, rdb_last_load_keys_loaded = 0;
  bool rdb_scheduled = false;

  // AOF.
  bool aof_enabled = false;
  bool aof_rewrite_in_progress = false, aof_rewrite_scheduled = false;
  int64_t aof_rewrite_started_mono_us = -1;
  int64_t aof_last_rewrite_duration_s = -1;
  bool aof_last_rewrite_ok = true;
  uint64_t aof_rewrites = 0, aof_rewrite_failures_in_a_row = 0;
  bool aof_last_write_ok = true;
  uint64_t aof_last_cow_bytes = 0;
  uint64_t aof_current_size = 0, aof_base_size = 0, aof_buffer_bytes = 0;
  bool aof_pending_rewrite = false, aof_pending_fsync = false;
  uint64_t aof_delayed_fsyncs = 0;
};

// What a shutdown does about the data.
struct ShutdownRequest {
  enum class Save : uint8_t { kIfConfigured, kAlways, kNever };
  Save save = Save::kIfConfigured;
  bool force = false;  // what cannot be saved is lost
  bool now = false;    // replicas are not waited for
};

// The answer to who asks for files of a tenant that has none.
inline constexpr std::string_view kInMemoryOnly =
    "ERR The data of this server is in memory only: started with --dir <directory> it is kept";

class Persistence {
 public:
  virtual ~Persistence() = default;

  virtual const PersistenceFacts& facts() const = 0;
  virtual size_t migrate_connections() const = 0;

  // DEBUG RELOAD: writes the data to the file (`save`), empties the databases (`flush`), reads it
  // back; without a flush keys that are there already are an error, or give way with `merge`.
  struct Reload {
    bool save = true, flush = true, merge = false;
  };
  virtual bool reload(const Reload& how, std::string* error) = 0;
  // DEBUG LOADAOF.
  virtual bool load_aof(std::string* error) = 0;
  // The last that is done before the process ends. False: the shutdown must not happen.
  virtual bool finish(const ShutdownRequest& request) = 0;
  // Why writes are refused while Engine::attention has kWriteFailed: the whole error.
  virtual std::string write_refusal() const = 0;
  // FLUSHALL: a snapshot in progress is of no use any more. True: with save points, that there is
  // nothing left was saved.
  virtual bool flushed_all() = 0;
  // DEBUG SET-SKIP-CHECKSUM-VALIDATION: files and payloads are believed without their checksums.
  virtual void skip_checksums(bool skip) = 0;
  // Sets or clears kWriteFailed.
  virtual void update_gate() = 0;
  // A setting of ours has changed. False and a reason undo that.
  virtual bool apply_setting(std::string_view name, std::string* error) = 0;
};

}  // namespace redstart
