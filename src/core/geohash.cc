#include "core/geohash.h"

#include <algorithm>
#include <cmath>

namespace redstart {
namespace {

constexpr int kSteps = 26;
constexpr double kEarthRadius = 6372797.560856;
constexpr double kMercatorMax = 20037726.37;
constexpr double kRadians = 3.14159265358979323846 / 180.0;

struct Limits {
  double low, high;
  double size() const { return high - low; }
};
constexpr Limits kLongitudes{-kGeoLongitudeMax, kGeoLongitudeMax};
constexpr Limits kLatitudes{-kGeoLatitudeMax, kGeoLatitudeMax};

// Puts a zero bit before each of the 32 bits.
uint64_t spread(uint32_t bits) {
  uint64_t spread = bits;
  spread = (spread | spread << 16) & 0x0000'ffff'0000'ffff;
  spread = (spread | spread << 8) & 0x00ff'00ff'00ff'00ff;
  spread = (spread | spread << 4) & 0x0f0f'0f0f'0f0f'0f0f;
  spread = (spread | spread << 2) & 0x3333'3333'3333'3333;
  return (spread | spread << 1) & 0x5555'5555'5555'5555;
}

uint32_t gather(uint64_t bits) {
  bits &= 0x5555'5555'5555'5555;
  bits = (bits | bits >> 1) & 0x3333'3333'3333'3333;
  bits = (bits | bits >> 2) & 0x0f0f'0f0f'0f0f'0f0f;
  bits = (bits | bits >> 4) & 0x00ff'00ff'00ff'00ff;
  bits = (bits | bits >> 8) & 0x0000'ffff'0000'ffff;
  return static_cast<uint32_t>(bits | bits >> 16);
}

struct Cell {
  uint32_t x, y;  // counted from west and south
  int step;

  uint64_t bits() const { return spread(y) | spread(x) << 1; }
  double edge(const Limits& limits, uint32_t at) const {
    return limits.low + (at * 1.0 / static_cast<double>(uint64_t{1} << step)) * limits.size();
  }
  double west() const { return edge(kLongitudes, x); }
  double east() const { return edge(kLongitudes, x + 1); }
  double south() const { return edge(kLatitudes, y); }
  double north() const { return edge(kLatitudes, y + 1); }

  // Over the edge of the map it goes on at the other side.
  Cell moved(int dx, int dy) const {
    uint32_t mask = (uint32_t{1} << step) - 1;
    Cell cell = *this;
    if (dx != 0) cell.x = (x + static_cast<uint32_t>(dx)) & mask;
    if (dy != 0) cell.y = (y + static_cast<uint32_t>(dy)) & mask;
    return cell;
  }
};

Cell cell_of(const GeoPoint& point, int step, const Limits& longitudes, const Limits& latitudes) {
  auto cells = static_cast<double>(uint64_t{1} << step);
  double x = (point.longitude - longitudes.low) / longitudes.size();
  double y = (point.latitude - latitudes.low) / latitudes.size();
  return {static_cast<uint32_t>(x * cells), static_cast<uint32_t>(y * cells), step};
}
Cell cell_of(const GeoPoint& point, int step) {
  return cell_of(point, step, kLongitudes, kLatitudes);
}

// Along a meridian.
double latitude_distance(double a, double b) {
  return kEarthRadius * std::fabs(b * kRadians - a * kRadians);
}

// The box around a shape. Its sides are meridians, which come closer towards the poles: the width
// is that of the side farther from the equator.
struct Bounds {
  double west, south, east, north;
};
Bounds bounds_of(const GeoShape& shape) {
  bool circle = shape.kind == GeoShape::Kind::kCircle;
  double height = circle ? shape.radius : shape.height / 2;
  double width = circle ? shape.radius : shape.width / 2;
  double latitude = shape.centre.latitude, longitude = shape.centre.longitude;
  double up = height / kEarthRadius / kRadians;
  double far_side = latitude < 0 ? latitude - up : latitude + up;
  double aside = width / kEarthRadius / std::cos(far_side * kRadians) / kRadians;
  return {longitude - aside, latitude - up, longitude + aside, latitude + up};
}

// So many steps that a cell is about as large as the search.
int steps_for(double radius, double latitude) {
  if (radius == 0) return kSteps;
  int step = 1;
  for (; radius < kMercatorMax; radius *= 2) step++;
  step -= 2;  // so that the neighbours cover it in most cases
  double from_equator = std::fabs(latitude);
  if (from_equator > 66) step--;
  if (from_equator > 80) step--;
  return std::clamp(step, 1, kSteps);
}

bool neighbours_suffice(const Cell& cell, const Bounds& bounds) {
  return cell.moved(0, 1).north() >= bounds.north && cell.moved(0, -1).south() <= bounds.south &&
         cell.moved(1, 0).east() >= bounds.east && cell.moved(-1, 0).west() <= bounds.west;
}

// What is no position at all becomes one somewhere: that which Redis shows on a PC.
uint64_t bits_of(double score) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (score >= 2 * kTwoTo63) return 0;
  if (score >= 0) return static_cast<uint64_t>(score);
  if (score < -kTwoTo63) return uint64_t{1} << 63;
  return static_cast<uint64_t>(static_cast<int64_t>(score));
}

GeoCover::Range scores_of(const Cell& cell) {
  int below = 2 * (kSteps - cell.step);
  return {cell.bits() << below, (cell.bits() + 1) << below};
}

}  // namespace

