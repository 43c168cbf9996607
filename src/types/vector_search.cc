#include "types/vector_search.h"

#include <algorithm>
#include <cmath>

#include "types/vector_math.h"

namespace redstart {

namespace {

// The higher the nearer, by doubles. Unlike scores it keeps apart what is far away.
double exact_nearness(VectorMetric metric, const float* a, const float* b, size_t dimension) {
  if (metric == VectorMetric::kEuclidean) return -exact_squared_distance(a, b, dimension);
  const double product = exact_dot_product(a, b, dimension);
  if (metric == VectorMetric::kDot) return product;
  // One root: so that of a vector and itself comes 1, and no less.
  const double lengths =
      std::sqrt(exact_dot_product(a, a, dimension) * exact_dot_product(b, b, dimension));
  return lengths == 0 ? 0 : std::clamp(product / lengths, -1.0, 1.0);
}

double score_of(VectorMetric metric, double nearness) {
  return metric == VectorMetric::kEuclidean ? 1 / (1 - nearness) : (1 + nearness) / 2;
}

struct Candidate {
  double nearness;
  const VectorItem* item;
  const float* vector;
};

bool before(const Candidate& a, const Candidate& b) {
  return a.nearness != b.nearness ? a.nearness > b.nearness : a.item->id() < b.item->id();
}

// What sketches say of a row.
struct Estimate {
  double nearness;
  size_t row;
};

bool before(const Estimate& a, const Estimate& b) {
  return a.nearness != b.nearness ? a.nearness > b.nearness : a.row < b.row;
}

// Those that are nearest so far, the farthest of them at the front of a heap.
template <class Item>
class Shortlist {
 public:
  explicit Shortlist(size_t size) : size_(size) { kept_.reserve(size); }

  void offer(const Item& item) {
    if (kept_.size() == size_) {
      if (!before(item, kept_.front())) return;
      std::pop_heap(kept_.begin(), kept_.end(), order);
      kept_.pop_back();
    }
    kept_.push_back(item);
    std::push_heap(kept_.begin(), kept_.end(), order);
  }
  std::vector<Item>& kept() { return kept_; }
  static bool order(const Item& a, const Item& b) { return before(a, b); }

 private:
  const size_t size_;
  std::vector<Item> kept_;
};

// exact_nearness() by floats. COSINE: the query has length 1, or 0.
double nearness(VectorMetric metric, const VectorTable::Row& row, const float* query,
                size_t dimension) {
  if (metric == VectorMetric::kEuclidean) return -squared_distance(row.vector, query, dimension);
  const double product = dot_product(row.vector, query, dimension);
  if (metric == VectorMetric::kDot) return product;
  // Vectors of one direction are equally near, however the sums of each were rounded.
  constexpr double kSteps = 1 << 20;
  return std::round(product * row.scale * kSteps) / kSteps;
}

// So many of the best by estimate are looked at to find `count`.
size_t looked_at(VectorProfile profile, size_t count) {
  return profile == VectorProfile::kFast ? 1000 + 4 * count : 4000 + 8 * count;
}

// visit(const Row&) for the rows that may be among the nearest.
template <class Visit>
void each_likely_row(const VectorTable& table, const float* query, size_t count,
                     VectorProfile profile, Visit&& visit) {
  const VectorSketches* sketches = table.sketches();
  const size_t looks = looked_at(profile, count);
  // Looking here and there takes several times as long as going through.
  if (profile == VectorProfile::kPrecise || sketches == nullptr || table.size() < 4 * looks) {
    return table.each_row(visit);
  }
  Shortlist<Estimate> shortlist(looks);
  sketches->estimate_all(query, [&](size_t row, double estimate) {
    shortlist.offer({estimate, row});
  });
  for (const Estimate& estimate : shortlist.kept()) visit(table.row(estimate.row));
}

}  // namespace

double vector_score(VectorMetric metric, const float* a, const float* b, size_t dimension) {
  return score_of(metric, exact_nearness(metric, a, b, dimension));
}

void nearest_vectors(const VectorTable& table, const float* query, size_t count,
                     VectorProfile profile, std::vector<VectorMatch>* matches) {
  const VectorMetric metric = table.metric();
  const size_t dimension = table.dimension();
  // Floats of very short vectors would have no digits left for a product.
  std::vector<float> unit;
  if (metric == VectorMetric::kCosine) {
    const double length = std::sqrt(exact_dot_product(query, query, dimension));
    const double scale = length == 0 ? 0 : 1 / length;
    for (size_t d = 0; d < dimension; d++) unit.push_back(static_cast<float>(query[d] * scale));
  }
  const float* compared = unit.empty() ? query : unit.data();
  // Some more than asked for: which of those at its end belong to the answer is rounded away.
  Shortlist<Candidate> shortlist(std::min(table.size(), count + count / 4 + 16));
  each_likely_row(table, query, count, profile, [&](const VectorTable::Row& row) {
    double near = nearness(metric, row, compared, dimension);
    // Numbers that are too large or too small for sums of floats.
    if (!std::isfinite(near)) near = exact_nearness(metric, row.vector, query, dimension);
    shortlist.offer({near, row.item, row.vector});
  });
  std::vector<Candidate>& kept = shortlist.kept();
  for (Candidate& candidate : kept) {
    candidate.nearness = exact_nearness(metric, candidate.vector, query, dimension);
  }
  std::sort(kept.begin(), kept.end(), Shortlist<Candidate>::order);
  matches->clear();
  for (size_t i = 0; i < std::min(count, kept.size()); i++) {
    matches->push_back({kept[i].item, score_of(metric, kept[i].nearness)});
  }
}

}  // namespace redstart
