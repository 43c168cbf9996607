// The strings family, part 3: strings that are counters.
#include <cmath>
#include <limits>

#include "commands/families.h"
#include "commands/string_access.h"

namespace redstart {

namespace {

void add_to(Context& c, int64_t increment) {
  WriteGuard guard = c.keys.write(c.key(1));
  if (!expect_string(c, guard)) return;
  int64_t value = 0;
  if (guard.exists() && !guard.entry()->string_int(&value)) {
    return c.reply.error(err::kNotInteger);
  }
  if (__builtin_add_overflow(value, increment, &value)) return c.reply.error(err::kOverflow);
  guard.put_int(value);
  guard.commit(event::kIncrBy);
  c.reply.integer(value);
}

constexpr CommandSpec counter(std::string_view name, int arity, std::string_view args,
                              std::string_view summary, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kWrite | kDenyOom | kFast,
          .group = Group::kString,
          .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
          .args = args,
          .summary = summary,
          .run = run};
}

void incr(Context& c) { add_to(c, 1); }
constexpr CommandSpec kIncr =
    counter("incr", 2, "key", "Adds one to the integer at a key, which begins at 0.", incr);

void decr(Context& c) { add_to(c, -1); }
constexpr CommandSpec kDecr =
    counter("decr", 2, "key", "Takes one from the integer at a key, which begins at 0.", decr);

void incrby(Context& c) {
  int64_t increment = 0;
  if (!parse_int64(c.arg(2), &increment)) return c.reply.error(err::kNotInteger);
  add_to(c, increment);
}
constexpr CommandSpec kIncrby =
    counter("incrby", 3, "key increment:integer", "Adds a number to the integer at a key.", incrby);

void decrby(Context& c) {
  int64_t decrement = 0;
  if (!parse_int64(c.arg(2), &decrement)) return c.reply.error(err::kNotInteger);
  // Its negative does not exist.
  if (decrement == std::numeric_limits<int64_t>::min()) {
    return c.reply.error("ERR decrement would overflow");
  }
  add_to(c, -decrement);
}
constexpr CommandSpec kDecrby = counter("decrby", 3, "key decrement:integer",
                                        "Takes a number from the integer at a key.", decrby);

void incrbyfloat(Context& c) {
  WriteGuard guard = c.keys.write(c.key(1));
  if (!expect_string(c, guard)) return;
  IntText scratch;
  long double value = 0, increment = 0;
  if ((guard.exists() && !parse_long_double(guard.entry()->string(scratch), &value)) ||
      !parse_long_double(c.arg(2), &increment)) {
    return c.reply.error(err::kNotFloat);
  }
  value += increment;
  if (!std::isfinite(value)) return c.reply.error(err::kNanOrInfinity);
  char buffer[kLongDoubleTextMax];
  std::string_view text(buffer, write_long_double(buffer, value));
  guard.put_text(text, Ttl::kKeep);
  guard.commit(event::kIncrByFloat);
  c.reply.bulk(text);
  // The result, not the sum: another machine may round in another way.
  c.propagate_as({"SET", c.arg(1), text, "KEEPTTL"});
}
constexpr CommandSpec kIncrbyfloat = {
    .name = "incrbyfloat",
    .arity = 3,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kString,
    .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
    .args = "key increment:double",
    .summary = "Adds a fraction to the number at a key, which begins at 0.",
    .since = "2.6.0",
    .run = incrbyfloat};

}  // namespace

std::span<const CommandSpec* const> string_number_commands() {
  static constexpr const CommandSpec* kAll[] = {&kIncr, &kDecr, &kIncrby, &kDecrby, &kIncrbyfloat};
  return kAll;
}

}  // namespace redstart
