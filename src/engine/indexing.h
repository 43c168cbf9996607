// Search indexes and the keys they are fed from: which keyspace has which, by which aliases they
// can be asked for, and what has changed since they were fed last.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "engine/exec_unit.h"

namespace redstart {

class Engine;
class Keyspace;

class Indexing final : public TouchListener {
 public:
  // By name, as they are listed. An index need not exist to have one.
  using Aliases = std::map<std::string, std::string, std::less<>>;

  explicit Indexing(Engine& engine) : engine_(engine) {}
  ~Indexing();

  // Null: there are none.
  const Aliases* aliases(const Keyspace& keys) const;
  // True: there was none of this name.
  bool add_alias(Keyspace& keys, std::string_view alias, std::string_view index);
  bool remove_alias(Keyspace& keys, std::string_view alias);

  // SWAPDB: what is kept of a keyspace goes with its keys.
  void swap_contents(Keyspace& one, Keyspace& other);

  void on_touched(Keyspace& keys, const Key& key, bool by_command) override;
  void on_flushed(Keyspace& keys) override;

 private:
  // What is known of a keyspace.
  struct Space {
    Aliases aliases;
  };

  Space* find_space(const Keyspace& keys) const;
  Space& space(Keyspace& keys);
  void listen_if_needed();

  Engine& engine_;
  absl::flat_hash_map<const Keyspace*, std::unique_ptr<Space>> spaces_;
  bool swapping_ = false;
};

}  // namespace redstart
