// Counting distinct elements in a few kilobytes, in the bytes that Redis stores: a value that was
// written there can be read here and the other way round, bit for bit.
//
// An element is hashed; 14 bits choose one of 16384 registers, the position of the first one-bit in
// the rest is its rank, and a register keeps the highest rank it met. How the ranks are distributed
// tells how many elements there were, with a standard error of 0.81%.
//
//   bytes   0..3 "HYLL" | 4 encoding | 5..7 zero | 8..15 the count, kept until a register changes
//   dense   16384 registers of 6 bits, from the lowest bit of each byte up: 12 KiB
//   sparse  runs of registers:   00nnnnnn           n+1 registers are 0
//                                01nnnnnn nnnnnnnn  the same, up to 16384
//                                1vvvvvnn           n+1 registers are v+1
//
// A sparse value becomes a dense one when it would grow beyond a limit of bytes, or meets a rank
// above 32. Changes of sparse values split and join runs exactly as Redis does, for the sake of
// equal bytes.
//
// What comes from a client may be any string: well_formed() looks at the header only; everything
// that walks runs answers whether they were whole.
//
// Cost: a change O(1) dense, O(bytes) sparse; a count about 10 us.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

inline constexpr size_t kHllRegisters = 16384;
using HllRegisters = std::array<uint8_t, kHllRegisters>;

// What an element does: lifts a register to a rank, if it was lower.
struct HllLift {
  uint32_t index;
  uint8_t rank;
};
HllLift hll_lift(std::string_view element);

uint64_t hll_count(const HllRegisters& registers);

class HllView {
 public:
  // REQUIRES below: well_formed().
  explicit HllView(std::string_view bytes) : bytes_(bytes) {}

  bool well_formed() const;
  bool sparse() const { return bytes_[4] != 0; }
  // The count that is kept in the value; false if a register has changed since.
  bool kept_count(uint64_t* count) const;
  // Both false when the runs are broken.
  bool count(uint64_t* count) const;
  bool merge_into(HllRegisters* registers) const;
  // REQUIRES: not sparse.
  uint8_t dense_register(uint32_t index) const;
  // The runs in words, as PFDEBUG DECODE shows them: "Z:1000 v:2,1 z:19". REQUIRES: sparse.
  std::string runs_text() const;

 private:
  std::string_view bytes_;
};

std::string hll_empty();  // sparse
void hll_keep_count(char* bytes, uint64_t count);
void hll_forget_count(char* bytes);
// True if the register changed. REQUIRES: a well formed dense value.
bool hll_lift_dense(char* bytes, HllLift lift);

enum class HllOutcome : uint8_t { kSame, kChanged, kBroken };
// The same for either encoding. REQUIRES: a well formed value.
HllOutcome hll_apply(std::string* bytes, HllLift lift, size_t sparse_max_bytes);
// False when the runs are broken; then the value stays as it is. The kept count remains.
bool hll_make_dense(std::string* bytes);

}  // namespace redstart
