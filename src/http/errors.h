// What the HTTP door answers on its own account: statuses, and the texts of {"error": "..."}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

enum class HttpStatus : uint16_t {
  kContinue = 100,
  kOk = 200,
  kBadRequest = 400,
  kUnauthorized = 401,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kRequestTimeout = 408,
  kHeadTooLarge = 431,
  kUnavailable = 503,
};

// "HTTP/1.1 200 OK\r\n"
std::string_view status_line(HttpStatus status);

namespace http_err {

inline constexpr std::string_view kUnauthorized =
    "WRONGPASS invalid or missing auth token. See "
    "https://docs.upstash.com/redis/troubleshooting/http_unauthorized for details.";
inline constexpr std::string_view kUnknownEncoding = "ERR unsupported response encoding";
inline constexpr std::string_view kUnknownFormat = "ERR unsupported response format";
inline constexpr std::string_view kEncodedResp2 =
    "ERR response encoding is not supported with the resp2 response format";
inline constexpr std::string_view kEmptyCommand = "ERR empty command";
inline constexpr std::string_view kBadEscape = "ERR invalid URL escape";
inline constexpr std::string_view kMalformed = "ERR malformed HTTP request";
inline constexpr std::string_view kHeadTooLarge = "ERR request header is too large";
inline constexpr std::string_view kTimeout = "ERR the request did not arrive in time";
inline constexpr std::string_view kTooManyConnections = "ERR max concurrent connections exceeded";

// Request or response, as the text of the service has it.
std::string too_large(uint64_t limit, uint64_t actual);

}  // namespace http_err

}  // namespace redstart
