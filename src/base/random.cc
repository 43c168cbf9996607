#include "base/random.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "base/hex.h"

namespace redstart {

// xoshiro must not start with an all-zero state; splitmix64 spreads any seed, zero included.
static uint64_t split_mix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

Random::Random(uint64_t seed) {
  for (uint64_t& word : state_) word = split_mix(seed);
}

uint64_t Random::next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

// Lemire: the high half of a 64x64 product is the answer; the few low halves that would favour
// some answers are drawn again. The division is needed only in that rare case.
uint64_t Random::below(uint64_t bound) {
  using Wide = unsigned __int128;
  Wide product = Wide{next()} * bound;
  if (static_cast<uint64_t>(product) < bound) {
    const uint64_t unfair = -bound % bound;
    while (static_cast<uint64_t>(product) < unfair) product = Wide{next()} * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

void secure_random(void* out, size_t count) {
  constexpr size_t kMostPerCall = 256;  // the limit of getentropy()
  char* at = static_cast<char*>(out);
  while (count > 0) {
    const size_t part = std::min(count, kMostPerCall);
    // Without entropy no token or seed can be trusted: there is nothing sensible left to do.
    if (getentropy(at, part) != 0) abort();
    at += part;
    count -= part;
  }
}

uint64_t secure_seed() {
  uint64_t seed;
  secure_random(&seed, sizeof seed);
  return seed;
}

std::string random_hex_id() {
  uint8_t bytes[20];
  secure_random(bytes, sizeof bytes);
  return hex_text(bytes);
}

}  // namespace redstart
