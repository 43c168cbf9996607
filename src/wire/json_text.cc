#include "wire/json_text.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/utf8.h"

namespace redstart {

namespace {

// The longest character; what is shorter at the end of a piece may be the beginning of one.
constexpr size_t kUtf8Max = 4;

bool needs_care(unsigned char c) { return c < 0x20 || c >= 0x80 || c == '"' || c == '\\'; }

void append_escape(OutBuf& out, unsigned char c) {
  switch (c) {
    case '"':
      return out.append("\\\"");
    case '\\':
      return out.append("\\\\");
    case '\n':
      return out.append("\\n");
    case '\r':
      return out.append("\\r");
    case '\t':
      return out.append("\\t");
    case '\b':
      return out.append("\\b");
    case '\f':
      return out.append("\\f");
    default: {
      const char text[] = {'\\', 'u', '0', '0', kHexDigits[c >> 4], kHexDigits[c & 15]};
      return out.append({text, sizeof text});
    }
  }
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
    if (c < 0x80) {
      flush();
      append_escape(out, c);
      copied = ++at;
      continue;
    }
    const size_t size = utf8_sequence_size(text, at);
    if (size > 0) {
      at += size;
      continue;
    }
    flush();
    if (text.size() - at < kUtf8Max) return text.size() - at;
    out.append(kReplacementCharacter);
    copied = ++at;
  }
  flush();
  return 0;
}

void append_json_text(OutBuf& out, std::string_view text) {
  while (const size_t left = append_json_escaped(out, text)) {
    out.append(kReplacementCharacter);
    text = text.substr(text.size() - left + 1);
  }
}

void append_base64(OutBuf& out, std::string_view bytes) {
  // As many groups at a time as OutBuf can reserve.
  constexpr size_t kStep = OutBuf::kReserveMax / 4 * 3;
  for (size_t at = 0; at < bytes.size(); at += kStep) {
    const std::string_view part = bytes.substr(at, kStep);
    out.commit(base64_encode(out.reserve(base64_size(part.size())), part));
  }
}

}  // namespace redstart
