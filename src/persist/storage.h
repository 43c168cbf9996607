// All that keeps the data of a tenant in files, put together: what engine/persistence.h promises.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/persistence.h"
#include "persist/aof.h"
#include "persist/disk_worker.h"
#include "persist/migrate_peers.h"
#include "persist/rdb_keeper.h"
#include "persist/rdb_load.h"
#include "persist/snapshot.h"

namespace redstart {

class Engine;
class File;
class FileSystem;
class RdbFileSource;
class Tenant;

class Storage final : public Persistence {
 public:
  // What it works with; all of it outlives it.
  struct Host {
    FileSystem& files;
    DiskWorker& worker;
    // The disk has made it impossible to keep a promise (appendfsync always): the server must end
    // without a further reply.
    std::function<void(std::string_view why)> give_up;
  };
  // Becomes the tenant's persistence.
  Storage(Engine& engine, Tenant& tenant, Host host);
  ~Storage() override;

  // At the start: reads what there is, in slices, while clients are answered LOADING. `done` is
  // told how it went, perhaps at once; the log says why it failed.
  // One tenant at a time: LOADING is the engine's state, not the tenant's. A start is the start of
  // all, and while a log is read nothing may expire in any keyspace that shares the clock with it.
  void load(std::function<void(bool ok)> done);

  RdbKeeper& rdb() { return rdb_; }
  Aof& aof() { return aof_; }
  SnapshotChild& child() { return child_; }
  MigratePeers& migrate_peers() { return migrate_peers_; }
  FileSystem& files() { return files_; }
  DiskWorker& worker() { return worker_; }
  // What the RDB file that was read at the start says about itself: a replica may go on from there.
  // No id: there was none, or there is a log, which says more.
  const RdbLoadResult& loaded() const { return loaded_; }

  const PersistenceFacts& facts() const override { return facts_; }
  size_t migrate_connections() const override { return migrate_peers_.size(); }
  PersistenceFacts& edit_facts() { return facts_; }
  bool reload(const Reload& how, std::string* error) override;
  bool load_aof(std::string* error) override;
  bool finish(const ShutdownRequest& request) override;
  std::string write_refusal() const override;
  bool flushed_all() override;
  void skip_checksums(bool skip) override { skips_checksums_ = skip; }
  bool skips_checksums() const { return skips_checksums_; }
  void update_gate() override;
  bool apply_setting(std::string_view name, std::string* error) override;

 private:
  // A file that is being read at the start.
  struct Loading;

  // kNothing: there is no file.
  enum class Opened : uint8_t { kYes, kNothing, kFailed };
  Opened open_rdb(Loading* loading, const RdbLoadOptions& options);
  void load_rdb();
  void load_aof();
  void load_aof_slice();
  void load_slice();
  void tell_progress(uint64_t keys);
  void end_loading(bool ok);
  void remove_drafts();
  void note_loaded(const RdbLoadResult& result);
  RdbLoadOptions load_options() const;

  Engine& engine_;
  Tenant& tenant_;
  FileSystem& files_;
  DiskWorker& worker_;
  PersistenceFacts facts_;
  SnapshotChild child_{engine_, facts_};
  RdbKeeper rdb_;
  Aof aof_;
  MigratePeers migrate_peers_{engine_};
  bool skips_checksums_ = false;
  RdbLoadResult loaded_;
  std::unique_ptr<Loading> loading_;
};

// The one of a session's tenant; null where the data is in memory only.
Storage* storage_of(Tenant& tenant);

}  // namespace redstart
