// A consumer group: how far a stream was delivered to it, and to whom what was delivered and not
// yet acknowledged (the pending entries).
//
//   group --- consumers by name --- each with the ids that are pending for it
//     \------ pending by id: when, how often, to which consumer
//
// Invariant: an id is pending in the group exactly if it is pending for one consumer, the one that
// the group names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "types/slab_allocator.h"
#include "types/stream_id.h"

namespace redstart {

using StreamIdSet = absl::btree_set<StreamId, std::less<StreamId>, SlabAllocator<StreamId>>;

struct StreamConsumer {
  StreamConsumer(Slab& slab, std::string_view name, int64_t now_ms)
      : name(name), seen_ms(now_ms), pending(SlabAllocator<StreamId>(slab)) {}

  const std::string name;
  int64_t seen_ms;         // it was named by a command
  int64_t active_ms = -1;  // it was given an entry; -1: never
  StreamIdSet pending;
};

// An entry that was delivered and not acknowledged.
struct StreamPending {
  int64_t delivered_ms;
  int64_t deliveries;
  StreamConsumer* consumer;
};
using StreamPendings =
    absl::btree_map<StreamId, StreamPending, std::less<StreamId>,
                    SlabAllocator<std::pair<const StreamId, StreamPending>>>;

class StreamGroup {
 public:
  // Ordered by name.
  using Consumers = absl::btree_map<std::string, StreamConsumer*, std::less<>>;

  static constexpr int64_t kUnknownReads = -1;

  StreamGroup(Slab& slab, StreamId last_id, int64_t entries_read)
      : last_id(last_id), entries_read(entries_read), slab_(slab), pending_(Allocator(slab)) {}
  ~StreamGroup();
  StreamGroup(const StreamGroup&) = delete;
  StreamGroup& operator=(const StreamGroup&) = delete;

  StreamId last_id;      // the last one delivered
  int64_t entries_read;  // how many entries of the stream's history were, or kUnknownReads

  const StreamPendings& pending() const { return pending_; }
  const Consumers& consumers() const { return consumers_; }
  // Null: there is none.
  StreamConsumer* consumer(std::string_view name) const;
  // REQUIRES: there is none of this name.
  StreamConsumer* add_consumer(std::string_view name, int64_t now_ms);
  // With all that is pending for it.
  void remove_consumer(StreamConsumer* consumer);

  // Null: the entry is not pending.
  StreamPending* find_pending(StreamId id);
  // Makes the entry pending for this consumer, whoever had it. It keeps what it had of times and
  // counts, a new one has none.
  StreamPending* give(StreamId id, StreamConsumer* consumer);
  // False: it was not pending.
  bool acknowledge(StreamId id);

  size_t bytes() const;
  // Frees up to *budget pending entries and takes them off it; true when none are left.
  bool clear_some(size_t* budget);
  // Makes `to`, which is new, equal to this.
  void copy_to(StreamGroup* to) const;

 private:
  using Allocator = StreamPendings::allocator_type;
  void release(StreamConsumer* consumer);

  Slab& slab_;
  StreamPendings pending_;
  Consumers consumers_;
};

}  // namespace redstart
