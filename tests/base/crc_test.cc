#include "base/crc.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(Crc, CheckValuesOfTheAlgorithms) {
  EXPECT_EQ(crc16("123456789"), 0x31c3);
  EXPECT_EQ(crc64(0, "123456789"), 0xe9c6d914c4b8d9ca);
  EXPECT_EQ(crc64(0, ""), 0u);
}

TEST(Crc, PiecesGiveTheSameAsTheWhole) {
  std::string text;
  for (int i = 0; i < 100; i++) text += static_cast<char>(i * 37);
  const uint64_t whole = crc64(0, text);
  for (size_t cut = 0; cut <= text.size(); cut++) {
    const std::string_view view = text;
    ASSERT_EQ(crc64(crc64(0, view.substr(0, cut)), view.substr(cut)), whole);
  }
}

// The numbers are those of CLUSTER KEYSLOT.
TEST(Crc, SlotsFollowHashTags) {
  EXPECT_EQ(key_slot("foo"), 12182);
  EXPECT_EQ(key_slot("user:{foo}:name"), 12182);
  EXPECT_EQ(key_slot("{foo}{bar}"), 12182);
  EXPECT_EQ(key_slot("somekey"), 11058);
  EXPECT_EQ(key_slot("foo{}{bar}"), 8363);
  EXPECT_EQ(key_slot("foo{{bar}}zap"), key_slot("{bar"));
  EXPECT_EQ(key_slot("foo}{bar"), crc16("foo}{bar") % kClusterSlots);
  EXPECT_EQ(key_slot(""), 0);
}

}  // namespace
}  // namespace redstart
