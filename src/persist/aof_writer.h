// Writes the log of a tenant to the file that is open, and sees that it reaches the disk:
//
//   on_records()      -> buffer
//   before_replies()  -> one write for all of a turn -> fsync by policy
//
// always    the write and an fsync, before any reply of the turn leaves
// everysec  the write; an fsync a second, by the worker. While one runs nothing is written, because
//           a write to a file that is being synced waits for it: the log stays in memory
// no        the write
//
// A write that fails is taken back (a file never ends in half a record for long), kept and tried
// again; meanwhile the server refuses writes. With `always` nothing can be promised any more then,
// and the server ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "engine/propagation.h"
#include "engine/timers.h"
#include "persist/disk_worker.h"

namespace redstart {

class Engine;
class Tenant;
struct PersistenceFacts;

enum class SyncPolicy : uint8_t { kNo, kEverySecond, kAlways };
SyncPolicy sync_policy(std::string_view name);

class AofWriter final : public LogReader {
 public:
  struct Host {
    Engine& engine;
    Tenant& tenant;
    DiskWorker& worker;
    PersistenceFacts& facts;
    // A child is writing a snapshot to the same disk.
    std::function<bool()> child_is_busy;
    // Writing does not work, or works again: the gate opens and closes by it.
    std::function<void()> status_changed;
    // A promise cannot be kept: the server must end, without a further reply.
    std::function<void(std::string_view why)> give_up;
    // An fsync of the worker has ended.
    std::function<void()> on_synced;
    // Bytes reached the disk, and durable_offset() moved.
    std::function<void()> on_durable;
  };

  explicit AofWriter(Host host) : host_(std::move(host)) {}
  ~AofWriter();

  // Begins in `file`, which has `size` bytes already.
  void open(std::shared_ptr<File> file, uint64_t size);
  // Goes on in `next`. What was logged so far stays in this file; what follows waits in memory
  // while the worker syncs it and does `job`, which makes `next` a file that a start will read.
  // `done` is told once the log is there (0) or stays here (-errno): in a turn, or before this
  // returns where `always` makes everybody wait. REQUIRES: write_now() and not must_wait().
  void change_file(std::shared_ptr<File> next, DiskWorker::Job job, DiskWorker::Done done);
  // The file cannot be left now without making everybody wait; on_synced() tells when it can.
  bool must_wait() const { return leaving_ || (syncing_ && !buffer_.empty()); }
  // Writes and syncs what there is; false: it could not. Then nothing is open.
  bool close();
  // The file is of no use, nor is what should have followed in it.
  void abandon();
  bool is_open() const { return file_ != nullptr; }

  void set_policy(SyncPolicy policy);
  void set_timestamps(bool on) { timestamps_ = on; }

  void on_records(std::string_view bytes) override;
  void before_replies() override;
  // Writes, without waiting for a running fsync. False: some of it is still here.
  bool write_now();
  // Writes and syncs before it returns, as far as it goes.
  bool sync_now();

  uint64_t size() const { return size_; }
  size_t buffered() const { return buffer_.size(); }
  bool failing() const { return write_error_ != 0 || sync_error_ != 0; }
  // "No space left on device"
  std::string failure() const;
  // A base that contains the log up to here is on the disk.
  void note_base(uint64_t offset);
  // Up to here the tenant's log is on the disk, counted as Propagation::offset().
  uint64_t durable_offset() const { return durable_offset_; }

 private:
  void close_later();
  void forget_file();
  bool write_buffer();
  void note_write_error(int error, size_t written);
  void note_sync_result(int error, uint64_t size, uint64_t offset);
  void start_sync();
  void sync_in_place();
  void give_up_syncing(int error);
  bool wants_sync() const;
  void arm_timer();
  void on_timer();
  int64_t now_ms() const;
  bool sync_held_back() const;

  Host host_;
  SyncPolicy policy_ = SyncPolicy::kEverySecond;
  bool timestamps_ = false;
  int64_t last_timestamp_s_ = 0;

  std::shared_ptr<File> file_;  // shared with a job that syncs it
  std::string buffer_;
  uint64_t generation_ = 0;     // of the file: a job may end after its file was left
  uint64_t size_ = 0;           // of the file, as far as it is whole
  uint64_t synced_size_ = 0;
  uint64_t buffered_offset_ = 0, written_offset_ = 0, durable_offset_ = 0;
  bool syncing_ = false;
  bool leaving_ = false;        // change_file() is under way: nothing more goes into the file
  int64_t last_sync_ms_ = 0;
  int64_t postponed_since_ms_ = 0;  // 0: not
  bool counted_delay_ = false;
  int write_error_ = 0, sync_error_ = 0;
  int64_t last_error_log_ms_ = INT64_MIN / 2;
  int64_t retry_at_ms_ = 0;
  TimerId timer_ = 0;
};

}  // namespace redstart
