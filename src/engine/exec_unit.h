// Everything observable happens in one execution unit and is settled in one place.
//
// A command, an EXEC, a script, an eviction or a tick of the expiry wheel each is one unit; units
// nest by depth and settle when the outermost ends: effects go to the tenant's propagation log,
// then the session that ran gets the pushes that were held back from it. It is the observer of all
// keyspaces of the engine and hands keyspace events to their listener at once, in the order of the
// commits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/args.h"
#include "engine/pushes.h"
#include "keyspace/observer.h"

namespace redstart {

class Engine;
class Tenant;
struct Context;

// Told of each keyspace event at its moment, inside the unit.
class EventListener {
 public:
  virtual void on_event(Tenant& tenant, int db, const Event& event, std::string_view key) = 0;

 protected:
  ~EventListener() = default;
};

// Told at the moment of a change, inside the unit: WATCH, tracking, those who wait for keys.
class TouchListener {
 public:
  // `by_command`: not because its time had come or memory was short.
  virtual void on_touched(Keyspace& keys, const Key& key, bool by_command) = 0;
  virtual void on_flushed(Keyspace& keys) = 0;

 protected:
  ~TouchListener() = default;
};

class ExecUnit final : public KeyspaceObserver {
 public:
  ExecUnit(Engine& engine, Pushes& pushes) : engine_(engine), pushes_(pushes) {}

  void enter(Tenant& tenant) {
    if (depth_++ == 0) tenant_ = &tenant;
  }
  void leave() {
    if (--depth_ == 0 && (dirty_ | recorded_ | pushes_.holding())) settle();
  }
  int depth() const { return depth_; }
  // REQUIRES: depth() > 0.
  Tenant& tenant() const { return *tenant_; }
  // Commits since the unit began.
  uint64_t dirty() const { return dirty_; }

  // A handler begins and ends: if it committed since and chose nothing else, its arguments are
  // the effect.
  uint64_t begin_call() {
    choice_ = Choice::kByCommits;
    return dirty_;
  }
  void end_call(uint64_t dirty_before, int db, Args args) {
    bool verbatim = choice_ == Choice::kByCommits ? dirty_ != dirty_before
                                                  : choice_ == Choice::kVerbatim;
    if (verbatim && !private_) record(db, args);
  }
  // A handler's own choice, see Context.
  void propagate_as(int db, Args effect) {
    choice_ = Choice::kOwn;
    if (!private_) record(db, effect);
  }
  void propagate_nothing() { choice_ = Choice::kOwn; }
  void propagate_verbatim() { choice_ = Choice::kVerbatim; }
  // Effects of calls are not recorded until further notice: redis.set_repl().
  void keep_to_ourselves(bool on) { private_ = on; }
  // A change that is neither watched nor told by an event: who has to acknowledge an entry.
  void count_change() { dirty_++; }
  // Several commits that are one change in the eyes of whoever counts changes.
  void count_as_one(uint64_t dirty_before) {
    if (dirty_ > dirty_before) dirty_ = dirty_before + 1;
  }
  // What was changed so far is on the disk: it does not count towards the next save.
  void all_saved() { dirty_ = 0; }
  // The effects of this unit are not of one piece (SCAN expires keys it was not asked for).
  void never_wrap() { wrap_ = false; }

  void on_commit(Keyspace& keys, const Key& key, const Event& event) override;
  void on_further_event(Keyspace& keys, const Key& key, const Event& event) override;
  void on_expired(Keyspace& keys, const Key& key) override;
  void on_evicted(Keyspace& keys, const Key& key) override;
  void on_elements_expired(Keyspace& keys, const Key& key,
                           std::span<const std::string> elements, bool emptied) override;
  void on_created(Keyspace& keys, const Key& key) override;
  void on_miss(Keyspace& keys, const Key& key) override;
  void on_flush(Keyspace& keys) override;

  // At most one; null when nobody listens.
  void set_event_listener(EventListener* listener) { events_to_ = listener; }
  // Those who have nobody to tell should not be in the list: every commit walks it. Idempotent.
  void listen_to_touches(TouchListener* listener, bool listen);

 private:
  enum class Choice : uint8_t { kByCommits, kOwn, kVerbatim };
  void record(int db, Args effect);
  void settle();
  void touched(Keyspace& keys, const Key& key, bool by_command) {
    for (TouchListener* listener : touches_to_) listener->on_touched(keys, key, by_command);
  }
  void gone(Keyspace& keys, const Key& key, const Event& event, bool lazily_freed);
  void tell_event(Keyspace& keys, std::string_view key, const Event& event);

  Engine& engine_;
  Pushes& pushes_;
  Tenant* tenant_ = nullptr;
  int depth_ = 0;
  uint64_t dirty_ = 0;
  uint32_t recorded_ = 0;
  Choice choice_ = Choice::kByCommits;
  bool wrap_ = true;
  bool private_ = false;
  EventListener* events_to_ = nullptr;
  std::vector<TouchListener*> touches_to_;
};

}  // namespace redstart