bool geo_valid(const GeoPoint& point) {
  return std::fabs(point.longitude) <= kGeoLongitudeMax &&
         std::fabs(point.latitude) <= kGeoLatitudeMax;
}

uint64_t geo_encode(const GeoPoint& point) { return cell_of(point, kSteps).bits(); }

GeoPoint geo_decode(double score) {
  uint64_t bits = bits_of(score);
  Cell cell{gather(bits >> 1), gather(bits), kSteps};
  return {std::clamp((cell.west() + cell.east()) / 2, -kGeoLongitudeMax, kGeoLongitudeMax),
          std::clamp((cell.south() + cell.north()) / 2, -kGeoLatitudeMax, kGeoLatitudeMax)};
}

void geo_write_text(char* out, const GeoPoint& point) {
  // Here latitudes are counted up to the poles.
  uint64_t bits = cell_of(point, kSteps, kLongitudes, {-90, 90}).bits();
  for (size_t i = 0; i + 1 < kGeohashText; i++) {
    out[i] = "0123456789bcdefghjkmnpqrstuvwxyz"[bits >> (2 * kSteps - 5 * (i + 1)) & 31];
  }
  out[kGeohashText - 1] = '0';  // 52 bits are ten letters and a half
}

double geo_distance(const GeoPoint& a, const GeoPoint& b) {
  double v = std::sin((b.longitude * kRadians - a.longitude * kRadians) / 2);
  if (v == 0.0) return latitude_distance(a.latitude, b.latitude);
  double from = a.latitude * kRadians, to = b.latitude * kRadians;
  double u = std::sin((to - from) / 2);
  return 2.0 * kEarthRadius * std::asin(std::sqrt(u * u + std::cos(from) * std::cos(to) * v * v));
}

bool GeoShape::contains(const GeoPoint& point, double* distance) const {
  if (kind == Kind::kBox) {
    if (latitude_distance(point.latitude, centre.latitude) > height / 2) return false;
    GeoPoint same_parallel{centre.longitude, point.latitude};
    if (geo_distance(point, same_parallel) > width / 2) return false;
  }
  *distance = geo_distance(centre, point);
  return kind == Kind::kBox || *distance <= radius;
}

GeoCover geo_cover(const GeoShape& shape) {
  Bounds bounds = bounds_of(shape);
  double radius = shape.kind == GeoShape::Kind::kCircle
                      ? shape.radius
                      : std::sqrt((shape.width / 2) * (shape.width / 2) +
                                  (shape.height / 2) * (shape.height / 2));
  int step = steps_for(radius, shape.centre.latitude);
  Cell cell = cell_of(shape.centre, step);
  if (step > 1 && !neighbours_suffice(cell, bounds)) cell = cell_of(shape.centre, --step);

  // The sides that the shape does not reach. Of very large cells all are taken.
  bool reach = step < 2;
  bool north = reach || !(cell.north() > bounds.north);
  bool south = reach || !(cell.south() < bounds.south);
  bool east = reach || !(cell.east() > bounds.east);
  bool west = reach || !(cell.west() < bounds.west);

  GeoCover cover;
  auto add = [&](int dx, int dy) {
    GeoCover::Range range = scores_of(cell.moved(dx, dy));
    // Very large cells are each other's neighbours on both sides.
    if (cover.count > 1 && cover.ranges[cover.count - 1] == range) return;
    cover.ranges[cover.count++] = range;
  };
  add(0, 0);
  if (north) add(0, 1);
  if (south) add(0, -1);
  if (east) add(1, 0);
  if (west) add(-1, 0);
  if (north && east) add(1, 1);
  if (north && west) add(-1, 1);
  if (south && east) add(1, -1);
  if (south && west) add(-1, -1);
  return cover;
}

}  // namespace redstart
