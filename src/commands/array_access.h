// What the files of the array family share.
#pragma once

#include <string_view>

#include "base/ascii.h"
#include "base/numbers.h"
#include "commands/collection.h"
#include "types/array.h"

namespace redstart {

namespace event {
inline constexpr Event kArset{EventClass::kArray, "arset"};
inline constexpr Event kArmset{EventClass::kArray, "armset"};
inline constexpr Event kArinsert{EventClass::kArray, "arinsert"};
inline constexpr Event kArring{EventClass::kArray, "arring"};
inline constexpr Event kArseek{EventClass::kArray, "arseek"};
inline constexpr Event kArdel{EventClass::kArray, "ardel"};
inline constexpr Event kArdelrange{EventClass::kArray, "ardelrange"};
}  // namespace event

namespace array {

inline constexpr std::string_view kBadIndex = "ERR invalid array index";
inline constexpr std::string_view kBadLimit = "ERR LIMIT must be positive";
// So many positions are answered at most, empty ones included.
inline constexpr uint64_t kReplyMax = 1'000'000;

// Zeros and a plus before an index are taken, as in Redis: redis-benchmark makes such numbers.
inline bool parse_index(std::string_view text, uint64_t* index) {
  if (text.starts_with('+')) text.remove_prefix(1);
  while (text.size() > 1 && text[0] == '0') text.remove_prefix(1);
  return parse_uint64(text, index);
}

// False: no index, answered.
inline bool read_index(Context& c, std::string_view text, uint64_t* index) {
  if (parse_index(text, index) && *index <= kArrayIndexMax) return true;
  c.reply.error(kBadIndex);
  return false;
}

// From one index to another, in either direction.
struct Range {
  uint64_t start = 0;
  uint64_t end = 0;

  bool reverse() const { return start > end; }
  uint64_t low() const { return reverse() ? end : start; }
  uint64_t high() const { return reverse() ? start : end; }
  uint64_t width() const { return high() - low() + 1; }
};

inline bool read_range(Context& c, size_t at, Range* range) {
  return read_index(c, c.arg(at), &range->start) && read_index(c, c.arg(at + 1), &range->end);
}

// False: not a positive number, answered.
inline bool read_limit(Context& c, std::string_view text, uint64_t* limit) {
  int64_t number = 0;
  if (!parse_int64(text, &number)) {
    c.reply.error(err::kNotInteger);
    return false;
  }
  if (number <= 0) c.reply.error(kBadLimit);
  *limit = static_cast<uint64_t>(number);
  return number > 0;
}

template <class Each>
void walk(const ArrayView& view, const Range& range, Each&& each) {
  view.walk(range.low(), range.high(), range.reverse(), each);
}

inline void answer_word(Reply& reply, ArrayWord word) {
  ArrayText scratch;
  reply.bulk(array_word_text(word, scratch));
}

inline void answer_at(Reply& reply, const ArrayView& view, uint64_t index) {
  ArrayWord word;
  view.find(index, &word) ? answer_word(reply, word) : reply.null();
}

constexpr CommandSpec reader(std::string_view name, int arity, std::string_view args,
                             std::string_view summary, std::string_view complexity, Handler run,
                             uint32_t flags = 0) {
  return {.name = name,
          .arity = arity,
          .flags = kReadonly | flags,
          .group = Group::kArray,
          .keys = one_key(kKeyRead),
          .args = args,
          .summary = summary,
          .since = "8.8.0",
          .complexity = complexity,
          .run = run};
}
constexpr CommandSpec writer(std::string_view name, int arity, uint16_t key_flag,
                             std::string_view args, std::string_view summary,
                             std::string_view complexity, Handler run, uint32_t flags) {
  return {.name = name,
          .arity = arity,
          .flags = kWrite | flags,
          .group = Group::kArray,
          .keys = one_key(kKeyRw | key_flag),
          .args = args,
          .summary = summary,
          .since = "8.8.0",
          .complexity = complexity,
          .run = run};
}

}  // namespace array
}  // namespace redstart
