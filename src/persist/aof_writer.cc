#include "persist/aof_writer.h"

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "engine/engine.h"
#include "engine/persistence.h"

namespace redstart {
namespace {

constexpr int64_t kSyncEveryMs = 1000;
constexpr int64_t kRetryEveryMs = 100;
constexpr int64_t kErrorLogEveryMs = 30 * 1000;
constexpr int64_t kLongPostponedMs = 2000;
// A buffer that was larger is given back.
constexpr size_t kBufferKept = 1 << 20;

}  // namespace

SyncPolicy sync_policy(std::string_view name) {
  if (name == "always") return SyncPolicy::kAlways;
  return name == "no" ? SyncPolicy::kNo : SyncPolicy::kEverySecond;
}

AofWriter::~AofWriter() {
  if (timer_) host_.engine.timers().cancel(timer_);
}

int64_t AofWriter::now_ms() const { return host_.engine.mono_us() / 1000; }

bool AofWriter::sync_held_back() const {
  return host_.engine.settings().no_appendfsync_on_rewrite && host_.child_is_busy();
}

// A failed fsync of everysec is history: always syncs with the next turn or gives up.
void AofWriter::set_policy(SyncPolicy policy) {
  if (policy == SyncPolicy::kAlways && leaving_) host_.worker.drain();  // from now on all wait
  policy_ = policy;
  if (policy == SyncPolicy::kEverySecond || sync_error_ == 0) return;
  sync_error_ = 0;
  host_.status_changed();
}

// ---- files --------------------------------------------------------------------------------------

void AofWriter::open(std::shared_ptr<File> file, uint64_t size) {
  if (file_) close_later();
  file_ = std::move(file);
  generation_++;
  syncing_ = false;
  size_ = synced_size_ = size;
  last_timestamp_s_ = 0;
  last_sync_ms_ = now_ms();
  postponed_since_ms_ = 0;
  host_.facts.aof_pending_fsync = false;
}

void AofWriter::change_file(std::shared_ptr<File> next, DiskWorker::Job job,
                            DiskWorker::Done done) {
  leaving_ = host_.facts.aof_pending_fsync = true;
  auto synced = std::make_shared<int>(0);
  auto work = [file = file_, synced, job = std::move(job)] {
    *synced = file->sync();
    return *synced != 0 ? *synced : job();
  };
  auto settle = [this, synced, next = std::move(next), done = std::move(done), size = size_,
                 offset = written_offset_](int error) {
    leaving_ = host_.facts.aof_pending_fsync = false;
    if (*synced != 0 && policy_ == SyncPolicy::kAlways) give_up_syncing(*synced);
    // Without a policy nobody would try again.
    if (*synced == 0 || policy_ == SyncPolicy::kEverySecond) {
      note_sync_result(*synced, size, offset);
    }
    if (error == 0) open(next, 0);
    done(error);
    arm_timer();
    host_.on_synced();
  };
  if (policy_ == SyncPolicy::kAlways) return settle(work());
  host_.worker.submit(std::move(work), std::move(settle));
}

bool AofWriter::close() {
  if (!file_) return true;
  const bool ok = sync_now();
  file_.reset();
  forget_file();
  return ok;
}

void AofWriter::abandon() {
  if (!file_) return;
  close_later();
  forget_file();
}

// To close a file may take long.
void AofWriter::close_later() {
  host_.worker.submit([old = std::move(file_)] { return 0; }, nullptr);
}

void AofWriter::forget_file() {
  generation_++;
  syncing_ = false;
  size_ = synced_size_ = 0;
  buffer_ = std::string();
  write_error_ = sync_error_ = 0;
  host_.facts.aof_buffer_bytes = 0;
  host_.facts.aof_pending_fsync = false;
  host_.status_changed();
}

// ---- a turn -------------------------------------------------------------------------------------

void AofWriter::on_records(std::string_view bytes) {
  if (timestamps_) {
    const int64_t now_s = host_.engine.now_ms() / 1000;
    if (now_s > last_timestamp_s_) {
      last_timestamp_s_ = now_s;
      buffer_.append("#TS:").append(std::to_string(now_s)).append("\r\n");
    }
  }
  buffer_.append(bytes);
  buffered_offset_ = host_.tenant.propagation.offset();
}

void AofWriter::before_replies() {
  if (!file_ || (buffer_.empty() && (policy_ != SyncPolicy::kAlways || synced_size_ == size_))) {
    return;
  }
  if (policy_ == SyncPolicy::kAlways) {
    if (write_buffer() && synced_size_ != size_ && !sync_held_back()) sync_in_place();
    return;
  }
  if (write_error_ != 0 && now_ms() < retry_at_ms_) return;
  if (leaving_ || (policy_ == SyncPolicy::kEverySecond && syncing_)) {
    const int64_t now = now_ms();
    if (postponed_since_ms_ == 0) {
      postponed_since_ms_ = now;
      counted_delay_ = false;
    } else if (now - postponed_since_ms_ >= kLongPostponedMs && !counted_delay_) {
      counted_delay_ = true;
      host_.facts.aof_delayed_fsyncs++;
      host_.engine.log().notice(
          "Asynchronous AOF fsync is taking too long (disk is busy?). The log waits in memory.");
    }
    host_.facts.aof_buffer_bytes = buffer_.size();
    return;
  }
  write_buffer();
  arm_timer();
}

bool AofWriter::write_now() { return !file_ || buffer_.empty() || write_buffer(); }

bool AofWriter::sync_now() {
  if (!file_) return true;
  host_.worker.drain();
  if (!write_now()) return false;
  if (synced_size_ != size_ || sync_error_ != 0) {
    note_sync_result(file_->sync(), size_, written_offset_);
  }
  return sync_error_ == 0;
}

// ---- writing ------------------------------------------------------------------------------------

bool AofWriter::write_buffer() {
  if (buffer_.empty()) return true;
  size_t written = 0;
  const int error = write_all(*file_, buffer_, &written);
  if (error != 0) {
    note_write_error(error, written);
    return false;
  }
  size_ += buffer_.size();
  written_offset_ = buffered_offset_;
  host_.facts.aof_current_size += buffer_.size();
  host_.facts.aof_buffer_bytes = 0;
  postponed_since_ms_ = 0;
  if (buffer_.capacity() > kBufferKept) {
    buffer_ = std::string();
  } else {
    buffer_.clear();
  }
  if (write_error_ != 0) {
    write_error_ = 0;
    host_.engine.log().notice("AOF write error looks solved, Redis can write again.");
    host_.status_changed();
  }
  return true;
}

void AofWriter::note_write_error(int error, size_t written) {
  Log& log = host_.engine.log();
  const int64_t now = now_ms();
  const bool may_log = now - last_error_log_ms_ > kErrorLogEveryMs;
  if (may_log) last_error_log_ms_ = now;
  if (may_log && written == 0) log.warning("Error writing to the AOF file: " + error_text(error));
  if (written > 0) {
    if (may_log) {
      log.warning("Short write while writing to the AOF file: (nwritten=" +
                  std::to_string(written) + ", expected=" + std::to_string(buffer_.size()) + ")");
    }
    const int cut = file_->truncate(static_cast<int64_t>(size_));
    if (cut != 0) {
      // It stays as the beginning of what is written next.
      if (may_log) {
        log.warning(
            "Could not remove short write from the append-only file.  Redis may refuse to load the "
            "AOF the next time it starts.  ftruncate: " + error_text(cut));
      }
      size_ += written;
      host_.facts.aof_current_size += written;
      buffer_.erase(0, written);
    }
  }
  host_.facts.aof_buffer_bytes = buffer_.size();
  retry_at_ms_ = now + kRetryEveryMs;
  const bool is_news = write_error_ == 0;
  write_error_ = error;
  if (is_news) host_.status_changed();
  if (policy_ == SyncPolicy::kAlways) {
    host_.give_up(
        "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...");
  }
}

// ---- syncing ------------------------------------------------------------------------------------

void AofWriter::sync_in_place() {
  if (const int error = file_->sync(); error != 0) return give_up_syncing(error);
  last_sync_ms_ = now_ms();
  note_sync_result(0, size_, written_offset_);
}

void AofWriter::give_up_syncing(int error) {
  host_.give_up("Can't persist AOF for fsync error when the AOF fsync policy is 'always': " +
                error_text(error) + ". Exiting...");
}

void AofWriter::start_sync() {
  syncing_ = true;
  host_.facts.aof_pending_fsync = true;
  last_sync_ms_ = now_ms();
  host_.worker.submit([file = file_] { return file->sync(); },
                      [this, generation = generation_, size = size_,
                       offset = written_offset_](int error) {
                        if (generation != generation_) return;
                        syncing_ = false;
                        host_.facts.aof_pending_fsync = false;
                        note_sync_result(error, size, offset);
                        arm_timer();
                        host_.on_synced();
                      });
}

void AofWriter::note_sync_result(int error, uint64_t size, uint64_t offset) {
  if (error == 0) {
    synced_size_ = std::max(synced_size_, size);
    if (offset > durable_offset_) {
      durable_offset_ = offset;
      if (host_.on_durable) host_.on_durable();
    }
  } else if (sync_error_ == 0) {
    host_.engine.log().warning("Fail to fsync the AOF file: " + error_text(error));
  }
  if ((error == 0) == (sync_error_ == 0)) return;
  sync_error_ = error;
  if (error == 0) host_.engine.log().notice("The AOF file can be synced to the disk again.");
  host_.status_changed();
}

void AofWriter::note_base(uint64_t offset) {
  durable_offset_ = std::max(durable_offset_, offset);
  if (host_.on_durable) host_.on_durable();
}

// With the other policies a turn or nobody syncs.
bool AofWriter::wants_sync() const {
  return policy_ == SyncPolicy::kEverySecond && (synced_size_ != size_ || sync_error_ != 0);
}

// Runs while bytes are not on the disk yet, so that an idle server sleeps.
void AofWriter::arm_timer() {
  if (timer_ != 0 || !file_ || syncing_ || leaving_) return;
  if (!wants_sync() && write_error_ == 0) return;
  int64_t at_ms = std::max(last_sync_ms_ + kSyncEveryMs, now_ms());
  if (write_error_ != 0) at_ms = retry_at_ms_;
  timer_ = host_.engine.timers().add(at_ms, [this] { on_timer(); });
}

void AofWriter::on_timer() {
  timer_ = 0;
  if (!file_ || syncing_ || leaving_) return;
  if (write_error_ != 0 && now_ms() >= retry_at_ms_) write_buffer();
  if (wants_sync()) {
    if (sync_held_back()) {
      last_sync_ms_ = now_ms();
    } else if (now_ms() - last_sync_ms_ >= kSyncEveryMs) {
      return start_sync();
    }
  }
  arm_timer();
}

std::string AofWriter::failure() const {
  return error_text(write_error_ != 0 ? write_error_ : sync_error_);
}

}  // namespace redstart
