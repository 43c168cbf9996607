// The strings family, part 1: reading strings, editing them in place, and many of them at once.
#include "base/hash.h"
#include "commands/families.h"
#include "commands/string_access.h"
#include "commands/string_digest.h"
#include "engine/engine.h"

namespace redstart {

namespace {

void get(Context& c) {
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  entry ? answer_string(c.reply, *entry) : c.reply.null();
}
constexpr CommandSpec kGet = {.name = "get",
                              .arity = 2,
                              .flags = kReadonly | kFast,
                              .group = Group::kString,
                              .keys = one_key(kKeyRead),
                              .args = "key",
                              .summary = "Answers the string at a key.",
                              .run = get};

void strlen(Context& c) {
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  c.reply.integer(entry ? static_cast<int64_t>(entry->string_size()) : 0);
}
constexpr CommandSpec kStrlen = {.name = "strlen",
                                 .arity = 2,
                                 .flags = kReadonly | kFast,
                                 .group = Group::kString,
                                 .keys = one_key(kKeyRo),
                                 .args = "key",
                                 .summary = "Answers how many bytes the string at a key has.",
                                 .since = "2.2.0",
                                 .run = strlen};

void digest(Context& c) {
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  if (!entry) return c.reply.null();
  IntText scratch;
  char text[kDigestText];
  write_digest(text, digest_bytes(entry->string(scratch)));
  c.reply.bulk({text, kDigestText});
}
constexpr CommandSpec kDigest = {
    .name = "digest",
    .arity = 2,
    .flags = kReadonly | kFast,
    .group = Group::kString,
    .keys = one_key(kKeyRead),
    .args = "key",
    .summary = "Answers the XXH3 digest of the string at a key as 16 hexadecimal digits.",
    .since = "8.4.0",
    .complexity = "O(N) for N bytes",
    .run = digest};

void getrange(Context& c) {
  int64_t start = 0, end = 0;
  if (!parse_int64(c.arg(2), &start) || !parse_int64(c.arg(3), &end)) {
    return c.reply.error(err::kNotInteger);
  }
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  if (!entry) return c.reply.bulk("");
  IntText scratch;
  std::string_view text = entry->string(scratch);
  int64_t size = static_cast<int64_t>(text.size());
  // Negative positions count from the end; what lies before the first byte is the first byte for
  // `start` alone.
  if (start < 0) start += size;
  if (end < 0) end += size;
  if (start < 0) start = 0;
  if (end >= size) end = size - 1;
  if (end < 0 || start > end) return c.reply.bulk("");
  c.reply.bulk(text.substr(static_cast<size_t>(start), static_cast<size_t>(end - start + 1)));
}
constexpr CommandSpec kGetrange = {.name = "getrange",
                                   .arity = 4,
                                   .flags = kReadonly,
                                   .group = Group::kString,
                                   .keys = one_key(kKeyRead),
                                   .args = "key start:integer end:integer",
                                   .summary = "Answers a part of the string at a key.",
                                   .since = "2.4.0",
                                   .complexity = "O(N) for N answered bytes",
                                   .run = getrange};

constexpr CommandSpec kSubstr = {
    .name = "substr",
    .arity = 4,
    .flags = kReadonly,
    .group = Group::kString,
    .keys = one_key(kKeyRead),
    .args = "key start:integer end:integer",
    .summary = "Answers a part of the string at a key: GETRANGE under its first name.",
    .complexity = "O(N) for N answered bytes",
    .deprecated = "2.0.0:`GETRANGE`",
    .run = getrange};

// Whether a string may become `size` plus `added` bytes long; else the error has been answered.
bool may_grow(Context& c, uint64_t size, uint64_t added) {
  // Both are lengths or parsed positive integers, so the sum fits 64 bits.
  if (size + added <= c.engine.settings().proto_max_bulk_len) return true;
  c.reply.error(err::kStringTooLong);
  return false;
}

void append(Context& c) {
  std::string_view added = c.arg(2);
  WriteGuard guard = c.keys.write(c.key(1));
  if (!expect_string(c, guard)) return;
  size_t size = added.size();
  if (!guard.exists()) {
    guard.put_string(added);
  } else {
    size_t before = guard.entry()->string_size();
    if (!may_grow(c, before, size)) return;
    size += before;
    char* bytes = guard.edit_string(size, true);
    added.copy(bytes + before, added.size());
  }
  guard.commit(event::kAppend);
  c.reply.integer(static_cast<int64_t>(size));
}
constexpr CommandSpec kAppend = {.name = "append",
                                 .arity = 3,
                                 .flags = kWrite | kDenyOom | kFast,
                                 .group = Group::kString,
                                 .keys = one_key(kKeyRw | kKeyInsert),
                                 .args = "key value",
                                 .summary = "Adds bytes at the end of the string at a key.",
                                 .since = "2.0.0",
                                 .complexity = "O(1) amortized, room to grow is kept",
                                 .run = append};

void setrange(Context& c) {
  int64_t offset = 0;
  if (!parse_int64(c.arg(2), &offset)) return c.reply.error(err::kNotInteger);
  if (offset < 0) return c.reply.error(err::kOffsetOutOfRange);
  std::string_view value = c.arg(3);
  WriteGuard guard = c.keys.write(c.key(1));
  if (!expect_string(c, guard)) return;
  size_t size = guard.exists() ? guard.entry()->string_size() : 0;
  if (value.empty()) return c.reply.integer(static_cast<int64_t>(size));
  if (!may_grow(c, static_cast<uint64_t>(offset), value.size())) return;
  size_t at = static_cast<size_t>(offset);
  if (at + value.size() > size) size = at + value.size();
  value.copy(guard.edit_string(size) + at, value.size());
  guard.commit(event::kSetRange);
  c.reply.integer(static_cast<int64_t>(size));
}
constexpr CommandSpec kSetrange = {
    .name = "setrange",
    .arity = 4,
    .flags = kWrite | kDenyOom,
    .group = Group::kString,
    .keys = one_key(kKeyRw | kKeyUpdate),
    .args = "key offset:integer value",
    .summary = "Overwrites a part of the string at a key, which grows with zero bytes as needed.",
    .since = "2.2.0",
    .complexity = "O(N) for N written bytes",
    .run = setrange};

void mget(Context& c) {
  c.reply.array(c.argc() - 1);
  for_each_key(c, 1, 1, [&](const Key& key, size_t) {
    const Entry* entry = c.keys.find(key);
    entry && entry->type() == Type::kString ? answer_string(c.reply, *entry) : c.reply.null();
  });
}
constexpr CommandSpec kMget = {
    .name = "mget",
    .arity = -2,
    .flags = kReadonly | kFast | kManyKeys,
    .group = Group::kString,
    .keys = key_range(kKeyRead, 1, -1, 1),
    .args = "key+",
    .summary = "Answers the strings at several keys, nil for what is no string.",
    .complexity = "O(N) for N keys",
    .tips = "request_policy:multi_shard",
    .run = mget};

void store_pairs(Context& c) {
  for_each_key(c, 1, 2, [&](const Key& key, size_t position) {
    WriteGuard guard = c.keys.write(key);
    guard.put_string(c.arg(position + 1));
    guard.commit(event::kSet);
  });
}

bool expect_pairs(Context& c) {
  if (c.argc() % 2 == 1) return true;
  c.reply.error(err::wrong_arity(c.command.full_name));
  return false;
}

void mset(Context& c) {
  if (!expect_pairs(c)) return;
  store_pairs(c);
  c.reply.ok();
}
constexpr CommandSpec kMset = {.name = "mset",
                               .arity = -3,
                               .flags = kWrite | kDenyOom | kManyKeys,
                               .group = Group::kString,
                               .keys = key_range(kKeyOw | kKeyUpdate, 1, -1, 2),
                               .args = "data=(key value)+",
                               .summary = "Stores several strings at once.",
                               .since = "1.0.1",
                               .complexity = "O(N) for N keys",
                               .tips = "request_policy:multi_shard,response_policy:all_succeeded",
                               .run = mset};

void msetnx(Context& c) {
  if (!expect_pairs(c)) return;
  bool taken = false;
  for_each_key(c, 1, 2,
               [&](const Key& key, size_t) { taken = taken || c.keys.write(key).exists(); });
  if (taken) return c.reply.integer(0);
  store_pairs(c);
  c.reply.integer(1);
}
constexpr CommandSpec kMsetnx = {
    .name = "msetnx",
    .arity = -3,
    .flags = kWrite | kDenyOom | kManyKeys,
    .group = Group::kString,
    .keys = key_range(kKeyOw | kKeyInsert, 1, -1, 2),
    .args = "data=(key value)+",
    .summary = "Stores several strings at once if none of their keys exists.",
    .since = "1.0.1",
    .complexity = "O(N) for N keys",
    .run = msetnx};

}  // namespace

std::span<const CommandSpec* const> string_commands() {
  static constexpr const CommandSpec* kAll[] = {&kGet,    &kStrlen, &kDigest,   &kGetrange,
                                                &kSubstr, &kAppend, &kSetrange, &kMget,
                                                &kMset,   &kMsetnx};
  return kAll;
}

}  // namespace redstart
