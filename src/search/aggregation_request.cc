#include "search/aggregation_request.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/numbers.h"
#include "core/regex.h"
#include "search/date.h"
#include "search/plain.h"
#include "types/json_build.h"
#include "types/json_names.h"
#include "types/json_reader.h"

namespace redstart::search {

namespace {

// What JavaScript takes for a date, in milliseconds.
constexpr double kDateMax = 8.64e15;

constexpr uint32_t bit(FieldType type) { return 1u << static_cast<int>(type); }
constexpr uint32_t kNumbers = bit(FieldType::kU64) | bit(FieldType::kI64) | bit(FieldType::kF64);
constexpr uint32_t kDates = bit(FieldType::kDate);
constexpr uint32_t kBools = bit(FieldType::kBool);
constexpr uint32_t kKeywords = bit(FieldType::kKeyword);
constexpr uint32_t kFacets = bit(FieldType::kFacet);

enum Property : uint32_t {
  kMissing = 1 << 0,
  kSigma = 1 << 1,
  kPercents = 1 << 2,
  kKeyed = 1 << 3,
  kSize = 1 << 4,
  kMinDocCount = 1 << 5,
  kOrder = 1 << 6,
  kSegmentSize = 1 << 7,
  kShowError = 1 << 8,
  kInclude = 1 << 9,
  kExclude = 1 << 10,
  kRanges = 1 << 11,
  kInterval = 1 << 12,
  kFixedInterval = 1 << 13,
  kOffset = 1 << 14,
  kHardBounds = 1 << 15,
  kExtendedBounds = 1 << 16,
  kPath = 1 << 17,
  kDepth = 1 << 18,
};

struct PropertyName {
  std::string_view name;
  Property property;
};
constexpr PropertyName kProperties[] = {
    {"missing", kMissing},
    {"sigma", kSigma},
    {"percents", kPercents},
    {"keyed", kKeyed},
    {"size", kSize},
    {"minDocCount", kMinDocCount},
    {"order", kOrder},
    {"segmentSize", kSegmentSize},
    {"showTermDocCountError", kShowError},
    {"include", kInclude},
    {"exclude", kExclude},
    {"ranges", kRanges},
    {"interval", kInterval},
    {"fixedInterval", kFixedInterval},
    {"offset", kOffset},
    {"hardBounds", kHardBounds},
    {"extendedBounds", kExtendedBounds},
    {"path", kPath},
    {"depth", kDepth},
};

struct OperatorRow {
  std::string_view name;
  uint32_t types;       // of fields
  uint32_t properties;  // beside `field`
  uint32_t required;
};
constexpr uint32_t kGrid = kOffset | kMinDocCount | kHardBounds | kExtendedBounds | kKeyed;
constexpr OperatorRow kOperators[kOperatorCount] = {
    {"$avg", kNumbers | kDates | kBools, kMissing, 0},
    {"$sum", kNumbers | kDates | kBools, kMissing, 0},
    {"$min", kNumbers | kDates | kBools, kMissing, 0},
    {"$max", kNumbers | kDates | kBools, kMissing, 0},
    {"$count", kNumbers | kDates | kBools | kKeywords, kMissing, 0},
    {"$cardinality", kNumbers | kDates | kBools | kKeywords, kMissing, 0},
    {"$stats", kNumbers | kDates | kBools, kMissing, 0},
    {"$extendedStats", kNumbers | kDates, kMissing | kSigma, 0},
    {"$percentiles", kNumbers | kDates, kMissing | kPercents | kKeyed, 0},
    {"$terms", kNumbers | kDates | kBools | kKeywords,
     kSize | kSegmentSize | kShowError | kMinDocCount | kOrder | kMissing | kInclude | kExclude, 0},
    {"$range", kNumbers | kDates, kRanges | kKeyed, kRanges},
    {"$histogram", kNumbers | kDates, kGrid | kInterval, kInterval},
    {"$dateHistogram", kDates, kGrid | kFixedInterval, kFixedInterval},
    {"$facet", kFacets, kPath | kDepth | kSize | kMinDocCount | kOrder, 0},
};

const OperatorRow& row_of(Operator op) { return kOperators[static_cast<int>(op)]; }

bool takes_inner(Operator op) { return op >= Operator::kTerms && op != Operator::kFacet; }
bool is_metric(Operator op) { return op < Operator::kTerms; }

// Whether it answers several numbers, and one of this name.
bool has_numbers(Operator op) {
  return op == Operator::kStats || op == Operator::kExtendedStats || op == Operator::kPercentiles;
}
bool has_number(const Aggregation& a, std::string_view name) {
  if (a.op == Operator::kPercentiles) {
    double percent;
    return parse_double(name, &percent) &&
           std::find(a.percents.begin(), a.percents.end(), percent) != a.percents.end();
  }
  constexpr std::string_view kStats[] = {"count", "min", "max", "sum", "avg"};
  constexpr std::string_view kExtended[] = {"sumOfSquares",        "variance",
                                            "variancePopulation",  "varianceSampling",
                                            "stdDeviation",        "stdDeviationPopulation",
                                            "stdDeviationSampling"};
  if (std::find(std::begin(kStats), std::end(kStats), name) != std::end(kStats)) return true;
  return a.op == Operator::kExtendedStats &&
         std::find(std::begin(kExtended), std::end(kExtended), name) != std::end(kExtended);
}

// "90m" as milliseconds. False: no duration.
bool parse_duration(std::string_view text, double* ms) {
  struct Unit {
    std::string_view name, long_name;
    double ms;
  };
  constexpr Unit kUnits[] = {{"ms", "milliseconds", 1},
                             {"s", "seconds", 1000},
                             {"m", "minutes", 60'000},
                             {"h", "hours", 3'600'000},
                             {"d", "days", 86'400'000}};
  double count = 0;
  size_t at = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; at++) {
    count = count * 10 + (text[at] - '0');
  }
  for (const Unit& unit : kUnits) {
    if (at == 0 || (text.substr(at) != unit.name && text.substr(at) != unit.long_name)) continue;
    *ms = count * unit.ms;
    return *ms <= kDateMax;
  }
  return false;
}

class RequestReader {
 public:
  RequestReader(const Schema& schema, const JsonNames& names, std::string* error)
      : schema_(schema), names_(names), error_(*error) {}

