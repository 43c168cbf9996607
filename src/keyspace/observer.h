// How the keyspace tells the floor above what happened. Implemented by engine/ExecUnit; tests
// implement it to record.
#pragma once

#include <span>
#include <string>

#include "keyspace/types.h"

namespace redstart {

class Keyspace;

class KeyspaceObserver {
 public:
  // A value changed by a command: called by WriteGuard::commit, once per commit.
  virtual void on_commit(Keyspace& keys, const Key& key, const Event& event) = 0;
  // What a commit did besides, or one step of it: another event, no change of its own.
  virtual void on_further_event(Keyspace& keys, const Key& key, const Event& event) = 0;
  // A key is gone because its time had come (lazily or by the wheel) or memory was short. The
  // effect to propagate is a DEL (UNLINK when the lazyfree option asks for it).
  virtual void on_expired(Keyspace& keys, const Key& key) = 0;
  virtual void on_evicted(Keyspace& keys, const Key& key) = 0;
  // Fields of a hash are gone because their time had come; `emptied`: so is the key with them. The
  // effect to propagate is an HDEL of each.
  virtual void on_elements_expired(Keyspace& keys, const Key& key,
                                   std::span<const std::string> elements, bool emptied) = 0;
  // A key came into being (the "new" event; before the commit's own event).
  virtual void on_created(Keyspace& keys, const Key& key) = 0;
  // A read found nothing (the "keymiss" event).
  virtual void on_miss(Keyspace& keys, const Key& key) = 0;
  // All keys are gone (FLUSHDB, FLUSHALL) or were exchanged (SWAPDB).
  virtual void on_flush(Keyspace& keys) = 0;

 protected:
  ~KeyspaceObserver() = default;
};

}  // namespace redstart
