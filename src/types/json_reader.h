// JSON text, read strictly and in one pass, without memory beyond the value itself.
//
// The fast road for ordinary documents is json_parse.h. This one takes what that leaves: numbers
// that fit no 64 bits (they become doubles), very large texts, and everything that is not JSON: it
// says what is wrong and where, in the words of RedisJSON's parser.
#pragma once

#include <string>
#include <string_view>

#include "types/json_build.h"
#include "types/json_floats.h"

namespace redstart {

// False: `error` says why ("expected value at line 1 column 3"), and the builder is empty.
// `floats`: the numbers of arrays, up to the first element that is none, are rounded to this type;
// one that is too large for it is an error.
bool read_json(std::string_view text, JsonBuilder* builder, std::string* error,
               JsonFloats floats = JsonFloats::kNone);

}  // namespace redstart
