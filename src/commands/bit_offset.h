// The bit offsets of SETBIT, GETBIT and BITFIELD.
#pragma once

#include <cstdint>
#include <string_view>

namespace redstart {

struct Context;

// Reads an offset inside the longest string that is allowed. With `field_bits` > 0 the form "#n"
// means the n-th field of that width. False: the error has been answered.
bool read_bit_offset(Context& c, std::string_view text, int field_bits, uint64_t* offset);

}  // namespace redstart
