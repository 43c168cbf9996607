// Positions on the globe as numbers of 52 bits: the scores of geo sets.
//
// Goal: positions that are near each other are mostly near each other as numbers, so that a search
// around a point is a handful of ranges of scores.
//
//   longitude  -180 .. 180      cut in halves `step` times: step bits    x
//   latitude   -85.05 .. 85.05  (Mercator's square)         step bits    y
//   cell       the bits of both in turn, longitude first: ...x y x y     2 * step bits
//
// With 26 steps a cell is 0.6 m wide at the equator and its bits are the score. A cell of fewer
// steps is the range of all scores that begin with its bits.
//
// A search is covered by the cell around its centre and those of the eight neighbours that it
// reaches, with as many steps as let them cover it. Each point of these ranges is then measured:
// the earth is a sphere of 6372797.56 m, distances are great circles (haversine).
//
// Compatible to the bit: cells, scores, distances and the order of the ranges are those of Redis,
// since results without an order are answered in the order in which they are found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redstart {

struct GeoPoint {
  double longitude = 0;
  double latitude = 0;
};

inline constexpr double kGeoLongitudeMax = 180;
inline constexpr double kGeoLatitudeMax = 85.05112878;

// False: such a point has no score.
bool geo_valid(const GeoPoint& point);
// REQUIRES: geo_valid().
uint64_t geo_encode(const GeoPoint& point);
// The middle of the cell. Any score is taken: sorted sets may hold what is none of ours.
GeoPoint geo_decode(double score);

// The eleven letters by which other services know a place; the last is always '0'.
inline constexpr size_t kGeohashText = 11;
void geo_write_text(char* out, const GeoPoint& point);

// In metres.
double geo_distance(const GeoPoint& a, const GeoPoint& b);

// A circle, or a rectangle along the parallels. Lengths in metres.
struct GeoShape {
  enum class Kind : uint8_t { kCircle, kBox };
  Kind kind = Kind::kCircle;
  GeoPoint centre;
  double radius = 0;             // kCircle
  double width = 0, height = 0;  // kBox

  // Whether the point is inside; if so, its distance from the centre.
  bool contains(const GeoPoint& point, double* distance) const;
};

// Ranges [low, high) of scores, which together hold every point of a shape.
struct GeoCover {
  struct Range {
    uint64_t low, high;
    bool operator==(const Range&) const = default;
  };
  Range ranges[9];
  size_t count = 0;
};
// REQUIRES: geo_valid(shape.centre).
GeoCover geo_cover(const GeoShape& shape);

}  // namespace redstart
