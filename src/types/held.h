// A collection as whoever keeps it sees it: a bare pointer and the number of its encoding, both
// kept in the entry of its key.
#pragma once

#include <cstdint>

namespace redstart {

struct Held {
  void* object = nullptr;  // null: no collection (yet)
  uint8_t encoding = 0;    // 0..7, numbered by each type for itself

  bool operator==(const Held&) const = default;
};

}  // namespace redstart
