#include "types/stream_group.h"

#include <algorithm>
#include <iterator>

namespace redstart {

namespace {

// A node of a B-tree is three quarters full on average.
size_t tree_bytes(size_t elements, size_t element_bytes) { return elements * element_bytes * 4 / 3; }

constexpr size_t kPendingBytes = sizeof(StreamId) + sizeof(StreamPending);

}  // namespace

StreamGroup::~StreamGroup() {
  for (auto& [name, consumer] : consumers_) release(consumer);
}

void StreamGroup::release(StreamConsumer* consumer) {
  consumer->~StreamConsumer();
  slab_.release(consumer, sizeof(StreamConsumer));
}

StreamConsumer* StreamGroup::consumer(std::string_view name) const {
  auto found = consumers_.find(name);
  return found == consumers_.end() ? nullptr : found->second;
}

StreamConsumer* StreamGroup::add_consumer(std::string_view name, int64_t now_ms) {
  void* place = slab_.allocate(sizeof(StreamConsumer));
  auto* consumer = new (place) StreamConsumer(slab_, name, now_ms);
  consumers_.emplace(consumer->name, consumer);
  return consumer;
}

void StreamGroup::remove_consumer(StreamConsumer* consumer) {
  for (StreamId id : consumer->pending) pending_.erase(id);
  consumers_.erase(consumer->name);
  release(consumer);
}

StreamPending* StreamGroup::find_pending(StreamId id) {
  auto found = pending_.find(id);
  return found == pending_.end() ? nullptr : &found->second;
}

StreamPending* StreamGroup::give(StreamId id, StreamConsumer* consumer) {
  auto [at, added] = pending_.try_emplace(id, StreamPending{0, 0, consumer});
  StreamPending& pending = at->second;
  if (!added && pending.consumer == consumer) return &pending;
  if (!added) pending.consumer->pending.erase(id);
  pending.consumer = consumer;
  consumer->pending.insert(id);
  return &pending;
}

bool StreamGroup::acknowledge(StreamId id) {
  auto found = pending_.find(id);
  if (found == pending_.end()) return false;
  found->second.consumer->pending.erase(id);
  pending_.erase(found);
  return true;
}

size_t StreamGroup::bytes() const {
  size_t bytes = sizeof *this + tree_bytes(pending_.size(), kPendingBytes + sizeof(StreamId));
  return bytes + consumers_.size() * (sizeof(StreamConsumer) + sizeof(std::string));
}

bool StreamGroup::clear_some(size_t* budget) {
  auto clear = [&](auto& tree) {
    size_t some = std::min(tree.size(), *budget);
    tree.erase(tree.begin(), std::next(tree.begin(), static_cast<ptrdiff_t>(some)));
    *budget -= some;
    return tree.empty();
  };
  if (!clear(pending_)) return false;
  while (!consumers_.empty()) {
    StreamConsumer* consumer = consumers_.begin()->second;
    if (!clear(consumer->pending) || *budget == 0) return false;
    --*budget;
    consumers_.erase(consumers_.begin());
    release(consumer);
  }
  return true;
}

void StreamGroup::copy_to(StreamGroup* to) const {
  for (auto& [name, consumer] : consumers_) {
    StreamConsumer* twin = to->add_consumer(name, consumer->seen_ms);
    twin->active_ms = consumer->active_ms;
  }
  for (auto& [id, pending] : pending_) {
    StreamPending* twin = to->give(id, to->consumer(pending.consumer->name));
    twin->delivered_ms = pending.delivered_ms;
    twin->deliveries = pending.deliveries;
  }
}

}  // namespace redstart
