// The data of a full synchronization as they arrive: their end is found, and they are kept in a file
// or in memory until they are loaded.
//
//   "$1234\r\n"         so many bytes
//   "$EOF:<mark>\r\n"   up to the mark, which is 40 bytes long and no part of them
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "core/rdb_stream.h"

namespace redstart {

// What was kept in memory, once: it is given back while it is read.
class PiecesSource final : public RdbSource {
 public:
  explicit PiecesSource(std::deque<std::string> pieces);
  size_t read(char* to, size_t max) override;
  uint64_t remaining() const override { return left_; }

 private:
  std::deque<std::string> pieces_;
  size_t done_ = 0;  // of the first
  uint64_t left_ = 0;
};

class IncomingData {
 public:
  static constexpr size_t kMarkSize = 40;

  // The line that announces them, without its end. False: it does not.
  bool announce(std::string_view line);
  // To this file instead of memory, from its beginning.
  void keep_in(std::unique_ptr<File> file) { file_ = std::move(file); }

  // How many of these bytes belong to them, the mark included. -errno when they cannot be kept.
  int64_t take(std::string_view bytes);
  bool whole() const { return whole_; }
  // 0 where only a mark tells the end.
  int64_t size() const { return size_; }
  int64_t received() const { return received_; }
  size_t memory() const { return in_memory_; }

  bool in_file() const { return file_ != nullptr; }
  // REQUIRES: whole. One of the two.
  std::unique_ptr<File> take_file() { return std::move(file_); }
  std::deque<std::string> take_pieces() { return std::move(pieces_); }

 private:
  int keep(std::string_view bytes);

  std::string mark_;
  std::string tail_;  // the last bytes, which may be a part of the mark
  int64_t size_ = 0, received_ = 0;
  bool whole_ = false;
  std::unique_ptr<File> file_;
  std::deque<std::string> pieces_;
  size_t in_memory_ = 0;
};

}  // namespace redstart
