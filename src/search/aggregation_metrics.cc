// Aggregations that give numbers.
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "search/aggregation_run.h"

namespace redstart::search {

namespace {

// A sum that does not lose what is small beside it (Kahan's).
class Sum {
 public:
  void add(double value) {
    const double corrected = value - lost_;
    const double sum = sum_ + corrected;
    lost_ = (sum - sum_) - corrected;
    sum_ = sum;
  }
  double value() const { return sum_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

struct Stats {
  void add(double value) {
    count++;
    sum.add(value);
    min = std::min(min, value);
    max = std::max(max, value);
  }
  // Null without values.
  Plain some(double value) const { return count == 0 ? Plain() : Plain::of_number(value); }
  double avg() const { return sum.value() / static_cast<double>(count); }

  uint64_t count = 0;
  Sum sum;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();
};

Plain of_value(Plain value) {
  Plain result = Plain::of_object();
  result.add("value", std::move(value));
  return result;
}

Plain stats_object(const Stats& stats) {
  Plain result = Plain::of_object();
  result.add("count", Plain::of_natural(stats.count));
  result.add("min", stats.some(stats.min));
  result.add("max", stats.some(stats.max));
  result.add("sum", Plain::of_number(stats.sum.value()));
  result.add("avg", stats.some(stats.avg()));
  return result;
}

Plain extended_stats(const Column& column, const Aggregation& a, Docs docs) {
  Stats stats;
  Sum squares;
  double mean = 0;
  double spread = 0;  // the sum of the squared distances from the mean (Welford's)
  each_number(column, a, docs, [&](double value) {
    stats.add(value);
    squares.add(value * value);
    const double before = value - mean;
    mean = stats.avg();
    spread += before * (value - mean);
  });

  // Null if there are too few values to tell.
  const auto count = static_cast<double>(stats.count);
  const auto some = [&stats](double value) {
    return stats.count < 2 ? Plain() : Plain::of_number(value);
  };
  const double variance = spread / count;
  const double sampling = spread / (count - 1);
  Plain result = stats_object(stats);
  result.add("sumOfSquares", stats.some(squares.value()));
  result.add("variance", some(variance));
  result.add("variancePopulation", some(variance));
  result.add("varianceSampling", some(sampling));
  result.add("stdDeviation", some(std::sqrt(variance)));
  result.add("stdDeviationPopulation", some(std::sqrt(variance)));
  result.add("stdDeviationSampling", some(std::sqrt(sampling)));
  Plain bounds;
  if (stats.count >= 2) {
    const double reach = a.sigma * std::sqrt(variance);
    const double sampling_reach = a.sigma * std::sqrt(sampling);
    bounds = Plain::of_object();
    bounds.add("upper", Plain::of_number(mean + reach));
    bounds.add("lower", Plain::of_number(mean - reach));
    bounds.add("upperSampling", Plain::of_number(mean + sampling_reach));
    bounds.add("lowerSampling", Plain::of_number(mean - sampling_reach));
    bounds.add("upperPopulation", Plain::of_number(mean + reach));
    bounds.add("lowerPopulation", Plain::of_number(mean - reach));
  }
  result.add("stdDeviationBounds", std::move(bounds));
  return result;
}

// Puts values into the places that they have in order, at these places only (ascending).
void settle(std::span<double> values, std::span<const size_t> places, size_t first = 0) {
  if (places.empty()) return;
  const size_t middle = places.size() / 2;
  const size_t at = places[middle] - first;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  settle(values.first(at), places.first(middle), first);
  settle(values.subspan(at + 1), places.subspan(middle + 1), first + at + 1);
}

// Exact: between the two values around the place, in proportion.
struct Percentile {
  Percentile(double percent, size_t count) {
    const double place = percent / 100 * static_cast<double>(count - 1);
    below = std::min(static_cast<size_t>(place), count - 1);
    above = std::min(below + 1, count - 1);
    part = place - static_cast<double>(below);
  }
  double of(const std::vector<double>& values) const {
    return values[below] + (values[above] - values[below]) * part;
  }

  size_t below, above;
  double part;
};

Plain percentiles(const Column& column, const Aggregation& a, Docs docs) {
  std::vector<double> values;
  each_number(column, a, docs, [&values](double value) { values.push_back(value); });
  std::vector<size_t> places;
  for (size_t i = 0; i < a.percents.size() && !values.empty(); i++) {
    const Percentile percentile(a.percents[i], values.size());
    places.push_back(percentile.below);
    places.push_back(percentile.above);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  settle(values, places);
  Plain all = a.keyed ? Plain::of_object() : Plain::of_array();
  for (const double percent : a.percents) {
    Plain value;
    if (!values.empty()) {
      value = Plain::of_number(Percentile(percent, values.size()).of(values));
    }
    if (a.keyed) {
      all.add(number_text(percent) + (percent == std::trunc(percent) ? ".0" : ""),
              std::move(value));
      continue;
    }
    Plain item = Plain::of_object();
    item.add("key", Plain::of_number(percent));
    item.add("value", std::move(value));
    all.items.push_back(std::move(item));
  }
  Plain result = Plain::of_object();
  result.add("values", std::move(all));
  return result;
}

Plain cardinality(const AggregationRun& run, const Aggregation& a, Docs docs) {
  const Column& column = run.column(a);
  absl::flat_hash_set<uint64_t> codes;
  bool some_missing = false;
  for (const DocNumber doc : docs) {
    column.each(doc, [&codes](uint64_t code) { codes.insert(code); });
    some_missing = some_missing || !column.has(doc);
  }
  uint64_t extra = 0;
  if (some_missing && a.missing) {
    extra = 1;
    uint64_t code;
    if (a.missing->is_text && column.type() == FieldType::kKeyword) {
      for (const uint64_t ordinal : codes) {
        if (run.index().text(a.field, static_cast<uint32_t>(ordinal)) == a.missing->text) extra = 0;
      }
    } else if (!a.missing->is_text && code_for(column.type(), a.missing->number, &code)) {
      extra = codes.contains(code) ? 0 : 1;
    }
  }
  return of_value(Plain::of_natural(codes.size() + extra));
}

}  // namespace

Plain run_metric(const AggregationRun& run, const Aggregation& a, Docs docs) {
  const Column& column = run.column(a);
  if (a.op == Operator::kCardinality) return cardinality(run, a, docs);
  if (a.op == Operator::kPercentiles) return percentiles(column, a, docs);
  if (a.op == Operator::kExtendedStats) return extended_stats(column, a, docs);
  Stats stats;
  each_number(column, a, docs, [&stats](double value) { stats.add(value); });
  switch (a.op) {
    case Operator::kStats:
      return stats_object(stats);
    case Operator::kAvg:
      return of_value(stats.some(stats.avg()));
    case Operator::kSum:
      return of_value(stats.some(stats.sum.value()));
    case Operator::kMin:
      return of_value(stats.some(stats.min));
    case Operator::kMax:
      return of_value(stats.some(stats.max));
    default:
      return of_value(Plain::of_natural(stats.count));
  }
}

}  // namespace redstart::search
