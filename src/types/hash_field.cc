#include "types/hash_field.h"

#include <algorithm>

namespace redstart {
namespace {

constexpr size_t kNarrowMax = 255;

size_t size_for(bool wide, bool ttl, size_t name, size_t value) {
  return 1 + (wide ? 8 : 2) + (ttl ? 8 : 0) + name + value;
}

}  // namespace

HashField* HashField::make(Slab& slab, std::string_view name, std::string_view value,
                           int64_t expire_at_ms) {
  bool wide = std::max(name.size(), value.size()) > kNarrowMax;
  bool ttl = expire_at_ms != kFieldStays;
  auto* field =
      static_cast<HashField*>(slab.allocate(size_for(wide, ttl, name.size(), value.size())));
  field->head_ = static_cast<uint8_t>(wide | ttl << 1);
  if (wide) {
    auto size = static_cast<uint32_t>(name.size());
    std::memcpy(field->rest_, &size, sizeof size);
  } else {
    field->rest_[0] = static_cast<uint8_t>(name.size());
  }
  field->set_value_size(value.size());
  if (ttl) std::memcpy(field->rest_ + field->lengths(), &expire_at_ms, sizeof expire_at_ms);
  char* bytes = const_cast<char*>(field->name_begin());
  name.copy(bytes, name.size());
  value.copy(bytes + name.size(), value.size());
  return field;
}

HashField* HashField::store(Slab& slab, HashField* field, std::string_view value,
                            int64_t expire_at_ms) {
  bool wide = std::max(field->name_size(), value.size()) > kNarrowMax;
  bool ttl = expire_at_ms != kFieldStays;
  size_t size = size_for(wide, ttl, field->name_size(), value.size());
  bool in_place = wide == field->wide() && ttl == field->has_ttl() &&
                  Slab::class_size(size) == field->allocated_bytes();
  if (!in_place) {
    HashField* successor = make(slab, field->name(), value, expire_at_ms);
    field->release(slab);
    return successor;
  }
  field->set_value_size(value.size());
  if (ttl) std::memcpy(field->rest_ + field->lengths(), &expire_at_ms, sizeof expire_at_ms);
  std::memmove(const_cast<char*>(field->name_begin()) + field->name_size(), value.data(),
               value.size());
  return field;
}

void HashField::set_value_size(size_t size) {
  if (wide()) {
    auto wide_size = static_cast<uint32_t>(size);
    std::memcpy(rest_ + 4, &wide_size, sizeof wide_size);
  } else {
    rest_[1] = static_cast<uint8_t>(size);
  }
}

}  // namespace redstart
