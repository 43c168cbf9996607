#include "engine/indexing.h"

#include <algorithm>
#include <utility>

#include "base/ticks.h"
#include "engine/engine.h"
#include "engine/index_reader.h"
#include "engine/index_value.h"
#include "keyspace/entry.h"
#include "types/stream.h"

namespace redstart {

namespace {

// As much of a turn as all else had, so that whoever writes without end is not read ever later.
constexpr int64_t kTurnUsMin = 400;
constexpr int64_t kTurnUsMax = 2000;
// What is done between two looks at the clock.
constexpr size_t kKeysPerScan = 128;
constexpr size_t kEntriesAtOnce = 32;
constexpr size_t kSettleAtOnce = 64;
constexpr size_t kExpiredAtOnce = 1000;

constexpr size_t kDestroyed = 1;  // of a budget, for the object itself

}  // namespace

// ---- the value

IndexValue::IndexValue(const TypeEnv& env, search::Definition definition)
    : pending(env.slab),
      env_(env),
      definition_(std::move(definition)),
      index_(std::make_unique<search::Index>(env.slab, env.hash_seed, definition_)) {}

// Those that it had leave in an object of their own, which no key holds.
void IndexValue::forget_documents() {
  if (index_->size() == 0) return;
  auto* doomed = new IndexValue(env_, definition_);
  std::swap(index_, doomed->index_);
  keys_->dispose(Type::kIndex, Held{doomed->as_object(), 0});
}

bool IndexValue::destroy_some(size_t* budget) {
  if (home_) home_->leave(*this);
  for (; *budget > 0 && !pending.empty(); --*budget) pending.take();
  if (!pending.empty() || !index_->release_some(budget)) return false;
  *budget -= std::min(*budget, kDestroyed);
  delete this;
  return true;
}

// ---- which there are

Indexing::~Indexing() = default;

Indexing::Space* Indexing::find_space(const Keyspace& keys) const {
  const auto found = spaces_.find(&keys);
  return found == spaces_.end() ? nullptr : found->second.get();
}

Indexing::Space& Indexing::space(Tenant& tenant, Keyspace& keys) {
  std::unique_ptr<Space>& space = spaces_[&keys];
  if (!space) space = std::make_unique<Space>(Space{&tenant, {}, {}, {}});
  listen_if_needed();
  return *space;
}

void Indexing::forget_if_empty(const Keyspace& keys) {
  const Space* space = find_space(keys);
  if (space && space->indexes.empty() && space->aliases.empty()) spaces_.erase(&keys);
  listen_if_needed();
}

void Indexing::listen_if_needed() { engine_.unit().listen_to_touches(this, !spaces_.empty()); }

void Indexing::collect_prefixes(Space* space) {
  space->prefixes.clear();
  for (auto& [name, index] : space->indexes) {
    for (const std::string& prefix : index->definition().prefixes) {
      space->prefixes.push_back({prefix, index});
    }
  }
}

void Indexing::place(Tenant& tenant, Keyspace& keys, std::string_view name, IndexValue& index) {
  if (index.home_) leave(index);
  Space& there = space(tenant, keys);
  index.home_ = this;
  index.keys_ = &keys;
  index.name_ = name;
  there.indexes.insert_or_assign(index.name_, &index);
  collect_prefixes(&there);
  work_left_ = true;
}

void Indexing::leave(IndexValue& index) {
  Space& space = *find_space(*index.keys_);
  // Another one may have come to the name before this one went.
  const auto found = space.indexes.find(index.name_);
  if (found != space.indexes.end() && found->second == &index) space.indexes.erase(found);
  collect_prefixes(&space);
  index.home_ = nullptr;
  forget_if_empty(*index.keys_);
}

const Indexing::Indexes* Indexing::indexes(const Keyspace& keys) const {
  const Space* space = find_space(keys);
  return space ? &space->indexes : nullptr;
}

const Indexing::Aliases* Indexing::aliases(const Keyspace& keys) const {
  const Space* space = find_space(keys);
  return space ? &space->aliases : nullptr;
}

bool Indexing::add_alias(Tenant& tenant, Keyspace& keys, std::string_view alias,
                         std::string_view index) {
  return space(tenant, keys).aliases.insert_or_assign(std::string(alias), index).second;
}

bool Indexing::remove_alias(Keyspace& keys, std::string_view alias) {
  Space* space = find_space(keys);
  if (!space) return false;
  const auto found = space->aliases.find(alias);
  if (found == space->aliases.end()) return false;
  space->aliases.erase(found);
  forget_if_empty(keys);
  return true;
}

void Indexing::swap_contents(Keyspace& one, Keyspace& other) {
  swapping_ = true;
  one.swap_contents(other);
  swapping_ = false;
  std::unique_ptr<Space> of_one, of_other;
  if (auto node = spaces_.extract(&one)) of_one = std::move(node.mapped());
  if (auto node = spaces_.extract(&other)) of_other = std::move(node.mapped());
  auto settle = [this](std::unique_ptr<Space> space, Keyspace& keys) {
    if (!space) return;
    for (auto& [name, index] : space->indexes) index->keys_ = &keys;
    spaces_[&keys] = std::move(space);
  };
  settle(std::move(of_one), other);
  settle(std::move(of_other), one);
}

void Indexing::belongs_to(Tenant& tenant, Keyspace& keys) {
  if (Space* there = find_space(keys)) there->tenant = &tenant;
}

// ---- what they are told

namespace {

// A stream that is made anew is another one, whatever ids it has.
void notice_stream(const Entry* entry, IndexValue* index) {
  IndexValue::Followed& followed = index->followed;
  const bool is_stream = entry && entry->type() == Type::kStream;
  if (is_stream && (entry->object() == followed.stream || followed.any_stream)) return;
  followed = {};
}

}  // namespace

void Indexing::on_touched(Keyspace& keys, const Key& key, bool by_command) {
  Space* space = find_space(keys);
  if (!space) return;
  // Where memory is short, keys go to make room: remembering their names until later would take
  // more of it.
  const bool gone = !by_command && (engine_.attention & kMemoryLimit) && !keys.peek(key);
  for (const Prefix& prefix : space->prefixes) {
    if (!key.bytes.starts_with(prefix.text)) continue;
    IndexValue& index = *prefix.index;
    if (index.of_stream()) {
      if (key.bytes != prefix.text) continue;
      notice_stream(keys.peek(key), &index);
    }
    if (gone && !index.of_stream()) {
      index.pending.forget(key.bytes);
      index.index().remove(key.bytes);
    } else {
      index.pending.note(key.bytes);
    }
    work_left_ = true;
  }
}

void Indexing::on_flushed(Keyspace& keys) {
  if (swapping_) return;
  const auto found = spaces_.find(&keys);
  if (found == spaces_.end()) return;
  for (auto& [name, index] : found->second->indexes) index->home_ = nullptr;
  spaces_.erase(found);
  listen_if_needed();
}

// ---- reading

class Indexing::Budget {
 public:
  // Without end.
  Budget() = default;
  Budget(const TickScale& scale, int64_t us)
      : ends_(read_ticks() +
              static_cast<uint64_t>(static_cast<double>(us) * 1000 / scale.ns_per_tick())) {}
  bool limited() const { return ends_ != UINT64_MAX; }
  bool spent() const { return limited() && read_ticks() >= ends_; }

