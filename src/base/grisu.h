// Few decimal digits that name a double and no other (Grisu2, Florian Loitsch, "Printing
// Floating-Point Numbers Quickly and Accurately with Integers", 2010).
//
// Why not std::to_chars: Redis prints with Grisu2, which for about one double in 1,700 finds one
// digit more than needed or not the nearest of the shortest texts. Clients see those digits and
// checksums of data sets depend on them, so the same digits are part of being Redis. It is exact
// in what matters: the digits always read back as the same double.
#pragma once

namespace redstart {

// digits[0..count) times 10^power; the first digit is not zero.
struct Decimal {
  char digits[18];
  int count;
  int power;
};

// REQUIRES: value is finite and positive.
Decimal grisu(double value);

}  // namespace redstart
