// The HyperLogLog family. Its values are strings; what their bytes mean stands in
// core/hyperloglog.h.
#include "core/hyperloglog.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/random.h"
#include "commands/families.h"
#include "commands/string_access.h"
#include "engine/engine.h"

namespace redstart {

namespace {

constexpr Event kPfaddEvent{EventClass::kString, "pfadd"};
constexpr std::string_view kBroken = "INVALIDOBJ Corrupted HLL object detected";

// False: it is no HyperLogLog, which has been answered. `bytes` stays empty for an absent key.
bool read_bytes(Context& c, const Entry* entry, std::string_view* bytes) {
  if (!entry) return true;
  if (entry->type() != Type::kString) {
    c.reply.error(err::kWrongType);
    return false;
  }
  if (entry->string_encoding() != StringEncoding::kInt) {
    IntText unused;
    *bytes = entry->string(unused);
    if (HllView(*bytes).well_formed()) return true;
  }
  c.reply.error("WRONGTYPE Key is not a valid HyperLogLog string value.");
  return false;
}

void write_bytes(WriteGuard& guard, std::string_view bytes) {
  std::memcpy(guard.edit_string(bytes.size()), bytes.data(), bytes.size());
}

size_t sparse_max(Context& c) {
  return static_cast<size_t>(c.engine.type_env().limits.hll_sparse_max_bytes);
}

// A dense value is changed where it lies, if at all.
bool add_to_dense(Context& c, WriteGuard& guard, std::string_view before) {
  char* bytes = nullptr;
  for (std::string_view element : c.args.subspan(2)) {
    HllLift lift = hll_lift(element);
    if (!bytes && HllView(before).dense_register(lift.index) >= lift.rank) continue;
    if (!bytes) bytes = guard.edit_string(before.size());
    hll_lift_dense(bytes, lift);
  }
  if (bytes) hll_forget_count(bytes);
  return bytes != nullptr;
}

void pfadd(Context& c) {
  WriteGuard guard = c.keys.write(c.key(1));
  std::string_view before;
  if (!read_bytes(c, guard.entry(), &before)) return;
  bool changed = !guard.exists();
  if (guard.exists() && !HllView(before).sparse()) {
    changed = add_to_dense(c, guard, before);
  } else {
    std::string bytes = guard.exists() ? std::string(before) : hll_empty();
    for (std::string_view element : c.args.subspan(2)) {
      HllOutcome outcome = hll_apply(&bytes, hll_lift(element), sparse_max(c));
      if (outcome == HllOutcome::kBroken) return c.reply.error(kBroken);
      changed |= outcome == HllOutcome::kChanged;
    }
    if (changed) {
      hll_forget_count(bytes.data());
      write_bytes(guard, bytes);
    }
  }
  if (changed) guard.commit(kPfaddEvent);
  c.reply.integer(changed);
}
constexpr CommandSpec kPfadd = {
    .name = "pfadd",
    .arity = -2,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kHyperloglog,
    .keys = one_key(kKeyRw | kKeyInsert),
    .args = "key [element]+",
    .summary = "Counts elements; answers whether the estimate may have changed.",
    .since = "2.8.9",
    .complexity = "O(1) for each element",
    .run = pfadd};

// Merges the values at the arguments from `first` on. False: an error has been answered.
bool merge_keys(Context& c, size_t first, HllRegisters* registers, bool* any_dense) {
  for (size_t i = first; i < c.argc(); i++) {
    std::string_view bytes;
    if (!read_bytes(c, c.keys.find(c.key(i)), &bytes)) return false;
    if (bytes.empty()) continue;
    *any_dense |= !HllView(bytes).sparse();
    if (!HllView(bytes).merge_into(registers)) {
      c.reply.error(kBroken);
      return false;
    }
  }
  return true;
}

void count_union(Context& c) {
  HllRegisters registers = {};
  bool any_dense = false;
  if (!merge_keys(c, 1, &registers, &any_dense)) return;
  c.reply.integer(static_cast<int64_t>(hll_count(registers)));
}

// A read that may write: the count is kept in the value, and replicas learn of it.
void pfcount(Context& c) {
  if (c.argc() > 2) return count_union(c);
  std::string_view bytes;
  if (!read_bytes(c, c.keys.find(c.key(1)), &bytes)) return;
  if (bytes.empty()) return c.reply.integer(0);
  uint64_t count = 0;
  if (!HllView(bytes).kept_count(&count)) {
    if (!HllView(bytes).count(&count)) return c.reply.error(kBroken);
    WriteGuard guard = c.keys.write(c.key(1));
    hll_keep_count(guard.edit_string(bytes.size()), count);
    guard.commit(event::kSilent);
  }
  c.reply.integer(static_cast<int64_t>(count));
}
constexpr CommandSpec kPfcount = {
    .name = "pfcount",
    .arity = -2,
    .flags = kReadonly | kMayReplicate,
    .group = Group::kHyperloglog,
    .keys = key_range(kKeyRw | kKeyAccess, 1, -1, 1),
    .args = "key+",
    .summary = "Estimates how many different elements were counted at one or several keys.",
    .since = "2.8.9",
    .complexity = "O(1) for one key whose count is kept, else O(N) for N keys",
    .run = pfcount};

void pfmerge(Context& c) {
  HllRegisters registers = {};
  bool any_dense = false;
  if (!merge_keys(c, 1, &registers, &any_dense)) return;
  WriteGuard guard = c.keys.write(c.key(1));
  std::string_view before;
  if (!read_bytes(c, guard.entry(), &before)) return;
  std::string bytes = guard.exists() ? std::string(before) : hll_empty();
  if (any_dense) hll_make_dense(&bytes);
  for (uint32_t i = 0; i < kHllRegisters; i++) {
    if (registers[i] > 0) hll_apply(&bytes, {i, registers[i]}, sparse_max(c));
  }
  hll_forget_count(bytes.data());
  write_bytes(guard, bytes);
  guard.commit(kPfaddEvent);
  c.reply.ok();
}
constexpr KeySpecs keys_of_pfmerge() {
  KeySpecs specs = one_key(kKeyRw | kKeyAccess | kKeyInsert);
  specs.items[1] = key_range(kKeyRead, 2, -1, 1).items[0];
  specs.count = 2;
  return specs;
}
constexpr CommandSpec kPfmerge = {
    .name = "pfmerge",
    .arity = -2,
    .flags = kWrite | kDenyOom,
    .group = Group::kHyperloglog,
    .keys = keys_of_pfmerge(),
    .args = "destkey:key [sourcekey:key]+",
    .summary = "Makes a key count the elements of several keys together.",
    .since = "2.8.9",
    .complexity = "O(N) for N keys",
    .run = pfmerge};

// ---- for tests ----------------------------------------------------------------------------------

// False: an error has been answered.
bool make_dense(Context& c, WriteGuard& guard, std::string* bytes) {
  if (!HllView(*bytes).sparse()) return true;
  if (!hll_make_dense(bytes)) {
    c.reply.error(kBroken);
    return false;
  }
  write_bytes(guard, *bytes);
  guard.commit(event::kSilent);
  return true;
}

void pfdebug(Context& c) {
  WriteGuard guard = c.keys.write(c.key(2));
  if (!guard.exists()) return c.reply.error("ERR The specified key does not exist");
  std::string_view value;
  if (!read_bytes(c, guard.entry(), &value)) return;
  std::string bytes(value);
  bool sparse = HllView(bytes).sparse();
  if (equals_fold(c.arg(1), "GETREG")) {
    if (!make_dense(c, guard, &bytes)) return;
    c.reply.array(kHllRegisters);
    for (uint32_t i = 0; i < kHllRegisters; i++) {
      c.reply.integer(HllView(bytes).dense_register(i));
    }
  } else if (equals_fold(c.arg(1), "DECODE")) {
    if (!sparse) return c.reply.error("ERR HLL encoding is not sparse");
    c.reply.bulk(HllView(bytes).runs_text());
  } else if (equals_fold(c.arg(1), "ENCODING")) {
    c.reply.status(sparse ? "sparse" : "dense");
  } else if (equals_fold(c.arg(1), "TODENSE")) {
    if (make_dense(c, guard, &bytes)) c.reply.integer(sparse);
  } else {
    c.reply.error("ERR Unknown PFDEBUG subcommand '" + std::string(c.arg(1)) + "'");
  }
}
constexpr CommandSpec kPfdebug = {.name = "pfdebug",
                                  .arity = 3,
                                  .flags = kWrite | kDenyOom | kAdmin,
                                  .group = Group::kHyperloglog,
                                  .keys = one_key(kKeyRw | kKeyAccess, 2),
                                  .args = "subcommand key",
                                  .summary = "Shows the inside of a HyperLogLog value.",
                                  .since = "2.8.9",
                                  .complexity = "N/A",
                                  .run = pfdebug};

// Whether both encodings count `number` of different elements alike, and as well as they promise.
std::string check_counts(uint64_t number, uint64_t seed, size_t sparse_max_bytes) {
  std::string either = hll_empty(), dense = hll_empty();
  hll_make_dense(&dense);
  for (uint64_t i = 1; i <= number; i++) {
    uint64_t element = i ^ seed;
    HllLift lift = hll_lift({reinterpret_cast<const char*>(&element), sizeof element});
    hll_apply(&either, lift, sparse_max_bytes);
    hll_lift_dense(dense.data(), lift);
  }
  uint64_t count = 0, same = 0;
  HllView(dense).count(&count);
  if (!HllView(either).count(&same) || count != same) return "dense/sparse disagree";
  constexpr double kStandardError = 1.04 / 128;
  auto allowed = static_cast<uint64_t>(std::ceil(6 * kStandardError * static_cast<double>(number)));
  uint64_t error = count > number ? count - number : number - count;
  if (error <= allowed) return {};
  return "Too big error. card:" + std::to_string(number) + " abserr:" + std::to_string(error);
}

void pfselftest(Context& c) {
  constexpr uint64_t kMost = 1'000'000;
  uint64_t seed = c.engine.random().next();
  for (uint64_t number = 1; number <= kMost; number *= 10) {
    std::string failure = check_counts(number, seed, sparse_max(c));
    if (!failure.empty()) return c.reply.error("ERR TESTFAILED " + failure);
  }
  c.reply.ok();
}
constexpr CommandSpec kPfselftest = {.name = "pfselftest",
                                     .arity = 1,
                                     .flags = kAdmin,
                                     .group = Group::kHyperloglog,
                                     .summary = "Tests the counting of distinct elements.",
                                     .since = "2.8.9",
                                     .complexity = "N/A",
                                     .run = pfselftest};

}  // namespace

std::span<const CommandSpec* const> hyperloglog_commands() {
  static constexpr const CommandSpec* kAll[] = {&kPfadd, &kPfcount, &kPfmerge, &kPfdebug,
                                                &kPfselftest};
  return kAll;
}

}  // namespace redstart
