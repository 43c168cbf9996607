#include "core/glob.h"

#include <algorithm>

#include "base/ascii.h"

namespace redstart {

namespace {

constexpr int kMostStars = 1000;

// Both letter modes in one body: `fold` is a constant after inlining.
template <bool fold>
bool same(char a, char b) {
  return fold ? ascii_lower(a) == ascii_lower(b) : a == b;
}

// Ranges compare bytes as signed, and turn round before the letters are folded: so does Redis.
template <bool fold>
bool in_range(signed char a, signed char b, signed char c) {
  signed char low = std::min(a, b), high = std::max(a, b);
  if (fold) {
    low = static_cast<signed char>(ascii_lower(static_cast<char>(low)));
    high = static_cast<signed char>(ascii_lower(static_cast<char>(high)));
    c = static_cast<signed char>(ascii_lower(static_cast<char>(c)));
  }
  return low <= c && c <= high;
}

// `at` stands behind the opening bracket and is moved behind the closing one.
template <bool fold>
bool match_class(std::string_view pattern, size_t& at, char c) {
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) at++;
  bool found = false;
  while (at < pattern.size() && pattern[at] != ']') {
    const size_t left = pattern.size() - at;
    if (pattern[at] == '\\' && left >= 2) {
      found |= pattern[at + 1] == c;  // an escaped byte is never folded
      at += 2;
    } else if (left >= 3 && pattern[at + 1] == '-') {
      found |=
          in_range<fold>(static_cast<signed char>(pattern[at]),
                         static_cast<signed char>(pattern[at + 2]), static_cast<signed char>(c));
      at += 3;
    } else {
      found |= same<fold>(pattern[at], c);
      at++;
    }
  }
  if (at < pattern.size()) at++;
  return found != negated;
}

// One element of the pattern, other than a star, against one byte.
template <bool fold>
bool match_one(std::string_view pattern, size_t& at, char c) {
  const char element = pattern[at++];
  if (element == '?') return true;
  if (element == '[') return match_class<fold>(pattern, at, c);
  if (element == '\\' && at < pattern.size()) return same<fold>(pattern[at++], c);
  return same<fold>(element, c);
}

template <bool fold>
bool match(std::string_view pattern, std::string_view text) {
  if (text.empty()) return pattern.empty();
  size_t p = 0, t = 0;
  size_t after_star = 0, star_text = 0;  // where to go on after a mismatch
  int stars = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      p = pattern.find_first_not_of('*', p);
      if (p == std::string_view::npos) return true;
      if (++stars > kMostStars) return false;
      after_star = p, star_text = t;
    } else if (p < pattern.size() && match_one<fold>(pattern, p, text[t])) {
      t++;
    } else {
      if (stars == 0) return false;
      p = after_star, t = ++star_text;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') p++;
  return p == pattern.size();
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) {
  return match<false>(pattern, text);
}

bool glob_match_fold(std::string_view pattern, std::string_view text) {
  return match<true>(pattern, text);
}

}  // namespace redstart
