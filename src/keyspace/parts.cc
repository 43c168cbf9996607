#include "keyspace/parts.h"

#include <algorithm>
#include <functional>

#include "base/random.h"

namespace redstart {

namespace {

// Elements that a command may free by itself; the rest is freed in slices.
constexpr size_t kFreeAtOnce = 2000;
constexpr size_t kFlushAtOnce = 10000;
// A big string shrinks by this much per slice: the system takes that long for its pages.
constexpr size_t kBigSlice = size_t{1} << 20;
constexpr size_t kBigSliceCost = 1000;
// Each of them moves a few hundred slots.
constexpr size_t kShrinkSegments = 8;
// The system takes some microseconds for each.
constexpr size_t kPagesAtOnce = 32;
// Stale records that are not worth a rebuild.
constexpr size_t kStaleAllowed = 1024;

}  // namespace

Keyspace::Parts::~Parts() {
  empty(true);
  while (reclaim(SIZE_MAX)) {
  }
}

// Entries

Slot* Keyspace::Parts::insert(uint64_t hash, Entry* entry) {
  changes++;
  return table.insert(hash, entry);
}

void Keyspace::Parts::replace(Slot* slot, Entry* entry) {
  changes++;
  EntryTable::replace(slot, entry);
}

Entry* Keyspace::Parts::unlink(Slot* slot, uint64_t hash) {
  changes++;
  mark_elements(slot, false);
  Entry* entry = table.erase(slot, hash);
  if (entry->has_ttl()) with_ttl--;
  return entry;
}

void Keyspace::Parts::retime(Slot* slot, uint64_t hash, int64_t before_ms, int64_t after_ms) {
  bool had = before_ms != kNoExpiry;
  bool has = after_ms != kNoExpiry;
  with_ttl += has - had;
  slot->set_ttl(has);
  if (has && shared.replica_writes && !shared.loading) [[unlikely]] {
    own_expiries.push_back({after_ms, hash});
    std::push_heap(own_expiries.begin(), own_expiries.end(), std::greater<>());
  }
  // The record of a key that lives longer is put back when it comes up.
  if (!has || (had && after_ms / ExpiryWheel::kTickMs >= before_ms / ExpiryWheel::kTickMs)) return;
  note_due(hash, after_ms);
}

void Keyspace::Parts::note_due(uint64_t hash, int64_t at_ms) {
  if (!wheel) wheel = std::make_unique<ExpiryWheel>(*shared.slab, shared.now_ms);
  (next_wheel ? next_wheel : wheel)->add(hash, at_ms);
}

int64_t Keyspace::Parts::first_element_ms(const Entry& entry) const {
  const ObjectOps* ops = ops_of(entry);
  if (!ops || !ops->next_expiry_ms) return INT64_MAX;
  return ops->next_expiry_ms(entry.object(), entry.encoding());
}

void Keyspace::Parts::mark_elements(Slot* slot, bool expire) {
  with_element_ttl += expire - slot->has_element_ttl();
  slot->set_element_ttl(expire);
}

int64_t Keyspace::Parts::due_ms(const Entry& entry) const {
  int64_t at_ms = entry.expire_at_ms();
  int64_t element_ms = first_element_ms(entry);
  if (element_ms == INT64_MAX) return at_ms;
  return at_ms == kNoExpiry ? element_ms : std::min(at_ms, element_ms);
}

Slot* Keyspace::Parts::find_by_hash(uint64_t hash) const {
  return table.find_slot_if(
      hash, [&](const Entry* entry) { return hash_bytes(entry->key(), shared.hash_seed) == hash; });
}

const Entry* Keyspace::Parts::sample_volatile() const {
  if (!wheel) return nullptr;
  const ExpiryWheel* from = wheel.get();
  if (next_wheel &&
      shared.random->below(from->records() + next_wheel->records() + 1) < next_wheel->records()) {
    from = next_wheel.get();
  }
  constexpr int kTries = 8;  // records may be stale
  for (int i = 0; i < kTries; i++) {
    uint64_t hash;
    if (!from->sample(*shared.random, &hash)) return nullptr;
    Slot* slot = find_by_hash(hash);
    if (slot && EntryTable::object(slot)->has_ttl()) return EntryTable::object(slot);
  }
  return nullptr;
}

// Giving back

void Keyspace::Parts::dispose(Entry* entry) {
  void* value = value_pointer(*entry);
  if (value) dispose_value(entry->type(), entry->encoding(), value);
  EntryMaker::release(*shared.slab, entry);
}

void Keyspace::Parts::dispose_value(Type type, uint8_t encoding, void* value) {
  DoomedValue doomed{type, encoding, value};
  size_t budget = kFreeAtOnce;
  if (dispose_slice(&doomed, &budget)) return;
  shared.freed_later++;
  doomed_values.push_back(doomed);
}

// Frees what the budget allows; true when nothing is left.
bool Keyspace::Parts::dispose_slice(DoomedValue* doomed, size_t* budget) {
  if (doomed->type != Type::kString) {
    const ObjectOps* ops = shared.ops[static_cast<size_t>(doomed->type)];
    return ops->destroy_some(*shared.slab, doomed->value, doomed->encoding, budget);
  }
  auto* buf = static_cast<BigBuf*>(doomed->value);
  while (buf->unshared() && buf->capacity() > kBigSlice) {
    if (*budget == 0) return false;
    *budget -= std::min(*budget, kBigSliceCost);
    shared.big_bytes -= buf->allocated_bytes();
    buf = BigBuf::set_capacity(buf, buf->capacity() - kBigSlice);
    shared.big_bytes += buf->allocated_bytes();
    doomed->value = buf;
  }
  shared.big_bytes -= buf->allocated_bytes();
  buf->drop();
  return true;
}

void Keyspace::Parts::empty(bool later) {
  changes++;
  with_ttl = 0;
  with_element_ttl = 0;
  rebuild_cursor = 0;
  own_expiries = {};
  if (table.size() > 0) {
    doomed_tables.push_back(std::make_unique<EntryTable>(*shared.slab, table.policy()));
    table.swap(*doomed_tables.back());
  }
  if (wheel) doomed_wheels.push_back(std::move(wheel));
  if (next_wheel) doomed_wheels.push_back(std::move(next_wheel));
  if (!later) reclaim(kFlushAtOnce);
}

bool Keyspace::Parts::reclaim(size_t budget) {
  while (!doomed_tables.empty() && budget > 0) {
    size_t step = std::min<size_t>(budget, kFreeAtOnce);
    budget -= step;
    if (doomed_tables.back()->clear_some(step, [&](Entry* entry) { dispose(entry); })) {
      doomed_tables.pop_back();
    }
  }
  while (!doomed_values.empty() && budget > 0) {
    DoomedValue doomed = doomed_values.back();
    doomed_values.pop_back();
    if (!dispose_slice(&doomed, &budget)) doomed_values.push_back(doomed);
  }
  while (!doomed_wheels.empty() && budget > 0) {
    size_t step = std::min<size_t>(budget, kFreeAtOnce);
    budget -= step;
    if (!doomed_wheels.back()->drain(step)) doomed_wheels.pop_back();
  }
  bool more = shared.slab->give_back(kPagesAtOnce);
  if (budget == 0) return true;
  // Tidying up would copy what a snapshot child shares.
  if (shared.snapshot_child) return more || has_doomed();
  more |= rebuild_wheel(budget);
  more |= table.shrink_step(kShrinkSegments);
  return more || has_doomed();
}

// Walks the table into a new wheel when most records of the old one are stale, or when the clock
// was set back and the old one would wait until it has caught up. The old one serves until then.
bool Keyspace::Parts::rebuild_wheel(size_t budget) {
  if (!wheel) return false;
  if (!next_wheel) {
    bool stale = wheel->records() > 2 * std::max(with_ttl, kept_records) + kStaleAllowed;
    if (!stale && !wheel->ahead_of(shared.now_ms)) return false;
    next_wheel = std::make_unique<ExpiryWheel>(*shared.slab, shared.now_ms);
    rebuild_cursor = 0;
  }
  rebuild_cursor = table.scan(rebuild_cursor, [&](Entry* entry) {
    int64_t at_ms = due_ms(*entry);
    if (at_ms != kNoExpiry) next_wheel->add(hash_bytes(entry->key(), shared.hash_seed), at_ms);
    return --budget == 0;
  });
  if (rebuild_cursor != 0) return true;
  doomed_wheels.push_back(std::move(wheel));
  wheel = std::move(next_wheel);
  kept_records = wheel->records();
  return true;
}

}  // namespace redstart
