#include "engine/engine.h"

#include <algorithm>

#include "base/log.h"
#include "engine/blocking.h"
#include "engine/client_memory.h"
#include "engine/indexing.h"
#include "engine/monitor.h"
#include "engine/notify.h"
#include "engine/persistence.h"
#include "engine/replication_state.h"
#include "engine/scripting.h"
#include "engine/session_channel.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "engine/user_changes.h"
#include "keyspace/evict.h"
#include "types/json.h"
#include "types/object_ops.h"

namespace redstart {
namespace {

// Shares of one turn, in records of about a microsecond each, so that no turn is noticed: 2 ms is
// the promise for all of it.
constexpr size_t kExpireBudget = 500;
constexpr size_t kReclaimBudget = 1000;

Limits limits_of(const Settings& s) {
  return {.hash_max_listpack_entries = s.hash_max_listpack_entries,
          .hash_max_listpack_value = s.hash_max_listpack_value,
          .set_max_intset_entries = s.set_max_intset_entries,
          .set_max_listpack_entries = s.set_max_listpack_entries,
          .set_max_listpack_value = s.set_max_listpack_value,
          .zset_max_listpack_entries = s.zset_max_listpack_entries,
          .zset_max_listpack_value = s.zset_max_listpack_value,
          .list_max_listpack_size = s.list_max_listpack_size,
          .stream_node_max_entries = s.stream_node_max_entries,
          .stream_node_max_bytes = s.stream_node_max_bytes,
          .hll_sparse_max_bytes = s.hll_sparse_max_bytes};
}

}  // namespace

Engine::Engine(const EngineOptions& options)
    : clock_(*options.clock),
      log_(*options.log),
      random_(options.seed ? options.seed : secure_seed()),
      json_store_(std::make_unique<JsonStore>(slab_, shared_.hash_seed)),
      config_(options.settings),
      pushes_(*this),
      unit_(*this, pushes_),
      dispatcher_(*this),
      evictor_(std::make_unique<Evictor>()),
      watches_(std::make_unique<Watches>(*this)),
      blocking_(std::make_unique<Blocking>(*this)),
      tracking_(std::make_unique<Tracking>(*this)),
      indexing_(std::make_unique<Indexing>(*this)),
      client_memory_(std::make_unique<ClientMemory>(*this)),
      notifier_(std::make_unique<Notifier>()),
      monitors_(std::make_unique<Monitors>(*this)) {
  shared_.slab = &slab_;
  type_env_.json = json_store_.get();
  shared_.random = &random_;
  shared_.hash_seed = random_.next();
  shared_.observer = &unit_;
  for (int i = 0; i < kTypeCount; i++) shared_.ops[i] = object_ops(static_cast<Type>(i));
  refresh_time();
  start_ms = now_ms();
  start_mono_us = mono_us();
  add_tenant("default");
  run_id = default_tenant().replication_id;
  default_tenant().replication_id = random_hex_id();
  default_tenant().users.default_user().set_password(settings().requirepass);
  apply_settings();
  config_.on_change = [this](std::string_view name, std::string* error) {
    apply_settings();
    if (name == "requirepass") {
      default_tenant().users.default_user().set_password(settings().requirepass);
    } else if (name == "http-readonly-token") {
      change_read_only_token(*this);
    }
    for (auto& tenant : tenants_) {
      Persistence* persistence = tenant->persistence;
      if (persistence && !persistence->apply_setting(name, error)) return false;
      ReplicationState* replication = tenant->replication;
      if (replication && !replication->apply_setting(name, error)) return false;
    }
    return !host_.apply_setting || host_.apply_setting(name, error);
  };
}

Engine::~Engine() = default;

Tenant& Engine::add_tenant(std::string name) {
  tenants_.push_back(std::make_unique<Tenant>(*this, std::move(name), settings().databases));
  tenants_.back()->stats.commands.resize(commands_.size());
  if (make_scripting) tenants_.back()->set_scripting(make_scripting(*tenants_.back()));
  return *tenants_.back();
}

void Engine::add_commands(std::span<const CommandSpec* const> family) {
  commands_.add(family);
  for (auto& tenant : tenants_) tenant->stats.commands.resize(commands_.size());
}

bool Engine::rename_commands(std::string* error) {
  for (const auto& [from, to] : settings().renamed_commands) {
    if (!commands_.find(from)) {
      *error = "No such command in rename-command";
    } else if (!to.empty() && commands_.find(to)) {
      *error = "Target command name already exists";
    } else {
      commands_.rename(from, to);
      continue;
    }
    return false;
  }
  return true;
}

void Engine::apply_settings() {
  const Settings& s = settings();
  shared_.lfu = s.maxmemory_policy == EvictionPolicy::kAllkeysLfu ||
                s.maxmemory_policy == EvictionPolicy::kVolatileLfu;
  shared_.lfu_log_factor = s.lfu_log_factor;
  shared_.lfu_decay_minutes = s.lfu_decay_time;
  attention = s.maxmemory ? attention | kMemoryLimit : attention & ~kMemoryLimit;
  if (!s.maxmemory) out_of_memory = false;
  limit_changed_ = s.maxmemory > 0;
  const bool wants_replicas = s.min_replicas_to_write > 0 && s.min_replicas_max_lag > 0;
  attention = wants_replicas ? attention | kNeedsReplicas : attention & ~kNeedsReplicas;
  default_tenant().slowlog.trim(s.slowlog_max_len);
  type_env_.limits = limits_of(s);
  dispatcher_.apply_settings();
  client_memory_->apply_settings();
  attention = client_memory_->counts() ? attention | kClientLimit : attention & ~kClientLimit;
  notifier_->choose(s.notify_keyspace_events);
  unit_.set_event_listener(notifier_->wants_any() ? notifier_.get() : nullptr);
}

void Engine::refresh_time() { shared_.now_ms = clock_.wall_us() / 1000; }

void Engine::begin_turn() { refresh_time(); }

bool Engine::end_turn() {
  uint64_t began = read_ticks();
  int64_t now_mono_ms = mono_us() / 1000;
  if (timers_.next_deadline_ms() <= now_mono_ms) timers_.run_due(now_mono_ms);
  if (limit_changed_) make_room_everywhere();
  bool more = false;
  for (auto& tenant : tenants_) {
    for (int db = 0; db < tenant->databases(); db++) {
      Keyspace* keys = tenant->existing(db);
      if (!keys) continue;
      if (active_expire && !shared_.expire_paused && keys->next_expiry_ms() <= now_ms()) {
        unit_.enter(*tenant);
        unit_.never_wrap();
        more |= keys->expire_due(kExpireBudget);
        unit_.leave();
      }
      more |= keys->reclaim(kReclaimBudget);
    }
  }
  if (!(attention & kLoadingData)) more |= indexing_->end_turn();
  if (keys_ready) blocking_->serve();
  // Behind all that answers somebody: no reply leaves before the log has its effect.
  for (auto& tenant : tenants_) tenant->propagation.before_replies();
  if (tracking_->sessions() > 0) more |= tracking_->end_turn();
  peak_memory = std::max(peak_memory, used_memory());
  std::string& codes = default_tenant().stats.overflowing_codes;
  if (!codes.empty()) {
    log_.warning("Errorstats stopped adding new errors because there are too many kinds of them.");
    log_.warning("Current errors code list: " + codes);
    codes.clear();
  }
  default_tenant().stats.upkeep_ticks += read_ticks() - began;
  return more;
}

int64_t Engine::sleep_ms() const {
  int64_t wait = INT64_MAX;
  int64_t timer = timers_.next_deadline_ms();
  if (timer != INT64_MAX) wait = timer - clock_.mono_us() / 1000;
  if (active_expire && !shared_.expire_paused) {
    for (auto& tenant : tenants_) {
      for (int db = 0; db < tenant->databases(); db++) {
        Keyspace* keys = tenant->existing(db);
        int64_t due = keys ? keys->next_expiry_ms() : INT64_MAX;
        if (due != INT64_MAX) wait = std::min(wait, due - now_ms());
      }
    }
  }
  if (wait == INT64_MAX) return -1;
  return std::max<int64_t>(0, wait);
}

uint64_t Engine::enlist(Session* session) {
  uint64_t id = next_session_id_++;
  sessions_.push_back(session);
  session_ids_[id] = session;
  return id;
}

void Engine::delist(Session* session) {
  session->unlink();
  session_ids_.erase(session->id());
}

Session* Engine::find_session(uint64_t id) const {
  auto found = session_ids_.find(id);
  return found == session_ids_.end() ? nullptr : found->second;
}

size_t Engine::used_memory() const {
  size_t buffers = host_.buffer_bytes ? host_.buffer_bytes() : 0;
  return startup_memory + slab_.used_bytes() + shared_.big_bytes + stream_bytes + buffers;
}

// A lower limit is enforced at once, whether or not a command follows.
void Engine::make_room_everywhere() {
  limit_changed_ = false;
  for (auto& tenant : tenants_) make_room(*tenant);
}

bool Engine::make_room(Tenant& tenant) {
  uint64_t limit = settings().maxmemory;
  if (limit == 0) return true;
  // The master makes room, and its deletions come by the stream.
  if ((attention & kFollowsMaster) && settings().replica_ignore_maxmemory) return true;
  limit += spared_bytes;
  if (used_memory() <= limit) return true;
  if (settings().maxmemory_policy == EvictionPolicy::kNoEviction || unit_.depth() > 0) return false;
  std::vector<Keyspace*> spaces;
  for (int db = 0; db < tenant.databases(); db++) {
    if (Keyspace* keys = tenant.existing(db)) spaces.push_back(keys);
  }
  unit_.enter(tenant);
  unit_.never_wrap();
  bool freed = true;
  while (freed && used_memory() > limit) {
    freed = evictor_->free_one(spaces, settings().maxmemory_policy, settings().maxmemory_samples);
  }
  unit_.leave();
  return used_memory() <= limit;
}

void Engine::pause_clients(int64_t until_ms, bool writes_only) {
  // A second pause may lengthen or tighten the first, never loosen it.
  pause_.until_ms = std::max(pause_.until_ms, until_ms);
  pause_.writes_only = pause_.active ? pause_.writes_only && writes_only : writes_only;
  pause_.active = true;
  attention |= kClientsPaused;
  shared_.expire_paused = true;
  timers_.cancel(pause_.timer);
  pause_.timer =
      timers_.add(mono_us() / 1000 + pause_.until_ms - now_ms(), [this] { unpause_clients(); });
}

void Engine::unpause_clients() {
  timers_.cancel(pause_.timer);
  std::vector<uint64_t> waiting;
  waiting.swap(pause_.waiting);
  pause_ = Pause();
  attention &= ~kClientsPaused;
  shared_.expire_paused = false;
  for (uint64_t id : waiting) {
    Session* session = find_session(id);
    if (!session) continue;
    if (blocking_->resume_paused(*session)) continue;
    session->hold &= ~kPaused;
    session->channel()->resume();
  }
}

}  // namespace redstart
