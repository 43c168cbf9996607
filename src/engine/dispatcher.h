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
  // Runs one call: exactly one reply. REQUIRES: prepare() saw it.
  void run(Session& session, const Call& call, Reply& reply);
  // Both, for doors with one call at hand.
  void run(Session& session, Args args, Reply& reply);
  // Inside a unit: EXEC, scripts. No gates; they are the caller's business.
  void invoke(Session& session, const Call& call, Reply& reply);

 private:
  void run_gated(Session& session, const Call& call, Reply& reply);
  void finish(Session& session, const Call& call, Reply& reply, uint64_t ticks);
  Engine& engine_;
};

}  // namespace redstart
