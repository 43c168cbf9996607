// A small, fast, seedable generator (xoshiro256**). Never for secrets: those come from
// secure_random().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace redstart {

class Random {
 public:
  explicit Random(uint64_t seed);
  uint64_t next();
  // Uniform in [0, bound), without modulo bias. REQUIRES: bound > 0.
  uint64_t below(uint64_t bound);
  // Uniform in [0, 1).
  double unit();

 private:
  uint64_t state_[4];
};

// Bytes from the operating system's own source.
void secure_random(void* out, size_t count);
uint64_t secure_seed();
// 40 hex digits, as run ids and replication ids have them.
std::string random_hex_id();

}  // namespace redstart
