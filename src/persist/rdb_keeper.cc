#include "persist/rdb_keeper.h"

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "base/log.h"
#include "base/numbers.h"
#include "base/process.h"
#include "engine/engine.h"
#include "engine/persistence.h"
#include "engine/replication_state.h"
#include "persist/rdb_file.h"

namespace redstart {

namespace {

constexpr int64_t kTickMs = 100;
// After a failure.
constexpr int64_t kRetryMs = 5000;

std::string megabytes(uint64_t bytes) { return std::to_string(bytes >> 20) + " MB"; }

}  // namespace

RdbKeeper::RdbKeeper(Engine& engine, Tenant& tenant, FileSystem& files, SnapshotChild& child,
                     PersistenceFacts& facts)
    : engine_(engine), tenant_(tenant), files_(files), child_(child), facts_(facts) {
  facts_.rdb_last_save_ms = engine.now_ms();
  apply_settings();
}

RdbKeeper::~RdbKeeper() { engine_.timers().cancel(timer_); }

// ---- the file

std::string RdbKeeper::directory() const {
  const std::string& dir = engine_.settings().dir;
  if (&tenant_ == &engine_.default_tenant()) return dir.empty() ? "." : dir;
  return join_path(dir, "tenants/" + tenant_.name());
}

const std::string& RdbKeeper::name() const { return engine_.settings().dbfilename; }

std::string RdbKeeper::path() const { return join_path(directory(), name()); }

std::string RdbKeeper::draft_path() const {
  return join_path(directory(), draft_name(process_id()));
}

std::string RdbKeeper::draft_name(int64_t pid) const {
  return "temp-" + std::to_string(pid) + ".rdb";
}

bool RdbKeeper::is_draft_name(std::string_view name) {
  uint64_t pid;
  return name.starts_with("temp-") && name.ends_with(".rdb") &&
         parse_uint64(name.substr(5, name.size() - 9), &pid);
}

RdbSaveOptions RdbKeeper::options() const {
  RdbSaveOptions options = rdb_save_options(engine_);
  ReplicationPosition at;
  if (tenant_.replication && tenant_.replication->position(&at)) {
    options.replication_id = at.id;
    options.replication_offset = at.offset;
    options.stream_db = at.db;
  }
  return options;
}

bool RdbKeeper::write(const std::string& draft, const RdbSaveOptions& options,
                      std::string* error) const {
  // The first tenant's is the user's to make.
  if (&tenant_ != &engine_.default_tenant()) files_.make_directory(directory());
  return write_rdb_file({files_, directory(), name(), draft}, engine_, tenant_, options, error);
}

// ---- saving

bool RdbKeeper::save() {
  std::string error;
  if (!write(draft_name(process_id()), options(), &error)) {
    engine_.log().warning(error);
    return false;
  }
  engine_.log().notice("DB saved on disk");
  tenant_.dirty = 0;
  saved(true);
  return true;
}

void RdbKeeper::saved(bool ok) {
  facts_.rdb_last_ok = ok;
  if (ok) facts_.rdb_last_save_ms = engine_.now_ms();
  update_gate();
}

bool RdbKeeper::saving() const { return saving_; }

bool RdbKeeper::start_save() {
  facts_.rdb_saves++;
  dirty_at_start_ = tenant_.dirty;
  last_try_ms_ = engine_.now_ms();
  auto work = [this, options = options()](SnapshotReport& report, std::string* error) mutable {
    options.on_progress = [&report](uint64_t keys) { report.keys_done(keys); };
    return write(draft_name(process_id()), options, error);
  };
  auto done = [this](const SnapshotResult& result) { on_child_end(result); };
  std::string error;
  if (!child_.start(keys_of(tenant_), work, done, &error)) {
    engine_.log().warning("Can't save in background: " + error);
    facts_.rdb_last_ok = false;
    update_gate();
    return false;
  }
  saving_ = true;
  facts_.rdb_in_progress = true;
  facts_.rdb_started_mono_us = engine_.mono_us();
  engine_.log().notice("Background saving started by pid " + std::to_string(child_.pid()));
  return true;
}

void RdbKeeper::on_child_end(const SnapshotResult& result) {
  Log& log = engine_.log();
  saving_ = false;
  facts_.rdb_in_progress = false;
  facts_.rdb_last_duration_s = (engine_.mono_us() - facts_.rdb_started_mono_us) / 1000000;
  facts_.rdb_started_mono_us = -1;
  facts_.rdb_last_cow_bytes = result.cow_bytes;
  if (result.killed_by != 0) {
    log.warning("Background saving terminated by signal " + std::to_string(result.killed_by));
    files_.remove(join_path(directory(), draft_name(child_.pid())));
    // One that was ended on purpose says nothing about the disk.
    if (!result.stopped) saved(false);
  } else if (result.ok) {
    log.notice("Fork CoW for RDB: current 0 MB, peak " + megabytes(result.cow_bytes) +
               ", average " + megabytes(result.cow_bytes));
    log.notice("DB saved on disk");
    log.notice("Background saving terminated with success");
    tenant_.dirty -= std::min(tenant_.dirty, dirty_at_start_);
    saved(true);
  } else {
    log.warning(result.error);
    log.warning("Background saving error");
    saved(false);
  }
}

void RdbKeeper::stop_save() {
  if (saving_) child_.kill();
}

// ---- save points

void RdbKeeper::schedule() {
  facts_.rdb_scheduled = true;
  arm();
}

void RdbKeeper::apply_settings() {
  points_.clear();
  std::string_view text = engine_.settings().save;
  while (!text.empty()) {
    Point point{};
    int64_t numbers[2] = {};
    for (int64_t& number : numbers) {
      size_t end = std::min(text.find(' '), text.size());
      parse_int64(text.substr(0, end), &number);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    point.seconds = numbers[0];
    point.changes = static_cast<uint64_t>(numbers[1]);
    points_.push_back(point);
  }
  update_gate();
  arm();
}

void RdbKeeper::arm() {
  bool wanted = !points_.empty() || facts_.rdb_scheduled;
  if (wanted == (timer_ != 0)) return;
  if (!wanted) {
    engine_.timers().cancel(timer_);
    timer_ = 0;
    return;
  }
  timer_ = engine_.timers().add(
      engine_.mono_us() / 1000 + kTickMs, [this] { tick(); }, kTickMs);
}

void RdbKeeper::tick() {
  if (child_.running() || (engine_.attention & kLoadingData)) return;
  int64_t now_ms = engine_.now_ms();
  bool may_try = facts_.rdb_last_ok || now_ms - last_try_ms_ > kRetryMs;
  if (!may_try) return;
  if (facts_.rdb_scheduled) {
    facts_.rdb_scheduled = !start_save();
    return arm();
  }
  for (const Point& point : points_) {
    if (tenant_.dirty < point.changes) continue;
    if ((now_ms - facts_.rdb_last_save_ms) / 1000 <= point.seconds) continue;
    engine_.log().notice(std::to_string(point.changes) + " changes in " +
                         std::to_string(point.seconds) + " seconds. Saving...");
    start_save();
    return;
  }
}

bool RdbKeeper::refuses_writes() const {
  return !facts_.rdb_last_ok && has_save_points() && engine_.settings().stop_writes_on_bgsave_error;
}

void RdbKeeper::update_gate() {
  if (Persistence* persistence = tenant_.persistence) persistence->update_gate();
}

}  // namespace redstart
