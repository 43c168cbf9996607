#include "replication/replication.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/log.h"
#include "base/numbers.h"
#include "base/random.h"
#include "engine/blocking.h"
#include "engine/engine.h"
#include "engine/session_channel.h"
#include "persist/storage.h"

namespace redstart {

namespace {

constexpr int64_t kTickMs = 100;
constexpr std::string_view kPing = "*1\r\n$4\r\nPING\r\n";
constexpr std::string_view kGetAck = "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n";

std::string no_id() { return std::string(40, '0'); }

void delay_small_writes(const Session& session) {
  const int off = 0;
  setsockopt(session.channel()->info().fd, IPPROTO_TCP, TCP_NODELAY, &off, sizeof off);
}

}  // namespace

Replication::Replication(Engine& engine, Tenant& tenant, Storage& storage)
    : engine_(engine),
      tenant_(tenant),
      storage_(storage),
      replicas_(engine, [this](Replica& replica) { full_sync_.leave(replica); }),
      full_sync_({engine, tenant, storage, replicas_}),
      former_id_(no_id()) {
  tenant.replication = this;
  tenant.acks.replicas = [this](uint64_t offset) {
    return replicas_.confirmed(static_cast<int64_t>(offset) + ahead_);
  };
  tenant.acks.replicas_on_disk = [this](uint64_t offset) {
    return replicas_.confirmed_on_disk(static_cast<int64_t>(offset) + ahead_);
  };
}

Replication::~Replication() {
  link_.reset();
  engine_.timers().cancel(retired_timer_);
  if (backlog_) close_backlog();
  engine_.timers().cancel(timer_);
  tenant_.acks.replicas = nullptr;
  tenant_.acks.replicas_on_disk = nullptr;
  tenant_.replication = nullptr;
}

// There is one class of it.
Replication* replication_of(Tenant& tenant) {
  return static_cast<Replication*>(tenant.replication);
}

// ---- the stream

int64_t Replication::offset() const { return backlog_ ? backlog_->end() : offset_; }

void Replication::change_id() {
  tenant_.replication_id = random_hex_id();
  former_id_ = no_id();
  former_offset_ = -1;
}

// What happened without a backlog has no offsets: nobody can go on from before it.
void Replication::open_backlog() {
  change_id();
  attach_backlog();
  engine_.log().notice("Replication backlog created, my new replication IDs are '" +
                       tenant_.replication_id + "' and '" + former_id_ + "'");
}

void Replication::attach_backlog() {
  backlog_ = std::make_unique<Backlog>(offset_);
  ahead_ = offset_ - static_cast<int64_t>(tenant_.propagation.offset());
  tenant_.propagation.attach(this);
}

void Replication::begin_start() { attach_backlog(); }

void Replication::end_start(const std::string& id, int64_t offset) {
  if (id.empty() || offset < 0) {
    close_backlog();
    offset_ = 0;
    return;
  }
  former_id_ = id;
  former_offset_ = offset;
  backlog_->count_from(offset);
  ahead_ += offset;
  replicas_.nobody_since_now();
  arm();
}

void Replication::close_backlog() {
  offset_ = offset();
  tenant_.propagation.detach(this);
  backlog_.reset();
  account();
}

bool Replication::position(ReplicationPosition* position) const {
  if (link_ ? !has_history_ : !backlog_) return false;
  int db = tenant_.propagation.selected_db();
  if (link_) db = link_->selected_db() >= 0 ? link_->selected_db() : stream_db_;
  *position = {tenant_.replication_id, offset(), std::max(0, db)};
  return true;
}

// Before any answer of the turn leaves: whoever reads it finds its effects on their way.
void Replication::before_replies() {
  if (acks_wanted_ && !link_) {
    acks_wanted_ = false;
    if (!replicas_.empty()) tenant_.propagation.add_for_replicas(kGetAck);
  }
  replicas_.feed(*backlog_);
  backlog_->trim(engine_.settings().repl_backlog_size, replicas_.oldest_needed(backlog_->end()));
  account();
  if (!confirmed_) return;
  confirmed_ = false;
  engine_.blocking().look_at_acks();
}

// Slow replicas do not cost keys, but a large backlog does.
void Replication::account() {
  const size_t bytes = backlog_memory();
  const auto wanted = engine_.settings().repl_backlog_size;
  const size_t spared = bytes > wanted ? bytes - static_cast<size_t>(wanted) : 0;
  engine_.stream_bytes += bytes - accounted_;
  engine_.spared_bytes += spared - spared_;
  accounted_ = bytes;
  spared_ = spared;
}

// ---- replicas come

bool Replication::resume(Replica& replica, std::string_view id, int64_t offset) {
  Log& log = engine_.log();
  const bool mine = equals_fold(id, tenant_.replication_id);
  const bool former = equals_fold(id, former_id_);
  if (!mine && !(former && offset <= former_offset_)) {
    if (id.starts_with('?')) {
      log.notice("Full resync requested by replica " + replica.name());
    } else if (former) {
      log.notice("Partial resynchronization not accepted: Requested offset for second ID was " +
                 int64_text(offset + 1) + ", but I can reply up to " +
                 int64_text(former_offset_ + 1));
    } else {
      log.notice("Partial resynchronization not accepted: Replication ID mismatch (Replica asked "
                 "for '" + std::string(id) + "', my replication IDs are '" +
                 tenant_.replication_id + "' and '" + former_id_ + "')");
    }
    return false;
  }
  if (!backlog_ || !backlog_->has(offset)) {
    log.notice("Unable to partial resync with replica " + replica.name() +
               " for lack of backlog (Replica request was: " + int64_text(offset + 1) + ").");
    if (offset > this->offset()) {
      log.warning("Warning: replica " + replica.name() +
                  " tried to PSYNC with an offset that is greater than the master replication "
                  "offset.");
    }
    return false;
  }
  replicas_.add(replica);
  replica.state = Replica::State::kOnline;
  replica.sent = offset;
  replica.silent = false;
  replica.confirmed_mono_us = engine_.mono_us();
  replica.session.channel()->send(
      replica.takes_new_ids ? "+CONTINUE " + tenant_.replication_id + "\r\n" : "+CONTINUE\r\n");
  log.notice("Partial resynchronization request from " + replica.name() + " accepted. Sending " +
             int64_text(backlog_->end() - offset) + " bytes of backlog starting from offset " +
             int64_text(offset + 1) + ".");
  tenant_.stats.syncs_partial++;
  arm();
  return true;
}

void Replication::sync_all(Replica& replica) {
  tenant_.stats.syncs_full++;
  if (engine_.settings().repl_disable_tcp_nodelay) delay_small_writes(replica.session);
  replicas_.add(replica);
  if (!backlog_) open_backlog();
  full_sync_.ask(replica, offset());
  arm();
}

void Replication::confirm(Replica& replica, int64_t offset, int64_t on_disk) {
  replica.confirmed = std::max(replica.confirmed, offset);
  replica.confirmed_on_disk = std::max(replica.confirmed_on_disk, on_disk);
  replica.confirmed_mono_us = engine_.mono_us();
  // It may have the data before we have heard that the child has ended.
  if (replica.state == Replica::State::kChildWrites) full_sync_.poll();
  if (replica.state == Replica::State::kOnline) replica.silent = false;
  confirmed_ = true;
}

// ---- as time goes by

void Replication::arm() {
  if (timer_) return;
  timer_ = engine_.timers().add(
      engine_.mono_us() / 1000 + kTickMs, [this] { tick(); }, kTickMs);
}

void Replication::tick() {
  failover_.look();
  if (full_sync_.somebody_waits()) full_sync_.look(offset());
  // By the clock: what stopped the server has not stopped the time.
  const int64_t now_s = engine_.mono_us() / 1000000;
  if (now_s == looked_s_) return;
  looked_s_ = now_s;
  every_second();
}

void Replication::every_second() {
  const Settings& settings = engine_.settings();
  const bool is_due = looked_s_ % settings.repl_ping_replica_period == 0;
  // A replica that is to take over has to catch up with something that stands still.
  if (!link_ && !replicas_.empty() && is_due && !failover_.under_way()) {
    tenant_.propagation.add_for_replicas(kPing);
  }
  replicas_.look_after(full_sync_.feeds_sockets());
  // Of a replica somebody may want to go on once it is a master.
  if (link_ || !replicas_.empty() || settings.repl_backlog_ttl == 0) return;
  const int64_t alone_s = (engine_.mono_us() - replicas_.none_since_mono_us()) / 1000000;
  if (alone_s <= settings.repl_backlog_ttl) return;
  // What is written from now on has no offsets.
  change_id();
  close_backlog();
  engine_.log().notice("Replication backlog freed after " +
                       int64_text(settings.repl_backlog_ttl) +
                       " seconds without connected replicas.");
  engine_.timers().cancel(timer_);
  timer_ = 0;
}

bool Replication::apply_setting(std::string_view name, std::string*) {
  if (name == "repl-backlog-size" && backlog_) {
    backlog_->trim(engine_.settings().repl_backlog_size,
                   replicas_.oldest_needed(backlog_->end()));
    account();
  }
  if (name == "replica-read-only") {
    engine_.keyspace_shared().replica_writes = link_ && !engine_.settings().replica_read_only;
  }
  return true;
}

// ---- what others see

int Replication::good_replicas() const {
  return replicas_.good(engine_.settings().min_replicas_max_lag);
}

ReplicationFacts Replication::facts() const {
  ReplicationFacts facts;
  facts.failover_state = failover_.state_name();
  facts.id = tenant_.replication_id;
  facts.former_id = former_id_;
  facts.offset = offset();
  facts.former_offset = former_offset_;
  if (backlog_) {
    facts.backlog_active = true;
    facts.backlog_first_byte = backlog_->begin() + 1;
    facts.backlog_bytes = backlog_->end() - backlog_->begin();
  }
  for (const Replica* replica : replicas_.all()) {
    const bool online = replica->state == Replica::State::kOnline;
    const int64_t lag_us = engine_.mono_us() - replica->confirmed_mono_us;
    facts.replicas.push_back({replica->host(), replica->port, replica->state_name(),
                              replica->confirmed, online ? lag_us / 1000000 : 0});
  }
  if (link_) link_->fill_in(&facts);
  return facts;
}

}  // namespace redstart
