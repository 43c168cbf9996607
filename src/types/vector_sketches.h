// What a search over many vectors reads before it reads vectors: of each a bit per element and two
// numbers, a thirtieth of its size.
//
//   bit d of x:      x[d] > center[d]          COSINE: of x divided by its length
//   estimate(x, q):  spread(x) * spread(q) * (bits that agree - bits that differ) + bias(x)
//
// The signs of x - center are the corner of a cube that is nearest to its direction, `spread` is
// how long a step along each edge of that cube stands for x - center, and `bias` is what does not
// depend on q. Estimates order vectors as their nearness does, but for an error that falls with the
// root of the dimension: the best thousand by estimate hold the best ten, or nearly. The center is
// the mean of the vectors that were there when the sketches were made: it decides how good they
// are, never what is right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "types/slab_allocator.h"
#include "types/vector_metric.h"

namespace redstart {

class VectorSketches {
 public:
  VectorSketches(Slab& slab, uint32_t dimension, VectorMetric metric, std::vector<float> center);
  ~VectorSketches();
  VectorSketches(const VectorSketches&) = delete;
  VectorSketches& operator=(const VectorSketches&) = delete;

  size_t size() const { return size_; }
  // The row may be the one behind the last.
  void set(size_t row, const float* vector);
  void drop_last();
  size_t bytes() const;

  // visit(row, estimate), the higher the nearer.
  template <class Visit>
  void estimate_all(const float* query, Visit&& visit) const {
    std::vector<uint64_t> own(row_bytes() / sizeof(uint64_t));
    Row* sketched = reinterpret_cast<Row*>(own.data());
    sketch(query, sketched);
    for (size_t row = 0; row < size_; row++) visit(row, estimate(*row_at(row), *sketched));
  }

 private:
  struct Row {
    float spread, bias;
    uint64_t words[];
  };

  static constexpr size_t kBlockRows = 128;

  size_t row_bytes() const { return sizeof(Row) + words_ * sizeof(uint64_t); }
  size_t block_bytes() const { return kBlockRows * row_bytes(); }
  Row* row_at(size_t row) const {
    return reinterpret_cast<Row*>(blocks_[row / kBlockRows] + row % kBlockRows * row_bytes());
  }
  // What a vector is multiplied by before it is sketched.
  double scale_of(const float* vector) const;
  void sketch(const float* vector, Row* row) const;
  double estimate(const Row& row, const Row& query) const;

  Slab& slab_;
  const uint32_t dimension_;
  const VectorMetric metric_;
  const std::vector<float> center_;
  const size_t words_;
  size_t size_ = 0;
  std::vector<char*, SlabAllocator<char*>> blocks_;
};

}  // namespace redstart
