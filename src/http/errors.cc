#include "http/errors.h"

namespace redstart {

std::string_view status_line(HttpStatus status) {
  switch (status) {
    case HttpStatus::kContinue:
      return "HTTP/1.1 100 Continue\r\n";
    case HttpStatus::kOk:
      return "HTTP/1.1 200 OK\r\n";
    case HttpStatus::kBadRequest:
      return "HTTP/1.1 400 Bad Request\r\n";
    case HttpStatus::kUnauthorized:
      return "HTTP/1.1 401 Unauthorized\r\n";
    case HttpStatus::kNotFound:
      return "HTTP/1.1 404 Not Found\r\n";
    case HttpStatus::kMethodNotAllowed:
      return "HTTP/1.1 405 Method Not Allowed\r\n";
    case HttpStatus::kRequestTimeout:
      return "HTTP/1.1 408 Request Timeout\r\n";
    case HttpStatus::kHeadTooLarge:
      return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    case HttpStatus::kUnavailable:
      return "HTTP/1.1 503 Service Unavailable\r\n";
  }
  return {};
}

std::string http_err::too_large(uint64_t limit, uint64_t actual) {
  return "ERR max request size exceeded. Limit: " + std::to_string(limit) +
         " bytes, Actual: " + std::to_string(actual) + " bytes";
}

}  // namespace redstart
