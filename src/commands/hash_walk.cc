// The hashes family, part 2: walks and draws.
#include <climits>
#include <vector>

#include "commands/collection_scan.h"
#include "commands/families.h"
#include "commands/hash_access.h"

namespace redstart {

namespace {

void hscan(Context& c) {
  CollectionScan scan;
  HashView hash;
  if (!read_scan_cursor(c, &scan) || !find(c, c.key(1), &hash)) return;
  if (!hash.held().object) {
    answer_scan_cursor(c.reply, 0);
    return c.reply.array(0);
  }
  if (!read_scan_options(c, true, &scan)) return;
  std::vector<HashItem> found;
  int64_t looked_at = 0;
  const int64_t now_ms = expiry_now_ms(c);
  char scratch[kIntTextMax];
  uint64_t cursor = hash.scan(scan.cursor, [&](const HashItem& item) {
    if (!item.expired(now_ms) && scan.matches(item.field.view(scratch))) found.push_back(item);
    return ++looked_at >= scan.count;
  });
  answer_scan_cursor(c.reply, cursor);
  c.reply.array(found.size() * (scan.no_values ? 1 : 2));
  for (const HashItem& item : found) {
    answer_item(c.reply, item.field);
    if (!scan.no_values) answer_item(c.reply, item.value);
  }
}
constexpr CommandSpec kHscan = {
    .name = "hscan",
    .arity = -3,
    .flags = kReadonly,
    .group = Group::kHash,
    .keys = one_key(kKeyRead),
    .args = "key cursor:integer [MATCH pattern:pattern] [COUNT count:integer] [NOVALUES]",
    .summary = "Walks over the fields of a hash, some of them per call.",
    .since = "2.8.0",
    .complexity = "O(1) per call, O(N) for a whole walk over N fields",
    .tips = "nondeterministic_output",
    .run = hscan};

// Deletes all fields whose time has come; a draw among the rest is fair then.
void expire_fields(Context& c, HashView* hash) {
  if (hash->next_expiry_ms() >= expiry_now_ms(c) || !may_expire(c)) return;
  WriteGuard guard = c.keys.write(c.key(1));
  guard.expire_elements(SIZE_MAX);
  *hash = guard.exists() ? HashView(held_by(*guard.entry())) : HashView();
}

struct Draw {
  int64_t count = 0;
  bool with_values = false;
};

bool read_draw(Context& c, Draw* draw) {
  if (!parse_int64(c.arg(2), &draw->count)) {
    c.reply.error(err::kNotInteger);
    return false;
  }
  draw->with_values = c.argc() == 4 && equals_fold(c.arg(3), "WITHVALUES");
  std::string_view error;
  if (draw->count == INT64_MIN) {
    error = kCountOutOfRange;
  } else if (c.argc() > 4 || (c.argc() == 4 && !draw->with_values)) {
    error = err::kSyntax;
  } else if (draw->with_values && (draw->count < -INT64_MAX / 2 || draw->count > INT64_MAX / 2)) {
    error = err::kOutOfRange;
  }
  if (!error.empty()) c.reply.error(error);
  return error.empty();
}

void answer_draw(Context& c, const Draw& draw, const HashItem& item) {
  if (draw.with_values) c.reply.flat_pair();
  answer_item(c.reply, item.field);
  if (draw.with_values) answer_item(c.reply, item.value);
}

void begin_draws(Context& c, const Draw& draw, size_t count) {
  draw.with_values ? c.reply.flat_pairs(count) : c.reply.array(count);
}

void hrandfield(Context& c) {
  Draw draw;
  bool counted = c.argc() > 2;
  if (counted && !read_draw(c, &draw)) return;
  HashView hash;
  if (!find(c, c.key(1), &hash)) return;
  expire_fields(c, &hash);
  Random& random = c.engine.random();
  if (!counted) {
    if (hash.empty()) return c.reply.null();
    return answer_item(c.reply, hash.random(random).field);
  }
  if (hash.empty() || draw.count == 0) return c.reply.array(0);
  if (draw.count < 0) {
    auto count = static_cast<size_t>(-draw.count);
    begin_draws(c, draw, count);
    for (; count > 0; count--) answer_draw(c, draw, hash.random(random));
    return;
  }
  std::vector<HashItem> drawn;
  hash.sample(random, static_cast<size_t>(draw.count), &drawn);
  begin_draws(c, draw, drawn.size());
  for (const HashItem& item : drawn) answer_draw(c, draw, item);
}
constexpr CommandSpec kHrandfield = {.name = "hrandfield",
                                     .arity = -2,
                                     .flags = kReadonly,
                                     .group = Group::kHash,
                                     .keys = one_key(kKeyRead),
                                     .args = "key [(count:integer [WITHVALUES])]",
                                     .summary = "Answers fields drawn at random.",
                                     .since = "6.2.0",
                                     .complexity = "O(N) for N answered fields",
                                     .tips = "nondeterministic_output",
                                     .run = hrandfield};

}  // namespace

std::span<const CommandSpec* const> hash_walk_commands() {
  static constexpr const CommandSpec* kAll[] = {&kHscan, &kHrandfield};
  return kAll;
}

}  // namespace redstart
