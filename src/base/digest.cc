#include "base/digest.h"

#include <bit>
#include <cstring>
#include <span>

#include "base/hex.h"

namespace redstart {

namespace {

constexpr size_t kBlock = 64;

uint32_t load_big(const uint8_t* at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

void store_big(uint8_t* at, uint32_t word) {
  for (int i = 3; i >= 0; i--, word >>= 8) at[i] = static_cast<uint8_t>(word);
}

// What both share: whole blocks, then the rest with a one bit, zeros and the length in bits.
template <typename State, typename Compress>
void digest_blocks(std::string_view message, State& state, Compress compress) {
  const auto* at = reinterpret_cast<const uint8_t*>(message.data());
  size_t left = message.size();
  for (; left >= kBlock; at += kBlock, left -= kBlock) compress(state, at);

  uint8_t tail[2 * kBlock] = {};
  if (left > 0) memcpy(tail, at, left);
  tail[left] = 0x80;
  const size_t size = left + 9 <= kBlock ? kBlock : 2 * kBlock;
  const uint64_t bits = uint64_t{message.size()} * 8;
  store_big(tail + size - 8, static_cast<uint32_t>(bits >> 32));
  store_big(tail + size - 4, static_cast<uint32_t>(bits));
  for (size_t i = 0; i < size; i += kBlock) compress(state, tail + i);
}

template <typename Digest, size_t words>
Digest bytes_of(const std::array<uint32_t, words>& state) {
  Digest digest;
  for (size_t i = 0; i < words; i++) store_big(digest.data() + i * 4, state[i]);
  return digest;
}

// ---- SHA-1 --------------------------------------------------------------------------------------

using Sha1State = std::array<uint32_t, 5>;

void sha1_compress(Sha1State& state, const uint8_t* block) {
  uint32_t w[80];
  for (int i = 0; i < 16; i++) w[i] = load_big(block + i * 4);
  for (int i = 16; i < 80; i++) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);

  auto [a, b, c, d, e] = state;
  for (int i = 0; i < 80; i++) {
    uint32_t mixed, constant;
    if (i < 20) {
      mixed = (b & c) | (~b & d), constant = 0x5a827999;
    } else if (i < 40) {
      mixed = b ^ c ^ d, constant = 0x6ed9eba1;
    } else if (i < 60) {
      mixed = (b & c) | (b & d) | (c & d), constant = 0x8f1bbcdc;
    } else {
      mixed = b ^ c ^ d, constant = 0xca62c1d6;
    }
    const uint32_t next = std::rotl(a, 5) + mixed + e + constant + w[i];
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

// ---- SHA-256 ------------------------------------------------------------------------------------

using Sha256State = std::array<uint32_t, 8>;

// The fractions of the cube roots of the first 64 primes.
constexpr uint32_t kSha256Constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void sha256_compress(Sha256State& state, const uint8_t* block) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++) w[i] = load_big(block + i * 4);
  for (int i = 16; i < 64; i++) {
    const uint32_t x = w[i - 15], y = w[i - 2];
    const uint32_t s0 = std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3);
    const uint32_t s1 = std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }

  auto [a, b, c, d, e, f, g, h] = state;
  for (int i = 0; i < 64; i++) {
    const uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const uint32_t choice = (e & f) ^ (~e & g);
    const uint32_t first = h + s1 + choice + kSha256Constants[i] + w[i];
    const uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + s0 + majority;
  }
  const uint32_t sums[8] = {a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < 8; i++) state[i] += sums[i];
}

}  // namespace

Sha1 sha1(std::string_view message) {
  Sha1State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  digest_blocks(message, state, sha1_compress);
  return bytes_of<Sha1>(state);
}

Sha256 sha256(std::string_view message) {
  Sha256State state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  digest_blocks(message, state, sha256_compress);
  return bytes_of<Sha256>(state);
}

std::string sha1_hex(std::string_view message) { return hex_text(sha1(message)); }
std::string sha256_hex(std::string_view message) { return hex_text(sha256(message)); }

bool equals_constant_time(std::string_view a, std::string_view b) {
  uint8_t difference = a.size() != b.size();
  for (size_t i = 0; i < b.size(); i++) {
    // The volatile read keeps the compiler from leaving the loop at the first difference.
    const volatile char& other = b[i];
    difference |= static_cast<uint8_t>((i < a.size() ? a[i] : 0) ^ other);
  }
  return difference == 0;
}

}  // namespace redstart
