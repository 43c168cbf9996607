// One answer on its way into the output: the body is written first, behind a hole in which the
// head goes when status and length are known.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/errors.h"
#include "wire/out_buf.h"

namespace redstart {

inline constexpr std::string_view kJsonType = "application/json; charset=utf-8";
inline constexpr std::string_view kBinaryType = "application/octet-stream";

struct ResponseHead {
  HttpStatus status = HttpStatus::kOk;
  std::string_view content_type = kJsonType;
  std::string_view date;               // "Fri, 20 Nov 2026 12:00:00 GMT"
  uint64_t sync_token = 0;             // 0: none
  std::string_view origin;             // echoed to browsers; empty: not from a page
  std::string_view requested_headers;  // of a preflight
  bool keep_alive = true;
  bool without_body = false;  // HEAD: the length is told, the body is not sent
  // A stream of events: the body begins with what was appended and has no end.
  bool streams = false, in_chunks = false;
};

class Response {
 public:
  explicit Response(OutBuf& out) : out_(out), hole_(out.open_hole(OutBuf::kReserveMax)) {}

  size_t body_size() const { return out_.size_behind(hole_); }
  void finish(const ResponseHead& head);

 private:
  OutBuf& out_;
  OutBuf::Hole hole_;
};

}  // namespace redstart
