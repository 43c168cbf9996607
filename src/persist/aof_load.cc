#include "persist/aof_load.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "base/ascii.h"
#include "base/log.h"
#include "engine/engine.h"
#include "engine/persistence.h"
#include "persist/aof_reader.h"

namespace redstart {
namespace {

constexpr size_t kBlock = 256 * 1024;
constexpr std::string_view kRdbMagic = "REDIS";

std::string seconds_text(int64_t us) {
  char text[32];
  snprintf(text, sizeof text, "%.3f seconds", static_cast<double>(us) / 1e6);
  return text;
}

}  // namespace

// The bytes of the file for the RDB part: those that were read to look at, then the file's.
struct AofLoader::Source final : RdbSource {
  explicit Source(File& file, std::string ahead) : file(file), ahead(std::move(ahead)) {
    size = static_cast<uint64_t>(std::max<int64_t>(0, file.size()));
  }
  size_t read(char* to, size_t max) override {
    if (taken < ahead.size()) {
      const size_t got = ahead.copy(to, max, taken);
      taken += got;
      return got;
    }
    const int64_t got = file.read(to, max);
    if (got <= 0) return 0;
    taken += static_cast<size_t>(got);
    return static_cast<size_t>(got);
  }
  uint64_t remaining() const override { return size > taken ? size - taken : 0; }

  File& file;
  std::string ahead;
  uint64_t taken = 0, size = 0;
};

AofLoader::AofLoader(const Place& place, const AofManifest& manifest)
    : place_(place), replay_(place.engine, place.tenant) {
  if (manifest.base) names_.push_back(manifest.base->name);
  first_is_base_ = manifest.base.has_value();
  for (const AofFile& file : manifest.increments) names_.push_back(file.name);
}

AofLoader::~AofLoader() = default;

AofLoader::Step AofLoader::step(size_t bytes) {
  if (!measured_ && !measure()) return Step::kFailed;
  if (!file_) {
    if (current_ == names_.size()) return Step::kDone;
    if (!open_next()) return Step::kFailed;
  }
  Found found = preamble_ ? read_preamble(bytes) : read_records(bytes);
  count_progress();
  if (found == Found::kEndOfFile) found = end_of_file();
  if (found == Found::kFailed) return Step::kFailed;
  return file_ || current_ < names_.size() ? Step::kMore : Step::kDone;
}

// Every file must be there before anything is loaded.
bool AofLoader::measure() {
  measured_ = true;
  for (size_t i = 0; i < names_.size(); i++) {
    const int64_t size = place_.files.size(join_path(place_.directory, names_[i]));
    if (size < 0) {
      place_.engine.log().warning("Unable to obtain the AOF file " + names_[i] +
                                  " length. stat: " + error_text(static_cast<int>(size)));
      return false;
    }
    if (i == 0 && first_is_base_) base_size_ = static_cast<uint64_t>(size);
    total_size_ += static_cast<uint64_t>(size);
  }
  place_.facts.loading_total_bytes = total_size_;
  return true;
}

bool AofLoader::open_next() {
  Log& log = place_.engine.log();
  int error = 0;
  file_ = place_.files.open(join_path(place_.directory, name()), FileSystem::Mode::kRead, &error);
  if (!file_) {
    log.warning("Fatal error: can't open the append log file " + name() +
                " for reading: " + error_text(error));
    return false;
  }
  started_us_ = place_.engine.mono_us();
  at_end_ = false;
  buffer_.clear();
  used_ = 0;
  buffer_offset_ = counted_ = before_multi_ = 0;
  replay_.begin_file();
  if (!refill()) return false;
  if (!buffer_.starts_with(kRdbMagic)) return true;
  const bool old_style = name() == place_.engine.settings().appendfilename;
  log.notice(old_style ? "Reading RDB preamble from AOF file..."
                       : "Reading RDB base file on AOF loading...");
  source_ = std::make_unique<Source>(*file_, std::move(buffer_));
  buffer_.clear();
  const Settings& settings = place_.engine.settings();
  preamble_ = std::make_unique<RdbLoader>(
      place_.engine, place_.tenant, *source_,
      RdbLoadOptions{.aof_preamble = true,
                     .keep_expired = true,
                     .verify_checksum = settings.rdbchecksum,
                     .key_delay_us = settings.key_load_delay});
  return true;
}

AofLoader::Found AofLoader::read_preamble(size_t bytes) {
  const RdbLoader::Step step = preamble_->step(bytes);
  if (step == RdbLoader::Step::kMore) return Found::kMore;
  const bool old_style = name() == place_.engine.settings().appendfilename;
  Log& log = place_.engine.log();
  if (step == RdbLoader::Step::kFailed) {
    log.warning(preamble_->error());
    return fail((old_style ? "Error reading the RDB preamble of the AOF file "
                           : "Error reading the RDB base file ") +
                name() + ", AOF loading aborted");
  }
  buffer_ = preamble_->leftover();
  buffer_offset_ = before_multi_ = preamble_->consumed();
  used_ = 0;
  place_.facts.rdb_last_load_keys_loaded = preamble_->result().keys;
  place_.facts.rdb_last_load_keys_expired = preamble_->result().keys_expired;
  place_.facts.loading_rdb_used_memory = preamble_->result().used_memory;
  preamble_.reset();
  source_.reset();
  if (old_style) log.notice("Reading the remaining AOF tail...");
  return Found::kMore;
}

AofLoader::Found AofLoader::read_records(size_t bytes) {
  const uint64_t until = buffer_offset_ + used_ + bytes;
  while (buffer_offset_ + used_ < until) {
    const std::string_view left = std::string_view(buffer_).substr(used_);
    size_t size = 0;
    AofRead read = left.empty() ? AofRead::kNeedMore : read_aof_record(left, &args_, &size);
    if (read == AofRead::kBad) {
      Log& log = place_.engine.log();
      const uint64_t offset = buffer_offset_ + used_;
      fail("Bad file format reading the append only file " + name() +
           ": make a backup of your AOF file, then use ./redis-check-aof --fix "
           "<filename.manifest>");
      log.warning("The part that is bad begins at offset " + std::to_string(offset) + " of " +
                  name());
      return Found::kFailed;
    }
    if (read == AofRead::kNeedMore) {
      if (at_end_) return Found::kEndOfFile;
      if (!refill()) return Found::kFailed;
      continue;
    }
    if (read == AofRead::kCommand) {
      if (args_.size() == 1 && equals_fold(args_[0], "multi")) {
        before_multi_ = buffer_offset_ + used_;
      }
      std::string error;
      if (!replay_.run(args_, &error)) {
        return fail(error + " reading the append only file " + name());
      }
      if (const int us = place_.engine.settings().key_load_delay; us > 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(us));
      }
    }
    used_ += size;
  }
  return Found::kMore;
}

