#include "base/grisu.h"

#include <bit>
#include <cstdint>

namespace redstart {

namespace {

// frac * 2^exp
struct Scaled {
  uint64_t frac;
  int exp;
};

constexpr int kFirstPower = -348;
constexpr int kPowerStep = 8;

// The upper 64 bits of 10^-348, 10^-340, ... 10^340, rounded.
constexpr uint64_t kPowers[87] = {
    0xfa8fd5a0081c0288, 0xbaaee17fa23ebf76, 0x8b16fb203055ac76, 0xcf42894a5dce35ea,
    0x9a6bb0aa55653b2d, 0xe61acf033d1a45df, 0xab70fe17c79ac6ca, 0xff77b1fcbebcdc4f,
    0xbe5691ef416bd60c, 0x8dd01fad907ffc3c, 0xd3515c2831559a83, 0x9d71ac8fada6c9b5,
    0xea9c227723ee8bcb, 0xaecc49914078536d, 0x823c12795db6ce57, 0xc21094364dfb5637,
    0x9096ea6f3848984f, 0xd77485cb25823ac7, 0xa086cfcd97bf97f4, 0xef340a98172aace5,
    0xb23867fb2a35b28e, 0x84c8d4dfd2c63f3b, 0xc5dd44271ad3cdba, 0x936b9fcebb25c996,
    0xdbac6c247d62a584, 0xa3ab66580d5fdaf6, 0xf3e2f893dec3f126, 0xb5b5ada8aaff80b8,
    0x87625f056c7c4a8b, 0xc9bcff6034c13053, 0x964e858c91ba2655, 0xdff9772470297ebd,
    0xa6dfbd9fb8e5b88f, 0xf8a95fcf88747d94, 0xb94470938fa89bcf, 0x8a08f0f8bf0f156b,
    0xcdb02555653131b6, 0x993fe2c6d07b7fac, 0xe45c10c42a2b3b06, 0xaa242499697392d3,
    0xfd87b5f28300ca0e, 0xbce5086492111aeb, 0x8cbccc096f5088cc, 0xd1b71758e219652c,
    0x9c40000000000000, 0xe8d4a51000000000, 0xad78ebc5ac620000, 0x813f3978f8940984,
    0xc097ce7bc90715b3, 0x8f7e32ce7bea5c70, 0xd5d238a4abe98068, 0x9f4f2726179a2245,
    0xed63a231d4c4fb27, 0xb0de65388cc8ada8, 0x83c7088e1aab65db, 0xc45d1df942711d9a,
    0x924d692ca61be758, 0xda01ee641a708dea, 0xa26da3999aef774a, 0xf209787bb47d6b85,
    0xb454e4a179dd1877, 0x865b86925b9bc5c2, 0xc83553c5c8965d3d, 0x952ab45cfa97a0b3,
    0xde469fbd99a05fe3, 0xa59bc234db398c25, 0xf6c69a72a3989f5c, 0xb7dcbf5354e9bece,
    0x88fcf317f22241e2, 0xcc20ce9bd35c78a5, 0x98165af37b2153df, 0xe2a0b5dc971f303a,
    0xa8d9d1535ce3b396, 0xfb9b7cd9a4a7443c, 0xbb764c4ca7a44410, 0x8bab8eefb6409c1a,
    0xd01fef10a657842c, 0x9b10a4e5e9913129, 0xe7109bfba19c0c9d, 0xac2820d9623bf429,
    0x80444b5e7aa7cf85, 0xbf21e44003acdd2d, 0x8e679c2f5e44ff8f, 0xd433179d9c8cb841,
    0x9e19db92b4e31ba9, 0xeb96bf6ebadf77d9, 0xaf87023b9bf0ee6b};

constexpr uint32_t kUnits[10] = {1,      10,      100,      1000,      10000,
                                 100000, 1000000, 10000000, 100000000, 1000000000};

constexpr int kFractionBits = 52;
constexpr uint64_t kHiddenBit = uint64_t{1} << kFractionBits;

Scaled split(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  const uint64_t frac = bits & (kHiddenBit - 1);
  const int exp = static_cast<int>(bits >> kFractionBits);
  constexpr int kBias = 1023 + kFractionBits;
  if (exp == 0) return {frac, 1 - kBias};
  return {frac | kHiddenBit, exp - kBias};
}

Scaled normalized(Scaled x) {
  const int shift = std::countl_zero(x.frac);
  return {x.frac << shift, x.exp - shift};
}

// The upper half of the product, rounded.
Scaled multiply(Scaled a, Scaled b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a.frac) * b.frac;
  const auto half = uint64_t{1} << 63;
  return {static_cast<uint64_t>((product + half) >> 64), a.exp + b.exp + 64};
}

int floor_log2_of_power_of_ten(int power) { return (power * 217706) >> 16; }
int floor_log10_of_power_of_two(int power) { return (power * 78913) >> 18; }

// The smallest stored power that brings a number of this exponent to at least 2^-60, so that its
// whole part fits 32 bits and its fraction leaves room for a factor of ten.
Scaled scaling_power(int exp, int* power) {
  const int least = -floor_log10_of_power_of_two(exp + 61);
  const int index = (least - kFirstPower + kPowerStep - 1) / kPowerStep;
  *power = kFirstPower + index * kPowerStep;
  return {kPowers[index], floor_log2_of_power_of_ten(*power) - 63};
}

// Lowers the last digit while that brings the text nearer to the value, and not below the interval.
// All are distances down from the upper bound: of the text, of the value, of the lower bound.
void approach(Decimal& d, uint64_t text, uint64_t value, uint64_t lower, uint64_t unit) {
  while (text < value && lower - text >= unit &&
         (text + unit < value || value - text > text + unit - value)) {
    d.digits[d.count - 1]--;
    text += unit;
  }
}

void push_digit(Decimal& d, uint64_t digit) {
  if (digit != 0 || d.count != 0) d.digits[d.count++] = static_cast<char>('0' + digit);
}

// Writes the digits of `upper` until the text lies inside the interval.
Decimal generate(Scaled upper, uint64_t value, uint64_t lower, int power) {
  Decimal d;
  d.count = 0;
  const int shift = -upper.exp;
  const uint64_t one = uint64_t{1} << shift;
  auto whole = static_cast<uint32_t>(upper.frac >> shift);
  uint64_t rest = upper.frac & (one - 1);

  for (int place = 9; place >= 0; place--) {
    push_digit(d, whole / kUnits[place]);
    whole %= kUnits[place];
    const uint64_t text = (uint64_t{whole} << shift) + rest;
    if (text <= lower) {
      d.power = power + place;
      approach(d, text, value, lower, uint64_t{kUnits[place]} << shift);
      return d;
    }
  }
  for (int place = -1;; place--) {
    rest *= 10, lower *= 10, value *= 10;
    push_digit(d, rest >> shift);
    rest &= one - 1;
    if (rest < lower) {
      d.power = power + place;
      approach(d, rest, value, lower, one);
      return d;
    }
  }
}

}  // namespace

Decimal grisu(double value) {
  const Scaled exact = split(value);
  // Every text between the middles to the two neighbours reads back as this value. The neighbour
  // below a power of two is only half as far.
  const Scaled high = normalized({(exact.frac << 1) + 1, exact.exp - 1});
  const int half = exact.frac == kHiddenBit ? 2 : 1;
  const Scaled low = {((exact.frac << half) - 1) << (exact.exp - half - high.exp), high.exp};

  int power;
  const Scaled scale = scaling_power(high.exp, &power);
  // One unit inwards on each side pays for the rounding of the products.
  const Scaled upper = {multiply(high, scale).frac - 1, high.exp + scale.exp + 64};
  const uint64_t lower = multiply(low, scale).frac + 1;
  const uint64_t middle = multiply(normalized(exact), scale).frac;
  return generate(upper, upper.frac - middle, upper.frac - lower, -power);
}

}  // namespace redstart
