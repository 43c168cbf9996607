#include "base/hex.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/ascii.h"

namespace redstart {
namespace {

TEST(Hex, TwoDigitsForEachByte) {
  std::vector<uint8_t> bytes(256);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  const std::string text = hex_text(bytes);
  ASSERT_EQ(text.size(), 512u);
  EXPECT_TRUE(text.starts_with("000102"));
  EXPECT_TRUE(text.ends_with("fdfeff"));
  for (size_t i = 0; i < bytes.size(); i++) {
    EXPECT_EQ(ascii_hex_value(text[2 * i]) * 16 + ascii_hex_value(text[2 * i + 1]), bytes[i]);
  }
  EXPECT_EQ(hex_text({}), "");
}

}  // namespace
}  // namespace redstart
