#include "search/unicode.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace redstart::search {
namespace {

uint32_t code_of_text(std::string_view text) {
  size_t at = 0;
  const uint32_t code = next_character(text, &at);
  EXPECT_EQ(at, text.size()) << text;
  return code;
}

TEST(Unicode, ReadsCharacters) {
  const std::string_view text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff\xc3";
  const uint32_t codes[] = {'a', 0xe9, 0x20ac, 0x1f600, kNoCharacter + 0xff, kNoCharacter + 0xc3};
  size_t at = 0;
  std::string again;
  for (const uint32_t code : codes) {
    EXPECT_EQ(next_character(text, &at), code);
    append_character(code, &again);
  }
  EXPECT_EQ(at, text.size());
  EXPECT_EQ(again, text);
}

TEST(Unicode, KnowsWhatWordsAreMadeOf) {
  for (const std::string_view text : {"a", "Z", "0", "9", "é", "ß", "Ω", "Ж", "ع", "த", "்", "漢",
                                      "٣", "Ⅷ", "²", "\xcc\x81", "ﬁ", "𝔘"}) {
    EXPECT_TRUE(is_word_character(code_of_text(text))) << text;
  }
  for (const std::string_view text : {" ", "-", "_", "/", "@", "'", "’", "…", "«", "、", "€", "😀",
                                      "\xc2\xa0", "\xff", "\x7f", "\t"}) {
    EXPECT_FALSE(is_word_character(code_of_text(text))) << text;
  }
}

TEST(Unicode, FoldsCase) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"A", "a"}, {"z", "z"}, {"@", "@"},   {"[", "["}, {"É", "é"},   {"é", "é"},
      {"Σ", "σ"}, {"ς", "σ"}, {"Ж", "ж"},   {"ẞ", "ß"}, {"ß", "ß"},   {"İ", "i"},
      {"ı", "ı"}, {"Ǆ", "ǆ"}, {"ǅ", "ǆ"},   {"Ÿ", "ÿ"}, {"Ā", "ā"},   {"ā", "ā"},
      {"Ą", "ą"}, {"K", "k"}, {"Ａ", "ａ"}, {"𐐀", "𐐨"}, {"漢", "漢"}, {"²", "²"}};
  for (const auto& [from, to] : cases) {
    EXPECT_EQ(fold_case(code_of_text(from)), code_of_text(to)) << from;
  }
  EXPECT_EQ(fold_case(kNoCharacter + 0xc9), kNoCharacter + 0xc9);
}

TEST(Unicode, ACharacterHasAllThatFoldToIt) {
  using Codes = std::vector<uint32_t>;
  EXPECT_EQ(with_this_fold('k'), (Codes{'K', 'k', 0x212a}));
  EXPECT_EQ(with_this_fold('i'), (Codes{'I', 'i', 0x130}));
  EXPECT_EQ(with_this_fold(0x3c3), (Codes{0x3a3, 0x3c2, 0x3c3}));
  EXPECT_EQ(with_this_fold('-'), Codes{'-'});
  for (uint32_t code = 0; code < 0x20000; code++) {
    const uint32_t folded = fold_case(code);
    ASSERT_EQ(fold_case(folded), folded) << std::hex << code;
    const Codes all = with_this_fold(folded);
    ASSERT_TRUE(std::binary_search(all.begin(), all.end(), code)) << std::hex << code;
    for (const uint32_t other : all) ASSERT_EQ(fold_case(other), folded) << std::hex << other;
  }
}

}  // namespace
}  // namespace redstart::search
