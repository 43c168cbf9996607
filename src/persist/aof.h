// The append-only files of a tenant: what is in their directory, when a new base is written, when
// the log is kept at all.
//
//   off --start()--> wants a base --rewrite succeeds--> on --stop()--> off
//
// A rewrite: the child is forked and the log told to go on in a new increment in the same turn, so
// that the base the child writes and the increments from then on are the whole data. Until it is
// done the old base and all increments are; the manifest says which of the two holds. The disk
// worker brings about what the manifest says, one change after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "engine/timers.h"
#include "persist/aof_change.h"
#include "persist/aof_load.h"
#include "persist/aof_manifest.h"
#include "persist/aof_writer.h"
#include "persist/disk_worker.h"
#include "persist/snapshot.h"

namespace redstart {

class Engine;
class Tenant;
struct PersistenceFacts;

class Aof {
 public:
  struct Place {
    Engine& engine;
    Tenant& tenant;
    FileSystem& files;
    DiskWorker& worker;
    SnapshotChild& child;
    PersistenceFacts& facts;
    std::function<std::string()> directory;  // of the tenant
    std::function<void()> status_changed;    // see AofWriter
    std::function<void(std::string_view)> give_up;
    std::function<void()> on_durable;
  };
  explicit Aof(Place place);
  ~Aof();
  Aof(const Aof&) = delete;
  Aof& operator=(const Aof&) = delete;

  // ---- the start. False: the log says why, and the server must not go on.

  // What is there; `adopt`: a single file of old as well.
  bool read_manifest(bool adopt);
  bool has_files() const { return !manifest_.empty(); }
  // Reads the files of the manifest. REQUIRES: has_files().
  std::unique_ptr<AofLoader> loader();
  // Goes on where the files end; makes the first ones where there are none.
  bool open(const AofLoader* loaded);

  // ---- later

  // appendonly yes, no. False: it could not be.
  bool start();
  void stop();
  bool enabled() const { return state_ != State::kOff; }
  // It was switched on, and what is on the disk is not the whole data yet.
  bool wants_base() const { return state_ == State::kWantsBase; }

  // BGREWRITEAOF.
  enum class Rewrite : uint8_t { kStarted, kScheduled, kInProgress, kFailed };
  Rewrite rewrite(bool may_start_now);
  bool rewriting() const { return rewriting_; }
  // The child's work is not wanted any more.
  void stop_rewrite();

  void apply_settings();
  // DEBUG LOADAOF: all that was logged is in the files; nothing is logged until resume().
  bool pause();
  void resume();
  // Everything logged so far is on the disk when it returns.
  bool flush();

  bool write_failed() const { return writer_.failing(); }
  std::string write_failure() const { return writer_.failure(); }
  // All that was logged up to here, counted as Propagation::offset(), would be there after a crash:
  // never without a log, nor before its first base is whole.
  bool is_durable(uint64_t offset) const {
    return state_ == State::kOn && manifest_durable_ && writer_.durable_offset() >= offset;
  }

 private:
  enum class State : uint8_t { kOff, kOn, kWantsBase };

  std::string path(std::string_view name) const;
  std::string manifest_name() const;
  std::string temp_increment_name() const;
  std::string draft_name(int64_t pid) const;
  const std::string& prefix() const;

  bool make_directory();
  bool adopt_old_file();
  AofChange change_to(const AofManifest& manifest) const;
  void note_change(const AofChange& change);
  bool store_manifest(const AofManifest& manifest, bool new_names);
  void store_later(AofChange change, std::function<void(const AofChange&)> done);
  bool write_base(const std::string& draft, const std::string& final_path, SnapshotReport* report,
                  std::string* error) const;
  bool open_increment(const std::string& name, FileSystem::Mode mode);

  bool start_rewrite();
  bool fork_writer();
  std::shared_ptr<File> make_increment(const std::string& name);
  void go_on_in(std::shared_ptr<File> increment, AofManifest manifest);
  void on_gone_on(const AofManifest& manifest, const AofChange& change);
  void drop_first_increment();
  void remove_drafts();
  void remove_leftovers();
  void on_child_end(const SnapshotResult& result);
  void take_new_base(const SnapshotResult& result);
  void on_new_base(const AofManifest& manifest, const AofChange& change);
  void end_rewrite(bool ok, bool is_failure);
  void delete_history();
  void remove_later(const std::string& path);
  void attach();
  void detach();

  void arm();
  void tick();
  bool must_wait() const { return changing_ || writer_.must_wait(); }
  void start_if_scheduled();
  bool grown_enough();
  bool held_back();

  Place place_;
  std::string directory_;  // stays while the log is kept, whatever becomes of `dir`
  State state_ = State::kOff;
  bool attached_ = false;
  AofManifest manifest_;
  bool manifest_durable_ = true;  // else power may bring back the one before
  bool changing_ = false;         // the worker has the next one
  AofWriter writer_;
  bool rewriting_ = false;
  bool child_writes_ = false;     // its base; another child may follow it before it is ours to name
  int64_t child_pid_ = 0;
  std::optional<SnapshotResult> child_result_;  // that came while changing_
  uint64_t base_offset_ = 0;  // of the log: what the base being written contains
  // After several failures in a row rewrites are tried at growing intervals only.
  int64_t retry_minutes_ = 0;
  int64_t next_retry_ms_ = 0;
  TimerId timer_ = 0;
  bool ending_ = false;
};

}  // namespace redstart
