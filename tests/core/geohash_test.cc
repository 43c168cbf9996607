#include "core/geohash.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

namespace redstart {
namespace {

constexpr GeoPoint kPalermo{13.361389, 38.115556};
constexpr GeoPoint kCatania{15.087269, 37.502669};

std::string text_of(const GeoPoint& point) {
  char text[kGeohashText];
  geo_write_text(text, geo_decode(static_cast<double>(geo_encode(point))));
  return {text, sizeof text};
}

TEST(Geohash, IsCompatibleToTheBit) {
  EXPECT_EQ(geo_encode(kPalermo), 3479099956230698u);
  EXPECT_EQ(geo_encode(kCatania), 3479447370796909u);
  EXPECT_EQ(geo_encode({-180, -kGeoLatitudeMax}), 0u);
  EXPECT_EQ(geo_encode({180, 0}), 10133099161583616u);  // beyond 52 bits, as in Redis
  GeoPoint point = geo_decode(3479099956230698);
  EXPECT_EQ(point.longitude, 13.36138933897018433);
  EXPECT_EQ(point.latitude, 38.11555639549629859);
  EXPECT_EQ(text_of(kPalermo), "sqc8b49rny0");
  EXPECT_EQ(text_of(kCatania), "sqdtr74hyu0");
}

TEST(Geohash, AnyScoreIsSomewhere) {
  for (double score : {-1.0, 1e18, 1e300, -HUGE_VAL, HUGE_VAL, 0.5}) {
    EXPECT_TRUE(geo_valid(geo_decode(score))) << score;
  }
}

TEST(Geohash, ValidPoints) {
  EXPECT_TRUE(geo_valid({180, kGeoLatitudeMax}));
  EXPECT_FALSE(geo_valid({180.1, 0}));
  EXPECT_FALSE(geo_valid({0, -85.06}));
}

TEST(Geohash, Distances) {
  GeoPoint palermo = geo_decode(3479099956230698), catania = geo_decode(3479447370796909);
  EXPECT_NEAR(geo_distance(palermo, catania), 166274.1516, 0.0001);
  EXPECT_EQ(geo_distance(palermo, palermo), 0);
  EXPECT_NEAR(geo_distance({0, 0}, {180, 0}), 3.14159265 * 6372797.560856, 1);
}

TEST(Geohash, ABoxIsAsWideAsItsOwnParallels) {
  GeoShape box{.kind = GeoShape::Kind::kBox, .centre = {0, 60}, .width = 200000, .height = 100000};
  double distance;
  EXPECT_TRUE(box.contains({1.7, 60}, &distance));
  EXPECT_NEAR(distance, 94500, 500);
  EXPECT_FALSE(box.contains({1.9, 60}, &distance));
  EXPECT_FALSE(box.contains({0, 60.5}, &distance));
}

// What is inside a shape is inside one of the ranges of its cover, and in one only.
TEST(Geohash, ACoverHoldsEveryPointOfTheShape) {
  uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<> unit(-1, 1);
  int inside = 0;
  for (int round = 0; round < 20000; ++round) {
    // Not across the edges of the map: there Redis loses points, and so do we.
    GeoShape shape{.centre = {unit(random) * 100, unit(random) * 70}};
    double size = std::pow(10, 3 + 2.8 * std::fabs(unit(random)));
    if (round % 2 == 0) {
      shape.radius = size;
    } else {
      shape.kind = GeoShape::Kind::kBox;
      shape.width = size * (1.1 + unit(random));
      shape.height = size * (1.1 + unit(random));
    }
    double degrees = size / 100000;
    GeoPoint point{shape.centre.longitude + unit(random) * 3 * degrees,
                   shape.centre.latitude + unit(random) * degrees};
    double distance;
    if (!geo_valid(point) || !shape.contains(point, &distance)) continue;
    inside++;
    uint64_t score = geo_encode(point);
    GeoCover cover = geo_cover(shape);
    int holding = 0;
    for (size_t i = 0; i < cover.count; ++i) {
      holding += score >= cover.ranges[i].low && score < cover.ranges[i].high;
    }
    ASSERT_EQ(holding, 1) << point.longitude << ' ' << point.latitude;
  }
  EXPECT_GT(inside, 2000);
}

}  // namespace
}  // namespace redstart
