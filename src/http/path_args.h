// Commands out of a request's target: GET /set/foo/bar?EX=100 is SET foo bar EX 100.
//
// Each slash begins an argument, each query pair adds one or two behind the body (?NX adds "NX").
// Segments and pairs are percent-decoded; in the query '+' is a blank. `_token` is a credential, no
// argument.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

struct Target {
  std::string_view path;   // "/set/foo", never empty for a valid request
  std::string_view query;  // without the '?'
};
Target split_target(std::string_view target);

// The decoded value of _token, empty if there is none. Uses `scratch` where it has escapes.
std::string_view token_of(std::string_view query, std::string* scratch);

// Appends the decoded text to `out`; false at a broken escape.
bool percent_decode(std::string_view text, std::string* out);

class PathArgs {
 public:
  // False when an escape is broken: see error(). An empty body is no argument.
  bool read(const Target& target, std::string_view body);
  // Valid until the next call, and while target and body stay.
  std::span<const std::string_view> args() const { return args_; }
  const std::string& error() const { return error_; }

 private:
  bool add(std::string_view encoded, bool plus_is_blank);

  std::vector<std::string_view> args_;
  std::string scratch_;  // reserved once per target, never moves while views are given out
  std::string error_;
};

}  // namespace redstart
