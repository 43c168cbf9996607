// RDB files and values of RESTORE: either they are refused, or what comes of them holds together
// and can be written and read again.
#include "base/clock.h"
#include "base/log.h"
#include "engine/engine.h"
#include "engine/function_sources.h"
#include "engine/indexing.h"
#include "keyspace/entry.h"
#include "persist/rdb_load.h"
#include "persist/rdb_save.h"
#include "tests/fuzz/target.h"
#include "types/hash.h"
#include "types/list.h"
#include "types/set.h"
#include "types/value_digest.h"
#include "types/zset.h"

namespace redstart::fuzz {

namespace {

struct World {
  World() {
    log.set_level(LogLevel::kNothing);
    engine = std::make_unique<Engine>(EngineOptions{.clock = &clock, .log = &log, .seed = 1});
  }
  // What the last input left behind.
  void clear() {
    for (int db = 0; db < tenant().databases(); db++) {
      Keyspace* keys = tenant().existing(db);
      if (!keys) continue;
      keys->flush(true);
      while (keys->reclaim(SIZE_MAX)) {
      }
    }
    tenant().functions->clear();
  }
  bool load(std::string_view file, size_t slice) {
    RdbStringSource source(file);
    RdbLoader loader(*engine, engine->default_tenant(), source,
                     {.keep_expired = true, .verify_checksum = false});
    RdbLoader::Step step;
    do {
      step = loader.step(slice);
    } while (step == RdbLoader::Step::kMore);
    return step == RdbLoader::Step::kDone;
  }
  Tenant& tenant() { return engine->default_tenant(); }

  ManualClock clock;
  Log log;
  std::unique_ptr<Engine> engine;
};

void check_value(const Entry& entry) {
  if (entry.type() == Type::kString) return;
  Held held{entry.object(), entry.encoding()};
  const char* broken = nullptr;
  if (entry.type() == Type::kHash) broken = HashView(held).validate();
  if (entry.type() == Type::kSet) broken = SetView(held).validate();
  check(broken == nullptr, "a loaded collection is sound");
  ValueDigest digest;
  object_ops(entry.type())->digest(held.object, held.encoding, &digest);
}

void check_file(std::string_view file) {
  Choices choices(file);
  static World first, second;  // to make one takes longer than to read a file
  first.clear();
  second.clear();
  if (!first.load(file, choices.below(2) ? 1 : SIZE_MAX / 2)) return;
  first.engine->unit().enter(first.tenant());
  first.engine->indexing().catch_up_all(first.tenant());
  first.engine->unit().leave();
  for (int db = 0; db < first.tenant().databases(); db++) {
    const Keyspace* keys = first.tenant().existing(db);
    if (!keys) continue;
    check(keys->validate() == nullptr, "the keyspace is sound");
    keys->for_each(check_value);
  }
  RdbStringSink sink;
  check(save_rdb(*first.engine, first.tenant(), {}, sink), "what was loaded can be saved");
  check(second.load(sink.text(), SIZE_MAX / 2), "and loaded again");
}

}  // namespace

void rdb_file(std::string_view input) { check_file(input); }

// The input is a type and a value: what RESTORE is given, without the seal.
void rdb_value(std::string_view input) {
  if (input.empty()) return;
  std::string file = "REDIS0012";
  file += input[0];
  file += "\x01k";
  file += input.substr(1);
  file += '\xff';
  file += std::string(8, '\0');
  check_file(file);
}

}  // namespace redstart::fuzz
