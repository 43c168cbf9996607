#include "commands/geo_args.h"

#include <charconv>
#include <cmath>
#include <string>

#include "base/numbers.h"

namespace redstart {
namespace {

std::string with_six_digits(double value) {
  char text[400];
  char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 6).ptr;
  return {text, end};
}

// All digits that a coordinate has, and a few more, as Redis 7.4 shows it.
void answer_coordinate(Reply& reply, double value) {
  char text[kLongDoubleTextMax];
  reply.dbl_text({text, write_long_double(text, value)});
}

}  // namespace

GeoPoint read_point(ArgReader& args) {
  GeoPoint point;
  point.longitude = args.number();
  point.latitude = args.number();
  if (args.ok() && !geo_valid(point)) {
    args.fail("ERR invalid longitude,latitude pair " + with_six_digits(point.longitude) + "," +
              with_six_digits(point.latitude));
  }
  return point;
}

double read_unit(ArgReader& args) {
  if (args.flag("M")) return 1;
  if (args.flag("KM")) return 1000;
  if (args.flag("FT")) return 0.3048;
  if (args.flag("MI")) return 1609.34;
  args.fail("ERR unsupported unit provided. please use M, KM, FT, MI");
  return 1;
}

void answer_distance(Reply& reply, double distance) {
  constexpr int64_t kScale = 10000;
  // Rounded to even, not by the digits that the exact value would have.
  int64_t scaled = std::llrint(distance * kScale);
  char text[kIntTextMax + 6];
  size_t size = write_int64(text, scaled / kScale);
  text[size++] = '.';
  for (int64_t unit = kScale / 10; unit > 0; unit /= 10) {
    text[size++] = static_cast<char>('0' + scaled / unit % 10);
  }
  reply.bulk({text, size});
}

void answer_point(Reply& reply, const GeoPoint& point) {
  reply.array(2);
  answer_coordinate(reply, point.longitude);
  answer_coordinate(reply, point.latitude);
}

}  // namespace redstart
