#include "persist/rdb_save.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/crc.h"
#include "base/numbers.h"
#include "base/version.h"
#include "core/rdb_format.h"
#include "core/rdb_payload.h"
#include "core/rdb_writer.h"
#include "engine/engine.h"
#include "engine/function_sources.h"
#include "engine/indexing.h"
#include "keyspace/access_clock.h"
#include "keyspace/entry.h"
#include "persist/rdb_save_value.h"
#include "persist/rdb_search.h"

namespace redstart {

namespace {

constexpr uint64_t kProgressEvery = 1024;  // keys

class TenantWriter {
 public:
  TenantWriter(Engine& engine, const Tenant& tenant, const RdbSaveOptions& options, RdbSink& sink)
      : engine_(engine),
        tenant_(tenant),
        options_(options),
        out_(sink, {.compress = options.compress, .checksum = options.checksum}),
        version_(options.version ? options.version : lowest_version()) {}

  bool write() {
    header();
    if (options_.functions) {
      tenant_.functions->each([&](std::string_view source) {
        out_.byte(rdb::kFunction);
        out_.string(source);
      });
    }
    for (int db = 0; options_.keys && db < tenant_.databases(); db++) {
      const Keyspace* keys = tenant_.existing(db);
      if (keys) aliases(db, *keys);
      if (keys && keys->size() > 0) database(db, *keys);
    }
    out_.byte(rdb::kEnd);
    out_.checksum();
    if (options_.on_progress) options_.on_progress(keys_);
    return out_.flush();
  }

 private:
  // Only what can be there is looked for.
  int lowest_version() const {
    int version = rdb::kOldestWritten;
    const KeyspaceShared& shared = engine_.keyspace_shared();
    if (!shared.had_field_expiry && !shared.had_stream && !shared.had_array) return version;
    for (int db = 0; db < tenant_.databases(); db++) {
      const Keyspace* keys = tenant_.existing(db);
      if (!keys) continue;
      keys->for_each([&](const Entry& entry) {
        if (version < rdb::kNewestVersion) version = std::max(version, rdb_version_for(entry));
      });
    }
    return version;
  }

  void aux(std::string_view name, std::string_view value) {
    out_.byte(rdb::kAux);
    out_.string(name);
    out_.string(value);
  }
  void aux(std::string_view name, int64_t value) { aux(name, int64_text(value)); }

  void header() {
    std::string number = std::to_string(version_);
    out_.raw("REDIS" + std::string(4 - number.size(), '0') + number);
    aux("redis-ver", kRedisVersion);
    aux("redis-bits", 64);
    aux("ctime", engine_.clock().wall_us() / 1000000);
    aux("used-mem", static_cast<int64_t>(engine_.used_memory()));
    if (!options_.replication_id.empty()) {
      aux("repl-stream-db", options_.stream_db);
      aux("repl-id", options_.replication_id);
      aux("repl-offset", options_.replication_offset);
    }
    aux("aof-base", options_.aof_base ? 1 : 0);
  }

  void aliases(int db, const Keyspace& keys) {
    const Indexing::Aliases* all = engine_.indexing().aliases(keys);
    if (!all) return;
    for (auto& [alias, index] : *all) aux(kAliasAux, alias_text({db, alias, index}));
  }

  void database(int db, const Keyspace& keys) {
    out_.byte(rdb::kSelectDb);
    out_.length(static_cast<uint64_t>(db));
    out_.byte(rdb::kResizeDb);
    out_.length(keys.size());
    out_.length(keys.expires_size());
    keys.for_each([&](const Entry& entry) { key(entry); });
  }

  void key(const Entry& entry) {
    if (entry.has_ttl()) {
      out_.byte(rdb::kExpireMs);
      out_.little_int64(entry.expire_at_ms());
    }
    use(entry);
    uint8_t type = rdb_type_of(entry, version_);
    out_.byte(type);
    out_.string(entry.key());
    write_value(out_, entry, type);
    if (++keys_ % kProgressEvery == 0 && options_.on_progress) options_.on_progress(keys_);
    if (options_.key_delay_us > 0) delay();
  }

  // What eviction would like to know after a restart.
  void use(const Entry& entry) {
    if (!needs_clock(engine_.settings().maxmemory_policy)) return;
    const KeyspaceShared& shared = engine_.keyspace_shared();
    if (shared.lfu) {
      out_.byte(rdb::kFrequency);
      out_.byte(static_cast<uint8_t>(frequency(shared, entry.clock())));
    } else {
      out_.byte(rdb::kIdle);
      out_.length(static_cast<uint64_t>(idle_ms(shared, entry.clock()) / 1000));
    }
  }

  // For tests: a snapshot that takes as long as one likes.
  void delay() {
    out_.flush();
    std::this_thread::sleep_for(std::chrono::microseconds(options_.key_delay_us));
  }

  Engine& engine_;
  const Tenant& tenant_;
  const RdbSaveOptions& options_;
  RdbWriter out_;
  const int version_;
  uint64_t keys_ = 0;
};

}  // namespace

RdbSaveOptions rdb_save_options(const Engine& engine) {
  const Settings& s = engine.settings();
  RdbSaveOptions options;
  int64_t version = 0;
  if (parse_int64(s.rdb_compat, &version)) options.version = static_cast<int>(version);
  options.compress = s.rdbcompression;
  options.checksum = s.rdbchecksum;
  options.key_delay_us = s.rdb_key_save_delay;
  return options;
}

uint64_t keys_of(const Tenant& tenant) {
  uint64_t keys = 0;
  for (int db = 0; db < tenant.databases(); db++) {
    if (const Keyspace* space = tenant.existing(db)) keys += space->size();
  }
  return keys;
}

// Keys whose time has come are written as well, as long as they are there: a clock that is wrong
// for a moment must not cost a snapshot what a clock that is right would find again.
bool save_rdb(Engine& engine, const Tenant& tenant, const RdbSaveOptions& options, RdbSink& sink) {
  bool& nothing_expires = engine.keyspace_shared().loading;
  const bool before = std::exchange(nothing_expires, true);
  const bool ok = TenantWriter(engine, tenant, options, sink).write();
  nothing_expires = before;
  return ok;
}

std::string dump_payload(const Entry& entry, const RdbSaveOptions& options) {
  RdbStringSink sink;
  RdbWriter out(sink, {.compress = options.compress, .checksum = false}, RdbWriter::kPayloadBuffer);
  int version = options.version ? options.version : rdb_version_for(entry);
  uint8_t type = rdb_type_of(entry, version);
  out.byte(type);
  write_value(out, entry, type);
  out.flush();
  std::string& payload = sink.text();
  append_rdb_footer(&payload, version);
  return std::move(payload);
}

}  // namespace redstart
