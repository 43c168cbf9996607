// A search index as a key holds it: the index, and what it has still to read of its keyspace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/pending_keys.h"
#include "search/index.h"
#include "types/foreign.h"
#include "types/stream_id.h"
#include "types/type_env.h"

namespace redstart {

class Indexing;
class Keyspace;

class IndexValue final : public ForeignObject {
 public:
  // In no keyspace yet. REQUIRES: a definition that has been checked.
  IndexValue(const TypeEnv& env, search::Definition definition);

  const search::Definition& definition() const { return definition_; }
  search::Index& index() { return *index_; }
  const search::Index& index() const { return *index_; }
  // Of the key that holds it.
  const std::string& name() const { return name_; }
  // As its key points at it.
  void* as_object() { return static_cast<ForeignObject*>(this); }
  bool of_stream() const { return definition().source == search::Source::kStream; }
  // The documents go, in slices. REQUIRES: a key holds it.
  void forget_documents();

  bool destroy_some(size_t* budget) override;
  size_t bytes() const override { return sizeof *this + index_->bytes() + pending.bytes(); }
  std::string_view encoding_name() const override { return "search"; }
  void digest(ValueDigest* digest) const override { index_->digest(digest); }

  PendingKeys pending;
  // The keyspace is walked for keys that are there already.
  bool scanning = false;
  uint64_t scan_cursor = 0;

  // Of an index of a stream's entries.
  struct Followed {
    const void* stream = nullptr;  // which one it was
    bool any_stream = false;       // it is the one that is there: the index comes out of a file
    StreamId begin;                // entries up to here are left out
    StreamId last;                 // the last entry that was read
    uint64_t length = 0;           // of the stream at that time
  };
  Followed followed;

 private:
  friend class Indexing;

  ~IndexValue() = default;

  const TypeEnv& env_;
  const search::Definition definition_;
  std::unique_ptr<search::Index> index_;
  // Where it is known; null when no key holds it.
  Indexing* home_ = nullptr;
  Keyspace* keys_ = nullptr;
  std::string name_;
};

// The index that a key holds. REQUIRES: an entry of type kIndex.
inline IndexValue& index_of(const void* object) {
  return *static_cast<IndexValue*>(static_cast<ForeignObject*>(const_cast<void*>(object)));
}

}  // namespace redstart
