// Append-only files: either they are refused, or what comes of them holds together, and the file
// that is left (a tail may have been cut away) gives the same data again.
#include "base/clock.h"
#include "base/log.h"
#include "commands/families.h"
#include "engine/engine.h"
#include "engine/function_sources.h"
#include "engine/persistence.h"
#include "keyspace/entry.h"
#include "persist/aof_load.h"
#include "persist/aof_manifest.h"
#include "tests/base/fault_files.h"
#include "tests/fuzz/target.h"
#include "types/object_ops.h"
#include "types/value_digest.h"

namespace redstart::fuzz {

namespace {

constexpr const char* kPath = "d/a.1.incr.aof";

Settings small_limits() {
  Settings settings;
  settings.proto_max_bulk_len = 1 << 20;
  return settings;
}

struct World {
  World() {
    log.set_level(LogLevel::kNothing);
    engine = std::make_unique<Engine>(EngineOptions{
        .clock = &clock, .log = &log, .seed = 1, .settings = small_limits()});
    add_all_commands(*engine);
  }

  bool load(FaultFiles& disk, size_t slice) {
    clear();
    AofManifest manifest;
    manifest.add_increment("a");
    PersistenceFacts facts;
    engine->keyspace_shared().loading = true;
    AofLoader loader({*engine, engine->default_tenant(), disk, facts, "d"}, manifest);
    AofLoader::Step step;
    while ((step = loader.step(slice)) == AofLoader::Step::kMore) {
    }
    return step == AofLoader::Step::kDone;
  }

  // What the last input left behind.
  void clear() {
    Tenant& tenant = engine->default_tenant();
    for (int db = 0; db < tenant.databases(); db++) {
      Keyspace* keys = tenant.existing(db);
      if (!keys) continue;
      keys->flush(true);
      while (keys->reclaim(SIZE_MAX)) {
      }
    }
    tenant.functions->clear();
  }

  std::string digest() {
    ValueDigest all;
    Tenant& tenant = engine->default_tenant();
    for (int db = 0; db < tenant.databases(); db++) {
      const Keyspace* keys = tenant.existing(db);
      if (!keys) continue;
      check(keys->validate() == nullptr, "the keyspace is sound");
      keys->for_each([&](const Entry& entry) {
        ValueDigest one;
        one.mix(entry.key());
        IntText scratch;
        if (entry.type() == Type::kString) {
          one.mix(entry.string(scratch));
        } else {
          object_ops(entry.type())->digest(entry.object(), entry.encoding(), &one);
        }
        all.add(one);
      });
    }
    return all.hex();
  }

  ManualClock clock;
  Log log;
  std::unique_ptr<Engine> engine;
};

}  // namespace

void aof_file(std::string_view input) {
  Choices choices(input);
  FaultFiles disk;
  disk.put(kPath, std::string(input));
  static World first, second;  // to make one takes longer than to read a file
  if (!first.load(disk, choices.below(2) ? 1 + choices.below(64) : SIZE_MAX / 2)) return;
  const std::string digest = first.digest();
  check(input.starts_with(disk.text(kPath)), "only a tail is cut away");
  check(second.load(disk, SIZE_MAX / 2), "what was loaded once can be loaded again");
  check(second.digest() == digest, "and is the same data");
}

void aof_manifest(std::string_view input) {
  AofManifest manifest;
  ManifestError error;
  if (!parse_manifest(input, &manifest, &error)) {
    check(!error.reason.empty(), "a refusal has a reason");
    return;
  }
  AofManifest again;
  const std::string text = manifest.text();
  if (text.empty()) return;  // nothing but comments
  check(parse_manifest(text, &again, &error), "what is written can be read");
  check(again.text() == text, "and is the same");
}

}  // namespace redstart::fuzz
