// Strings as rows of bits: the kernels of BITCOUNT, BITPOS, BITOP and BITFIELD.
//
// Bit 0 is the highest bit of the first byte, as in SETBIT. Ranges are in bits, [begin, end),
// inside the string. All kernels work in steps of 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace redstart {

uint64_t count_bits(std::string_view bytes, uint64_t begin, uint64_t end);

// The first bit of this value in the range, -1 if there is none.
int64_t find_bit(std::string_view bytes, bool value, uint64_t begin, uint64_t end);

enum class BitOp {
  kAnd,
  kOr,
  kXor,
  kNot,    // of the only source
  kDiff,   // in the first source, in no other
  kDiff1,  // in some other, not in the first
  kAndOr,  // in the first and in some other
  kOne,    // in exactly one
};

// Writes `size` bytes. Sources that are shorter go on with zeros.
// REQUIRES: at least one source; `out` overlaps none.
void bit_op(BitOp op, std::span<const std::string_view> sources, char* out, size_t size);

// ---- integers of 1 to 64 bits at any bit offset -------------------------------------------------

// What lies behind the end of the string reads as zeros.
uint64_t get_unsigned_field(std::string_view bytes, uint64_t offset, int bits);
int64_t get_signed_field(std::string_view bytes, uint64_t offset, int bits);
// Writes the low `bits` of `value`. REQUIRES: the field lies inside the string.
void set_field(char* bytes, uint64_t offset, int bits, uint64_t value);

enum class Overflow { kWrap, kSaturate, kFail };

// The sum as a field of `bits` can hold it; nullopt if it does not fit and `how` is kFail. With an
// increment of 0 it fits a value from outside into the field.
std::optional<int64_t> add_signed_field(int64_t value, int64_t increment, int bits, Overflow how);
// REQUIRES: bits <= 63, as in BITFIELD.
std::optional<uint64_t> add_unsigned_field(uint64_t value, int64_t increment, int bits,
                                           Overflow how);

}  // namespace redstart
