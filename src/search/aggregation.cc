#include "search/aggregation.h"

#include <algorithm>
#include <cmath>

#include "search/aggregation_run.h"
#include "search/date.h"

namespace redstart::search {

bool AggregationRun::all(Docs docs, const std::vector<Aggregation>& aggregations, Plain* object) {
  for (const Aggregation& a : aggregations) {
    Plain result;
    bool good = true;
    switch (a.op) {
      case Operator::kTerms:
        good = run_terms(this, a, docs, &result);
        break;
      case Operator::kRange:
        good = run_range(this, a, docs, &result);
        break;
      case Operator::kHistogram:
      case Operator::kDateHistogram:
        good = run_histogram(this, a, docs, &result);
        break;
      case Operator::kFacet:
        good = run_facet(this, a, docs, &result);
        break;
      default:
        result = run_metric(*this, a, docs);
    }
    if (!good) return false;
    object->add(a.name, std::move(result));
  }
  return true;
}

bool AggregationRun::add_bucket(const Aggregation& a, size_t count) {
  buckets_ += count;
  if (buckets_ <= kBucketsMax) return true;
  error_ = "ERR Aggregation '" + a.name + "' makes too many buckets: at most " +
           std::to_string(kBucketsMax) + " are possible in one answer";
  return false;
}

const std::vector<uint64_t>* AggregationRun::all_codes(const Aggregation& a) {
  const auto [known, is_new] = codes_.try_emplace(a.field);
  std::vector<uint64_t>& codes = known->second;
  if (!is_new) return add_bucket(a, codes.size()) ? &codes : nullptr;
  for (DocNumber doc = index_.next_doc(0); doc != kNoDoc; doc = index_.next_doc(doc + 1)) {
    column(a).each(doc, [&codes](uint64_t code) { codes.push_back(code); });
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return &codes;
}

bool code_for(FieldType type, double number, uint64_t* code) {
  const bool is_whole = number == std::trunc(number);
  switch (type) {
    case FieldType::kF64:
      *code = code_of(number);
      return true;
    case FieldType::kU64:
      if (!is_whole || !(number >= 0 && number < 0x1p64)) return false;
      *code = static_cast<uint64_t>(number);
      return true;
    case FieldType::kI64:
      if (!is_whole || !(number >= -0x1p63 && number < 0x1p63)) return false;
      *code = code_of(static_cast<int64_t>(number));
      return true;
    case FieldType::kBool:
      *code = number != 0 ? 1 : 0;
      return number == 0 || number == 1;
    case FieldType::kDate:
      *code = code_of(static_cast<int64_t>(number * 1000));
      return true;
    default:
      return false;
  }
}

std::string date_key(double ms) { return date_text(static_cast<int64_t>(ms * 1000)); }

bool aggregate(const Index& index, const Query& query, const std::vector<Aggregation>& aggregations,
               Plain* result, std::string* error) {
  std::vector<DocNumber> docs;
  index.matching(query, &docs);
  *result = Plain::of_object();
  return AggregationRun(index, error).all(docs, aggregations, result);
}

}  // namespace redstart::search
