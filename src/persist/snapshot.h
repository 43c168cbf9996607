// A child process that writes a snapshot of the memory while the server goes on: BGSAVE, the rewrite
// of an append-only file, the file of a replica. One at a time.
//
// The child gives back every descriptor but its report line and standard error before it begins
// (listeners, connections, the lock of the directory), and dies with its parent. It sees the memory
// as it was at the fork. What it allocates costs memory twice, so its work should write from
// buffers that were there before.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/timers.h"

namespace redstart {

class Engine;
struct PersistenceFacts;

struct SnapshotResult {
  bool ok = false;
  int killed_by = 0;  // a signal
  std::string error;  // what the work says of its failure
  uint64_t cow_bytes = 0;
};

// What the work tells the parent.
class SnapshotReport {
 public:
  explicit SnapshotReport(int fd) : fd_(fd) {}
  // Cheap enough for every few hundred keys.
  void keys_done(uint64_t keys);
  void finish(bool ok, const std::string& error);

 private:
  void send(uint8_t kind, std::string_view text);
  int fd_;
  uint64_t keys_ = 0;
  uint64_t last_cow_ = 0;
};

class SnapshotChild {
 public:
  // Runs in the child: writes the file, answers false and a reason where that fails.
  using Work = std::function<bool(SnapshotReport& report, std::string* error)>;
  // Runs in the parent, in a turn of the engine, once the child has ended.
  using Done = std::function<void(const SnapshotResult& result)>;

  // Keeps the figures of the child in `facts`.
  SnapshotChild(Engine& engine, PersistenceFacts& facts) : engine_(engine), facts_(facts) {}
  ~SnapshotChild();
  SnapshotChild(const SnapshotChild&) = delete;
  SnapshotChild& operator=(const SnapshotChild&) = delete;

  bool running() const { return pid_ != 0; }
  int64_t pid() const { return pid_; }
  // False and a reason: it cannot be. REQUIRES: not running.
  bool start(uint64_t keys_total, Work work, Done done, std::string* error);
  // Ends it at once; `done` is called before this returns.
  void kill();
  // Looks whether it has ended. A timer does that; tests may.
  void poll();

 private:
  void read_reports();
  void end(int status);

  Engine& engine_;
  PersistenceFacts& facts_;
  int64_t pid_ = 0;
  int fd_ = -1;
  TimerId timer_ = 0;
  Done done_;
  SnapshotResult result_;
  std::string unread_;
};

}  // namespace redstart
