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
#include "engine/args.h"
#include "engine/exec_unit.h"

namespace redstart {

struct Call;
struct Command;
struct Context;
class Keyspace;
class Session;

// One call of the queue with the bytes of its arguments.
class QueuedCall {
 public:
  explicit QueuedCall(const Call& call);
  const Command* command() const { return command_; }
  Args args() const { return args_; }
  size_t bytes() const { return size_ + args_.size() * sizeof(std::string_view); }

 private:
  const Command* command_;
  size_t size_;
  std::unique_ptr<char[]> bytes_;
  std::vector<std::string_view> args_;
};

struct WatchedKey {
  Keyspace* keys;
  std::string key;
};

class Transaction {
 public:
  bool open = false;          // between MULTI and EXEC
  bool failed = false;        // a command could not be queued
  bool watch_broken = false;
  std::vector<QueuedCall> queue;
  std::vector<WatchedKey> watched;
  size_t bytes() const;
};

// Who watches which key, for all sessions of an engine.
class Watches final : public TouchListener {
 public:
  // Idempotent for a key that the session watches already.
  void watch(Session& session, Keyspace& keys, std::string_view key);
  // The session's watches end.
  void forget(Session& session);
  bool empty() const { return watchers_.empty(); }
  size_t keys_watched() const { return watchers_.size(); }

  void on_touched(Keyspace& keys, std::string_view key) override;
  void on_flushed(Keyspace& keys) override;

  explicit Watches(Engine& engine) : engine_(engine) {}

 private:
  struct Place {
    const Keyspace* keys;
    std::string key;
    bool operator==(const Place& other) const { return keys == other.keys && key == other.key; }
    template <typename H>
    friend H AbslHashValue(H h, const Place& place) {
      return H::combine(std::move(h), place.keys, place.key);
    }
  };
  void break_watches(const std::vector<uint64_t>& sessions);
  Engine& engine_;
  absl::flat_hash_map<Place, std::vector<uint64_t>> watchers_;
};

// The steps of the commands in commands/transaction.cc, also used by the HTTP door.
void transaction_begin(Session& session);
void transaction_queue(Session& session, const Call& call);
// DISCARD: the queue and all watches end.
void transaction_discard(Session& session);
// EXEC: one unit that invokes the queue in order, then discards. One reply.
void transaction_exec(Context& c);

}  // namespace redstart
