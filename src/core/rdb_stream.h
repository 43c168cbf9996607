// Where bytes in RDB's format go to and come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

// A file, a socket, a string.
class RdbSink {
 public:
  // All of them, or false for good.
  virtual bool write(std::string_view bytes) = 0;

 protected:
  ~RdbSink() = default;
};

class RdbStringSink final : public RdbSink {
 public:
  bool write(std::string_view bytes) override {
    text_.append(bytes);
    return true;
  }
  std::string& text() { return text_; }

 private:
  std::string text_;
};

class RdbSource {
 public:
  // Up to `max` bytes; 0 at the end, or when reading fails.
  virtual size_t read(char* to, size_t max) = 0;
  // No more than so many bytes can come; UINT64_MAX if nobody knows.
  virtual uint64_t remaining() const = 0;

 protected:
  ~RdbSource() = default;
};

class RdbStringSource final : public RdbSource {
 public:
  explicit RdbStringSource(std::string_view bytes) : bytes_(bytes) {}
  size_t read(char* to, size_t max) override {
    size_t size = bytes_.copy(to, max);
    bytes_.remove_prefix(size);
    return size;
  }
  uint64_t remaining() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

}  // namespace redstart
