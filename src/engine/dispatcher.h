// The one execution path: every door, EXEC, script, replica and loader passes through run().
//
//   run: find the command -> gates -> in MULTI: queue -> invoke
//   invoke: enter the unit -> handler -> statistics -> leave the unit (which settles it)
#pragma once

#include <cstdint>
#include <span>

#include "engine/args.h"

namespace redstart {

class Engine;
class Reply;
class Session;
struct Command;

// One call as a door hands it over. prepare() fills in the rest.
struct Call {
  Args args;
  const Command* command = nullptr;   // null: unknown name or subcommand
  uint64_t first_key_hash = 0;
};

class Dispatcher {
 public:
  // A window longer than this gains nothing (measured, see bench).
  static constexpr size_t kWindow = 32;

  explicit Dispatcher(Engine& engine) : engine_(engine) {}

  // Resolves the calls of a window, hashes their first keys and prefetches table lines, then
  // entries. Only hashes are carried into execution, never pointers.
  void prepare(Session& session, std::span<Call> window);
  // Runs one call, with exactly one reply. False: not now (clients are paused): nothing was
  // replied, the session holds, and the door offers the same call again after resume().
  // REQUIRES: prepare() saw the call.
  bool run(Session& session, const Call& call, Reply& reply);
  // Both, for doors with one call at hand.
  bool run(Session& session, Args args, Reply& reply);
  // For one that waited and was parked: the same call once more. `earlier_ticks`: its time so far.
  bool run_again(Session& session, const Call& call, uint64_t earlier_ticks, Reply& reply);
  // A parked call ends without another run.
  void count_unfinished(Session& session, const Call& call, uint64_t ticks, bool failed);
  // Inside a unit of its own, however deep: EXEC, scripts. No gates; they are the caller's business.
  void invoke(Session& session, const Call& call, Reply& reply);

  // While this lives calls run whose replies are not those of the call around them: the calls of a
  // script, those of others while it runs.
  class Aside {
   public:
    explicit Aside(Dispatcher& dispatcher)
        : dispatcher_(dispatcher), kept_(dispatcher.errors_accounted_) {}
    ~Aside() { dispatcher_.errors_accounted_ = kept_; }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

   private:
    Dispatcher& dispatcher_;
    uint32_t kept_;
  };
  // The error that the running call answers was counted for a call inside of it.
  void error_was_counted() { errors_accounted_++; }

  // Takes over the thresholds of slowlog and latency monitor.
  void apply_settings();

 private:
  void count(Session& session, const Call& call, uint64_t ticks);
  void note_slow(Session& session, const Call& call, uint64_t ticks);
  Engine& engine_;
  uint64_t slow_ticks_ = 0;   // a longer command gets a closer look
  bool histograms_ = true;
  uint64_t earlier_ticks_ = 0;
  uint32_t errors_accounted_ = 0;   // counted for a call already, within the reply being written
};

}  // namespace redstart
