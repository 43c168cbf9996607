// What SEARCH.AGGREGATE is asked for, read from JSON:
//
//   {"<name>": {"$terms": {"field": "category", "size": 5},
//               "$aggs": {"<name>": {"$avg": {"field": "price"}}}}}
//
// Everything that can be wrong with a request is found here, against the schema of the index.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/schema.h"
#include "types/json_node.h"

namespace redstart::search {

enum class Operator : uint8_t {
  kAvg,
  kSum,
  kMin,
  kMax,
  kCount,
  kCardinality,
  kStats,
  kExtendedStats,
  kPercentiles,
  kTerms,
  kRange,
  kHistogram,
  kDateHistogram,
  kFacet,
};
inline constexpr int kOperatorCount = 14;
// In one request, those inside of others included.
inline constexpr size_t kAggregationsMax = 1024;

// "$avg", "$sum", ...
std::string_view operator_name(Operator op);

// A value that stands for one of a document: what `missing` says.
struct Standin {
  bool is_text = false;
  double number = 0;  // of dates: milliseconds since 1970
  std::string text = {};
};

// [from, to)
struct ValueRange {
  std::string key = {};  // empty: made of the bounds
  std::optional<double> from = {};
  std::optional<double> to = {};
};

struct Bounds {
  double min;
  double max;
};

// Buckets in the order of ...
struct BucketOrder {
  enum class By : uint8_t { kCount, kKey, kMetric };

  By by = By::kCount;
  bool ascending = false;
  std::string metric = {};    // the name of an aggregation inside of the bucket
  std::string property = {};  // one of several that it has: "avg" of $stats
};

// Which keys $terms has buckets for.
struct KeyFilter {
  bool is_set = false;
  bool is_pattern = false;
  std::string pattern = {};  // of core/regex.h; has to match a whole key
  std::vector<std::string> keys = {};
};

struct Aggregation {
  std::string name = {};
  Operator op = Operator::kAvg;
  FieldNumber field = 0;
  std::optional<Standin> missing = {};
  double sigma = 2;                                           // $extendedStats
  std::vector<double> percents = {1, 5, 25, 50, 75, 95, 99};  // $percentiles
  bool keyed = false;  // buckets or percentiles by name; of $percentiles the default is true
  uint64_t size = 10;  // $terms, $facet
  std::optional<uint64_t> segment_size = {};  // $terms: so many are among whom ties are settled
  std::optional<uint64_t> min_doc_count = {};
  BucketOrder order = {};
  bool shows_count_error = true;  // $terms
  KeyFilter include = {}, exclude = {};
  std::vector<ValueRange> ranges = {};
  double interval = 0;  // histograms; of dates: milliseconds, as all that follows
  double offset = 0;
  std::optional<Bounds> hard_bounds = {}, extended_bounds = {};
  std::string path = {};  // $facet; without a slash at its end, so the root is empty
  uint64_t depth = 1;
  std::vector<Aggregation> inner = {};  // $aggs
};

// False: `error` says why, as the reply says it. The heap is for reading the text.
bool parse_aggregations(std::string_view text, const Schema& schema, JsonHeap heap,
                        std::vector<Aggregation>* aggregations, std::string* error);

}  // namespace redstart::search
