// The gates before execution: an ordered list of small functions, each of which lets a call pass
// or refuses it with one reply. The short road in Dispatcher::run() skips them all when nothing is
// out of the ordinary; whatever makes one of them matter sets a bit of Session::attention or
// Engine::attention, or is visible in the command's flags.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/command.h"

namespace redstart {

class Engine;
class Reply;
class Session;
struct Call;

enum class Gate : uint8_t { kPass, kRefused, kPostponed };

// Flags of commands that have a gate of their own whatever the session's state.
inline constexpr uint32_t kAlwaysGated = kProtected;

inline constexpr std::string_view kMasterDown =
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
// min-replicas-to-write asks for more replicas than there are.
inline constexpr std::string_view kNoReplicas = "NOREPLICAS Not enough good replicas to write.";

bool arity_fits(const Call& call);
// REQUIRES: Engine::attention has kNeedsReplicas.
bool lacks_replicas(const Session& session);
// Its tenant follows a master, and only that writes.
bool is_read_only_replica(const Session& session);
// Its tenant has lost its master, and replica-serve-stale-data is off.
bool serves_no_stale_data(const Session& session);
// The flags of the call's row, or those that its script declares; 0 without a command.
uint32_t declared_flags(const Session& session, const Call& call);
// Runs the list. kRefused: a reply was made, and a transaction that was being queued has failed.
Gate pass_gates(Engine& engine, Session& session, const Call& call, Reply& reply);

}  // namespace redstart
