// The engine: data and rules, driven by doors, knowing no socket, file or clock of its own.
//
//   door: engine.begin_turn() -> dispatcher.run(...) any number of times -> engine.end_turn()
//
// A turn is one round of the loop: the time is read once at its start (and again after a command
// of over a millisecond); timers, expiry and reclaiming have their share at its end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/slab.h"
#include "base/ticks.h"
#include "engine/command_table.h"
#include "engine/config.h"
#include "engine/dispatcher.h"
#include "engine/exec_unit.h"
#include "engine/pushes.h"
#include "engine/session.h"
#include "engine/tenant.h"
#include "engine/timers.h"
#include "types/type_env.h"

namespace redstart {

class Log;
class FileSystem;  // base/file.h
class Evictor;
class Monitors;
class Scripting;
struct RunningScript;
class Notifier;
class Watches;
class Blocking;
class ClientMemory;
class Tracking;
class Indexing;
struct JsonStore;         // types/json.h
struct ShutdownRequest;  // engine/persistence.h

// CLIENT PAUSE.
struct Pause {
  bool active = false;
  bool writes_only = false;
  int64_t until_ms = 0;
  TimerId timer = 0;
  std::vector<uint64_t> waiting;   // sessions with a call that was put off
  bool holds(bool writes) const { return active && (!writes_only || writes); }
};

// Reasons why no command can take the short road through the gates.
enum EngineAttention : uint32_t {
  kMemoryLimit = 1 << 0,      // maxmemory is set
  kLoadingData = 1 << 1,
  kClientsPaused = 1 << 2,
  kBusyScript = 1 << 3,
  kMonitored = 1 << 4,
  kWriteFailed = 1 << 5,      // MISCONF
  kClientLimit = 1 << 6,      // maxmemory-clients is set
  kNeedsReplicas = 1 << 7,    // min-replicas-to-write is set
  kFollowsMaster = 1 << 8,    // the first tenant is a replica
  kLoadingAside = 1 << 9,     // data are being read, and the old are there meanwhile
};

struct EngineOptions {
  Clock* clock = nullptr;     // REQUIRED, outlives the engine
  Log* log = nullptr;         // REQUIRED, outlives the engine
  uint64_t seed = 0;          // 0: from the operating system
  Settings settings = {};
};

// What an INFO of the process asks the floor above. Null members answer 0 or nothing.
struct HostServices {
  // Ends the server once the data is safe. False: it is not, and the server goes on, or replicas have
  // still to get it, and it ends later: then shutting_down().
  std::function<bool(const ShutdownRequest& request)> shutdown;
  std::function<bool()> shutting_down;
  // Takes back a shutdown that waits, or that a signal has asked for. False: there is none.
  std::function<bool()> abort_shutdown;
  std::function<size_t()> network_bytes;        // all that connections take
  std::function<size_t()> buffer_bytes;         // their buffers alone; asked before each command
  std::function<size_t()> connections;
  std::function<std::string()> config_file;     // "" without one
  // CONFIG REWRITE: replaces the text of the config file by what `edit` makes of it, at once or not
  // at all. False and a reason.
  std::function<bool(const std::function<std::string(std::string_view)>& edit, std::string* error)>
      edit_config_file;
  FileSystem* files = nullptr;                  // for the ACL file
  // A script has been running for long: runs what others may ask meanwhile, and answers them.
  std::function<void()> serve_others;
  // Applies a changed setting that the floor above owns (port, bind, maxclients, ...). False and a
  // text when it cannot.
  std::function<bool(std::string_view name, std::string* error)> apply_setting;
};

class Engine {
 public:
  explicit Engine(const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void begin_turn();
  // Timers, active expiry, reclaiming, each within its budget. Answers true when work is left and
  // the loop should not sleep.
  bool end_turn();
  // How long the loop may sleep, in ms; -1 for ever.
  int64_t sleep_ms() const;
  void refresh_time();

  int64_t now_ms() const { return shared_.now_ms; }
  int64_t mono_us() const { return clock_.mono_us(); }
  Clock& clock() { return clock_; }
  Log& log() { return log_; }
  Random& random() { return random_; }
  Slab& slab() { return slab_; }
  KeyspaceShared& keyspace_shared() { return shared_; }
  const TypeEnv& type_env() const { return type_env_; }
  const TickScale& tick_scale() const { return tick_scale_; }
  // Worth its reading of the clock where a duration is shown.
  void refine_tick_scale() { tick_scale_.refine(); }

  const CommandTable& commands() const { return commands_; }
  void add_commands(std::span<const CommandSpec* const> family);
  // What rename-command of the settings asks for, once all commands are there. False and a reason.
  bool rename_commands(std::string* error);
  Config& config() { return config_; }
  const Settings& settings() const { return config_.settings(); }
  Dispatcher& dispatcher() { return dispatcher_; }
  ExecUnit& unit() { return unit_; }
  Timers& timers() { return timers_; }
  HostServices& host() { return host_; }

  Tenant& default_tenant() { return *tenants_[0]; }
  Tenant& add_tenant(std::string name);
  const std::vector<std::unique_ptr<Tenant>>& tenants() const { return tenants_; }

  Session* find_session(uint64_t id) const;
  const IntrusiveList<Session>& sessions() const { return sessions_; }
  size_t session_count() const { return session_ids_.size(); }

  bool scripts_may_call_all = false;  // DEBUG SET-DISABLE-DENY-SCRIPTS
  // Null between scripts. Set by script/, as what each tenant gets.
  RunningScript* running_script = nullptr;
  std::function<std::unique_ptr<Scripting>(Tenant&)> make_scripting;

  // Everything that counts against maxmemory.
  size_t used_memory() const;
  // Deletes keys of the tenant by policy until used_memory() fits maxmemory. False: it could not.
  bool make_room(Tenant& tenant);
  // As the gates found it before the command that runs now: a script that has begun is not stopped.
  bool out_of_memory = false;
  // What the streams of replication hold, and what of that keys need not make room for: no key has
  // to go because a replica is slow.
  size_t stream_bytes = 0, spared_bytes = 0;

  Watches& watches() { return *watches_; }
  Blocking& blocking() { return *blocking_; }
  Tracking& tracking() { return *tracking_; }
  Indexing& indexing() { return *indexing_; }
  ClientMemory& client_memory() { return *client_memory_; }
  Pushes& pushes() { return pushes_; }
  Monitors& monitors() { return *monitors_; }
  Pause& pause() { return pause_; }
  void pause_clients(int64_t until_ms, bool writes_only);
  void unpause_clients();

  uint32_t attention = 0;      // EngineAttention
  bool keys_ready = false;     // blocking().serve() has something to do
  uint32_t lru_clock() const { return static_cast<uint32_t>(shared_.now_ms / 1000) & 0xffffff; }
  int64_t start_mono_us = 0;
  int64_t start_ms = 0;
  std::string run_id;          // 40 hex digits
  size_t startup_memory = 0;   // what the process had taken before its first key and client
  uint64_t peak_memory = 0;
  bool active_expire = true;   // DEBUG SET-ACTIVE-EXPIRE

 private:
  friend class Session;
  void make_room_everywhere();
  uint64_t enlist(Session* session);
  void delist(Session* session);
  void apply_settings();

  Clock& clock_;
  Log& log_;
  Random random_;
  Slab slab_;
  TickScale tick_scale_;
  KeyspaceShared shared_;
  std::unique_ptr<JsonStore> json_store_;
  TypeEnv type_env_{slab_, random_, shared_.hash_seed, shared_.now_ms};
  CommandTable commands_;
  Config config_;
  Timers timers_;
  Pushes pushes_;
  ExecUnit unit_;
  Dispatcher dispatcher_;
  HostServices host_;
  Pause pause_;
  std::unique_ptr<Evictor> evictor_;
  std::unique_ptr<Watches> watches_;
  std::unique_ptr<Blocking> blocking_;
  std::unique_ptr<Tracking> tracking_;
  std::unique_ptr<Indexing> indexing_;
  std::unique_ptr<ClientMemory> client_memory_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<Monitors> monitors_;
  std::vector<std::unique_ptr<Tenant>> tenants_;
  IntrusiveList<Session> sessions_;
  absl::flat_hash_map<uint64_t, Session*> session_ids_;
  uint64_t next_session_id_ = 1;
  bool limit_changed_ = false;  // of maxmemory: the end of the turn makes room
};

}  // namespace redstart
