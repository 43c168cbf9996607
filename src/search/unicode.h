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

// The character at `at`, which moves behind it. REQUIRES: at < text.size().
uint32_t next_character(std::string_view text, size_t* at);
void append_character(uint32_t code, std::string* out);

// Letters, numbers, and the marks that stand with them (accents, vowel signs).
bool is_word_character(uint32_t code);

uint32_t fold_case(uint32_t code);
// All that fold_case() turns into this character, itself included, ascending.
std::vector<uint32_t> with_this_fold(uint32_t folded);

}  // namespace redstart::search
