#include "base/hash.h"

// Inlined, so that the compiler specialises the short lengths keys have.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace redstart {

uint64_t hash_bytes(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

uint64_t digest_bytes(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace redstart