// Makes room in front, then doubles: a command of any size is looked at a few times, not often.
bool AofLoader::refill() {
  buffer_.erase(0, used_);
  buffer_offset_ += used_;
  used_ = 0;
  const size_t before = buffer_.size();
  buffer_.resize(before + std::max(before, kBlock));
  const int64_t got = file_->read(buffer_.data() + before, buffer_.size() - before);
  buffer_.resize(before + static_cast<size_t>(std::max<int64_t>(got, 0)));
  if (got < 0) {
    fail("Unrecoverable error reading the append only file " + name() + ": " +
         error_text(static_cast<int>(got)));
    return false;
  }
  at_end_ = got == 0;
  return true;
}

// ---- the end of a file --------------------------------------------------------------------------

AofLoader::Found AofLoader::end_of_file() {
  Log& log = place_.engine.log();
  uint64_t good = buffer_offset_ + used_;
  bool cut = used_ < buffer_.size();
  if (replay_.in_transaction()) {
    if (!cut) log.warning("Revert incomplete MULTI/EXEC transaction in AOF file " + name());
    good = before_multi_;
    cut = true;
    replay_.drop_transaction();
  }
  if (cut && cut_tail(good) == Found::kFailed) return Found::kFailed;
  if (cut && !is_last()) return fail("Fatal error: the truncated file is not the last file");
  const bool is_base = first_is_base_ && current_ == 0;
  if (buffer_offset_ + buffer_.size() > 0) {
    log.notice(std::string("DB loaded from ") + (is_base ? "base" : "incr") + " file " + name() +
               ": " + seconds_text(place_.engine.mono_us() - started_us_));
  }
  file_.reset();
  current_++;
  return Found::kEndOfFile;
}

AofLoader::Found AofLoader::cut_tail(uint64_t keep) {
  Log& log = place_.engine.log();
  if (place_.engine.settings().aof_load_truncated) {
    log.warning("!!! Warning: short read while loading the AOF file " + name() + "!!!");
    log.warning("!!! Truncating the AOF " + name() + " at offset " + std::to_string(keep) + " !!!");
    int error = 0;
    auto file =
        place_.files.open(join_path(place_.directory, name()), FileSystem::Mode::kAppend, &error);
    if (file) error = file->truncate(static_cast<int64_t>(keep));
    if (file && error == 0) error = file->sync();
    if (error == 0) {
      const auto size = static_cast<uint64_t>(std::max<int64_t>(file_->size(), 0));
      total_size_ -= std::min(total_size_, buffer_offset_ + buffer_.size() - std::min(size, keep));
      log.warning("AOF " + name() + " loaded anyway because aof-load-truncated is enabled");
      return Found::kMore;
    }
    log.warning("Error truncating the AOF file " + name() + ": " + error_text(error));
  }
  return fail(
      "Unexpected end of file reading the append only file " + name() +
      ". You can: 1) Make a backup of your AOF file, then use ./redis-check-aof --fix "
      "<filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' configuration "
      "option to yes and restart the server.");
}

AofLoader::Found AofLoader::fail(const std::string& line) {
  place_.engine.log().warning(line);
  return Found::kFailed;
}

void AofLoader::count_progress() {
  const uint64_t read = preamble_ ? preamble_->consumed() : buffer_offset_ + used_;
  place_.facts.loading_loaded_bytes += read - std::min(read, counted_);
  counted_ = std::max(counted_, read);
}

}  // namespace redstart
