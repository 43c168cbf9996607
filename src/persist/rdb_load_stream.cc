#include <algorithm>
#include <vector>

#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_pack.h"
#include "types/stream.h"

namespace redstart::rdb_load {

namespace {

constexpr size_t kRawIdBytes = 16;

StreamId raw_id(std::string_view bytes) {
  uint64_t big[2] = {};
  bytes.copy(reinterpret_cast<char*>(big), sizeof big);
  return {__builtin_bswap64(big[0]), __builtin_bswap64(big[1])};
}

// ---- a block's listpack, looked through before it is trusted

class BlockCheck {
 public:
  BlockCheck(std::string_view bytes, StreamId id) : pack_(bytes), pos_(pack_.first()), id_(id) {}

  // True if all of it is as stream_block.h draws it. `last` is the id before which nothing may
  // come, and becomes that of the last entry.
  bool whole(StreamId* last, bool first_block) {
    int64_t live, deleted, names, zero;
    if (!number(&live) || !number(&deleted) || !number(&names)) return false;
    if (live < 0 || deleted < 0 || !skip(names) || !number(&zero) || zero != 0) return false;
    live_ = static_cast<uint64_t>(live);
    int64_t seen_live = 0, seen_deleted = 0;
    bool first = first_block;
    while (pos_ != pack_.end()) {
      StreamId entry;
      bool is_deleted;
      if (!read_entry(names, &entry, &is_deleted) || entry < id_) return false;
      if (!first && entry <= *last) return false;
      first = false;
      *last = entry;
      (is_deleted ? seen_deleted : seen_live)++;
    }
    return seen_live == live && seen_deleted == deleted;
  }
  uint64_t live() const { return live_; }

 private:
  static constexpr int64_t kDeleted = 1, kSameFields = 2;

  bool number(int64_t* value) {
    if (pos_ == pack_.end()) return false;
    ListpackItem item = pack_.at(pos_);
    *value = item.number;
    pos_ = pack_.next(pos_);
    return item.is_number;
  }
  bool skip(int64_t items) {
    if (items < 0) return false;
    for (; items > 0 && pos_ != pack_.end(); items--) pos_ = pack_.next(pos_);
    return items == 0;
  }
  bool read_entry(int64_t master_names, StreamId* entry, bool* is_deleted) {
    int64_t flags, ms, seq, names = master_names, items;
    if (!number(&flags) || flags < 0 || flags > 3 || !number(&ms) || !number(&seq)) return false;
    bool same = flags & kSameFields;
    if (!same && (!number(&names) || names < 0 || names > INT32_MAX)) return false;
    if (!skip(same ? names : 2 * names) || !number(&items)) return false;
    *is_deleted = flags & kDeleted;
    *entry = {id_.ms + static_cast<uint64_t>(ms), id_.seq + static_cast<uint64_t>(seq)};
    return items == (same ? names + 3 : 2 * names + 4);
  }

  ListpackView pack_;
  uint32_t pos_;
  const StreamId id_;
  uint64_t live_ = 0;
};

// ---- the stream: a block or a group at a time

class StreamElements final : public RdbElements {
 public:
  StreamElements(const TypeEnv& env, RdbReader& in, uint8_t type)
      : in_(in), stream_(env, Held()), type_(type), left_(in.count(1 + kRawIdBytes)) {
    stream_.create();
  }
  ~StreamElements() override { stream_.drop(); }

  bool read_one() override {
    if (!in_groups_) {
      if (left_ > 0) {
        read_block();
        left_--;
      }
      if (left_ == 0 && !in_.failed()) read_marks();
    } else if (left_ > 0) {
      read_group();
      left_--;
    }
    return !in_.failed() && !(in_groups_ && left_ == 0);
  }
  Held take() override {
    Held held = stream_.held();
    stream_ = EntryStream(stream_.env(), Held());
    return held;
  }

 private:
  // An entry that waits for a consumer that will name it.
  struct Waiting {
    StreamId id;
    int64_t delivered_ms;
    uint64_t deliveries;
    bool owned = false;
  };

  StreamData& data() { return *static_cast<StreamData*>(stream_.held().object); }

  StreamId read_id() {
    uint64_t ms = in_.length();
    return {ms, in_.length()};
  }

