// The connections that MIGRATE keeps for a while: keys are often moved one by one to the same place.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "engine/timers.h"
#include "persist/peer_socket.h"

namespace redstart {

class Engine;

struct MigratePeer {
  PeerSocket socket;
  int64_t selected_db = -1;  // -1: unknown
  int64_t used_ms = 0;       // monotonic
};

class MigratePeers {
 public:
  explicit MigratePeers(Engine& engine) : engine_(engine) {}
  ~MigratePeers();
  MigratePeers(const MigratePeers&) = delete;
  MigratePeers& operator=(const MigratePeers&) = delete;

  // Null: no connection within the time.
  MigratePeer* get(const std::string& host, const std::string& port, int timeout_ms);
  void close(const std::string& host, const std::string& port);
  size_t size() const { return peers_.size(); }

 private:
  void close_unused();

  Engine& engine_;
  TimerId timer_ = 0;
  std::map<std::string, std::unique_ptr<MigratePeer>> peers_;
};

}  // namespace redstart
