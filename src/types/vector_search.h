// Which vectors are nearest to one. Floats make a shortlist, doubles decide it: so the order of the
// answer and its scores do not depend on how a sum of floats was rounded. In a large index sketches
// say before that which vectors are looked at at all, so that one that belongs to the answer may be
// overlooked, though no vector gets another score.
#pragma once

#include <cstddef>
#include <vector>

#include "types/vector_table.h"

namespace redstart {

struct VectorMatch {
  const VectorItem* item;
  double score;  // the higher the nearer, see vector_score()
};

// COSINE (1 + cos) / 2, EUCLIDEAN 1 / (1 + d^2), DOT (1 + a.b) / 2: of 0 .. 1, for DOT if both
// vectors have length 1. A vector of length 0 has a cosine of 0 with every other.
double vector_score(VectorMetric metric, const float* a, const float* b, size_t dimension);

enum class VectorProfile : uint8_t {
  kFast,      // few vectors are looked at after the sketches
  kBalanced,  // more of them
  kPrecise,   // all: the answer is exact
};

// The `count` nearest, best first; equal ones by their ids.
void nearest_vectors(const VectorTable& table, const float* query, size_t count,
                     VectorProfile profile, std::vector<VectorMatch>* matches);

}  // namespace redstart
