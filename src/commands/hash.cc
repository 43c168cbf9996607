// The hashes family, part 1: fields and their values.
#include <cmath>

#include "commands/families.h"
#include "commands/hash_access.h"

namespace redstart {

namespace {

constexpr CommandSpec hash_reader(std::string_view name, int arity, std::string_view args,
                                  std::string_view summary, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kReadonly | kFast,
          .group = Group::kHash,
          .keys = one_key(kKeyRead),
          .args = args,
          .summary = summary,
          .since = "2.0.0",
          .run = run};
}

void hget(Context& c) {
  HashView hash;
  HashItem item;
  if (!find(c, c.key(1), &hash)) return;
  if (!find_live(c, c.key(1), &hash, c.arg(2), &item)) return c.reply.null();
  answer_item(c.reply, item.value);
}
constexpr CommandSpec kHget =
    hash_reader("hget", 3, "key field", "Answers the value of a field.", hget);

// Deletes fields whose time has come: one event, however many they are.
void erase_expired(Context& c, const Key& key, std::span<const std::string_view> fields) {
  if (fields.empty() || !may_expire(c)) return;
  Edit<Hash> hash(c, key);
  std::vector<std::string> erased;
  for (std::string_view field : fields) {
    if (hash->erase(field)) erased.emplace_back(field);
  }
  hash.commit_expired(erased);
}

void hmget(Context& c) {
  HashView hash;
  HashItem item;
  if (!find(c, c.key(1), &hash)) return;
  std::vector<std::string_view> expired;
  const int64_t now_ms = expiry_now_ms(c);
  c.reply.array(c.argc() - 2);
  for (std::string_view field : c.args.subspan(2)) {
    bool found = hash.find(field, &item);
    if (found && item.expired(now_ms)) {
      expired.push_back(field);
      found = false;
    }
    found ? answer_item(c.reply, item.value) : c.reply.null();
  }
  erase_expired(c, c.key(1), expired);
}
constexpr CommandSpec kHmget = {.name = "hmget",
                                .arity = -3,
                                .flags = kReadonly | kFast,
                                .group = Group::kHash,
                                .keys = one_key(kKeyRead),
                                .args = "key field+",
                                .summary = "Answers the values of some fields.",
                                .since = "2.0.0",
                                .complexity = "O(N) for N fields",
                                .run = hmget};

void hexists(Context& c) {
  HashView hash;
  HashItem item;
  if (!find(c, c.key(1), &hash)) return;
  c.reply.integer(find_live(c, c.key(1), &hash, c.arg(2), &item));
}
constexpr CommandSpec kHexists = {.name = "hexists",
                                  .arity = 3,
                                  .flags = kReadonly | kFast,
                                  .group = Group::kHash,
                                  .keys = one_key(kKeyRo),
                                  .args = "key field",
                                  .summary = "Answers whether a hash has a field.",
                                  .since = "2.0.0",
                                  .run = hexists};

void hstrlen(Context& c) {
  HashView hash;
  HashItem item;
  if (!find(c, c.key(1), &hash)) return;
  bool found = find_live(c, c.key(1), &hash, c.arg(2), &item);
  c.reply.integer(found ? static_cast<int64_t>(item.value.text_size()) : 0);
}
constexpr CommandSpec kHstrlen = {.name = "hstrlen",
                                  .arity = 3,
                                  .flags = kReadonly | kFast,
                                  .group = Group::kHash,
                                  .keys = one_key(kKeyRo),
                                  .args = "key field",
                                  .summary = "Answers how many bytes the value of a field has.",
                                  .since = "3.2.0",
                                  .run = hstrlen};

void hlen(Context& c) {
  HashView hash;
  if (!find(c, c.key(1), &hash)) return;
  c.reply.integer(static_cast<int64_t>(hash.size()));
}
constexpr CommandSpec kHlen = {.name = "hlen",
                               .arity = 2,
                               .flags = kReadonly | kFast,
                               .group = Group::kHash,
                               .keys = one_key(kKeyRo),
                               .args = "key",
                               .summary = "Answers how many fields a hash has.",
                               .since = "2.0.0",
                               .run = hlen};

// How many fields are alive.
size_t live_size(Context& c, const HashView& hash) {
  if (hash.next_expiry_ms() >= expiry_now_ms(c)) return hash.size();
  const int64_t now_ms = expiry_now_ms(c);
  size_t live = 0;
  hash.for_each([&](const HashItem& item) { live += !item.expired(now_ms); });
  return live;
}

template <class Answer>
void for_each_live(Context& c, const HashView& hash, Answer&& answer) {
  const int64_t now_ms = expiry_now_ms(c);
  hash.for_each([&](const HashItem& item) {
    if (!item.expired(now_ms)) answer(item);
  });
}

constexpr CommandSpec whole_hash(std::string_view name, std::string_view summary, Handler run) {
  return {.name = name,
          .arity = 2,
          .flags = kReadonly,
          .group = Group::kHash,
          .keys = one_key(kKeyRead),
          .args = "key",
          .summary = summary,
          .since = "2.0.0",
          .complexity = "O(N) for N fields",
          .tips = "nondeterministic_output_order",
          .run = run};
}

void hgetall(Context& c) {
  HashView hash;
  if (!find(c, c.key(1), &hash)) return;
  c.reply.map(live_size(c, hash));
  for_each_live(c, hash, [&](const HashItem& item) {
    answer_item(c.reply, item.field);
    answer_item(c.reply, item.value);
  });
}
constexpr CommandSpec kHgetall =
    whole_hash("hgetall", "Answers all fields with their values.", hgetall);

void hkeys(Context& c) {
  HashView hash;
  if (!find(c, c.key(1), &hash)) return;
  c.reply.array(live_size(c, hash));
  for_each_live(c, hash, [&](const HashItem& item) { answer_item(c.reply, item.field); });
}
constexpr CommandSpec kHkeys = whole_hash("hkeys", "Answers all fields.", hkeys);

void hvals(Context& c) {
  HashView hash;
  if (!find(c, c.key(1), &hash)) return;
  c.reply.array(live_size(c, hash));
  for_each_live(c, hash, [&](const HashItem& item) { answer_item(c.reply, item.value); });
}
constexpr CommandSpec kHvals = whole_hash("hvals", "Answers the values of all fields.", hvals);

// Changes

constexpr CommandSpec hash_writer(std::string_view name, int arity, std::string_view args,
                                  std::string_view summary, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kWrite | kDenyOom | kFast,
          .group = Group::kHash,
          .keys = one_key(kKeyRw | kKeyUpdate),
          .args = args,
          .summary = summary,
          .since = "2.0.0",
          .complexity = "O(1) per field",
          .run = run};
}

