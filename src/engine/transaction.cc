#include "engine/transaction.h"

#include <algorithm>
#include <utility>

#include "engine/context.h"
#include "engine/engine.h"
#include "engine/gates.h"
#include "engine/permissions.h"

namespace redstart {

size_t Transaction::bytes() const {
  size_t total = 0;
  for (const QueuedCall& call : queue) total += call.bytes();
  return total;
}

void Watches::watch(Session& session, Keyspace& keys, const Key& key) {
  if (!session.transaction) session.transaction = std::make_unique<Transaction>();
  std::vector<uint64_t>& watchers =
      watchers_.try_emplace(OwnedPlace(keys, key)).first->second.sessions;
  if (!watchers.empty() && watchers.back() == session.id()) return;
  if (std::find(watchers.begin(), watchers.end(), session.id()) != watchers.end()) return;
  // An expired key goes now, so that its deletion later does not break the watch.
  keys.peek(key);
  session.transaction->watched.emplace_back(keys, key);
  watchers.push_back(session.id());
  engine_.unit().listen_to_touches(this, true);
}

void Watches::forget(Session& session) {
  for (const OwnedPlace& watched : session.transaction->watched) {
    auto found = watchers_.find(watched);
    if (found == watchers_.end()) continue;
    std::vector<uint64_t>& ids = found->second.sessions;
    ids.erase(std::remove(ids.begin(), ids.end(), session.id()), ids.end());
    if (ids.empty()) watchers_.erase(found);
  }
  session.transaction->watched.clear();
  session.transaction->watch_broken = false;
  if (watchers_.empty()) engine_.unit().listen_to_touches(this, false);
}

void Watches::break_watches(const Watchers& watchers) {
  for (uint64_t id : watchers.sessions) {
    Session* session = engine_.find_session(id);
    if (session && session->transaction) session->transaction->watch_broken = true;
  }
}

void Watches::on_touched(Keyspace& keys, const Key& key, bool by_command) {
  auto found = watchers_.find(Place{&keys, key});
  if (found == watchers_.end()) return;
  Watchers& watchers = found->second;
  const bool was_absent = std::exchange(watchers.came_expired, false);
  if (was_absent && !by_command) return;
  break_watches(watchers);
}

void Watches::on_flushed(Keyspace& keys) {
  // Called before the keys go: only those that exist are changed by a flush.
  for (const auto& [place, watchers] : watchers_) {
    if (place.keys == &keys && keys.peek(place.key())) break_watches(watchers);
  }
}

void Watches::on_swapped(Keyspace& keys) {
  // A key that has come expired was absent and is absent. It is not deleted by this look: the log
  // would say so before it tells of the exchange.
  KeyspaceShared& shared = engine_.keyspace_shared();
  const bool was_paused = std::exchange(shared.expire_paused, true);
  for (auto& [place, watchers] : watchers_) {
    if (place.keys != &keys) continue;
    const bool is_alive = keys.peek(place.key());
    if (is_alive) break_watches(watchers);
    const bool was_loading = std::exchange(shared.loading, true);  // nothing has expired
    watchers.came_expired = !is_alive && keys.peek(place.key());
    shared.loading = was_loading;
  }
  shared.expire_paused = was_paused;
}

void transaction_begin(Session& session) {
  if (!session.transaction) session.transaction = std::make_unique<Transaction>();
  session.transaction->open = true;
  session.attention |= kInTransaction;
}

void transaction_queue(Session& session, const Call& call) {
  // A transaction that is lost already need not grow.
  Transaction& transaction = *session.transaction;
  if (!transaction.failed && !transaction.watch_broken) {
    transaction.queue.emplace_back(*call.command, call.args);
    const uint32_t flags = declared_flags(session, call);
    transaction.flags |= flags;
    transaction.common_flags &= flags;
  }
}

void transaction_discard(Session& session) {
  session.engine().watches().forget(session);
  session.transaction.reset();
  session.attention &= ~kInTransaction;
}

namespace {

// The rules may have changed since the call was queued, also by a call before it.
bool still_permitted(Context& c, const Call& call) {
  if (c.session.attention & kNotAuthenticated) {  // its user was deleted
    c.reply.error(err::kNoAuth);
    return false;
  }
  const Verdict verdict = judge(c.session, call);
  if (verdict.allows()) return true;
  note_denial(c.session, call, verdict, DeniedContext::kMulti, &c.command);
  std::string_view reason = "no permission to execute the command or subcommand";
  if (verdict.denied == Verdict::Denied::kKey) {
    reason = "no permission to touch the specified keys";
  } else if (verdict.denied == Verdict::Denied::kChannel) {
    reason = "no permission to access one of the channels used as arguments";
  }
  c.reply.error(
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC "
      "call. This command is no longer allowed for the following reason: " +
      std::string(reason));
  return false;
}

}  // namespace

void transaction_exec(Context& c) {
  Session& session = c.session;
  std::unique_ptr<Transaction> transaction;
  bool broken = session.transaction->watch_broken;
  for (const OwnedPlace& watched : session.transaction->watched) {
    // Looking is enough: an expired key is deleted, which breaks the watch.
    watched.keys->peek(watched.key());
    broken |= session.transaction->watch_broken;
  }
  bool failed = session.transaction->failed;
  session.engine().watches().forget(session);
  transaction.swap(session.transaction);
  session.attention &= ~kInTransaction;
  if (failed) return c.reply.error(err::kExecAbort);
  if (broken) return c.reply.null_array();

  c.reply.array(transaction->queue.size());
  Dispatcher& dispatcher = c.engine.dispatcher();
  for (const QueuedCall& queued : transaction->queue) {
    Call call{queued.args(), queued.command(), 0};
    if (!still_permitted(c, call)) continue;
    size_t first_key = queued.command()->first_key;
    if (first_key && first_key < call.args.size()) {
      call.first_key_hash = session.keys->key(call.args[first_key]).hash;
    }
    c.unit.enter(*session.tenant);
    dispatcher.invoke(session, call, c.reply);
    c.unit.leave();
  }
  c.propagate_nothing();
}

}  // namespace redstart
