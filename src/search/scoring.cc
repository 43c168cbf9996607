#include "search/scoring.h"

#include <cmath>

namespace redstart::search {

double inverse_frequency(size_t with, size_t all) {
  const double n = static_cast<double>(with);
  return std::log1p((static_cast<double>(all) - n + 0.5) / (n + 0.5));
}

std::shared_ptr<const LengthNorms> length_norms(double average_length) {
  auto norms = std::make_shared<LengthNorms>();
  for (int code = 0; code < 256; code++) {
    const double length = length_of(static_cast<uint8_t>(code));
    (*norms)[code] = kK1 * (1 - kB + kB * length / average_length);
  }
  return norms;
}

}  // namespace redstart::search
