#include "search/unicode.h"

#include <algorithm>
#include <iterator>

#include "base/utf8.h"
#include "search/unicode_tables.h"

namespace redstart::search {

namespace {

// The range that the code is in, or null. Ranges ascend.
template <class Range, size_t n>
const Range* range_of(const Range (&ranges)[n], uint32_t code) {
  const Range* at = std::lower_bound(std::begin(ranges), std::end(ranges), code,
                                     [](const Range& range, uint32_t c) { return range.last < c; });
  return at != std::end(ranges) && at->first <= code ? at : nullptr;
}

}  // namespace

uint32_t unicode::next_character(std::string_view text, size_t* at) {
  const auto first = static_cast<uint8_t>(text[*at]);
  const size_t size = utf8_sequence_size(text, *at);
  if (size == 0) {
    ++*at;
    return kNoCharacter + first;
  }
  uint32_t code = first & (0x7fu >> size);
  for (size_t i = 1; i < size; i++) code = code << 6 | (text[*at + i] & 0x3fu);
  *at += size;
  return code;
}

void unicode::append_character(uint32_t code, std::string* out) {
  if (code >= kNoCharacter) {
    out->push_back(static_cast<char>(code - kNoCharacter));
    return;
  }
  char bytes[4];
  out->append(bytes, static_cast<size_t>(write_utf8(bytes, code) - bytes));
}

bool unicode::is_word_character(uint32_t code) { return range_of(kWordRanges, code) != nullptr; }

uint32_t unicode::fold_case(uint32_t code) {
  const CaseRun* run = range_of(kCaseRuns, code);
  if (run == nullptr || (code - run->first) % run->step != 0) return code;
  return code + static_cast<uint32_t>(run->added);
}

std::vector<uint32_t> with_this_fold(uint32_t folded) {
  std::vector<uint32_t> codes = {folded};
  for (const CaseRun& run : kCaseRuns) {
    const uint32_t code = folded - static_cast<uint32_t>(run.added);
    if (code >= run.first && code <= run.last && (code - run.first) % run.step == 0) {
      codes.push_back(code);
    }
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

}  // namespace redstart::search
