#include "persist/rdb_load.h"

#include <chrono>
#include <cstdio>
#include <thread>

#include "base/ascii.h"
#include "base/big_buf.h"
#include "base/log.h"
#include "base/numbers.h"
#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "engine/engine.h"
#include "engine/function_sources.h"
#include "engine/index_value.h"
#include "engine/indexing.h"
#include "keyspace/access_clock.h"
#include "keyspace/entry.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_search.h"

namespace redstart {

struct RdbLoader::Parts {
  Parts(Engine& engine, Tenant& tenant, RdbSource& source, const RdbLoadOptions& options)
      : engine(engine), tenant(tenant), options(options), in(source, options.verify_checksum) {}

  // What is read next.
  enum class At : uint8_t { kHeader, kRecord, kElements };

  // What opcodes said of the next key.
  struct Marks {
    int64_t expire_at_ms = kNoExpiry;
    int64_t idle_s = -1;
    int frequency = -1;
  };

  Step step(size_t bytes);
  void header();
  bool record();
  void aux();
  void select_db();
  void alias(std::string_view value);
  void function();
  void module_aux();
  void key(uint8_t type);
  void value_is_done();
  void put(RdbValueLoader& loaded);
  uint32_t clock() const;
  void finish();
  void delay() const;

  Engine& engine;
  Tenant& tenant;
  const RdbLoadOptions options;
  RdbReader in;
  RdbLoadResult result;
  At at = At::kHeader;
  bool done = false;
  bool valkey = false;
  Keyspace* keys = nullptr;
  Marks marks;
  std::string key_bytes;
  std::unique_ptr<RdbValueLoader> value;
};

RdbLoader::RdbLoader(Engine& engine, Tenant& tenant, RdbSource& source,
                     const RdbLoadOptions& options)
    : parts_(std::make_unique<Parts>(engine, tenant, source, options)) {}

RdbLoader::~RdbLoader() = default;

uint64_t RdbLoader::consumed() const { return parts_->in.position(); }
std::string_view RdbLoader::leftover() const { return parts_->in.unread(); }
const std::string& RdbLoader::error() const { return parts_->in.error(); }

const std::string& RdbLoader::last_key() const { return parts_->key_bytes; }
const RdbLoadResult& RdbLoader::result() const { return parts_->result; }
RdbLoader::Step RdbLoader::step(size_t bytes) { return parts_->step(bytes); }

bool RdbLoader::run() {
  Step last;
  do {
    last = step(SIZE_MAX / 2);
  } while (last == Step::kMore);
  return last == Step::kDone;
}

RdbLoader::Step RdbLoader::Parts::step(size_t bytes) {
  const uint64_t until = in.position() + bytes;
  while (!done && !in.failed() && in.position() < until) {
    switch (at) {
      case At::kHeader:
        header();
        break;
      case At::kElements:
        value->go_on(until);
        if (value->state() != RdbValueLoader::State::kMore) value_is_done();
        break;
      case At::kRecord:
        done = !record();
        if (done && !in.failed()) finish();
        break;
    }
  }
  if (!in.failed()) return done ? Step::kDone : Step::kMore;
  value.reset();
  return Step::kFailed;
}

void RdbLoader::Parts::header() {
  std::string magic(in.raw(rdb::kHeaderBytes));
  if (in.failed()) return;
  valkey = magic.starts_with("VALKEY");
  if (!valkey && !magic.starts_with("REDIS")) {
    return in.fail("Wrong signature trying to load DB from file");
  }
  uint64_t version = 0;
  for (char c : magic.substr(valkey ? 6 : 5)) {
    version = ascii_digit(c) ? version * 10 + static_cast<uint64_t>(c - '0') : 0;
  }
  bool known = valkey ? version == rdb::kValkey9 : version >= 1 && version <= rdb::kNewestVersion;
  if (!known) return in.fail("Can't handle RDB format version " + std::to_string(version));
  result.version = static_cast<int>(version);
  keys = &tenant.keyspace(0);
  at = At::kRecord;
}

// False at the end, or when the reader has failed.
bool RdbLoader::Parts::record() {
  uint8_t type = in.byte();
  switch (type) {
    case rdb::kExpireSeconds: {
      int32_t seconds = 0;
      std::string_view bytes = in.raw(sizeof seconds);
      bytes.copy(reinterpret_cast<char*>(&seconds), bytes.size());
      marks.expire_at_ms = int64_t{1000} * seconds;
      break;
    }
    case rdb::kExpireMs:
      marks.expire_at_ms = in.little_int64();
      break;
    case rdb::kFrequency:
      marks.frequency = in.byte();
      break;
    case rdb::kIdle:
      marks.idle_s = static_cast<int64_t>(in.length());
      break;
    case rdb::kSelectDb:
      select_db();
      break;
    case rdb::kResizeDb:
      in.length();
      in.length();
      break;
    case rdb::kSlotInfo:
      in.length();
      in.length();
      in.length();
      break;
    case rdb::kAux:
      aux();
      break;
    case rdb::kModuleAux:
      module_aux();
      break;
    case rdb::kFunction:
      function();
      break;
    case rdb::kFunctionDraft:
      in.fail("Pre-release function format not supported.");
      break;
    case rdb::kEnd:
      return false;
    default:
      if (!in.failed()) key(type);
  }
  return !in.failed();
}

void RdbLoader::Parts::select_db() {
  uint64_t db = in.length();
  if (in.failed()) return;
  if (db >= static_cast<uint64_t>(tenant.databases())) {
    return in.fail(
        "FATAL: Data file was created with a Redis server configured to handle more than " +
        std::to_string(tenant.databases()) + " databases. Exiting");
  }
  keys = &tenant.keyspace(static_cast<int>(db));
}

void RdbLoader::Parts::aux() {
  std::string name(in.string());
  std::string value(in.string());
  if (in.failed()) return;
  Log& log = engine.log();
  int64_t number = 0;
  parse_int64(value, &number);
  if (name.starts_with('%')) {
    log.notice("RDB '" + name + "': " + value);
  } else if (name == "redis-ver" || name == "valkey-ver") {
    result.redis_version = value;
    log.notice("Loading RDB produced by version " + value);
  } else if (name == "ctime") {
    result.created_s = number;
    int64_t age_s = std::max<int64_t>(0, engine.clock().wall_us() / 1000000 - number);
    log.notice("RDB age " + std::to_string(age_s) + " seconds");
  } else if (name == "used-mem") {
    result.used_memory = static_cast<uint64_t>(number);
    char text[64];
    snprintf(text, sizeof text, "RDB memory usage when created %.2f Mb",
             static_cast<double>(number) / (1 << 20));
    log.notice(text);
  } else if (name == "aof-base" && number) {
    result.aof_base = true;
    log.notice("RDB is base AOF");
  } else if (name == "aof-preamble" && number) {
    log.notice("RDB has an AOF tail");
  } else if (name == kAliasAux) {
    alias(value);
  } else if (name == "repl-stream-db") {
    result.stream_db = static_cast<int>(number);
  } else if (name == "repl-id" && value.size() == 40) {
    result.replication_id = value;
  } else if (name == "repl-offset") {
    result.replication_offset = number;
  }
}

void RdbLoader::Parts::alias(std::string_view value) {
  RdbAlias alias;
  if (!parse_alias(value, &alias) || alias.db >= tenant.databases()) {
    return in.fail("An alias of a search index cannot be read");
  }
  engine.indexing().add_alias(tenant, tenant.keyspace(alias.db), alias.alias, alias.index);
}

void RdbLoader::Parts::function() {
  std::string source(in.string());
  std::string error;
  if (in.failed()) return;
  if (!tenant.functions->load(source, options.replace, &error)) {
    return in.fail("Failed loading library, " + error);
  }
  result.functions++;
}

// What a module keeps beside the keys: nobody here needs it.
void RdbLoader::Parts::module_aux() {
  in.length();  // module
  if (in.length() != rdb::kModuleUnsigned) in.fail("bad when_opcode");
  in.length();  // when
  while (!in.failed()) {
    switch (in.length()) {
      case rdb::kModuleEnd:
        return;
      case rdb::kModuleSigned:
      case rdb::kModuleUnsigned:
        in.length();
        break;
      case rdb::kModuleFloat:
        in.raw(4);
        break;
      case rdb::kModuleDouble:
        in.raw(8);
        break;
      case rdb::kModuleString:
        in.string();
        break;
      default:
        in.fail("A module's data has an item of unknown kind");
    }
  }
}

void RdbLoader::Parts::key(uint8_t type) {
  key_bytes = in.string();
  if (in.failed()) return;
  auto dialect = valkey ? RdbValueLoader::Dialect::kValkey : RdbValueLoader::Dialect::kRedis;
  if (type == rdb::kString) {
    RdbValueLoader text(engine.type_env(), in, dialect);
    text.begin(type);
    if (!in.failed()) put(text);
    return;
  }
  value = std::make_unique<RdbValueLoader>(engine.type_env(), in, dialect);
  value->begin(type);
  if (value->state() == RdbValueLoader::State::kMore) {
    at = At::kElements;
  } else {
    value_is_done();
  }
}

void RdbLoader::Parts::value_is_done() {
  at = At::kRecord;
  if (value->state() == RdbValueLoader::State::kFailed) return;
  if (value->state() == RdbValueLoader::State::kEmpty) {
    constexpr uint64_t kMentioned = 10;
    if (result.keys_empty++ < kMentioned) {
      engine.log().notice("rdbLoadObject skipping empty key: " + key_bytes);
    }
    marks = {};
  } else {
    put(*value);
  }
  value.reset();
}

void RdbLoader::Parts::put(RdbValueLoader& loaded) {
  Marks said = marks;
  bool expired = said.expire_at_ms != kNoExpiry && said.expire_at_ms < engine.now_ms();
  if (expired && !options.keep_expired) {
    result.keys_expired++;
    if (options.on_expired) options.on_expired(keys->index(), key_bytes);
    marks = {};
    return;
  }
  std::string_view text = loaded.text();
  Held held = loaded.take();
  Keyspace::LoadedKey key{loaded.type(), held.encoding, said.expire_at_ms,
                          clock(),       text,          held.object};
  if (keys->load(keys->key(key_bytes), key, options.replace)) {
    result.keys++;
    if (key.type == Type::kIndex) {
      engine.indexing().place(tenant, *keys, key_bytes, index_of(held.object));
    }
  } else {
    loaded.give_back(held);
    in.fail("RDB has duplicated key '" + key_bytes + "' in DB " + std::to_string(keys->index()));
  }
  marks = {};
  if (options.key_delay_us != 0) delay();
}

uint32_t RdbLoader::Parts::clock() const {
  const KeyspaceShared& shared = engine.keyspace_shared();
  if (shared.lfu && marks.frequency >= 0) {
    return lfu_minutes(shared) << 8 | static_cast<uint32_t>(marks.frequency);
  }
  if (!shared.lfu && marks.idle_s >= 0) {
    auto idle = static_cast<uint32_t>(std::min<int64_t>(marks.idle_s, kClockMask));
    return (lru_seconds(shared) - idle) & kClockMask;
  }
  return clock_at_birth(shared);
}

void RdbLoader::Parts::delay() const {
  int us = options.key_delay_us;
  if (us < 0 && result.keys % static_cast<uint64_t>(-us) != 0) return;
  std::this_thread::sleep_for(std::chrono::microseconds(us < 0 ? 1 : us));
}

void RdbLoader::Parts::finish() {
  if (result.version >= rdb::kWithChecksum) {
    uint64_t sum = in.checksum();
    auto written = static_cast<uint64_t>(in.little_int64());
    if (in.failed()) return;
    if (options.verify_checksum && written == 0) {
      engine.log().notice("RDB file was saved with checksum disabled: no check performed.");
    } else if (options.verify_checksum && written != sum) {
      char text[128];
      snprintf(text, sizeof text,
               "Wrong RDB checksum expected: (%llx) but got (%llx). Aborting now.",
               static_cast<unsigned long long>(sum), static_cast<unsigned long long>(written));
      engine.log().warning(text);
      return in.fail("RDB CRC error");
    }
  }
  std::string text = "Done loading RDB, keys loaded: " + std::to_string(result.keys) +
                     ", keys expired: " + std::to_string(result.keys_expired);
  if (result.keys_empty > 0) text += ", empty keys skipped: " + std::to_string(result.keys_empty);
  engine.log().notice(text + ".");
}

}  // namespace redstart
