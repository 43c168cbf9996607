#include "persist/aof.h"

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "base/process.h"
#include "engine/engine.h"
#include "engine/persistence.h"
#include "persist/aof_commands.h"
#include "persist/rdb_file.h"

namespace redstart {
namespace {

constexpr int64_t kTickMs = 100;
constexpr uint64_t kFailuresBeforeLimit = 3;
constexpr int64_t kRetryMinutesMax = 60;

AofWriter::Host writer_host(const Aof::Place& place, std::function<void()> on_synced) {
  return {.engine = place.engine,
          .tenant = place.tenant,
          .worker = place.worker,
          .facts = place.facts,
          .child_is_busy = [&child = place.child] { return child.running(); },
          .status_changed = place.status_changed,
          .give_up = place.give_up,
          .on_synced = std::move(on_synced),
          .on_durable = place.on_durable};
}

}  // namespace

Aof::Aof(Place place)
    : place_(std::move(place)), writer_(writer_host(place_, [this] { start_if_scheduled(); })) {
  apply_settings();
}

Aof::~Aof() {
  ending_ = true;
  detach();
  place_.worker.drain();  // its jobs report to us
  writer_.sync_now();
  place_.engine.timers().cancel(timer_);
}

const std::string& Aof::prefix() const { return place_.engine.settings().appendfilename; }

std::string Aof::path(std::string_view name) const {
  return join_path(join_path(directory_, place_.engine.settings().appenddirname), name);
}

std::string Aof::manifest_name() const { return prefix() + ".manifest"; }
std::string Aof::temp_increment_name() const { return "temp-" + prefix() + ".incr"; }
std::string Aof::draft_name(int64_t pid) const {
  return "temp-rewriteaof-bg-" + std::to_string(pid) + ".aof";
}

// ---- the start ----------------------------------------------------------------------------------

bool Aof::read_manifest(bool adopt) {
  Log& log = place_.engine.log();
  directory_ = place_.directory();
  manifest_ = AofManifest();
  int error = 0;
  auto file = place_.files.open(path(manifest_name()), FileSystem::Mode::kRead, &error);
  if (!file && error != -ENOENT && error != -ENOTDIR) {
    log.warning("Fatal error: can't open the AOF manifest file " + path(manifest_name()) +
                " for reading: " + error_text(error));
    return false;
  }
  if (file) {
    std::string text;
    ManifestError wrong;
    const bool read = read_all(*file, &text) == 0;
    if (!read) wrong.reason = "Read AOF manifest failed";
    if (!read || !parse_manifest(text, &manifest_, &wrong)) {
      log.warning("\n*** FATAL AOF MANIFEST FILE ERROR ***\n");
      if (wrong.shows_line) {
        log.warning("Reading the manifest file, at line " + std::to_string(wrong.line) + "\n");
        log.warning(">>> '" + wrong.line_text + "'\n");
      }
      log.warning(wrong.reason + "\n");
      return false;
    }
  }
  return !adopt || adopt_old_file();
}

// Until Redis 7 there was one file beside the directory. The manifest is written first: whatever
// happens between the two steps, the next start goes on with the second.
bool Aof::adopt_old_file() {
  const std::string old_path = join_path(directory_, prefix());
  Log& log = place_.engine.log();
  const int64_t size = place_.files.size(old_path);
  if (size == -ENOENT || size == -ENOTDIR) return true;
  if (size < 0) {
    log.warning("Fatal error: can't look at the AOF file " + old_path + ": " +
                error_text(static_cast<int>(size)));
    return false;
  }
  const bool half_adopted = manifest_.base && manifest_.increments.empty() &&
                            manifest_.base->name == prefix() &&
                            place_.files.size(path(prefix())) == -ENOENT;
  if (!manifest_.empty() && !half_adopted) return true;
  if (!make_directory()) return false;
  AofManifest adopted;
  adopted.base = AofFile{prefix(), 1};
  adopted.base_sequence = 1;
  if (!store_manifest(adopted, false) || !manifest_durable_) return false;
  const int error = place_.files.rename(old_path, path(prefix()));
  const std::string& dirname = place_.engine.settings().appenddirname;
  if (error != 0) {
    log.warning("Error trying to move the old AOF file " + prefix() + " into dir " + dirname +
                ": " + error_text(error));
    return false;
  }
  manifest_ = adopted;
  log.notice("Successfully migrated an old-style AOF file (" + prefix() +
             ") into the AOF directory (" + dirname + ").");
  return true;
}

std::unique_ptr<AofLoader> Aof::loader() {
  return std::make_unique<AofLoader>(
      AofLoader::Place{place_.engine, place_.tenant, place_.files, place_.facts, path("")},
      manifest_);
}

bool Aof::open(const AofLoader* loaded) {
  Log& log = place_.engine.log();
  if (!make_directory()) return false;
  AofManifest manifest = manifest_;
  const bool had_increment = !manifest.increments.empty();
  if (manifest.empty()) {
    const std::string name =
        manifest.add_base(prefix(), place_.engine.settings().aof_use_rdb_preamble);
    std::string error;
    if (!write_base(
            join_path(directory_, "temp-rewriteaof-" + std::to_string(process_id()) + ".aof"),
            path(name), nullptr, &error)) {
      log.warning(error);
      return false;
    }
    log.notice("Creating AOF base file " + name + " on server start");
  }
  const std::string name =
      had_increment ? manifest.increments.back().name : manifest.add_increment(prefix());
  if (!open_increment(name, FileSystem::Mode::kAppend)) return false;
  if (manifest.text() != manifest_.text()) {
    if (!store_manifest(manifest, true) || !manifest_durable_) return false;
  }
  manifest_ = manifest;
  log.notice((had_increment ? "Opening AOF incr file " : "Creating AOF incr file ") + name +
             " on server start");
  place_.facts.aof_base_size = loaded ? loaded->base_size() : 0;
  place_.facts.aof_current_size = loaded ? loaded->total_size() : 0;
  if (!loaded) {
    const int64_t size = place_.files.size(path(manifest_.base->name));
    place_.facts.aof_base_size = place_.facts.aof_current_size =
        static_cast<uint64_t>(std::max<int64_t>(size, 0));
  }
  state_ = State::kOn;
  place_.facts.aof_enabled = true;
  attach();
  delete_history();
  remove_drafts();
  if (loaded) remove_leftovers();
  arm();
  return true;
}

// Of a server that was killed between a file and the manifest that should have named it. (Where
// there was no manifest such files may be all that is left of somebody's data.)
void Aof::remove_leftovers() {
  if (place_.engine.settings().aof_disable_auto_gc) return;
  std::vector<std::string> names;
  place_.files.list(path(""), &names);
  for (const std::string& name : names) {
    if (!is_aof_file_name(prefix(), name) || manifest_.names(name)) continue;
    place_.engine.log().notice("Removing the file " + name +
                               ", which the manifest does not name, in the background");
    remove_later(path(name));
  }
}

// Of a server that was killed at work.
void Aof::remove_drafts() {
  std::vector<std::string> names;
  place_.files.list(directory_.empty() ? "." : directory_, &names);
  for (const std::string& name : names) {
    if (name.starts_with("temp-rewriteaof-")) remove_later(join_path(directory_, name));
  }
  for (const std::string& draft :
       {path(temp_increment_name()), change_to(manifest_).draft()}) {
    if (place_.files.size(draft) >= 0) remove_later(draft);
  }
}

// ---- files --------------------------------------------------------------------------------------

bool Aof::make_directory() {
  const int error = place_.files.make_directory(path(""));
  if (error == 0) return true;
  place_.engine.log().warning("Can't open or create append-only dir " +
                              place_.engine.settings().appenddirname + ": " + error_text(error));
  return false;
}

AofChange Aof::change_to(const AofManifest& manifest) const {
  AofChange change;
  change.directory = path("");
  change.manifest_name = manifest_name();
  change.manifest_text = manifest.text();
  return change;
}

// Where the new manifest is not durable at the same time, tick() goes on trying, and the files that
// the one before names stay until then.
void Aof::note_change(const AofChange& change) {
  if (change.replaced) manifest_durable_ = change.error == 0;
  if (change.error == 0) return;
  place_.engine.log().warning(change.failure);
  if (change.replaced && place_.engine.settings().appendfsync == "always") {
    place_.give_up(
        "Can't persist the AOF manifest when the AOF fsync policy is 'always'. Exiting...");
  }
}

// True: it is what a reader sees now.
bool Aof::store_manifest(const AofManifest& manifest, bool new_names) {
  AofChange change = change_to(manifest);
  change.new_names = new_names;
  change.make(place_.files);
  note_change(change);
  return change.replaced;
}

// By the worker. REQUIRES: not changing_.
void Aof::store_later(AofChange change, std::function<void(const AofChange&)> done) {
  changing_ = true;
  auto shared = std::make_shared<AofChange>(std::move(change));
  auto work = [shared, &files = place_.files] {
    shared->make(files);
    return shared->error;
  };
  place_.worker.submit(std::move(work), [this, shared, done = std::move(done)](int) {
    changing_ = false;
    note_change(*shared);
    done(*shared);
    start_if_scheduled();
  });
}

bool Aof::open_increment(const std::string& name, FileSystem::Mode mode) {
  int error = 0;
  auto file = place_.files.open(path(name), mode, &error);
  if (!file) {
    place_.engine.log().warning("Can't open the append-only file " + name + ": " +
                                error_text(error));
    return false;
  }
  const int64_t size = file->size();
  writer_.open(std::move(file), static_cast<uint64_t>(std::max<int64_t>(size, 0)));
  return true;
}

// In the child, or at the start.
bool Aof::write_base(const std::string& draft, const std::string& final_path,
                     SnapshotReport* report, std::string* error) const {
  Engine& engine = place_.engine;
  const Settings& settings = engine.settings();
  int code = 0;
  auto file = place_.files.open(draft, FileSystem::Mode::kReplace, &code);
  if (!file) {
    *error =
        "Opening the temp file for AOF rewrite in rewriteAppendOnlyFile(): " + error_text(code);
    return false;
  }
  auto on_progress = [report](uint64_t keys) {
    if (report) report->keys_done(keys);
  };
  RdbFileSink sink(*file, settings.aof_rewrite_incremental_fsync);
  if (settings.aof_use_rdb_preamble) {
    RdbSaveOptions options = rdb_save_options(engine);
    options.aof_base = true;
    options.on_progress = on_progress;
    save_rdb(engine, place_.tenant, options, sink);
  } else {
    AofCommandsOptions options;
    if (settings.aof_timestamp_enabled) options.timestamp_s = engine.now_ms() / 1000;
    options.on_progress = on_progress;
    options.key_delay_us = settings.rdb_key_save_delay;
    save_as_commands(engine, place_.tenant, options, sink);
  }
  code = sink.error();
  if (code == 0) code = file->sync();
  file.reset();
  if (code == 0 && !final_path.empty()) code = place_.files.rename(draft, final_path);
  if (code == 0) return true;
  *error = "Write error writing append only file on disk: " + error_text(code);
  place_.files.remove(draft);
  return false;
}

void Aof::remove_later(const std::string& path) {
  place_.worker.submit([&files = place_.files, path] { return files.remove(path); }, nullptr);
}

// What cannot be done now is named there still and done at the next occasion.
void Aof::delete_history() {
  if (place_.engine.settings().aof_disable_auto_gc || manifest_.history.empty()) return;
  if (!manifest_durable_ || changing_) return;
  AofManifest manifest = manifest_;
  manifest.history.clear();
  AofChange change = change_to(manifest);
  change.new_names = false;
  for (const AofFile& file : manifest_.history) {
    place_.engine.log().notice("Removing the history file " + file.name + " in the background");
    change.removals.push_back(path(file.name));
  }
  store_later(std::move(change), [this, manifest](const AofChange& change) {
    if (change.replaced) manifest_ = manifest;
  });
}

void Aof::attach() {
  if (attached_) return;
  attached_ = true;
  place_.tenant.propagation.attach(&writer_);
}

void Aof::detach() {
  if (!attached_) return;
  attached_ = false;
  place_.tenant.propagation.detach(&writer_);
}

// ---- on and off ---------------------------------------------------------------------------------

bool Aof::start() {
  if (state_ != State::kOff) return true;
  place_.worker.drain();
  Log& log = place_.engine.log();
  if (!rewriting_ && !read_manifest(false)) return false;
  state_ = State::kWantsBase;
  place_.facts.aof_enabled = true;
  arm();
  if (rewriting_) {
    // That child does not know of the increment which is to follow its base.
    log.notice(
        "AOF was enabled but there is already an AOF rewriting in background. Stopping "
        "background AOF and starting a rewrite now.");
    stop_rewrite();
  }
  if (place_.child.running()) {
    place_.facts.aof_rewrite_scheduled = true;
    log.notice(
        "AOF was enabled but there is already another background operation. An AOF "
        "background was scheduled to start when possible.");
    return true;
  }
  if (place_.engine.unit().depth() > 1) {
    place_.facts.aof_rewrite_scheduled = true;
    log.notice(
        "AOF was enabled during a transaction. An AOF background was scheduled to start "
        "when possible.");
    return true;
  }
  if (start_rewrite()) return true;
  log.warning(
      "Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. "
      "Check the above logs for more info about the error.");
  state_ = State::kOff;
  place_.facts.aof_enabled = false;
  return false;
}

void Aof::stop() {
  if (state_ == State::kOff) return;
  place_.worker.drain();
  stop_rewrite();
  detach();
  state_ = State::kOff;  // before the last fsync: who waits for one is told that there is no log
  writer_.close();
  place_.facts.aof_enabled = false;
  place_.facts.aof_rewrite_scheduled = false;
  arm();
}

bool Aof::pause() {
  if (!writer_.sync_now()) return false;
  detach();
  return true;
}

void Aof::resume() {
  if (writer_.is_open()) attach();
}

bool Aof::flush() { return writer_.sync_now(); }

void Aof::apply_settings() {
  const Settings& settings = place_.engine.settings();
  writer_.set_policy(sync_policy(settings.appendfsync));
  writer_.set_timestamps(settings.aof_timestamp_enabled);
  if (!settings.aof_disable_auto_gc && state_ == State::kOn) delete_history();
}

// ---- rewriting ----------------------------------------------------------------------------------

Aof::Rewrite Aof::rewrite(bool may_start_now) {
  if (rewriting_) return Rewrite::kInProgress;
  if (place_.child.running() || !may_start_now || must_wait()) {
    place_.facts.aof_rewrite_scheduled = true;
    place_.facts.aof_rewrite_failures_in_a_row = 0;
    arm();
    return Rewrite::kScheduled;
  }
  return start_rewrite() ? Rewrite::kStarted : Rewrite::kFailed;
}

bool Aof::start_rewrite() {
  AofManifest manifest = manifest_;
  std::shared_ptr<File> increment;
  std::string name;
  bool ok = state_ != State::kOff || read_manifest(false);
  ok = ok && make_directory();
  if (ok && state_ != State::kOff) {
    name = state_ == State::kOn ? manifest.add_increment(prefix()) : temp_increment_name();
    // What was logged so far is in the base, too: it must not follow it.
    ok = writer_.write_now() && (increment = make_increment(name)) != nullptr;
  }
  if (!ok || !fork_writer()) {
    place_.facts.aof_last_rewrite_ok = false;
    if (increment) place_.files.remove(path(name));  // before the next one gets its name
    drop_first_increment();
    return false;
  }
  if (state_ == State::kOff) return true;
  place_.tenant.propagation.force_select();
  if (state_ == State::kOn) {
    go_on_in(std::move(increment), std::move(manifest));
  } else {
    writer_.open(std::move(increment), 0);
    attach();
  }
  return rewriting_;
}

bool Aof::fork_writer() {
  PersistenceFacts& facts = place_.facts;
  Log& log = place_.engine.log();
  facts.aof_rewrites++;
  auto work = [this](SnapshotReport& report, std::string* error) {
    const std::string draft = join_path(directory_, draft_name(process_id()));
    return write_base(draft, "", &report, error);
  };
  auto done = [this](const SnapshotResult& result) { on_child_end(result); };
  std::string error;
  if (!place_.child.start(keys_of(place_.tenant), work, done, &error)) {
    log.warning("Can't rewrite append only file in background: " + error);
    return false;
  }
  child_pid_ = place_.child.pid();
  base_offset_ = place_.tenant.propagation.offset();
  rewriting_ = child_writes_ = facts.aof_rewrite_in_progress = true;
  facts.aof_rewrite_scheduled = false;
  facts.aof_rewrite_started_mono_us = place_.engine.mono_us();
  log.notice("Background append only file rewriting started by pid " +
             std::to_string(place_.child.pid()));
  return true;
}

std::shared_ptr<File> Aof::make_increment(const std::string& name) {
  int error = 0;
  std::shared_ptr<File> file = place_.files.open(path(name), FileSystem::Mode::kReplace, &error);
  if (!file) {
    place_.engine.log().warning("Can't open the append-only file " + name + ": " +
                                error_text(error));
    return nullptr;
  }
  place_.engine.log().notice("Creating AOF incr file " + name + " on background rewrite");
  return file;
}

// Only the last file of a manifest may be torn: the one before is whole on the disk when the
// manifest names the next.
void Aof::go_on_in(std::shared_ptr<File> increment, AofManifest manifest) {
  changing_ = true;
  auto change = std::make_shared<AofChange>(change_to(manifest));
  auto work = [change, &files = place_.files] {
    change->make(files);
    return change->replaced ? 0 : change->error;
  };
  writer_.change_file(std::move(increment), std::move(work),
                      [this, manifest = std::move(manifest), change](int) {
                        changing_ = false;
                        note_change(*change);
                        on_gone_on(manifest, *change);
                      });
}

void Aof::on_gone_on(const AofManifest& manifest, const AofChange& change) {
  const std::optional<SnapshotResult> result = std::move(child_result_);
  child_result_.reset();
  if (change.replaced) {
    manifest_ = manifest;
    if (result) on_child_end(*result);
    return;
  }
  // The log stays where it is, and a base without it is of no use.
  place_.files.remove(path(manifest.increments.back().name));
  if (result) {
    end_rewrite(false, true);
  } else {
    stop_rewrite();
    place_.facts.aof_last_rewrite_ok = false;
    place_.facts.aof_rewrite_failures_in_a_row++;
  }
}

void Aof::stop_rewrite() {
  if (!child_writes_) return;
  place_.engine.log().notice("Killing running AOF rewrite child: " +
                             std::to_string(place_.child.pid()));
  place_.child.kill();
}

void Aof::on_child_end(const SnapshotResult& result) {
  child_writes_ = false;
  if (changing_) {
    child_result_ = result;
    return;
  }
  Log& log = place_.engine.log();
  if (result.ok && !result.stopped) {
    log.notice("Background AOF rewrite terminated with success");
    return take_new_base(result);
  }
  if (result.killed_by != 0) {
    log.warning("Background AOF rewrite terminated by signal " + std::to_string(result.killed_by));
  } else if (!result.ok) {
    log.warning(result.error);
    log.warning("Background AOF rewrite terminated with error");
  }
  // One that was ended on purpose says nothing about the disk, and if it was done already, its work
  // is not wanted all the same.
  end_rewrite(false, !result.stopped);
}

void Aof::end_rewrite(bool ok, bool is_failure) {
  PersistenceFacts& facts = place_.facts;
  rewriting_ = facts.aof_rewrite_in_progress = false;
  if (!ok) remove_later(join_path(directory_, draft_name(child_pid_)));
  if (ok) {
    facts.aof_last_rewrite_ok = true;
    facts.aof_rewrite_failures_in_a_row = 0;
  } else if (is_failure) {
    facts.aof_last_rewrite_ok = false;
    facts.aof_rewrite_failures_in_a_row++;
  }
  facts.aof_last_rewrite_duration_s =
      (place_.engine.mono_us() - facts.aof_rewrite_started_mono_us) / 1000000;
  facts.aof_rewrite_started_mono_us = -1;
  if (state_ == State::kWantsBase) {
    drop_first_increment();
    facts.aof_rewrite_scheduled = true;
  }
}

// What was logged since AOF was switched on follows a base that will never be.
void Aof::drop_first_increment() {
  if (state_ != State::kWantsBase) return;
  detach();
  if (!writer_.is_open()) return;
  place_.engine.log().notice("Removing the temp incr aof file " + temp_increment_name() +
                             " in the background");
  // Its name is free for the next one at once; its blocks are, once the worker has closed it.
  place_.files.remove(path(temp_increment_name()));
  writer_.abandon();
}

// The worker gives the files their names, and the manifest tells of them.
void Aof::take_new_base(const SnapshotResult& result) {
  place_.facts.aof_last_cow_bytes = result.cow_bytes;
  AofManifest manifest = manifest_;
  const std::string base =
      manifest.add_base(prefix(), place_.engine.settings().aof_use_rdb_preamble);
  std::vector<AofChange::Rename> renames;
  renames.push_back({"base file", join_path(directory_, draft_name(child_pid_)), path(base)});
  if (state_ == State::kWantsBase) {
    renames.push_back({"incr file", path(temp_increment_name()),
                       path(manifest.add_increment(prefix()))});
  }
  manifest.retire_increments(state_ != State::kOff);
  AofChange change = change_to(manifest);
  change.renames = std::move(renames);
  store_later(std::move(change), [this, manifest](const AofChange& change) {
    on_new_base(manifest, change);
  });
}

void Aof::on_new_base(const AofManifest& manifest, const AofChange& change) {
  Log& log = place_.engine.log();
  if (!change.replaced) {
    for (size_t i = 0; i < change.renamed; i++) remove_later(change.renames[i].to);
    return end_rewrite(false, true);
  }
  for (const AofChange::Rename& rename : change.renames) {
    log.notice("Successfully renamed the temporary AOF " + rename.what + " " + rename.from +
               " into " + rename.to);
  }
  manifest_ = manifest;
  if (state_ != State::kOff) {
    const int64_t size = place_.files.size(path(manifest.base->name));
    place_.facts.aof_base_size = place_.facts.aof_current_size =
        static_cast<uint64_t>(std::max<int64_t>(size, 0)) + writer_.size();
  }
  log.notice("Background AOF rewrite finished successfully");
  if (state_ == State::kWantsBase) state_ = State::kOn;
  end_rewrite(true, false);
  writer_.note_base(base_offset_);
  delete_history();
}

// ---- when a rewrite is due ----------------------------------------------------------------------

void Aof::arm() {
  const bool wanted = state_ != State::kOff || place_.facts.aof_rewrite_scheduled;
  if (wanted == (timer_ != 0)) return;
  if (!wanted) {
    place_.engine.timers().cancel(timer_);
    timer_ = 0;
    return;
  }
  timer_ = place_.engine.timers().add(
      place_.engine.mono_us() / 1000 + kTickMs, [this] { tick(); }, kTickMs);
}

void Aof::tick() {
  if (!manifest_durable_ && place_.files.sync_directory(path("")) == 0) {
    manifest_durable_ = true;
    place_.on_durable();
    delete_history();
  }
  if (place_.child.running() || (place_.engine.attention & kLoadingData)) return;
  if (place_.facts.aof_rewrite_scheduled) {
    start_if_scheduled();
    return arm();
  }
  if (state_ == State::kOn && grown_enough() && !must_wait() && !held_back()) {
    const PersistenceFacts& facts = place_.facts;
    const uint64_t base = std::max<uint64_t>(facts.aof_base_size, 1);
    place_.engine.log().notice("Starting automatic rewriting of AOF on " +
                               std::to_string(facts.aof_current_size * 100 / base - 100) +
                               "% growth");
    start_rewrite();
  }
}

void Aof::start_if_scheduled() {
  const bool may = place_.facts.aof_rewrite_scheduled && !place_.child.running() && !ending_ &&
                   !(place_.engine.attention & kLoadingData);
  if (may && !must_wait() && !held_back()) start_rewrite();
}

bool Aof::grown_enough() {
  const Settings& settings = place_.engine.settings();
  const PersistenceFacts& facts = place_.facts;
  if (settings.auto_aof_rewrite_percentage == 0) return false;
  if (facts.aof_current_size <= settings.auto_aof_rewrite_min_size) return false;
  const uint64_t base = std::max<uint64_t>(facts.aof_base_size, 1);
  const auto wanted = static_cast<uint64_t>(settings.auto_aof_rewrite_percentage);
  return facts.aof_current_size * 100 / base >= wanted + 100;
}

bool Aof::held_back() {
  if (place_.facts.aof_rewrite_failures_in_a_row < kFailuresBeforeLimit) {
    retry_minutes_ = next_retry_ms_ = 0;
    return false;
  }
  const int64_t now_ms = place_.engine.mono_us() / 1000;
  if (next_retry_ms_ != 0) {
    if (now_ms < next_retry_ms_) return true;
    next_retry_ms_ = 0;
    return false;
  }
  retry_minutes_ = retry_minutes_ == 0 ? 1 : std::min(retry_minutes_ * 2, kRetryMinutesMax);
  next_retry_ms_ = now_ms + retry_minutes_ * 60 * 1000;
  place_.engine.log().warning(
      "Background AOF rewrite has repeatedly failed and triggered the limit, will retry in " +
      std::to_string(retry_minutes_) + " minutes");
  return true;
}

}  // namespace redstart
