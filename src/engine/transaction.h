// MULTI, EXEC and WATCH: what a session has queued and what it watches.
//
// The queue owns copies of its arguments. A watched key that anybody changes, that expires, is
// evicted or flushed makes the next EXEC answer null. Commands that failed while being queued make
// it answer EXECABORT.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/exec_unit.h"
#include "engine/place.h"
#include "engine/queued_call.h"

namespace redstart {

struct Call;
struct Context;
class Keyspace;
class Session;

class Transaction {
 public:
  bool open = false;    // between MULTI and EXEC
  bool failed = false;  // a command could not be queued
  bool watch_broken = false;
  std::vector<QueuedCall> queue;
  uint32_t flags = 0;           // of the calls queued, all together
  uint32_t common_flags = ~0u;  // those that each of them has
  std::vector<OwnedPlace> watched;
  size_t bytes() const;
};

// Who watches which key, for all sessions of an engine.
class Watches final : public TouchListener {
 public:
  // Idempotent for a key that the session watches already.
  void watch(Session& session, Keyspace& keys, const Key& key);
  // The session's watches end.
  void forget(Session& session);
  bool empty() const { return watchers_.empty(); }
  size_t keys_watched() const { return watchers_.size(); }
  // What the watches of a session take, its own list and the places in ours.
  size_t bytes_of(const Transaction& transaction) const {
    return transaction.watched.size() * (2 * sizeof(OwnedPlace) + sizeof(Watchers));
  }

  void on_touched(Keyspace& keys, const Key& key, bool by_command) override;
  void on_flushed(Keyspace& keys) override;
  // After an exchange: what is there now was not, or was another.
  void on_swapped(Keyspace& keys);

  explicit Watches(Engine& engine) : engine_(engine) {}

 private:
  struct Watchers {
    std::vector<uint64_t> sessions;
    bool came_expired = false;  // what a swap put there had expired: to them it is absent
  };
  void break_watches(const Watchers& watchers);
  Engine& engine_;
  absl::flat_hash_map<OwnedPlace, Watchers, PlaceHash, PlaceEqual> watchers_;
};

// The steps of the commands in commands/transaction.cc, also used by the HTTP door.
void transaction_begin(Session& session);
void transaction_queue(Session& session, const Call& call);
// DISCARD: the queue and all watches end.
void transaction_discard(Session& session);
// EXEC: one unit that invokes the queue in order, then discards. One reply.
void transaction_exec(Context& c);

}  // namespace redstart
