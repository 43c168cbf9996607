#include "engine/gates.h"

#include <string>

#include "base/ascii.h"
#include "engine/engine.h"
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
  const Command& command() const { return *call.command; }
  uint32_t flags() const { return call.command->flags; }
  Gate refuse(std::string_view text) const {
    reply.error(text);
    return Gate::kRefused;
  }
};

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

// The rights of the read-only token: what reads, except walking over all keys.
Gate permitted(const Arrival& a) {
  if (!(a.session.attention & kRestrictedUser) || (a.flags() & kNoAuth)) return Gate::kPass;
  uint32_t acl = a.command().acl;
  bool walks_all_keys = (acl & kAclDangerous) || a.command().spec->name == "scan";
  bool reads = (a.flags() & kReadonly) || (acl & (kAclConnection | kAclTransaction));
  if (reads && !walks_all_keys) return Gate::kPass;
  a.session.tenant->stats.acl_denied_command++;
  if (a.session.dialect == Dialect::kUpstash) {
    return a.refuse("NOPERM this user has no permissions to run the '" + a.command().full_name +
                    "' command or its subcommand");
  }
  return a.refuse("NOPERM User " + a.session.user->name + " has no permissions to run the '" +
                  a.command().full_name + "' command");
}

// Eviction has its own unit, before the command; never inside a script or an EXEC.
Gate memory(const Arrival& a) {
  if (!(a.engine.attention & kMemoryLimit)) return Gate::kPass;
  if (a.engine.make_room(*a.session.tenant)) return Gate::kPass;
  bool grows = a.flags() & kDenyOom;
  if (a.session.attention & kInTransaction) {
    if (a.command().spec->name == "exec") {
      for (const QueuedCall& queued : a.session.transaction->queue) {
        grows |= (queued.command()->flags & kDenyOom) != 0;
      }
    }
  }
  return grows ? a.refuse(err::kOom) : Gate::kPass;
}

Gate not_loading(const Arrival& a) {
  if (!(a.engine.attention & kLoadingData) || (a.flags() & kLoading)) return Gate::kPass;
  return a.refuse(err::kLoading);
}

Gate not_paused(const Arrival& a) {
  if (!(a.engine.attention & kClientsPaused)) return Gate::kPass;
  bool writes = a.flags() & (kWrite | kMayReplicate);
  if (a.command().spec->name == "exec" && a.session.transaction) {
    for (const QueuedCall& queued : a.session.transaction->queue) {
      writes |= (queued.command()->flags & (kWrite | kMayReplicate)) != 0;
    }
  }
  if (!a.engine.pause().holds(writes)) return Gate::kPass;
  a.session.hold |= kPaused;
  a.engine.pause().waiting.push_back(a.session.id());
  return Gate::kPostponed;
}

constexpr Gate (*kGates[])(const Arrival&) = {
    known,     arity,  allowed_over_http, unprotected, authenticated, not_in_transaction,
    permitted, memory, not_loading,       not_paused,
};

}  // namespace

bool arity_fits(const Call& call) {
  int arity = call.command->spec->arity;
  int count = static_cast<int>(call.args.size());
  return arity >= 0 ? count == arity : count >= -arity;
}

Gate pass_gates(Engine& engine, Session& session, const Call& call, Reply& reply) {
  Arrival arrival{engine, session, call, reply};
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
