#include "http/response.h"

#include <cstring>

#include "base/numbers.h"

namespace redstart {

namespace {

// Longer ones are not echoed: they are no browser's.
constexpr size_t kEchoMax = 256;

class HeadWriter {
 public:
  void text(std::string_view piece) {
    memcpy(text_ + size_, piece.data(), piece.size());
    size_ += piece.size();
  }
  void number(uint64_t value) { size_ += write_uint64(text_ + size_, value); }
  void header(std::string_view name_and_colon, std::string_view value) {
    text(name_and_colon);
    text(value);
    text("\r\n");
  }
  std::string_view view() const { return {text_, size_}; }

 private:
  char text_[OutBuf::kReserveMax];
  size_t size_ = 0;
};

void write_cors(HeadWriter& w, const ResponseHead& head) {
  if (head.origin.empty() || head.origin.size() > kEchoMax) return;
  w.header("Access-Control-Allow-Origin: ", head.origin);
  w.text("Access-Control-Allow-Credentials: true\r\nVary: Origin\r\n");
  if (head.requested_headers.empty() || head.requested_headers.size() > kEchoMax) {
    w.text("Access-Control-Expose-Headers: upstash-sync-token\r\n");
    return;
  }
  w.text("Access-Control-Allow-Methods: GET, HEAD, POST, PUT\r\nAccess-Control-Max-Age: 7200\r\n");
  w.header("Access-Control-Allow-Headers: ", head.requested_headers);
}

}  // namespace

void Response::finish(const ResponseHead& head) {
  HeadWriter w;
  w.text(status_line(head.status));
  if (!head.content_type.empty()) w.header("Content-Type: ", head.content_type);
  if (!head.date.empty()) w.header("Date: ", head.date);
  if (head.sync_token) {
    w.text("upstash-sync-token: ");
    w.number(head.sync_token);
    w.text("\r\n");
  }
  write_cors(w, head);
  if (head.streams) {
    w.text("Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n");
    w.text(head.in_chunks ? "Transfer-Encoding: chunked\r\n" : "Connection: close\r\n");
  } else {
    if (!head.keep_alive) w.text("Connection: close\r\n");
    w.text("Content-Length: ");
    w.number(body_size());
    w.text("\r\n");
  }
  w.text("\r\n");
  if (head.without_body) {
    out_.cut_at(hole_);
    out_.append(w.view());
  } else {
    out_.fill_hole(hole_, w.view());
  }
}

}  // namespace redstart
