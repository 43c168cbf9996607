// Streams: entries of fields and values in the order of their ids, and groups of consumers that
// read them.
//
//   StreamData --- blocks of entries (stream_blocks.h)
//        |    \--- groups by name (stream_group.h), once there is one
//        counters: length, last and first id, highest deleted id, entries ever added
//
// Entries are added at the end only. A deleted one leaves a tombstone in its block, so that no other
// entry moves. A stream without entries is still a stream: it has its last id and its groups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "types/held.h"
#include "types/object_ops.h"
#include "types/stream_blocks.h"
#include "types/stream_group.h"
#include "types/type_env.h"

namespace redstart {

struct StreamMarks {
  StreamId last_id;         // the highest id ever
  StreamId first_id;        // of the first entry; zero when there is none
  StreamId max_deleted_id;  // the highest one that XDEL took
  uint64_t entries_added = 0;
};

// Ordered by name.
using StreamGroups = absl::btree_map<std::string, StreamGroup*, std::less<>>;

struct StreamData {
  explicit StreamData(Slab& slab) : blocks(slab) {}

  uint64_t length = 0;
  StreamMarks marks;
  StreamBlocks blocks;
  size_t block_bytes = 0;
  std::unique_ptr<StreamGroups> groups;
};

// What becomes of the pending entries of groups that name a deleted entry.
enum class StreamRefs : uint8_t {
  kKeep,    // they stay
  kDelete,  // they go
  kAcked,   // an entry that a group has still to read or to acknowledge is not deleted
};

struct StreamTrim {
  enum class By : uint8_t { kNone, kLength, kId };
  By by = By::kNone;
  bool whole_blocks = false;  // as far as that goes without opening a block
  StreamRefs refs = StreamRefs::kKeep;
  uint64_t length = 0;  // keep at most so many
  StreamId id;          // keep this one and those above
  uint64_t limit = 0;   // delete at most so many; 0: any number
};

// Reads. A default one is a stream without entries.
class EntryStreamView {
 public:
  static constexpr Type kType = Type::kStream;

  EntryStreamView() = default;
  EntryStreamView(const TypeEnv&, Held held) : data_(static_cast<StreamData*>(held.object)) {}

  // The other functions need one.
  bool exists() const { return data_ != nullptr; }
  uint64_t size() const { return data_ ? data_->length : 0; }
  const StreamMarks& marks() const { return data_->marks; }
  size_t block_count() const { return data_->blocks.size(); }
  // Calls visit(const StreamBlock&), in order.
  template <class Visit>
  void for_each_block(Visit&& visit) const;

  // Calls visit(const StreamEntry&) for the entries of [from, to], upward or downward, until it
  // answers true. The visitor does not change entries.
  template <class Visit>
  void visit_until(StreamId from, StreamId to, bool reverse, Visit&& visit) const;
  template <class Visit>
  void for_each(Visit&& visit) const;
  // Calls visit for one entry; false if it is not there.
  template <class Visit>
  bool visit_entry(StreamId id, Visit&& visit) const;
  bool contains(StreamId id) const {
    return visit_entry(id, [](const StreamEntry&) {});
  }
  // The highest id of the entries. REQUIRES: there are some.
  StreamId top_id() const;

  const StreamGroup* group(std::string_view name) const { return find_group(name); }
  size_t group_count() const { return data_->groups ? data_->groups->size() : 0; }
  // Calls visit(std::string_view name, const StreamGroup&), in the order of names.
  template <class Visit>
  void for_each_group(Visit&& visit) const;
  // How many entries the group has still to read; nothing if that cannot be told.
  std::optional<int64_t> lag(const StreamGroup& group) const;
  // How many entries were ever added up to this id, or StreamGroup::kUnknownReads.
  int64_t entries_up_to(StreamId id) const;

 protected:
  StreamGroup* find_group(std::string_view name) const;
  bool deleted_behind(StreamId id) const;

  StreamData* data_ = nullptr;
};

// Changes.
class EntryStream : public EntryStreamView {
 public:
  EntryStream(const TypeEnv& env, Held held) : EntryStreamView(env, held), env_(&env) {}

  Held held() const { return {data_, 0}; }
  const TypeEnv& env() const { return *env_; }
  void drop();
  // Makes the object if there is none.
  void create();

  // REQUIRES: id above the last one.
  void add(StreamId id, StreamFields fields);
  // False: there is no such entry.
  bool erase(StreamId id);
  // Answers how many entries it deleted.
  uint64_t trim(const StreamTrim& rule);
  StreamMarks& marks() { return data_->marks; }

  StreamGroup* group(std::string_view name) const { return find_group(name); }
  // REQUIRES: there is none of this name.
  StreamGroup* add_group(std::string_view name, StreamId last_id, int64_t entries_read);
  bool remove_group(std::string_view name);
  // The group was given the entry `id`: moves its last id and its count of reads. False: it had
  // been given it before.
  bool note_delivery(StreamGroup* group, StreamId id);
  // Whether a group has still to read or to acknowledge the entry.
  bool is_referenced(StreamId id) const;
  // Acknowledges the entry in all groups.
  void drop_references(StreamId id);

 private:
  bool fits_last_block(StreamFields fields) const;
  bool remove(StreamId id);
  void drop_block(StreamBlocks::Position at);
  template <class Change>
  void change_block(StreamBlocks::Position at, Change&& change);
  uint64_t trim_blocks(const StreamTrim& rule);
  uint64_t trim_in_first_block(const StreamTrim& rule, uint64_t removed);
  uint64_t trim_by_entry(const StreamTrim& rule);
  void find_first_id();

  const TypeEnv* env_;
};

extern const ObjectOps kStreamOps;

template <class Visit>
void EntryStreamView::for_each_block(Visit&& visit) const {
  const StreamBlocks& blocks = data_->blocks;
  for (auto at = blocks.begin(); at != blocks.end(); at = blocks.next(at)) visit(blocks.at(at));
}

template <class Visit>
void EntryStreamView::visit_until(StreamId from, StreamId to, bool reverse, Visit&& visit) const {
  if (size() == 0 || from > to) return;
  const StreamBlocks& blocks = data_->blocks;
  auto at = blocks.find(reverse ? to : from);
  while (true) {
    const StreamBlock& block = blocks.at(at);
    StreamEntry entry = block.no_entry();
    bool more = reverse ? block.last(&entry) : block.first(&entry);
    for (; more; more = reverse ? block.prev(&entry) : block.next(&entry)) {
      if (reverse ? entry.id > to : entry.id < from) continue;
      if (reverse ? entry.id < from : entry.id > to) return;
      if (!StreamBlock::is_deleted(entry) && visit(std::as_const(entry))) return;
    }
    if (at == (reverse ? blocks.begin() : blocks.last())) return;
    at = reverse ? blocks.prev(at) : blocks.next(at);
  }
}

template <class Visit>
void EntryStreamView::for_each(Visit&& visit) const {
  visit_until({}, StreamId::max(), false, [&](const StreamEntry& entry) {
    visit(entry);
    return false;
  });
}

template <class Visit>
bool EntryStreamView::visit_entry(StreamId id, Visit&& visit) const {
  bool found = false;
  visit_until(id, id, false, [&](const StreamEntry& entry) {
    found = true;
    visit(entry);
    return true;
  });
  return found;
}

template <class Visit>
void EntryStreamView::for_each_group(Visit&& visit) const {
  if (!data_->groups) return;
  for (auto& [name, group] : *data_->groups) visit(std::string_view(name), std::as_const(*group));
}

}  // namespace redstart
