// bit: operations on 32-bit integers. Numbers are taken modulo 2^32 and answered as signed.
#include <bit>
#include <cstdint>

#include "base/hex.h"
#include "lua/call.h"
#include "script/libraries.h"

namespace redstart {
namespace {

using lua::Call;
using lua::kRaised;
using lua::Value;

// Adding 2^52 + 2^51 moves the integer part of a double, rounded, to its lowest bits.
uint32_t low_bits(double number) {
  return static_cast<uint32_t>(std::bit_cast<uint64_t>(number + 6755399441055744.0));
}

bool read_bits(Call& call, int i, uint32_t* bits) {
  double number;
  if (!call.number(i, &number)) return false;
  *bits = low_bits(number);
  return true;
}

int answer(Call& call, uint32_t bits) { return call.ret(Value(static_cast<int32_t>(bits))); }

template <uint32_t (*operation)(uint32_t)>
int of_one(Call& call) {
  uint32_t bits;
  return read_bits(call, 0, &bits) ? answer(call, operation(bits)) : kRaised;
}

template <uint32_t (*operation)(uint32_t, uint32_t)>
int of_many(Call& call) {
  uint32_t bits, next;
  if (!read_bits(call, 0, &bits)) return kRaised;
  for (int i = 1; i < call.count(); i++) {
    if (!read_bits(call, i, &next)) return kRaised;
    bits = operation(bits, next);
  }
  return answer(call, bits);
}

// The distance counts modulo 32.
template <uint32_t (*operation)(uint32_t, int)>
int shifted(Call& call) {
  uint32_t bits, distance;
  if (!read_bits(call, 0, &bits) || !read_bits(call, 1, &distance)) return kRaised;
  return answer(call, operation(bits, static_cast<int>(distance & 31)));
}

uint32_t same(uint32_t a) { return a; }
uint32_t inverted(uint32_t a) { return ~a; }
uint32_t swapped(uint32_t a) { return __builtin_bswap32(a); }
uint32_t both(uint32_t a, uint32_t b) { return a & b; }
uint32_t either(uint32_t a, uint32_t b) { return a | b; }
uint32_t one_of(uint32_t a, uint32_t b) { return a ^ b; }
uint32_t left(uint32_t a, int n) { return a << n; }
uint32_t right(uint32_t a, int n) { return a >> n; }
uint32_t right_signed(uint32_t a, int n) {
  return static_cast<uint32_t>(static_cast<int32_t>(a) >> n);
}
uint32_t rotated_left(uint32_t a, int n) { return std::rotl(a, n); }
uint32_t rotated_right(uint32_t a, int n) { return std::rotr(a, n); }

// The last |n| digits, in capitals if n is negative.
int to_hex(Call& call) {
  uint32_t bits, wanted = 8;
  if (!read_bits(call, 0, &bits)) return kRaised;
  if (call.count() > 1 && !read_bits(call, 1, &wanted)) return kRaised;
  int64_t count = static_cast<int32_t>(wanted);
  const char* digits = count < 0 ? "0123456789ABCDEF" : kHexDigits;
  if (count < 0) count = -count;
  if (count > 8) count = 8;
  char text[8];
  for (int64_t i = count - 1; i >= 0; i--, bits >>= 4) text[i] = digits[bits & 15];
  return call.ret(std::string_view(text, static_cast<size_t>(count)));
}

constexpr lua::Function kFunctions[] = {
    {"tobit", of_one<same>},       {"bnot", of_one<inverted>},
    {"bswap", of_one<swapped>},    {"band", of_many<both>},
    {"bor", of_many<either>},      {"bxor", of_many<one_of>},
    {"lshift", shifted<left>},     {"rshift", shifted<right>},
    {"arshift", shifted<right_signed>}, {"rol", shifted<rotated_left>},
    {"ror", shifted<rotated_right>},    {"tohex", to_hex},
};

}  // namespace

void open_bit(lua::State& state) { lua::open_library(state, "bit", kFunctions); }

}  // namespace redstart
