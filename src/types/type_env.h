// What collections need from outside. The engine owns one and hands it to every collection that a
// handler opens.
#pragma once

#include <cstdint>

#include "types/limits.h"

namespace redstart {

class Random;
class Slab;
struct JsonStore;

struct TypeEnv {
  Slab& slab;
  Random& random;
  const uint64_t& hash_seed;  // of tables of elements
  const int64_t& now_ms;      // wall time of this turn: elements may expire
  Limits limits = {};
  JsonStore* json = nullptr;  // REQUIRED for documents only
};

}  // namespace redstart
