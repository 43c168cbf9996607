// maxmemory-clients: what connections hold, so that the largest ones can be ended when all of them
// together hold too much. Nothing is counted while the directive is 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"

namespace redstart {

class Engine;
class Session;

class ClientMemory {
 public:
  explicit ClientMemory(Engine& engine) : engine_(engine) {}

  // What a session holds now. The doors say so whenever it may have changed.
  void note(const Session& session, size_t bytes);
  void forget(const Session& session);
  // After a change of the directives.
  void apply_settings();
  bool counts() const { return limit_ > 0; }
  // Ends sessions, the largest first, until the rest fits. Not within a unit.
  void enforce();

 private:
  size_t limit() const;

  Engine& engine_;
  size_t limit_ = 0;
  size_t total_ = 0;
  absl::flat_hash_map<uint64_t, size_t> bytes_;                // by session
  absl::btree_set<std::pair<size_t, uint64_t>> by_size_;
};

}  // namespace redstart
