#include "core/lzf.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace redstart {
namespace {

std::string unpack(std::string_view packed, size_t size) {
  std::string text(size, '?');
  EXPECT_TRUE(lzf_decompress(packed, text.data(), size));
  return text;
}

// Repetitions near and far, runs, and noise.
std::string made_up(Random& random) {
  std::string text;
  size_t wanted = random.below(40000);
  while (text.size() < wanted) {
    size_t length = 1 + random.below(random.below(2) ? 600 : 8);
    if (!text.empty() && random.below(2)) {
      size_t from = random.below(text.size());
      for (size_t i = 0; i < length; i++) text += text[from + i];
    } else {
      for (size_t i = 0; i < length; i++) text += static_cast<char>(random.below(256));
    }
  }
  return text;
}

TEST(Lzf, UnpacksWhatItPacked) {
  Random random(20261121);
  LzfCompressor compressor;
  int packed_texts = 0;
  for (int i = 0; i < 300; i++) {
    std::string text = made_up(random);
    std::string_view packed = compressor.compress(text, 4);
    if (packed.empty()) continue;
    packed_texts++;
    ASSERT_LE(packed.size() + 4, text.size());
    ASSERT_EQ(unpack(packed, text.size()), text);
  }
  EXPECT_GT(packed_texts, 100);
}

TEST(Lzf, GivesUpWhereNothingIsGained) {
  LzfCompressor compressor;
  EXPECT_EQ(compressor.compress("abcdefghijklmnopqrstuvwxyz", 4), "");
  EXPECT_EQ(compressor.compress("", 4), "");
  EXPECT_EQ(compressor.compress(std::string(1000, 'a'), 4).size(), 14u);
}

// What 7.0.15 made of 200 times "a".
TEST(Lzf, UnpacksWhatRedisPacked) {
  EXPECT_EQ(unpack(std::string_view("\x01" "aa\xe0\xbb\x00\x01" "aa", 9), 200), std::string(200, 'a'));
}

TEST(Lzf, RefusesWhatLeavesItsBounds) {
  char out[8];
  EXPECT_FALSE(lzf_decompress("\x20\x00", out, 3));              // from before the beginning
  EXPECT_FALSE(lzf_decompress("\x05" "ab", out, 6));               // fewer bytes than said
  EXPECT_FALSE(lzf_decompress(std::string_view("\x00" "a", 2), out, 8));  // too short
  EXPECT_FALSE(lzf_decompress(std::string_view("\x00" "a\xe0", 3), out, 8));
}

}  // namespace
}  // namespace redstart
