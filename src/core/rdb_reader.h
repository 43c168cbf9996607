// The other direction of rdb_writer.h: lengths, strings and numbers out of bytes that nobody has
// checked yet.
//
// The first failure stays: what is read afterwards is empty and 0, so a caller may look at failed()
// once in a while instead of after each call. Views are good until the next call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/numbers.h"
#include "core/rdb_stream.h"

namespace redstart {

class RdbReader {
 public:
  // Of a file or a socket.
  RdbReader(RdbSource& source, bool checksum);
  // Of bytes that are all there.
  explicit RdbReader(std::string_view bytes);
  RdbReader(const RdbReader&) = delete;
  RdbReader& operator=(const RdbReader&) = delete;

  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  void fail(std::string_view error);

  uint8_t byte() {
    if (at_ == end_ && !need(1)) return 0;
    return static_cast<uint8_t>(*at_++);
  }
  uint64_t length();
  // A length that counts things of at least so many bytes each: more than can be left is a failure.
  uint64_t count(size_t least_bytes);
  std::string_view string();
  std::string_view raw(size_t bytes);
  int64_t little_int64();
  double little_double();

  // How many bytes were read.
  uint64_t position() const { return before_ + static_cast<uint64_t>(at_ - begin_); }
  // At most so many are left; UINT64_MAX if nobody knows.
  uint64_t remaining() const;
  bool at_end() { return at_ == end_ && !refill(1); }
  // Of all bytes read so far.
  uint64_t checksum();
  // What is here and was not read.
  std::string_view unread() const { return {at_, static_cast<size_t>(end_ - at_)}; }

 private:
  static constexpr size_t kBuffer = 1 << 20;
  // Without knowing how much is left, no more than this is taken on trust.
  static constexpr size_t kStep = 1 << 20;

  bool need(size_t bytes) {
    return static_cast<size_t>(end_ - at_) >= bytes || refill_or_fail(bytes);
  }
  bool refill(size_t bytes);
  bool refill_or_fail(size_t bytes);
  bool length_or_form(uint64_t* length, bool* is_form);
  std::string_view long_raw(size_t bytes);
  std::string_view integer(size_t bytes);
  std::string_view compressed();

  RdbSource* source_ = nullptr;
  std::unique_ptr<char[]> buffer_;
  const char* begin_;   // of what is in memory
  const char* at_;
  const char* end_;
  uint64_t before_ = 0;  // bytes that were in memory before
  bool sum_;
  const char* summed_;  // up to here
  uint64_t crc_ = 0;
  std::string scratch_;    // of a string longer than the buffer
  std::string unpacked_;   // of a compressed one
  char number_[kIntTextMax];
  std::string error_;
};

}  // namespace redstart
