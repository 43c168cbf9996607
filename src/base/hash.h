// The hash of keys, fields and members: XXH3, seeded per server so that nobody outside can aim
// for collisions. This room is where xxHash enters.
#pragma once

#include <cstdint>
#include <string_view>

namespace redstart {

uint64_t hash_bytes(std::string_view bytes, uint64_t seed);

// XXH3 without a seed: what the DIGEST command and IFDEQ compare.
uint64_t digest_bytes(std::string_view bytes);

}  // namespace redstart
