// $range, $histogram and $dateHistogram: buckets of numbers between bounds.
#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "search/aggregation_run.h"

namespace redstart::search {

namespace {

bool is_date(const AggregationRun& run, const Aggregation& a) {
  return run.column(a).type() == FieldType::kDate;
}

// "buckets": as an array, or by their names.
Plain of_buckets(const Aggregation& a, std::vector<std::string> names, std::vector<Plain> buckets) {
  Plain all = a.keyed ? Plain::of_object() : Plain::of_array();
  for (size_t i = 0; i < buckets.size(); i++) {
    if (a.keyed) {
      all.add(names[i], std::move(buckets[i]));
    } else {
      all.items.push_back(std::move(buckets[i]));
    }
  }
  Plain result = Plain::of_object();
  result.add("buckets", std::move(all));
  return result;
}

std::string bound_text(bool dates, const std::optional<double>& bound) {
  if (!bound) return "*";
  return dates ? date_key(*bound) : number_text(*bound);
}

// A grid of buckets: the one at position n begins at n * interval + offset.
class Histogram {
 public:
  Histogram(AggregationRun* run, const Aggregation& a) : run_(*run), a_(a) {}

  bool run(Docs docs, Plain* result);

 private:
  double position(double value) const {
    return std::floor((value - a_.offset) / a_.interval) + 0.0;  // of the zeros only one
  }
  void collect(Docs docs);
  // Of all buckets to answer, the empty ones included. False: there are too many.
  bool positions(std::vector<double>* out);

  AggregationRun& run_;
  const Aggregation& a_;
  absl::flat_hash_map<uint64_t, Bucket> buckets_;  // by the bits of positions
};

void Histogram::collect(Docs docs) {
  const Column& column = run_.column(a_);
  const FieldType type = column.type();
  for (const DocNumber doc : docs) {
    column.each(doc, [&](uint64_t code) {
      const double value = number_of(type, code);
      if (a_.hard_bounds && !(value >= a_.hard_bounds->min && value <= a_.hard_bounds->max)) return;
      const double at = position(value);
      if (std::isfinite(at)) buckets_[std::bit_cast<uint64_t>(at)].add(doc, !a_.inner.empty());
    });
  }
}

bool Histogram::positions(std::vector<double>* out) {
  double first = std::numeric_limits<double>::infinity();
  double last = -first;
  for (const auto& [bits, bucket] : buckets_) {
    const double at = std::bit_cast<double>(bits);
    first = std::min(first, at);
    last = std::max(last, at);
    if (bucket.count >= a_.min_doc_count.value_or(0)) out->push_back(at);
  }
  if (a_.min_doc_count.value_or(0) > 0) {
    std::sort(out->begin(), out->end());
    return run_.add_bucket(a_, out->size());
  }
  out->clear();
  if (a_.extended_bounds) {
    first = std::min(first, position(a_.extended_bounds->min));
    last = std::max(last, position(a_.extended_bounds->max));
  }
  if (!(first <= last)) return true;
  const double count = last - first + 1;
  if (!run_.add_bucket(a_, count < 1e9 ? static_cast<size_t>(count) : kBucketsMax + 1)) {
    return false;
  }
  for (double i = 0; i < count; i++) {
    // Beyond 2^53 a position has no neighbours of its own.
    if (out->empty() || first + i > out->back()) out->push_back(first + i);
  }
  return true;
}

bool Histogram::run(Docs docs, Plain* result) {
  collect(docs);
  std::vector<double> all;
  if (!positions(&all)) return false;
  const bool dates = is_date(run_, a_);
  std::vector<std::string> names;
  std::vector<Plain> items;
  const Bucket empty;
  for (const double at : all) {
    const auto found = buckets_.find(std::bit_cast<uint64_t>(at));
    const Bucket& bucket = found == buckets_.end() ? empty : found->second;
    const double key = at * a_.interval + a_.offset;
    const std::string name = dates ? date_key(key) : number_text(key);
    Plain item = Plain::of_object();
    item.add("key", Plain::of_number(key));
    if (dates) item.add("keyAsString", Plain::of_text(name));
    item.add("docCount", Plain::of_natural(bucket.count));
    if (!run_.all(bucket.docs, a_.inner, &item)) return false;
    names.push_back(name);
    items.push_back(std::move(item));
  }
  *result = of_buckets(a_, std::move(names), std::move(items));
  return true;
}

}  // namespace

bool run_range(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result) {
  const Column& column = run->column(a);
  const FieldType type = column.type();
  std::vector<ValueRange> ranges = a.ranges;
  std::stable_sort(ranges.begin(), ranges.end(), [](const ValueRange& x, const ValueRange& y) {
    constexpr double kNoBound = std::numeric_limits<double>::infinity();
    return std::pair(x.from.value_or(-kNoBound), x.to.value_or(kNoBound)) <
           std::pair(y.from.value_or(-kNoBound), y.to.value_or(kNoBound));
  });
  if (!run->add_bucket(a, ranges.size())) return false;
  std::vector<Bucket> buckets(ranges.size());
  for (const DocNumber doc : docs) {
    column.each(doc, [&](uint64_t code) {
      const double value = number_of(type, code);
      for (size_t i = 0; i < ranges.size(); i++) {
        const ValueRange& range = ranges[i];
        if ((range.from && value < *range.from) || (range.to && value >= *range.to)) continue;
        buckets[i].add(doc, !a.inner.empty());
      }
    });
  }

  const bool dates = is_date(*run, a);
  std::vector<std::string> names;
  std::vector<Plain> items;
  for (size_t i = 0; i < ranges.size(); i++) {
    const ValueRange& range = ranges[i];
    const std::string from = bound_text(dates, range.from);
    const std::string to = bound_text(dates, range.to);
    names.push_back(range.key.empty() ? from + "-" + to : range.key);
    Plain item = Plain::of_object();
    item.add("key", Plain::of_text(names.back()));
    item.add("docCount", Plain::of_natural(buckets[i].count));
    if (range.from) item.add("from", Plain::of_number(*range.from));
    if (range.to) item.add("to", Plain::of_number(*range.to));
    if (dates && range.from) item.add("fromAsString", Plain::of_text(from));
    if (dates && range.to) item.add("toAsString", Plain::of_text(to));
    if (!run->all(buckets[i].docs, a.inner, &item)) return false;
    items.push_back(std::move(item));
  }
  *result = of_buckets(a, std::move(names), std::move(items));
  return true;
}

bool run_histogram(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result) {
  return Histogram(run, a).run(docs, result);
}

}  // namespace redstart::search
