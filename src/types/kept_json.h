// A JSON document as RedisJSON saves it, kept as it is: it survives loading, saving, DUMP and
// RESTORE, and waits for the type that understands it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "types/object_ops.h"

namespace redstart {

class KeptJson {
 public:
  static void* make(Slab& slab, std::string_view bytes);
  // What it was made of.
  static std::string_view bytes(const void* object);
};

extern const ObjectOps kKeptJsonOps;

}  // namespace redstart
