#include "replication/data_load.h"

#include <cstdio>

#include "base/log.h"
#include "engine/engine.h"
#include "engine/function_sources.h"
#include "engine/indexing.h"
#include "engine/transaction.h"
#include "persist/storage.h"

namespace redstart {

DataLoad::DataLoad(Host host, bool aside, Done done)
    : host_(host), aside_(aside), done_(std::move(done)) {}

DataLoad::~DataLoad() {
  host_.engine.timers().cancel(timer_);
  if (loader_ && !ended_) end(false);
}

void DataLoad::from_memory(std::deque<std::string> pieces) {
  pieces_ = std::make_unique<PiecesSource>(std::move(pieces));
  begin(*pieces_);
}

void DataLoad::from_file(std::unique_ptr<File> file) {
  file_ = std::move(file);
  in_file_ = std::make_unique<RdbFileSource>(*file_);
  begin(*in_file_);
}

void DataLoad::begin(RdbSource& source) {
  Engine& engine = host_.engine;
  if (aside_) {
    other_ = std::make_unique<Tenant>(engine, host_.tenant.name(), host_.tenant.databases());
  } else {
    engine.log().notice("MASTER <-> REPLICA sync: Flushing old data");
    empty_all();
  }
  engine.log().notice("MASTER <-> REPLICA sync: Loading DB in memory");
  PersistenceFacts& facts = host_.storage.edit_facts();
  facts.loading_start_ms = engine.now_ms();
  facts.loading_start_mono_us = engine.mono_us();
  facts.loading_total_bytes = source.remaining();
  facts.loading_loaded_bytes = 0;
  RdbLoadOptions options;
  options.keep_expired = true;
  options.verify_checksum = engine.settings().rdbchecksum && !host_.storage.skips_checksums();
  options.key_delay_us = engine.settings().key_load_delay;
  loader_ = std::make_unique<RdbLoader>(engine, aside_ ? *other_ : host_.tenant, source, options);
  engine.attention |= aside_ ? kLoadingAside : kLoadingData;
  timer_ = engine.timers().add(engine.mono_us() / 1000, [this] { slice(); });
}

void DataLoad::slice() {
  Engine& engine = host_.engine;
  timer_ = 0;
  const auto size = static_cast<size_t>(engine.settings().loading_process_events_interval_bytes);
  const RdbLoader::Step step = loader_->step(size);
  PersistenceFacts& facts = host_.storage.edit_facts();
  facts.loading_loaded_bytes = loader_->consumed();
  facts.loading_rdb_used_memory = loader_->result().used_memory;
  if (step == RdbLoader::Step::kMore) {
    timer_ = engine.timers().add(engine.mono_us() / 1000, [this] { slice(); });
    return;
  }
  const bool ok = step == RdbLoader::Step::kDone;
  if (!ok) engine.log().warning("Internal error in RDB reading: " + loader_->error());
  end(ok);
  const Done done = std::move(done_);
  done(ok);
}

void DataLoad::empty_all() {
  Tenant& tenant = host_.tenant;
  host_.engine.unit().enter(tenant);
  for (int db = 0; db < tenant.databases(); db++) {
    if (Keyspace* keys = tenant.existing(db)) {
      keys->flush(host_.engine.settings().replica_lazy_flush);
    }
  }
  host_.engine.unit().leave();
  tenant.functions->clear();
}

// The new data become the tenant's, and those that were, the other one's.
void DataLoad::take_in() {
  Tenant& tenant = host_.tenant;
  Engine& engine = host_.engine;
  engine.unit().enter(tenant);
  for (int db = 0; db < tenant.databases(); db++) {
    if (!tenant.existing(db) && !other_->existing(db)) continue;
    Keyspace &ours = tenant.keyspace(db), &others = other_->keyspace(db);
    engine.indexing().swap_contents(ours, others);
    engine.indexing().belongs_to(tenant, ours);
    engine.indexing().belongs_to(*other_, others);
    engine.watches().on_swapped(ours);
  }
  engine.unit().leave();
  tenant.functions->clear();
  other_->functions->each([&](std::string_view source) {
    std::string error;
    if (!tenant.functions->load(source, true, &error)) engine.log().warning(error);
  });
}

void DataLoad::end(bool ok) {
  ended_ = true;
  host_.engine.attention &= ~(aside_ ? kLoadingAside : kLoadingData);
  if (aside_ && ok) take_in();
  if (!aside_ && !ok) empty_all();
  if (!ok) return;
  host_.tenant.dirty = 0;
  PersistenceFacts& facts = host_.storage.edit_facts();
  facts.rdb_last_load_keys_loaded = loader_->result().keys;
  facts.rdb_last_load_keys_expired = loader_->result().keys_expired;
}

}  // namespace redstart
