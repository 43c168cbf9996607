#include "types/set_table.h"

namespace redstart {

SetMember* SetMember::make(Slab& slab, std::string_view text) {
  bool is_long = text.size() >= kLong;
  auto* bytes = static_cast<uint8_t*>(slab.allocate((is_long ? 5 : 1) + text.size()));
  bytes[0] = is_long ? kLong : static_cast<uint8_t>(text.size());
  if (is_long) {
    auto size = static_cast<uint32_t>(text.size());
    std::memcpy(bytes + 1, &size, sizeof size);
  }
  text.copy(reinterpret_cast<char*>(bytes) + (is_long ? 5 : 1), text.size());
  return reinterpret_cast<SetMember*>(bytes);
}

void SetTable::insert(uint64_t hash, SetMember* member) {
  member_bytes_ += member->allocated_bytes();
  members_.insert(hash, member);
}

bool SetTable::add(std::string_view text) {
  uint64_t hash = hash_of(text);
  if (members_.find_slot(hash, text)) return false;
  insert(hash, SetMember::make(slab_, text));
  return true;
}

bool SetTable::erase(std::string_view text) {
  uint64_t hash = hash_of(text);
  Slot* slot = members_.find_slot(hash, text);
  if (!slot) return false;
  SetMember* member = members_.erase(slot, hash);
  member_bytes_ -= member->allocated_bytes();
  member->release(slab_);
  members_.shrink_step(1);
  return true;
}

SetTable* SetTable::copy(Slab& slab) const {
  auto* copy = new (slab.allocate(sizeof(SetTable))) SetTable(slab, members_.policy().seed);
  members_.for_each([&](const SetMember* member) {
    copy->insert(hash_of(member->text()), SetMember::make(slab, member->text()));
  });
  return copy;
}

bool SetTable::clear_some(size_t max) {
  return members_.clear_some(max, [&](SetMember* member) { member->release(slab_); });
}

const char* SetTable::validate() const {
  size_t bytes = 0;
  members_.for_each([&](const SetMember* member) { bytes += member->allocated_bytes(); });
  if (bytes != member_bytes_) return "the bytes of the members are counted wrong";
  return members_.validate();
}

}  // namespace redstart
