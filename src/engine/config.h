// Settings: a plain struct for those who read them, one table of rows (config_table.cc) for those
// who write them: the config file, the command line and CONFIG.
//
//   text of a directive -> row: check, canonical text -> member of Settings, or `others` by name
//
// Settings is the whole truth: copying it is a snapshot, and putting the copy back is a rollback.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/args.h"
#include "keyspace/keyspace.h"
#include "security/acl_file.h"

namespace redstart {

struct OutputLimit {
  uint64_t hard_bytes = 0, soft_bytes = 0;
  int64_t soft_seconds = 0;
  // Of either limit.
  bool passed_by(uint64_t bytes) const {
    return (hard_bytes && bytes >= hard_bytes) || (soft_bytes && bytes >= soft_bytes);
  }
};

// Members are named after their directive.
struct Settings {
  int port = 6379;
  int http_port = 8079;
  std::string bind = "127.0.0.1 -::1";
  std::string http_bind;  // empty: as bind
  std::string http_token, http_readonly_token;
  std::string requirepass;
  std::string aclfile;
  std::string acl_pubsub_default = "resetchannels";
  int64_t acllog_max_len = 128;
  std::string unixsocket;
  int unixsocketperm = 0;
  std::string dir;
  std::string logfile, loglevel = "notice", pidfile;
  bool daemonize = false;
  std::string supervised = "no";
  bool protected_mode = true;
  int databases = 16;
  uint64_t maxmemory = 0;
  EvictionPolicy maxmemory_policy = EvictionPolicy::kNoEviction;
  int maxmemory_samples = 5;
  int lfu_log_factor = 10, lfu_decay_time = 1;
  int64_t maxclients = 10000;
  int timeout = 0, tcp_keepalive = 300, tcp_backlog = 511;
  uint64_t proto_max_bulk_len = 512ull << 20;
  uint64_t client_query_buffer_limit = 1ull << 30;
  OutputLimit output_limit_normal, output_limit_replica{256ull << 20, 64ull << 20, 60},
      output_limit_pubsub{32ull << 20, 8ull << 20, 60};
  int64_t slowlog_log_slower_than = 10000;
  int64_t slowlog_max_len = 128;
  int64_t latency_monitor_threshold = 0;
  int64_t tracking_table_max_keys = 1000000;
  bool latency_tracking = true;
  std::vector<double> latency_tracking_percentiles{50, 99, 99.9};
  int hz = 10;
  std::string enable_debug_command = "no";  // no, yes, local
  bool lazyfree_lazy_eviction = false, lazyfree_lazy_expire = false,
       lazyfree_lazy_server_del = false, lazyfree_lazy_user_flush = false;
  std::string notify_keyspace_events;
  int64_t maxmemory_clients = 0;  // negative: percent of maxmemory
  std::string proc_title_template = "{title} {listen-addr} {server-mode}";
  std::string enable_protected_configs = "no";  // no, yes, local
  int64_t hash_max_listpack_entries = 512, hash_max_listpack_value = 64;
  int64_t set_max_intset_entries = 512, set_max_listpack_entries = 128,
          set_max_listpack_value = 64;
  int64_t zset_max_listpack_entries = 128, zset_max_listpack_value = 64;
  int64_t list_max_listpack_size = -2;
  int64_t stream_node_max_entries = 100, stream_node_max_bytes = 4096;
  int64_t hll_sparse_max_bytes = 3000;
  std::string save = "3600 1 300 100 60 10000";  // seconds, changes, seconds, changes, ...
  std::string dbfilename = "dump.rdb";
  bool rdbcompression = true, rdbchecksum = true;
  bool rdb_save_incremental_fsync = true;
  std::string rdb_compat = "lowest";  // or a version of the format
  bool stop_writes_on_bgsave_error = true;
  int rdb_key_save_delay = 0, key_load_delay = 0;  // microseconds per key; negative: a part of one
  int loading_process_events_interval_bytes = 2 << 20;
  std::string shutdown_on_sigint = "default", shutdown_on_sigterm = "default";
  bool appendonly = false;
  std::string appendfilename = "appendonly.aof", appenddirname = "appendonlydir";
  std::string appendfsync = "everysec";  // always, everysec, no
  bool no_appendfsync_on_rewrite = false;
  bool aof_load_truncated = true, aof_use_rdb_preamble = true, aof_timestamp_enabled = false;
  bool aof_rewrite_incremental_fsync = true, aof_disable_auto_gc = false;
  int auto_aof_rewrite_percentage = 100;
  uint64_t auto_aof_rewrite_min_size = 64ull << 20;
  int min_replicas_to_write = 0, min_replicas_max_lag = 10;  // either 0: none are needed
  std::string replicaof;  // "host port"
  std::string masteruser, masterauth;
  bool replica_read_only = true, replica_serve_stale_data = true, replica_lazy_flush = false;
  bool replica_ignore_maxmemory = true, replica_ignore_disk_write_errors = false;
  bool replica_announced = true;
  std::string replica_announce_ip;
  int replica_announce_port = 0, replica_priority = 100;
  std::string repl_diskless_load = "disabled";  // disabled, on-empty-db, swapdb
  bool repl_diskless_sync = true, repl_disable_tcp_nodelay = false;
  int repl_diskless_sync_delay = 5, repl_diskless_sync_max_replicas = 0;
  int repl_timeout = 60, repl_ping_replica_period = 10;
  uint64_t repl_backlog_size = 1 << 20;
  int64_t repl_backlog_ttl = 3600;
  int shutdown_timeout = 10;
  int64_t busy_reply_threshold = 5000;  // ms; 0: scripts keep others waiting for ever

