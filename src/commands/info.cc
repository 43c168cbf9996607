// INFO: the server in figures, by sections of "name:value" lines.
#include <algorithm>
#include <charconv>
#include <type_traits>

#include "base/ascii.h"
#include "base/process.h"
#include "base/version.h"
#include "commands/families.h"
#include "engine/blocking.h"
#include "engine/config_table.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/memory_report.h"
#include "engine/persistence.h"
#include "engine/replication_state.h"
#include "engine/scripting.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "pubsub/hub.h"

namespace redstart {
namespace {

// "1.50M"
std::string human_bytes(uint64_t bytes) {
  static constexpr std::string_view kUnits = "KMGTP";
  if (bytes < 1024) return std::to_string(bytes) + "B";
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    unit++;
  }
  return fixed_text(value, 2) + kUnits[unit];
}

class Lines {
 public:
  void heading(std::string_view name) {
    if (!text_.empty()) text_ += "\r\n";
    ((text_ += "# ") += name) += "\r\n";
  }
  void add(std::string_view name, std::string_view value) {
    (((text_ += name) += ":") += value) += "\r\n";
  }
  void add(std::string_view name, const char* value) { add(name, std::string_view(value)); }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void add(std::string_view name, Number value) {
    add(name, std::string_view(std::to_string(value)));
  }
  // The figure and "<name>_human".
  void add_bytes(std::string_view name, uint64_t bytes) {
    add(name, bytes);
    add(std::string(name) + "_human", human_bytes(bytes));
  }
  void zeros(std::initializer_list<std::string_view> names) {
    for (std::string_view name : names) add(name, 0);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// ",bind=127.0.0.1,bind=-::1"
std::string bind_list(std::string_view addresses) {
  std::string text;
  while (!addresses.empty()) {
    const size_t end = std::min(addresses.find(' '), addresses.size());
    if (end > 0) text.append(",bind=").append(addresses.substr(0, end));
    addresses.remove_prefix(std::min(end + 1, addresses.size()));
  }
  return text;
}

// "listener0:name=tcp,bind=127.0.0.1,port=6379" and so on.
void listener_lines(const Settings& settings, Lines& out) {
  int number = 0;
  auto add = [&](const std::string& text) {
    out.add("listener" + std::to_string(number++), "name=" + text);
  };
  auto add_tcp = [&](const std::string& name, const std::string& hosts, int port) {
    if (port > 0) add(name + bind_list(hosts) + ",port=" + std::to_string(port));
  };
  add_tcp("tcp", settings.bind, settings.port);
  if (!settings.unixsocket.empty()) add("unix,bind=" + settings.unixsocket);
  add_tcp("http", settings.http_bind.empty() ? settings.bind : settings.http_bind,
          settings.http_port);
}

void server_section(const Context& c, Lines& out) {
  const Engine& engine = c.engine;
  const Settings& settings = engine.settings();
  int64_t uptime_s = (c.engine.mono_us() - engine.start_mono_us) / 1000000;
  out.add("redis_version", kRedisVersion);
  out.add("server_name", "redstart");
  out.add("redstart_version", kRedstartVersion);
  out.add("redis_git_sha1", "00000000");
  out.add("redis_git_dirty", 0);
  out.add("redis_build_id", "0");
  out.add("redis_mode", "standalone");
  out.add("os", system_name());
  out.add("arch_bits", 8 * sizeof(void*));
  out.add("monotonic_clock", "POSIX clock_gettime");
  out.add("multiplexing_api", "libuv");
  out.add("gcc_version", __VERSION__);
  out.add("process_id", process_id());
  out.add("process_supervised", settings.supervised);
  out.add("run_id", engine.run_id);
  out.add("tcp_port", settings.port);
  out.add("http_port", settings.http_port);
  out.add("server_time_usec", c.engine.clock().wall_us());
  out.add("uptime_in_seconds", uptime_s);
  out.add("uptime_in_days", uptime_s / 86400);
  out.add("hz", settings.hz);
  out.add("configured_hz", settings.hz);
  out.add("lru_clock", engine.lru_clock());
  out.add("executable", executable_path());
  out.add("config_file", c.engine.host().config_file ? c.engine.host().config_file() : "");
  out.add("io_threads_active", 0);
  listener_lines(settings, out);
  const HostServices& host = c.engine.host();
  // It waits for replicas, and writes until a moment after that.
  if (host.shutting_down && host.shutting_down()) {
    out.add("shutdown_in_milliseconds", c.engine.pause().until_ms - c.now_ms);
  }
}

void clients_section(const Context& c, Lines& out) {
  size_t connected = 0, watching = 0, blocked = 0;
  for (const Session& session : c.engine.sessions()) {
    if (session.tenant != &c.tenant) continue;
    connected += !(session.attention & kFollowing);
    watching += session.transaction && !session.transaction->watched.empty();
    blocked += (session.hold & (kBlocked | kPaused)) != 0;
  }
  out.add("connected_clients", connected);
  out.add("cluster_connections", 0);
  out.add("maxclients", c.engine.settings().maxclients);
  out.zeros({"client_recent_max_input_buffer", "client_recent_max_output_buffer"});
  out.add("blocked_clients", blocked);
  out.add("tracking_clients", c.engine.tracking().sessions());
  out.add("pubsub_clients", c.tenant.hub().sessions());
  out.add("watching_clients", watching);
  const Blocking& blocking = c.engine.blocking();
  out.add("clients_in_timeout_table", blocking.waiting_with_deadline());
  out.add("total_watched_keys", c.engine.watches().keys_watched());
  out.add("total_blocking_keys", blocking.keys_waited_for());
  out.add("total_blocking_keys_on_nokey", blocking.keys_waited_for_till_gone());
}

void memory_section(const Context& c, Lines& out) {
  MemoryReport report = memory_report(c.engine, c.tenant);
  const Settings& settings = c.engine.settings();
  uint64_t spare = report.resident > report.used ? report.resident - report.used : 0;
  out.add_bytes("used_memory", report.used);
  out.add_bytes("used_memory_rss", report.resident);
  out.add_bytes("used_memory_peak", report.peak);
  out.add("used_memory_peak_perc", fixed_text(report.peak_percent(), 2) + "%");
  out.add("used_memory_overhead", report.overhead);
  out.add("used_memory_startup", report.startup);
  out.add("used_memory_dataset", report.dataset());
  out.add("used_memory_dataset_perc", fixed_text(report.dataset_percent(), 2) + "%");
  out.add("allocator_allocated", report.used);
  out.add("allocator_active", report.reserved);
  out.add("allocator_resident", report.resident);
  out.add("allocator_muzzy", 0);
  out.add_bytes("total_system_memory", system_memory_bytes());
  const ScriptFigures scripts = c.tenant.scripting() ? c.tenant.scripting()->figures()
                                                     : ScriptFigures();
  out.add_bytes("used_memory_lua", scripts.eval_vm_bytes);
  out.add("used_memory_vm_eval", scripts.eval_vm_bytes);
  out.add("used_memory_scripts_eval", scripts.script_bytes);
  out.add("number_of_cached_scripts", scripts.scripts);
  out.add("number_of_functions", scripts.functions);
  out.add("number_of_libraries", scripts.libraries);
  out.add("used_memory_vm_functions", scripts.function_vm_bytes);
  out.add_bytes("used_memory_vm_total", scripts.eval_vm_bytes + scripts.function_vm_bytes);
  out.add("used_memory_functions", scripts.function_bytes);
  out.add_bytes("used_memory_scripts", scripts.script_bytes + scripts.function_bytes);
  out.add_bytes("maxmemory", settings.maxmemory);
  out.add("maxmemory_policy", eviction_policy_name(settings.maxmemory_policy));
  out.add("allocator_frag_ratio", "1.00");
  out.add("allocator_frag_bytes", 0);
  out.add("allocator_rss_ratio", "1.00");
  out.add("allocator_rss_bytes", 0);
  out.add("rss_overhead_ratio", "1.00");
  out.add("rss_overhead_bytes", 0);
  out.add("mem_fragmentation_ratio", fixed_text(report.fragmentation(), 2));
  out.add("mem_fragmentation_bytes", spare);
  const ReplicationState* replication = c.tenant.replication;
  const size_t backlog = replication ? replication->backlog_memory() : 0;
  const size_t replicas = replication ? replication->replica_memory() : 0;
  out.add("mem_not_counted_for_evict", c.engine.spared_bytes);
  out.add("mem_replication_backlog", backlog - std::min(backlog, c.engine.spared_bytes));
  out.add("mem_total_replication_buffers", backlog);
  out.add("mem_clients_slaves", replicas + c.engine.spared_bytes);
  out.add("mem_clients_normal", report.clients - std::min(report.clients, replicas));
  out.zeros({"mem_cluster_links", "mem_aof_buffer"});
  out.add("mem_allocator", "slabs");
  out.zeros({"mem_overhead_db_hashtable_rehashing", "active_defrag_running",
             "lazyfree_pending_objects"});
  out.add("lazyfreed_objects", c.engine.keyspace_shared().freed_later);
}

// Whole seconds since then; -1 for a time that is not.
int64_t seconds_since(const Context& c, int64_t mono_us) {
  return mono_us < 0 ? -1 : (c.engine.mono_us() - mono_us) / 1000000;
}

void loading_lines(const Context& c, const PersistenceFacts& facts, Lines& out) {
  uint64_t total = facts.loading_total_bytes, done = facts.loading_loaded_bytes;
  double share = total ? static_cast<double>(done) / static_cast<double>(total) : 0;
  double elapsed_s = static_cast<double>(c.engine.mono_us() - facts.loading_start_mono_us) / 1e6;
  out.add("loading_start_time", facts.loading_start_ms / 1000);
  out.add("loading_total_bytes", total);
  out.add("loading_rdb_used_mem", facts.loading_rdb_used_memory);
  out.add("loading_loaded_bytes", done);
  out.add("loading_loaded_perc", fixed_text(share * 100, 2));
  out.add("loading_eta_seconds",
          share > 0 ? static_cast<int64_t>(elapsed_s * (1 - share) / share) : int64_t{1});
}

void aof_lines(const Context& c, const PersistenceFacts& facts, Lines& out) {
  out.add("aof_current_size", facts.aof_current_size);
  out.add("aof_base_size", facts.aof_base_size);
  out.add("aof_pending_rewrite", facts.aof_pending_rewrite ? 1 : 0);
  out.add("aof_buffer_length", facts.aof_buffer_bytes);
  out.add("aof_pending_bio_fsync", facts.aof_pending_fsync ? 1 : 0);
  out.add("aof_delayed_fsync", facts.aof_delayed_fsyncs);
}

void persistence_section(const Context& c, Lines& out) {
  constexpr PersistenceFacts kNone;
  const Persistence* persistence = c.tenant.persistence;
  const PersistenceFacts& facts = persistence ? persistence->facts() : kNone;
  bool child = facts.rdb_in_progress || facts.aof_rewrite_in_progress;
  bool loading = c.engine.attention & kLoadingData;
  double keys_total = static_cast<double>(facts.snapshot_keys_total);
  out.add("loading", loading ? 1 : 0);
  out.add("async_loading", !loading && (c.engine.attention & kLoadingAside) ? 1 : 0);
  out.add("current_cow_peak", child ? facts.cow_peak_bytes : 0);
  out.add("current_cow_size", facts.cow_bytes);
  out.add("current_cow_size_age", child ? seconds_since(c, facts.cow_seen_mono_us) : 0);
  out.add("current_fork_perc",
          fixed_text(child && keys_total > 0
                         ? 100 * static_cast<double>(facts.snapshot_keys) / keys_total
                         : 0,
                     2));
  out.add("current_save_keys_processed", facts.snapshot_keys);
  out.add("current_save_keys_total", facts.snapshot_keys_total);
  out.add("rdb_changes_since_last_save", c.tenant.dirty);
  out.add("rdb_bgsave_in_progress", facts.rdb_in_progress ? 1 : 0);
  out.add("rdb_last_save_time", (persistence ? facts.rdb_last_save_ms : c.engine.start_ms) / 1000);
  out.add("rdb_last_bgsave_status", facts.rdb_last_ok ? "ok" : "err");
  out.add("rdb_last_bgsave_time_sec", facts.rdb_last_duration_s);
  out.add("rdb_current_bgsave_time_sec", seconds_since(c, facts.rdb_started_mono_us));
  out.add("rdb_saves", facts.rdb_saves);
  out.add("rdb_last_cow_size", facts.rdb_last_cow_bytes);
  out.add("rdb_last_load_keys_expired", facts.rdb_last_load_keys_expired);
  out.add("rdb_last_load_keys_loaded", facts.rdb_last_load_keys_loaded);
  out.add("aof_enabled", facts.aof_enabled ? 1 : 0);
  out.add("aof_rewrite_in_progress", facts.aof_rewrite_in_progress ? 1 : 0);
  out.add("aof_rewrite_scheduled", facts.aof_rewrite_scheduled ? 1 : 0);
  out.add("aof_last_rewrite_time_sec", facts.aof_last_rewrite_duration_s);
  out.add("aof_current_rewrite_time_sec", seconds_since(c, facts.aof_rewrite_started_mono_us));
  out.add("aof_last_bgrewrite_status", facts.aof_last_rewrite_ok ? "ok" : "err");
  out.add("aof_rewrites", facts.aof_rewrites);
  out.add("aof_rewrites_consecutive_failures", facts.aof_rewrite_failures_in_a_row);
  out.add("aof_last_write_status", facts.aof_last_write_ok ? "ok" : "err");
  out.add("aof_last_cow_size", facts.aof_last_cow_bytes);
  out.zeros({"module_fork_in_progress", "module_fork_last_cow_size"});
  if (facts.aof_enabled) aof_lines(c, facts, out);
  if (loading) loading_lines(c, facts, out);
}

void stats_section(const Context& c, Lines& out) {
  Stats& stats = c.tenant.stats;
  const KeyspaceShared& shared = c.engine.keyspace_shared();
  StatRates rates = stats.rates(c.engine.mono_us());
  out.add("total_connections_received", stats.total_connections);
  out.add("total_commands_processed", stats.total_commands);
  out.add("instantaneous_ops_per_sec", rates.commands);
  out.add("total_net_input_bytes", stats.bytes_in + stats.stream_bytes_in);
  out.add("total_net_output_bytes", stats.bytes_out + stats.stream_bytes_out);
  out.add("total_net_repl_input_bytes", stats.stream_bytes_in);
  out.add("total_net_repl_output_bytes", stats.stream_bytes_out);
  out.add("instantaneous_input_kbps", fixed_text(rates.bytes_in / 1024.0, 2));
  out.add("instantaneous_output_kbps", fixed_text(rates.bytes_out / 1024.0, 2));
  out.add("instantaneous_input_repl_kbps", "0.00");
  out.add("instantaneous_output_repl_kbps", "0.00");
  out.add("rejected_connections", stats.rejected_connections);
  out.add("http_requests", stats.http_requests);
  out.add("sync_full", stats.syncs_full);
  out.add("sync_partial_ok", stats.syncs_partial);
  out.add("sync_partial_err", stats.syncs_partial_refused);
  out.add("expired_subkeys", shared.expired_elements);
  out.add("expired_keys", shared.expired);
  out.add("expired_stale_perc", "0.00");
  out.zeros({"expired_time_cap_reached_count", "expire_cycle_cpu_milliseconds"});
  out.add("evicted_keys", shared.evicted);
  out.add("evicted_clients", stats.evicted_clients);
  out.add("evicted_scripts", stats.evicted_scripts);
  out.zeros({"total_eviction_exceeded_time", "current_eviction_exceeded_time"});
  out.add("keyspace_hits", shared.hits);
  out.add("keyspace_misses", shared.misses);
  const Hub& hub = c.tenant.hub();
  out.add("pubsub_channels", hub.topics(Hub::Kind::kChannel));
  out.add("pubsub_patterns", hub.topics(Hub::Kind::kPattern));
  out.add("pubsubshard_channels", hub.topics(Hub::Kind::kShard));
  const Persistence* persistence = c.tenant.persistence;
  out.add("latest_fork_usec", persistence ? persistence->facts().last_fork_us : int64_t{0});
  out.add("total_forks", persistence ? persistence->facts().forks : uint64_t{0});
  out.add("migrate_cached_sockets", persistence ? persistence->migrate_connections() : size_t{0});
  out.zeros({"slave_expires_tracked_keys", "active_defrag_hits", "active_defrag_misses",
             "active_defrag_key_hits", "active_defrag_key_misses", "total_active_defrag_time",
             "current_active_defrag_time"});
  const Tracking& tracking = c.engine.tracking();
  out.add("tracking_total_keys", tracking.keys());
  out.add("tracking_total_items", tracking.items());
  out.add("tracking_total_prefixes", tracking.prefixes());
  out.add("unexpected_error_replies", 0);
  out.add("total_error_replies", stats.total_errors);
  out.add("dump_payload_sanitizations", 0);
  out.add("total_reads_processed", stats.reads_processed);
  out.add("total_writes_processed", stats.writes_processed);
  out.zeros({"io_threaded_reads_processed", "io_threaded_writes_processed"});
  out.add("client_query_buffer_limit_disconnections", stats.query_buffer_limit_disconnections);
  out.add("client_output_buffer_limit_disconnections", stats.output_buffer_limit_disconnections);
  out.zeros({"reply_buffer_shrinks", "reply_buffer_expands"});
  const TickScale& scale = c.engine.tick_scale();
  uint64_t command_ticks = 0;
  for (const CommandStats& command : stats.commands) command_ticks += command.ticks;
  out.add("eventloop_cycles", stats.turns);
  out.add("eventloop_duration_sum", scale.us(stats.turn_ticks));
  out.add("eventloop_duration_cmd_sum", scale.us(command_ticks));
  out.add("instantaneous_eventloop_cycles_per_sec", rates.turns);
  out.add("instantaneous_eventloop_duration_usec", scale.us(rates.ticks_per_turn));
  out.add("longest_turn_usec", stats.longest_turn_us);
  out.add("longest_turn_cpu_usec", stats.longest_turn_cpu_us);
  out.add("acl_access_denied_auth", stats.acl_denied_auth);
  out.add("acl_access_denied_cmd", stats.acl_denied_command);
  out.add("acl_access_denied_key", stats.acl_denied_key);
  out.add("acl_access_denied_channel", stats.acl_denied_channel);
}

// Of a replica.
void link_lines(const Context& c, const ReplicationFacts& facts, Lines& out) {
  out.add("master_host", facts.master_host);
  out.add("master_port", facts.master_port);
  out.add("master_link_status", facts.link_up ? "up" : "down");
  out.add("master_last_io_seconds_ago", facts.last_io_s);
  out.add("master_sync_in_progress", facts.syncing ? 1 : 0);
  out.add("slave_read_repl_offset", facts.read_offset);
  out.add("slave_repl_offset", facts.offset);
  if (facts.syncing) {
    const int64_t total = facts.sync_total_bytes, read = facts.sync_read_bytes;
    const double part = total > 0 ? static_cast<double>(read) / static_cast<double>(total) : 0;
    out.add("master_sync_total_bytes", total);
    out.add("master_sync_read_bytes", read);
    out.add("master_sync_left_bytes", total - read);
    out.add("master_sync_perc", fixed_text(part * 100, 2));
    out.add("master_sync_last_io_seconds_ago", facts.sync_last_io_s);
  }
  if (!facts.link_up) out.add("master_link_down_since_seconds", facts.link_down_s);
  out.add("slave_priority", c.engine.settings().replica_priority);
  out.add("slave_read_only", c.engine.settings().replica_read_only ? 1 : 0);
  out.add("replica_announced", c.engine.settings().replica_announced ? 1 : 0);
}

void replication_section(const Context& c, Lines& out) {
  const ReplicationState* replication = c.tenant.replication;
  const ReplicationFacts facts = replication ? replication->facts() : ReplicationFacts();
  const Settings& settings = c.engine.settings();
  out.add("role", facts.is_master ? "master" : "slave");
  if (!facts.is_master) link_lines(c, facts, out);
  out.add("connected_slaves", facts.replicas.size());
  if (settings.min_replicas_to_write > 0 && settings.min_replicas_max_lag > 0) {
    out.add("min_slaves_good_slaves", replication ? replication->good_replicas() : 0);
  }
  for (size_t i = 0; i < facts.replicas.size(); i++) {
    const ReplicaFacts& replica = facts.replicas[i];
    out.add("slave" + std::to_string(i),
            "ip=" + replica.host + ",port=" + std::to_string(replica.port) +
                ",state=" + std::string(replica.state) + ",offset=" + int64_text(replica.offset) +
                ",lag=" + int64_text(replica.lag_s));
  }
  out.add("master_failover_state", facts.failover_state);
  out.add("master_replid", c.tenant.replication_id);
  out.add("master_replid2", replication ? facts.former_id : std::string(40, '0'));
  out.add("master_repl_offset", facts.offset);
  out.add("second_repl_offset", facts.former_offset < 0 ? -1 : facts.former_offset + 1);
  out.add("repl_backlog_active", facts.backlog_active ? 1 : 0);
  out.add("repl_backlog_size", settings.repl_backlog_size);
  out.add("repl_backlog_first_byte_offset", facts.backlog_first_byte);
  out.add("repl_backlog_histlen", facts.backlog_bytes);
}

void cpu_section(const Context&, Lines& out) {
  auto add = [&](CpuOf whose, std::string_view suffix) {
    CpuTimes times = cpu_times(whose);
    out.add("used_cpu_sys" + std::string(suffix), fixed_text(times.system_s, 6));
    out.add("used_cpu_user" + std::string(suffix), fixed_text(times.user_s, 6));
  };
  add(CpuOf::kProcess, "");
  add(CpuOf::kChildren, "_children");
  add(CpuOf::kThread, "_main_thread");
}

void modules_section(const Context&, Lines&) {}

void commandstats_section(const Context& c, Lines& out) {
  for (const Command* command : c.engine.commands().by_id()) {
    const CommandStats& stats = c.tenant.stats.commands[command->id];
    if (!stats.calls && !stats.failed && !stats.rejected) continue;
    int64_t us = c.engine.tick_scale().us(stats.ticks);
    double per_call = stats.calls ? static_cast<double>(us) / static_cast<double>(stats.calls) : 0;
    out.add("cmdstat_" + command->full_name,
            "calls=" + std::to_string(stats.calls) + ",usec=" + std::to_string(us) +
                ",usec_per_call=" + fixed_text(per_call, 2) + ",rejected_calls=" +
                std::to_string(stats.rejected) + ",failed_calls=" + std::to_string(stats.failed));
  }
}

void errorstats_section(const Context& c, Lines& out) {
  for (const auto& [code, count] : c.tenant.stats.errors) {
    std::string name = code;
    for (char& character : name) {
      if (std::string_view("#:\n\r").find(character) != std::string_view::npos) character = '_';
    }
    out.add("errorstat_" + name, "count=" + std::to_string(count));
  }
}

void latencystats_section(const Context& c, Lines& out) {
  const Settings& settings = c.engine.settings();
  if (!settings.latency_tracking) return;
  for (const Command* command : c.engine.commands().by_id()) {
    const CommandStats& stats = c.tenant.stats.commands[command->id];
    if (!stats.histogram) continue;
    std::string text;
    for (double percentile : settings.latency_tracking_percentiles) {
      if (!text.empty()) text += ',';
      text += "p" + config::percentile_text(percentile) + "=" +
              fixed_text(static_cast<double>(stats.duration_at(percentile)) / 1000, 3);
    }
    out.add("latency_percentiles_usec_" + command->full_name, text);
  }
}

void cluster_section(const Context&, Lines& out) { out.add("cluster_enabled", 0); }

void keyspace_section(const Context& c, Lines& out) {
  for (int db = 0; db < c.tenant.databases(); db++) {
    const Keyspace* keys = c.tenant.existing(db);
    if (!keys || keys->size() == 0) continue;
    out.add("db" + std::to_string(db),
            "keys=" + std::to_string(keys->size()) +
                ",expires=" + std::to_string(keys->expires_size()) +
                ",avg_ttl=" + std::to_string(keys->average_ttl_ms()) +
                ",subexpiry=" + std::to_string(keys->element_expires_size()));
  }
}

void debug_section(const Context& c, Lines& out) {
  const Stats& stats = c.tenant.stats;
  out.add("eventloop_duration_aof_sum", 0);
  out.add("eventloop_duration_cron_sum", c.engine.tick_scale().us(stats.upkeep_ticks));
  out.add("eventloop_duration_max", stats.longest_turn_us);
  out.add("eventloop_cmd_per_cycle_max", stats.most_commands_in_turn);
}

enum When : uint8_t { kByDefault = 1, kOverHttp = 2, kByNameOnly = 4 };

struct Section {
  std::string_view name;
  std::string_view heading;
  uint8_t when;  // part of the plain INFO
  void (*write)(const Context& c, Lines& out);
};

// In the order in which they are shown, whatever the order of the question.
constexpr Section kSections[] = {
    {"server", "Server", kByDefault | kOverHttp, server_section},
    {"clients", "Clients", kByDefault | kOverHttp, clients_section},
    {"memory", "Memory", kByDefault | kOverHttp, memory_section},
    {"persistence", "Persistence", kByDefault, persistence_section},
    {"stats", "Stats", kByDefault | kOverHttp, stats_section},
    {"replication", "Replication", kByDefault, replication_section},
    {"cpu", "CPU", kByDefault, cpu_section},
    {"modules", "Modules", kByDefault, modules_section},
    {"commandstats", "Commandstats", 0, commandstats_section},
    {"errorstats", "Errorstats", kByDefault, errorstats_section},
    {"latencystats", "Latencystats", 0, latencystats_section},
    {"cluster", "Cluster", kByDefault | kOverHttp, cluster_section},
    {"keyspace", "Keyspace", kByDefault | kOverHttp, keyspace_section},
    {"debug", "Debug", kByNameOnly, debug_section},
};

void info(Context& c) {
  c.engine.refine_tick_scale();
  bool http = c.session.dialect == Dialect::kUpstash;
  uint8_t defaults = http ? kOverHttp : kByDefault;
  Args asked = c.args.subspan(1);
  auto wanted = [&](const Section& section) {
    if (asked.empty()) return (section.when & defaults) != 0;
    for (std::string_view name : asked) {
      if (equals_fold(name, section.name)) return true;
      if (section.when & kByNameOnly) continue;
      if (equals_fold(name, "all") || equals_fold(name, "everything")) return true;
      if (equals_fold(name, "default") && (section.when & defaults)) return true;
    }
    return false;
  };
  Lines out;
  for (const Section& section : kSections) {
    if (!wanted(section)) continue;
    out.heading(section.heading);
    section.write(c, out);
  }
  // Upstash answers an unknown section with its heading.
  if (http && out.text().empty() && !asked.empty()) {
    std::string name = to_lower(asked[0]);
    if (!name.empty()) name[0] = ascii_upper(name[0]);
    out.heading(name);
  }
  c.reply.verbatim("txt", out.text());
}
constexpr CommandSpec kInfo = {
    .name = "info",
    .arity = -1,
    .flags = kLoading | kStale,
    .acl = kAclDangerous,
    .group = Group::kServer,
    .args = "[section]+",
    .summary = "Answers the state and the figures of the server.",
    .tips = "nondeterministic_output,request_policy:all_shards,response_policy:special",
    .run = info};

constexpr const CommandSpec* kFamily[] = {&kInfo};

}  // namespace

std::span<const CommandSpec* const> info_commands() { return kFamily; }

}  // namespace redstart
