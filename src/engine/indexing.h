// Search indexes and the keys they are fed from: which keyspace has which, by which aliases they
// can be asked for, and what they have still to read.
//
//   a commit, an expiry, an eviction  ->  on_touched: the key is noted for each index that takes it
//   the end of a turn                 ->  end_turn: keys that were noted are read, in slices
//   whoever asks an index             ->  catch_up: all of them are
//
// Everything that changes a key touches it, so commands know nothing of indexes. Where a keyspace
// has none, nobody is told of its touches.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/exec_unit.h"

namespace redstart {

class Engine;
class Entry;
class IndexReader;
class IndexValue;
class Keyspace;
class Tenant;

class Indexing final : public TouchListener {
 public:
  // Both by name, as they are listed. An index need not exist to have an alias.
  using Aliases = std::map<std::string, std::string, std::less<>>;
  using Indexes = std::map<std::string, IndexValue*, std::less<>>;

  explicit Indexing(Engine& engine) : engine_(engine) {}
  ~Indexing();

  // A key holds the index from now on: made, loaded, or under a new name.
  void place(Tenant& tenant, Keyspace& keys, std::string_view name, IndexValue& index);
  // No key does any more.
  void leave(IndexValue& index);
  // Reads all that is pending, so that the index can be asked. REQUIRES: placed, inside a unit.
  void catch_up(IndexValue& index);
  void catch_up_all(const Tenant& tenant);
  // All of it is to be read anew.
  void start_over(IndexValue& index);
  // The share of a turn. True when work is left.
  bool end_turn();

  // Null: there are none. One whose time has come may still be among them.
  const Indexes* indexes(const Keyspace& keys) const;
  const Aliases* aliases(const Keyspace& keys) const;
  // True: there was none of this name.
  bool add_alias(Tenant& tenant, Keyspace& keys, std::string_view alias, std::string_view index);
  bool remove_alias(Keyspace& keys, std::string_view alias);

  // SWAPDB: what is kept of a keyspace goes with its keys.
  void swap_contents(Keyspace& one, Keyspace& other);
  // What came by such an exchange out of another tenant is this one's.
  void belongs_to(Tenant& tenant, Keyspace& keys);

  void on_touched(Keyspace& keys, const Key& key, bool by_command) override;
  void on_flushed(Keyspace& keys) override;

 private:
  // An index takes the keys that begin with this.
  struct Prefix {
    std::string_view text;
    IndexValue* index;
  };
  // What is known of a keyspace.
  struct Space {
    Tenant* tenant;
    Indexes indexes;
    std::vector<Prefix> prefixes;  // of all of them
    Aliases aliases;
  };
  class Budget;

  Space* find_space(const Keyspace& keys) const;
  Space& space(Tenant& tenant, Keyspace& keys);
  void forget_if_empty(const Keyspace& keys);
  void listen_if_needed();
  static void collect_prefixes(Space* space);

  // Reads what is pending until the budget is spent. True: nothing is left.
  bool advance(Space& space, IndexValue& index, Budget& budget);
  void scan_some(const Space& space, IndexValue& index);
  void read_key(const Space& space, IndexValue& index, IndexReader& reader, std::string_view key);
  void follow_stream(IndexValue& index, IndexReader& reader, std::string_view key,
                     const Entry* entry);

  Engine& engine_;
  absl::flat_hash_map<const Keyspace*, std::unique_ptr<Space>> spaces_;
  bool work_left_ = false;
  bool swapping_ = false;
  uint64_t busy_since_ = 0;  // in ticks, when a turn left work; else 0
};

}  // namespace redstart
