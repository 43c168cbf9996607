// What a handler works with: the call, where its answer goes, and the data it may touch. There is
// no other road to any of it, so a handler cannot reach another tenant.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/args.h"
#include "engine/command.h"
#include "engine/command_table.h"
#include "keyspace/keyspace.h"
#include "keyspace/write_guard.h"
#include "wire/errors.h"
#include "wire/reply.h"

namespace redstart {

class Engine;
class ExecUnit;
class Session;
class Tenant;

struct Context {
  const Command& command;
  Args args;
  Reply& reply;
  Session& session;
  Tenant& tenant;
  Keyspace& keys;        // the session's selected keyspace
  Engine& engine;
  ExecUnit& unit;
  int64_t now_ms;        // wall time of this turn
  uint64_t first_key_hash;   // of args[command.first_key], when that is not 0

  size_t argc() const { return args.size(); }
  std::string_view arg(size_t i) const { return args[i]; }
  // The key at a position, with its hash (the first one was hashed when the window was read).
  Key key(size_t i) const {
    if (i == command.first_key) return {args[i], first_key_hash};
    return keys.key(args[i]);
  }
  const CommandSpec& spec() const { return *command.spec; }

  // What a replica is sent instead of the call itself; may be called several times (the effects
  // follow each other). Without a call: the arguments verbatim if anything was committed.
  void propagate_as(std::initializer_list<std::string_view> effect);
  void propagate_as(Args effect);
  // Commits of this call are not propagated, or a call without commits is.
  void propagate_nothing();
  void propagate_verbatim();
};

}  // namespace redstart
