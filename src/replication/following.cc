// The part of Replication that makes of a master a replica, and of a replica a master.
#include <algorithm>

#include "base/log.h"
#include "base/random.h"
#include "engine/blocking.h"
#include "engine/engine.h"
#include "persist/storage.h"
#include "replication/replication.h"

namespace redstart {

bool Replication::link_is_up() const { return link_ && link_->is_up(); }

void Replication::follow(const std::string& host, int port) {
  Log& log = engine_.log();
  if (link_) {
    link_.reset();
  } else if (backlog_) {
    has_history_ = true;
    stream_db_ = tenant_.propagation.selected_db();
    log.notice("Before turning into a replica, using my own master parameters to synthesize a "
               "cached master: I may be able to synchronize with the new master with just a "
               "partial transfer.");
  }
  engine_.config().edit().replicaof = host + " " + std::to_string(port);
  engine_.attention |= kFollowsMaster;
  KeyspaceShared& keyspaces = engine_.keyspace_shared();
  keyspaces.replica = true;
  keyspaces.replica_writes = !engine_.settings().replica_read_only;
  engine_.blocking().end_all("UNBLOCKED force unblock from blocking operation, instance state "
                             "changed (master -> replica?)");
  link_ = std::make_unique<Link>(Link::Host{engine_, tenant_, storage_, *this, dial_}, host, port);
}

// Its replicas hear of the new name when they ask again; they can go on.
void Replication::stop_following() {
  if (!link_) return;
  Log& log = engine_.log();
  link_.reset();
  stream_db_ = -1;
  if (has_history_) {
    former_id_ = tenant_.replication_id;
    former_offset_ = offset();
    tenant_.replication_id = random_hex_id();
    log.notice("Setting secondary replication ID to " + former_id_ + ", valid up to offset: " +
               std::to_string(former_offset_ + 1) + ". New replication ID is " +
               tenant_.replication_id);
  } else {
    change_id();
  }
  has_history_ = false;
  drop_replicas();
  replicas_.nobody_since_now();
  engine_.config().edit().replicaof.clear();
  engine_.attention &= ~kFollowsMaster;
  engine_.keyspace_shared().replica = false;
  engine_.keyspace_shared().replica_writes = false;
  if (backlog_) ahead_ = backlog_->end() - static_cast<int64_t>(tenant_.propagation.offset());
  tenant_.propagation.force_select();
  keep_log();
  arm();
}

void Replication::drop_replicas() {
  const std::vector<Replica*> all = replicas_.all();
  for (Replica* replica : all) replicas_.drop(*replica);
}

void Replication::go_on_from(const std::string& id, int64_t offset, int db) {
  tenant_.replication_id = id;
  offset_ = offset;
  stream_db_ = db;
  has_history_ = true;
}

void Replication::abandon_history() {
  drop_replicas();
  if (backlog_) close_backlog();
  has_history_ = false;
  stream_db_ = -1;
}

void Replication::begin_history(const std::string& id, int64_t offset) {
  tenant_.replication_id = id;
  former_id_ = std::string(id.size(), '0');
  former_offset_ = -1;
  offset_ = offset;
  has_history_ = true;
  keep_backlog();
}

void Replication::go_on_as(const std::string& id) {
  former_id_ = tenant_.replication_id;
  former_offset_ = offset();
  tenant_.replication_id = id;
  drop_replicas();
}

void Replication::keep_backlog() {
  if (backlog_) return;
  attach_backlog();
  arm();
}

void Replication::append(std::string_view bytes) { backlog_->append(bytes); }

void Replication::keep_log() {
  if (engine_.settings().appendonly && !storage_.aof().enabled()) storage_.aof().start();
}

// ---- data that were replaced --------------------------------------------------------------------

void Replication::retire(std::unique_ptr<Tenant> former) {
  for (int db = 0; db < former->databases(); db++) {
    if (Keyspace* keys = former->existing(db)) keys->flush(true);
  }
  retired_.push_back(std::move(former));
  reclaim_retired();
}

void Replication::reclaim_retired() {
  constexpr size_t kBudget = 1000;
  retired_timer_ = 0;
  bool more = false;
  Tenant& tenant = *retired_.back();
  for (int db = 0; db < tenant.databases(); db++) {
    if (Keyspace* keys = tenant.existing(db)) more |= keys->reclaim(kBudget);
  }
  if (!more) retired_.pop_back();
  if (retired_.empty()) return;
  retired_timer_ = engine_.timers().add(engine_.mono_us() / 1000 + 1,
                                        [this] { reclaim_retired(); });
}

}  // namespace redstart