  // Directives of features that are to come or have no meaning here, by their row's name, where
  // they differ from their default.
  std::map<std::string_view, std::string> others;
  // Names of the directives that the config file or the command line has.
  std::set<std::string_view> given;
  std::vector<UserLine> users;  // `user` of the config file
  // rename-command of the config file: from, to ("" takes the command away).
  std::vector<std::pair<std::string, std::string>> renamed_commands;
};

std::string_view eviction_policy_name(EvictionPolicy policy);

namespace config {
struct Row;
}

class Config {
 public:
  Config() = default;
  explicit Config(Settings settings) : settings_(std::move(settings)) {}

  const Settings& settings() const { return settings_; }
  // For those who set members by code. No checks, no on_change.
  Settings& edit() { return settings_; }

  struct Item {
    std::string name;
    std::string value;
  };
  // CONFIG GET: names in any letter case or globs; aliases answer for themselves, hidden
  // directives only to their full name.
  std::vector<Item> get(Args patterns) const;
  // One value by name; "" for an unknown name.
  std::string text(std::string_view name) const;

  // Who asks, for the directives that are not everybody's.
  struct Caller {
    bool local = true;     // a loopback or unix socket: enable-protected-configs local
    bool loading = false;  // some directives have to wait for the data set
  };
  // CONFIG SET of name, value, name, value, ...: all or nothing. `error` is the whole reply.
  bool set(Args pairs, const Caller& caller, std::string* error);
  bool set(std::string_view name, std::string_view value, std::string* error) {
    std::string_view pair[] = {name, value};
    return set(pair, {}, error);
  }

  // A directive of the config file or command line, whatever its flags; nobody is told.
  // kUnknown: no row has this name.
  enum class Loaded : uint8_t { kOk, kRefused, kUnknown };
  Loaded load(std::string_view name, std::span<const std::string> values, std::string* error);

  // True when the value must not show up in logs.
  static bool is_sensitive(std::string_view name);
  // True when the directive is kept but nothing here looks at it.
  static bool is_without_effect(std::string_view name);

  // Applies a changed setting, which settings() already shows. False and a reason undoes the whole
  // CONFIG SET; then the names that had been applied are handed over once more, to be put back.
  std::function<bool(std::string_view name, std::string* error)> on_change;

 private:
  bool assign(const config::Row& row, Args values, bool append, std::string* error);
  bool apply(const std::vector<std::string_view>& changed, Settings before, std::string* error);

  Settings settings_;
  bool save_loaded_ = false;  // the first `save` of a file replaces the default, others add
};

}  // namespace redstart
