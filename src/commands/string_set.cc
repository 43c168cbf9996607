// The strings family, part 2: setting values on conditions and with expiries.
#include <string>

#include "base/hash.h"
#include "commands/families.h"
#include "commands/string_access.h"
#include "commands/string_digest.h"
#include "commands/string_expiry.h"
#include "engine/arg_reader.h"

namespace redstart {

namespace {

// When SET stores and when DELEX deletes. The digest forms compare XXH3 of the value, as DIGEST
// prints it.
enum class Condition : uint8_t {
  kNone,
  kAbsent,
  kPresent,
  kEqual,
  kNotEqual,
  kDigestEqual,
  kDigestNotEqual
};

constexpr struct {
  std::string_view word;
  Condition condition;
} kComparisons[] = {{"IFEQ", Condition::kEqual},
                    {"IFNE", Condition::kNotEqual},
                    {"IFDEQ", Condition::kDigestEqual},
                    {"IFDNE", Condition::kDigestNotEqual}};

constexpr std::string_view kBadDigest = "ERR must be exactly 16 hexadecimal characters";

bool compares(Condition condition) { return condition >= Condition::kEqual; }

// Whether the string at an entry passes a comparison. False with the error answered in *failed.
bool compare(Context& c, const Entry& entry, Condition condition, std::string_view operand,
             bool* failed) {
  IntText scratch;
  std::string_view value = entry.string(scratch);
  if (condition == Condition::kEqual) return value == operand;
  if (condition == Condition::kNotEqual) return value != operand;
  uint64_t digest = 0;
  if (!parse_digest(operand, &digest)) {
    c.reply.error(kBadDigest);
    *failed = true;
    return false;
  }
  return (digest_bytes(value) == digest) == (condition == Condition::kDigestEqual);
}

// Stores the value with its expiry and tells replicas, in a form without conditions and with an
// absolute time: what was decided here must not be decided again elsewhere.
void store(Context& c, WriteGuard& guard, std::string_view value, const ExpiryOption& expiry,
           int64_t at_ms) {
  bool keep = expiry.kind == ExpiryOption::Kind::kKeepTtl;
  if (expiry.timed()) {
    guard.put_string_until(value, at_ms);
  } else {
    guard.put_string(value, keep ? Ttl::kKeep : Ttl::kClear);
  }
  guard.commit(event::kSet);
  std::string_view key = guard.key().bytes;
  if (expiry.timed()) {
    guard.also(event::kExpire);
    char text[kIntTextMax];
    const bool as_given = expiry.kind == ExpiryOption::Kind::kPxAt;
    c.propagate_as({"SET", key, value, as_given ? expiry.word : "PXAT",
                    {text, write_int64(text, at_ms)}});
  } else if (keep) {
    c.propagate_as({"SET", key, value, "KEEPTTL"});
  } else {
    c.propagate_as({"SET", key, value});
  }
}

struct SetOptions {
  Condition condition = Condition::kNone;
  std::string_view operand;
  bool get = false;
  ExpiryOption expiry;
};

bool take_condition(ArgReader& args, SetOptions* options) {
  auto choose = [&](Condition condition) {
    if (options->condition != Condition::kNone && options->condition != condition) {
      args.fail(err::kSyntax);
    }
    options->condition = condition;
    return true;
  };
  if (args.flag("NX")) return choose(Condition::kAbsent);
  if (args.flag("XX")) return choose(Condition::kPresent);
  for (const auto& [word, condition] : kComparisons) {
    if (!args.option(word)) continue;
    options->operand = args.next();
    return choose(condition);
  }
  return false;
}

bool read_set_options(ArgReader& args, SetOptions* options) {
  while (args.more()) {
    if (args.flag("GET")) {
      options->get = true;
    } else if (!take_condition(args, options) && !take_expiry(args, &options->expiry) &&
               !take_expiry_word(args, "KEEPTTL", ExpiryOption::Kind::kKeepTtl, &options->expiry)) {
      args.fail(err::kSyntax);
    }
  }
  return args.ok();
}

// Whether a condition lets SET store over `current` (null: an absent key). An absent key differs
// from every operand.
bool may_store(Context& c, const SetOptions& options, const Entry* current, bool* failed) {
  switch (options.condition) {
    case Condition::kNone:
      return true;
    case Condition::kAbsent:
      return !current;
    case Condition::kPresent:
      return current;
    default:
      break;
  }
  if (!current) {
    return options.condition == Condition::kNotEqual ||
           options.condition == Condition::kDigestNotEqual;
  }
  if (current->type() != Type::kString) {
    c.reply.error(err::kWrongType);
    *failed = true;
    return false;
  }
  return compare(c, *current, options.condition, options.operand, failed);
}

void set_with_options(Context& c) {
  ArgReader args(c.args, 3);
  SetOptions options;
  if (!read_set_options(args, &options)) return c.reply.error(args.error());
  int64_t at_ms = 0;
  if (options.expiry.timed() && !resolve_expiry(c, options.expiry, &at_ms)) return;
  Key key = c.key(1);
  // GET reads as a command of its own: it counts as a hit or a miss.
  const Entry* before = nullptr;
  if (options.get && !find_string(c, key, &before)) return;
  WriteGuard guard = c.keys.write(key);
  bool failed = false;
  bool stores = may_store(c, options, guard.entry(), &failed);
  if (failed) return;
  if (options.get) {
    before ? answer_string(c.reply, *before) : c.reply.null();
  } else {
    stores ? c.reply.ok() : c.reply.null();
  }
  if (stores) store(c, guard, c.arg(2), options.expiry, at_ms);
}

void set(Context& c) {
  if (c.argc() > 3) return set_with_options(c);
  WriteGuard guard = c.keys.write(c.key(1));
  guard.put_string(c.arg(2));
  guard.commit(event::kSet);
  c.reply.ok();
}
constexpr CommandSpec kSet = {
    .name = "set",
    .arity = -3,
    .flags = kWrite | kDenyOom,
    .group = Group::kString,
    .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate | kKeyVariable),
    .args =
        "key value condition=[NX|XX|IFEQ ifeq-value|IFNE ifne-value|IFDEQ ifdeq-digest|"
        "IFDNE ifdne-digest] [GET] expiration=[EX seconds:integer|PX milliseconds:integer|"
        "EXAT unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|KEEPTTL]",
    .summary =
        "Stores a string at a key, whatever was there, optionally on a condition and with "
        "an expiry.",
    .run = set};

void setnx(Context& c) {
  WriteGuard guard = c.keys.write(c.key(1));
  if (guard.exists()) return c.reply.integer(0);
  guard.put_string(c.arg(2));
  guard.commit(event::kSet);
  c.reply.integer(1);
}
constexpr CommandSpec kSetnx = {.name = "setnx",
                                .arity = 3,
                                .flags = kWrite | kDenyOom | kFast,
                                .group = Group::kString,
                                .keys = one_key(kKeyOw | kKeyInsert),
                                .args = "key value",
                                .summary = "Stores a string at a key that does not exist yet.",
                                .deprecated = "2.6.12:`SET` with the `NX` argument",
                                .run = setnx};

void set_for(Context& c, ExpiryOption::Kind unit) {
  ExpiryOption expiry{unit, c.arg(2)};
  int64_t at_ms = 0;
  if (!resolve_expiry(c, expiry, &at_ms)) return;
  WriteGuard guard = c.keys.write(c.key(1));
  store(c, guard, c.arg(3), expiry, at_ms);
  c.reply.ok();
}

void setex(Context& c) { set_for(c, ExpiryOption::Kind::kEx); }
constexpr CommandSpec kSetex = {.name = "setex",
                                .arity = 4,
                                .flags = kWrite | kDenyOom,
                                .group = Group::kString,
                                .keys = one_key(kKeyOw | kKeyUpdate),
                                .args = "key seconds:integer value",
                                .summary = "Stores a string that expires after some seconds.",
                                .since = "2.0.0",
                                .deprecated = "2.6.12:`SET` with the `EX` argument",
                                .run = setex};

void psetex(Context& c) { set_for(c, ExpiryOption::Kind::kPx); }
constexpr CommandSpec kPsetex = {.name = "psetex",
                                 .arity = 4,
                                 .flags = kWrite | kDenyOom,
                                 .group = Group::kString,
                                 .keys = one_key(kKeyOw | kKeyUpdate),
                                 .args = "key milliseconds:integer value",
                                 .summary = "Stores a string that expires after some milliseconds.",
                                 .since = "2.6.0",
                                 .deprecated = "2.6.12:`SET` with the `PX` argument",
                                 .run = psetex};

void getset(Context& c) {
  Key key = c.key(1);
  const Entry* before = nullptr;
  if (!find_string(c, key, &before)) return;
  before ? answer_string(c.reply, *before) : c.reply.null();
  WriteGuard guard = c.keys.write(key);
  store(c, guard, c.arg(2), {}, 0);
}
constexpr CommandSpec kGetset = {.name = "getset",
                                 .arity = 3,
                                 .flags = kWrite | kDenyOom | kFast,
                                 .group = Group::kString,
                                 .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
                                 .args = "key value",
                                 .summary = "Stores a string and answers what was there before.",
                                 .deprecated = "6.2.0:`SET` with the `!GET` argument",
                                 .run = getset};

void getdel(Context& c) {
  Key key = c.key(1);
  const Entry* entry = nullptr;
  if (!find_string(c, key, &entry)) return;
  if (!entry) return c.reply.null();
  answer_string(c.reply, *entry);
  WriteGuard guard = c.keys.write(key);
  guard.erase();
  guard.commit(event::kDel);
  c.propagate_as({"DEL", key.bytes});
}
constexpr CommandSpec kGetdel = {.name = "getdel",
                                 .arity = 2,
                                 .flags = kWrite | kFast,
                                 .group = Group::kString,
                                 .keys = one_key(kKeyRw | kKeyAccess | kKeyDelete),
                                 .args = "key",
                                 .summary = "Answers the string at a key and deletes the key.",
                                 .since = "6.2.0",
                                 .run = getdel};

// REQUIRES: the key exists.
void change_expiry(Context& c, const Key& key, const ExpiryOption& expiry, int64_t at_ms) {
  WriteGuard guard = c.keys.write(key);
  if (!expiry.timed()) {
    if (!guard.entry()->has_ttl()) return;
    guard.clear_expiry();
    guard.commit(event::kPersist);
    return c.propagate_as({"PERSIST", key.bytes});
  }
  if (expiry.absolute() && expires_at_once(c, at_ms)) {
    guard.erase();
    guard.commit(event::kDel);
    return c.propagate_as({expiry_deletion(c), key.bytes});
  }
  guard.set_expiry(at_ms);
  guard.commit(event::kExpire);
  char text[kIntTextMax];
  c.propagate_as({"PEXPIREAT", key.bytes, {text, write_int64(text, at_ms)}});
}

void getex(Context& c) {
  ArgReader args(c.args, 2);
  ExpiryOption expiry;
  while (args.more()) {
    if (!take_expiry(args, &expiry) &&
        !take_expiry_word(args, "PERSIST", ExpiryOption::Kind::kPersist, &expiry)) {
      args.fail(err::kSyntax);
    }
  }
  if (!args.done()) return c.reply.error(args.error());
  Key key = c.key(1);
  const Entry* entry = nullptr;
  if (!find_string(c, key, &entry)) return;
  if (!entry) return c.reply.null();
  // Only now: GETEX of an absent key answers nil even when the amount is no number.
  int64_t at_ms = 0;
  if (expiry.timed() && !resolve_expiry(c, expiry, &at_ms)) return;
  answer_string(c.reply, *entry);
  if (expiry.kind != ExpiryOption::Kind::kNone) change_expiry(c, key, expiry, at_ms);
}
constexpr CommandSpec kGetex = {
    .name = "getex",
    .arity = -2,
    .flags = kWrite | kFast,
    .group = Group::kString,
    .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
    .args =
        "key expiration=[EX seconds:integer|PX milliseconds:integer|"
        "EXAT unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|PERSIST]",
    .summary = "Answers the string at a key and sets or removes its expiry.",
    .since = "6.2.0",
    .run = getex};

void msetex(Context& c) {
  int64_t count = 0;
  if (!parse_int64(c.arg(1), &count) || count < 1 || count > INT32_MAX) {
    return c.reply.error("ERR invalid numkeys value");
  }
  if (static_cast<uint64_t>(count) * 2 > c.argc() - 2) {
    return c.reply.error("ERR wrong number of key-value pairs");
  }
  size_t end = 2 + static_cast<size_t>(count) * 2;
  ArgReader args(c.args, end);
  SetOptions options;
  if (!read_set_options(args, &options)) return c.reply.error(args.error());
  if (options.get || compares(options.condition)) return c.reply.error(err::kSyntax);
  int64_t at_ms = 0;
  if (options.expiry.timed() && !resolve_expiry(c, options.expiry, &at_ms)) return;
  if (options.condition != Condition::kNone) {
    bool wanted = options.condition == Condition::kPresent;
    for (size_t i = 2; i < end; i += 2) {
      if (c.keys.write(c.key(i)).exists() != wanted) return c.reply.integer(0);
    }
  }
  for (size_t i = 2; i < end; i += 2) {
    WriteGuard guard = c.keys.write(c.key(i));
    store(c, guard, c.arg(i + 1), options.expiry, at_ms);
  }
  c.reply.integer(1);
}
constexpr KeySpecs keys_of_msetex() {
  KeySpecs specs;
  specs.count = 1;
  specs.items[0] = {.flags = kKeyOw | kKeyUpdate,
                    .begin = KeySpec::Begin::kIndex,
                    .index = 1,
                    .find = KeySpec::Find::kCount,
                    .a = 0,
                    .b = 1,
                    .c = 2};
  return specs;
}
constexpr CommandSpec kMsetex = {
    .name = "msetex",
    .arity = -4,
    .flags = kWrite | kDenyOom,
    .group = Group::kString,
    .keys = keys_of_msetex(),
    .args =
        "numkeys:integer data=(key value)+ condition=[NX|XX] "
        "expiration=[EX seconds:integer|PX milliseconds:integer|"
        "EXAT unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|KEEPTTL]",
    .summary =
        "Stores several strings at once, optionally on a condition for all and with one "
        "expiry.",
    .since = "8.4.0",
    .complexity = "O(N) for N keys",
    .tips = "request_policy:multi_shard,response_policy:all_succeeded",
    .run = msetex};

// Answers whether DELEX deletes `entry`; false with *failed when an error was answered.
bool may_delete(Context& c, const Entry& entry, bool* failed) {
  auto refuse = [&](std::string_view text) {
    c.reply.error(text);
    *failed = true;
    return false;
  };
  if (c.argc() == 2) return true;
  if (entry.type() != Type::kString) {
    return refuse("ERR Key should be of string type if conditions are specified");
  }
  for (const auto& [word, condition] : kComparisons) {
    if (equals_fold(c.arg(2), word)) return compare(c, entry, condition, c.arg(3), failed);
  }
  return refuse("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
}

void delex(Context& c) {
  if (c.argc() != 2 && c.argc() != 4) return c.reply.error(err::wrong_arity("delex"));
  WriteGuard guard = c.keys.write(c.key(1));
  if (!guard.exists()) return c.reply.integer(0);
  bool failed = false;
  bool deletes = may_delete(c, *guard.entry(), &failed);
  if (failed) return;
  c.reply.integer(deletes);
  if (!deletes) return;
  guard.erase();
  guard.commit(event::kDel);
  c.propagate_as({"DEL", c.arg(1)});
}
constexpr CommandSpec kDelex = {
    .name = "delex",
    .arity = -2,
    .flags = kWrite | kFast,
    .group = Group::kString,
    .keys = one_key(kKeyRm | kKeyDelete),
    .args = "key condition=[IFEQ ifeq-value|IFNE ifne-value|IFDEQ ifdeq-digest|IFDNE ifdne-digest]",
    .summary = "Deletes a key if its string, or the digest of its string, compares as asked.",
    .since = "8.4.0",
    .complexity = "O(1), O(N) for a digest of N bytes",
    .run = delex};

}  // namespace

std::span<const CommandSpec* const> string_set_commands() {
  static constexpr const CommandSpec* kAll[] = {&kSet,    &kSetnx, &kSetex,  &kPsetex, &kGetset,
                                                &kGetdel, &kGetex, &kMsetex, &kDelex};
  return kAll;
}

}  // namespace redstart
