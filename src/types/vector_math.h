// What is computed of two vectors. Sums of floats run in several lanes, in an order that does not
// depend on the machine: equal vectors give equal sums everywhere. Those of doubles are exact
// enough to decide, and cannot overflow.
#pragma once

#include <cstddef>

namespace redstart {

float dot_product(const float* a, const float* b, size_t n);
float squared_distance(const float* a, const float* b, size_t n);

double exact_dot_product(const float* a, const float* b, size_t n);
double exact_squared_distance(const float* a, const float* b, size_t n);

}  // namespace redstart
