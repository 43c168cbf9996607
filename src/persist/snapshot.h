// A child process that writes a snapshot of the memory while the server goes on: BGSAVE, the rewrite
// of an append-only file, the file of a replica. One at a time.
//
// The child gives back every descriptor but its report line, those it was given for its work and the
// three standard ones before it begins (listeners, connections, the lock of the directory), and dies
// with its parent. It sees the memory
// as it was at the fork. What it allocates costs memory twice, so its work should write from
// buffers that were there before.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "engine/timers.h"

namespace redstart {

class Clock;
class Engine;
struct PersistenceFacts;

struct SnapshotResult {
  bool ok = false;
  bool stopped = false;  // ended on purpose
  int killed_by = 0;     // a signal
  std::string error;  // what the work says of its failure
  uint64_t cow_bytes = 0;
};

// What the work tells the parent.
class SnapshotReport {
 public:
  SnapshotReport(int fd, Clock& clock) : fd_(fd), clock_(clock) {}
  // Cheap enough for every few hundred keys.
  void keys_done(uint64_t keys);
  void finish(bool ok, const std::string& error);

 private:
  void send(bool finished, bool ok, std::string_view error);
  int fd_;
  Clock& clock_;
  uint64_t keys_ = 0;
  int64_t last_report_us_ = 0;
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
  // Of the child that runs, or of the last one.
  int64_t pid() const { return running() ? pid_ : last_pid_; }
  // False and a reason: it cannot be. `keep` are descriptors that the work needs. REQUIRES: not
  // running.
  bool start(uint64_t keys_total, Work work, Done done, std::string* error,
             std::span<const int> keep = {});
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
  int64_t last_pid_ = 0;
  int fd_ = -1;
  bool told_ = false;  // the child has said how it ended
  TimerId timer_ = 0;
  Done done_;
  SnapshotResult result_;
};

}  // namespace redstart
