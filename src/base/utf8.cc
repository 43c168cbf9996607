#include "base/utf8.h"

#include <cstring>

namespace redstart {

size_t utf8_sequence_size(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> uint8_t {
    return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0;
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return continues(1) ? 2 : 0;
  // The second byte has narrower bounds after some first bytes: overlong forms, surrogates, and
  // values above the last code point.
  const uint8_t second = byte(1);
  if (first < 0xf0) {
    const uint8_t least = first == 0xe0 ? 0xa0 : 0x80;
    const uint8_t most = first == 0xed ? 0x9f : 0xbf;
    return second >= least && second <= most && continues(2) ? 3 : 0;
  }
  if (first > 0xf4) return 0;
  const uint8_t least = first == 0xf0 ? 0x90 : 0x80;
  const uint8_t most = first == 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most && continues(2) && continues(3) ? 4 : 0;
}

size_t find_invalid_utf8(std::string_view text, size_t from) {
  size_t at = from;
  while (at < text.size()) {
    // Most texts are ASCII from end to end: eight bytes at a time.
    constexpr uint64_t kHighBits = 0x8080808080808080;
    uint64_t word;
    while (text.size() - at >= sizeof word) {
      memcpy(&word, text.data() + at, sizeof word);
      if (word & kHighBits) break;
      at += sizeof word;
    }
    if (at == text.size()) break;
    const size_t size = utf8_sequence_size(text, at);
    if (size == 0) return at;
    at += size;
  }
  return text.size();
}

char* write_utf8(char* out, uint32_t code) {
  const auto tail = [&](int shift) { *out++ = static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xe0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    *out++ = static_cast<char>(0xf0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

}  // namespace redstart
