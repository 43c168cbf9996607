// Vector indexes: what they hold against a map, what is nearest against brute force.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tests/model.h"
#include "tests/types/fixture.h"
#include "types/vector_form.h"
#include "types/vector_index.h"
#include "types/vector_math.h"
#include "types/vector_search.h"

namespace redstart {
namespace {

using Vector = std::vector<float>;
using Model = std::map<std::string, Vector>;

constexpr VectorMetric kMetrics[] = {VectorMetric::kCosine, VectorMetric::kEuclidean,
                                     VectorMetric::kDot};

class VectorTest : public TypesTest {
 protected:
  ~VectorTest() override { drop(); }

  void create(uint32_t dimension, VectorMetric metric) {
    drop();
    index_.create(dimension, metric);
  }
  void drop() {
    if (index_.table() != nullptr) destroy(kVectorOps, index_.held());
    index_ = VectorIndex(env_, {});
  }
  VectorTable& table() { return *index_.table(); }
  Vector random_vector(uint32_t dimension) {
    Vector vector(dimension);
    for (float& x : vector) x = static_cast<float>(random_.below(2001)) / 1000 - 1;
    return vector;
  }
  std::vector<VectorMatch> nearest(const Vector& query, size_t count,
                                   VectorProfile profile = VectorProfile::kPrecise) {
    std::vector<VectorMatch> matches;
    nearest_vectors(table(), query.data(), count, profile, &matches);
    return matches;
  }
  std::string ids(const Vector& query, size_t count) {
    std::string text;
    for (const VectorMatch& match : nearest(query, count)) {
      text += (text.empty() ? "" : " ") + std::string(match.item->id());
    }
    return text;
  }

