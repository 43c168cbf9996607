// The replication of a tenant as the rooms see it that do not carry it out: INFO, ROLE, WAIT, the
// gates, the doors. Implemented in replication/; null where there is none (tests, embedded engines
// that keep nothing).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// A session that follows the stream, or says what it will need for that. Owned by the session.
class Follower {
 public:
  virtual ~Follower() = default;
  // Of the stream, what its connection has not been given yet.
  virtual size_t waiting_bytes() const = 0;
  // There is something for it to take: a turn of the engine gives it.
  virtual bool has_more() const = 0;
};

struct ReplicaFacts {
  std::string host;
  int port = 0;              // where it listens
  std::string_view state;    // "wait_bgsave", "send_bulk", "online"
  int64_t offset = 0;        // what it has confirmed
  int64_t lag_s = 0;         // since it did
};

// A stream's history: its id, and how many bytes of it there are.
struct ReplicationPosition {
  std::string id;
  int64_t offset = 0;
  int db = 0;  // what the stream has selected
};

struct ReplicationFacts {
  bool is_master = true;
  std::string id, former_id;
  int64_t offset = 0, former_offset = -1;  // up to which former_id holds
  std::string_view failover_state = "no-failover";
  bool backlog_active = false;
  int64_t backlog_first_byte = 0, backlog_bytes = 0;
  std::vector<ReplicaFacts> replicas;

  // Of a replica.
  std::string master_host;
  int master_port = 0;
  std::string_view link = "";            // ROLE's word: "connect", "sync", "connected"
  bool link_up = false;
  int64_t last_io_s = -1, link_down_s = -1;  // since then; -1 where that means nothing
  bool syncing = false;
  int64_t sync_total_bytes = 0, sync_read_bytes = 0, sync_last_io_s = -1;
  int64_t read_offset = 0;               // of bytes received; `offset` counts those applied
};

class ReplicationState {
 public:
  virtual ~ReplicationState() = default;

  virtual ReplicationFacts facts() const = 0;
  virtual bool is_master() const = 0;
  // Of a replica: it gets the stream.
  virtual bool link_is_up() const = 0;
  // Where a snapshot that is taken now stands. False: in no stream that somebody could go on with.
  virtual bool position(ReplicationPosition* position) const = 0;
  // Online, and heard of within min-replicas-max-lag.
  virtual int good_replicas() const = 0;
  // At the end of this turn: somebody waits for them.
  virtual void ask_for_acks() = 0;
  // DEBUG CHANGE-REPL-ID: a new history, which no replica knows.
  virtual void change_id() = 0;
  // Buffers, in bytes: of the stream, and of what replicas hold beyond it.
  virtual size_t backlog_memory() const = 0;
  virtual size_t replica_memory() const = 0;
  // A setting of ours has changed. False and a reason undo that.
  virtual bool apply_setting(std::string_view name, std::string* error) = 0;
};

}  // namespace redstart