  // The members of an object: aggregations by name.
  bool aggregations(const JsonNode& node, bool inner, std::vector<Aggregation>* out) {
    count_ += node.size();
    if (count_ > kAggregationsMax) {
      return fail("Too many aggregations: at most " + std::to_string(kAggregationsMax) +
                  " are possible in one request");
    }
    for (uint32_t i = 0; i < node.size(); i++) {
      out->emplace_back();
      out->back().name = names_.text(node.name(i));
      if (!aggregation(node.item(i), inner, &out->back())) return false;
    }
    return true;
  }

 private:
  bool fail(std::string_view text) {
    error_ = "ERR ";
    error_ += text;
    return false;
  }
  // Aggregation '<name>' ...
  bool fail(const Aggregation& a, std::string_view text) {
    return fail("Aggregation '" + a.name + "' " + std::string(text));
  }
  // Aggregation '<name>' operator '<op>' ...
  bool fail_op(const Aggregation& a, std::string_view text) {
    return fail(a, "operator '" + std::string(row_of(a.op).name) + "' " + std::string(text));
  }
  bool fail_property(const Aggregation& a, std::string_view name, std::string_view text) {
    return fail_op(a, "property '" + std::string(name) + "' " + std::string(text));
  }

  bool aggregation(const JsonNode& node, bool inner, Aggregation* out);
  bool find_operator(const JsonNode& node, Aggregation* out, const JsonNode** op,
                     const JsonNode** aggs);
  bool field(const JsonNode& op, Aggregation* out);
  bool properties(const JsonNode& op, Aggregation* out);
  bool property(Property property, std::string_view name, const JsonNode& value, Aggregation* out);
  bool check_whole(const Aggregation& a);
  bool check_order(const Aggregation& a);

  bool boolean(std::string_view name, const JsonNode& value, const Aggregation& a, bool* out);
  bool count(std::string_view name, const JsonNode& value, const Aggregation& a, uint64_t least,
             uint64_t* out);
  bool number(std::string_view name, const JsonNode& value, const Aggregation& a, double* out);
  bool field_value(std::string_view name, const JsonNode& value, const Aggregation& a, double* out);
  bool is_date(const Aggregation& a) const {
    return schema_.field(a.field).type == FieldType::kDate;
  }

