// The bytes of an RDB file: lengths, strings, numbers, the checksum. Knows nothing of keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/lzf.h"
#include "core/rdb_stream.h"

namespace redstart {

class RdbWriter {
 public:
  struct Form {
    bool compress = true;
    bool checksum = true;
  };
  static constexpr size_t kFileBuffer = 256 * 1024;
  static constexpr size_t kPayloadBuffer = 1024;

  RdbWriter(RdbSink& sink, Form form, size_t buffer = kFileBuffer);
  RdbWriter(const RdbWriter&) = delete;
  RdbWriter& operator=(const RdbWriter&) = delete;

  void byte(uint8_t value);
  void length(uint64_t value);
  void raw(std::string_view bytes);
  // In the shortest form: as an integer, compressed, or as it is.
  void string(std::string_view text);
  void string(int64_t number);
  // The packed bytes of a collection: never an integer.
  void blob(std::string_view bytes) { long_string(bytes); }
  void little_int64(int64_t value);
  void little_double(double value);
  // 0 where there is none.
  void checksum();

  // Gives what waits to the sink. False: the sink has failed, now or before.
  bool flush();
  bool ok() const { return ok_; }
  uint64_t written() const { return flushed_ + used_; }

 private:
  // Shorter strings are not worth the trial.
  static constexpr size_t kCompressFrom = 21;
  static constexpr size_t kCompressGain = 4;

  void long_string(std::string_view text);
  bool integer_form(std::string_view text);
  char* room(size_t bytes) {
    if (size_ - used_ < bytes) flush();
    return buffer_.get() + used_;
  }
  void sum(std::string_view bytes);

  RdbSink& sink_;
  const Form form_;
  std::unique_ptr<char[]> buffer_;
  const size_t size_;
  size_t used_ = 0;
  uint64_t flushed_ = 0;
  uint64_t crc_ = 0;
  bool ok_ = true;
  std::unique_ptr<LzfCompressor> compressor_;
};

}  // namespace redstart
