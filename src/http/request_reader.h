// Requests out of a byte stream, by llhttp, one at a time.
//
// Most requests arrive whole and are read in one go, all views into the caller's buffer. One that
// does not is left where it is and read again when it is complete, if that will be soon; a long or
// chunked body is collected here instead, and everything that arrives is used up as it comes.
//
//   kNeedMore: keep the bytes behind used() and come again with more behind them
//   kRequest:  request() is ready; its views last until the buffer moves or read() is called
//   kError:    answer error_status() and close
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/errors.h"

namespace redstart {

struct HttpRequest {
  enum class Method : uint8_t { kGet, kHead, kPost, kPut, kOptions, kOther };
  // The headers that mean something to us.
  enum Header : uint8_t {
    kAuthorization,
    kEncoding,
    kFormat,
    kOrigin,
    kExpect,
    kRequestedHeaders,
    kAccept,
    kHeaderCount,
  };

  std::string_view header(Header name) const { return headers[name]; }

  Method method = Method::kOther;
  bool keep_alive = false;
  bool takes_chunks = false;  // HTTP/1.1
  std::string_view target;
  std::array<std::string_view, kHeaderCount> headers;  // trimmed; empty when absent
  std::string_view body;
};

class RequestReader {
 public:
  static constexpr size_t kHeadMax = 64 * 1024;
  static constexpr uint64_t kBodyMax = 10 * 1024 * 1024;
  // A body over its limit is read to its end without being kept, so that its sender, who listens
  // only afterwards, hears the answer; but not for ever.
  static constexpr uint64_t kDiscardMax = 100 * 1024 * 1024;

  enum class Result : uint8_t { kRequest, kNeedMore, kError };

  RequestReader();
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // `bytes` begin at the first byte that was not used up.
  Result read(std::string_view bytes);
  size_t used() const { return used_; }
  const HttpRequest& request() const { return request_; }

  HttpStatus error_status() const { return error_status_; }
  const std::string& error() const { return error_; }

  // Something of a request has arrived, but not all of it.
  bool in_request() const { return in_request_; }
  // True once for a request that waits for leave to send its body.
  bool take_expectation();
  size_t memory() const;

 private:
  friend struct RequestCallbacks;
  struct Parser;  // llhttp's

  // Shorter bodies wait in the caller's buffer.
  static constexpr uint64_t kShortBody = 16 * 1024;

  void restart();
  Result read_whole(std::string_view bytes);
  Result read_on(std::string_view bytes);
  Result need_more(std::string_view bytes);
  Result finish(size_t used);
  Result fail(HttpStatus status, std::string_view text);
  Result fail_too_large(uint64_t size);
  void collect_body(std::string_view bytes);

  std::unique_ptr<Parser> parser_;
  HttpRequest request_;
  size_t used_ = 0;

  // Of the request that is being read.
  bool in_request_ = false;
  bool head_complete_ = false;
  bool message_complete_ = false;
  bool expectation_answered_ = false;
  bool collecting_ = false;            // the head is in head_, the body goes to body_
  std::string_view* value_ = nullptr;  // of the header whose name was just read
  size_t wait_for_ = 0;                // bytes without which it cannot be complete
  size_t searched_ = 0;                // no end of the head before this
  std::string head_, body_;
  uint64_t body_size_ = 0;  // kept or not

  HttpStatus error_status_ = HttpStatus::kBadRequest;
  std::string error_;
};

}  // namespace redstart