  bool missing(std::string_view name, const JsonNode& value, Aggregation* out);
  bool percents(std::string_view name, const JsonNode& value, Aggregation* out);
  bool ranges(std::string_view name, const JsonNode& value, Aggregation* out);
  bool bounds(std::string_view name, const JsonNode& value, const Aggregation& a,
              std::optional<Bounds>* out);
  bool order(std::string_view name, const JsonNode& value, Aggregation* out);
  bool keys(std::string_view name, const JsonNode& value, const Aggregation& a, KeyFilter* out);
  bool offset(std::string_view name, const JsonNode& value, Aggregation* out);

  const Schema& schema_;
  const JsonNames& names_;
  std::string& error_;
  size_t count_ = 0;  // of aggregations so far
};

bool RequestReader::aggregation(const JsonNode& node, bool inner, Aggregation* out) {
  if (!node.is_object()) return fail(*out, "must be a JSON object");
  const JsonNode* op = nullptr;
  const JsonNode* aggs = nullptr;
  if (!find_operator(node, out, &op, &aggs)) return false;
  if (inner && out->op == Operator::kFacet) {
    return fail_op(*out, "cannot be used inside of '$aggs'");
  }
  if (!field(*op, out) || !properties(*op, out)) return false;
  if (aggs != nullptr) {
    if (!takes_inner(out->op)) return fail_op(*out, "does not support '$aggs'");
    if (!aggs->is_object()) return fail(*out, "property '$aggs' must be a JSON object");
    if (!aggregations(*aggs, true, &out->inner)) return false;
  }
  return check_whole(*out);
}

bool RequestReader::find_operator(const JsonNode& node, Aggregation* out, const JsonNode** op,
                                  const JsonNode** aggs) {
  for (uint32_t i = 0; i < node.size(); i++) {
    const std::string_view word = names_.text(node.name(i));
    if (word == "$aggs") {
      *aggs = &node.item(i);
      continue;
    }
    const auto row = std::find_if(std::begin(kOperators), std::end(kOperators),
                                  [word](const OperatorRow& r) { return r.name == word; });
    if (row == std::end(kOperators)) {
      return fail(*out, "has an unknown operator: " + std::string(word));
    }
    if (*op != nullptr) return fail(*out, "has more than one operator");
    out->op = static_cast<Operator>(row - kOperators);
    *op = &node.item(i);
  }
  return *op != nullptr || fail(*out, "is missing an operator");
}

bool RequestReader::field(const JsonNode& op, Aggregation* out) {
  const JsonNode* field = nullptr;
  if (op.is_object()) {
    const uint32_t name = names_.find("field");
    if (name != JsonNames::kNone) field = op.find(name);
  }
  if (field == nullptr) return fail(*out, "is missing required 'field' property");
  if (!field->is_text()) return fail_property(*out, "field", "must be a string");
  out->field = schema_.find(field->text());
  const std::string quoted = "'" + std::string(field->text()) + "'";
  if (out->field == kNoField) return fail_op(*out, "refers to unknown field " + quoted);
  const Field& found = schema_.field(out->field);
  if (!found.sortable()) return fail_op(*out, "requires field " + quoted + " to be FAST");
  if ((row_of(out->op).types & bit(found.type)) == 0) {
    return fail_op(*out, "does not support field " + quoted + " of type " +
                             std::string(field_type_name(found.type)));
  }
  return true;
}

bool RequestReader::properties(const JsonNode& op, Aggregation* out) {
  const OperatorRow& row = row_of(out->op);
  out->keyed = out->op == Operator::kPercentiles;
  uint32_t seen = 0;
  bool error_asked = false;
  for (uint32_t i = 0; i < op.size(); i++) {
    const std::string_view name = names_.text(op.name(i));
    if (name == "field") continue;
    const auto known = std::find_if(std::begin(kProperties), std::end(kProperties),
                                    [name](const PropertyName& p) { return p.name == name; });
    if (known == std::end(kProperties) || (row.properties & known->property) == 0) {
      return fail_op(*out, "has no property '" + std::string(name) + "'");
    }
    if (!property(known->property, name, op.item(i), out)) return false;
    seen |= known->property;
    error_asked = error_asked || known->property == kShowError;
  }
  for (const PropertyName& known : kProperties) {
    if ((row.required & known.property & ~seen) == 0) continue;
    return fail(*out, "is missing required '" + std::string(known.name) + "' property");
  }
  if (!error_asked) {
    out->shows_count_error = out->order.by == BucketOrder::By::kCount && !out->order.ascending;
  }
  return true;
}

bool RequestReader::property(Property property, std::string_view name, const JsonNode& value,
                             Aggregation* out) {
  switch (property) {
    case kMissing:
      return missing(name, value, out);
    case kSigma:
      if (!number(name, value, *out, &out->sigma)) return false;
      return out->sigma >= 0 || fail_property(*out, name, "must not be negative");
    case kPercents:
      return percents(name, value, out);
    case kKeyed:
      return boolean(name, value, *out, &out->keyed);
    case kSize:
      return count(name, value, *out, 1, &out->size);
    case kMinDocCount:
      return count(name, value, *out, out->op == Operator::kFacet ? 1 : 0,
                   &out->min_doc_count.emplace());
    case kOrder:
      return order(name, value, out);
    case kSegmentSize:
      return count(name, value, *out, 1, &out->segment_size.emplace());
    case kShowError:
      return boolean(name, value, *out, &out->shows_count_error);
    case kInclude:
      return keys(name, value, *out, &out->include);
    case kExclude:
      return keys(name, value, *out, &out->exclude);
    case kRanges:
      return ranges(name, value, out);
    case kInterval:
      if (!number(name, value, *out, &out->interval)) return false;
      return out->interval > 0 || fail_property(*out, name, "must be greater than 0");
    case kFixedInterval:
      if (!value.is_text() || !parse_duration(value.text(), &out->interval) || out->interval == 0) {
        return fail_property(*out, name, "must be a duration like '90m', '1h' or '30d'");
      }
      return true;
    case kOffset:
      return offset(name, value, out);
    case kHardBounds:
      return bounds(name, value, *out, &out->hard_bounds);
    case kExtendedBounds:
      return bounds(name, value, *out, &out->extended_bounds);
    case kPath:
      if (!value.is_text() || !value.text().starts_with('/')) {
        return fail_property(*out, name, "must be a string that starts with '/'");
      }
      out->path = value.text();
      if (out->path.ends_with('/')) out->path.pop_back();
      return true;
    case kDepth:
      return count(name, value, *out, 1, &out->depth);
  }
  return false;
}

// What no property shows on its own.
bool RequestReader::check_whole(const Aggregation& a) {
  if (!check_order(a)) return false;
  if (!a.extended_bounds) return true;
  if (a.min_doc_count.value_or(0) > 0) {
    return fail_op(a, "cannot have both 'extendedBounds' and a 'minDocCount' above 0");
  }
  if (a.hard_bounds && (a.extended_bounds->min < a.hard_bounds->min ||
                        a.extended_bounds->max > a.hard_bounds->max)) {
    return fail_op(a, "needs 'extendedBounds' that lie inside of 'hardBounds'");
  }
  return true;
}

bool RequestReader::check_order(const Aggregation& a) {
  const BucketOrder& order = a.order;
  if (order.by != BucketOrder::By::kMetric) return true;
  const auto metric =
      std::find_if(a.inner.begin(), a.inner.end(),
                   [&order](const Aggregation& inner) { return inner.name == order.metric; });
  if (metric == a.inner.end()) {
    return fail_property(a, "order", "refers to unknown aggregation '" + order.metric + "'");
  }
  if (!is_metric(metric->op) || has_numbers(metric->op) == order.property.empty()) {
    return fail_property(a, "order",
                         "needs one number of each bucket: a metric, or '<name>.<property>' of one "
                         "that has several");
  }
  if (order.property.empty() || has_number(*metric, order.property)) return true;
  return fail_property(a, "order",
                       "refers to '" + order.property + "', which '" + metric->name + "' has not");
}

// ---- values of properties

bool RequestReader::boolean(std::string_view name, const JsonNode& value, const Aggregation& a,
                            bool* out) {
  if (!value.is_bool()) return fail_property(a, name, "must be a boolean");
  *out = value.boolean();
  return true;
}

bool RequestReader::count(std::string_view name, const JsonNode& value, const Aggregation& a,
                          uint64_t least, uint64_t* out) {
  double number = value.is_number() ? value.real() : -1;
  if (number != std::floor(number) || number < static_cast<double>(least)) {
    return fail_property(
        a, name, least == 0 ? "must be a non-negative integer" : "must be a positive integer");
  }
  *out = static_cast<uint64_t>(std::min(number, 9e15));  // more than there can ever be
  return true;
}

bool RequestReader::number(std::string_view name, const JsonNode& value, const Aggregation& a,
                           double* out) {
  if (!value.is_number() || !std::isfinite(value.real())) {
    return fail_property(a, name, "must be a number");
  }
  *out = value.real();
  return true;
}

// A number as the field has them: of dates milliseconds, which may also come as a date.
bool RequestReader::field_value(std::string_view name, const JsonNode& value, const Aggregation& a,
                                double* out) {
  if (!is_date(a)) return number(name, value, a, out);
  int64_t micros;
  if (value.is_text() && parse_date(value.text(), &micros)) {
    *out = static_cast<double>(micros) / 1000;
    return true;
  }
  if (!value.is_number() || !(std::abs(value.real()) <= kDateMax)) {
    return fail_property(a, name, "must be a date or milliseconds since 1970");
  }
  *out = value.real();
  return true;
}

bool RequestReader::missing(std::string_view name, const JsonNode& value, Aggregation* out) {
  Standin& standin = out->missing.emplace();
  const FieldType type = schema_.field(out->field).type;
  const bool by_key = out->op == Operator::kTerms || out->op == Operator::kCardinality ||
                      out->op == Operator::kCount;
  if (type == FieldType::kBool && value.is_bool()) {
    standin.number = value.boolean() ? 1 : 0;
    return true;
  }
  if (by_key && value.is_text() && type != FieldType::kDate) {
    standin.is_text = true;
    standin.text = value.text();
    return true;
  }
  if (by_key && !value.is_number() && type != FieldType::kDate) {
    return fail_property(*out, name, "must be a string or a number");
  }
  return field_value(name, value, *out, &standin.number);
}

bool RequestReader::percents(std::string_view name, const JsonNode& value, Aggregation* out) {
  if (!value.is_array() || value.size() == 0) {
    return fail_property(*out, name, "must be a non-empty array of numbers");
  }
  out->percents.clear();
  for (uint32_t i = 0; i < value.size(); i++) {
    const JsonNode& item = value.item(i);
    if (!item.is_number() || !(item.real() >= 0 && item.real() <= 100)) {
      return fail_property(*out, name, "must be numbers between 0 and 100");
    }
    out->percents.push_back(item.real());
  }
  return true;
}

bool RequestReader::ranges(std::string_view name, const JsonNode& value, Aggregation* out) {
  if (!value.is_array() || value.size() == 0) {
    return fail_property(*out, name, "must be a non-empty array");
  }
  for (uint32_t i = 0; i < value.size(); i++) {
    const JsonNode& item = value.item(i);
    if (!item.is_object()) return fail_property(*out, name, "must be JSON objects");
    ValueRange& range = out->ranges.emplace_back();
    for (uint32_t j = 0; j < item.size(); j++) {
      const std::string_view word = names_.text(item.name(j));
      const JsonNode& part = item.item(j);
      if (word == "key") {
        if (!part.is_text()) return fail_property(*out, "key", "must be a string");
        range.key = part.text();
      } else if (word == "from" || word == "to") {
        if (part.is_null()) continue;
        std::optional<double>& bound = word == "to" ? range.to : range.from;
        if (!field_value(word, part, *out, &bound.emplace())) return false;
      } else {
        return fail_property(*out, name, "has an unknown property '" + std::string(word) + "'");
      }
    }
    if (range.from && range.to && *range.from > *range.to) {
      return fail_property(*out, name, "has a range whose 'from' is above its 'to'");
    }
  }
  return true;
}

bool RequestReader::bounds(std::string_view name, const JsonNode& value, const Aggregation& a,
                           std::optional<Bounds>* out) {
  std::optional<double> min, max;
  for (uint32_t i = 0; value.is_object() && i < value.size(); i++) {
    const std::string_view word = names_.text(value.name(i));
    if (word != "min" && word != "max") {
      return fail_property(a, name, "has an unknown property '" + std::string(word) + "'");
    }
    std::optional<double>& bound = word == "min" ? min : max;
    if (!field_value(word, value.item(i), a, &bound.emplace())) return false;
  }
  if (!min || !max) {
    return fail_property(a, name, "must be a JSON object with both 'min' and 'max'");
  }
  if (*min > *max) return fail_property(a, name, "has a 'min' above its 'max'");
  *out = Bounds{*min, *max};
  return true;
}

bool RequestReader::order(std::string_view name, const JsonNode& value, Aggregation* out) {
  const bool has_one = value.is_object() && value.size() == 1;
  const JsonNode* direction = has_one ? &value.item(0) : nullptr;
  if (direction == nullptr || !direction->is_text() ||
      (direction->text() != "asc" && direction->text() != "desc")) {
    return fail_property(*out, name, "must be a JSON object with one key: 'asc' or 'desc'");
  }
  BucketOrder& order = out->order;
  order.ascending = direction->text() == "asc";
  const std::string_view by = names_.text(value.name(0));
  const std::string_view key = out->op == Operator::kFacet ? "path" : "key";
  if (by == "count") {
    order.by = BucketOrder::By::kCount;
  } else if (by == key) {
    order.by = BucketOrder::By::kKey;
  } else if (out->op == Operator::kFacet) {
    return fail_property(*out, name, "must be by 'count' or 'path'");
  } else {
    order.by = BucketOrder::By::kMetric;
    const size_t point = by.find('.');
    order.metric = by.substr(0, point);
    if (point != std::string_view::npos) order.property = by.substr(point + 1);
  }
  return true;
}

bool RequestReader::keys(std::string_view name, const JsonNode& value, const Aggregation& a,
                         KeyFilter* out) {
  out->is_set = true;
  if (value.is_text()) {
    out->is_pattern = true;
    out->pattern = value.text();
    if (Regex().compile(out->pattern)) return true;
    return fail_property(a, name, "is not a regular expression");
  }
  if (!value.is_array()) return fail_property(a, name, "must be a string or an array");
  for (uint32_t i = 0; i < value.size(); i++) {
    const JsonNode& item = value.item(i);
    if (item.is_text()) {
      out->keys.emplace_back(item.text());
    } else if (item.is_number()) {
      out->keys.push_back(number_text(item.real()));
    } else if (item.is_bool()) {
      out->keys.push_back(item.boolean() ? "true" : "false");
    } else {
      return fail_property(a, name, "must be strings or numbers");
    }
  }
  std::sort(out->keys.begin(), out->keys.end());
  return true;
}

bool RequestReader::offset(std::string_view name, const JsonNode& value, Aggregation* out) {
  if (out->op == Operator::kHistogram) return number(name, value, *out, &out->offset);
  std::string_view text = value.is_text() ? value.text() : std::string_view();
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!parse_duration(text, &out->offset)) {
    return fail_property(*out, name, "must be a duration like '1h' or '-30m'");
  }
  if (negative) out->offset = -out->offset;
  return true;
}

}  // namespace

std::string_view operator_name(Operator op) { return row_of(op).name; }

bool parse_aggregations(std::string_view text, const Schema& schema, JsonHeap heap,
                        std::vector<Aggregation>* aggregations, std::string* error) {
  aggregations->clear();
  error->clear();
  JsonBuilder builder(heap);
  std::string wrong;
  if (!read_json(text, &builder, &wrong)) {
    *error = "ERR Invalid JSON in aggregations: " + wrong;
    return false;
  }
  JsonNode root = builder.finish();
  bool good = root.is_object();
  if (good) {
    good = RequestReader(schema, heap.names, error).aggregations(root, false, aggregations);
  } else {
    *error = "ERR Aggregations must be a JSON object";
  }
  root.release(heap);
  return good;
}

}  // namespace redstart::search
