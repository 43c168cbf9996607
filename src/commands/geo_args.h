// What the geo commands share: positions and lengths as clients write and read them.
#pragma once

#include <string_view>

#include "core/geohash.h"
#include "engine/arg_reader.h"
#include "engine/context.h"

namespace redstart {

// Takes a longitude and a latitude.
GeoPoint read_point(ArgReader& args);
// Takes a unit: how many metres it has.
double read_unit(ArgReader& args);

// A length with four digits behind the point.
void answer_distance(Reply& reply, double distance);
void answer_point(Reply& reply, const GeoPoint& point);

}  // namespace redstart
