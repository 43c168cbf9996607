// The hashes family, part 3: fields that expire.
#include "commands/families.h"
#include "commands/hash_fields.h"

namespace redstart {

namespace {

// What is answered for each field.
enum FieldAnswer : int64_t {
  kNoField = -2,
  kNoTtl = -1,
  kConditionFailed = 0,
  kDone = 1,
  kDeleted = 2,
};

void answer_no_fields(Reply& reply, size_t count) {
  reply.array(count);
  for (; count > 0; count--) reply.integer(kNoField);
}

// HEXPIRE and its like

enum class Condition : uint8_t { kNone, kNx, kXx, kGt, kLt };

Condition condition_of(std::string_view word) {
  if (equals_fold(word, "NX")) return Condition::kNx;
  if (equals_fold(word, "XX")) return Condition::kXx;
  if (equals_fold(word, "GT")) return Condition::kGt;
  if (equals_fold(word, "LT")) return Condition::kLt;
  return Condition::kNone;
}

// A field without an expiry is one that lives for ever.
bool holds(Condition condition, int64_t before_ms, int64_t at_ms) {
  bool had = before_ms != kFieldStays;
  switch (condition) {
    case Condition::kNone:
      return true;
    case Condition::kNx:
      return !had;
    case Condition::kXx:
      return had;
    case Condition::kGt:
      return had && at_ms > before_ms;
    case Condition::kLt:
      return !had || at_ms < before_ms;
  }
  return false;
}

// The unix time in ms that the second argument means. False: the error has been answered.
bool read_time(Context& c, bool absolute, int64_t unit_ms, int64_t* at_ms) {
  int64_t amount = 0, base_ms = absolute ? 0 : c.now_ms;
  if (!parse_int64(c.arg(2), &amount)) {
    c.reply.error(err::kNotInteger);
    return false;
  }
  if (amount < 0) {
    c.reply.error("ERR invalid expire time, must be >= 0");
    return false;
  }
  if (amount > (kFieldExpiryMax - base_ms) / unit_ms) {
    c.reply.error(err::invalid_expire(c.spec().name));
    return false;
  }
  *at_ms = amount * unit_ms + base_ms;
  return true;
}

int64_t expire_field(Edit<Hash>& hash, FieldExpiry& expiry, std::string_view field,
                     Condition condition, int64_t at_ms) {
  HashItem item;
  if (!hash->find(field, &item)) return kNoField;
  if (!holds(condition, item.expire_at_ms, at_ms)) return kConditionFailed;
  return expiry.apply(field) ? kDone : kDeleted;
}

void expire_fields(Context& c, bool absolute, int64_t unit_ms) {
  Condition condition = condition_of(c.arg(3));
  bool conditional = condition != Condition::kNone;
  Args fields;
  int64_t at_ms = 0;
  Edit<Hash> hash(c, c.key(1));
  if (!hash) return;
  // For Upstash no time is wrong where there is nothing to expire.
  bool look_first = c.session.dialect == Dialect::kUpstash && !hash.exists();
  if (!look_first && !read_time(c, absolute, unit_ms, &at_ms)) return;
  if (!read_fields(c, conditional ? 4 : 3, "ERR Parameter `numFields` should be greater than 0",
                   &fields)) {
    return;
  }
  if (!hash.exists()) return answer_no_fields(c.reply, fields.size());
  FieldExpiry expiry(c, hash, at_ms);
  c.reply.array(fields.size());
  for (std::string_view field : fields) {
    c.reply.integer(expire_field(hash, expiry, field, condition, at_ms));
  }
  expiry.finish(conditional ? c.arg(3) : std::string_view());
}

constexpr CommandSpec expire_setter(std::string_view name, std::string_view args,
                                    std::string_view summary, Handler run) {
  return {.name = name,
          .arity = -6,
          .flags = kWrite | kDenyOom | kFast,
          .group = Group::kHash,
          .keys = one_key(kKeyRw | kKeyUpdate),
          .args = args,
          .summary = summary,
          .since = "7.4.0",
          .complexity = "O(N) for N fields",
          .run = run};
}

void hexpire(Context& c) { expire_fields(c, false, 1000); }
constexpr CommandSpec kHexpire =
    expire_setter("hexpire", "key seconds:integer [NX|XX|GT|LT] (FIELDS numfields:integer field+)",
                  "Has fields expire in some seconds.", hexpire);

void hpexpire(Context& c) { expire_fields(c, false, 1); }
constexpr CommandSpec kHpexpire = expire_setter(
    "hpexpire", "key milliseconds:integer [NX|XX|GT|LT] (FIELDS numfields:integer field+)",
    "Has fields expire in some milliseconds.", hpexpire);

void hexpireat(Context& c) { expire_fields(c, true, 1000); }
constexpr CommandSpec kHexpireat = expire_setter(
    "hexpireat", "key unix-time-seconds:unix-time [NX|XX|GT|LT] (FIELDS numfields:integer field+)",
    "Has fields expire at a unix time.", hexpireat);

void hpexpireat(Context& c) { expire_fields(c, true, 1); }
constexpr CommandSpec kHpexpireat = expire_setter(
    "hpexpireat",
    "key unix-time-milliseconds:unix-time [NX|XX|GT|LT] (FIELDS numfields:integer field+)",
    "Has fields expire at a unix time in milliseconds.", hpexpireat);

void hpersist(Context& c) {
  Args fields;
  Edit<Hash> hash(c, c.key(1));
  if (!hash || !read_fields(c, 2, kFieldCountError, &fields)) return;
  if (!hash.exists()) return answer_no_fields(c.reply, fields.size());
  bool changed = false;
  c.reply.array(fields.size());
  for (std::string_view field : fields) {
    HashItem item;
    if (!hash->find(field, &item) || item.expired(expiry_now_ms(c))) {
      c.reply.integer(kNoField);
    } else if (item.expire_at_ms == kFieldStays) {
      c.reply.integer(kNoTtl);
    } else {
      hash->set_expiry(field, kFieldStays);
      changed = true;
      c.reply.integer(kDone);
    }
  }
  if (changed) hash.commit(event::kHpersist);
}
constexpr CommandSpec kHpersist = {.name = "hpersist",
                                   .arity = -5,
                                   .flags = kWrite | kFast,
                                   .group = Group::kHash,
                                   .keys = one_key(kKeyRw | kKeyUpdate),
                                   .args = "key (FIELDS numfields:integer field+)",
                                   .summary = "Takes the expiry of fields away.",
                                   .since = "7.4.0",
                                   .complexity = "O(N) for N fields",
                                   .run = hpersist};

// HTTL and its like

void answer_times(Context& c, bool absolute, int64_t unit_ms) {
  HashView hash;
  Args fields;
  if (!find(c, c.key(1), &hash) || !read_fields(c, 2, kFieldCountError, &fields)) return;
  int64_t base_ms = absolute ? 0 : c.now_ms;
  c.reply.array(fields.size());
  for (std::string_view field : fields) {
    HashItem item;
    if (!hash.find(field, &item) || item.expired(expiry_now_ms(c))) {
      c.reply.integer(kNoField);
    } else if (item.expire_at_ms == kFieldStays) {
      c.reply.integer(kNoTtl);
    } else {
      c.reply.integer((item.expire_at_ms - base_ms + unit_ms - 1) / unit_ms);
    }
  }
}

constexpr CommandSpec expire_getter(std::string_view name, std::string_view summary,
                                    std::string_view tips, Handler run) {
  return {.name = name,
          .arity = -5,
          .flags = kReadonly | kFast,
          .group = Group::kHash,
          .keys = one_key(kKeyRead),
          .args = "key (FIELDS numfields:integer field+)",
          .summary = summary,
          .since = "7.4.0",
          .complexity = "O(N) for N fields",
          .tips = tips,
          .run = run};
}

void httl(Context& c) { answer_times(c, false, 1000); }
constexpr CommandSpec kHttl = expire_getter("httl", "Answers in how many seconds fields expire.",
                                            "nondeterministic_output", httl);

void hpttl(Context& c) { answer_times(c, false, 1); }
constexpr CommandSpec kHpttl = expire_getter(
    "hpttl", "Answers in how many milliseconds fields expire.", "nondeterministic_output", hpttl);

void hexpiretime(Context& c) { answer_times(c, true, 1000); }
constexpr CommandSpec kHexpiretime =
    expire_getter("hexpiretime", "Answers when fields expire, as unix time.", "", hexpiretime);

void hpexpiretime(Context& c) { answer_times(c, true, 1); }
constexpr CommandSpec kHpexpiretime = expire_getter(
    "hpexpiretime", "Answers when fields expire, as unix time in milliseconds.", "", hpexpiretime);

}  // namespace

std::span<const CommandSpec* const> hash_expire_commands() {
  static constexpr const CommandSpec* kAll[] = {&kHexpire,    &kHpexpire,    &kHexpireat,
                                                &kHpexpireat, &kHpersist,    &kHttl,
                                                &kHpttl,      &kHexpiretime, &kHpexpiretime};
  return kAll;
}

}  // namespace redstart
