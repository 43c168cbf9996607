// The hashes family, part 4: values and expiries in one step.
#include "commands/families.h"
#include "commands/hash_fields.h"
#include "engine/arg_reader.h"

namespace redstart {

namespace {

constexpr std::string_view kSecondExpiry =
    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified";
constexpr std::string_view kSecondCondition =
    "ERR Only one of FXX or FNX arguments can be specified";

// Takes EX, PX, EXAT or PXAT and the unix time in ms that it means. Errors latch in `args`.
bool take_time(Context& c, ArgReader& args, int64_t* at_ms) {
  std::string_view word = args.peek();
  bool seconds = equals_fold(word, "EX") || equals_fold(word, "EXAT");
  bool absolute = equals_fold(word, "EXAT") || equals_fold(word, "PXAT");
  if (!seconds && !absolute && !equals_fold(word, "PX")) return false;
  args.next();
  if (!args.more()) {
    args.fail("ERR missing expire time");
    return true;
  }
  int64_t amount = args.integer();
  int64_t unit_ms = seconds ? 1000 : 1, base_ms = absolute ? 0 : c.now_ms;
  if (amount < 0) args.fail("ERR invalid expire time, must be >= 0");
  if (amount > (kFieldExpiryMax - base_ms) / unit_ms) {
    args.fail(err::invalid_expire(c.spec().name));
  }
  if (args.ok()) *at_ms = amount * unit_ms + base_ms;
  return true;
}

void propagate_fields(Context& c, std::initializer_list<std::string_view> head,
                      const std::vector<std::string_view>& fields) {
  std::vector<std::string_view> effect(head);
  effect.insert(effect.end(), fields.begin(), fields.end());
  c.propagate_as(effect);
}

void hgetdel(Context& c) {
  Args fields;
  Edit<Hash> hash(c, c.key(1));
  if (!hash || !read_fields(c, 2, kFieldCountError, &fields)) return;
  std::vector<std::string_view> deleted;
  c.reply.array(fields.size());
  for (std::string_view field : fields) {
    HashItem item;
    if (!find_live(c, hash, field, &item)) {
      c.reply.null();
      continue;
    }
    answer_item(c.reply, item.value);
    hash->erase(field);
    deleted.push_back(field);
  }
  if (deleted.empty()) return;
  hash.commit(event::kHdel);
  propagate_fields(c, {"HDEL", c.arg(1)}, deleted);
}
constexpr CommandSpec kHgetdel = {.name = "hgetdel",
                                  .arity = -5,
                                  .flags = kWrite | kFast,
                                  .group = Group::kHash,
                                  .keys = one_key(kKeyRw | kKeyAccess | kKeyDelete),
                                  .args = "key (FIELDS numfields:integer field+)",
                                  .summary = "Answers the values of fields and deletes these.",
                                  .since = "8.0.0",
                                  .complexity = "O(N) for N fields",
                                  .run = hgetdel};

// What HGETEX does to each field that it answers.
struct GetexChange {
  bool timed = false;
  bool persist = false;
  int64_t at_ms = 0;
};

void hgetex(Context& c) {
  Edit<Hash> hash(c, c.key(1));
  if (!hash) return;
  ArgReader args(c.args, 2);
  GetexChange change;
  change.timed = take_time(c, args, &change.at_ms);
  change.persist = !change.timed && args.flag("PERSIST");
  if (!args.ok()) return c.reply.error(args.error());
  Args fields;
  if (!read_fields(c, args.position(), kFieldCountError, &fields)) return;
  FieldExpiry expiry(c, hash, change.at_ms);
  std::vector<std::string_view> persisted;
  c.reply.array(fields.size());
  for (std::string_view field : fields) {
    HashItem item;
    if (!find_live(c, hash, field, &item)) {
      c.reply.null();
      continue;
    }
    answer_item(c.reply, item.value);
    if (change.timed) expiry.apply(field);
    if (!change.persist || item.expire_at_ms == kFieldStays) continue;
    hash->set_expiry(field, kFieldStays);
    persisted.push_back(field);
  }
  expiry.finish({});
  if (persisted.empty()) return;
  hash.commit(event::kHpersist);
  propagate_fields(
      c, {"HPERSIST", c.arg(1), "FIELDS", int64_text(static_cast<int64_t>(persisted.size()))},
      persisted);
}
constexpr CommandSpec kHgetex = {
    .name = "hgetex",
    .arity = -5,
    .flags = kWrite | kFast,
    .group = Group::kHash,
    .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
    .args =
        "key [EX seconds:integer|PX milliseconds:integer|EXAT unix-time-seconds:unix-time|"
        "PXAT unix-time-milliseconds:unix-time|PERSIST] (FIELDS numfields:integer field+)",
    .summary = "Answers the values of fields and changes when these expire.",
    .since = "8.0.0",
    .complexity = "O(N) for N fields",
    .run = hgetex};

struct SetexOptions {
  bool all_new = false;
  bool all_there = false;
  bool timed = false;
  bool keep_expiry = false;
  int64_t at_ms = 0;
  Args pairs = {};
};

void read_setex_word(Context& c, ArgReader& args, SetexOptions* options) {
  bool had_condition = options->all_new || options->all_there;
  bool had_expiry = options->timed || options->keep_expiry;
  if (args.flag("FNX")) {
    options->all_new = true;
    if (had_condition) args.fail(kSecondCondition);
  } else if (args.flag("FXX")) {
    options->all_there = true;
    if (had_condition) args.fail(kSecondCondition);
  } else if (args.flag("KEEPTTL")) {
    options->keep_expiry = true;
    if (had_expiry) args.fail(kSecondExpiry);
  } else if (take_time(c, args, &options->at_ms)) {
    options->timed = true;
    if (had_expiry) args.fail(kSecondExpiry);
  } else {
    args.fail("ERR unknown argument: " + std::string(args.peek()));
  }
}

bool read_setex(Context& c, SetexOptions* options) {
  ArgReader args(c.args, 2);
  while (args.more() && !args.flag("FIELDS")) read_setex_word(c, args, options);
  if (args.ok() && args.left() == 0) args.fail("ERR missing FIELDS argument");
  int64_t count = args.ok() ? args.integer("ERR invalid number of fields") : 0;
  if (count < 1) args.fail("ERR invalid number of fields");
  options->pairs = args.rest();
  size_t given = options->pairs.size();
  if (given % 2 != 0 || given / 2 != static_cast<uint64_t>(count)) {
    args.fail(err::wrong_arity(c.spec().name));
  }
  if (!args.ok()) c.reply.error(args.error());
  return args.ok();
}

void hsetex(Context& c) {
  SetexOptions options;
  if (!read_setex(c, &options)) return;
  Edit<Hash> hash(c, c.key(1));
  if (!hash) return;
  const Args& pairs = options.pairs;
  bool conditional = options.all_new || options.all_there;
  for (size_t i = 0; conditional && i < pairs.size(); i += 2) {
    HashItem item;
    if (find_live(c, hash, pairs[i], &item) == options.all_new) return c.reply.integer(0);
  }
  for (size_t i = 0; i < pairs.size(); i += 2) {
    hash->set(pairs[i], pairs[i + 1], options.keep_expiry);
  }
  hash.commit(event::kHset);
  c.reply.integer(1);
  if (!options.timed) return;
  propagate_fields(c, {"HSET", c.arg(1)}, {pairs.begin(), pairs.end()});
  FieldExpiry expiry(c, hash, options.at_ms);
  for (size_t i = 0; i < pairs.size(); i += 2) {
    HashItem item;
    // A field that was named twice may be gone already.
    if (hash->find(pairs[i], &item)) expiry.apply(pairs[i]);
  }
  expiry.finish({});
}
constexpr CommandSpec kHsetex = {
    .name = "hsetex",
    .arity = -6,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kHash,
    .keys = one_key(kKeyRw | kKeyUpdate),
    .args =
        "key [FNX|FXX] [EX seconds:integer|PX milliseconds:integer|"
        "EXAT unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|KEEPTTL] "
        "(FIELDS numfields:integer (field value)+)",
    .summary = "Sets the values of some fields and when these expire.",
    .since = "8.0.0",
    .complexity = "O(N) for N fields",
    .run = hsetex};

}  // namespace

std::span<const CommandSpec* const> hash_expire_value_commands() {
  static constexpr const CommandSpec* kAll[] = {&kHgetdel, &kHgetex, &kHsetex};
  return kAll;
}

}  // namespace redstart
