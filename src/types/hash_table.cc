#include "types/hash_table.h"

#include <algorithm>
#include <functional>

namespace redstart {

namespace {

// Stale deadlines that are not worth weeding.
constexpr size_t kStaleAllowed = 64;

}  // namespace

Slot* HashTable::find_by_hash(uint64_t hash) const {
  return fields_.find_slot_if(
      hash, [&](const HashField* field) { return fields_.policy().hash(field) == hash; });
}

bool HashTable::set(std::string_view name, std::string_view value, bool keep_expiry) {
  uint64_t hash = hash_of(name);
  Slot* slot = fields_.find_slot(hash, name);
  if (!slot) {
    insert(hash, HashField::make(slab_, name, value, kFieldStays));
    return true;
  }
  int64_t at_ms = keep_expiry ? fields_.object(slot)->expire_at_ms() : kFieldStays;
  replace(slot, value, at_ms);
  return false;
}

bool HashTable::erase(std::string_view name) {
  uint64_t hash = hash_of(name);
  Slot* slot = fields_.find_slot(hash, name);
  if (!slot) return false;
  remove(slot, hash);
  return true;
}

void HashTable::insert(uint64_t hash, HashField* field) {
  field_bytes_ += field->allocated_bytes();
  fields_.insert(hash, field);
}

void HashTable::remove(Slot* slot, uint64_t hash) {
  HashField* field = fields_.erase(slot, hash);
  field_bytes_ -= field->allocated_bytes();
  with_expiry_ -= field->expire_at_ms() != kFieldStays;
  field->release(slab_);
  fields_.shrink_step(1);
}

void HashTable::replace(Slot* slot, std::string_view value, int64_t at_ms) {
  HashField* field = fields_.object(slot);
  field_bytes_ -= field->allocated_bytes();
  with_expiry_ -= field->expire_at_ms() != kFieldStays;
  field = HashField::store(slab_, field, value, at_ms);
  fields_.replace(slot, field);
  with_expiry_ += at_ms != kFieldStays;
  field_bytes_ += field->allocated_bytes();
}

// Expiry

void HashTable::set_expiry(std::string_view name, int64_t at_ms) {
  uint64_t hash = hash_of(name);
  Slot* slot = fields_.find_slot(hash, name);
  int64_t before_ms = fields_.object(slot)->expire_at_ms();
  replace(slot, fields_.object(slot)->value(), at_ms);
  if (at_ms == kFieldStays || (before_ms != kFieldStays && at_ms >= before_ms)) return;
  add_deadline(at_ms, hash);
}

void HashTable::add_deadline(int64_t at_ms, uint64_t hash) {
  if (deadlines_.size() > 2 * with_expiry_ + kStaleAllowed) weed_deadlines();
  deadlines_.push_back({at_ms, hash});
  std::push_heap(deadlines_.begin(), deadlines_.end(), std::greater<>());
}

void HashTable::weed_deadlines() {
  std::erase_if(deadlines_, [&](const Deadline& deadline) {
    Slot* slot = find_by_hash(deadline.hash);
    return !slot || fields_.object(slot)->expire_at_ms() != deadline.at_ms;
  });
  // A time that was set again after it had been taken back stands here twice.
  auto by_hash = [](const Deadline& a, const Deadline& b) { return a.hash < b.hash; };
  auto same_hash = [](const Deadline& a, const Deadline& b) { return a.hash == b.hash; };
  std::sort(deadlines_.begin(), deadlines_.end(), by_hash);
  deadlines_.erase(std::unique(deadlines_.begin(), deadlines_.end(), same_hash), deadlines_.end());
  std::make_heap(deadlines_.begin(), deadlines_.end(), std::greater<>());
}

void HashTable::expire_some(int64_t now_ms, size_t max, std::vector<std::string>* expired) {
  for (size_t looked_at = 0; looked_at < max && next_expiry_ms() < now_ms; looked_at++) {
    uint64_t hash = deadlines_.front().hash;
    std::pop_heap(deadlines_.begin(), deadlines_.end(), std::greater<>());
    deadlines_.pop_back();
    Slot* slot = find_by_hash(hash);
    if (!slot) continue;
    const HashField* field = fields_.object(slot);
    int64_t at_ms = field->expire_at_ms();
    if (at_ms == kFieldStays) continue;
    if (at_ms >= now_ms) {
      add_deadline(at_ms, hash);
      continue;
    }
    expired->emplace_back(field->name());
    remove(slot, hash);
  }
}

// The whole

HashTable* HashTable::copy(Slab& slab) const {
  auto* copy = new (slab.allocate(sizeof(HashTable))) HashTable(slab, fields_.policy().seed);
  fields_.for_each([&](const HashField* field) {
    uint64_t hash = hash_of(field->name());
    int64_t at_ms = field->expire_at_ms();
    copy->insert(hash, HashField::make(slab, field->name(), field->value(), at_ms));
    if (at_ms == kFieldStays) return;
    copy->with_expiry_++;
    copy->add_deadline(at_ms, hash);
  });
  return copy;
}

bool HashTable::clear_some(size_t max) {
  return fields_.clear_some(max, [&](HashField* field) { field->release(slab_); });
}

size_t HashTable::bytes() const {
  return sizeof *this + fields_.bytes() + field_bytes_ + deadlines_.capacity() * sizeof(Deadline);
}

const char* HashTable::validate() const {
  if (const char* broken = fields_.validate()) return broken;
  size_t bytes = 0, with_expiry = 0;
  bool all_promised = true;
  fields_.for_each([&](const HashField* field) {
    bytes += field->allocated_bytes();
    int64_t at_ms = field->expire_at_ms();
    if (at_ms == kFieldStays) return;
    with_expiry++;
    uint64_t hash = hash_of(field->name());
    all_promised &= std::any_of(deadlines_.begin(), deadlines_.end(), [&](const Deadline& d) {
      return d.hash == hash && d.at_ms <= at_ms;
    });
  });
  if (bytes != field_bytes_) return "the bytes of the fields are counted wrong";
  if (with_expiry != with_expiry_) return "the fields with an expiry are counted wrong";
  if (!all_promised) return "a field has no deadline";
  return nullptr;
}

}  // namespace redstart