 private:
  uint64_t ends_ = UINT64_MAX;
};

namespace {

// What is expired is not to be seen, whether or not anybody has looked for it.
void expire_all_due(Keyspace& keys) {
  while (keys.expire_due(kExpiredAtOnce)) {
  }
}

}  // namespace

void Indexing::catch_up(IndexValue& index) {
  expire_all_due(*index.keys_);
  Budget all;
  advance(*find_space(*index.keys_), index, all);
}

void Indexing::catch_up_all(const Tenant& tenant) {
  // Indexes may be among what is expired: none goes during the walk over them.
  for (int db = 0; db < tenant.databases(); db++) {
    if (Keyspace* keys = tenant.existing(db)) expire_all_due(*keys);
  }
  Budget all;
  for (auto& [keys, space] : spaces_) {
    if (space->tenant != &tenant) continue;
    for (auto& [name, index] : space->indexes) advance(*space, *index, all);
  }
}

void Indexing::start_over(IndexValue& index) {
  index.forget_documents();
  index.pending.clear();
  index.followed = {};
  index.scanning = true;
  index.scan_cursor = 0;
  work_left_ = true;
}

bool Indexing::end_turn() {
  if (!work_left_) return false;
  const TickScale& scale = engine_.tick_scale();
  // Since the last time when more was left: the loop did not sleep.
  const int64_t others_us = busy_since_ == 0 ? 0 : scale.us(read_ticks() - busy_since_);
  Budget budget(scale, std::clamp(others_us, kTurnUsMin, kTurnUsMax));
  bool left = false;
  for (auto& [keys, space] : spaces_) {
    // Reading a key may be what finds that its time has come.
    engine_.unit().enter(*space->tenant);
    engine_.unit().never_wrap();
    for (auto& [name, index] : space->indexes) left |= !advance(*space, *index, budget);
    engine_.unit().leave();
  }
  work_left_ = left;
  busy_since_ = left ? read_ticks() : 0;
  return left;
}

bool Indexing::advance(Space& space, IndexValue& index, Budget& budget) {
  if (!index.scanning && index.pending.empty()) {
    return !budget.limited() || index.index().settle(kSettleAtOnce);
  }
  IndexReader reader(engine_.type_env(), index.definition());
  while (!budget.spent()) {
    if (index.scanning) {
      scan_some(space, index);
    } else if (!index.pending.empty()) {
      read_key(space, index, reader, index.pending.take());
    } else {
      // Whoever asks need not wait for that.
      if (!budget.limited() || index.index().settle(kSettleAtOnce)) return true;
    }
  }
  return false;
}

// Keys are found in no order; read they are once all of them are known.
void Indexing::scan_some(const Space& space, IndexValue& index) {
  if (index.of_stream()) {
    index.pending.found(index.definition().prefixes.front());
    index.scanning = false;
    return;
  }
  const Type type = type_of(index.definition().source);
  size_t seen = 0;
  index.scan_cursor = index.keys_->scan(
      index.scan_cursor,
      [&](const Entry& entry) {
        if (entry.type() == type && index.definition().takes(entry.key())) {
          index.pending.found(entry.key());
        }
        return ++seen == kKeysPerScan;
      },
      type);
  index.scanning = index.scan_cursor != 0;
}

void Indexing::read_key(const Space& space, IndexValue& index, IndexReader& reader,
                        std::string_view key) {
  // The key of an index may take that index away when it is looked up: its time may have come.
  const bool of_index = space.indexes.contains(key);
  const Entry* entry = of_index ? nullptr : index.keys_->peek(index.keys_->key(key));
  if (index.of_stream()) return follow_stream(index, reader, key, entry);
  if (entry && reader.read(*entry)) {
    index.index().replace(key, reader.document());
  } else {
    index.index().remove(key);
  }
}

namespace {

StreamId id_of(std::string_view key) {
  StreamId id;
  parse_stream_id(key, 0, &id);
  return id;
}

// Takes out what is not in the stream any more. Both are in the order of ids; the index need not
// have all of the stream. Numbers of documents may change with any of them that goes.
void drop_deleted(const EntryStreamView& stream, search::Index* index) {
  std::vector<std::string> deleted;
  search::DocNumber doc = index->next_doc(0);
  auto drop_below = [&](StreamId id) {
    for (; doc != search::kNoDoc && id_of(index->key(doc)) < id; doc = index->next_doc(doc + 1)) {
      deleted.emplace_back(index->key(doc));
    }
  };
  if (stream.size() > 0) drop_below(stream.marks().first_id);
  stream.visit_until({}, StreamId::max(), false, [&](const StreamEntry& entry) {
    drop_below(entry.id);
    if (doc == search::kNoDoc) return true;
    if (id_of(index->key(doc)) == entry.id) doc = index->next_doc(doc + 1);
    return false;
  });
  drop_below(StreamId::max());
  for (const std::string& id : deleted) index->remove(id);
}

}  // namespace

// Entries come at the end only and never change, so the index follows by the last one it has seen.
void Indexing::follow_stream(IndexValue& index, IndexReader& reader, std::string_view key,
                             const Entry* entry) {
  const bool is_stream = entry && entry->type() == Type::kStream;
  if (!is_stream || index.followed.stream != entry->object()) {
    index.forget_documents();
    if (!is_stream || !index.followed.any_stream) index.followed = {};
    if (!is_stream) return;
    index.followed.stream = entry->object();
    index.followed.any_stream = false;
    index.followed.last = index.followed.begin;
  }
  const EntryStreamView stream(engine_.type_env(), Held{entry->object(), entry->encoding()});
  StreamId from = index.followed.last;
  uint64_t read = 0;
  if (from.is_zero() || from.step_up()) {
    stream.visit_until(from, StreamId::max(), false, [&](const StreamEntry& e) {
      reader.read(e);
      index.index().replace(stream_id_text(e.id), reader.document());
      index.followed.last = e.id;
      return ++read == kEntriesAtOnce;
    });
  }
  index.followed.length += read;
  if (read == kEntriesAtOnce) return index.pending.note(key);
  if (stream.size() < index.followed.length) drop_deleted(stream, &index.index());
  index.followed.length = stream.size();
}

}  // namespace redstart
