#include "types/json_floats.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <cstring>

#include "base/random.h"

namespace redstart {
namespace {

constexpr JsonFloats kTypes[] = {JsonFloats::kBrain16, JsonFloats::kHalf16, JsonFloats::kSingle32,
                                 JsonFloats::kDouble64};

double rounded(JsonFloats type, double value) {
  double result;
  return round_json_float(type, value, &result) ? result : INFINITY;
}

TEST(JsonFloats, AreKnownByTheirNames) {
  EXPECT_EQ(json_floats("bf16"), JsonFloats::kBrain16);
  EXPECT_EQ(json_floats("FP16"), JsonFloats::kHalf16);
  EXPECT_EQ(json_floats("Fp32"), JsonFloats::kSingle32);
  EXPECT_EQ(json_floats("FP64"), JsonFloats::kDouble64);
  for (std::string_view none : {"", "FP8", "FP160", "F16"}) {
    EXPECT_EQ(json_floats(none), JsonFloats::kNone) << none;
  }
}

TEST(JsonFloats, RoundToTheNearest) {
  const struct {
    JsonFloats type;
    double value, rounded;
  } kCases[] = {
      {JsonFloats::kHalf16, 0.3, 0.300048828125},
      {JsonFloats::kHalf16, -2049, -2048},             // ties go to the even one
      {JsonFloats::kHalf16, 2051, 2052},
      {JsonFloats::kHalf16, 65519, 65504},             // the largest
      {JsonFloats::kHalf16, 65520, INFINITY},
      {JsonFloats::kHalf16, 0x1p-24, 0x1p-24},         // the smallest
      {JsonFloats::kHalf16, 0x1.8p-25, 0x1p-24},
      {JsonFloats::kHalf16, 0x1p-25, 0},
      {JsonFloats::kBrain16, 0.3, 0.30078125},
      {JsonFloats::kBrain16, 257, 256},
      {JsonFloats::kBrain16, 3.38e38, 0x1.fcp127},
      {JsonFloats::kBrain16, 3.4e38, INFINITY},
      {JsonFloats::kBrain16, 0x1p-133, 0x1p-133},
      {JsonFloats::kSingle32, 16777217, 16777216},
      {JsonFloats::kSingle32, FLT_MAX, FLT_MAX},
      {JsonFloats::kSingle32, 3.5e38, INFINITY},
      {JsonFloats::kDouble64, DBL_MAX, DBL_MAX},
      {JsonFloats::kDouble64, 0.1, 0.1},
  };
  for (const auto& c : kCases) EXPECT_EQ(rounded(c.type, c.value), c.rounded) << c.value;
  for (JsonFloats type : kTypes) EXPECT_TRUE(std::signbit(rounded(type, -0.0)));
}

TEST(JsonFloats, SinglesAreThoseOfTheMachine) {
  Random random(1);
  for (int i = 0; i < 100000; i++) {
    const auto bits = static_cast<uint32_t>(random.next());
    float single;
    std::memcpy(&single, &bits, sizeof single);
    if (!std::isfinite(single)) continue;
    EXPECT_EQ(rounded(JsonFloats::kSingle32, single), single);
    // A little beside it, less than half a step.
    const double near = single + (std::nextafterf(single, 0) - static_cast<double>(single)) / 4;
    EXPECT_EQ(rounded(JsonFloats::kSingle32, near), static_cast<float>(near));
  }
}

TEST(JsonFloats, TheFewestDigitsMeanTheSame) {
  for (JsonFloats type : kTypes) {
    for (double value : {0.3, 0.1, 0.7, 1.0, 2.5, 100.0, -0.3, -2.5}) {
      EXPECT_EQ(shortest_json_float(type, rounded(type, value)), value) << value;
    }
  }
  EXPECT_EQ(shortest_json_float(JsonFloats::kHalf16, rounded(JsonFloats::kHalf16, 3.14159)), 3.14);
  // Without a fraction they are what they are.
  EXPECT_EQ(shortest_json_float(JsonFloats::kHalf16, 2048), 2048);
  Random random(2);
  for (int i = 0; i < 100000; i++) {
    for (JsonFloats type : kTypes) {
      const double value = std::ldexp(static_cast<double>(random.below(1 << 20)) + 1,
                                      static_cast<int>(random.below(30)) - 40);
      const double one = rounded(type, value);
      EXPECT_EQ(rounded(type, shortest_json_float(type, one)), one) << value;
    }
  }
}

}  // namespace
}  // namespace redstart
