#include "types/stream_id.h"

#include <algorithm>

#include "base/numbers.h"

namespace redstart {

bool StreamId::step_up() {
  if (*this == max()) return false;
  if (++seq == 0) ++ms;
  return true;
}

bool StreamId::step_down() {
  if (is_zero()) return false;
  if (seq-- == 0) --ms;
  return true;
}

size_t write_stream_id(char* out, StreamId id) {
  size_t size = write_uint64(out, id.ms);
  out[size++] = '-';
  return size + write_uint64(out + size, id.seq);
}

std::string stream_id_text(StreamId id) {
  char text[kStreamIdTextMax];
  return {text, write_stream_id(text, id)};
}

namespace {

// Redis is not strict here: leading blanks and zeros and a plus sign pass.
bool parse_part(std::string_view text, uint64_t* value) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  if (text.starts_with('+')) text.remove_prefix(1);
  size_t zeros = text.find_first_not_of('0');
  if (zeros == std::string_view::npos) zeros = text.empty() ? 0 : text.size() - 1;
  return parse_uint64(text.substr(zeros), value);
}

}  // namespace

bool parse_stream_id(std::string_view text, uint64_t missing_seq, StreamId* id) {
  size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    id->seq = missing_seq;
    return parse_part(text, &id->ms);
  }
  return parse_part(text.substr(0, dash), &id->ms) && parse_part(text.substr(dash + 1), &id->seq);
}

bool parse_stream_bound(std::string_view text, uint64_t missing_seq, StreamId* id) {
  if (text == "-") {
    *id = {};
  } else if (text == "+") {
    *id = StreamId::max();
  } else {
    return parse_stream_id(text, missing_seq, id);
  }
  return true;
}

bool parse_stream_id_request(std::string_view text, StreamIdRequest* request) {
  *request = {};
  if (text == "*") {
    request->auto_ms = request->auto_seq = true;
    return true;
  }
  if (text.ends_with("-*")) {
    request->auto_seq = true;
    return parse_part(text.substr(0, text.size() - 2), &request->id.ms);
  }
  return parse_stream_id(text, 0, &request->id);
}

bool StreamIdRequest::resolve(StreamId last, int64_t now_ms, StreamId* next) const {
  *next = id;
  if (auto_ms) next->ms = static_cast<uint64_t>(now_ms);
  // A clock that went back does not: the last time counts on.
  if (auto_ms && next->ms <= last.ms) {
    *next = last;
    return next->step_up();
  }
  if (auto_seq && next->ms == last.ms) {
    if (last.seq == UINT64_MAX) return false;
    next->seq = last.seq + 1;
  }
  return *next > last;
}

}  // namespace redstart
