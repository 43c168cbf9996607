#include "keyspace/keyspace.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/random.h"
#include "keyspace/access_clock.h"
#include "keyspace/observer.h"
#include "keyspace/parts.h"
#include "keyspace/write_guard.h"

namespace redstart {

Keyspace::Keyspace(KeyspaceShared& shared, int index)
    : index_(index), shared_(shared), parts_(new Parts(shared)) {}

Keyspace::~Keyspace() { delete parts_; }

Key Keyspace::key(std::string_view bytes) const {
  return {bytes, hash_bytes(bytes, shared_.hash_seed)};
}

// Lookups

const Entry* Keyspace::find(const Key& key, unsigned lookup_flags) {
  Slot* slot = live_slot(key);
  if (!slot) {
    shared_.misses++;
    if (shared_.observer && !(lookup_flags & kLookupNoMissEvent)) {
      shared_.observer->on_miss(*this, key);
    }
    return nullptr;
  }
  shared_.hits++;
  Entry* entry = EntryTable::object(slot);
  if (shared_.touch && !(lookup_flags & kLookupNoTouch)) {
    EntryMaker::set_clock(entry, clock_after_use(shared_, entry->clock()));
  }
  return entry;
}

const Entry* Keyspace::peek(const Key& key) {
  Slot* slot = live_slot(key);
  return slot ? EntryTable::object(slot) : nullptr;
}

WriteGuard Keyspace::write(const Key& key) {
  Slot* slot = parts_->table.find_slot(key.hash, key.bytes);
  if (slot) {
    Entry* entry = EntryTable::object(slot);
    if (parts_->expired(*entry) && (!shared_.replica || shared_.replica_writes)) {
      remove(slot, key.hash, Reason::kExpired);
      slot = nullptr;
    } else if (shared_.touch) {
      EntryMaker::set_clock(entry, clock_after_use(shared_, entry->clock()));
    }
  }
  return WriteGuard(this, key, slot);
}

Slot* Keyspace::live_slot(const Key& key) {
  Slot* slot = parts_->table.find_slot(key.hash, key.bytes);
  if (!slot || !parts_->expired(*EntryTable::object(slot))) [[likely]]
    return slot;
  if (parts_->may_expire()) remove(slot, key.hash, Reason::kExpired);
  return nullptr;
}

void Keyspace::remove(Slot* slot, uint64_t hash, Reason reason) {
  // The observer still reads the key, so the entry goes last.
  Entry* entry = parts_->unlink(slot, hash);
  bool expired = reason == Reason::kExpired;
  (expired ? shared_.expired : shared_.evicted)++;
  if (KeyspaceObserver* observer = shared_.observer) {
    Key key{entry->key(), hash};
    expired ? observer->on_expired(*this, key) : observer->on_evicted(*this, key);
  }
  parts_->dispose(entry);
}

// The whole

size_t Keyspace::size() const { return parts_->table.size(); }
size_t Keyspace::expires_size() const { return parts_->with_ttl; }
size_t Keyspace::element_expires_size() const { return parts_->with_element_ttl; }
void Keyspace::dispose(Type type, Held held) {
  parts_->dispose_value(type, held.encoding, held.object);
}

size_t Keyspace::table_bytes() const { return parts_->table.bytes(); }

size_t Keyspace::wheel_bytes() const {
  size_t bytes = 0;
  if (parts_->wheel) bytes += parts_->wheel->bytes();
  if (parts_->next_wheel) bytes += parts_->next_wheel->bytes();
  return bytes;
}

int64_t Keyspace::average_ttl_ms() const {
  constexpr int kSamples = 64;
  if (parts_->with_ttl == 0) return 0;
  int64_t total = 0, counted = 0;
  for (int i = 0; i < kSamples; i++) {
    const Entry* entry = parts_->sample_volatile();
    if (!entry || parts_->expired(*entry)) continue;
    total += entry->expire_at_ms() - shared_.now_ms;
    counted++;
  }
  return counted ? total / counted : 0;
}

void Keyspace::flush(bool later) {
  if (shared_.observer) shared_.observer->on_flush(*this);
  parts_->empty(later);
}

void Keyspace::swap_contents(Keyspace& other) {
  if (shared_.observer) {
    shared_.observer->on_flush(*this);
    shared_.observer->on_flush(other);
  }
  std::swap(parts_, other.parts_);
}

bool Keyspace::reclaim(size_t budget) { return parts_->reclaim(budget); }

// Walks

uint64_t Keyspace::scan(uint64_t cursor, const std::function<bool(const Entry&)>& visit,
                        std::optional<Type> only_type) {
  std::vector<Entry*> expired;
  cursor = parts_->table.scan(cursor, [&](Entry* entry) {
    if (!parts_->expired(*entry)) return visit(*entry);
    if (!only_type || entry->type() == *only_type) expired.push_back(entry);
    return false;
  });
  if (!parts_->may_expire()) return cursor;
  for (Entry* entry : expired) {
    uint64_t hash = hash_bytes(entry->key(), shared_.hash_seed);
    remove(parts_->table.find_slot(hash, entry->key()), hash, Reason::kExpired);
  }
  return cursor;
}

const Entry* Keyspace::random_entry() {
  // Where nothing may be deleted and everything has expired, an expired key is the answer.
  constexpr int kTries = 100;
  for (int tries = 0; const Entry* entry = parts_->table.random(*shared_.random);) {
    if (!parts_->expired(*entry)) return entry;
    if (parts_->may_expire()) {
      peek(key(entry->key()));
    } else if (++tries == kTries) {
      return entry;
    }
  }
  return nullptr;
}

void Keyspace::for_each(const std::function<void(const Entry&)>& visit) const {
  parts_->table.for_each([&](Entry* entry) {
    if (!parts_->expired(*entry)) visit(*entry);
  });
}

void Keyspace::prefetch_line(uint64_t hash) const { parts_->table.prefetch_line(hash); }
void Keyspace::prefetch_entry(uint64_t hash) const { parts_->table.prefetch_entry(hash); }

const char* Keyspace::validate() const {
  if (const char* broken = parts_->table.validate()) return broken;
  size_t with_ttl = 0, with_element_ttl = 0;
  bool flags_agree = true;
  parts_->table.for_each([&](Entry* entry) {
    with_ttl += entry->has_ttl();
    uint64_t hash = hash_bytes(entry->key(), shared_.hash_seed);
    Slot* slot = parts_->table.find_slot(hash, entry->key());
    bool element_ttl = parts_->first_element_ms(*entry) != INT64_MAX;
    with_element_ttl += element_ttl;
    flags_agree &=
        slot && slot->has_ttl() == entry->has_ttl() && slot->has_element_ttl() == element_ttl;
  });
  if (!flags_agree) return "a slot and its entry disagree about the expiry";
  if (with_ttl != parts_->with_ttl) return "the count of keys with an expiry is wrong";
  if (with_element_ttl != parts_->with_element_ttl) {
    return "the count of keys with elements that expire is wrong";
  }
  return nullptr;
}

// Expiry

// Looks up what the wheel has brought up. A record is only a hash, so the key is compared by its
// whole hash: two keys that share it would wait for each other at worst.
class DueJudge final : public ExpiryWheel::Judge {
 public:
  DueJudge(Keyspace& keys, bool forget_living) : keys_(keys), forget_living_(forget_living) {}

