#include "http/path_args.h"

#include "base/ascii.h"
#include "http/errors.h"

namespace redstart {

namespace {

constexpr std::string_view kTokenName = "_token";
constexpr size_t kScratchKept = 64 * 1024;

// The text up to `mark`, which is taken off `rest` together with it.
std::string_view take_until(std::string_view* rest, char mark) {
  const size_t end = rest->find(mark);
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  return part;
}

// Appends the decoded text to `out`; false at a broken escape.
bool decode(std::string_view text, bool plus_is_blank, std::string* out) {
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '+' && plus_is_blank) {
      out->push_back(' ');
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? ascii_hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? ascii_hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return false;
      out->push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out->push_back(text[i]);
    }
  }
  return true;
}

bool is_plain(std::string_view text, bool plus_is_blank) {
  return text.find_first_of(plus_is_blank ? "%+" : "%") == std::string_view::npos;
}

}  // namespace

bool percent_decode(std::string_view text, std::string* out) { return decode(text, false, out); }

Target split_target(std::string_view target) {
  // A proxy's absolute form: http://host/path.
  if (!target.empty() && target[0] != '/') {
    const size_t scheme = target.find("://");
    if (scheme != std::string_view::npos) {
      const size_t path = target.find_first_of("/?", scheme + 3);
      target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
    }
  }
  target = target.substr(0, target.find('#'));
  const std::string_view path = take_until(&target, '?');
  return {path, target};
}

std::string_view token_of(std::string_view query, std::string* scratch) {
  while (!query.empty()) {
    std::string_view value = take_until(&query, '&');
    if (take_until(&value, '=') != kTokenName) continue;
    if (is_plain(value, true)) return value;
    scratch->clear();
    return decode(value, true, scratch) ? std::string_view(*scratch) : std::string_view();
  }
  return {};
}

bool PathArgs::add(std::string_view encoded, bool plus_is_blank) {
  if (is_plain(encoded, plus_is_blank)) {
    args_.push_back(encoded);
    return true;
  }
  const size_t begin = scratch_.size();
  if (!decode(encoded, plus_is_blank, &scratch_)) {
    error_ = http_err::kBadEscape;
    return false;
  }
  args_.push_back(std::string_view(scratch_).substr(begin));
  return true;
}

bool PathArgs::read(const Target& target, std::string_view body) {
  args_.clear();
  if (scratch_.capacity() > kScratchKept) std::string().swap(scratch_);
  scratch_.clear();
  scratch_.reserve(target.path.size() + target.query.size());

  std::string_view path = target.path.substr(target.path.starts_with('/'));
  for (bool more = !path.empty(); more;) {
    more = path.find('/') != std::string_view::npos;
    if (!add(take_until(&path, '/'), false)) return false;
  }
  if (!body.empty()) args_.push_back(body);
  for (std::string_view query = target.query; !query.empty();) {
    std::string_view pair = take_until(&query, '&');
    if (pair.empty()) continue;
    const bool has_value = pair.find('=') != std::string_view::npos;
    const std::string_view name = take_until(&pair, '=');
    if (name == kTokenName) continue;
    if (!add(name, true) || (has_value && !add(pair, true))) return false;
  }
  return true;
}

}  // namespace redstart
