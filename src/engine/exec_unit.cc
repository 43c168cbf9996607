#include "engine/exec_unit.h"

#include <algorithm>

#include "engine/context.h"
#include "engine/engine.h"

namespace redstart {

void ExecUnit::record(int db, Args effect) {
  recorded_++;
  if (tenant_->propagation.attached()) tenant_->propagation.add_effect(db, effect);
}

void ExecUnit::settle() {
  tenant_->dirty += dirty_;
  if (dirty_ | recorded_) tenant_->propagation.count_unit();
  tenant_->propagation.end_unit(wrap_);
  dirty_ = 0;
  recorded_ = 0;
  wrap_ = true;
  if (pushes_.holding()) pushes_.release();
}

void ExecUnit::listen_to_touches(TouchListener* listener, bool listen) {
  auto found = std::find(touches_to_.begin(), touches_to_.end(), listener);
  bool listens = found != touches_to_.end();
  if (listen && !listens) touches_to_.push_back(listener);
  if (!listen && listens) touches_to_.erase(found);
}

void ExecUnit::tell_event(Keyspace& keys, std::string_view key, const Event& event) {
  if (events_to_) events_to_->on_event(*tenant_, keys.index(), event, key);
}

void ExecUnit::on_commit(Keyspace& keys, const Key& key, const Event& event) {
  dirty_++;
  touched(keys, key, true);
  tell_event(keys, key.bytes, event);
}

void ExecUnit::on_further_event(Keyspace& keys, const Key& key, const Event& event) {
  tell_event(keys, key.bytes, event);
}

void ExecUnit::gone(Keyspace& keys, const Key& key, const Event& event, bool lazily_freed) {
  std::string_view effect[] = {lazily_freed ? "UNLINK" : "DEL", key.bytes};
  record(keys.index(), effect);
  touched(keys, key, false);
  tell_event(keys, key.bytes, event);
}

void ExecUnit::on_expired(Keyspace& keys, const Key& key) {
  gone(keys, key, event::kExpired, engine_.settings().lazyfree_lazy_expire);
}

void ExecUnit::on_evicted(Keyspace& keys, const Key& key) {
  gone(keys, key, event::kEvicted, engine_.settings().lazyfree_lazy_eviction);
}

void ExecUnit::on_elements_expired(Keyspace& keys, const Key& key,
                                   std::span<const std::string> elements, bool emptied) {
  for (const std::string& element : elements) {
    std::string_view effect[] = {"HDEL", key.bytes, element};
    record(keys.index(), effect);
  }
  touched(keys, key, false);
  tell_event(keys, key.bytes, event::kElementsExpired);
  if (emptied) tell_event(keys, key.bytes, event::kDel);
}

void ExecUnit::on_created(Keyspace& keys, const Key& key) {
  tell_event(keys, key.bytes, event::kNewKey);
}

void ExecUnit::on_miss(Keyspace& keys, const Key& key) {
  tell_event(keys, key.bytes, event::kKeyMiss);
}

void ExecUnit::on_flush(Keyspace& keys) {
  dirty_++;
  for (TouchListener* listener : touches_to_) listener->on_flushed(keys);
}

void Context::propagate_as(std::initializer_list<std::string_view> effect) {
  propagate_as(Args(effect.begin(), effect.size()));
}

void Context::propagate_as(Args effect) { unit.propagate_as(keys.index(), effect); }

void Context::propagate_nothing() { unit.propagate_nothing(); }

void Context::propagate_verbatim() { unit.propagate_verbatim(); }

}  // namespace redstart
