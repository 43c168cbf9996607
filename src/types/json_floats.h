// The float types of JSON.SET's FPHA: what their precision leaves of a number.
//
// Numbers are kept as doubles all the same. One that was rounded becomes the double of the fewest
// digits that mean the same in its type, so that it is printed as the type would print it: 0.3 in
// half precision is 0.300048828125, and "0.3" for everybody who reads it.
#pragma once

#include <cstdint>
#include <string_view>

namespace redstart {

enum class JsonFloats : uint8_t { kNone, kBrain16, kHalf16, kSingle32, kDouble64 };

// The types by the names that FPHA has for them; kNone: there is none of this name.
JsonFloats json_floats(std::string_view name);
// For the error: "F16".
std::string_view json_floats_name(JsonFloats type);

// To the nearest number of the type. False: it is too large for it.
bool round_json_float(JsonFloats type, double value, double* rounded);
// The double of the fewest digits that are rounded to this one. REQUIRES: it is rounded.
double shortest_json_float(JsonFloats type, double rounded);

}  // namespace redstart
