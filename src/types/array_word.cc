#include "types/array_word.h"

#include <cstring>

#include "base/ascii.h"
#include "base/slab.h"

namespace redstart {

namespace {

enum Tag : uint64_t { kText = 0, kInteger = 1, kDecimal = 2, kShort = 3 };
constexpr uint64_t kTagMask = 3;

constexpr int64_t kIntegerMax = (int64_t{1} << 61) - 1;

// Of a decimal: the tag, then how many digits stand behind the point, the sign, all digits.
constexpr int kPlacesShift = 2;
constexpr uint64_t kPlacesMax = 17;
constexpr uint64_t kPlacesMask = 31;
constexpr int kSignShift = 7;
constexpr int kDigitsShift = 8;
constexpr uint64_t kDigitsMax = (uint64_t{1} << 56) - 1;

struct LongText {
  uint32_t size;
  char bytes[];
};

const LongText* long_text(ArrayWord word) { return reinterpret_cast<const LongText*>(word); }

// "-12.50": digits with a point between them, no zero before others.
bool make_decimal(std::string_view text, ArrayWord* word) {
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  if (point == std::string_view::npos || point == 0 || point + 1 == text.size()) return false;
  if (text[0] == '0' && point > 1) return false;
  const uint64_t places = text.size() - point - 1;
  if (places > kPlacesMax) return false;
  uint64_t digits = 0;
  for (size_t i = 0; i < text.size(); i++) {
    if (i == point) continue;
    if (!ascii_digit(text[i])) return false;
    digits = 10 * digits + static_cast<uint64_t>(text[i] - '0');
    if (digits > kDigitsMax) return false;
  }
  *word =
      kDecimal | places << kPlacesShift | uint64_t{negative} << kSignShift | digits << kDigitsShift;
  return true;
}

std::string_view decimal_text(ArrayWord word, ArrayText& scratch) {
  char digits[kIntTextMax];
  const size_t places = (word >> kPlacesShift) & kPlacesMask;
  const size_t count = write_uint64(digits, word >> kDigitsShift);
  char* at = scratch.bytes;
  if ((word >> kSignShift) & 1) *at++ = '-';
  const size_t whole = count > places ? count - places : 0;
  if (whole == 0) *at++ = '0';
  std::memcpy(at, digits, whole);
  at += whole;
  *at++ = '.';
  for (size_t i = count; i < places; i++) *at++ = '0';
  std::memcpy(at, digits + whole, count - whole);
  at += count - whole;
  return {scratch.bytes, static_cast<size_t>(at - scratch.bytes)};
}

ArrayWord make_short(std::string_view text) {
  uint64_t bytes = 0;
  std::memcpy(&bytes, text.data(), text.size());
  return kShort | text.size() << 2 | bytes << 8;
}

}  // namespace

ArrayWord make_array_word(Slab& slab, std::string_view text) {
  int64_t number;
  if (parse_int64(text, &number) && number <= kIntegerMax && number >= -kIntegerMax - 1) {
    return static_cast<uint64_t>(number) << 2 | kInteger;
  }
  if (text.size() <= kArrayShortTextMax) return make_short(text);
  ArrayWord word;
  if (text.size() < sizeof(ArrayText) && make_decimal(text, &word)) return word;
  auto* made = static_cast<LongText*>(slab.allocate(sizeof(LongText) + text.size()));
  made->size = static_cast<uint32_t>(text.size());
  std::memcpy(made->bytes, text.data(), text.size());
  return reinterpret_cast<ArrayWord>(made);
}

ArrayWord copy_array_word(Slab& slab, ArrayWord word) {
  if ((word & kTagMask) != kText) return word;
  const size_t size = sizeof(LongText) + long_text(word)->size;
  return reinterpret_cast<ArrayWord>(std::memcpy(slab.allocate(size), long_text(word), size));
}

void release_array_word(Slab& slab, ArrayWord word) {
  if ((word & kTagMask) != kText) return;
  auto* text = reinterpret_cast<LongText*>(word);
  slab.release(text, sizeof(LongText) + text->size);
}

size_t array_word_bytes(ArrayWord word) {
  if ((word & kTagMask) != kText) return 0;
  return Slab::class_size(sizeof(LongText) + long_text(word)->size);
}

// Digits and power are both exact as long double, so that their quotient is rounded once, as the
// text would be.
bool array_word_decimal(ArrayWord word, long double* value) {
  if ((word & kTagMask) != kDecimal) return false;
  long double power = 1;
  for (uint64_t i = (word >> kPlacesShift) & kPlacesMask; i > 0; i--) power *= 10;
  const long double size = static_cast<long double>(word >> kDigitsShift) / power;
  *value = (word >> kSignShift) & 1 ? -size : size;
  return true;
}

std::string_view array_word_text(ArrayWord word, ArrayText& scratch) {
  switch (word & kTagMask) {
    case kText:
      return {long_text(word)->bytes, long_text(word)->size};
    case kInteger:
      return {scratch.bytes, write_int64(scratch.bytes, static_cast<int64_t>(word) >> 2)};
    case kDecimal:
      return decimal_text(word, scratch);
    default: {
      const uint64_t bytes = word >> 8;
      std::memcpy(scratch.bytes, &bytes, kArrayShortTextMax);
      return {scratch.bytes, (word >> 2) & 7};
    }
  }
}

}  // namespace redstart
