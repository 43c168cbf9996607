#include "types/vector_form.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/numbers.h"

namespace redstart {

static_assert(std::endian::native == std::endian::little);

bool read_float(std::string_view text, float* number) {
  double value;
  if (!parse_double(text, &value)) return false;
  if (!(std::abs(value) <= double{std::numeric_limits<float>::max()})) return false;
  *number = static_cast<float>(value);
  return true;
}

bool read_floats(std::string_view bytes, std::vector<float>* vector) {
  if (bytes.empty() || bytes.size() % sizeof(float) != 0) return false;
  vector->resize(bytes.size() / sizeof(float));
  std::memcpy(vector->data(), bytes.data(), bytes.size());
  for (float number : *vector) {
    if (!std::isfinite(number)) return false;
  }
  return true;
}

}  // namespace redstart
