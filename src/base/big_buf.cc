#include "base/big_buf.h"

#include <cstdlib>
#include <cstring>

namespace redstart {

namespace {

// Blocks of round sizes: what malloc would round up to is room for the string instead.
size_t block_size(size_t bytes) { return (bytes + 15) & ~size_t{15}; }

}  // namespace

BigBuf* BigBuf::create(size_t capacity) {
  size_t block = block_size(sizeof(BigBuf) + capacity);
  auto* buf = static_cast<BigBuf*>(std::malloc(block));
  if (!buf) std::abort();
  buf->references_ = 1;
  buf->outputs_ = 0;
  buf->size_ = 0;
  buf->capacity_ = block - sizeof(BigBuf);
  return buf;
}

BigBuf* BigBuf::copy_of(std::string_view bytes) {
  BigBuf* buf = create(bytes.size());
  if (!bytes.empty()) std::memcpy(buf->bytes_, bytes.data(), bytes.size());
  buf->size_ = bytes.size();
  return buf;
}

void BigBuf::drop() {
  if (--references_ == 0) std::free(this);
}

size_t BigBuf::allocated_bytes() const { return sizeof(BigBuf) + capacity_; }

BigBuf* BigBuf::set_capacity(BigBuf* buf, size_t capacity) {
  size_t block = block_size(sizeof(BigBuf) + capacity);
  buf = static_cast<BigBuf*>(std::realloc(buf, block));
  if (!buf) std::abort();
  buf->capacity_ = block - sizeof(BigBuf);
  if (buf->size_ > buf->capacity_) buf->size_ = buf->capacity_;
  return buf;
}

}  // namespace redstart
