// The replication of a tenant: its stream, those that follow it, and what both are called.
//
//   effects -> Propagation -> Backlog -> Replicas -> their connections
//
// A stream has an id and offsets: how many bytes of it there were. Who asks for id and offset gets
// what follows, as long as the backlog has it; everybody else gets all data first (FullSync). There
// is no stream, and no cost, before the first replica asks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/propagation.h"
#include "engine/replication_state.h"
#include "engine/timers.h"
#include "replication/backlog.h"
#include "replication/failover.h"
#include "replication/full_sync.h"
#include "replication/link.h"
#include "replication/master_socket.h"
#include "replication/replicas.h"

namespace redstart {

class Engine;
class Session;
class Storage;
class Tenant;

class Replication final : public ReplicationState, private LogReader {
 public:
  // Becomes the tenant's. All of it outlives the sessions.
  Replication(Engine& engine, Tenant& tenant, Storage& storage);
  ~Replication() override;
  Replication(const Replication&) = delete;
  Replication& operator=(const Replication&) = delete;

  int64_t offset() const;
  const Backlog* backlog() const { return backlog_.get(); }
  Replicas& replicas() { return replicas_; }
  const Replicas& replicas() const { return replicas_; }
  Failover& failover() { return failover_; }
  const Failover& failover() const { return failover_; }

  // PSYNC: from behind `offset` of the stream `id`, if that is possible. False: it is not.
  bool resume(Replica& replica, std::string_view id, int64_t offset);
  // SYNC, and PSYNC where nothing else is possible.
  void sync_all(Replica& replica);
  // Around the reading of a file at the start of a master. Its replicas can go on if it says where
  // it stands: what expired meanwhile is told to them.
  void begin_start();
  void end_start(const std::string& id, int64_t offset);
  // REPLCONF ACK. Negative: not told.
  void confirm(Replica& replica, int64_t offset, int64_t on_disk);

  // ---- as a replica: following.cc

  // How a master is reached. Without that nobody can be followed.
  void dial_with(DialMaster dial) { dial_ = std::move(dial); }
  // REPLICAOF: of that one from now on. REQUIRES: can_follow().
  bool can_follow() const { return dial_ != nullptr; }
  void follow(const std::string& host, int port);
  // REPLICAOF NO ONE: a master, which goes on where the one before was.
  void stop_following();
  // The end of the server.
  void hang_up() { link_.reset(); }
  // Null: a master.
  const Link* link() const { return link_.get(); }
  // What was read at the start was a replica's: it may go on there.
  void go_on_from(const std::string& id, int64_t offset, int db);

  // For the link.
  bool has_history() const { return has_history_; }
  // What the stream had selected when the link broke; -1: it says so itself.
  int stream_db() const { return stream_db_; }
  void remember_db(int db) { stream_db_ = db; }
  // The data will be others: nobody can go on from where this server is.
  void abandon_history();
  void begin_history(const std::string& id, int64_t offset);
  // The master's stream is called otherwise from here on.
  void go_on_as(const std::string& id);
  // There is one from now on, so that others can go on with us.
  void keep_backlog();
  // What the master has sent, once it is applied.
  void append(std::string_view bytes);
  // The append-only log, if there should be one, begins anew with the data that are there now.
  void keep_log();
  // A tenant that nobody sees any more: its memory is given back little by little.
  void retire(std::unique_ptr<Tenant> former);

  // ReplicationState
  ReplicationFacts facts() const override;
  bool is_master() const override { return !link_; }
  bool link_is_up() const override;
  bool position(ReplicationPosition* position) const override;
  int good_replicas() const override;
  void ask_for_acks() override { acks_wanted_ = true; }
  void change_id() override;
  size_t backlog_memory() const override { return backlog_ ? backlog_->memory() : 0; }
  size_t replica_memory() const override { return replicas_.memory(); }
  bool apply_setting(std::string_view name, std::string* error) override;

 private:
  // Of a replica the stream is its master's: what follows from it here is for the log alone.
  void on_records(std::string_view bytes) override {
    if (!link_) backlog_->append(bytes);
  }
  void on_replica_record(std::string_view bytes) override { on_records(bytes); }
  void before_replies() override;

  void drop_replicas();
  void reclaim_retired();
  void open_backlog();
  void attach_backlog();
  void close_backlog();
  void arm();
  void tick();
  void every_second();
  void account();

  Engine& engine_;
  Tenant& tenant_;
  Storage& storage_;
  Replicas replicas_;
  FullSync full_sync_;
  Failover failover_{engine_, *this};
  std::unique_ptr<Backlog> backlog_;
  int64_t offset_ = 0;              // while there is no backlog
  // Up to former_offset_ the stream was the one of this id.
  std::string former_id_;
  int64_t former_offset_ = -1;
  int64_t ahead_ = 0;               // of Propagation::offset(), while there is a backlog
  bool acks_wanted_ = false;
  bool confirmed_ = false;          // something was: who waits for that is looked at
  TimerId timer_ = 0;
  int64_t looked_s_ = 0;            // when, by the clock in seconds, every_second() ran
  size_t accounted_ = 0, spared_ = 0;

  DialMaster dial_;
  std::unique_ptr<Link> link_;
  bool has_history_ = false;        // id and offset say what the data are
  int stream_db_ = -1;
  std::vector<std::unique_ptr<Tenant>> retired_;
  TimerId retired_timer_ = 0;
};

// The one of a tenant; null where there is none.
Replication* replication_of(Tenant& tenant);

}  // namespace redstart
