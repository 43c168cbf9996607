#include "base/base64.h"

#include <array>
#include <cstdint>

namespace redstart {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNoDigit = 0xff;

constexpr auto kDigits = [] {
  std::array<uint8_t, 256> digits{};
  for (uint8_t& digit : digits) digit = kNoDigit;
  for (uint8_t i = 0; i < 64; i++) digits[static_cast<uint8_t>(kAlphabet[i])] = i;
  return digits;
}();

uint32_t byte_at(std::string_view bytes, size_t at) {
  return at < bytes.size() ? static_cast<uint8_t>(bytes[at]) : 0;
}

}  // namespace

size_t base64_encode(char* out, std::string_view bytes) {
  char* at = out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    *at++ = kAlphabet[group >> 18];
    *at++ = kAlphabet[group >> 12 & 63];
    *at++ = kAlphabet[group >> 6 & 63];
    *at++ = kAlphabet[group & 63];
  }
  const size_t missing = (3 - bytes.size() % 3) % 3;
  for (size_t i = 1; i <= missing; i++) at[-static_cast<ptrdiff_t>(i)] = '=';
  return static_cast<size_t>(at - out);
}

std::string base64_text(std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '\0');
  base64_encode(text.data(), bytes);
  return text;
}

bool base64_decode(std::string_view text, std::string* out) {
  if (text.size() % 4 != 0) return false;
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') padding++;
  text.remove_suffix(padding);

  const size_t start = out->size();
  out->reserve(start + text.size() / 4 * 3 + 2);
  uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    const uint8_t digit = kDigits[static_cast<uint8_t>(c)];
    if (digit == kNoDigit) {
      out->resize(start);
      return false;
    }
    group = group << 6 | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out->push_back(static_cast<char>(group >> bits));
      group &= (1u << bits) - 1;
    }
  }
  if (group != 0) {
    out->resize(start);
    return false;
  }
  return true;
}

}  // namespace redstart
