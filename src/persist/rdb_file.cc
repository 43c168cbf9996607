#include "persist/rdb_file.h"

#include <fcntl.h>

#include <algorithm>
#include <memory>

#include "engine/engine.h"

namespace redstart {

namespace {

constexpr uint64_t kPushEvery = 4 << 20;

}  // namespace

bool RdbFileSink::write(std::string_view bytes) {
  if (error_ != 0) return false;
  error_ = write_all(file_, bytes);
  written_ += bytes.size();
#ifdef SYNC_FILE_RANGE_WRITE
  if (steadily_ && error_ == 0 && written_ - pushed_ >= kPushEvery && file_.descriptor() >= 0) {
    // Begins to write and does not wait. Where that is not possible the end takes longer.
    sync_file_range(file_.descriptor(), static_cast<off64_t>(pushed_),
                    static_cast<off64_t>(written_ - pushed_), SYNC_FILE_RANGE_WRITE);
    pushed_ = written_;
  }
#endif
  return error_ == 0;
}

RdbFileSource::RdbFileSource(File& file)
    : file_(file), size_(static_cast<uint64_t>(std::max<int64_t>(0, file.size()))) {}

size_t RdbFileSource::read(char* to, size_t max) {
  int64_t got = file_.read(to, max);
  if (got <= 0) return 0;
  done_ += static_cast<uint64_t>(got);
  return static_cast<size_t>(got);
}

bool write_rdb_file(const RdbFilePlan& plan, Engine& engine, const Tenant& tenant,
                    const RdbSaveOptions& options, std::string* error) {
  FileSystem& files = plan.files;
  const std::string draft = join_path(plan.directory, plan.draft);
  const std::string where = " (in server root dir " + plan.directory + ")";
  int code = 0;
  std::unique_ptr<File> file = files.open(draft, FileSystem::Mode::kReplace, &code);
  if (!file) {
    *error = "Failed opening the temp RDB file " + plan.draft + where +
             " for saving: " + error_text(code);
    return false;
  }
  RdbFileSink sink(*file, engine.settings().rdb_save_incremental_fsync);
  std::string_view doing = "write";
  save_rdb(engine, tenant, options, sink);
  code = sink.error();
  if (code == 0) {
    doing = "fsync";
    code = file->sync();
  }
  file.reset();
  if (code != 0) {
    *error =
        "Write error while saving DB to the disk(" + std::string(doing) + "): " + error_text(code);
    files.remove(draft);
    return false;
  }
  code = files.rename(draft, join_path(plan.directory, plan.name));
  if (code != 0) {
    *error = "Error moving temp DB file " + plan.draft + " on the final destination " + plan.name +
             where + ": " + error_text(code);
    files.remove(draft);
    return false;
  }
  code = files.sync_directory(plan.directory);
  if (code != 0) *error = "Failed to fsync directory while saving DB: " + error_text(code);
  return code == 0;
}

}  // namespace redstart
