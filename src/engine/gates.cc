#include "engine/gates.h"

#include <string>

#include "base/ascii.h"
#include "base/log.h"
#include "engine/client_memory.h"
#include "engine/engine.h"
#include "engine/permissions.h"
#include "engine/persistence.h"
#include "engine/replication_state.h"
#include "engine/scripting.h"
#include "engine/session_channel.h"
#include "engine/transaction.h"
#include "wire/errors.h"
#include "wire/reply.h"

namespace redstart {
namespace {

struct Arrival {
  Engine& engine;
  Session& session;
  const Call& call;
  Reply& reply;
  uint32_t declared_flags;  // the row's, or in place of some the script's
  const Command& command() const { return *call.command; }
  uint32_t flags() const { return declared_flags; }
  Gate refuse(std::string_view text) const {
    if ((flags() & kRunsQueue) && session.transaction && session.transaction->open) {
      transaction_discard(session);
      if (text.starts_with("ERR ")) text.remove_prefix(4);
      reply.error("EXECABORT Transaction discarded because of: " + std::string(text));
    } else {
      reply.error(text);
    }
    return Gate::kRefused;
  }
};

// One of these, or any call of the queue that is about to run.
bool does(const Arrival& a, uint32_t flags) {
  if (a.flags() & flags) return true;
  return (a.flags() & kRunsQueue) && a.session.transaction &&
         (a.session.transaction->flags & flags);
}

// This one, and each call of the queue that is about to run.
bool all_are(const Arrival& a, uint32_t flag) {
  const bool runs_queue = (a.flags() & kRunsQueue) && a.session.transaction;
  return (a.flags() & flag) && (!runs_queue || (a.session.transaction->common_flags & flag));
}

bool over_http(const Session& session) { return session.attention & kHttpCommand; }

Gate known(const Arrival& a) {
  if (a.call.command) return Gate::kPass;
  if (over_http(a.session)) {
    std::string name = to_upper(a.call.args[0]);
    if (a.engine.commands().find(a.call.args[0])) name += " " + to_upper(a.call.args[1]);
    return a.refuse("ERR Command is not available: '" + name +
                    "'. See https://upstash.com/docs/redis/overall/rediscompatibility for details");
  }
  const Command* container = a.engine.commands().find(a.call.args[0]);
  if (!container) return a.refuse(err::unknown_command(a.call.args[0], a.call.args.subspan(1)));
  return a.refuse(err::unknown_subcommand(container->full_name, a.call.args[1]));
}

Gate arity(const Arrival& a) {
  if (arity_fits(a.call)) return Gate::kPass;
  return a.refuse(err::wrong_arity(a.command().full_name));
}

Gate allowed_over_http(const Arrival& a) {
  if (!over_http(a.session) || !(a.flags() & kNoHttp)) return Gate::kPass;
  return a.refuse("ERR Command \"" + to_upper(a.call.args[0]) +
                  "\" is not allowed in REST or it has a special context path");
}

Gate unprotected(const Arrival& a) {
  if (!(a.flags() & kProtected)) return Gate::kPass;
  const std::string& enabled = a.engine.settings().enable_debug_command;
  if (enabled == "yes") return Gate::kPass;
  if (enabled == "local" && a.session.is_local()) return Gate::kPass;
  return a.refuse(
      "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you "
      "can run it from a local connection, otherwise you need to set this option in the "
      "configuration file, and then restart the server.");
}

Gate authenticated(const Arrival& a) {
  if (!(a.session.attention & kNotAuthenticated) || (a.flags() & kNoAuth)) return Gate::kPass;
  // The password may have been taken away since the client connected.
  const User& user = a.session.tenant->users.default_user();
  if (user.enabled && user.no_password) {
    a.session.authenticate(*a.session.tenant, user);
    return Gate::kPass;
  }
  return a.refuse(err::kNoAuth);
}

Gate not_in_transaction(const Arrival& a) {
  if (!(a.session.attention & kInTransaction) || !(a.flags() & kNoMulti)) return Gate::kPass;
  return a.refuse(err::kNotInMulti);
}

Gate permitted(const Arrival& a) {
  const Verdict verdict = judge(a.session, a.call);
  if (verdict.allows()) return Gate::kPass;
  const bool queues = a.session.attention & kInTransaction;
  note_denial(a.session, a.call, verdict,
              queues ? DeniedContext::kMulti : DeniedContext::kTopLevel, a.call.command);
  return a.refuse("NOPERM " + denial_text(a.session, a.call, verdict));
}

// Before keys have to go. It may be this client that is the largest: nobody hears an answer then.
Gate fits_client_limit(const Arrival& a) {
  if (!(a.engine.attention & kClientLimit) || a.engine.unit().depth() > 0) return Gate::kPass;
  a.engine.client_memory().enforce();
  return (a.session.hold & kClosing) ? a.refuse("ERR the client was evicted") : Gate::kPass;
}

// Eviction has its own unit, before the command; never inside a script or an EXEC.
Gate memory(const Arrival& a) {
  if (!(a.engine.attention & kMemoryLimit)) return Gate::kPass;
  a.engine.out_of_memory = !a.engine.make_room(*a.session.tenant);
  if (!a.engine.out_of_memory) return Gate::kPass;
  return does(a, kDenyOom) ? a.refuse(err::kOom) : Gate::kPass;
}

// What could not be kept is not taken.
Gate disk_works(const Arrival& a) {
  if (!(a.engine.attention & kWriteFailed)) return Gate::kPass;
  if (!does(a, kWrite) && !(a.flags() & kTellsHealth)) return Gate::kPass;
  const Persistence* persistence = a.session.tenant->persistence;
  const std::string refusal = persistence ? persistence->write_refusal() : std::string();
  return refusal.empty() ? Gate::kPass : a.refuse(refusal);
}

Gate enough_replicas(const Arrival& a) {
  if (!(a.engine.attention & kNeedsReplicas) || !does(a, kWrite)) return Gate::kPass;
  return lacks_replicas(a.session) ? a.refuse(kNoReplicas) : Gate::kPass;
}

Gate may_write(const Arrival& a) {
  if (!(a.engine.attention & kFollowsMaster) || !does(a, kWrite)) return Gate::kPass;
  return is_read_only_replica(a.session) ? a.refuse(err::kReadonlyReplica) : Gate::kPass;
}

// In the midst of its messages a RESP2 client could not tell an answer.
Gate fits_listener(const Arrival& a) {
  if (!(a.session.attention & kSubscribedResp2) || (a.flags() & kWhileListening)) {
    return Gate::kPass;
  }
  return a.refuse("ERR Can't execute '" + a.command().full_name +
                  "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in "
                  "this context");
}

// What it has may be old.
Gate not_stale(const Arrival& a) {
  if (!(a.engine.attention & kFollowsMaster) || all_are(a, kStale)) return Gate::kPass;
  return serves_no_stale_data(a.session) ? a.refuse(kMasterDown) : Gate::kPass;
}

Gate not_loading(const Arrival& a) {
  if ((a.engine.attention & kLoadingData) && !all_are(a, kLoading)) {
    return a.refuse(err::kLoading);
  }
  if ((a.engine.attention & kLoadingAside) && (a.flags() & kNoAsyncLoading)) {
    return a.refuse(err::kLoading);
  }
  return Gate::kPass;
}

// The queue of a transaction may be thrown away meanwhile, but not grow or run.
Gate not_busy(const Arrival& a) {
  if (!(a.engine.attention & kBusyScript) || (a.flags() & kAllowBusy)) return Gate::kPass;
  return a.refuse(a.engine.running_script->busy_text());
}

// A replica is told of changes and asks for nothing: an answer would be taken for a part of the
// stream.
Gate fits_follower(const Arrival& a) {
  if (!(a.session.attention & kFollowing) || (a.flags() & kFromReplica)) return Gate::kPass;
  a.engine.log().warning("Replica generated a reply to command '" + a.command().full_name +
                         "', disconnecting it: id=" + std::to_string(a.session.id()));
  a.session.hold |= kClosing;
  a.session.channel()->close_now();
  return a.refuse("ERR a replica may not ask");  // nobody hears it
}

// A client that monitors is one that only reads along.
Gate fits_monitor(const Arrival& a) {
  if (!(a.session.attention & kMonitoring)) return Gate::kPass;
  if (!(a.flags() & (kWrite | kReadonly | kMayReplicate))) return Gate::kPass;
  return a.refuse("ERR Replica can't interact with the keyspace");
}

Gate not_paused(const Arrival& a) {
  if (!(a.engine.attention & kClientsPaused)) return Gate::kPass;
  if (!a.engine.pause().holds(does(a, kWrite | kMayReplicate))) return Gate::kPass;
  a.session.hold |= kPaused;
  a.engine.pause().waiting.push_back(a.session.id());
  return Gate::kPostponed;
}

constexpr Gate (*kGates[])(const Arrival&) = {
    known,     arity,  allowed_over_http, unprotected, authenticated, not_in_transaction,
    permitted, fits_client_limit, memory, disk_works, enough_replicas, may_write,
    fits_listener, not_stale, not_loading, not_busy, fits_follower, fits_monitor, not_paused,
};

}  // namespace

bool lacks_replicas(const Session& session) {
  const ReplicationState* replication = session.tenant->replication;
  if (!replication) return true;
  // Who follows a master does as that one does.
  return replication->is_master() && replication->good_replicas() <
                                         session.engine().settings().min_replicas_to_write;
}

bool is_read_only_replica(const Session& session) {
  const ReplicationState* replication = session.tenant->replication;
  return replication && !replication->is_master() &&
         session.engine().settings().replica_read_only;
}

bool serves_no_stale_data(const Session& session) {
  const ReplicationState* replication = session.tenant->replication;
  return replication && !session.engine().settings().replica_serve_stale_data &&
         !replication->is_master() && !replication->link_is_up();
}

bool arity_fits(const Call& call) {
  int arity = call.command->spec->arity;
  int count = static_cast<int>(call.args.size());
  return arity >= 0 ? count == arity : count >= -arity;
}

uint32_t declared_flags(const Session& session, const Call& call) {
  if (!call.command) return 0;
  const uint32_t flags = call.command->flags;
  if (!(flags & kRunsScript) || !arity_fits(call)) return flags;
  Scripting* scripting = session.tenant->scripting();
  return scripting ? scripting->flags_of_call(*call.command, call.args) : flags;
}

Gate pass_gates(Engine& engine, Session& session, const Call& call, Reply& reply) {
  Arrival arrival{engine, session, call, reply, declared_flags(session, call)};
  for (auto gate : kGates) {
    Gate answer = gate(arrival);
    if (answer == Gate::kPass) continue;
    if (answer == Gate::kRefused) {
      session.tenant->stats.count_error(reply.error_code());
      if (call.command) session.tenant->stats.commands[call.command->id].rejected++;
      if ((session.attention & kInTransaction) && session.transaction) {
        session.transaction->failed = true;
      }
    }
    return answer;
  }
  return Gate::kPass;
}

}  // namespace redstart
