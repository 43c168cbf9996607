// A string too long to sit inside its entry: reference counted, growable while one owner holds it.
//
// The keyspace owns one reference; a slow socket that is being fed from the bytes owns another.
// Whoever wants to write asks unshared() first and copies when it answers false. Not thread-safe:
// engine memory belongs to the loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redstart {

class BigBuf {
 public:
  // One reference, size 0, room for at least `capacity` bytes.
  static BigBuf* create(size_t capacity);
  static BigBuf* copy_of(std::string_view bytes);

  void hold() { references_++; }
  void drop();
  bool unshared() const { return references_ == 1; }
  // For those who account for what waits to be sent: however many outputs refer to the buffer, it
  // takes its memory once. True for the first of them, and for the last.
  bool begin_output() { return outputs_++ == 0; }
  bool end_output() { return --outputs_ == 0; }

  char* data() { return bytes_; }
  const char* data() const { return bytes_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  std::string_view view() const { return {bytes_, size_}; }
  // What the buffer takes from the allocator, header included.
  size_t allocated_bytes() const;

  // REQUIRES: unshared, size <= capacity. New bytes are not initialised.
  void set_size(size_t size) { size_ = size; }
  // Returns the buffer with room for `capacity` bytes, `buf` itself or its moved successor; a
  // smaller capacity gives the end back to the allocator. REQUIRES: unshared.
  static BigBuf* set_capacity(BigBuf* buf, size_t capacity);

 private:
  uint32_t references_;
  uint32_t outputs_;
  size_t size_;
  size_t capacity_;
  char bytes_[];
};

}  // namespace redstart
