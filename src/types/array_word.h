// One element of an array in 64 bits:
//
//   ..00  address of a text in the slab
//   ..01  integer of 62 bits
//   ..10  decimal fraction: 56 bits of digits, sign, where the point is
//   ..11  text of at most 7 bytes
//
// Only texts that print back as themselves become numbers ("7", "-0.25", "1.50"; not "007" or
// "1e3"), so an element always reads as it was written. A decimal is its digits, not a double:
// readings such as "12345.67" stay within their word, of which a double would lose the last bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/numbers.h"

namespace redstart {

class Slab;

using ArrayWord = uint64_t;

// A longer text lies in the slab.
inline constexpr size_t kArrayShortTextMax = 7;

// Where the text of an element that is not kept as text is written.
struct ArrayText {
  char bytes[kDoubleTextMax];
};

ArrayWord make_array_word(Slab& slab, std::string_view text);
ArrayWord copy_array_word(Slab& slab, ArrayWord word);
void release_array_word(Slab& slab, ArrayWord word);
// What it takes from the slab.
size_t array_word_bytes(ArrayWord word);
// Borrowed from the slab or from `scratch`.
std::string_view array_word_text(ArrayWord word, ArrayText& scratch);
// True for a decimal fraction; its value is what its text would be read as.
bool array_word_decimal(ArrayWord word, long double* value);
// True for an integer of 62 bits.
inline bool array_word_int(ArrayWord word, int64_t* value) {
  *value = static_cast<int64_t>(word) >> 2;
  return (word & 3) == 1;
}

}  // namespace redstart
