#include "http/sse.h"

#include "base/ascii.h"
#include "base/hex.h"

namespace redstart {

namespace {

constexpr std::string_view kStreams[] = {"/subscribe", "/psubscribe", "/monitor"};

size_t write_hex(char* out, size_t value) {
  size_t digits = 1;
  while (digits < 16 && value >> (4 * digits)) digits++;
  for (size_t i = digits; i-- > 0; value >>= 4) out[i] = kHexDigits[value & 15];
  return digits;
}

}  // namespace

std::optional<StreamRequest> stream_request(const Target& target) {
  for (std::string_view stream : kStreams) {
    if (!equals_fold(target.path.substr(0, stream.size()), stream)) continue;
    std::string_view name = target.path.substr(stream.size());
    if (!name.empty() && name[0] != '/') continue;
    if (!name.empty()) name.remove_prefix(1);
    StreamRequest request{stream.substr(1), {}};
    request.valid = percent_decode(name, &request.name);
    return request;
  }
  return std::nullopt;
}

bool accepts_events(std::string_view accept) {
  return accept.empty() || accept.find("text/event-stream") != std::string_view::npos ||
         accept.find("*/*") != std::string_view::npos;
}

void append_event(OutBuf& out, BigBuf* event, bool in_chunks) {
  if (!in_chunks) return out.append_shared(event);
  char size[16];
  out.append({size, write_hex(size, event->size())});
  out.append("\r\n");
  out.append_shared(event);
  out.append("\r\n");
}

}  // namespace redstart
