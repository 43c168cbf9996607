// Characters beyond ASCII: which of them belong to words, and letter case.
//
// The tables cover all of Unicode 14. What case means is its simple case folding: one character for
// one, whatever the language ("Σ" and "ς" become "σ", "ẞ" becomes "ß", not "ss"), and the dotted
// capital I of Turkish becomes "i".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redstart::search {

// A byte that is not UTF-8 is a character of its own: this and the byte.
inline constexpr uint32_t kNoCharacter = 0x110000;

// What of the functions below has to do with characters beyond ASCII.
namespace unicode {
uint32_t next_character(std::string_view text, size_t* at);
void append_character(uint32_t code, std::string* out);
bool is_word_character(uint32_t code);
uint32_t fold_case(uint32_t code);
}  // namespace unicode

// The character at `at`, which moves behind it. REQUIRES: at < text.size().
inline uint32_t next_character(std::string_view text, size_t* at) {
  const auto first = static_cast<uint8_t>(text[*at]);
  if (first >= 0x80) return unicode::next_character(text, at);
  ++*at;
  return first;
}

inline void append_character(uint32_t code, std::string* out) {
  if (code >= 0x80) return unicode::append_character(code, out);
  out->push_back(static_cast<char>(code));
}

// Letters, numbers, and the marks that stand with them (accents, vowel signs).
inline bool is_word_character(uint32_t code) {
  if (code >= 0x80) return unicode::is_word_character(code);
  const uint32_t letter = code | 0x20;
  return (letter >= 'a' && letter <= 'z') || (code >= '0' && code <= '9');
}

inline uint32_t fold_case(uint32_t code) {
  if (code >= 0x80) return unicode::fold_case(code);
  return code >= 'A' && code <= 'Z' ? code + 32 : code;
}
// All that fold_case() turns into this character, itself included, ascending.
std::vector<uint32_t> with_this_fold(uint32_t folded);

}  // namespace redstart::search
