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
#include "replication/full_sync.h"
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

  // PSYNC: from behind `offset` of the stream `id`, if that is possible. False: it is not.
  bool resume(Replica& replica, std::string_view id, int64_t offset);
  // SYNC, and PSYNC where nothing else is possible.
  void sync_all(Replica& replica);
  // REPLCONF ACK. Negative: not told.
  void confirm(Replica& replica, int64_t offset, int64_t on_disk);

  // ReplicationState
  ReplicationFacts facts() const override;
  bool is_master() const override { return true; }
  bool position(ReplicationPosition* position) const override;
  int good_replicas() const override;
  void ask_for_acks() override { acks_wanted_ = true; }
  void change_id() override;
  size_t backlog_memory() const override { return backlog_ ? backlog_->memory() : 0; }
  size_t replica_memory() const override { return replicas_.memory(); }
  bool apply_setting(std::string_view name, std::string* error) override;

 private:
  void on_records(std::string_view bytes) override { backlog_->append(bytes); }
  void on_replica_record(std::string_view bytes) override { backlog_->append(bytes); }
  void before_replies() override;

  void open_backlog();
  void close_backlog();
  void arm();
  void tick();
  void every_second();
  void account();

  Engine& engine_;
  Tenant& tenant_;
  Replicas replicas_;
  FullSync full_sync_;
  std::unique_ptr<Backlog> backlog_;
  int64_t offset_ = 0;              // while there is no backlog
  // Up to former_offset_ the stream was the one of this id.
  std::string former_id_;
  int64_t former_offset_ = -1;
  int64_t ahead_ = 0;               // of Propagation::offset(), while there is a backlog
  bool acks_wanted_ = false;
  bool confirmed_ = false;          // something was: who waits for that is looked at
  TimerId timer_ = 0;
  uint64_t ticks_ = 0;
  size_t accounted_ = 0, spared_ = 0;
};

// The one of a tenant; null where there is none.
Replication* replication_of(Tenant& tenant);

}  // namespace redstart