  void judge(std::span<const uint64_t> hashes, int64_t* again) override {
    for (uint64_t hash : hashes) keys_.prefetch_line(hash);
    for (uint64_t hash : hashes) keys_.prefetch_entry(hash);
    for (size_t i = 0; i < hashes.size(); i++) again[i] = judge_one(hashes[i]);
  }

 private:
  int64_t judge_one(uint64_t hash) {
    Slot* slot = keys_.parts_->find_by_hash(hash);
    if (!slot) return kNoExpiry;
    const Entry& entry = *EntryTable::object(slot);
    if (keys_.parts_->expired(entry)) {
      keys_.remove(slot, hash, Keyspace::Reason::kExpired);
      return kNoExpiry;
    }
    expire_elements(slot, hash);
    slot = forget_living_ ? nullptr : keys_.parts_->find_by_hash(hash);
    return slot ? keys_.parts_->due_ms(*EntryTable::object(slot)) : kNoExpiry;
  }

  void expire_elements(Slot* slot, uint64_t hash) {
    const Entry& entry = *EntryTable::object(slot);
    const ObjectOps* ops = keys_.parts_->ops_of(entry);
    if (!ops || !ops->expire_some) return;
    std::string key(entry.key());
    WriteGuard(&keys_, {key, hash}, slot).expire_elements(kElementsAtOnce);
  }

  // What is left comes at the next tick of the wheel.
  static constexpr size_t kElementsAtOnce = 500;

  Keyspace& keys_;
  bool forget_living_;
};

// What a replica may delete by itself.
bool Keyspace::expire_own(size_t budget) {
  auto& heap = parts_->own_expiries;
  while (!heap.empty() && heap.front().at_ms < shared_.now_ms) {
    if (budget-- == 0) return true;
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    const uint64_t hash = heap.back().hash;
    heap.pop_back();
    Slot* slot = parts_->find_by_hash(hash);
    if (slot && parts_->expired(*EntryTable::object(slot))) remove(slot, hash, Reason::kExpired);
  }
  return false;
}

bool Keyspace::expire_due(size_t budget) {
  if (shared_.replica) return expire_own(budget);
  parts_->own_expiries.clear();
  if (!parts_->may_expire() || !parts_->wheel) return false;
  // While the wheel is being rebuilt, the new one has its own record of whatever lives on.
  DueJudge judge(*this, parts_->next_wheel != nullptr);
  bool more = parts_->wheel->advance(shared_.now_ms, budget, judge);
  if (!parts_->next_wheel) return more;
  DueJudge next_judge(*this, false);
  return parts_->next_wheel->advance(shared_.now_ms, budget, next_judge) || more;
}

int64_t Keyspace::next_expiry_ms() const {
  if (shared_.replica && !parts_->own_expiries.empty()) {
    return parts_->own_expiries.front().at_ms + 1;
  }
  if (!parts_->may_expire() || !parts_->wheel) return INT64_MAX;
  int64_t next = parts_->wheel->next_ms();
  return parts_->next_wheel ? std::min(next, parts_->next_wheel->next_ms()) : next;
}

}  // namespace redstart
