// RDB in files: a sink and a source, and how a file is replaced as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "persist/rdb_load.h"
#include "persist/rdb_save.h"

namespace redstart {

class RdbFileSink final : public RdbSink {
 public:
  // `steadily`: what was written goes to the disk little by little, so that the sync at the end is
  // short and the machine's other writers do not wait for it.
  RdbFileSink(File& file, bool steadily) : file_(file), steadily_(steadily) {}
  bool write(std::string_view bytes) override;
  // 0, or -errno of what failed first.
  int error() const { return error_; }
  uint64_t written() const { return written_; }

 private:
  File& file_;
  const bool steadily_;
  int error_ = 0;
  uint64_t written_ = 0;
  uint64_t pushed_ = 0;
};

class RdbFileSource final : public RdbSource {
 public:
  explicit RdbFileSource(File& file);
  size_t read(char* to, size_t max) override;
  uint64_t remaining() const override { return size_ > done_ ? size_ - done_ : 0; }

 private:
  File& file_;
  uint64_t size_;
  uint64_t done_ = 0;
};

// Writes `draft`, makes it durable, and gives it the name `path`; on failure no draft is left and
// *error is a line for the log.
struct RdbFilePlan {
  FileSystem& files;
  std::string directory;
  std::string name;
  std::string draft;
};
bool write_rdb_file(const RdbFilePlan& plan, Engine& engine, const Tenant& tenant,
                    const RdbSaveOptions& options, std::string* error);

}  // namespace redstart
