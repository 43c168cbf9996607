#include "wire/json_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace redstart {
namespace {

std::string contents(const OutBuf& out) {
  std::string text;
  out.each([&](const char* data, size_t size) {
    text.append(data, size);
    return true;
  });
  return text;
}

std::string json(std::string_view text) {
  ChunkPool pool;
  OutBuf out(pool);
  append_json_text(out, text);
  return contents(out);
}

std::string base64(std::string_view bytes) {
  ChunkPool pool;
  OutBuf out(pool);
  append_base64(out, bytes);
  return contents(out);
}

TEST(JsonText, Escapes) {
  EXPECT_EQ(json("plain / text"), "plain / text");
  EXPECT_EQ(json("\"\\\n\r\t\b\f"), "\\\"\\\\\\n\\r\\t\\b\\f");
  EXPECT_EQ(json(std::string_view("\0\x1f\x7f", 3)), "\\u0000\\u001f\x7f");
}

TEST(JsonText, Utf8) {
  const std::string bad = "\xef\xbf\xbd";
  for (const char* good : {"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(json(good), good);
  }
  EXPECT_EQ(json("\x80"), bad);
  EXPECT_EQ(json("\xc1\xbf"), bad + bad) << "overlong";
  EXPECT_EQ(json("\xe0\x9f\x80"), bad + bad + bad) << "overlong";
  EXPECT_EQ(json("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(json("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "beyond U+10FFFF";
  EXPECT_EQ(json("\xe2\x82"), bad + bad) << "cut off";
  EXPECT_EQ(json("\xe2\x82\x41"), bad + bad + "A");
  EXPECT_EQ(json("\xff\xc3\xa9"), bad + "\xc3\xa9");
}

TEST(JsonText, Base64) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xfb\xff\xfe"), "+//+");
  // Longer than what is encoded in one step.
  std::string twice;
  for (int i = 0; i < 1000; i++) twice += "Zm9vYmFy";
  std::string long_text;
  for (int i = 0; i < 1000; i++) long_text += "foobar";
  EXPECT_EQ(base64(long_text), twice);
}

}  // namespace
}  // namespace redstart
