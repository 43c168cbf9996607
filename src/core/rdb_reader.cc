#include "core/rdb_reader.h"

#include <algorithm>
#include <cstring>

#include "base/crc.h"
#include "core/lzf.h"
#include "core/rdb_format.h"

namespace redstart {

namespace {

constexpr std::string_view kShort = "Unexpected EOF reading RDB file";

}  // namespace

RdbReader::RdbReader(RdbSource& source, bool checksum)
    : source_(&source),
      buffer_(new char[kBuffer]),
      begin_(buffer_.get()),
      at_(begin_),
      end_(begin_),
      sum_(checksum),
      summed_(begin_) {}

RdbReader::RdbReader(std::string_view bytes)
    : begin_(bytes.data()),
      at_(begin_),
      end_(begin_ + bytes.size()),
      sum_(false),
      summed_(begin_) {}

void RdbReader::fail(std::string_view error) {
  if (error_.empty()) error_ = error;
  // Whatever else is asked for is not there.
  end_ = at_;
  source_ = nullptr;
}

uint64_t RdbReader::remaining() const {
  auto here = static_cast<uint64_t>(end_ - at_);
  uint64_t there = source_ ? source_->remaining() : 0;
  return there == UINT64_MAX ? there : here + there;
}

uint64_t RdbReader::checksum() {
  if (sum_) crc_ = crc64(crc_, {summed_, static_cast<size_t>(at_ - summed_)});
  summed_ = at_;
  return crc_;
}

// Until so many bytes are in memory. False: the source has no more.
bool RdbReader::refill(size_t bytes) {
  if (!source_) return false;
  checksum();
  // Long strings are rare; their room is not kept.
  if (scratch_.capacity() > kBuffer) scratch_ = std::string();
  if (unpacked_.capacity() > kBuffer) unpacked_ = std::string();
  before_ += static_cast<uint64_t>(at_ - begin_);
  size_t left = static_cast<size_t>(end_ - at_);
  std::memmove(buffer_.get(), at_, left);
  begin_ = at_ = summed_ = buffer_.get();
  end_ = begin_ + left;
  while (static_cast<size_t>(end_ - at_) < bytes) {
    size_t got = source_->read(const_cast<char*>(end_), kBuffer - static_cast<size_t>(end_ - at_));
    if (got == 0) return false;
    end_ += got;
  }
  return true;
}

bool RdbReader::refill_or_fail(size_t bytes) {
  if (refill(bytes)) return true;
  fail(kShort);
  return false;
}

std::string_view RdbReader::raw(size_t bytes) {
  if (bytes > kBuffer && bytes > static_cast<size_t>(end_ - at_)) return long_raw(bytes);
  if (!need(bytes)) return {};
  std::string_view view(at_, bytes);
  at_ += bytes;
  return view;
}

std::string_view RdbReader::long_raw(size_t bytes) {
  if (bytes > remaining()) {
    fail(kShort);
    return {};
  }
  scratch_.clear();
  bool trusted = remaining() != UINT64_MAX;
  if (trusted) scratch_.reserve(bytes);
  while (scratch_.size() < bytes) {
    if (at_ == end_ && !need(1)) return {};
    size_t part = std::min(bytes - scratch_.size(), static_cast<size_t>(end_ - at_));
    scratch_.append(at_, part);
    at_ += part;
  }
  return scratch_;
}

bool RdbReader::length_or_form(uint64_t* length, bool* is_form) {
  *is_form = false;
  *length = 0;
  uint8_t first = byte();
  if (failed()) return false;
  switch (first & 0xc0) {
    case rdb::kLength6:
      *length = first;
      return true;
    case rdb::kLength14:
      *length = static_cast<uint64_t>(first & 0x3f) << 8 | byte();
      return !failed();
    case rdb::kEncoded:
      *is_form = true;
      *length = first & 0x3f;
      return true;
  }
  if (first == rdb::kLength32) {
    uint32_t big = 0;
    std::string_view bytes = raw(sizeof big);
    bytes.copy(reinterpret_cast<char*>(&big), bytes.size());
    *length = __builtin_bswap32(big);
  } else if (first == rdb::kLength64) {
    uint64_t big = 0;
    std::string_view bytes = raw(sizeof big);
    bytes.copy(reinterpret_cast<char*>(&big), bytes.size());
    *length = __builtin_bswap64(big);
  } else {
    fail("Unknown length encoding " + std::to_string(first));
  }
  return !failed();
}

uint64_t RdbReader::length() {
  uint64_t length;
  bool is_form;
  if (!length_or_form(&length, &is_form)) return 0;
  if (!is_form) return length;
  fail("A length was expected, but there is a string");
  return 0;
}

uint64_t RdbReader::count(size_t least_bytes) {
  uint64_t count = length();
  if (count <= remaining() / least_bytes) return count;
  fail(kShort);
  return 0;
}

std::string_view RdbReader::string() {
  uint64_t length;
  bool is_form;
  if (!length_or_form(&length, &is_form)) return {};
  if (!is_form) return raw(length);
  switch (length) {
    case rdb::kInt8:
      return integer(1);
    case rdb::kInt16:
      return integer(2);
    case rdb::kInt32:
      return integer(4);
    case rdb::kLzf:
      return compressed();
  }
  fail("Unknown RDB string encoding type " + std::to_string(length));
  return {};
}

std::string_view RdbReader::integer(size_t bytes) {
  std::string_view text = raw(bytes);
  if (failed()) return {};
  uint32_t bits = 0;
  text.copy(reinterpret_cast<char*>(&bits), bytes);
  int64_t number = bytes == 1   ? static_cast<int8_t>(bits)
                   : bytes == 2 ? static_cast<int16_t>(bits)
                                : static_cast<int32_t>(bits);
  return {number_, write_int64(number_, number)};
}

std::string_view RdbReader::compressed() {
  uint64_t packed = length();
  uint64_t size = length();
  if (failed()) return {};
  if (size / kLzfMostPerByte > packed) {
    fail("Invalid LZF compressed string");
    return {};
  }
  std::string_view text = raw(packed);
  if (failed()) return {};
  if (unpacked_.size() < size) unpacked_.resize(size);
  if (lzf_decompress(text, unpacked_.data(), size)) return {unpacked_.data(), size};
  fail("Invalid LZF compressed string");
  return {};
}

int64_t RdbReader::little_int64() {
  int64_t value = 0;
  std::string_view bytes = raw(sizeof value);
  bytes.copy(reinterpret_cast<char*>(&value), bytes.size());
  return value;
}

double RdbReader::little_double() {
  double value = 0;
  std::string_view bytes = raw(sizeof value);
  bytes.copy(reinterpret_cast<char*>(&value), bytes.size());
  return value;
}

}  // namespace redstart
