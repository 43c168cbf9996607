#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "base/ascii.h"
#include "base/numbers.h"
#include "core/glob.h"
#include "core/listpack.h"
#include "tests/fuzz/target.h"

namespace redstart::fuzz {

void integers(std::string_view input) {
  int64_t number;
  if (parse_int64(input, &number)) {
    check(int64_text(number) == input, "an integer prints back as its text");
    check(int64_text_size(number) == input.size(), "its text has the size foretold");
  }
  uint64_t natural;
  if (parse_uint64(input, &natural)) {
    char text[kIntTextMax];
    check(std::string_view(text, write_uint64(text, natural)) == input, "so does a natural");
  }
}

void doubles(std::string_view input) {
  double number;
  if (parse_double(input, &number)) {
    check(!std::isnan(number), "NaN is refused");
    double again;
    const std::string text = double_text(number);
    check(text.size() <= kDoubleTextMax, "the text has its bound");
    check(parse_double(text, &again), "what is printed can be read");
    check(memcmp(&again, &number, sizeof number) == 0 || (number == 0 && again == 0),
          "and is the same number");
  }
  long double wide;
  if (parse_long_double(input, &wide)) {
    static char text[kLongDoubleTextMax];
    check(write_long_double(text, wide) <= sizeof text, "the long text has its bound");
  }
}

namespace {

// The same patterns by the book: every star tries every length.
bool slow_match(std::string_view pattern, std::string_view text, int* budget) {
  if (--*budget < 0) return false;
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (size_t i = 0; i <= text.size(); i++) {
      if (slow_match(pattern.substr(1), text.substr(i), budget)) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] != '?' && pattern[0] != text[0]) return false;
  return slow_match(pattern.substr(1), text.substr(1), budget);
}

}  // namespace

void glob(std::string_view input) {
  const size_t line = input.find('\n');
  if (line == input.npos) return;
  const std::string_view pattern = input.substr(0, line), text = input.substr(line + 1);
  const bool match = glob_match(pattern, text);
  if (pattern.find_first_of("[\\") != pattern.npos || text.empty()) return;
  check(glob_match_fold(pattern, text) == glob_match(to_lower(pattern), to_lower(text)),
        "folding is matching in lower case");
  int budget = 20000;
  const bool expected = slow_match(pattern, text, &budget);
  if (budget >= 0) check(match == expected, "the quick way and the slow way agree");
}

void listpack(std::string_view input) {
  constexpr size_t longest_integer = std::string_view("-9223372036854775808").size();
  if (!listpack_valid(input)) return;
  const ListpackView view(input);
  check(view.byte_size() == input.size(), "the size is the whole input");
  size_t forward = 0, backward = 0;
  for (uint32_t pos = view.first(); pos != view.end(); pos = view.next(pos)) {
    check(view.at(pos).to_string().size() <= std::max(input.size(), longest_integer),
          "no element is longer than the whole");
    forward++;
  }
  for (uint32_t pos = view.end(); pos != view.first(); pos = view.prev(pos)) backward++;
  check(forward == backward && forward == view.count(), "all ways of counting agree");
  view.find(view.first(), "hi");
}

}  // namespace redstart::fuzz