// False: an error has been answered.
bool set_fields(Context& c, int64_t* added) {
  if (c.argc() % 2 != 0) {
    c.reply.error(err::wrong_arity(c.spec().name));
    return false;
  }
  Edit<Hash> hash(c, c.key(1));
  if (!hash) return false;
  hash->expect((c.argc() - 2) / 2);
  for (size_t i = 2; i < c.argc(); i += 2) *added += hash->set(c.arg(i), c.arg(i + 1));
  hash.commit(event::kHset);
  return true;
}

void hset(Context& c) {
  int64_t added = 0;
  if (set_fields(c, &added)) c.reply.integer(added);
}
constexpr CommandSpec kHset =
    hash_writer("hset", -4, "key (field value)+", "Sets the values of some fields.", hset);

void hmset(Context& c) {
  int64_t added = 0;
  if (set_fields(c, &added)) c.reply.ok();
}
constexpr CommandSpec kHmset = {.name = "hmset",
                                .arity = -4,
                                .flags = kWrite | kDenyOom | kFast,
                                .group = Group::kHash,
                                .keys = one_key(kKeyRw | kKeyUpdate),
                                .args = "key (field value)+",
                                .summary = "Sets the values of some fields: HSET that answers OK.",
                                .since = "2.0.0",
                                .complexity = "O(N) for N fields",
                                .deprecated = "4.0.0:`HSET` with multiple field-value pairs",
                                .run = hmset};

