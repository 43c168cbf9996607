#include "base/utf8.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace redstart {
namespace {

std::string encoded(uint32_t point) {
  std::string out;
  if (point < 0x80) return {static_cast<char>(point)};
  const int tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr int kMarks[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kMarks[tail] | point >> (6 * tail));
  for (int i = tail - 1; i >= 0; i--) out += static_cast<char>(0x80 | (point >> (6 * i) & 0x3f));
  return out;
}

TEST(Utf8, AllCodePointsButSurrogatesAreValid) {
  for (uint32_t point = 0; point < 0x110000; point++) {
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    const std::string text = encoded(point);
    ASSERT_EQ(utf8_sequence_size(text, 0), surrogate ? 0 : text.size()) << point;
  }
}

TEST(Utf8, InvalidFormsAreFoundWhereTheyStart) {
  for (const char* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf",
                          "\xe2\x82", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    for (const char* before : {"", "a", "abcdefgh", "\xc3\xa4", "0123456789\xe2\x82\xac"}) {
      const std::string text = std::string(before) + bad;
      EXPECT_EQ(find_invalid_utf8(text), strlen(before));
      EXPECT_EQ(find_invalid_utf8(text + "tail of ascii"), strlen(before));
    }
  }
  EXPECT_TRUE(valid_utf8(""));
  EXPECT_TRUE(valid_utf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, EveryCodePointIsWrittenAsOneSequence) {
  std::string last;
  for (uint32_t code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    char bytes[4];
    const std::string text(bytes, write_utf8(bytes, code));
    ASSERT_EQ(utf8_sequence_size(text, 0), text.size()) << code;
    // The order of the bytes is that of the code points.
    if (code > 0) {
      ASSERT_LT(last, text) << code;
    }
    last = text;
  }
  EXPECT_EQ(last, "\xf4\x8f\xbf\xbf");
}

TEST(Utf8, EachInvalidByteIsInvalidOnItsOwn) {
  const auto invalid = [](std::string_view text) {
    std::vector<size_t> all;
    for (size_t at = 0; (at = find_invalid_utf8(text, at)) != text.size(); at++) all.push_back(at);
    return all;
  };
  using Places = std::vector<size_t>;
  EXPECT_EQ(invalid("plain"), Places());
  EXPECT_EQ(invalid("a\xff" "b"), Places({1}));
  EXPECT_EQ(invalid("\xe2\x82"), Places({0, 1}));
  EXPECT_EQ(invalid("\xed\xa0\x80!"), Places({0, 1, 2}));
  EXPECT_EQ(invalid("\xf0\x9f\x98\xe2\x82\xac"), Places({0, 1, 2}));
}

}  // namespace
}  // namespace redstart
