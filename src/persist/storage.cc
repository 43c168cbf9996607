#include "persist/storage.h"

#include <cstdio>

#include "base/file.h"
#include "base/log.h"
#include "base/quoted.h"
#include "engine/blocking.h"
#include "engine/engine.h"
#include "engine/function_sources.h"
#include "persist/rdb_file.h"

namespace redstart {

struct Storage::Loading {
  std::unique_ptr<AofLoader> aof;
  bool opens_aof = false;
  std::unique_ptr<File> file;
  std::unique_ptr<RdbFileSource> source;
  std::unique_ptr<RdbLoader> loader;
  std::function<void(bool ok)> done;
  int64_t told_mono_us = 0;  // how far it is
};

Storage::Storage(Engine& engine, Tenant& tenant, Host host)
    : engine_(engine),
      tenant_(tenant),
      files_(host.files),
      worker_(host.worker),
      rdb_(engine, tenant, host.files, child_, facts_),
      aof_({.engine = engine,
            .tenant = tenant,
            .files = host.files,
            .worker = host.worker,
            .child = child_,
            .facts = facts_,
            .directory = [this] { return rdb_.directory(); },
            .status_changed = [this] { update_gate(); },
            .give_up = std::move(host.give_up),
            .on_durable = [&engine] { engine.blocking().look_at_acks(); }}) {
  tenant.persistence = this;
  tenant.acks.on_disk = [this](uint64_t offset) { return aof_.is_durable(offset); };
  if (&tenant != &engine.default_tenant()) {
    files_.make_directory(join_path(engine.settings().dir, "tenants"));
    files_.make_directory(rdb_.directory());
  }
}

Storage::~Storage() {
  tenant_.persistence = nullptr;
  tenant_.acks.on_disk = nullptr;
}

// There is one class of it.
Storage* storage_of(Tenant& tenant) { return static_cast<Storage*>(tenant.persistence); }

// ---- loading

Storage::Opened Storage::open_rdb(Loading* loading, const RdbLoadOptions& options) {
  int error = 0;
  loading->file = files_.open(rdb_.path(), FileSystem::Mode::kRead, &error);
  if (!loading->file) {
    if (error == -ENOENT) return Opened::kNothing;
    engine_.log().warning("Fatal error: can't open the RDB file " + rdb_.name() +
                          " for reading: " + error_text(error));
    return Opened::kFailed;
  }
  loading->source = std::make_unique<RdbFileSource>(*loading->file);
  facts_.loading_start_ms = engine_.now_ms();
  facts_.loading_start_mono_us = engine_.mono_us();
  facts_.loading_total_bytes = loading->source->remaining();
  facts_.loading_loaded_bytes = 0;
  loading->loader = std::make_unique<RdbLoader>(engine_, tenant_, *loading->source, options);
  return Opened::kYes;
}

namespace {

void log_failure(Log& log, const RdbLoader& loader) {
  if (loader.error().starts_with("Unexpected EOF")) {
    log.warning("Short read or OOM loading DB. Unrecoverable error, aborting now.");
  }
  log.warning("Internal error in RDB reading offset " + std::to_string(loader.consumed()) + ": " +
              loader.error());
  if (!loader.last_key().empty()) {
    log.warning("The last key that was read is " + in_quotes(loader.last_key()) + " (" +
                loader.error() + ")");
  }
}

}  // namespace

RdbLoadOptions Storage::load_options() const {
  RdbLoadOptions options;
  options.verify_checksum = engine_.settings().rdbchecksum && !skips_checksums_;
  options.key_delay_us = engine_.settings().key_load_delay;
  return options;
}

// The log says more than the last snapshot. Who asks for one without having it starts empty, as in
// Redis; who asks for nothing but a directory gets what is in it.
void Storage::load(std::function<void(bool ok)> done) {
  loading_ = std::make_unique<Loading>();
  loading_->done = std::move(done);
  const Settings& settings = engine_.settings();
  if (!aof_.read_manifest(settings.appendonly)) return end_loading(false);
  facts_.aof_enabled = settings.appendonly;
  if (!settings.appendonly) return load_rdb();
  loading_->opens_aof = true;
  if (aof_.has_files()) return load_aof();
  if (!settings.given.contains("appendonly")) return load_rdb();
  end_loading(true);
}

void Storage::load_aof() {
  facts_.loading_start_ms = engine_.now_ms();
  facts_.loading_start_mono_us = engine_.mono_us();
  facts_.loading_loaded_bytes = 0;
  loading_->aof = aof_.loader();
  engine_.attention |= kLoadingData;
  engine_.keyspace_shared().loading = true;
  load_aof_slice();
}

void Storage::load_aof_slice() {
  auto slice = static_cast<size_t>(engine_.settings().loading_process_events_interval_bytes);
  const AofLoader::Step step = loading_->aof->step(slice);
  if (step == AofLoader::Step::kMore) {
    tell_progress(keys_of(tenant_));
    engine_.timers().add(engine_.mono_us() / 1000, [this] { load_aof_slice(); });
    return;
  }
  const bool ok = step == AofLoader::Step::kDone;
  if (ok) {
    char text[64];
    snprintf(text, sizeof text, "DB loaded from append only file: %.3f seconds",
             static_cast<double>(engine_.mono_us() - facts_.loading_start_mono_us) / 1e6);
    engine_.log().notice(text);
  }
  end_loading(ok);
}

void Storage::load_rdb() {
  RdbLoadOptions options = load_options();
  // The stream of the master says what has expired.
  options.keep_expired = !engine_.settings().replicaof.empty();
  // Replicas that will go on from here have them still.
  options.on_expired = [&propagation = tenant_.propagation](int db, std::string_view key) {
    if (!propagation.attached()) return;
    std::string_view effect[] = {"DEL", key};
    propagation.add_effect(db, effect);
    propagation.end_unit(false);
  };
  Opened opened = open_rdb(loading_.get(), options);
  if (opened != Opened::kYes) return end_loading(opened == Opened::kNothing);
  engine_.attention |= kLoadingData;
  load_slice();
}

// A slice, then the others of this turn: clients are told how far it is.
void Storage::load_slice() {
  auto slice = static_cast<size_t>(engine_.settings().loading_process_events_interval_bytes);
  RdbLoader& loader = *loading_->loader;
  RdbLoader::Step step = loader.step(slice);
  facts_.loading_loaded_bytes = loader.consumed();
  facts_.loading_rdb_used_memory = loader.result().used_memory;
  if (step == RdbLoader::Step::kMore) {
    tell_progress(loader.result().keys);
    engine_.timers().add(engine_.mono_us() / 1000, [this] { load_slice(); });
    return;
  }
  bool ok = step == RdbLoader::Step::kDone;
  if (ok) {
    note_loaded(loader.result());
    loaded_ = loader.result();
    char text[64];
    snprintf(text, sizeof text, "DB loaded from disk: %.3f seconds",
             static_cast<double>(engine_.mono_us() - facts_.loading_start_mono_us) / 1e6);
    engine_.log().notice(text);
  } else {
    log_failure(engine_.log(), loader);
    engine_.log().warning("Terminating server after rdb file reading failure.");
  }
  end_loading(ok);
}

// For whoever watches a long start.
void Storage::tell_progress(uint64_t keys) {
  constexpr int64_t kEveryUs = 2000000;
  int64_t now_us = engine_.mono_us();
  int64_t& told_us = loading_->told_mono_us;
  if (told_us == 0) told_us = facts_.loading_start_mono_us;
  if (now_us - told_us < kEveryUs || facts_.loading_total_bytes == 0) return;
  told_us = now_us;
  uint64_t percent = facts_.loading_loaded_bytes * 100 / facts_.loading_total_bytes;
  engine_.log().notice("Loading the data: " + std::to_string(percent) + "%, " +
                       std::to_string(keys) + " keys so far");
}

void Storage::end_loading(bool ok) {
  engine_.attention &= ~kLoadingData;
  engine_.keyspace_shared().loading = false;
  if (ok && loading_->opens_aof) ok = aof_.open(loading_->aof.get());
  // It may have been switched on or off meanwhile.
  if (ok && aof_.enabled() && !engine_.settings().appendonly) aof_.stop();
  if (ok && !aof_.enabled() && engine_.settings().appendonly) ok = aof_.start();
  if (ok) remove_drafts();
  tenant_.dirty = 0;
  std::function<void(bool)> done = std::move(loading_->done);
  loading_.reset();
  if (!ok) engine_.log().warning("Fatal error loading the DB, check server logs. Exiting.");
  done(ok);
}

void Storage::remove_drafts() {
  std::vector<std::string> names;
  files_.list(rdb_.directory(), &names);
  for (const std::string& name : names) {
    if (!RdbKeeper::is_draft_name(name)) continue;
    worker_.submit([&files = files_, path = join_path(rdb_.directory(), name)] {
      return files.remove(path);
    }, nullptr);
  }
}

void Storage::note_loaded(const RdbLoadResult& result) {
  facts_.rdb_last_load_keys_loaded = result.keys;
  facts_.rdb_last_load_keys_expired = result.keys_expired;
}

bool Storage::reload(const Reload& how, std::string* error) {
  if (how.save && !rdb_.save()) {
    *error = "ERR";
    return false;
  }
  if (how.flush) {
    for (int db = 0; db < tenant_.databases(); db++) {
      if (Keyspace* keys = tenant_.existing(db)) keys->flush(false);
    }
    tenant_.functions->clear();
  }
  Loading loading;
  RdbLoadOptions options = load_options();
  options.replace = how.merge;
  Opened opened = open_rdb(&loading, options);
  if (opened == Opened::kYes && loading.loader->run()) {
    note_loaded(loading.loader->result());
    engine_.log().notice("DB reloaded by DEBUG RELOAD");
    return true;
  }
  if (opened == Opened::kYes) log_failure(engine_.log(), *loading.loader);
  *error = "ERR Error trying to load the RDB dump, check server logs.";
  return false;
}

bool Storage::load_aof(std::string* error) {
  *error = "ERR Error trying to load the AOF files, check server logs.";
  if (!aof_.pause()) return false;
  for (int db = 0; db < tenant_.databases(); db++) {
    if (Keyspace* keys = tenant_.existing(db)) keys->flush(false);
  }
  tenant_.functions->clear();
  bool ok = aof_.read_manifest(false) && aof_.has_files();
  if (ok) {
    // Scripts in the log let others in, who are told why they must wait.
    engine_.attention |= kLoadingData;
    engine_.keyspace_shared().loading = true;
    std::unique_ptr<AofLoader> loader = aof_.loader();
    AofLoader::Step step;
    while ((step = loader->step(SIZE_MAX / 2)) == AofLoader::Step::kMore) {
    }
    engine_.keyspace_shared().loading = false;
    engine_.attention &= ~kLoadingData;
    ok = step == AofLoader::Step::kDone;
  }
  aof_.resume();
  if (!ok) return false;
  // The unit at hand will add what it has counted.
  tenant_.dirty = 0 - engine_.unit().dirty();
  engine_.log().notice("Append Only File loaded by DEBUG LOADAOF");
  return true;
}

// ---- the end

bool Storage::finish(const ShutdownRequest& request) {
  Log& log = engine_.log();
  bool loading = engine_.attention & kLoadingData;
  if (rdb_.saving()) {
    log.warning("There is a child saving an .rdb. Killing it!");
    rdb_.stop_save();
  }
  if (aof_.enabled() && !loading) {
    if (aof_.wants_base() && !request.force) {
      log.warning("Writing initial AOF, can't exit.");
      return false;
    }
    if (aof_.rewriting()) log.warning("There is a child rewriting the AOF. Killing it!");
    aof_.stop_rewrite();
    log.notice("Calling fsync() on the AOF file.");
    if (!aof_.flush() && !request.force) {
      log.warning("Error trying to write the AOF file, can't exit: " + aof_.write_failure());
      return false;
    }
  }
  using Save = ShutdownRequest::Save;
  bool save = request.save == Save::kAlways ||
              (request.save == Save::kIfConfigured && rdb_.has_save_points());
  if (!save || loading) return true;
  log.notice("Saving the final RDB snapshot before exiting.");
  if (rdb_.save()) return true;
  if (request.force) {
    log.warning("Error trying to save the DB. Exit anyway.");
    return true;
  }
  log.warning("Error trying to save the DB, can't exit.");
  return false;
}

// With save points the file becomes empty as well, so that a restart does not bring the keys back.
bool Storage::flushed_all() {
  rdb_.stop_save();
  return rdb_.has_save_points() && !(engine_.attention & kLoadingData) && rdb_.save();
}

// ---- what others see

std::string Storage::write_refusal() const {
  if (!rdb_.refuses_writes()) {
    return aof_.write_failed() ? "MISCONF Errors writing to the AOF file: " + aof_.write_failure()
                               : std::string();
  }
  return "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist "
         "to disk. Commands that may modify the data set are disabled, because this instance is "
         "configured to report errors during writes if RDB snapshotting fails "
         "(stop-writes-on-bgsave-error option). Please check the Redis logs for details about the "
         "RDB error.";
}

// The gate is everybody's; whose writes it refuses is for write_refusal() to say.
void Storage::update_gate() {
  bool refuses = false;
  for (const std::unique_ptr<Tenant>& tenant : engine_.tenants()) {
    refuses |= tenant->persistence && !tenant->persistence->write_refusal().empty();
  }
  facts_.aof_last_write_ok = !aof_.write_failed();
  engine_.attention =
      refuses ? engine_.attention | kWriteFailed : engine_.attention & ~kWriteFailed;
}

bool Storage::apply_setting(std::string_view name, std::string* error) {
  if (name == "appendfsync" || name.starts_with("aof-")) aof_.apply_settings();
  // While the data is being read it is too early; end_loading() looks at it.
  if (name == "appendonly" && !(engine_.attention & kLoadingData)) {
    if (!engine_.settings().appendonly) {
      aof_.stop();
      engine_.blocking().look_at_acks();  // who waits for the disk waits in vain
    } else if (!aof_.start()) {
      *error = "Unable to turn on AOF. Check server logs.";
      return false;
    }
  }
  if (name == "save" || name == "stop-writes-on-bgsave-error") rdb_.apply_settings();
  return true;
}

}  // namespace redstart
