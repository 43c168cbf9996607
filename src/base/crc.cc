#include "base/crc.h"

#include <array>
#include <bit>
#include <cstring>

namespace redstart {

namespace {

constexpr auto kCrc16 = [] {
  std::array<uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; i++) {
    unsigned crc = i << 8;
    for (int bit = 0; bit < 8; bit++) crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
    table[i] = static_cast<uint16_t>(crc);
  }
  return table;
}();

// kCrc64[n][b] is the effect of byte b followed by n zero bytes, so that eight bytes can be looked
// up at once and combined: 4 times as fast as one by one.
constexpr auto kCrc64 = [] {
  constexpr uint64_t kReflectedPolynomial = 0x95ac9329ac4bc9b5;
  std::array<std::array<uint64_t, 256>, 8> tables{};
  for (uint64_t i = 0; i < 256; i++) {
    uint64_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? kReflectedPolynomial : 0);
    tables[0][i] = crc;
  }
  for (size_t n = 1; n < 8; n++) {
    for (size_t i = 0; i < 256; i++) {
      const uint64_t before = tables[n - 1][i];
      tables[n][i] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}();

uint64_t load_little(const char* at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

uint64_t byte_of(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

}  // namespace

uint16_t crc16(std::string_view bytes) {
  unsigned crc = 0;
  for (char c : bytes) {
    crc = (crc << 8 ^ kCrc16[(crc >> 8 ^ static_cast<uint8_t>(c)) & 0xff]) & 0xffff;
  }
  return static_cast<uint16_t>(crc);
}

uint64_t crc64(uint64_t crc, std::string_view bytes) {
  size_t at = 0;
  for (; bytes.size() - at >= 8; at += 8) {
    const uint64_t word = crc ^ load_little(bytes.data() + at);
    crc = 0;
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) crc ^= kCrc64[7 - i][word >> (i * 8) & 0xff];
  }
  for (; at < bytes.size(); at++) crc = crc >> 8 ^ kCrc64[0][(crc ^ byte_of(bytes, at)) & 0xff];
  return crc;
}

int key_slot(std::string_view key) {
  const size_t open = key.find('{');
  if (open != std::string_view::npos) {
    const size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) {
      key = key.substr(open + 1, close - open - 1);
    }
  }
  return crc16(key) % kClusterSlots;
}

}  // namespace redstart