  VectorIndex index_{env_, {}};
};

void expect_holds(const VectorTable& table, const Model& model) {
  ASSERT_EQ(table.validate(), nullptr);
  ASSERT_EQ(table.size(), model.size());
  for (auto& [id, vector] : model) {
    const float* found = table.find(id);
    ASSERT_NE(found, nullptr) << id;
    ASSERT_TRUE(std::equal(vector.begin(), vector.end(), found)) << id;
  }
}

// Best first, by the scores of all.
std::vector<std::pair<double, std::string>> brute_force(VectorMetric metric, const Model& model,
                                                        const Vector& query) {
  std::vector<std::pair<double, std::string>> all;
  for (auto& [id, vector] : model) {
    all.emplace_back(-vector_score(metric, query.data(), vector.data(), query.size()), id);
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST_F(VectorTest, AgreesWithItsModel) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(seed);
  random_ = Random(seed);
  for (uint32_t dimension : {1u, 3u, 17u, 200u}) {
    for (VectorMetric metric : kMetrics) {
      create(dimension, metric);
      Model model;
      for (int step = 0; step < model_steps(1500); step++) {
        const std::string id = "id" + std::to_string(random_.below(400));
        if (random_.below(3) != 0) {
          const Vector vector = random_vector(dimension);
          ASSERT_EQ(table().set(id, vector.data()), !model.contains(id));
          model[id] = vector;
        } else {
          ASSERT_EQ(table().erase(id), model.erase(id) == 1);
        }
        if (step % 100 != 0) continue;
        ASSERT_NO_FATAL_FAILURE(expect_holds(table(), model));
        const Vector query = random_vector(dimension);
        const size_t count = 1 + random_.below(50);
        const auto all = brute_force(metric, model, query);
        const auto matches = nearest(query, count);
        ASSERT_EQ(matches.size(), std::min(count, model.size()));
        for (size_t i = 0; i < matches.size(); i++) {
          ASSERT_EQ(matches[i].score, -all[i].first) << i;
          ASSERT_EQ(matches[i].item->id(), all[i].second) << i;
        }
      }
      const auto* copied = static_cast<VectorTable*>(kVectorOps.copy(slab_, &table(), 0));
      expect_holds(*copied, model);
      const Held copy{const_cast<VectorTable*>(copied), 0};
      EXPECT_EQ(digest_of(kVectorOps, copy), digest_of(kVectorOps, index_.held()));
      destroy(kVectorOps, copy);
    }
  }
}

// Twenty heaps of vectors: whose neighbours are told apart by what they have of their own.
TEST_F(VectorTest, FewAreOverlookedInALargeIndex) {
  constexpr uint32_t kDimension = 256;
  constexpr size_t kVectors = 20000, kQueries = 20, kCount = 10;
  const uint64_t seed = model_seed();
  SCOPED_TRACE(seed);
  random_ = Random(seed);
  std::vector<Vector> heaps;
  for (int i = 0; i < 20; i++) heaps.push_back(random_vector(kDimension));
  auto vector_of_a_heap = [&] {
    Vector vector = random_vector(kDimension);
    const Vector& heap = heaps[random_.below(heaps.size())];
    // Far from the origin, so that without a center all signs would be the same.
    for (uint32_t d = 0; d < kDimension; d++) vector[d] += heap[d] + 5;
    return vector;
  };
  for (VectorMetric metric : kMetrics) {
    create(kDimension, metric);
    for (size_t i = 0; i < kVectors + 1000; i++) {
      table().set("id" + std::to_string(i), vector_of_a_heap().data());
    }
    // What comes and goes leaves its sketches in order.
    for (size_t i = 0; i < 1000; i++) {
      table().erase("id" + std::to_string(random_.below(kVectors)));
      table().set("id" + std::to_string(random_.below(kVectors)), vector_of_a_heap().data());
    }
    ASSERT_NE(table().sketches(), nullptr);
    ASSERT_EQ(table().validate(), nullptr);
    size_t found[2] = {};
    for (size_t q = 0; q < kQueries; q++) {
      const Vector query = vector_of_a_heap();
      std::map<std::string_view, double> truth;
      for (const VectorMatch& match : nearest(query, kCount)) {
        truth[match.item->id()] = match.score;
      }
      for (VectorProfile profile : {VectorProfile::kFast, VectorProfile::kBalanced}) {
        const auto matches = nearest(query, kCount, profile);
        ASSERT_EQ(matches.size(), kCount);
        for (const VectorMatch& match : matches) {
          const auto it = truth.find(match.item->id());
          if (it == truth.end()) continue;
          EXPECT_EQ(it->second, match.score);
          found[static_cast<size_t>(profile)]++;
        }
      }
    }
    EXPECT_GE(found[0], kQueries * kCount * 7 / 10) << static_cast<int>(metric);
    EXPECT_GE(found[1], kQueries * kCount * 95 / 100) << static_cast<int>(metric);
    const Held copy{kVectorOps.copy(slab_, &table(), 0), 0};
    const auto& copied = *static_cast<VectorTable*>(copy.object);
    EXPECT_NE(copied.sketches(), nullptr);
    EXPECT_EQ(copied.validate(), nullptr);
    const auto used = static_cast<double>(slab_.used_bytes());
    EXPECT_NEAR(static_cast<double>(table().bytes() + copied.bytes()), used, used / 100);
    destroy(kVectorOps, copy);
  }
}

// Their sketches have no finite numbers; the answer has.
TEST_F(VectorTest, VeryLargeNumbersAreFoundInALargeIndex) {
  constexpr uint32_t kDimension = 256;
  constexpr float kMax = std::numeric_limits<float>::max();
  for (VectorMetric metric : kMetrics) {
    create(kDimension, metric);
    for (size_t i = 0; i < 20000; i++) {
      table().set(std::to_string(i), random_vector(kDimension).data());
    }
    const Vector large(kDimension, kMax), opposite(kDimension, -kMax);
    table().set("large", large.data());
    table().set("opposite", opposite.data());
    for (VectorProfile profile : {VectorProfile::kFast, VectorProfile::kBalanced}) {
      const auto matches = nearest(large, 3, profile);
      ASSERT_EQ(matches.size(), 3u);
      EXPECT_EQ(matches[0].item->id(), "large");
      for (const VectorMatch& match : matches) EXPECT_TRUE(std::isfinite(match.score));
    }
  }
}

TEST_F(VectorTest, ScoresAreThoseOfTheMetrics) {
  const Vector a = {3, 4}, b = {4, 3}, zero = {0, 0};
  EXPECT_DOUBLE_EQ(vector_score(VectorMetric::kCosine, a.data(), b.data(), 2), (1 + 0.96) / 2);
  EXPECT_DOUBLE_EQ(vector_score(VectorMetric::kEuclidean, a.data(), b.data(), 2), 1.0 / 3);
  EXPECT_DOUBLE_EQ(vector_score(VectorMetric::kDot, a.data(), b.data(), 2), 12.5);
  for (int i = 0; i < 1000; i++) {
    const Vector any = random_vector(7);
    EXPECT_EQ(vector_score(VectorMetric::kCosine, any.data(), any.data(), 7), 1);
  }
  EXPECT_EQ(vector_score(VectorMetric::kEuclidean, a.data(), a.data(), 2), 1);
  EXPECT_EQ(vector_score(VectorMetric::kCosine, a.data(), zero.data(), 2), 0.5);
}

TEST_F(VectorTest, EquallyNearOnesComeByTheirIds) {
  for (VectorMetric metric : kMetrics) {
    create(2, metric);
    const Vector same = {1, 2};
    for (const char* id : {"m", "b", "z", "a", "y"}) table().set(id, same.data());
    EXPECT_EQ(ids({2, 1}, 3), "a b m");
  }
  create(2, VectorMetric::kCosine);
  // Of the same direction, though not the same floats.
  for (int i = 0; i < 100; i++) {
    const Vector vector = {0.1f * (100 - i), 0.3f * (100 - i)};
    table().set(std::to_string(100 + i), vector.data());
  }
  const Vector zero = {0, 0};
  table().set("z", zero.data());
  EXPECT_EQ(nearest({1, 3}, 200).back().item->id(), "z");
  EXPECT_EQ(ids({0, 0}, 2), "100 101");
}

// Sums of floats overflow, or have no digits left: the order is still the true one.
TEST_F(VectorTest, VeryLargeAndVerySmallNumbersAreInOrder) {
  constexpr float kMax = std::numeric_limits<float>::max();
  constexpr float kMin = std::numeric_limits<float>::denorm_min();
  for (VectorMetric metric : kMetrics) {
    create(3, metric);
    const Vector vectors[] = {
        {kMax, kMax, kMax}, {kMax, -kMax, kMax}, {-kMax, 0, kMax},     {1, 1, 1},
        {kMin, kMin, 0},    {0, 0, 0},           {-kMax, -kMax, -kMax}};
    Model model;
    for (const Vector& vector : vectors) {
      const std::string id = std::to_string(model.size());
      model[id] = vector;
      table().set(id, vector.data());
    }
    ASSERT_EQ(table().validate(), nullptr);
    for (const Vector& query : vectors) {
      const auto all = brute_force(metric, model, query);
      const auto matches = nearest(query, 10);
      ASSERT_EQ(matches.size(), all.size());
      for (size_t i = 0; i < all.size(); i++) {
        EXPECT_TRUE(std::isfinite(matches[i].score));
        EXPECT_EQ(matches[i].score, -all[i].first) << i;
      }
    }
  }
}

TEST_F(VectorTest, SumsOfFloatsAreNearlyThoseOfDoubles) {
  for (uint32_t dimension = 1; dimension < 70; dimension++) {
    const Vector a = random_vector(dimension), b = random_vector(dimension);
    EXPECT_NEAR(dot_product(a.data(), b.data(), dimension),
                exact_dot_product(a.data(), b.data(), dimension), 1e-4);
    EXPECT_NEAR(squared_distance(a.data(), b.data(), dimension),
                exact_squared_distance(a.data(), b.data(), dimension), 1e-4);
  }
}

TEST_F(VectorTest, TakesFiniteFloatsOnly) {
  float number;
  for (const char* text : {"1", "-2.5", "1e-46", "3.4028234663852886e38", "0x1p3"}) {
    EXPECT_TRUE(read_float(text, &number)) << text;
  }
  for (const char* text : {"", "x", "nan", "inf", "-inf", "3.5e38", "1 ", "1e400"}) {
    EXPECT_FALSE(read_float(text, &number)) << text;
  }
  Vector vector;
  EXPECT_FALSE(read_floats("", &vector));
  EXPECT_FALSE(read_floats("12345", &vector));
  EXPECT_FALSE(read_floats(std::string_view("\0\0\x80\x7f", 4), &vector));  // infinity
  EXPECT_FALSE(read_floats(std::string_view("\0\0\xc0\x7f", 4), &vector));  // NaN
  ASSERT_TRUE(read_floats(std::string_view("\0\0\x80\x3f\0\0\0\xc0", 8), &vector));
  EXPECT_EQ(vector, (Vector{1, -2}));
}

TEST_F(VectorTest, FreesInSlices) {
  create(4, VectorMetric::kDot);
  for (int i = 0; i < 1000; i++) {
    const Vector vector = random_vector(4);
    table().set(std::to_string(i), vector.data());
  }
  EXPECT_GE(kVectorOps.bytes(index_.table(), 0), 1000 * 4 * sizeof(float));
  EXPECT_LE(kVectorOps.bytes(index_.table(), 0), slab_.used_bytes() + 64);
  int slices = 0;
  size_t budget = 100;
  while (!kVectorOps.destroy_some(slab_, index_.table(), 0, &budget)) {
    EXPECT_EQ(budget, 0u);
    budget = 100;
    slices++;
  }
  EXPECT_GE(slices, 10);
  index_ = VectorIndex(env_, {});
}

}  // namespace
}  // namespace redstart
