// The expiry commands: how long a key lives.
#include <limits>
#include <string>

#include "commands/families.h"
#include "commands/string_access.h"
#include "commands/string_expiry.h"
#include "engine/arg_reader.h"

namespace redstart {

namespace {

struct Limits {
  bool nx = false, xx = false, gt = false, lt = false;
};

// False: the error has been answered.
bool read_limits(Context& c, Limits* limits) {
  ArgReader args(c.args, 3);
  while (args.more()) {
    if (args.flag("NX")) {
      limits->nx = true;
    } else if (args.flag("XX")) {
      limits->xx = true;
    } else if (args.flag("GT")) {
      limits->gt = true;
    } else if (args.flag("LT")) {
      limits->lt = true;
    } else {
      args.fail("ERR Unsupported option " + std::string(args.next()));
    }
  }
  if (args.ok() && limits->nx && (limits->xx || limits->gt || limits->lt)) {
    args.fail("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (args.ok() && limits->gt && limits->lt) {
    args.fail("ERR GT and LT options at the same time are not compatible");
  }
  if (!args.ok()) c.reply.error(args.error());
  return args.ok();
}

// A key without an expiry counts as one that lives forever.
bool allowed(const Limits& limits, const Entry& entry, int64_t at_ms) {
  bool has = entry.has_ttl();
  if (limits.nx && has) return false;
  if (limits.xx && !has) return false;
  if (limits.gt && (!has || at_ms <= entry.expire_at_ms())) return false;
  if (limits.lt && has && at_ms >= entry.expire_at_ms()) return false;
  return true;
}

// The amount as unix time in ms. Unlike that of SET it may lie in the past.
// False: the error has been answered.
bool read_time(Context& c, int64_t unit_ms, int64_t base_ms, int64_t* at_ms) {
  int64_t value = 0;
  if (!parse_int64(c.arg(2), &value)) {
    c.reply.error(err::kNotInteger);
    return false;
  }
  if (__builtin_mul_overflow(value, unit_ms, &value) ||
      __builtin_add_overflow(value, base_ms, at_ms)) {
    c.reply.error(err::invalid_expire(c.command.full_name));
    return false;
  }
  return true;
}

void expire_at(Context& c, int64_t unit_ms, int64_t base_ms) {
  Limits limits;
  int64_t at_ms = 0;
  if (!read_limits(c, &limits) || !read_time(c, unit_ms, base_ms, &at_ms)) return;
  WriteGuard guard = c.keys.write(c.key(1));
  if (!guard.exists() || !allowed(limits, *guard.entry(), at_ms)) return c.reply.integer(0);
  c.reply.integer(1);
  if (expires_at_once(c, at_ms)) {
    guard.erase();
    guard.commit(event::kDel);
    return c.propagate_as({expiry_deletion(c), c.arg(1)});
  }
  guard.set_expiry(at_ms);
  guard.commit(event::kExpire);
  char text[kIntTextMax];
  c.propagate_as({"PEXPIREAT", c.arg(1), {text, write_int64(text, at_ms)}});
}

constexpr CommandSpec expiry_setter(std::string_view name, std::string_view args,
                                    std::string_view summary, std::string_view since, Handler run) {
  return {.name = name,
          .arity = -3,
          .flags = kWrite | kFast,
          .keys = one_key(kKeyRw | kKeyUpdate),
          .args = args,
          .summary = summary,
          .since = since,
          .run = run};
}

void expire(Context& c) { expire_at(c, 1000, c.now_ms); }
constexpr CommandSpec kExpire =
    expiry_setter("expire", "key seconds:integer condition=[NX|XX|GT|LT]",
                  "Lets a key expire after some seconds.", "1.0.0", expire);

void pexpire(Context& c) { expire_at(c, 1, c.now_ms); }
constexpr CommandSpec kPexpire =
    expiry_setter("pexpire", "key milliseconds:integer condition=[NX|XX|GT|LT]",
                  "Lets a key expire after some milliseconds.", "2.6.0", pexpire);

void expireat(Context& c) { expire_at(c, 1000, 0); }
constexpr CommandSpec kExpireat =
    expiry_setter("expireat", "key unix-time-seconds:unix-time condition=[NX|XX|GT|LT]",
                  "Lets a key expire at a time in seconds.", "1.2.0", expireat);

void pexpireat(Context& c) { expire_at(c, 1, 0); }
constexpr CommandSpec kPexpireat =
    expiry_setter("pexpireat", "key unix-time-milliseconds:unix-time condition=[NX|XX|GT|LT]",
                  "Lets a key expire at a time in milliseconds.", "2.6.0", pexpireat);

// Answers a time in units of ms, rounded; -2 for no key, -1 for no expiry.
void answer_expiry(Context& c, bool absolute, int64_t unit_ms) {
  const Entry* entry = c.keys.find(c.key(1), kLookupNoTouch);
  if (!entry) return c.reply.integer(-2);
  if (!entry->has_ttl()) return c.reply.integer(-1);
  int64_t time_ms = entry->expire_at_ms() - (absolute ? 0 : c.now_ms);
  if (time_ms < 0) time_ms = 0;
  c.reply.integer(time_ms / unit_ms + (time_ms % unit_ms * 2 >= unit_ms && unit_ms > 1));
}

constexpr CommandSpec expiry_getter(std::string_view name, std::string_view summary,
                                    std::string_view since, std::string_view tips, Handler run) {
  return {.name = name,
          .arity = 2,
          .flags = kReadonly | kFast,
          .keys = one_key(kKeyRead),
          .args = "key",
          .summary = summary,
          .since = since,
          .tips = tips,
          .run = run};
}

void ttl(Context& c) { answer_expiry(c, false, 1000); }
constexpr CommandSpec kTtl = expiry_getter("ttl", "Answers for how many seconds a key still lives.",
                                           "1.0.0", "nondeterministic_output", ttl);

void pttl(Context& c) { answer_expiry(c, false, 1); }
constexpr CommandSpec kPttl =
    expiry_getter("pttl", "Answers for how many milliseconds a key still lives.", "2.6.0",
                  "nondeterministic_output", pttl);

void expiretime(Context& c) { answer_expiry(c, true, 1000); }
constexpr CommandSpec kExpiretime = expiry_getter(
    "expiretime", "Answers when a key expires, as unix time in seconds.", "7.0.0", "", expiretime);

void pexpiretime(Context& c) { answer_expiry(c, true, 1); }
constexpr CommandSpec kPexpiretime =
    expiry_getter("pexpiretime", "Answers when a key expires, as unix time in milliseconds.",
                  "7.0.0", "", pexpiretime);

void persist(Context& c) {
  WriteGuard guard = c.keys.write(c.key(1));
  if (!guard.exists() || !guard.entry()->has_ttl()) return c.reply.integer(0);
  guard.clear_expiry();
  guard.commit(event::kPersist);
  c.reply.integer(1);
}
constexpr CommandSpec kPersist = {.name = "persist",
                                  .arity = 2,
                                  .flags = kWrite | kFast,
                                  .keys = one_key(kKeyRw | kKeyUpdate),
                                  .args = "key",
                                  .summary = "Removes the expiry of a key.",
                                  .since = "2.2.0",
                                  .run = persist};

}  // namespace

std::span<const CommandSpec* const> expire_commands() {
  static constexpr const CommandSpec* kAll[] = {&kExpire,     &kPexpire,     &kExpireat,
                                                &kPexpireat,  &kTtl,         &kPttl,
                                                &kExpiretime, &kPexpiretime, &kPersist};
  return kAll;
}

}  // namespace redstart