  void read_block() {
    std::string_view key = in_.string();
    if (in_.failed()) return;
    if (key.size() != kRawIdBytes)
      return in_.fail("Stream node key entry is not the size of a stream ID");
    StreamId id = raw_id(key);
    std::string_view bytes = read_listpack(in_, "Stream listpack");
    if (in_.failed()) return;
    BlockCheck check(bytes, id);
    bool first = data().blocks.empty();
    if (!first && id <= last_entry_) return in_.fail("Stream listpacks are not in order");
    if (!check.whole(&last_entry_, first))
      return in_.fail("Stream listpack integrity check failed.");
    if (check.live() == 0) return;
    Slab& slab = stream_.env().slab;
    StreamBlock block = StreamBlock::adopt(slab, id, bytes);
    data().blocks.push_back(block);
    data().block_bytes += block.capacity();
    data().length += check.live();
  }

  void read_marks() {
    StreamMarks& marks = data().marks;
    uint64_t length = in_.length();
    marks.last_id = read_id();
    if (type_ == rdb::kStream) {
      marks.entries_added = length;
    } else {
      read_id();  // the first one: that is found below
      marks.max_deleted_id = read_id();
      marks.entries_added = in_.length();
    }
    if (in_.failed()) return;
    if (length != data().length) return in_.fail("Stream length inconsistent with its entries");
    if (!data().blocks.empty()) marks.last_id = std::max(marks.last_id, last_entry_);
    stream_.visit_until({}, StreamId::max(), false, [&](const StreamEntry& entry) {
      marks.first_id = entry.id;
      return true;
    });
    left_ = in_.count(1);
    in_groups_ = true;
  }

  void read_group() {
    std::string name(in_.string());
    StreamId last_id = read_id();
    int64_t entries_read =
        type_ == rdb::kStream ? stream_.entries_up_to(last_id) : static_cast<int64_t>(in_.length());
    if (in_.failed()) return;
    if (stream_.group(name)) return in_.fail("Duplicated consumer group name " + name);
    StreamGroup* group = stream_.add_group(name, last_id, entries_read);
    std::vector<Waiting> waiting;
    for (uint64_t count = in_.count(kRawIdBytes + 9); count > 0 && !in_.failed(); count--) {
      Waiting one;
      one.id = raw_id(in_.raw(kRawIdBytes));
      one.delivered_ms = in_.little_int64();
      one.deliveries = in_.length();
      if (!waiting.empty() && one.id <= waiting.back().id) {
        in_.fail("Duplicated global PEL entry loading stream consumer group");
      }
      waiting.push_back(one);
    }
    for (uint64_t count = in_.count(10); count > 0 && !in_.failed(); count--) {
      read_consumer(group, &waiting);
    }
    bool all_owned =
        std::all_of(waiting.begin(), waiting.end(), [](const Waiting& one) { return one.owned; });
    if (!in_.failed() && !all_owned) in_.fail("NACK entry without consumer");
  }

  void read_consumer(StreamGroup* group, std::vector<Waiting>* waiting) {
    std::string name(in_.string());
    int64_t seen_ms = in_.little_int64();
    int64_t active_ms = type_ == rdb::kStream3 ? in_.little_int64() : seen_ms;
    if (in_.failed()) return;
    if (group->consumer(name)) return in_.fail("Duplicate stream consumer detected");
    StreamConsumer* consumer = group->add_consumer(name, seen_ms);
    consumer->active_ms = active_ms;
    for (uint64_t count = in_.count(kRawIdBytes); count > 0; count--) {
      StreamId id = raw_id(in_.raw(kRawIdBytes));
      if (in_.failed()) return;
      auto found = std::lower_bound(waiting->begin(), waiting->end(), id,
                                    [](const Waiting& one, StreamId key) { return one.id < key; });
      if (found == waiting->end() || found->id != id) {
        return in_.fail("Consumer entry not found in group global PEL");
      }
      if (found->owned) return in_.fail("Duplicated consumer PEL entry");
      found->owned = true;
      StreamPending* pending = group->give(id, consumer);
      pending->delivered_ms = found->delivered_ms;
      pending->deliveries = static_cast<int64_t>(found->deliveries);
    }
  }

  RdbReader& in_;
  EntryStream stream_;
  const uint8_t type_;
  uint64_t left_;  // blocks, then groups
  bool in_groups_ = false;
  StreamId last_entry_;
};

}  // namespace

std::unique_ptr<RdbElements> stream(const TypeEnv& env, RdbReader& in, uint8_t type) {
  return std::make_unique<StreamElements>(env, in, type);
}

}  // namespace redstart::rdb_load
