#include "wire/json_text.h"

#include <algorithm>

namespace redstart {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

bool needs_care(unsigned char c) { return c < 0x20 || c >= 0x80 || c == '"' || c == '\\'; }

void append_escape(OutBuf& out, unsigned char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"': return out.append("\\\"");
    case '\\': return out.append("\\\\");
    case '\n': return out.append("\\n");
    case '\r': return out.append("\\r");
    case '\t': return out.append("\\t");
    case '\b': return out.append("\\b");
    case '\f': return out.append("\\f");
    default: {
      const char text[] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
      return out.append({text, sizeof text});
    }
  }
}

struct Utf8Lead {
  uint8_t size;             // of the character, 0: no character begins so
  uint8_t low, high;        // what its second byte may be
};

// The table of well-formed byte sequences of the Unicode standard: no overlong forms, no
// surrogates, nothing above U+10FFFF.
Utf8Lead lead_of(unsigned char c) {
  if (c < 0xc2 || c > 0xf4) return {0, 0, 0};
  if (c < 0xe0) return {2, 0x80, 0xbf};
  if (c == 0xe0) return {3, 0xa0, 0xbf};
  if (c == 0xed) return {3, 0x80, 0x9f};
  if (c < 0xf0) return {3, 0x80, 0xbf};
  if (c == 0xf0) return {4, 0x90, 0xbf};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {4, 0x80, 0xbf};
}

enum class Utf8 : uint8_t { kGood, kBad, kCutOff };

// Looks at the character of several bytes at the start of `text`.
Utf8 look_at(std::string_view text, size_t* size) {
  const Utf8Lead lead = lead_of(static_cast<unsigned char>(text[0]));
  if (lead.size == 0) return Utf8::kBad;
  const size_t seen = std::min<size_t>(lead.size, text.size());
  for (size_t i = 1; i < seen; i++) {
    const auto c = static_cast<unsigned char>(text[i]);
    const uint8_t low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xbf;
    if (c < low || c > high) return Utf8::kBad;
  }
  *size = lead.size;
  return seen == lead.size ? Utf8::kGood : Utf8::kCutOff;
}

}  // namespace

size_t append_json_escaped(OutBuf& out, std::string_view text) {
  size_t copied = 0, at = 0;
  const auto flush = [&] { out.append(text.substr(copied, at - copied)); };
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (!needs_care(c)) {
      at++;
      continue;
    }
    size_t size = 1;
    if (c < 0x80) {
      flush();
      append_escape(out, c);
    } else {
      const Utf8 found = look_at(text.substr(at), &size);
      if (found == Utf8::kGood) {
        at += size;
        continue;
      }
      flush();
      if (found == Utf8::kCutOff) return text.size() - at;
      out.append(kReplacement);
    }
    copied = ++at;
  }
  flush();
  return 0;
}

void append_json_text(OutBuf& out, std::string_view text) {
  for (size_t left = append_json_escaped(out, text); left > 0; left--) out.append(kReplacement);
}

void append_base64(OutBuf& out, std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  // As many groups at a time as OutBuf can reserve.
  constexpr size_t kStep = OutBuf::kReserveMax / 4 * 3;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kStep);
    const auto* in = reinterpret_cast<const unsigned char*>(part.data());
    char* const start = out.reserve((part.size() + 2) / 3 * 4);
    char* at = start;
    size_t i = 0;
    for (; i + 3 <= part.size(); i += 3, at += 4) {
      const uint32_t group = in[i] << 16 | in[i + 1] << 8 | in[i + 2];
      at[0] = kDigits[group >> 18];
      at[1] = kDigits[group >> 12 & 63];
      at[2] = kDigits[group >> 6 & 63];
      at[3] = kDigits[group & 63];
    }
    if (i < part.size()) {
      const bool two = i + 2 == part.size();
      const uint32_t group = in[i] << 16 | (two ? in[i + 1] << 8 : 0);
      at[0] = kDigits[group >> 18];
      at[1] = kDigits[group >> 12 & 63];
      at[2] = two ? kDigits[group >> 6 & 63] : '=';
      at[3] = '=';
      at += 4;
    }
    out.commit(static_cast<size_t>(at - start));
    bytes.remove_prefix(part.size());
  }
}

}  // namespace redstart
