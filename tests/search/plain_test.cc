#include "search/plain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace redstart::search {
namespace {

TEST(Plain, PrintsNumbersAsJavaScriptDoes) {
  const std::pair<double, std::string_view> cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {30, "30"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {1.0 / 3, "0.3333333333333333"},
      {79.2, "79.2"},
      {123456.789, "123456.789"},
      {1e20, "100000000000000000000"},
      {123456789012345680000.0, "123456789012345680000"},
      {1e21, "1e+21"},
      {-1.25e300, "-1.25e+300"},
      {0.000001, "0.000001"},
      {0.00000123, "0.00000123"},
      {1e-7, "1e-7"},
      {1.5e-10, "1.5e-10"},
      {5e-324, "5e-324"},
      {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
      {HUGE_VAL, "Infinity"},
      {-HUGE_VAL, "-Infinity"},
      {NAN, "NaN"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(number_text(value), text);
}

TEST(Plain, IntegersAreIntegers) {
  EXPECT_EQ(Plain::of_number(30).kind, Plain::Kind::kInteger);
  EXPECT_EQ(Plain::of_number(-30).integer, -30);
  EXPECT_EQ(Plain::of_number(9007199254740992).integer, 9007199254740992);
  EXPECT_EQ(Plain::of_number(1e16).kind, Plain::Kind::kNumber);
  EXPECT_EQ(Plain::of_number(0.5).number, 0.5);
  EXPECT_EQ(Plain::of_number(HUGE_VAL).kind, Plain::Kind::kNumber);
  EXPECT_EQ(Plain::of_number(NAN).kind, Plain::Kind::kNumber);
  EXPECT_EQ(Plain::of_natural(7).integer, 7);
  EXPECT_EQ(Plain::of_natural(UINT64_MAX).text, "18446744073709551615");
}

TEST(Plain, ObjectsFindTheirMembers) {
  Plain object = Plain::of_object();
  object.add("a", Plain::of(int64_t{1}));
  object.add("b", Plain::of_text("a"));
  ASSERT_NE(object.find("b"), nullptr);
  EXPECT_EQ(object.find("b")->text, "a");
  EXPECT_EQ(object.find("c"), nullptr);
}

}  // namespace
}  // namespace redstart::search
