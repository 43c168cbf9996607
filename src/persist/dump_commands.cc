// DUMP and RESTORE: one value as the bytes that RDB files hold.
#include <algorithm>

#include "base/big_buf.h"
#include "base/log.h"
#include "core/rdb_format.h"
#include "core/rdb_payload.h"
#include "core/rdb_reader.h"
#include "engine/arg_reader.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/index_value.h"
#include "engine/indexing.h"
#include "keyspace/access_clock.h"
#include "keyspace/entry.h"
#include "persist/persist_commands.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_save.h"
#include "persist/storage.h"

namespace redstart {
namespace {

void dump(Context& c) {
  const Entry* entry = c.keys.find(c.key(1));
  if (!entry) return c.reply.null();
  c.reply.bulk(dump_payload(*entry, rdb_save_options(c.engine)));
}
constexpr CommandSpec kDump = {
    .name = "dump",
    .arity = 2,
    .flags = kReadonly,
    .keys = one_key(kKeyRead),
    .args = "key",
    .summary = "Answers the value of a key in a form that RESTORE takes.",
    .since = "2.6.0",
    .complexity = "O(N), N being the elements of the value",
    .tips = "nondeterministic_output",
    .run = dump};

struct RestoreCall {
  int64_t ttl_ms = 0;
  int64_t idle_s = -1;
  int64_t frequency = -1;
  bool replace = false;
  bool absolute = false;
};

bool read_options(Context& c, RestoreCall* call) {
  ArgReader a(c.args, 4);
  while (a.more()) {
    if (a.flag("REPLACE")) {
      call->replace = true;
    } else if (a.flag("ABSTTL")) {
      call->absolute = true;
    } else if (call->frequency < 0 && a.option("IDLETIME")) {
      call->idle_s = a.integer();
      if (call->idle_s < 0) a.fail("ERR Invalid IDLETIME value, must be >= 0");
    } else if (call->idle_s < 0 && a.option("FREQ")) {
      call->frequency = a.integer();
      if (call->frequency < 0 || call->frequency > 255) {
        a.fail("ERR Invalid FREQ value, must be >= 0 and <= 255");
      }
    } else {
      a.fail(err::kSyntax);
    }
  }
  if (!a.done()) c.reply.error(a.error());
  return a.ok();
}

uint32_t clock_of(const KeyspaceShared& shared, const RestoreCall& call) {
  if (shared.lfu && call.frequency >= 0) {
    return lfu_minutes(shared) << 8 | static_cast<uint32_t>(call.frequency);
  }
  if (!shared.lfu && call.idle_s >= 0) {
    auto idle = static_cast<uint32_t>(std::min<int64_t>(call.idle_s, kClockMask));
    return (lru_seconds(shared) - idle) & kClockMask;
  }
  return clock_at_birth(shared);
}

// The value's time has come already: it never is.
void restore_nothing(Context& c, WriteGuard& guard) {
  if (guard.exists()) {
    guard.erase();
    guard.commit(event::kDel);
    c.propagate_as({c.engine.settings().lazyfree_lazy_server_del ? "UNLINK" : "DEL", c.arg(1)});
  }
  c.reply.ok();
}

void put(WriteGuard& guard, RdbValueLoader& value) {
  Type type = value.type();
  std::string_view text = value.text();
  Held held = value.take();
  if (type != Type::kString) {
    guard.put_object(type, held.encoding, held.object);
  } else if (held.object) {
    guard.put_big(static_cast<BigBuf*>(held.object));
  } else {
    guard.put_string(text);
  }
}

// The expiry goes to replicas as a time, whenever they read it.
void propagate(Context& c, const RestoreCall& call, int64_t at_ms) {
  if (at_ms == 0 || call.absolute) return;
  std::string at = int64_text(at_ms);
  std::vector<std::string_view> words(c.args.begin(), c.args.end());
  words[2] = at;
  words.push_back("ABSTTL");
  c.propagate_as(Args(words));
}

void restore(Context& c) {
  RestoreCall call;
  if (!read_options(c, &call)) return;
  WriteGuard guard = c.keys.write(c.key(1));
  if (!call.replace && guard.exists()) {
    return c.reply.error("BUSYKEY Target key name already exists.");
  }
  if (!parse_int64(c.arg(2), &call.ttl_ms)) return c.reply.error(err::kNotInteger);
  if (call.ttl_ms < 0) return c.reply.error("ERR Invalid TTL value, must be >= 0");
  Storage* storage = storage_of(c.tenant);
  RdbPayload payload;
  bool verify = !storage || !storage->skips_checksums();
  if (!open_rdb_payload(c.arg(3), verify, &payload)) {
    return c.reply.error("ERR DUMP payload version or checksum are wrong");
  }
  RdbReader in(payload.bytes);
  RdbValueLoader value(c.engine.type_env(), in,
                       payload.version == rdb::kValkey9 ? RdbValueLoader::Dialect::kValkey
                                                        : RdbValueLoader::Dialect::kRedis);
  value.begin(in.byte());
  if (value.state() == RdbValueLoader::State::kMore) value.go_on(UINT64_MAX);
  if (value.state() != RdbValueLoader::State::kDone) {
    std::string why = in.failed() ? in.error() : "an empty collection";
    c.engine.log().warning("Internal error in RDB reading offset " +
                           std::to_string(in.position()) + " of a payload: " + why);
    return c.reply.error("ERR Bad data format");
  }
  int64_t at_ms = call.ttl_ms;
  if (at_ms != 0 && !call.absolute) at_ms = std::min(at_ms, INT64_MAX - c.now_ms) + c.now_ms;
  if (at_ms != 0 && at_ms <= c.now_ms) return restore_nothing(c, guard);
  put(guard, value);
  if (value.type() == Type::kIndex) {
    c.engine.indexing().place(c.tenant, c.keys, c.arg(1), index_of(guard.entry()->object()));
  }
  if (at_ms != 0) guard.set_expiry(at_ms);
  guard.set_clock(clock_of(c.engine.keyspace_shared(), call));
  guard.commit(event::kRestore);
  propagate(c, call, at_ms);
  c.reply.ok();
}

constexpr CommandSpec restore_row(std::string_view name, uint32_t flags, std::string_view summary,
                                  std::string_view since) {
  return {.name = name,
          .arity = -4,
          .flags = kWrite | kDenyOom | flags,
          .acl = kAclKeyspace | kAclDangerous,
          .keys = one_key(kKeyOw | kKeyUpdate),
          .args = "key ttl:integer serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds:integer] "
                  "[FREQ frequency:integer]",
          .summary = summary,
          .since = since,
          .complexity = "O(N), N being the elements of the value; O(N*log(N)) for a sorted set",
          .run = restore};
}
constexpr CommandSpec kRestore =
    restore_row("restore", 0, "Makes a key out of what DUMP answered.", "2.6.0");
constexpr CommandSpec kRestoreAsking = restore_row(
    "restore-asking", kAsking, "RESTORE between the nodes of a cluster.", "3.0.0");

constexpr const CommandSpec* kFamily[] = {&kDump, &kRestore, &kRestoreAsking};

}  // namespace

std::span<const CommandSpec* const> dump_commands() { return kFamily; }

}  // namespace redstart
