// The forms in which vectors arrive.
#pragma once

#include <string_view>
#include <vector>

namespace redstart {

// A number that is finite as a float.
bool read_float(std::string_view text, float* number);
// Floats side by side, in little-endian order. False: no multiple of four bytes, none at all, or a
// number that is not finite.
bool read_floats(std::string_view bytes, std::vector<float>* vector);

}  // namespace redstart
