#include "http/request_reader.h"

#include <algorithm>

#include "base/ascii.h"
#include "llhttp.h"

namespace redstart {

struct RequestReader::Parser {
  llhttp_t llhttp;
};

namespace {

using Method = HttpRequest::Method;

Method method_of(const llhttp_t* parser) {
  switch (parser->method) {
    case HTTP_GET:
      return Method::kGet;
    case HTTP_HEAD:
      return Method::kHead;
    case HTTP_POST:
      return Method::kPost;
    case HTTP_PUT:
      return Method::kPut;
    case HTTP_OPTIONS:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

struct HeaderName {
  std::string_view name;
  HttpRequest::Header header;
};
constexpr HeaderName kHeaderNames[] = {
    {"authorization", HttpRequest::kAuthorization},
    {"upstash-encoding", HttpRequest::kEncoding},
    {"upstash-response-format", HttpRequest::kFormat},
    {"origin", HttpRequest::kOrigin},
    {"expect", HttpRequest::kExpect},
    {"access-control-request-headers", HttpRequest::kRequestedHeaders},
    {"accept", HttpRequest::kAccept},
};

constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Assignment of an empty string would keep the memory.
void release(std::string* text) { std::string().swap(*text); }

// A view that moves with the bytes it points into.
void rebase(std::string_view* view, const char* from, const char* to) {
  if (!view->empty()) *view = {to + (view->data() - from), view->size()};
}

}  // namespace

// ---- llhttp's callbacks -------------------------------------------------------------------------

struct RequestCallbacks {
  static RequestReader& reader(llhttp_t* parser) {
    return *static_cast<RequestReader*>(parser->data);
  }
  // A span of what may come in several, which then follow each other in the buffer.
  static void extend(std::string_view* view, const char* at, size_t size) {
    const char* begin = view->empty() ? at : view->data();
    *view = {begin, static_cast<size_t>(at + size - begin)};
  }

  static int on_url(llhttp_t* parser, const char* at, size_t size) {
    extend(&reader(parser).request_.target, at, size);
    return 0;
  }

  static int on_header_field(llhttp_t* parser, const char* at, size_t size) {
    RequestReader& r = reader(parser);
    r.value_ = nullptr;
    if (r.head_complete_) return 0;  // a trailer changes nothing
    for (const HeaderName& known : kHeaderNames) {
      if (!equals_fold({at, size}, known.name)) continue;
      // Said twice, the last one counts.
      r.value_ = &r.request_.headers[known.header];
      *r.value_ = {};
    }
    return 0;
  }

  static int on_header_value(llhttp_t* parser, const char* at, size_t size) {
    RequestReader& r = reader(parser);
    if (r.value_) extend(r.value_, at, size);
    return 0;
  }

  static int on_headers_complete(llhttp_t* parser) {
    RequestReader& r = reader(parser);
    r.head_complete_ = true;
    r.request_.method = method_of(parser);
    for (std::string_view& value : r.request_.headers) value = trimmed(value);
    // Nothing that a client offers to upgrade to is spoken here.
    parser->upgrade = 0;
    return 0;
  }

  static int on_body(llhttp_t* parser, const char* at, size_t size) {
    RequestReader& r = reader(parser);
    if (r.collecting_) {
      r.collect_body({at, size});
      return 0;
    }
    std::string_view& body = r.request_.body;
    const bool follows = !body.empty() && at == body.data() + body.size();
    if (body.empty() || follows) {
      extend(&body, at, size);
      return 0;
    }
    // Chunks: what lies between them must go.
    if (r.body_.empty()) r.collect_body(body);
    r.collect_body({at, size});
    body = r.body_;
    return 0;
  }

  static int on_message_complete(llhttp_t* parser) {
    RequestReader& r = reader(parser);
    r.message_complete_ = true;
    r.request_.keep_alive = llhttp_should_keep_alive(parser);
    r.request_.takes_chunks = parser->http_major == 1 && parser->http_minor >= 1;
    return HPE_PAUSED;
  }

  static constexpr llhttp_settings_t settings() {
    llhttp_settings_t s = {};
    s.on_url = on_url;
    s.on_header_field = on_header_field;
    s.on_header_value = on_header_value;
    s.on_headers_complete = on_headers_complete;
    s.on_body = on_body;
    s.on_message_complete = on_message_complete;
    return s;
  }
};

namespace {
constexpr llhttp_settings_t kCallbacks = RequestCallbacks::settings();
}

// ---- reading ------------------------------------------------------------------------------------

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {
  llhttp_init(&parser_->llhttp, HTTP_REQUEST, &kCallbacks);
  parser_->llhttp.data = this;
}

RequestReader::~RequestReader() = default;

size_t RequestReader::memory() const {
  return sizeof *this + sizeof(Parser) + head_.capacity() + body_.capacity();
}

void RequestReader::restart() {
  llhttp_reset(&parser_->llhttp);
  request_ = {};
  value_ = nullptr;
  head_complete_ = message_complete_ = false;
  body_.clear();
  body_size_ = 0;
}

RequestReader::Result RequestReader::read(std::string_view bytes) {
  used_ = 0;
  if (collecting_) return read_on(bytes);
  if (!in_request_) {
    // Blank lines before a request are passed over; bytes of a body are let go.
    while (used_ < bytes.size() && (bytes[used_] == '\r' || bytes[used_] == '\n')) used_++;
    if (used_ == bytes.size()) return Result::kNeedMore;
    // What a long request needed is not kept.
    release(&body_);
    release(&head_);
    expectation_answered_ = false;
    return read_whole(bytes.substr(used_));
  }
  if (bytes.size() < wait_for_) return Result::kNeedMore;
  if (!head_complete_ && bytes.size() <= kHeadMax &&
      bytes.find(kHeadEnd, searched_) == std::string_view::npos) {
    searched_ = bytes.size() - std::min(kHeadEnd.size() - 1, bytes.size());
    return Result::kNeedMore;
  }
  return read_whole(bytes);
}

RequestReader::Result RequestReader::read_whole(std::string_view bytes) {
  restart();
  llhttp_t* parser = &parser_->llhttp;
  const size_t found = bytes.find(kHeadEnd, searched_);
  const bool has_end = found != std::string_view::npos;
  const size_t head_size = has_end ? found + kHeadEnd.size() : bytes.size();
  llhttp_errno_t code = llhttp_execute(parser, bytes.data(), head_size);
  // llhttp lets a head end in laxer ways, too. Where two readers of a stream can disagree on where
  // a request ends, nobody is served.
  const bool ends_there =
      !message_complete_ || llhttp_get_error_pos(parser) == bytes.data() + head_size;
  if (head_complete_ != has_end || !ends_there || !request_.body.empty()) {
    return fail(HttpStatus::kBadRequest, http_err::kMalformed);
  }
  if (code == HPE_OK && head_size < bytes.size()) {
    code = llhttp_execute(parser, bytes.data() + head_size, bytes.size() - head_size);
  }
  if (message_complete_) return finish(llhttp_get_error_pos(parser) - bytes.data());
  if (code != HPE_OK) return fail(HttpStatus::kBadRequest, http_err::kMalformed);
  return need_more(bytes);
}

// Waits for more, in the caller's buffer or here.
RequestReader::Result RequestReader::need_more(std::string_view bytes) {
  in_request_ = true;
  if (!head_complete_) {
    if (bytes.size() > kHeadMax) {
      return fail(HttpStatus::kHeadTooLarge, http_err::kHeadTooLarge);
    }
    searched_ = bytes.size() - std::min(kHeadEnd.size() - 1, bytes.size());
    return Result::kNeedMore;
  }
  const llhttp_t& parser = parser_->llhttp;
  const bool chunked = parser.flags & F_CHUNKED;
  // llhttp counts down what is still to come.
  const uint64_t missing = chunked ? 0 : parser.content_length;
  const uint64_t total = missing + request_.body.size();
  const bool asks_first = !request_.header(HttpRequest::kExpect).empty();
  if (total > kDiscardMax || (total > kBodyMax && asks_first)) return fail_too_large(total);
  if (!chunked && total <= kShortBody) {
    wait_for_ = bytes.size() + missing;
    return Result::kNeedMore;
  }
  // The head is copied, and what its views point to with it.
  collecting_ = true;
  if (body_size_ == 0) collect_body(request_.body);
  if (total <= kBodyMax) body_.reserve(total);
  head_ = bytes.substr(0, kHeadMax);
  for (std::string_view& value : request_.headers) rebase(&value, bytes.data(), head_.data());
  rebase(&request_.target, bytes.data(), head_.data());
  used_ += bytes.size();
  return Result::kNeedMore;
}

RequestReader::Result RequestReader::read_on(std::string_view bytes) {
  llhttp_t* parser = &parser_->llhttp;
  const llhttp_errno_t code = llhttp_execute(parser, bytes.data(), bytes.size());
  if (body_size_ > (message_complete_ ? kBodyMax : kDiscardMax)) return fail_too_large(body_size_);
  request_.body = body_;
  if (message_complete_) return finish(llhttp_get_error_pos(parser) - bytes.data());
  if (code != HPE_OK) return fail(HttpStatus::kBadRequest, http_err::kMalformed);
  used_ = bytes.size();
  return Result::kNeedMore;
}

void RequestReader::collect_body(std::string_view bytes) {
  body_size_ += bytes.size();
  if (body_size_ <= kBodyMax) {
    body_.append(bytes);
  } else {
    release(&body_);
  }
}

RequestReader::Result RequestReader::finish(size_t used) {
  used_ += used;
  in_request_ = collecting_ = false;
  wait_for_ = searched_ = 0;
  return Result::kRequest;
}

RequestReader::Result RequestReader::fail(HttpStatus status, std::string_view text) {
  error_status_ = status;
  error_ = text;
  in_request_ = collecting_ = false;
  return Result::kError;
}

RequestReader::Result RequestReader::fail_too_large(uint64_t size) {
  return fail(HttpStatus::kBadRequest, http_err::too_large(kBodyMax, size));
}

bool RequestReader::take_expectation() {
  if (!in_request_ || !head_complete_ || expectation_answered_) return false;
  expectation_answered_ = true;
  return equals_fold(request_.header(HttpRequest::kExpect), "100-continue");
}

}  // namespace redstart
