#include "engine/config_table.h"

#include <bit>
#include <climits>

#include "base/ascii.h"
#include "base/numbers.h"

namespace redstart::config {
namespace {

constexpr int64_t kIntMin = INT_MIN;
constexpr uint64_t kIntMax = INT_MAX;
constexpr uint64_t kInt64Max = INT64_MAX;
constexpr uint64_t kUint32Max = UINT32_MAX;

constexpr Row yes_no(std::string_view name, std::string_view initial) {
  return {.name = name, .kind = Kind::kYesNo, .initial = initial};
}
constexpr Row ranged(Kind kind, std::string_view name, std::string_view initial, int64_t min,
                     uint64_t max) {
  return {.name = name, .kind = kind, .initial = initial, .min = min, .max = max};
}
constexpr Row number(std::string_view name, std::string_view initial, int64_t min, uint64_t max) {
  return ranged(Kind::kNumber, name, initial, min, max);
}
constexpr Row octal(std::string_view name, std::string_view initial, int64_t min, uint64_t max) {
  return ranged(Kind::kOctal, name, initial, min, max);
}
constexpr Row memory(std::string_view name, std::string_view initial, int64_t min, uint64_t max) {
  return ranged(Kind::kMemory, name, initial, min, max);
}
constexpr Row memory_or_percent(std::string_view name, std::string_view initial, int64_t min,
                                uint64_t max) {
  return ranged(Kind::kMemoryPercent, name, initial, min, max);
}
constexpr Row choice(std::string_view name, std::string_view initial, std::string_view choices) {
  return {.name = name, .kind = Kind::kChoice, .initial = initial, .choices = choices};
}
constexpr Row choices(std::string_view name, std::string_view initial, std::string_view all) {
  return {.name = name, .kind = Kind::kChoices, .initial = initial, .choices = all};
}
constexpr Row words(std::string_view name, std::string_view initial) {
  return {.name = name, .kind = Kind::kText, .initial = initial};
}
constexpr Row special(std::string_view name, std::string_view initial, const Special* form) {
  return {.name = name, .kind = Kind::kSpecial, .initial = initial, .special = form};
}

bool no_defrag(std::string* value, std::string* error) {
  if (*value == "no") return true;
  *error = "Active defragmentation cannot be enabled: this server moves no values in memory";
  return false;
}

bool no_tls(std::string* value, std::string* error) {
  if (*value == "0") return true;
  *error = "Unable to update TLS configuration. Check server logs.";
  return false;
}

bool base_name(std::string* value, std::string* error) {
  if (!value->empty() && value->find_first_of("/\\") == std::string::npos) return true;
  *error = value->empty() ? "a file name can't be empty" : "can't be a path, just a filename";
  return false;
}

bool host_name(std::string* value, std::string* error) {
  if (value->size() >= 256) {
    *error = "Hostnames must be less than 256 characters";
    return false;
  }
  for (char c : *value) {
    char lower = ascii_lower(c);
    if (ascii_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '.') continue;
    *error = "Hostnames may only contain alphanumeric characters, hyphens or dots";
    return false;
  }
  return true;
}

// Any number is taken for a hint.
bool hz_in_range(std::string* value, std::string*) {
  int64_t hz = 0;
  parse_int64(*value, &hz);
  *value = int64_text(hz < 1 ? 1 : hz > 500 ? 500 : hz);
  return true;
}

bool power_of_two(std::string* value, std::string* error) {
  uint64_t number = 0;
  parse_uint64(*value, &number);
  if (std::has_single_bit(number)) return true;
  *error = "argument must be a power of two";
  return false;
}

bool save_or_not(std::string* value, std::string* error) {
  std::string spaced = " " + *value + " ";
  if (spaced.find(" save ") == std::string::npos || spaced.find(" nosave ") == std::string::npos) {
    return true;
  }
  *error = "shutdown options SAVE and NOSAVE can't be used simultaneously";
  return false;
}

bool is_title_variable(std::string_view name) {
  for (std::string_view known :
       {"title", "listen-addr", "server-mode", "port", "tls-port", "unixsocket", "config-file"}) {
    if (equals_fold(name, known)) return true;
  }
  return false;
}

bool title_template(std::string* value, std::string* error) {
  std::string_view rest = *value;
  for (;;) {
    size_t open = rest.find('{');
    if (open == std::string_view::npos) return true;
    rest.remove_prefix(open + 1);
    if (rest.starts_with('{')) {  // "{{" is a brace
      rest.remove_prefix(1);
      continue;
    }
    size_t close = rest.find('}');
    if (close == std::string_view::npos || !is_title_variable(rest.substr(0, close))) break;
    rest.remove_prefix(close + 1);
  }
  *error = "template format is invalid or contains unknown variables";
  return false;
}

constexpr Row kRows[] = {
    // Doors.
    yes_no("protected-mode", "yes").into(&Settings::protected_mode),
    words("unixsocket", "").with(kImmutable | kUnsetWhenEmpty).into(&Settings::unixsocket),
    words("bind-source-addr", "").with(kUnsetWhenEmpty),
    number("port", "6379", 0, 65535).into(&Settings::port),
    number("tcp-keepalive", "300", 0, kIntMax).into(&Settings::tcp_keepalive),
    number("timeout", "0", 0, kIntMax).into(&Settings::timeout),
    number("tcp-backlog", "511", 0, kIntMax).with(kImmutable).into(&Settings::tcp_backlog),
    number("maxclients", "10000", 1, kUint32Max).into(&Settings::maxclients),
    octal("unixsocketperm", "0", 0, 0777).with(kImmutable).into(&Settings::unixsocketperm),
    number("socket-mark-id", "0", 0, kUint32Max).with(kImmutable),
    number("max-new-connections-per-cycle", "10", 1, 1000),
    number("max-new-tls-connections-per-cycle", "1", 1, 1000),
    memory("proto-max-bulk-len", "536870912", 1 << 20, kInt64Max)
        .into(&Settings::proto_max_bulk_len),
    memory("client-query-buffer-limit", "1073741824", 1 << 20, kInt64Max)
        .into(&Settings::client_query_buffer_limit),
    memory_or_percent("maxmemory-clients", "0", -100, kInt64Max).into(&Settings::maxmemory_clients),
    special("client-output-buffer-limit",
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
            &kOutputLimitForm)
        .with(kSeveral),
    special("bind", "127.0.0.1 -::1", &kListForm).with(kSeveral).into(&Settings::bind),
    number("http-port", "8079", 0, 65535).into(&Settings::http_port),
    special("http-bind", "", &kListForm).with(kSeveral).into(&Settings::http_bind),
    words("http-token", "").with(kSensitive | kUnsetWhenEmpty).into(&Settings::http_token),
    words("http-readonly-token", "")
        .with(kSensitive | kUnsetWhenEmpty)
        .into(&Settings::http_readonly_token),

    // The process.
    yes_no("daemonize", "no").with(kImmutable).into(&Settings::daemonize),
    yes_no("io-threads-do-reads", "no").with(kImmutable),
    yes_no("always-show-logo", "no").with(kImmutable),
    yes_no("set-proc-title", "yes").with(kImmutable),
    yes_no("dynamic-hz", "yes"),
    yes_no("syslog-enabled", "no").with(kImmutable),
    yes_no("crash-log-enabled", "yes"),
    yes_no("crash-memcheck-enabled", "yes"),
    yes_no("use-exit-on-panic", "no").with(kHidden),
    yes_no("disable-thp", "yes").with(kImmutable),
    yes_no("hide-user-data-from-log", "no"),
    words("pidfile", "").with(kImmutable | kUnsetWhenEmpty).into(&Settings::pidfile),
    words("syslog-ident", "redis").with(kImmutable),
    words("server-cpulist", "").alias("server_cpulist").with(kImmutable | kUnsetWhenEmpty),
    words("bio-cpulist", "").alias("bio_cpulist").with(kImmutable | kUnsetWhenEmpty),
    words("aof-rewrite-cpulist", "")
        .alias("aof_rewrite_cpulist")
        .with(kImmutable | kUnsetWhenEmpty),
    words("bgsave-cpulist", "").alias("bgsave_cpulist").with(kImmutable | kUnsetWhenEmpty),
    words("ignore-warnings", ""),
    words("proc-title-template", "{title} {listen-addr} {server-mode}")
        .into(&Settings::proc_title_template)
        .checked(title_template),
    words("logfile", "").with(kImmutable).into(&Settings::logfile),
    words("locale-collate", ""),
    choice("supervised", "no", "upstart systemd auto no")
        .with(kImmutable)
        .into(&Settings::supervised),
    choice("syslog-facility", "local0",
           "user local0 local1 local2 local3 local4 local5 local6 local7")
        .with(kImmutable),
    choice("loglevel", "notice", "debug verbose notice warning nothing").into(&Settings::loglevel),
    choice("oom-score-adj", "no", "no yes relative=yes absolute"),
    choice("enable-protected-configs", "no", "no yes local")
        .with(kImmutable)
        .into(&Settings::enable_protected_configs),
    choice("enable-debug-command", "no", "no yes local")
        .with(kImmutable)
        .into(&Settings::enable_debug_command),
    choice("enable-module-command", "no", "no yes local").with(kImmutable),
    choices("shutdown-on-sigint", "default", "default save nosave now force")
        .with(kSeveral)
        .checked(save_or_not)
        .into(&Settings::shutdown_on_sigint),
    choices("shutdown-on-sigterm", "default", "default save nosave now force")
        .with(kSeveral)
        .checked(save_or_not)
        .into(&Settings::shutdown_on_sigterm),
    number("databases", "16", 1, kIntMax).with(kImmutable).into(&Settings::databases),
    number("io-threads", "1", 1, 128).with(kImmutable),
    number("hz", "10", 0, kIntMax).into(&Settings::hz).checked(hz_in_range),
    number("watchdog-period", "0", 0, kIntMax).with(kHidden),
    number("shutdown-timeout", "10", 0, kIntMax).into(&Settings::shutdown_timeout),
    special("dir", "", &kDirForm).with(kProtected | kDenyLoading).into(&Settings::dir),
    special("oom-score-adj-values", "0 200 800", &kOomValuesForm).with(kSeveral),

    // Users.
    words("aclfile", "").with(kImmutable).into(&Settings::aclfile),
    words("requirepass", "").with(kSensitive | kUnsetWhenEmpty).into(&Settings::requirepass),
    choice("acl-pubsub-default", "resetchannels", "allchannels resetchannels")
        .into(&Settings::acl_pubsub_default),
    number("acllog-max-len", "128", 0, kInt64Max).into(&Settings::acllog_max_len),

    // Memory and expiry.
    yes_no("activerehashing", "yes"),
    yes_no("lazyfree-lazy-eviction", "no").into(&Settings::lazyfree_lazy_eviction),
    yes_no("lazyfree-lazy-expire", "no").into(&Settings::lazyfree_lazy_expire),
    yes_no("lazyfree-lazy-server-del", "no").into(&Settings::lazyfree_lazy_server_del),
    yes_no("lazyfree-lazy-user-del", "no"),
    yes_no("lazyfree-lazy-user-flush", "no").into(&Settings::lazyfree_lazy_user_flush),
    yes_no("jemalloc-bg-thread", "yes"),
    yes_no("activedefrag", "no").checked(no_defrag),
    choice("maxmemory-policy", "noeviction",
           "volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu "
           "allkeys-random noeviction")
        .into(&Settings::maxmemory_policy),
    number("active-defrag-cycle-min", "1", 1, 99),
    number("active-defrag-cycle-max", "25", 1, 99),
    number("active-defrag-threshold-lower", "10", 0, 1000),
    number("active-defrag-threshold-upper", "100", 0, 1000),
    number("lfu-log-factor", "10", 0, kIntMax).into(&Settings::lfu_log_factor),
    number("lfu-decay-time", "1", 0, kIntMax).into(&Settings::lfu_decay_time),
    number("maxmemory-samples", "5", 1, 64).into(&Settings::maxmemory_samples),
    number("maxmemory-eviction-tenacity", "10", 0, 100),
    number("active-expire-effort", "1", 1, 10),
    number("active-defrag-max-scan-fields", "1000", 1, kInt64Max),
    memory("maxmemory", "0", 0, UINT64_MAX).into(&Settings::maxmemory),
    memory("active-defrag-ignore-bytes", "104857600", 1, kInt64Max),

    // What is watched.
    yes_no("latency-tracking", "yes").into(&Settings::latency_tracking),
    number("slowlog-max-len", "128", 0, kInt64Max).into(&Settings::slowlog_max_len),
    number("slowlog-log-slower-than", "10000", -1, kInt64Max)
        .into(&Settings::slowlog_log_slower_than),
    number("latency-monitor-threshold", "0", 0, kInt64Max)
        .into(&Settings::latency_monitor_threshold),
    number("tracking-table-max-keys", "1000000", 0, kInt64Max)
        .into(&Settings::tracking_table_max_keys),
    special("notify-keyspace-events", "", &kNotifyForm).into(&Settings::notify_keyspace_events),
    special("latency-tracking-info-percentiles", "50 99 99.9", &kPercentilesForm).with(kSeveral),

    // Collections and scripts.
    number("list-max-listpack-size", "-2", kIntMin, kIntMax)
        .alias("list-max-ziplist-size")
        .into(&Settings::list_max_listpack_size),
    number("list-compress-depth", "0", 0, kIntMax),
    number("busy-reply-threshold", "5000", 0, kInt64Max)
        .alias("lua-time-limit")
        .into(&Settings::busy_reply_threshold),
    number("stream-node-max-entries", "100", 0, kInt64Max).into(&Settings::stream_node_max_entries),
    number("hash-max-listpack-entries", "512", 0, kInt64Max)
        .alias("hash-max-ziplist-entries")
        .into(&Settings::hash_max_listpack_entries),
    number("set-max-intset-entries", "512", 0, kInt64Max).into(&Settings::set_max_intset_entries),
    number("set-max-listpack-entries", "128", 0, kInt64Max)
        .into(&Settings::set_max_listpack_entries),
    number("set-max-listpack-value", "64", 0, kInt64Max).into(&Settings::set_max_listpack_value),
    number("zset-max-listpack-entries", "128", 0, kInt64Max)
        .alias("zset-max-ziplist-entries")
        .into(&Settings::zset_max_listpack_entries),
    memory("hash-max-listpack-value", "64", 0, kInt64Max)
        .alias("hash-max-ziplist-value")
        .into(&Settings::hash_max_listpack_value),
    memory("stream-node-max-bytes", "4096", 0, kInt64Max).into(&Settings::stream_node_max_bytes),
    memory("zset-max-listpack-value", "64", 0, kInt64Max)
        .alias("zset-max-ziplist-value")
        .into(&Settings::zset_max_listpack_value),
    memory("hll-sparse-max-bytes", "3000", 0, kInt64Max).into(&Settings::hll_sparse_max_bytes),
    number("array-slice-size", "4096", 256, 65536).checked(power_of_two),
    number("array-sparse-kmax", "10", 0, kIntMax),
    number("array-sparse-kmin", "5", 0, kIntMax),

    // Persistence.
    yes_no("rdbchecksum", "yes").with(kImmutable).into(&Settings::rdbchecksum),
    yes_no("rdbcompression", "yes").into(&Settings::rdbcompression),
    yes_no("rdb-del-sync-files", "no"),
    yes_no("stop-writes-on-bgsave-error", "yes").into(&Settings::stop_writes_on_bgsave_error),
    yes_no("aof-rewrite-incremental-fsync", "yes")
        .into(&Settings::aof_rewrite_incremental_fsync),
    yes_no("no-appendfsync-on-rewrite", "no").into(&Settings::no_appendfsync_on_rewrite),
    yes_no("rdb-save-incremental-fsync", "yes").into(&Settings::rdb_save_incremental_fsync),
    yes_no("aof-load-truncated", "yes").into(&Settings::aof_load_truncated),
    yes_no("aof-use-rdb-preamble", "yes").into(&Settings::aof_use_rdb_preamble),
    yes_no("aof-timestamp-enabled", "no").into(&Settings::aof_timestamp_enabled),
    yes_no("appendonly", "no").into(&Settings::appendonly),
    yes_no("aof-disable-auto-gc", "no").with(kHidden).into(&Settings::aof_disable_auto_gc),
    words("dbfilename", "dump.rdb")
        .with(kProtected)
        .checked(base_name)
        .into(&Settings::dbfilename),
    words("appendfilename", "appendonly.aof")
        .with(kImmutable)
        .checked(base_name)
        .into(&Settings::appendfilename),
    words("appenddirname", "appendonlydir")
        .with(kImmutable)
        .checked(base_name)
        .into(&Settings::appenddirname),
    choice("appendfsync", "everysec", "everysec always no").into(&Settings::appendfsync),
    choice("sanitize-dump-payload", "no", "no yes clients"),
    choice("rdb-compat", "lowest", "lowest 10 11 12").into(&Settings::rdb_compat),
    number("auto-aof-rewrite-percentage", "100", 0, kIntMax)
        .into(&Settings::auto_aof_rewrite_percentage),
    number("rdb-key-save-delay", "0", kIntMin, kIntMax)
        .with(kHidden)
        .into(&Settings::rdb_key_save_delay),
    number("key-load-delay", "0", kIntMin, kIntMax).with(kHidden).into(&Settings::key_load_delay),
    memory("auto-aof-rewrite-min-size", "67108864", 0, kInt64Max)
        .into(&Settings::auto_aof_rewrite_min_size),
    number("loading-process-events-interval-bytes", "2097152", 1024, kIntMax)
        .with(kHidden)
        .into(&Settings::loading_process_events_interval_bytes),
    special("save", "3600 1 300 100 60 10000", &kSaveForm).with(kSeveral).into(&Settings::save),

    // Replication.
    yes_no("repl-disable-tcp-nodelay", "no").into(&Settings::repl_disable_tcp_nodelay),
    yes_no("repl-diskless-sync", "yes").into(&Settings::repl_diskless_sync),
    yes_no("replica-lazy-flush", "no")
        .alias("slave-lazy-flush")
        .into(&Settings::replica_lazy_flush),
    yes_no("replica-serve-stale-data", "yes")
        .alias("slave-serve-stale-data")
        .into(&Settings::replica_serve_stale_data),
    yes_no("replica-read-only", "yes").alias("slave-read-only").into(&Settings::replica_read_only),
    yes_no("replica-ignore-maxmemory", "yes")
        .alias("slave-ignore-maxmemory")
        .into(&Settings::replica_ignore_maxmemory),
    yes_no("replica-announced", "yes").into(&Settings::replica_announced),
    yes_no("replica-ignore-disk-write-errors", "no")
        .into(&Settings::replica_ignore_disk_write_errors),
    words("replica-announce-ip", "")
        .alias("slave-announce-ip")
        .with(kUnsetWhenEmpty)
        .into(&Settings::replica_announce_ip),
    words("masteruser", "").with(kSensitive | kUnsetWhenEmpty).into(&Settings::masteruser),
    words("masterauth", "").with(kSensitive | kUnsetWhenEmpty).into(&Settings::masterauth),
    choice("repl-diskless-load", "disabled", "disabled on-empty-db swapdb")
        .with(kDenyLoading)
        .into(&Settings::repl_diskless_load),
    choice("propagation-error-behavior", "ignore", "ignore panic panic-on-replicas"),
    number("replica-priority", "100", 0, kIntMax)
        .alias("slave-priority")
        .into(&Settings::replica_priority),
    number("repl-diskless-sync-delay", "5", 0, kIntMax).into(&Settings::repl_diskless_sync_delay),
    number("replica-announce-port", "0", 0, 65535)
        .alias("slave-announce-port")
        .into(&Settings::replica_announce_port),
    number("repl-timeout", "60", 1, kIntMax).into(&Settings::repl_timeout),
    number("repl-ping-replica-period", "10", 1, kIntMax)
        .alias("repl-ping-slave-period")
        .into(&Settings::repl_ping_replica_period),
    number("min-replicas-to-write", "0", 0, kIntMax)
        .alias("min-slaves-to-write")
        .into(&Settings::min_replicas_to_write),
    number("min-replicas-max-lag", "10", 0, kIntMax)
        .alias("min-slaves-max-lag")
        .into(&Settings::min_replicas_max_lag),
    number("repl-diskless-sync-max-replicas", "0", 0, kIntMax)
        .into(&Settings::repl_diskless_sync_max_replicas),
    memory("repl-backlog-size", "1048576", 1, kInt64Max).into(&Settings::repl_backlog_size),
    number("repl-backlog-ttl", "3600", 0, kInt64Max).into(&Settings::repl_backlog_ttl),
    special("replicaof", "", &kReplicaofForm)
        .alias("slaveof")
        .with(kImmutable | kSeveral)
        .into(&Settings::replicaof),

    // Cluster.
    yes_no("cluster-require-full-coverage", "yes"),
    yes_no("cluster-replica-no-failover", "no").alias("cluster-slave-no-failover"),
    yes_no("cluster-enabled", "no").with(kImmutable),
    yes_no("cluster-allow-reads-when-down", "no"),
    yes_no("cluster-allow-pubsubshard-when-down", "yes"),
    yes_no("cluster-allow-replica-migration", "yes"),
    words("cluster-announce-ip", "").with(kUnsetWhenEmpty),
    words("cluster-config-file", "nodes.conf").with(kImmutable),
    words("cluster-announce-hostname", "").with(kUnsetWhenEmpty).checked(host_name),
    words("cluster-announce-human-nodename", "").with(kUnsetWhenEmpty),
    choice("cluster-preferred-endpoint-type", "ip", "ip hostname unknown-endpoint"),
    number("cluster-replica-validity-factor", "10", 0, kIntMax)
        .alias("cluster-slave-validity-factor"),
    number("cluster-migration-barrier", "1", 0, kIntMax),
    number("cluster-port", "0", 0, 65535).with(kImmutable),
    number("cluster-announce-bus-port", "0", 0, 65535),
    number("cluster-announce-port", "0", 0, 65535),
    number("cluster-announce-tls-port", "0", 0, 65535),
    number("cluster-node-timeout", "15000", 0, kInt64Max),
    number("cluster-ping-interval", "0", 0, kInt64Max).with(kHidden),
    memory("cluster-link-sendbuf-limit", "0", 0, UINT64_MAX),

    // TLS.
    number("tls-port", "0", 0, 65535).checked(no_tls),
    number("tls-session-cache-size", "20480", 0, kIntMax),
    number("tls-session-cache-timeout", "300", 0, kIntMax),
    yes_no("tls-cluster", "no"),
    yes_no("tls-replication", "no"),
    choice("tls-auth-clients", "yes", "no yes optional"),
    yes_no("tls-prefer-server-ciphers", "no"),
    yes_no("tls-session-caching", "yes"),
    words("tls-cert-file", "").with(kUnsetWhenEmpty),
    words("tls-key-file", "").with(kUnsetWhenEmpty),
    words("tls-key-file-pass", "").with(kSensitive | kUnsetWhenEmpty),
    words("tls-client-cert-file", "").with(kUnsetWhenEmpty),
    words("tls-client-key-file", "").with(kUnsetWhenEmpty),
    words("tls-client-key-file-pass", "").with(kSensitive | kUnsetWhenEmpty),
    words("tls-dh-params-file", "").with(kUnsetWhenEmpty),
    words("tls-ca-cert-file", "").with(kUnsetWhenEmpty),
    words("tls-ca-cert-dir", "").with(kUnsetWhenEmpty),
    words("tls-protocols", "").with(kUnsetWhenEmpty),
    words("tls-ciphers", "").with(kUnsetWhenEmpty),
    words("tls-ciphersuites", "").with(kUnsetWhenEmpty),
};

}  // namespace

std::span<const Row> rows() { return kRows; }

const Row* find_row(std::string_view name) {
  for (const Row& row : kRows) {
    if (equals_fold(name, row.name)) return &row;
    if (!row.other_name.empty() && equals_fold(name, row.other_name)) return &row;
  }
  return nullptr;
}

}  // namespace redstart::config
