// Counts and sums over documents: what SEARCH.AGGREGATE answers.
//
// Documents are divided among the buckets of an aggregation, then each bucket's among those of the
// aggregations inside, so the memory that is taken is a number for each document and level.
#pragma once

#include <string>
#include <vector>

#include "search/aggregation_request.h"
#include "search/plain.h"

namespace redstart::search {

class Index;
class Query;

// Of all aggregations of an answer together.
inline constexpr size_t kBucketsMax = 65'000;

// An object with a member for each aggregation of the documents that match. False: `error` says
// why, as the reply says it (there would be too many buckets).
bool aggregate(const Index& index, const Query& query, const std::vector<Aggregation>& aggregations,
               Plain* result, std::string* error);

}  // namespace redstart::search
