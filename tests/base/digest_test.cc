#include "base/digest.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

// The examples of FIPS 180-4 and its companion documents.
TEST(Digest, PublishedVectors) {
  EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha1_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(sha1_hex(std::string(1000000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// The padding changes shape between 55 and 56 bytes, and between 63 and 64.
TEST(Digest, EveryPaddingShape) {
  std::string chained;
  for (size_t size = 0; size < 130; size++) {
    chained = sha1_hex(chained + std::string(size, 'x')) + sha256_hex(chained);
  }
  EXPECT_EQ(sha256_hex(chained),
            "0837152fe1731f3277451758d1dde38c2a9514257859e345e5ad5b748ba31fad");
}

TEST(Digest, ConstantTimeComparison) {
  EXPECT_TRUE(equals_constant_time("secret", "secret"));
  EXPECT_TRUE(equals_constant_time("", ""));
  EXPECT_FALSE(equals_constant_time("secret", "secreT"));
  EXPECT_FALSE(equals_constant_time("secret", "secre"));
  EXPECT_FALSE(equals_constant_time("secre", "secret"));
  EXPECT_FALSE(equals_constant_time("", std::string_view("\0", 1)));
}

}  // namespace
}  // namespace redstart
