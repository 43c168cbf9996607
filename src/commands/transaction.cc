// MULTI, EXEC, DISCARD, WATCH, UNWATCH. The rules stand in engine/transaction.h.
#include "engine/transaction.h"

#include "commands/families.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session.h"

namespace redstart {
namespace {

constexpr uint32_t kFlags = kNoScript | kLoading | kStale | kNoHttp;

bool in_transaction(const Context& c) {
  return c.session.transaction && c.session.transaction->open;
}

void multi(Context& c) {
  if (in_transaction(c)) return c.reply.error("ERR MULTI calls can not be nested");
  transaction_begin(c.session);
  c.reply.ok();
}
constexpr CommandSpec kMulti = {
    .name = "multi", .arity = 1,
    .flags = kFlags | kFast | kAllowBusy | kNotQueued,
    .group = Group::kTransactions, .summary = "Begins a transaction: what follows is queued.",
    .since = "1.2.0", .run = multi};

void exec(Context& c) {
  if (!in_transaction(c)) return c.reply.error("ERR EXEC without MULTI");
  transaction_exec(c);
}
constexpr CommandSpec kExec = {
    .name = "exec", .arity = 1, .flags = kFlags | kSkipSlowlog | kNotQueued | kRunsQueue,
    .group = Group::kTransactions, .summary = "Runs everything that was queued since MULTI.",
    .since = "1.2.0", .complexity = "Depends on the queued commands.", .run = exec};

void discard(Context& c) {
  if (!in_transaction(c)) return c.reply.error("ERR DISCARD without MULTI");
  transaction_discard(c.session);
  c.reply.ok();
}
constexpr CommandSpec kDiscard = {
    .name = "discard", .arity = 1,
    .flags = kFlags | kFast | kAllowBusy | kNotQueued,
    .group = Group::kTransactions, .summary = "Throws the queue of a transaction away.",
    .since = "2.0.0", .complexity = "O(N), N being the queued commands", .run = discard};

void watch(Context& c) {
  if (in_transaction(c)) return c.reply.error("ERR WATCH inside MULTI is not allowed");
  // A watch that is broken already makes further ones pointless.
  if (!c.session.transaction || !c.session.transaction->watch_broken) {
    for (std::string_view key : c.args.subspan(1)) {
      c.engine.watches().watch(c.session, c.keys, c.keys.key(key));
    }
  }
  c.reply.ok();
}
constexpr CommandSpec kWatch = {
    .name = "watch", .arity = -2,
    .flags = kFlags | kFast | kAllowBusy | kNotQueued,
    .group = Group::kTransactions, .keys = key_range(kKeyRo, 1, -1, 1), .args = "key+",
    .summary = "Makes the next EXEC depend on these keys staying unchanged.", .since = "2.2.0",
    .complexity = "O(1) for every key", .run = watch};

void unwatch(Context& c) {
  if (c.session.transaction) c.engine.watches().forget(c.session);
  c.reply.ok();
}
constexpr CommandSpec kUnwatch = {
    .name = "unwatch", .arity = 1,
    .flags = kFlags | kFast | kAllowBusy,
    .group = Group::kTransactions, .summary = "Forgets the watched keys of the session.",
    .since = "2.2.0", .run = unwatch};

constexpr const CommandSpec* kFamily[] = {&kMulti, &kExec, &kDiscard, &kWatch, &kUnwatch};

}  // namespace

std::span<const CommandSpec* const> transaction_commands() { return kFamily; }

}  // namespace redstart
