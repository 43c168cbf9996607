// The bitmaps family: strings as rows of bits. The kernels stand in core/bits.h; BITFIELD has a
// file of its own.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "commands/bit_offset.h"
#include "commands/families.h"
#include "commands/string_access.h"
#include "core/bits.h"

namespace redstart {

namespace {

bool bit_of(std::string_view bytes, uint64_t offset) {
  size_t byte = offset >> 3;
  return byte < bytes.size() && (bytes[byte] >> (7 - (offset & 7)) & 1);
}

void setbit(Context& c) {
  constexpr std::string_view kBadBit = "ERR bit is not an integer or out of range";
  uint64_t offset = 0;
  if (!read_bit_offset(c, c.arg(2), 0, &offset)) return;
  int64_t bit = 0;
  if (!parse_int64(c.arg(3), &bit) || (bit != 0 && bit != 1)) return c.reply.error(kBadBit);
  WriteGuard guard = c.keys.write(c.key(1));
  if (!expect_string(c, guard)) return;
  IntText scratch;
  std::string_view before = guard.exists() ? guard.entry()->string(scratch) : std::string_view();
  size_t byte = offset >> 3;
  bool was = bit_of(before, offset);
  bool grows = byte >= before.size();
  c.reply.integer(was);
  if (!grows && was == bit) return;
  char* bytes = guard.edit_string(grows ? byte + 1 : before.size());
  set_field(bytes, offset, 1, static_cast<uint64_t>(bit));
  guard.commit(event::kSetBit);
}
constexpr CommandSpec kSetbit = {
    .name = "setbit",
    .arity = 4,
    .flags = kWrite | kDenyOom,
    .group = Group::kBitmap,
    .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
    .args = "key offset:integer value:integer",
    .summary = "Sets or clears one bit of a string, which grows as needed; answers the old bit.",
    .since = "2.2.0",
    .run = setbit};

void getbit(Context& c) {
  uint64_t offset = 0;
  if (!read_bit_offset(c, c.arg(2), 0, &offset)) return;
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  IntText scratch;
  c.reply.integer(entry && bit_of(entry->string(scratch), offset));
}
constexpr CommandSpec kGetbit = {.name = "getbit",
                                 .arity = 3,
                                 .flags = kReadonly | kFast,
                                 .group = Group::kBitmap,
                                 .keys = one_key(kKeyRead),
                                 .args = "key offset:integer",
                                 .summary = "Answers one bit of a string.",
                                 .since = "2.2.0",
                                 .run = getbit};

// A range as BITCOUNT and BITPOS take it: both ends included, negative ones from the end.
struct RangeOption {
  int64_t start = 0;
  int64_t end = -1;
  bool in_bits = false;
};

struct BitRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// What a range means for a string of `size` bytes; nothing when it is empty.
std::optional<BitRange> resolve(const RangeOption& option, size_t size) {
  int64_t total = static_cast<int64_t>(option.in_bits ? size * 8 : size);
  int64_t start = option.start < 0 ? option.start + total : option.start;
  int64_t end = option.end < 0 ? option.end + total : option.end;
  start = std::max<int64_t>(start, 0);
  end = std::min(std::max<int64_t>(end, 0), total - 1);
  if (start > end) return std::nullopt;
  uint64_t unit = option.in_bits ? 1 : 8;
  return BitRange{static_cast<uint64_t>(start) * unit, static_cast<uint64_t>(end + 1) * unit};
}

bool read_integer(Context& c, size_t position, int64_t* value) {
  if (parse_int64(c.arg(position), value)) return true;
  c.reply.error(err::kNotInteger);
  return false;
}

bool read_unit(Context& c, size_t position, bool* in_bits) {
  *in_bits = equals_fold(c.arg(position), "BIT");
  if (*in_bits || equals_fold(c.arg(position), "BYTE")) return true;
  c.reply.error(err::kSyntax);
  return false;
}

void bitcount(Context& c) {
  RangeOption option;
  if (c.argc() == 3 || c.argc() > 5) return c.reply.error(err::kSyntax);
  if (c.argc() > 2) {
    if (!read_integer(c, 2, &option.start) || !read_integer(c, 3, &option.end)) return;
    if (c.argc() == 5 && !read_unit(c, 4, &option.in_bits)) return;
  }
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  // Backwards even before the ends are cut to the string: -1 to -2 of an empty one.
  bool backwards = option.start < 0 && option.end < 0 && option.start > option.end;
  if (!entry || backwards) return c.reply.integer(0);
  IntText scratch;
  std::string_view bytes = entry->string(scratch);
  std::optional<BitRange> range = resolve(option, bytes.size());
  c.reply.integer(range ? static_cast<int64_t>(count_bits(bytes, range->begin, range->end)) : 0);
}
constexpr CommandSpec kBitcount = {
    .name = "bitcount",
    .arity = -2,
    .flags = kReadonly,
    .group = Group::kBitmap,
    .keys = one_key(kKeyRead),
    .args = "key range=[start:integer end:integer unit=[BYTE|BIT]]",
    .summary = "Counts the bits that are set in a string or in a part of it.",
    .since = "2.6.0",
    .complexity = "O(N) for N bytes",
    .run = bitcount};

// The order in which Redis checks: start, unit, end.
bool read_bitpos(Context& c, int64_t* bit, RangeOption* option) {
  if (!read_integer(c, 2, bit)) return false;
  std::string_view error;
  if (*bit != 0 && *bit != 1) error = "ERR The bit argument must be 1 or 0.";
  if (error.empty() && c.argc() > 6) error = err::kSyntax;
  if (!error.empty()) {
    c.reply.error(error);
    return false;
  }
  if (c.argc() > 3 && !read_integer(c, 3, &option->start)) return false;
  if (c.argc() > 5 && !read_unit(c, 5, &option->in_bits)) return false;
  return c.argc() <= 4 || read_integer(c, 4, &option->end);
}

void bitpos(Context& c) {
  int64_t bit = 0;
  RangeOption option;
  if (!read_bitpos(c, &bit, &option)) return;
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  // An absent key is a row of zeros without an end.
  if (!entry) return c.reply.integer(bit ? -1 : 0);
  IntText scratch;
  std::string_view bytes = entry->string(scratch);
  std::optional<BitRange> range = resolve(option, bytes.size());
  if (!range) return c.reply.integer(-1);
  int64_t position = find_bit(bytes, bit, range->begin, range->end);
  // So is what follows the string, unless the caller has said where to end.
  bool end_given = c.argc() > 4;
  if (position < 0 && !bit && !end_given) position = static_cast<int64_t>(bytes.size() * 8);
  c.reply.integer(position);
}
constexpr CommandSpec kBitpos = {
    .name = "bitpos",
    .arity = -3,
    .flags = kReadonly,
    .group = Group::kBitmap,
    .keys = one_key(kKeyRead),
    .args =
        "key bit:integer "
        "range=[start:integer end-unit-block=[end:integer unit=[BYTE|BIT]]]",
    .summary = "Finds the first bit of a value in a string or in a part of it.",
    .since = "2.8.7",
    .complexity = "O(N) for N bytes",
    .run = bitpos};

struct Operation {
  std::string_view word;
  BitOp op;
  size_t sources_min;
};
constexpr Operation kOperations[] = {{"AND", BitOp::kAnd, 1},     {"OR", BitOp::kOr, 1},
                                     {"XOR", BitOp::kXor, 1},     {"NOT", BitOp::kNot, 1},
                                     {"DIFF", BitOp::kDiff, 2},   {"DIFF1", BitOp::kDiff1, 2},
                                     {"ANDOR", BitOp::kAndOr, 2}, {"ONE", BitOp::kOne, 1}};

// Null: the error has been answered.
const Operation* read_operation(Context& c) {
  const Operation* found = nullptr;
  for (const Operation& operation : kOperations) {
    if (equals_fold(c.arg(1), operation.word)) found = &operation;
  }
  size_t sources = c.argc() - 3;
  if (!found) {
    c.reply.error(err::kSyntax);
  } else if (found->op == BitOp::kNot && sources != 1) {
    c.reply.error("ERR BITOP NOT must be called with a single source key.");
  } else if (sources < found->sources_min) {
    c.reply.error("ERR BITOP " + std::string(found->word) +
                  " must be called with at least two source keys.");
  } else {
    return found;
  }
  return nullptr;
}

// The result of `size` bytes as the value of the key. It may be the key of a source, so it is
// complete before anything is written.
void store_bits(Context& c, BitOp op, std::span<const std::string_view> sources, size_t size) {
  if (size > kInlineStringMax) {
    BigBuf* result = BigBuf::create(size);
    result->set_size(size);
    bit_op(op, sources, result->data(), size);
    WriteGuard guard = c.keys.write(c.key(2));
    guard.put_big(result);
    return guard.commit(event::kSet);
  }
  char result[kInlineStringMax];
  bit_op(op, sources, result, size);
  WriteGuard guard = c.keys.write(c.key(2));
  guard.put_text({result, size});
  // What was computed counts as edited: OBJECT ENCODING is raw, however short it is.
  guard.edit_string(size);
  guard.commit(event::kSet);
}

void bitop(Context& c) {
  const Operation* operation = read_operation(c);
  if (!operation) return;
  size_t count = c.argc() - 3;
  std::vector<std::string_view> sources(count);
  std::vector<IntText> scratch(count);
  size_t size = 0;
  for (size_t i = 0; i < count; i++) {
    const Entry* entry = nullptr;
    if (!find_string(c, c.key(i + 3), &entry)) return;
    if (entry) sources[i] = entry->string(scratch[i]);
    size = std::max(size, sources[i].size());
  }
  c.reply.integer(static_cast<int64_t>(size));
  if (size > 0) return store_bits(c, operation->op, sources, size);
  WriteGuard guard = c.keys.write(c.key(2));
  if (!guard.exists()) return;
  guard.erase();
  guard.commit(event::kDel);
}
constexpr KeySpecs keys_of_bitop() {
  KeySpecs specs = one_key(kKeyOw | kKeyUpdate, 2);
  specs.items[1] = key_range(kKeyRead, 3, -1, 1).items[0];
  specs.count = 2;
  return specs;
}
constexpr CommandSpec kBitop = {
    .name = "bitop",
    .arity = -4,
    .flags = kWrite | kDenyOom,
    .group = Group::kBitmap,
    .keys = keys_of_bitop(),
    .args = "operation=(AND|OR|XOR|NOT|DIFF|DIFF1|ANDOR|ONE) destkey:key key+",
    .summary = "Combines the bits of several strings and stores the result.",
    .since = "2.6.0",
    .complexity = "O(N) for N bytes of the longest string",
    .run = bitop};

}  // namespace

std::span<const CommandSpec* const> bitmap_commands() {
  static constexpr const CommandSpec* kAll[] = {&kSetbit, &kGetbit, &kBitcount, &kBitpos, &kBitop};
  return kAll;
}

}  // namespace redstart
