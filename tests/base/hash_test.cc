#include "base/hash.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(Hash, DigestIsUnseededXxh3) {
  EXPECT_EQ(digest_bytes(""), 0x2d06800538d394c2u);  // published vector
  EXPECT_EQ(digest_bytes("x"), hash_bytes("x", 0));
}

TEST(Hash, SeedChangesEveryLengthClass) {
  for (size_t size : {0, 3, 8, 16, 100, 200, 1000}) {
    const std::string bytes(size, 'a');
    EXPECT_NE(hash_bytes(bytes, 1), hash_bytes(bytes, 2)) << size;
  }
}

}  // namespace
}  // namespace redstart
