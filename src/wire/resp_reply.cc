#include "wire/resp_reply.h"

#include <algorithm>
#include <cassert>

namespace redstart {

namespace {

// Sign, digits and line end of the longest header.
constexpr size_t kHeaderMax = kIntTextMax + 3;

size_t write_header(char* out, char sign, int64_t value) {
  out[0] = sign;
  const size_t size = 1 + write_int64(out + 1, value);
  out[size] = '\r';
  out[size + 1] = '\n';
  return size + 2;
}

}  // namespace

void RespReply::header(char sign, int64_t value) {
  out_.commit(write_header(out_.reserve(kHeaderMax), sign, value));
}

void RespReply::status(std::string_view text) {
  out_.append("+");
  out_.append(text);
  out_.append("\r\n");
}

void RespReply::natural(uint64_t value) {
  if (value <= INT64_MAX) return integer(static_cast<int64_t>(value));
  char text[kIntTextMax];
  out_.append(":");
  out_.append({text, write_uint64(text, value)});
  out_.append("\r\n");
}

void RespReply::write_error(std::string_view text) {
  const size_t last = text.find_last_not_of("\r\n");
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  out_.append("-");
  for (size_t end; (end = text.find_first_of("\r\n")) != std::string_view::npos;) {
    out_.append(text.substr(0, end));
    out_.append(" ");
    text.remove_prefix(end + 1);
  }
  out_.append(text);
  out_.append("\r\n");
}

void RespReply::bulk(std::string_view bytes) {
  count_header('$', bytes.size());
  // Most values fit: one comparison for both pieces.
  if (bytes.size() + 2 <= out_.room()) {
    char* at = std::copy(bytes.begin(), bytes.end(), out_.reserve(0));
    memcpy(at, "\r\n", 2);
    out_.commit(bytes.size() + 2);
    return;
  }
  out_.append(bytes);
  out_.append("\r\n");
}

void RespReply::bulk_shared(BigBuf* buffer) {
  count_header('$', buffer->size());
  out_.append_shared(buffer);
  out_.append("\r\n");
}

void RespReply::bulk_int(int64_t value) {
  char text[kIntTextMax];
  bulk({text, write_int64(text, value)});
}

Reply::Mark RespReply::open_hole(Shape shape) {
  const OutBuf::Hole hole = out_.open_hole(kHeaderMax);
  return {hole.segment, reinterpret_cast<uintptr_t>(hole.begin), shape};
}

void RespReply::close(Mark mark, size_t count) {
  char text[kHeaderMax];
  const auto length = static_cast<int64_t>(shape_length(mark.shape, count));
  const size_t size = write_header(text, shape_sign(mark.shape), length);
  OutBuf::Hole hole;
  hole.segment = mark.place;
  hole.begin = reinterpret_cast<char*>(mark.position);
  hole.size = kHeaderMax;
  out_.fill_hole(hole, {text, size});
}

}  // namespace redstart
