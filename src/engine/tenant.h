// What a user calls "my database": its keyspaces, users, log and statistics. Everything that Redis
// keeps in `server.*` and a user can observe lives here; several tenants live in one engine and
// cannot see each other, because a session holds one Tenant* and no other road exists.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/propagation.h"
#include "engine/slowlog.h"
#include "engine/latency.h"
#include "engine/stats.h"
#include "keyspace/keyspace.h"
#include "security/acl_log.h"
#include "security/users.h"

namespace redstart {

class Engine;
class FunctionSources;  // engine/function_sources.h
class Persistence;      // engine/persistence.h
class ReplicationState;  // engine/replication_state.h
class Scripting;
class Hub;

// Who has confirmed the log up to an offset of Propagation. Null where there is nobody.
struct LogAcks {
  std::function<bool(uint64_t offset)> on_disk;
  std::function<int64_t(uint64_t offset)> replicas, replicas_on_disk;
};

class Tenant {
 public:
  Tenant(Engine& engine, std::string name, int databases);
  ~Tenant();
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;

  const std::string& name() const { return name_; }
  int databases() const { return static_cast<int>(keyspaces_.size()); }
  // Made at first use. REQUIRES: 0 <= db < databases().
  Keyspace& keyspace(int db);
  // Null where nothing was ever stored or looked at.
  Keyspace* existing(int db) const { return keyspaces_[db].get(); }
  void swap(int a, int b);
  // Null in an engine without the commands of scripts.
  Scripting* scripting() const { return scripting_; }
  // From now on it is the one that knows the libraries of functions.
  void set_scripting(std::unique_ptr<Scripting> scripting);
  Hub& hub() { return *hub_; }   // of pub/sub

  Users users;
  AclLog acl_log;
  Propagation propagation;
  LogAcks acks;
  Slowlog slowlog;
  LatencyMonitor latency;
  Stats stats;
  std::string replication_id;   // 40 hex digits: of the stream that it writes or follows
  uint64_t dirty = 0;           // changes since the last save
  Persistence* persistence = nullptr;          // whoever keeps the data in files, if anybody does
  ReplicationState* replication = nullptr;     // whoever has replicas or is one, if anybody
  std::unique_ptr<FunctionSources> functions;  // never null

 private:
  Engine& engine_;
  std::string name_;
  std::vector<std::unique_ptr<Keyspace>> keyspaces_;
  Scripting* scripting_ = nullptr;  // which is `functions`
  std::unique_ptr<Hub> hub_;
};

}  // namespace redstart
