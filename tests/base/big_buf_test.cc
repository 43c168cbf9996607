#include "base/big_buf.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(BigBuf, LivesAsLongAsItsLastReference) {
  BigBuf* buf = BigBuf::copy_of("a value on its way to a slow socket");
  buf->hold();
  EXPECT_FALSE(buf->unshared());
  buf->drop();
  EXPECT_TRUE(buf->unshared());
  EXPECT_EQ(buf->view(), "a value on its way to a slow socket");
  buf->drop();
}

TEST(BigBuf, KeepsItsBytesWhenTheRoomChanges) {
  std::string text(5000, 'x');
  BigBuf* buf = BigBuf::copy_of(text);
  buf = BigBuf::set_capacity(buf, 3 << 20);
  EXPECT_GE(buf->capacity(), size_t{3} << 20);
  EXPECT_EQ(buf->view(), text);
  EXPECT_EQ(buf->allocated_bytes(), buf->capacity() + sizeof(BigBuf));
  buf = BigBuf::set_capacity(buf, 100);
  EXPECT_LT(buf->capacity(), 116u);
  EXPECT_EQ(buf->view(), text.substr(0, buf->capacity()));
  buf->drop();
}

}  // namespace
}  // namespace redstart
