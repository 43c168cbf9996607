#include "wire/json_text.h"

#include <gtest/gtest.h>

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

TEST(JsonText, Escapes) {
  EXPECT_EQ(json("plain / text"), "plain / text");
  EXPECT_EQ(json("\"\\\n\r\t\b\f"), "\\\"\\\\\\n\\r\\t\\b\\f");
  EXPECT_EQ(json(std::string_view("\0\x1f\x7f", 3)), "\\u0000\\u001f\x7f");
}

TEST(JsonText, EachByteThatIsNotUtf8IsReplaced) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(json("\xf0\x90\x80\x80"), "\xf0\x90\x80\x80");
  EXPECT_EQ(json("\x80"), bad);
  EXPECT_EQ(json("\xf4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(json("\xe2\x82"), bad + bad) << "cut off";
  EXPECT_EQ(json("\xe2\x82\x41"), bad + bad + "A");
  EXPECT_EQ(json("\xff\xc3\xa9"), bad + "\xc3\xa9");
}

TEST(JsonText, WhatMayBeHalfACharacterIsLeft) {
  ChunkPool pool;
  OutBuf out(pool);
  EXPECT_EQ(append_json_escaped(out, "ab\xe2\x82"), 2u);
  EXPECT_EQ(contents(out), "ab");
}

// Longer than what is encoded in one step.
TEST(JsonText, LongBase64) {
  ChunkPool pool;
  OutBuf out(pool);
  std::string bytes, expected;
  for (int i = 0; i < 1000; i++) bytes += "foobar", expected += "Zm9vYmFy";
  append_base64(out, bytes + "f");
  EXPECT_EQ(contents(out), expected + "Zg==");
}

}  // namespace
}  // namespace redstart
