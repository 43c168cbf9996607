// How near two vectors are.
#pragma once

#include <cstdint>
#include <string_view>

namespace redstart {

enum class VectorMetric : uint8_t { kCosine, kEuclidean, kDot };

inline constexpr uint32_t kVectorDimensionMax = 32768;

// "COSINE"
std::string_view metric_name(VectorMetric metric);
// In any letter case. False: there is no such metric.
bool parse_metric(std::string_view name, VectorMetric* metric);

}  // namespace redstart
