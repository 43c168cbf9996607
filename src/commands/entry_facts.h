// What OBJECT, MEMORY and DEBUG tell of a value, whatever its type.
#pragma once

#include <cstddef>
#include <string_view>

#include "keyspace/entry.h"
#include "types/object_ops.h"

namespace redstart {

inline std::string_view encoding_name(const Entry& entry) {
  if (entry.type() == Type::kString) return string_encoding_name(entry.string_encoding());
  return object_ops(entry.type())->encoding_name(entry.object(), entry.encoding());
}

// The entry with all that is behind it.
inline size_t total_bytes(const Entry& entry) {
  size_t bytes = entry.allocated_bytes();
  if (entry.type() == Type::kString) return bytes;
  return bytes + object_ops(entry.type())->bytes(entry.object(), entry.encoding());
}

}  // namespace redstart
