#include "types/vector_math.h"

#include <cstring>

namespace redstart {

namespace {

// Four numbers in one register, on every machine that has such: the compiler knows which, and does
// it by hand where there are none. It may not reorder a plain sum.
typedef float Lanes __attribute__((vector_size(16)));
constexpr size_t kLane = sizeof(Lanes) / sizeof(float);

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

// The sum of `term` over all pairs, for lanes and for single numbers.
template <class Term>
float sum_over(const float* a, const float* b, size_t n, Term&& term) {
  Lanes s0 = {}, s1 = {}, s2 = {}, s3 = {};
  size_t i = 0;
  for (; i + 4 * kLane <= n; i += 4 * kLane) {
    s0 += term(load(a + i), load(b + i));
    s1 += term(load(a + i + kLane), load(b + i + kLane));
    s2 += term(load(a + i + 2 * kLane), load(b + i + 2 * kLane));
    s3 += term(load(a + i + 3 * kLane), load(b + i + 3 * kLane));
  }
  const Lanes lanes = (s0 + s1) + (s2 + s3);
  float sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
  for (; i < n; i++) sum += term(a[i], b[i]);
  return sum;
}

}  // namespace

float dot_product(const float* a, const float* b, size_t n) {
  return sum_over(a, b, n, [](auto x, auto y) { return x * y; });
}

float squared_distance(const float* a, const float* b, size_t n) {
  return sum_over(a, b, n, [](auto x, auto y) { return (x - y) * (x - y); });
}

double exact_dot_product(const float* a, const float* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += double{a[i]} * double{b[i]};
  return sum;
}

double exact_squared_distance(const float* a, const float* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double difference = double{a[i]} - double{b[i]};
    sum += difference * difference;
  }
  return sum;
}

}  // namespace redstart
