#include "types/vector_sketches.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "types/vector_math.h"

namespace redstart {

namespace {

constexpr size_t kWordBits = 64;

// Two words at once where the machine can. Each byte of the result counts the bits of that byte.
typedef uint64_t Words __attribute__((vector_size(16)));

Words count_in_bytes(Words x) {
  x -= (x >> 1) & 0x5555555555555555;
  x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
  return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
}

Words load(const uint64_t* from) {
  Words words;
  std::memcpy(&words, from, sizeof words);
  return words;
}

uint64_t sum_of_bytes(uint64_t x) {
  constexpr uint64_t kEven = 0x00ff00ff00ff00ff;
  return (((x & kEven) + ((x >> 8) & kEven)) * 0x0001000100010001) >> 48;
}

// In how many bits they differ. REQUIRES: an even number of words.
uint64_t differing_bits(const uint64_t* a, const uint64_t* b, size_t words) {
  constexpr size_t kRun = 2 * 31;  // so often a byte holds another 8 bits
  uint64_t sum = 0;
  for (size_t i = 0; i < words;) {
    const size_t end = words - i < kRun ? words : i + kRun;
    Words counts = {};
    for (; i < end; i += 2) counts += count_in_bytes(load(a + i) ^ load(b + i));
    sum += sum_of_bytes(counts[0]) + sum_of_bytes(counts[1]);
  }
  return sum;
}

float finite_float(double x) {
  constexpr double kMax = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(x, -kMax, kMax));
}

size_t words_for(uint32_t dimension) {
  return (dimension + 2 * kWordBits - 1) / (2 * kWordBits) * 2;
}

}  // namespace

VectorSketches::VectorSketches(Slab& slab, uint32_t dimension, VectorMetric metric,
                               std::vector<float> center)
    : slab_(slab),
      dimension_(dimension),
      metric_(metric),
      center_(std::move(center)),
      words_(words_for(dimension)),
      blocks_(SlabAllocator<char*>(slab)) {}

VectorSketches::~VectorSketches() {
  for (char* block : blocks_) slab_.release(block, block_bytes());
}

size_t VectorSketches::bytes() const {
  return sizeof *this + center_.size() * sizeof(float) + blocks_.capacity() * sizeof(char*) +
         blocks_.size() * Slab::class_size(block_bytes());
}

void VectorSketches::set(size_t row, const float* vector) {
  if (row == size_ && size_++ % kBlockRows == 0) {
    blocks_.push_back(static_cast<char*>(slab_.allocate(block_bytes())));
  }
  sketch(vector, row_at(row));
}

void VectorSketches::drop_last() {
  if (--size_ % kBlockRows != 0) return;
  slab_.release(blocks_.back(), block_bytes());
  blocks_.pop_back();
}

double VectorSketches::scale_of(const float* vector) const {
  if (metric_ != VectorMetric::kCosine) return 1;
  const double squared = exact_dot_product(vector, vector, dimension_);
  return squared == 0 ? 0 : 1 / std::sqrt(squared);
}

void VectorSketches::sketch(const float* vector, Row* row) const {
  const double scale = scale_of(vector);
  double squares = 0, steps = 0, along_center = 0;
  for (size_t word = 0; word < words_; word++) {
    uint64_t bits = 0;
    const size_t begin = word * kWordBits;
    const size_t end = std::min<size_t>(begin + kWordBits, dimension_);
    for (size_t d = begin; d < end; d++) {
      const double x = vector[d] * scale, step = x - center_[d];
      squares += step * step;
      steps += std::abs(step);
      along_center += x * center_[d];
      bits |= uint64_t{step > 0} << (d - begin);
    }
    row->words[word] = bits;
  }
  row->spread = steps == 0 ? 0 : finite_float(squares / steps);
  row->bias = finite_float(metric_ == VectorMetric::kDot ? along_center : -squares / 2);
}

// Of doubles, which cannot overflow.
double VectorSketches::estimate(const Row& row, const Row& query) const {
  const uint64_t differing = differing_bits(row.words, query.words, words_);
  const double agreement = static_cast<double>(dimension_) - 2 * static_cast<double>(differing);
  return double{row.spread} * query.spread * agreement + row.bias;
}

}  // namespace redstart
