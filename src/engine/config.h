// Settings: a plain struct for those who read them, one table of rows (config_table.cc) for those
// who write them: the config file, the command line and CONFIG.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/keyspace.h"

namespace redstart {

struct OutputLimit {
  uint64_t hard_bytes = 0, soft_bytes = 0;
  int64_t soft_seconds = 0;
};

// Members are named after their directive. What the engine only stores (directives of features
// that are to come or have no meaning here) is kept by name in Config, not here.
struct Settings {
  int port = 6379;
  int http_port = 8079;
  std::string bind = "127.0.0.1 ::1";
  std::string http_bind;             // empty: as bind
  std::string http_token, http_readonly_token;
  std::string requirepass;
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
  int maxclients = 10000;
  int timeout = 0, tcp_keepalive = 300, tcp_backlog = 511;
  uint64_t proto_max_bulk_len = 512ull << 20;
  uint64_t client_query_buffer_limit = 1ull << 30;
  OutputLimit output_limit_normal, output_limit_replica{256ull << 20, 64ull << 20, 60},
      output_limit_pubsub{32ull << 20, 8ull << 20, 60};
  int64_t slowlog_log_slower_than = 10000;
  int64_t slowlog_max_len = 128;
  int64_t latency_monitor_threshold = 0;
  bool latency_tracking = true;
  std::vector<double> latency_tracking_percentiles{50, 99, 99.9};
  int hz = 10;
  std::string enable_debug_command = "no";     // no, yes, local
  bool lazyfree_lazy_eviction = false, lazyfree_lazy_expire = false, lazyfree_lazy_server_del = false,
       lazyfree_lazy_user_del = false, lazyfree_lazy_user_flush = false;
  std::string notify_keyspace_events;
  int active_expire_effort = 1;
  uint64_t maxmemory_clients = 0;
  std::string proc_title_template;
};

}  // namespace redstart
