#include "types/json_floats.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "base/ascii.h"
#include "base/numbers.h"

namespace redstart {

namespace {

struct Format {
  std::string_view name;   // of FPHA
  std::string_view short_name;
  int bits;                // of the significand, the hidden one included
  int exponent_min;        // of the smallest normal number, as frexp() has it
  int exponent_max;        // of the largest
};

// By JsonFloats. A double has more than the others ask for.
constexpr Format kFormats[] = {
    {},
    {"BF16", "BF16", 8, -125, 128},
    {"FP16", "F16", 11, -13, 16},
    {"FP32", "F32", 24, -125, 128},
    {"FP64", "F64", 53, -1021, 1024},
};

const Format& format_of(JsonFloats type) { return kFormats[static_cast<size_t>(type)]; }

// More than this no number of 16 bits needs.
constexpr int kDigitsMax16 = 5;

}  // namespace

JsonFloats json_floats(std::string_view name) {
  for (size_t i = 1; i < std::size(kFormats); i++) {
    if (equals_fold(name, kFormats[i].name)) return static_cast<JsonFloats>(i);
  }
  return JsonFloats::kNone;
}

std::string_view json_floats_name(JsonFloats type) { return format_of(type).short_name; }

bool round_json_float(JsonFloats type, double value, double* rounded) {
  *rounded = value;
  if (type == JsonFloats::kDouble64 || value == 0) return true;
  const Format& format = format_of(type);
  int exponent;
  std::frexp(value, &exponent);
  // Below the normal numbers the digits become fewer.
  const int unit = std::max(exponent, format.exponent_min) - format.bits;
  *rounded = std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit);
  std::frexp(*rounded, &exponent);
  return exponent <= format.exponent_max;
}

double shortest_json_float(JsonFloats type, double rounded) {
  char text[kDoubleTextMax];
  double shortest = rounded;
  if (type == JsonFloats::kSingle32) {
    const auto end = std::to_chars(text, text + sizeof text, static_cast<float>(rounded)).ptr;
    std::from_chars(text, end, shortest);
    return shortest;
  }
  if (type == JsonFloats::kDouble64 || rounded == std::trunc(rounded)) return rounded;
  for (int digits = 1; digits <= kDigitsMax16; digits++) {
    const auto end = std::to_chars(text, text + sizeof text, rounded, std::chars_format::scientific,
                                   digits - 1).ptr;
    std::from_chars(text, end, shortest);
    double again;
    if (round_json_float(type, shortest, &again) && again == rounded) return shortest;
  }
  return rounded;
}

}  // namespace redstart
