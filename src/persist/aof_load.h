// Reads the files of a manifest into a tenant, in slices: the base (an RDB file or commands), then
// the increments. A tail that was cut off, or a transaction without its end, is tolerated in the
// last file only, and cut away; anything else that is not in order ends the load.
//
//   AofLoader loader(...);
//   while (loader.step(1 << 20) == AofLoader::Step::kMore) ...
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "persist/aof_manifest.h"
#include "persist/aof_replay.h"
#include "persist/rdb_load.h"

namespace redstart {

class Engine;
class Tenant;
struct PersistenceFacts;

class AofLoader {
 public:
  struct Place {
    Engine& engine;
    Tenant& tenant;
    FileSystem& files;
    PersistenceFacts& facts;
    std::string directory;  // where the files of the manifest are
  };
  AofLoader(const Place& place, const AofManifest& manifest);
  ~AofLoader();
  AofLoader(const AofLoader&) = delete;
  AofLoader& operator=(const AofLoader&) = delete;

  enum class Step : uint8_t { kMore, kDone, kFailed };
  // Reads about so many bytes. What went wrong is in the log. REQUIRES: kMore was the last answer.
  Step step(size_t bytes);

  // After kDone.
  uint64_t total_size() const { return total_size_; }
  uint64_t base_size() const { return base_size_; }

 private:
  struct Source;
  enum class Found : uint8_t { kMore, kEndOfFile, kFailed };

  bool measure();
  bool open_next();
  Found read_records(size_t bytes);
  Found read_preamble(size_t bytes);
  bool refill();
  Found end_of_file();
  Found cut_tail(uint64_t keep);
  Found fail(const std::string& line);
  void count_progress();
  const std::string& name() const { return names_[current_]; }
  bool is_last() const { return current_ + 1 == names_.size(); }

  Place place_;
  AofReplay replay_;
  std::vector<std::string> names_;
  bool first_is_base_ = false;
  uint64_t base_size_ = 0, total_size_ = 0;
  bool measured_ = false, failed_ = false;

  // The file that is being read.
  size_t current_ = 0;
  std::unique_ptr<File> file_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<RdbLoader> preamble_;
  int64_t started_us_ = 0;
  bool at_end_ = false;
  std::string buffer_;
  size_t used_ = 0;               // of the buffer: records that were run
  uint64_t buffer_offset_ = 0;    // of the buffer's first byte in the file
  uint64_t before_multi_ = 0;
  uint64_t counted_ = 0;          // of this file, in loading_loaded_bytes
  std::vector<std::string_view> args_;
};

}  // namespace redstart
