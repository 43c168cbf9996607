// The keys family: commands that deal with a key as a whole, whatever it holds.
#include <algorithm>
#include <limits>
#include <string>

#include "commands/entry_facts.h"
#include "commands/families.h"
#include "commands/string_access.h"
#include "commands/type_names.h"
#include "core/glob.h"
#include "engine/arg_reader.h"
#include "engine/engine.h"
#include "engine/index_value.h"
#include "engine/indexing.h"
#include "engine/session.h"
#include "engine/tenant.h"

namespace redstart {

namespace {

constexpr std::string_view kSameObject = "ERR source and destination objects are the same";
// Two alike would index the same keys twice, and in another database there are other keys.
constexpr std::string_view kIndexIsOne = "ERR a search index cannot be copied";
constexpr std::string_view kIndexStays = "ERR a search index cannot be moved to another database";
// Tips of commands that a cluster client sends to every shard, adding the answers up.
constexpr std::string_view kSummed = "request_policy:multi_shard,response_policy:agg_sum";

void del(Context& c) {
  int64_t deleted = 0;
  for_each_key(c, 1, 1, [&](const Key& key, size_t) {
    WriteGuard guard = c.keys.write(key);
    if (!guard.exists()) return;
    guard.erase();
    guard.commit(event::kDel);
    deleted++;
  });
  c.reply.integer(deleted);
}
constexpr CommandSpec kDel = {.name = "del",
                              .arity = -2,
                              .flags = kWrite | kManyKeys,
                              .keys = key_range(kKeyRm | kKeyDelete, 1, -1, 1),
                              .args = "key+",
                              .summary = "Deletes keys.",
                              .complexity = "O(N) for N keys; large values are freed in slices",
                              .tips = kSummed,
                              .run = del};

// INFO counts what Redis frees in the background: what takes more than 64 steps.
bool takes_many_steps(const Entry& entry) {
  constexpr size_t kSteps = 64, kBytesOfStep = 64;
  if (entry.type() == Type::kString || total_bytes(entry) <= kSteps * kBytesOfStep) return false;
  std::string_view encoding = encoding_name(entry);
  return encoding != "intset" && !encoding.starts_with("listpack");
}

// Like DEL: there, too, what is large is never freed within a command.
void unlink(Context& c) {
  uint64_t& freed_later = c.engine.keyspace_shared().freed_later;
  uint64_t many_steps = 0;
  for_each_key(c, 1, 1, [&](const Key& key, size_t) {
    const Entry* entry = c.keys.peek(key);
    many_steps += entry && takes_many_steps(*entry);
  });
  uint64_t before = freed_later;
  del(c);
  freed_later = std::max(freed_later, before + many_steps);
}

constexpr CommandSpec kUnlink = {.name = "unlink",
                                 .arity = -2,
                                 .flags = kWrite | kFast | kManyKeys,
                                 .keys = key_range(kKeyRm | kKeyDelete, 1, -1, 1),
                                 .args = "key+",
                                 .summary = "Deletes keys and frees their values later.",
                                 .since = "4.0.0",
                                 .complexity = "O(N) for N keys",
                                 .tips = kSummed,
                                 .run = unlink};

int64_t count_found(Context& c, unsigned lookup_flags) {
  int64_t found = 0;
  for_each_key(c, 1, 1,
               [&](const Key& key, size_t) { found += c.keys.find(key, lookup_flags) != nullptr; });
  return found;
}

void exists(Context& c) { c.reply.integer(count_found(c, kLookupNoTouch)); }
constexpr CommandSpec kExists = {.name = "exists",
                                 .arity = -2,
                                 .flags = kReadonly | kFast | kManyKeys,
                                 .keys = key_range(kKeyRo, 1, -1, 1),
                                 .args = "key+",
                                 .summary = "Counts those of the given keys that exist.",
                                 .complexity = "O(N) for N keys",
                                 .tips = kSummed,
                                 .run = exists};

// Touching is all it is for, so it does so for a client that asked not to (CLIENT NO-TOUCH) too.
void touch(Context& c) {
  bool& touches = c.engine.keyspace_shared().touch;
  bool before = touches;
  touches = true;
  c.reply.integer(count_found(c, 0));
  touches = before;
}
constexpr CommandSpec kTouch = {.name = "touch",
                                .arity = -2,
                                .flags = kReadonly | kFast | kManyKeys,
                                .keys = key_range(kKeyRo, 1, -1, 1),
                                .args = "key+",
                                .summary = "Marks keys as used now; answers how many exist.",
                                .since = "3.2.1",
                                .complexity = "O(N) for N keys",
                                .tips = kSummed,
                                .run = touch};

void type(Context& c) {
  const Entry* entry = c.keys.find(c.key(1), kLookupNoTouch);
  c.reply.status(entry ? type_name(entry->type(), c.session.dialect) : "none");
}
constexpr CommandSpec kType = {.name = "type",
                               .arity = 2,
                               .flags = kReadonly | kFast,
                               .keys = one_key(kKeyRo),
                               .args = "key",
                               .summary = "Answers the type of the value at a key.",
                               .run = type};

void keys(Context& c) {
  std::string_view pattern = c.arg(1);
  bool all = pattern == "*";
  Reply::Mark list = c.reply.open_array();
  size_t count = 0;
  c.keys.for_each([&](const Entry& entry) {
    if (!all && !glob_match(pattern, entry.key())) return;
    c.reply.bulk(entry.key());
    count++;
  });
  c.reply.close(list, count);
}
constexpr CommandSpec kKeys = {.name = "keys",
                               .arity = 2,
                               .flags = kReadonly,
                               .acl = kAclKeyspace | kAclDangerous,
                               .args = "pattern:pattern",
                               .summary = "Answers all keys that match a pattern, in one go.",
                               .complexity = "O(N) for N keys in the database",
                               .tips = "request_policy:all_shards,nondeterministic_output_order",
                               .run = keys};

void randomkey(Context& c) {
  const Entry* entry = c.keys.random_entry();
  entry ? c.reply.bulk(entry->key()) : c.reply.null();
}
constexpr CommandSpec kRandomkey = {
    .name = "randomkey",
    .arity = 1,
    .flags = kReadonly | kTouchesArbitraryKeys,
    .summary = "Answers a key drawn at random.",
    .tips = "request_policy:all_shards,response_policy:special,nondeterministic_output",
    .run = randomkey};

// The answers of RENAME and RENAMENX differ; what happens is the same.
enum class Renamed : uint8_t { kDone, kTaken, kFailed };

Renamed rename_key(Context& c, bool only_if_free) {
  WriteGuard from = c.keys.write(c.key(1));
  if (!from.exists()) {
    c.reply.error(err::kNoSuchKey);
    return Renamed::kFailed;
  }
  if (c.arg(1) == c.arg(2)) return only_if_free ? Renamed::kTaken : Renamed::kDone;
  WriteGuard to = c.keys.write(c.key(2));
  if (only_if_free && to.exists()) return Renamed::kTaken;
  Keyspace::move_value(from, to);
  if (to.entry()->type() == Type::kIndex) {
    c.engine.indexing().place(c.tenant, c.keys, c.arg(2), index_of(to.entry()->object()));
  }
  const uint64_t dirty_before = c.unit.dirty();
  from.commit(event::kRenameFrom);
  to.commit(event::kRenameTo);
  c.unit.count_as_one(dirty_before);
  return Renamed::kDone;
}

void rename(Context& c) {
  if (rename_key(c, false) != Renamed::kFailed) c.reply.ok();
}
constexpr CommandSpec kRename = {
    .name = "rename",
    .arity = 3,
    .flags = kWrite,
    .keys = two_keys(kKeyRw | kKeyAccess | kKeyDelete, kKeyOw | kKeyUpdate),
    .args = "key newkey:key",
    .summary = "Gives a value another key; what was there is lost.",
    .run = rename};

void renamenx(Context& c) {
  Renamed renamed = rename_key(c, true);
  if (renamed != Renamed::kFailed) c.reply.integer(renamed == Renamed::kDone);
}
constexpr CommandSpec kRenamenx = {
    .name = "renamenx",
    .arity = 3,
    .flags = kWrite | kFast,
    .keys = two_keys(kKeyRw | kKeyAccess | kKeyDelete, kKeyOw | kKeyInsert),
    .args = "key newkey:key",
    .summary = "Gives a value another key unless that exists.",
    .run = renamenx};

// The keyspace of a database number. Null: the error has been answered.
Keyspace* read_database(Context& c, std::string_view text) {
  constexpr int64_t kLow = std::numeric_limits<int32_t>::min();
  constexpr int64_t kHigh = std::numeric_limits<int32_t>::max();
  int64_t db = 0;
  if (!parse_int64(text, &db)) {
    c.reply.error(err::kNotInteger);
  } else if (db < kLow || db > kHigh) {
    c.reply.error("ERR value is out of range, value must between -2147483648 and 2147483647");
  } else if (db < 0 || db >= c.tenant.databases()) {
    c.reply.error(err::kDbIndexOutOfRange);
  } else {
    return &c.tenant.keyspace(static_cast<int>(db));
  }
  return nullptr;
}

void move(Context& c) {
  Keyspace* target = read_database(c, c.arg(2));
  if (!target) return;
  if (target == &c.keys) return c.reply.error(kSameObject);
  Key key = c.key(1);
  WriteGuard from = c.keys.write(key);
  if (!from.exists()) return c.reply.integer(0);
  if (from.entry()->type() == Type::kIndex) return c.reply.error(kIndexStays);
  WriteGuard to = target->write(key);
  if (to.exists()) return c.reply.integer(0);
  Keyspace::move_value(from, to);
  const uint64_t dirty_before = c.unit.dirty();
  from.commit(event::kMoveFrom);
  to.commit(event::kMoveTo);
  c.unit.count_as_one(dirty_before);
  c.reply.integer(1);
}
constexpr CommandSpec kMove = {.name = "move",
                               .arity = 3,
                               .flags = kWrite | kFast,
                               .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
                               .args = "key db:integer",
                               .summary = "Moves a key to another database.",
                               .run = move};

struct CopyOptions {
  Keyspace* target;
  bool replace = false;
};

// False: the error has been answered.
bool read_copy_options(Context& c, CopyOptions* options) {
  ArgReader args(c.args, 3);
  while (args.more()) {
    if (args.flag("REPLACE")) {
      options->replace = true;
    } else if (args.option("DB")) {
      options->target = read_database(c, args.next());
      if (!options->target) return false;
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (!args.done()) c.reply.error(args.error());
  return args.ok();
}

void copy(Context& c) {
  CopyOptions options{&c.keys};
  if (!read_copy_options(c, &options)) return;
  if (options.target == &c.keys && c.arg(1) == c.arg(2)) {
    if (c.session.dialect == Dialect::kUpstash) return c.reply.integer(0);
    return c.reply.error(kSameObject);
  }
  const Entry* source = c.keys.find(c.key(1));
  if (!source) return c.reply.integer(0);
  WriteGuard to = options.target->write(c.key(2));
  if (to.exists() && !options.replace) return c.reply.integer(0);
  if (source->type() == Type::kIndex) return c.reply.error(kIndexIsOne);
  Keyspace::copy_value(*source, to);
  to.commit(event::kCopyTo);
  c.reply.integer(1);
}
constexpr CommandSpec kCopy = {
    .name = "copy",
    .arity = -3,
    .flags = kWrite | kDenyOom,
    .keys = two_keys(kKeyRead, kKeyOw | kKeyUpdate),
    .args = "source:key destination:key [DB destination-db:integer] [REPLACE]",
    .summary = "Copies a value with its expiry to another key, also of another database.",
    .since = "6.2.0",
    .complexity = "O(N) for N elements of a collection, O(1) for a short string",
    .run = copy};

}  // namespace

std::span<const CommandSpec* const> keys_commands() {
  static constexpr const CommandSpec* kAll[] = {&kDel,      &kUnlink, &kExists,    &kTouch,
                                                &kType,     &kKeys,   &kRandomkey, &kRename,
                                                &kRenamenx, &kMove,   &kCopy};
  return kAll;
}

}  // namespace redstart
