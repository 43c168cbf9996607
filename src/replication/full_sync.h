// The data for replicas that cannot go on where they were: one child writes them for all that wait
// and want the same.
//
// With repl-diskless-sync the child writes to the replicas' sockets itself, up to a mark that says
// where the data end; meanwhile nobody else writes there. Else, and for replicas that do not know
// marks, it writes a file, which the loop sends as the sockets take it. The file has no name any
// more by then: nothing is left of it, whatever happens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "replication/replica.h"

namespace redstart {

class Engine;
class Replicas;
class Storage;
class Tenant;
struct SnapshotResult;

class FullSync {
 public:
  struct Host {
    Engine& engine;
    Tenant& tenant;
    Storage& storage;
    Replicas& replicas;
  };
  explicit FullSync(Host host) : host_(host) {}
  ~FullSync();

  // It needs all data. Begins at once where nothing speaks for waiting.
  void ask(Replica& replica, int64_t stream_offset);
  // Looks whether a child can and should begin. A timer does that while somebody waits.
  void look(int64_t stream_offset);
  bool somebody_waits() const;
  // One goes while a child is at work for it.
  void leave(Replica& replica);
  // A child is at work for replicas, and writes to their sockets itself.
  bool running() const { return running_; }
  bool feeds_sockets() const { return running_ && to_sockets_; }
  // Looks whether the child has ended, without waiting for the timer to do so.
  void poll();

 private:
  std::vector<Replica*> next_group() const;
  void start(const std::vector<Replica*>& group, int64_t stream_offset);
  bool start_to_sockets(const std::vector<Replica*>& group, int64_t offset, std::string* error);
  bool start_to_file(const std::vector<Replica*>& group, int64_t offset, std::string* error);
  void refuse(const std::vector<Replica*>& group);
  void on_child_end(const SnapshotResult& result);
  void hand_over_file();
  std::string path(int64_t pid) const;
  std::vector<Replica*> in_state(Replica::State state) const;

  Host host_;
  bool running_ = false;
  bool to_sockets_ = false;
  std::string mark_;
};

}  // namespace redstart
