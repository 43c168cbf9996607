#include "lua/pattern.h"

#include <array>
#include <cstring>

namespace redstart::lua {

namespace {

enum : uint16_t {
  kAlpha = 1, kDigit = 2, kLower = 4, kSpace = 8, kUpper = 16, kPunct = 32, kControl = 64, kHex = 128
};

constexpr std::array<uint16_t, 256> make_classes() {
  std::array<uint16_t, 256> classes{};
  for (int c = 0; c < 128; c++) {
    uint16_t bits = 0;
    if (c >= 'a' && c <= 'z') bits |= kAlpha | kLower;
    if (c >= 'A' && c <= 'Z') bits |= kAlpha | kUpper;
    if (c >= '0' && c <= '9') bits |= kDigit | kHex;
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHex;
    if (c == ' ' || (c >= '\t' && c <= '\r')) bits |= kSpace;
    if (c < 32 || c == 127) bits |= kControl;
    if (c > 32 && c < 127 && !(bits & (kAlpha | kDigit))) bits |= kPunct;
    classes[c] = bits;
  }
  return classes;
}
constexpr std::array<uint16_t, 256> kClasses = make_classes();

// Does c belong to the class that the letter after '%' names? Other characters name themselves.
bool in_class(unsigned char c, unsigned char name) {
  const uint16_t bits = kClasses[c];
  bool in;
  switch (name | 0x20) {
    case 'a': in = bits & kAlpha; break;
    case 'c': in = bits & kControl; break;
    case 'd': in = bits & kDigit; break;
    case 'l': in = bits & kLower; break;
    case 'p': in = bits & kPunct; break;
    case 's': in = bits & kSpace; break;
    case 'u': in = bits & kUpper; break;
    case 'w': in = bits & (kAlpha | kDigit); break;
    case 'x': in = bits & kHex; break;
    case 'z': in = c == 0; break;
    default: return name == c;
  }
  if (!(kClasses[name] & kAlpha)) return name == c;
  return kClasses[name] & kUpper ? !in : in;
}

}  // namespace

bool is_plain(std::string_view pattern) {
  return pattern.find_first_of("^$*+?.([%-") == pattern.npos;
}

size_t find_plain(std::string_view text, std::string_view wanted, size_t from) {
  if (from > text.size()) return text.npos;
  if (wanted.empty()) return from;
  if (wanted.size() > text.size() - from) return text.npos;
  const void* found =
      memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  return found ? static_cast<size_t>(static_cast<const char*>(found) - text.data()) : text.npos;
}

const char* Matcher::match_at(const char* from) {
  level_ = 0;
  return match(from, pattern_);
}

// Every so many steps the host is asked.
bool Matcher::work() {
  if ((++steps_ & 0xffff) != 0 || state_.ask_host()) return true;
  stopped_ = true;
  return false;
}

const char* Matcher::class_end(const char* p) {
  const char first = *p++;
  if (first == '%') {
    if (p == pattern_end_) return fail("malformed pattern (ends with '%')");
    return p + 1;
  }
  if (first == '[') {
    if (p < pattern_end_ && *p == '^') p++;
    do {  // a ']' at the beginning is a member
      if (p == pattern_end_) return fail("malformed pattern (missing ']')");
      if (*p++ == '%' && p < pattern_end_) p++;
    } while (p == pattern_end_ || *p != ']');
    return p + 1;
  }
  return p;
}

// p is at the '[', end behind the ']'.
bool Matcher::in_set(unsigned char c, const char* p, const char* end) const {
  bool member = true;
  end--;
  if (p[1] == '^') {
    member = false;
    p++;
  }
  while (++p < end) {
    if (*p == '%') {
      p++;
      if (in_class(c, static_cast<unsigned char>(*p))) return member;
    } else if (p[1] == '-' && p + 2 < end) {
      if (static_cast<unsigned char>(*p) <= c && c <= static_cast<unsigned char>(p[2])) {
        return member;
      }
      p += 2;
    } else if (static_cast<unsigned char>(*p) == c) {
      return member;
    }
  }
  return !member;
}

bool Matcher::single(const char* s, const char* p, const char* end) const {
  if (s >= text_end_) return false;
  const unsigned char c = static_cast<unsigned char>(*s);
  switch (*p) {
    case '.': return true;
    case '%': return in_class(c, static_cast<unsigned char>(p[1]));
    case '[': return in_set(c, p, end);
    default: return static_cast<unsigned char>(*p) == c;
  }
}

const char* Matcher::longest(const char* s, const char* p, const char* end) {
  ptrdiff_t count = 0;
  while (single(s + count, p, end)) {
    if (!work()) return nullptr;
    count++;
  }
  for (; count >= 0; count--) {
    if (const char* found = match(s + count, end + 1)) return found;
    if (failed()) return nullptr;
  }
  return nullptr;
}

const char* Matcher::shortest(const char* s, const char* p, const char* end) {
  for (;;) {
    if (const char* found = match(s, end + 1)) return found;
    if (failed() || !single(s, p, end)) return nullptr;
    s++;
  }
}

const char* Matcher::open_capture(const char* s, const char* p, ptrdiff_t kind) {
  if (level_ >= kCapturesMax) return fail("too many captures");
  captures_[level_++] = {s, kind};
  const char* found = match(s, p);
  if (!found) level_--;
  return found;
}

const char* Matcher::close_capture(const char* s, const char* p) {
  int open = level_ - 1;
  while (open >= 0 && captures_[open].length != kOpen) open--;
  if (open < 0) return fail("invalid pattern capture");
  captures_[open].length = s - captures_[open].begin;
  const char* found = match(s, p);
  if (!found) captures_[open].length = kOpen;
  return found;
}

const char* Matcher::balanced(const char* s, const char* p) {
  if (pattern_end_ - p < 2) return fail("unbalanced pattern");
  if (s >= text_end_ || *s != *p) return nullptr;
  const char open = p[0], close = p[1];
  int depth = 1;
  while (++s < text_end_) {
    if (!work()) return nullptr;
    if (*s == close) {
      if (--depth == 0) return s + 1;
    } else if (*s == open) {
      depth++;
    }
  }
  return nullptr;
}

const char* Matcher::captured_again(const char* s, char digit) {
  const int i = digit - '1';
  if (i < 0 || i >= level_ || captures_[i].length == kOpen) return fail("invalid capture index");
  const ptrdiff_t length = captures_[i].length == kPosition ? 0 : captures_[i].length;
  if (text_end_ - s < length || memcmp(captures_[i].begin, s, length) != 0) return nullptr;
  return s + length;
}

const char* Matcher::match(const char* s, const char* p) {
  struct Nesting {
    int& depth;
    ~Nesting() { depth--; }
  } nesting{nesting_};
  if (++nesting_ > kMatchNestingMax) return fail("pattern too complex");
  for (;;) {
    if (!work()) return nullptr;
    if (p == pattern_end_) return s;
    switch (*p) {
      case '(':
        if (p + 1 < pattern_end_ && p[1] == ')') return open_capture(s, p + 2, kPosition);
        return open_capture(s, p + 1, kOpen);
      case ')':
        return close_capture(s, p + 1);
      case '$':
        if (p + 1 == pattern_end_) return s == text_end_ ? s : nullptr;
        break;
      case '%': {
        const char next = p + 1 < pattern_end_ ? p[1] : '\0';
        if (next == 'b') {
          s = balanced(s, p + 2);
          if (!s) return nullptr;
          p += 4;
          continue;
        }
        if (next == 'f') {
          p += 2;
          if (p == pattern_end_ || *p != '[') {
            return fail("missing '[' after '%f' in pattern");
          }
          const char* end = class_end(p);
          if (!end) return nullptr;
          const unsigned char before = s == text_ ? 0 : static_cast<unsigned char>(s[-1]);
          const unsigned char here = s == text_end_ ? 0 : static_cast<unsigned char>(*s);
          if (in_set(before, p, end) || !in_set(here, p, end)) return nullptr;
          p = end;
          continue;
        }
        if (next >= '0' && next <= '9') {
          s = captured_again(s, next);
          if (!s) return nullptr;
          p += 2;
          continue;
        }
        break;
      }
      default:
        break;
    }
    const char* end = class_end(p);
    if (!end) return nullptr;
    const char suffix = end < pattern_end_ ? *end : '\0';
    if (suffix == '*') return longest(s, p, end);
    if (suffix == '-') return shortest(s, p, end);
    const bool matches = single(s, p, end);
    if (suffix == '+') return matches ? longest(s + 1, p, end) : nullptr;
    if (suffix == '?') {
      if (matches) {
        if (const char* found = match(s + 1, end + 1)) return found;
        if (failed()) return nullptr;
      }
      p = end + 1;
      continue;
    }
    if (!matches) return nullptr;
    s++;
    p = end;
  }
}

bool Matcher::capture(int i, const char* begin, const char* end, Value* value) {
  if (i >= level_) {
    if (i != 0) {
      fail("invalid capture index");
      return false;
    }
    *value = state_.string({begin, static_cast<size_t>(end - begin)});
    return true;
  }
  const Capture& found = captures_[i];
  if (found.length == kOpen) {
    fail("unfinished capture");
    return false;
  }
  *value = found.length == kPosition
               ? Value(static_cast<double>(found.begin - text_ + 1))
               : state_.string({found.begin, static_cast<size_t>(found.length)});
  return true;
}

}  // namespace redstart::lua
