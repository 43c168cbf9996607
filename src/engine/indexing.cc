#include "engine/indexing.h"

#include <utility>

#include "engine/engine.h"

namespace redstart {

Indexing::~Indexing() = default;

Indexing::Space* Indexing::find_space(const Keyspace& keys) const {
  const auto found = spaces_.find(&keys);
  return found == spaces_.end() ? nullptr : found->second.get();
}

Indexing::Space& Indexing::space(Keyspace& keys) {
  std::unique_ptr<Space>& space = spaces_[&keys];
  if (!space) space = std::make_unique<Space>();
  listen_if_needed();
  return *space;
}

void Indexing::listen_if_needed() {
  engine_.unit().listen_to_touches(this, !spaces_.empty());
}

const Indexing::Aliases* Indexing::aliases(const Keyspace& keys) const {
  const Space* space = find_space(keys);
  return space ? &space->aliases : nullptr;
}

bool Indexing::add_alias(Keyspace& keys, std::string_view alias, std::string_view index) {
  return space(keys).aliases.insert_or_assign(std::string(alias), index).second;
}

bool Indexing::remove_alias(Keyspace& keys, std::string_view alias) {
  Space* space = find_space(keys);
  if (!space) return false;
  const auto found = space->aliases.find(alias);
  if (found == space->aliases.end()) return false;
  space->aliases.erase(found);
  return true;
}

void Indexing::swap_contents(Keyspace& one, Keyspace& other) {
  swapping_ = true;
  one.swap_contents(other);
  swapping_ = false;
  if (find_space(one) || find_space(other)) std::swap(spaces_[&one], spaces_[&other]);
}

void Indexing::on_touched(Keyspace&, const Key&, bool) {}

void Indexing::on_flushed(Keyspace& keys) {
  if (swapping_) return;
  spaces_.erase(&keys);
  listen_if_needed();
}

}  // namespace redstart
