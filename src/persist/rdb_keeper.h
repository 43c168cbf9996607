// The RDB file of a tenant: SAVE, BGSAVE, save points, and what follows when they fail.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/timers.h"
#include "persist/rdb_save.h"
#include "persist/snapshot.h"

namespace redstart {

class Engine;
class FileSystem;
class Tenant;
struct PersistenceFacts;

class RdbKeeper {
 public:
  RdbKeeper(Engine& engine, Tenant& tenant, FileSystem& files, SnapshotChild& child,
            PersistenceFacts& facts);
  ~RdbKeeper();
  RdbKeeper(const RdbKeeper&) = delete;
  RdbKeeper& operator=(const RdbKeeper&) = delete;

  // Where the file is; other tenants than the first have directories of their own.
  std::string directory() const;
  const std::string& name() const;
  std::string path() const;
  // Of save(), while it writes.
  std::string draft_path() const;
  // "temp-123.rdb": what a server that was killed leaves of its work.
  static bool is_draft_name(std::string_view name);

  // Writes the file while everybody waits. False: the log says why. REQUIRES: no save in progress.
  bool save();
  // REQUIRES: no child at all.
  bool start_save();
  bool saving() const;
  // As soon as there is no child.
  void schedule();
  // Gives up a save in progress: its file is not wanted any more.
  void stop_save();

  bool has_save_points() const { return !points_.empty(); }
  // `save` or `stop-writes-on-bgsave-error` have changed.
  void apply_settings();
  // Looks whether a save is due. A timer does that while there are save points.
  void tick();
  // The last save failed and writes shall know it.
  bool refuses_writes() const;

 private:
  struct Point {
    int64_t seconds;
    uint64_t changes;
  };

  std::string draft_name(int64_t pid) const;
  RdbSaveOptions options() const;
  bool write(const std::string& draft, const RdbSaveOptions& options, std::string* error) const;
  void saved(bool ok);
  void on_child_end(const SnapshotResult& result);
  void arm();
  void update_gate();

  Engine& engine_;
  Tenant& tenant_;
  FileSystem& files_;
  SnapshotChild& child_;
  PersistenceFacts& facts_;
  std::vector<Point> points_;
  TimerId timer_ = 0;
  bool saving_ = false;
  uint64_t dirty_at_start_ = 0;
  int64_t last_try_ms_ = 0;
};

}  // namespace redstart
