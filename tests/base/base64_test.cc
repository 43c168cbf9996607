#include "base/base64.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace redstart {
namespace {

TEST(Base64, VectorsOfTheRfc) {
  const struct {
    const char* bytes;
    const char* text;
  } cases[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"}};
  for (const auto& c : cases) {
    EXPECT_EQ(base64_text(c.bytes), c.text);
    std::string bytes = "kept:";
    EXPECT_TRUE(base64_decode(c.text, &bytes));
    EXPECT_EQ(bytes, std::string("kept:") + c.bytes);
  }
  EXPECT_EQ(base64_text("\xfb\xff\xfe"), "+//+");
}

TEST(Base64, EveryByteStringComesBack) {
  Random random(1);
  for (size_t size = 0; size < 300; size++) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random.next());
    std::string back;
    ASSERT_TRUE(base64_decode(base64_text(bytes), &back));
    ASSERT_EQ(back, bytes);
  }
}

TEST(Base64, OnlyTheOneTextIsAccepted) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "=",
                           "Zm9v=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zm-_", "Z=g="}) {
    std::string bytes = "kept";
    EXPECT_FALSE(base64_decode(text, &bytes)) << text;
    EXPECT_EQ(bytes, "kept");
  }
}

}  // namespace
}  // namespace redstart
