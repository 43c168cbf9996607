#include "core/rdb_writer.h"

#include <bit>
#include <cstring>

#include "base/crc.h"
#include "base/numbers.h"
#include "core/rdb_format.h"

namespace redstart {

static_assert(std::endian::native == std::endian::little);

namespace {

uint8_t encoded(rdb::StringForm form) { return static_cast<uint8_t>(uint8_t{rdb::kEncoded} + uint8_t{form}); }

}  // namespace

RdbWriter::RdbWriter(RdbSink& sink, Form form, size_t buffer)
    : sink_(sink), form_(form), buffer_(new char[buffer]), size_(buffer) {
  // A file is often written by a child, which should allocate nothing.
  if (form.compress && buffer == kFileBuffer) compressor_ = std::make_unique<LzfCompressor>();
}

void RdbWriter::sum(std::string_view bytes) {
  if (form_.checksum) crc_ = crc64(crc_, bytes);
}

bool RdbWriter::flush() {
  std::string_view bytes(buffer_.get(), used_);
  flushed_ += used_;
  used_ = 0;
  if (bytes.empty() || !ok_) return ok_;
  sum(bytes);
  return ok_ = sink_.write(bytes);
}

void RdbWriter::byte(uint8_t value) {
  *room(1) = static_cast<char>(value);
  used_++;
}

void RdbWriter::raw(std::string_view bytes) {
  if (bytes.size() <= size_ - used_) {
    bytes.copy(buffer_.get() + used_, bytes.size());
    used_ += bytes.size();
    return;
  }
  flush();
  if (bytes.size() < size_) {
    used_ = bytes.copy(buffer_.get(), bytes.size());
    return;
  }
  // Too long for the buffer: it goes as it is.
  flushed_ += bytes.size();
  if (!ok_) return;
  sum(bytes);
  ok_ = sink_.write(bytes);
}

void RdbWriter::length(uint64_t value) {
  auto* to = reinterpret_cast<uint8_t*>(room(9));
  if (value < 1 << 6) {
    to[0] = static_cast<uint8_t>(rdb::kLength6 | value);
    used_ += 1;
  } else if (value < 1 << 14) {
    to[0] = static_cast<uint8_t>(rdb::kLength14 | value >> 8);
    to[1] = static_cast<uint8_t>(value);
    used_ += 2;
  } else if (value <= UINT32_MAX) {
    to[0] = rdb::kLength32;
    uint32_t big = __builtin_bswap32(static_cast<uint32_t>(value));
    std::memcpy(to + 1, &big, sizeof big);
    used_ += 5;
  } else {
    to[0] = rdb::kLength64;
    uint64_t big = __builtin_bswap64(value);
    std::memcpy(to + 1, &big, sizeof big);
    used_ += 9;
  }
}

void RdbWriter::little_int64(int64_t value) {
  std::memcpy(room(sizeof value), &value, sizeof value);
  used_ += sizeof value;
}

void RdbWriter::little_double(double value) {
  std::memcpy(room(sizeof value), &value, sizeof value);
  used_ += sizeof value;
}

void RdbWriter::string(int64_t number) {
  auto* to = reinterpret_cast<uint8_t*>(room(5));
  size_t bytes;
  if (number == static_cast<int8_t>(number)) {
    to[0] = encoded(rdb::kInt8);
    bytes = 1;
  } else if (number == static_cast<int16_t>(number)) {
    to[0] = encoded(rdb::kInt16);
    bytes = 2;
  } else if (number == static_cast<int32_t>(number)) {
    to[0] = encoded(rdb::kInt32);
    bytes = 4;
  } else {
    char text[kIntTextMax];
    size_t size = write_int64(text, number);
    length(size);
    return raw({text, size});
  }
  std::memcpy(to + 1, &number, bytes);
  used_ += 1 + bytes;
}

// A text of a 32-bit number takes up to 11 bytes.
bool RdbWriter::integer_form(std::string_view text) {
  constexpr size_t kInt32TextMax = 11;
  int64_t number;
  if (text.size() > kInt32TextMax || !parse_int64(text, &number)) return false;
  if (number != static_cast<int32_t>(number)) return false;
  string(number);
  return true;
}

void RdbWriter::string(std::string_view text) {
  if (!integer_form(text)) long_string(text);
}

void RdbWriter::long_string(std::string_view text) {
  if (form_.compress && text.size() >= kCompressFrom) {
    if (!compressor_) compressor_ = std::make_unique<LzfCompressor>();
    std::string_view less = compressor_->compress(text, kCompressGain);
    if (!less.empty()) {
      byte(encoded(rdb::kLzf));
      length(less.size());
      length(text.size());
      return raw(less);
    }
  }
  length(text.size());
  raw(text);
}

void RdbWriter::checksum() {
  flush();
  uint64_t sum = form_.checksum ? crc_ : 0;
  little_int64(static_cast<int64_t>(sum));
}

}  // namespace redstart