void hsetnx(Context& c) {
  Edit<Hash> hash(c, c.key(1));
  HashItem item;
  if (!hash) return;
  if (find_live(c, hash, c.arg(2), &item)) return c.reply.integer(0);
  hash->set(c.arg(2), c.arg(3));
  hash.commit(event::kHset);
  c.reply.integer(1);
}
constexpr CommandSpec kHsetnx = {.name = "hsetnx",
                                 .arity = 4,
                                 .flags = kWrite | kDenyOom | kFast,
                                 .group = Group::kHash,
                                 .keys = one_key(kKeyRw | kKeyInsert),
                                 .args = "key field value",
                                 .summary = "Sets the value of a field that does not exist yet.",
                                 .since = "2.0.0",
                                 .run = hsetnx};

void hdel(Context& c) {
  Edit<Hash> hash(c, c.key(1));
  if (!hash) return;
  int64_t deleted = 0;
  for (std::string_view field : c.args.subspan(2)) deleted += hash->erase(field);
  if (deleted > 0) hash.commit(event::kHdel);
  c.reply.integer(deleted);
}
constexpr CommandSpec kHdel = {.name = "hdel",
                               .arity = -3,
                               .flags = kWrite | kFast,
                               .group = Group::kHash,
                               .keys = one_key(kKeyRw | kKeyDelete),
                               .args = "key field+",
                               .summary = "Deletes fields, and the hash with the last of them.",
                               .since = "2.0.0",
                               .complexity = "O(N) for N fields",
                               .run = hdel};

bool item_int(const ListpackItem& item, int64_t* number) {
  *number = item.number;
  return item.is_number || parse_int64(item.text, number);
}

void hincrby(Context& c) {
  int64_t increment = 0, value = 0;
  if (!parse_int64(c.arg(3), &increment)) return c.reply.error(err::kNotInteger);
  Edit<Hash> hash(c, c.key(1));
  HashItem item;
  if (!hash) return;
  if (find_live(c, hash, c.arg(2), &item) && !item_int(item.value, &value)) {
    return c.reply.error("ERR hash value is not an integer");
  }
  if (__builtin_add_overflow(value, increment, &value)) return c.reply.error(err::kOverflow);
  char text[kIntTextMax];
  hash->set(c.arg(2), {text, write_int64(text, value)}, true);
  hash.commit(event::kHincrby);
  c.reply.integer(value);
}
constexpr CommandSpec kHincrby = {.name = "hincrby",
                                  .arity = 4,
                                  .flags = kWrite | kDenyOom | kFast,
                                  .group = Group::kHash,
                                  .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
                                  .args = "key field increment:integer",
                                  .summary = "Adds to the integer in a field, which begins at 0.",
                                  .since = "2.0.0",
                                  .run = hincrby};

void hincrbyfloat(Context& c) {
  long double increment = 0, value = 0;
  if (!parse_long_double(c.arg(3), &increment)) return c.reply.error(err::kNotFloat);
  if (!std::isfinite(increment)) return c.reply.error("ERR value is NaN or Infinity");
  Edit<Hash> hash(c, c.key(1));
  HashItem item;
  if (!hash) return;
  char scratch[kIntTextMax];
  if (find_live(c, hash, c.arg(2), &item) && !parse_long_double(item.value.view(scratch), &value)) {
    return c.reply.error("ERR hash value is not a float");
  }
  value += increment;
  if (!std::isfinite(value)) return c.reply.error(err::kNanOrInfinity);
  char buffer[kLongDoubleTextMax];
  std::string_view text(buffer, write_long_double(buffer, value));
  hash->set(c.arg(2), text, true);
  hash.commit(event::kHincrbyfloat);
  c.reply.bulk(text);
  // The result, not the sum: another machine may round in another way.
  c.propagate_as({"HSET", c.arg(1), c.arg(2), text});
}
constexpr CommandSpec kHincrbyfloat = {
    .name = "hincrbyfloat",
    .arity = 4,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kHash,
    .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
    .args = "key field increment:double",
    .summary = "Adds to the number in a field, which begins at 0.",
    .since = "2.6.0",
    .run = hincrbyfloat};

}  // namespace

std::span<const CommandSpec* const> hash_commands() {
  static constexpr const CommandSpec* kAll[] = {
      &kHget,  &kHmget, &kHexists, &kHstrlen, &kHlen, &kHgetall, &kHkeys,
      &kHvals, &kHset,  &kHmset,   &kHsetnx,  &kHdel, &kHincrby, &kHincrbyfloat};
  return kAll;
}

}  // namespace redstart
