// Client-side caching: which sessions may hold which keys, and who is told when they change.
//
// By default a table remembers who has read which key; the first change of the key tells those
// sessions and forgets them. In broadcast mode a session names prefixes instead and is told of all
// changes beneath them, once a turn. A session that reads RESP2 has another one be told in its
// place.
//
// As in Redis, a key is a name: the table does not tell keyspaces apart. Tenants it does.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_set.h"
#include "engine/exec_unit.h"

namespace redstart {

class Engine;
class Push;
class Session;
struct Call;

// How a session tracks.
struct Tracker {
  bool broadcast = false;
  bool opt_in = false, opt_out = false;
  bool no_loop = false;          // not told of its own changes
  bool caching = false;          // CLIENT CACHING stands for the next command
  bool redirect_broken = false;
  uint64_t redirect = 0;         // who is told in its place; 0: nobody
  std::vector<std::string> prefixes;  // "" for all keys
};

class Tracking final : public TouchListener {
 public:
  explicit Tracking(Engine& engine);
  ~Tracking();

  // CLIENT TRACKING ON. Prefixes are added to those that the session has.
  void enable(Session& session, Tracker wanted);
  // CLIENT TRACKING OFF, RESET, the end of the session.
  void disable(Session& session);

  // A session that tracks has run a command.
  void after_call(Session& session, const Call& call, bool outermost);
  // Broadcasts what has changed since the last time, and keeps the table to its limit. Answers
  // whether that takes another turn.
  bool end_turn();

  size_t sessions() const { return sessions_; }
  size_t keys() const { return by_position_.size(); }
  size_t items() const { return items_; }
  size_t prefixes() const { return broadcasts_.size(); }

  void on_touched(Keyspace& keys, const Key& key, bool by_command) override;
  void on_flushed(Keyspace& keys) override;

 private:
  struct TrackedKey;
  struct Name;  // a key of a tenant
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(const Name& name) const;
    size_t operator()(const std::unique_ptr<TrackedKey>& key) const;
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(const std::unique_ptr<TrackedKey>& a, const Name& b) const;
    bool operator()(const std::unique_ptr<TrackedKey>& a,
                    const std::unique_ptr<TrackedKey>& b) const;
  };
  // Who asked for the keys under a prefix, and which of them changed in this turn, by whom.
  struct Broadcast {
    absl::btree_set<uint64_t> sessions;
    absl::btree_map<std::string, uint64_t> changed;
  };

  void remember(Session& session, const Call& call);
  void invalidate(TrackedKey& key, const Session* by);
  void forget_all();
  void tell(Session& session, Push& push);
  void tell_changed(Broadcast& broadcast);
  bool limit_table();

  Engine& engine_;
  absl::flat_hash_set<std::unique_ptr<TrackedKey>, KeyHash, KeyEqual> table_;
  std::vector<TrackedKey*> by_position_;  // of the table, to draw one by chance
  std::map<std::pair<const Tenant*, std::string>, Broadcast> broadcasts_;
  size_t sessions_ = 0;
  size_t items_ = 0;  // sessions in the table
  bool changed_ = false;           // of some broadcast
  const Tenant* flushed_ = nullptr;  // all of whose sessions know that all keys are gone
};

}  // namespace redstart
