// BITFIELD: integers of any width at any bit offset of a string, several operations per call.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "commands/bit_offset.h"
#include "commands/families.h"
#include "commands/string_access.h"
#include "core/bits.h"
#include "engine/arg_reader.h"
#include "engine/engine.h"

namespace redstart {

bool read_bit_offset(Context& c, std::string_view text, int field_bits, uint64_t* offset) {
  bool numbered = field_bits > 0 && !text.empty() && text[0] == '#';
  int64_t value = 0;
  bool good = parse_int64(numbered ? text.substr(1) : text, &value);
  if (good && numbered) good = !__builtin_mul_overflow(value, int64_t{field_bits}, &value);
  if (!good || value < 0 ||
      static_cast<uint64_t>(value) >> 3 >= c.engine.settings().proto_max_bulk_len) {
    c.reply.error("ERR bit offset is not an integer or out of range");
    return false;
  }
  *offset = static_cast<uint64_t>(value);
  return true;
}

namespace {

struct FieldOp {
  enum class Kind : uint8_t { kGet, kSet, kIncrBy };
  Kind kind = Kind::kGet;
  bool is_signed = false;
  Overflow overflow = Overflow::kWrap;
  int bits = 0;
  uint64_t offset = 0;
  int64_t operand = 0;
};

// "u8" or "i16". There is no u64 because replies are signed.
bool read_field_type(Context& c, std::string_view text, FieldOp* op) {
  int64_t bits = 0;
  op->is_signed = !text.empty() && text[0] == 'i';
  bool good = !text.empty() && (op->is_signed || text[0] == 'u') &&
              parse_int64(text.substr(1), &bits) && bits >= 1 && bits <= (op->is_signed ? 64 : 63);
  if (!good) {
    c.reply.error(
        "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but "
        "i64 is.");
    return false;
  }
  op->bits = static_cast<int>(bits);
  return true;
}

bool read_overflow(Context& c, std::string_view word, Overflow* overflow) {
  if (equals_fold(word, "WRAP")) {
    *overflow = Overflow::kWrap;
  } else if (equals_fold(word, "SAT")) {
    *overflow = Overflow::kSaturate;
  } else if (equals_fold(word, "FAIL")) {
    *overflow = Overflow::kFail;
  } else {
    c.reply.error("ERR Invalid OVERFLOW type specified");
    return false;
  }
  return true;
}

// Everything is read before anything is done. False: the error has been answered.
bool read_field_ops(Context& c, std::vector<FieldOp>* ops) {
  ArgReader args(c.args, 2);
  Overflow overflow = Overflow::kWrap;
  while (args.left() > 0) {
    FieldOp op;
    if (args.option("OVERFLOW")) {
      if (!read_overflow(c, args.next(), &overflow)) return false;
      continue;
    } else if (args.option("SET", 3)) {
      op.kind = FieldOp::Kind::kSet;
    } else if (args.option("INCRBY", 3)) {
      op.kind = FieldOp::Kind::kIncrBy;
    } else if (!args.option("GET", 2)) {
      c.reply.error(err::kSyntax);
      return false;
    }
    op.overflow = overflow;
    if (!read_field_type(c, args.next(), &op) ||
        !read_bit_offset(c, args.next(), op.bits, &op.offset)) {
      return false;
    }
    if (op.kind != FieldOp::Kind::kGet && !parse_int64(args.next(), &op.operand)) {
      c.reply.error(err::kNotInteger);
      return false;
    }
    ops->push_back(op);
  }
  return true;
}

int64_t get_field(const FieldOp& op, std::string_view bytes) {
  return op.is_signed ? get_signed_field(bytes, op.offset, op.bits)
                      : static_cast<int64_t>(get_unsigned_field(bytes, op.offset, op.bits));
}

// What a write leaves in the field; nothing when it overflows and is to fail.
std::optional<int64_t> new_value(const FieldOp& op, int64_t old) {
  bool adds = op.kind == FieldOp::Kind::kIncrBy;
  int64_t base = adds ? old : op.operand;
  int64_t increment = adds ? op.operand : 0;
  if (op.is_signed) return add_signed_field(base, increment, op.bits, op.overflow);
  std::optional<uint64_t> value =
      add_unsigned_field(static_cast<uint64_t>(base), increment, op.bits, op.overflow);
  if (!value) return std::nullopt;
  return static_cast<int64_t>(*value);
}

void read_fields(Context& c, const std::vector<FieldOp>& ops) {
  const Entry* entry = nullptr;
  if (!find_string(c, c.key(1), &entry)) return;
  IntText scratch;
  std::string_view bytes = entry ? entry->string(scratch) : std::string_view();
  c.reply.array(ops.size());
  for (const FieldOp& op : ops) c.reply.integer(get_field(op, bytes));
}

// How long the string must be to hold every written field.
size_t size_for(const std::vector<FieldOp>& ops) {
  uint64_t last_bit = 0;
  for (const FieldOp& op : ops) {
    if (op.kind == FieldOp::Kind::kGet) continue;
    last_bit = std::max(last_bit, op.offset + static_cast<uint64_t>(op.bits) - 1);
  }
  return (last_bit >> 3) + 1;
}

// A string that keeps its size and its bits is left alone: no event, nothing to propagate.
void write_fields(Context& c, const std::vector<FieldOp>& ops) {
  WriteGuard guard = c.keys.write(c.key(1));
  if (!expect_string(c, guard)) return;
  IntText scratch;
  std::string_view bytes = guard.exists() ? guard.entry()->string(scratch) : std::string_view();
  char* editable = nullptr;
  auto edit = [&](size_t size) {
    editable = guard.edit_string(size);
    bytes = {editable, size};
  };
  if (size_t size = size_for(ops); size > bytes.size()) edit(size);
  c.reply.array(ops.size());
  for (const FieldOp& op : ops) {
    int64_t old = get_field(op, bytes);
    if (op.kind == FieldOp::Kind::kGet) {
      c.reply.integer(old);
      continue;
    }
    std::optional<int64_t> value = new_value(op, old);
    if (!value) {
      c.reply.null();
      continue;
    }
    c.reply.integer(op.kind == FieldOp::Kind::kSet ? old : *value);
    if (*value == old) continue;
    if (!editable) edit(bytes.size());
    set_field(editable, op.offset, op.bits, static_cast<uint64_t>(*value));
  }
  if (editable) guard.commit(event::kSetBit);
}

bool only_reads(const std::vector<FieldOp>& ops) {
  for (const FieldOp& op : ops) {
    if (op.kind != FieldOp::Kind::kGet) return false;
  }
  return true;
}

void bitfield(Context& c) {
  std::vector<FieldOp> ops;
  if (!read_field_ops(c, &ops)) return;
  only_reads(ops) ? read_fields(c, ops) : write_fields(c, ops);
}
constexpr CommandSpec kBitfield = {
    .name = "bitfield",
    .arity = -2,
    .flags = kWrite | kDenyOom,
    .group = Group::kBitmap,
    .keys = one_key(kKeyRw | kKeyUpdate | kKeyAccess | kKeyVariable),
    .args =
        "key operation=[GET get-block=(encoding offset:integer)|"
        "write=([OVERFLOW overflow-block=(WRAP|SAT|FAIL)] write-operation=("
        "SET set-block=(encoding offset:integer value:integer)|"
        "INCRBY incrby-block=(encoding offset:integer increment:integer)))]+",
    .summary = "Reads, sets and adds to integers of any width inside a string.",
    .since = "3.2.0",
    .complexity = "O(1) for each operation",
    .run = bitfield};

void bitfield_ro(Context& c) {
  std::vector<FieldOp> ops;
  if (!read_field_ops(c, &ops)) return;
  if (!only_reads(ops)) return c.reply.error("ERR BITFIELD_RO only supports the GET subcommand");
  read_fields(c, ops);
}
constexpr CommandSpec kBitfieldRo = {.name = "bitfield_ro",
                                     .arity = -2,
                                     .flags = kReadonly | kFast,
                                     .group = Group::kBitmap,
                                     .keys = one_key(kKeyRead),
                                     .args = "key [GET get-block=(encoding offset:integer)]+",
                                     .summary = "Reads integers of any width inside a string.",
                                     .since = "6.0.0",
                                     .complexity = "O(1) for each operation",
                                     .run = bitfield_ro};

}  // namespace

std::span<const CommandSpec* const> bitfield_commands() {
  static constexpr const CommandSpec* kAll[] = {&kBitfield, &kBitfieldRo};
  return kAll;
}

}  // namespace redstart
