#include "base/numbers.h"

#include <gtest/gtest.h>

#include <bit>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

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

// Redis's digits are neither always the fewest nor always the nearest (see grisu.h).
TEST(Doubles, DigitsAreThoseOfRedisEvenWhereShorterOnesExist) {
  EXPECT_EQ(double_text(675510.9391398639), "6.755109391398639e+5");
  EXPECT_EQ(double_text(-1396365117936075.8), "-1396365117936075.7");
  EXPECT_EQ(double_text(2.380234864543e+17 + 4.1752050594835e+78), "4.1752050594835004e+78");
  EXPECT_EQ(double_text(8.179690292851700e-251), "8.179690292851699e-251");
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

TEST(LongDoubles, WrittenAsPrintfWithoutTrailingZeros) {
  Random random(3);
  for (int i = 0; i < 20000; i++) {
    const auto bits = static_cast<long double>(random.next());
    long double value = std::ldexp(bits, static_cast<int>(random.below(200)) - 150);
    if (i % 3 == 0) value = static_cast<long double>(random.below(2000000)) / 100;
    if (i % 3 == 1) value = std::ldexp(1.0L, -static_cast<int>(random.below(80)));  // ties
    if (random.below(2) == 0) value = -value;
    char expected[kLongDoubleTextMax];
    int size = snprintf(expected, sizeof expected, "%.17Lf", value);
    while (expected[size - 1] == '0') size--;
    if (expected[size - 1] == '.') size--;
    std::string_view want(expected, static_cast<size_t>(size));
    if (want == "-0") want = "0";
    char text[kLongDoubleTextMax];
    ASSERT_EQ(std::string_view(text, write_long_double(text, value)), want);
  }
  char text[kLongDoubleTextMax];
  EXPECT_EQ(std::string_view(text, write_long_double(text, -HUGE_VALL)), "-inf");
  EXPECT_GT(write_long_double(text, std::numeric_limits<long double>::max()), 300u);
}

TEST(LongDoubles, ReadAsTheNearestValue) {
  for (const char* text : {"3.14", "-0.1", "10", ".5", "5.", "1234567890123456789",
                           "0.0000000000001", "12345678901234567890.5", "1e10", "+7", "0x1p4",
                           "-0.30000000000000000001", "9999999999999999999"}) {
    long double value;
    ASSERT_TRUE(parse_long_double(text, &value)) << text;
    EXPECT_EQ(value, strtold(text, nullptr)) << text;
  }
  for (const char* text : {"", "-", ".", "-.", "1.2.3", "1 ", "nan", "1e5000", "--1", "1-"}) {
    long double value;
    EXPECT_FALSE(parse_long_double(text, &value)) << text;
  }
}

// The sanitizer watches what lies behind.
TEST(LongDoubles, NothingIsReadBehindTheText) {
  for (const std::string_view text :
       {"inf", "-infinity", "in", "name", "nan", "0xnan", "1e", "3"}) {
    const std::vector<char> exact(text.begin(), text.end());
    long double value;
    EXPECT_EQ(parse_long_double({exact.data(), exact.size()}, &value),
              text == "inf" || text == "-infinity" || text == "3")
        << text;
  }
}

TEST(MemorySizes, UnitsOfTheConfiguration) {
  const struct {
    const char* text;
    uint64_t bytes;
  } good[] = {{"0", 0},        {"100", 100},     {"1b", 1},        {"2k", 2000},      {"2kb", 2048},
              {"3M", 3000000}, {"3mB", 3 << 20}, {"1gb", 1 << 30}, {"1G", 1000000000}};
  for (const auto& c : good) {
    uint64_t bytes;
    ASSERT_TRUE(parse_memory_size(c.text, &bytes)) << c.text;
    EXPECT_EQ(bytes, c.bytes) << c.text;
  }
  for (const char* text :
       {"-1", "1tb", "1 kb", "1kb ", "1.5mb", "99999999999999999999", "99999999999999999gb"}) {
    uint64_t bytes;
    EXPECT_FALSE(parse_memory_size(text, &bytes)) << text;
  }
}

}  // namespace
}  // namespace redstart
