// What the files that carry out aggregations share. Only they include it.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "search/aggregation.h"
#include "search/aggregation_request.h"
#include "search/columns.h"
#include "search/index.h"
#include "search/plain.h"

namespace redstart::search {

using Docs = std::span<const DocNumber>;

class AggregationRun {
 public:
  AggregationRun(const Index& index, std::string* error) : index_(index), error_(*error) {}

  const Index& index() const { return index_; }
  const Column& column(const Aggregation& a) const { return *index_.column(a.field); }

  // Adds a member for each aggregation to the object. False: the run has failed.
  bool all(Docs docs, const std::vector<Aggregation>& aggregations, Plain* object);
  // Counts a bucket of the answer.
  bool add_bucket(const Aggregation& a, size_t count = 1);
  // Each value of the field once, whatever documents are looked at. Null: the run has failed. When
  // they are asked for again (inside of many buckets), they count as buckets.
  const std::vector<uint64_t>* all_codes(const Aggregation& a);

 private:
  const Index& index_;
  std::string& error_;
  size_t buckets_ = 0;
  absl::flat_hash_map<FieldNumber, std::vector<uint64_t>> codes_;
};

// A bucket on its way.
struct Bucket {
  void add(DocNumber doc, bool keeps_docs) {
    if (doc == last) return;  // several of its values lie in here
    last = doc;
    count++;
    if (keeps_docs) docs.push_back(doc);
  }

  uint64_t count = 0;
  DocNumber last = kNoDoc;
  std::vector<DocNumber> docs = {};  // if there are aggregations inside
};

// Each value of the documents as a number, or what stands for those that have none.
template <class Visit>
void each_number(const Column& column, const Aggregation& a, Docs docs, Visit visit) {
  const FieldType type = column.type();
  const bool has_numbers = type != FieldType::kKeyword;
  for (const DocNumber doc : docs) {
    if (column.has(doc)) {
      column.each(doc, [&](uint64_t code) { visit(has_numbers ? number_of(type, code) : 0); });
    } else if (a.missing) {
      visit(a.missing->number);
    }
  }
}

// Each gives the value of its aggregation.
Plain run_metric(const AggregationRun& run, const Aggregation& a, Docs docs);
bool run_terms(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result);
bool run_range(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result);
bool run_histogram(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result);
bool run_facet(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result);

// The code of a value of this type. False: it has none.
bool code_for(FieldType type, double number, uint64_t* code);

// "2026-01-10T10:00:00Z"
std::string date_key(double ms);

}  // namespace redstart::search
