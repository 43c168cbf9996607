// A large set: a table of members.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/hash.h"
#include "core/seg_table.h"

namespace redstart {

// A member in one allocation: its length in one byte, or 255 and four bytes, then its bytes.
class SetMember {
 public:
  SetMember() = delete;  // only make() makes them

  static SetMember* make(Slab& slab, std::string_view text);
  void release(Slab& slab) { slab.release(this, layout_size()); }

  std::string_view text() const { return {text_begin(), text_size()}; }
  size_t allocated_bytes() const { return Slab::class_size(layout_size()); }

 private:
  static constexpr uint8_t kLong = 255;

  size_t text_size() const {
    if (head_[0] != kLong) return head_[0];
    uint32_t size;
    std::memcpy(&size, head_ + 1, sizeof size);
    return size;
  }
  size_t head_size() const { return head_[0] == kLong ? 5 : 1; }
  const char* text_begin() const { return reinterpret_cast<const char*>(head_) + head_size(); }
  size_t layout_size() const { return head_size() + text_size(); }

  uint8_t head_[1];  // and what follows
};

struct SetMemberPolicy {
  using Object = SetMember;
  uint64_t seed = 0;
  uint64_t hash(const SetMember* member) const { return hash_bytes(member->text(), seed); }
  bool equals(const SetMember* member, std::string_view text) const {
    return member->text() == text;
  }
};

class SetTable {
 public:
  SetTable(Slab& slab, uint64_t seed) : slab_(slab), members_(slab, SetMemberPolicy{seed}) {}
  ~SetTable() { clear_some(SIZE_MAX); }
  SetTable(const SetTable&) = delete;
  SetTable& operator=(const SetTable&) = delete;

  size_t size() const { return members_.size(); }
  uint64_t hash_of(std::string_view text) const { return hash_bytes(text, members_.policy().seed); }
  bool contains(std::string_view text) const {
    return members_.find(hash_of(text), text) != nullptr;
  }
  bool add(std::string_view text);
  bool erase(std::string_view text);

  const SegTable<SetMemberPolicy>& members() const { return members_; }
  SetTable* copy(Slab& slab) const;
  // True when nothing is left: the table may be destroyed at once.
  bool clear_some(size_t max);
  size_t bytes() const { return sizeof *this + members_.bytes() + member_bytes_; }
  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const;

 private:
  void insert(uint64_t hash, SetMember* member);

  Slab& slab_;
  SegTable<SetMemberPolicy> members_;
  size_t member_bytes_ = 0;
};

}  // namespace redstart
