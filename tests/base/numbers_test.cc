#include "base/numbers.h"

#include <gtest/gtest.h>

#include <bit>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/random.h"

namespace redstart {
namespace {

TEST(Integers, OnlyTextsThatPrintBackAreAccepted) {
  for (const char* text : {"0", "1", "-1", "9", "10", "9223372036854775807", "-9223372036854775808",
                           "1000000000000000000"}) {
    int64_t value = 77;
    ASSERT_TRUE(parse_int64(text, &value)) << text;
    EXPECT_EQ(int64_text(value), text);
  }
  for (const char* text : {"", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1a", "1.0", "--1",
                           "9223372036854775808", "-9223372036854775809", "18446744073709551616",
                           "99999999999999999999", "100000000000000000000"}) {
    int64_t value;
    EXPECT_FALSE(parse_int64(text, &value)) << text;
  }
  int64_t value;
  EXPECT_FALSE(parse_int64(std::string_view("1\0", 2), &value));
}

TEST(Integers, UnsignedReachesItsOwnLimit) {
  uint64_t value;
  ASSERT_TRUE(parse_uint64("18446744073709551615", &value));
  EXPECT_EQ(value, UINT64_MAX);
  EXPECT_FALSE(parse_uint64("18446744073709551616", &value));
  EXPECT_FALSE(parse_uint64("20000000000000000000", &value));
  EXPECT_FALSE(parse_uint64("-1", &value));
}

TEST(Integers, WrittenAsPrintfDoesAtEveryLength) {
  Random random(1);
  for (int i = 0; i < 20000; i++) {
    const auto value = static_cast<int64_t>(random.next() >> random.below(64));
    for (int64_t v : {value, -value, std::bit_cast<int64_t>(random.next())}) {
      char expected[32];
      const int size = snprintf(expected, sizeof expected, "%lld", static_cast<long long>(v));
      ASSERT_EQ(int64_text(v), std::string_view(expected, static_cast<size_t>(size)));
      ASSERT_EQ(int64_text_size(v), static_cast<size_t>(size));
    }
  }
  uint64_t power = 1;
  for (size_t digits = 1; digits <= 20; digits++, power *= 10) {
    char text[kIntTextMax];
    EXPECT_EQ(write_uint64(text, power), digits);
    if (digits > 1) {
      EXPECT_EQ(write_uint64(text, power - 1), digits - 1);
    }
  }
}

TEST(Doubles, PrintedAsRedisLaysThemOut) {
  const struct {
    double value;
    const char* text;
  } cases[] = {
      {0, "0"},
      {-0.0, "-0"},
      {3, "3"},
      {-17, "-17"},
      {0.1, "0.1"},
      {1.5, "1.5"},
      {1e15, "1000000000000000"},
      {1e18, "1000000000000000000"},
      {9007199254740993.0, "9007199254740992"},
      {4611686018427387904.0, "4611686018427387904"},
      {1e19, "1e+19"},
      {1e21, "1e+21"},
      {1.2345678901234567e19, "12345678901234567000"},
      {1.2345678901234567e24, "1.2345678901234568e+24"},
      {0.000001, "0.000001"},
      {0.0000001, "1e-7"},
      {0.00001234567890123, "1.234567890123e-5"},
      {0.0012345678901234, "0.0012345678901234"},
      {5e-324, "5e-324"},
      {DBL_MAX, "1.7976931348623157e+308"},
      {-DBL_MIN, "-2.2250738585072014e-308"},
      {INFINITY, "inf"},
      {-INFINITY, "-inf"},
      {NAN, "nan"},
      {-NAN, "nan"},
  };
  for (const auto& c : cases) EXPECT_EQ(double_text(c.value), c.text);
}

TEST(Doubles, TextReadsBackAsTheSameBits) {
  Random random(2);
  for (int i = 0; i < 50000; i++) {
    const double value = std::bit_cast<double>(random.next());
    if (!std::isfinite(value)) continue;
    const std::string text = double_text(value);
    ASSERT_LE(text.size(), kDoubleTextMax);
    double back;
    ASSERT_TRUE(parse_double(text, &back)) << text;
    ASSERT_EQ(std::bit_cast<uint64_t>(back), std::bit_cast<uint64_t>(value)) << text;
  }
}

TEST(Doubles, FormsOfCommandsAreAcceptedAndNothingElse) {
  const struct {
    const char* text;
    double value;
  } good[] = {
      {"1", 1},           {"+1", 1},          {"-1.5", -1.5},     {".5", .5},
      {"5.", 5},          {"1e3", 1000},      {"1E+3", 1000},     {"007", 7},
      {"0x10", 16},       {"-0X1.8p1", -3},   {"inf", INFINITY},  {"-Infinity", -INFINITY},
      {"+INF", INFINITY}, {"1e-310", 1e-310}, {"3e-324", 5e-324}, {"0e999", 0},
      {"0x.8", .5},       {"1e308", 1e308},   {"0.0e-9999", 0},
  };
  for (const auto& c : good) {
    double value;
    ASSERT_TRUE(parse_double(c.text, &value)) << c.text;
    EXPECT_EQ(value, c.value) << c.text;
  }
  for (const char* text :
       {"",          " 1",         "1 ",   "\t1",   "+",      "-",      ".",
        "e5",        "1e",         "1e+",  "1x",    "nan",    "-nan",   "nan(1)",
        "NAN",       "infi",       "in",   "+-1",   "--1",    "0x",     "0x-1",
        "0xinf",     "0xnan",      "0x1p", "1e309", "-1e309", "1e-400", "1e99999999999999999999",
        "0x1p99999", "0x1p-99999", "1,5"}) {
    double value;
    EXPECT_FALSE(parse_double(text, &value)) << text;
  }
  double value;
  EXPECT_FALSE(parse_double(std::string_view("1\0", 2), &value));
}

}  // namespace
}  // namespace redstart
