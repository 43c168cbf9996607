// A field of a large hash with its value, in one allocation owned by its table slot.
//
//   byte 0      wide | has_ttl
//   lengths     narrow: field u8, value u8       wide: field u32, value u32
//   ttl         8 bytes, unix ms, only with has_ttl
//   field, value
//
// As with entries, the size of the allocation follows from the header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/hash.h"
#include "core/seg_table.h"

namespace redstart {

// A field without an expiry. (0 is a time that has passed, and what RDB files write.)
inline constexpr int64_t kFieldStays = 0;

class HashField {
 public:
  HashField() = delete;  // only make() makes them

  static HashField* make(Slab& slab, std::string_view field, std::string_view value,
                         int64_t expire_at_ms);
  // Answers the field or its successor, in which case the old one is released.
  // REQUIRES: `value` lies elsewhere, or is value() itself.
  static HashField* store(Slab& slab, HashField* field, std::string_view value,
                          int64_t expire_at_ms);
  void release(Slab& slab) { slab.release(this, layout_size()); }

  std::string_view name() const { return {name_begin(), name_size()}; }
  std::string_view value() const { return {name_begin() + name_size(), value_size()}; }
  int64_t expire_at_ms() const {
    return has_ttl() ? load<int64_t>(rest_ + lengths()) : kFieldStays;
  }
  size_t allocated_bytes() const { return Slab::class_size(layout_size()); }

 private:
  bool wide() const { return head_ & 1; }
  bool has_ttl() const { return head_ & 2; }
  size_t lengths() const { return wide() ? 8 : 2; }
  size_t name_size() const { return wide() ? load<uint32_t>(rest_) : rest_[0]; }
  size_t value_size() const { return wide() ? load<uint32_t>(rest_ + 4) : rest_[1]; }
  const char* name_begin() const {
    return reinterpret_cast<const char*>(rest_ + lengths() + (has_ttl() ? 8 : 0));
  }
  size_t layout_size() const {
    return static_cast<size_t>(name_begin() - reinterpret_cast<const char*>(this)) + name_size() +
           value_size();
  }
  void set_value_size(size_t size);

  template <typename T>
  static T load(const void* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }

  uint8_t head_;
  uint8_t rest_[];
};

struct HashFieldPolicy {
  using Object = HashField;
  uint64_t seed = 0;
  uint64_t hash(const HashField* field) const { return hash_bytes(field->name(), seed); }
  bool equals(const HashField* field, std::string_view name) const { return field->name() == name; }
};

}  // namespace redstart
