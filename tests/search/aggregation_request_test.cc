#include "search/aggregation_request.h"

#include "tests/search/fixture.h"

namespace redstart::search {
namespace {

class AggregationRequest : public SearchTest {
 protected:
  void SetUp() override {
    create(
        "t TEXT w TEXT NOTOKENIZE u U64 FAST i I64 FAST f F64 FAST slow F64 b BOOL FAST d DATE "
        "FAST "
        "k KEYWORD c FACET");
  }
  std::string error_of(std::string_view request) {
    std::vector<Aggregation> aggregations;
    std::string error = "what was there";
    const bool good = parse_aggregations(request, index_->schema(), heap_, &aggregations, &error);
    EXPECT_EQ(good, error.empty()) << request;
    return error;
  }
  Aggregation parsed(std::string_view request) {
    std::vector<Aggregation> aggregations;
    std::string error;
    EXPECT_TRUE(parse_aggregations(request, index_->schema(), heap_, &aggregations, &error))
        << request << error;
    return aggregations.empty() ? Aggregation() : aggregations[0];
  }
};

TEST_F(AggregationRequest, SaysWhatIsWrong) {
  struct Case {
    std::string_view request, error;
  };
  const Case cases[] = {
      {"", "Invalid JSON in aggregations: EOF while parsing a value at line 1 column 0"},
      {"{]", "Invalid JSON in aggregations: key must be a string at line 1 column 2"},
      {"[]", "Aggregations must be a JSON object"},
      {"7", "Aggregations must be a JSON object"},
      // As the documentation has them.
      {R"({"a": "$avg"})", "Aggregation 'a' must be a JSON object"},
      {R"({"a": {"$avg": "f"}})", "Aggregation 'a' is missing required 'field' property"},
      {R"({"a": {"$avg": {"missing": 1}}})",
       "Aggregation 'a' is missing required 'field' property"},
      {R"({"a": {"$avg": {"field": "slow"}}})",
       "Aggregation 'a' operator '$avg' requires field 'slow' to be FAST"},
      {R"({"a": {"$terms": {"field": "t"}}})",
       "Aggregation 'a' operator '$terms' requires field 't' to be FAST"},
      // Operators and fields.
      {R"({"a": {}})", "Aggregation 'a' is missing an operator"},
      {R"({"a": {"$aggs": {}}})", "Aggregation 'a' is missing an operator"},
      {R"({"a": {"$median": {"field": "f"}}})", "Aggregation 'a' has an unknown operator: $median"},
      {R"({"a": {"$avg": {"field": "f"}, "$sum": {"field": "f"}}})",
       "Aggregation 'a' has more than one operator"},
      {R"({"a": {"$avg": {"field": 3}}})",
       "Aggregation 'a' operator '$avg' property 'field' must be a string"},
      {R"({"a": {"$avg": {"field": "x"}}})",
       "Aggregation 'a' operator '$avg' refers to unknown field 'x'"},
      {R"({"a": {"$avg": {"field": "k"}}})",
       "Aggregation 'a' operator '$avg' does not support field 'k' of type KEYWORD"},
      {R"({"a": {"$extendedStats": {"field": "b"}}})",
       "Aggregation 'a' operator '$extendedStats' does not support field 'b' of type BOOL"},
      {R"({"a": {"$terms": {"field": "c"}}})",
       "Aggregation 'a' operator '$terms' does not support field 'c' of type FACET"},
      {R"({"a": {"$dateHistogram": {"field": "f", "fixedInterval": "1d"}}})",
       "Aggregation 'a' operator '$dateHistogram' does not support field 'f' of type F64"},
      {R"({"a": {"$facet": {"field": "k", "path": "/"}}})",
       "Aggregation 'a' operator '$facet' does not support field 'k' of type KEYWORD"},
      {R"({"a": {"$avg": {"field": "f", "sigma": 2}}})",
       "Aggregation 'a' operator '$avg' has no property 'sigma'"},
      // Aggregations inside.
      {R"({"a": {"$avg": {"field": "f"}, "$aggs": {"b": {"$avg": {"field": "f"}}}}})",
       "Aggregation 'a' operator '$avg' does not support '$aggs'"},
      {R"({"a": {"$facet": {"field": "c", "path": "/"}, "$aggs": {}}})",
       "Aggregation 'a' operator '$facet' does not support '$aggs'"},
      {R"({"a": {"$terms": {"field": "k"}, "$aggs": {"b": {"$facet": {"field": "c", "path": "/"}}}}})",
       "Aggregation 'b' operator '$facet' cannot be used inside of '$aggs'"},
      {R"({"a": {"$terms": {"field": "k"}, "$aggs": []}})",
       "Aggregation 'a' property '$aggs' must be a JSON object"},
      {R"({"a": {"$terms": {"field": "k"}, "$aggs": {"b": {"$sum": {"field": "t"}}}}})",
       "Aggregation 'b' operator '$sum' requires field 't' to be FAST"},
      // Properties.
      {R"({"a": {"$avg": {"field": "f", "missing": "x"}}})",
       "Aggregation 'a' operator '$avg' property 'missing' must be a number"},
      {R"({"a": {"$terms": {"field": "f", "missing": []}}})",
       "Aggregation 'a' operator '$terms' property 'missing' must be a string or a number"},
      {R"({"a": {"$max": {"field": "d", "missing": "never"}}})",
       "Aggregation 'a' operator '$max' property 'missing' must be a date or milliseconds since "
       "1970"},
      {R"({"a": {"$extendedStats": {"field": "f", "sigma": "2"}}})",
       "Aggregation 'a' operator '$extendedStats' property 'sigma' must be a number"},
      {R"({"a": {"$extendedStats": {"field": "f", "sigma": -1}}})",
       "Aggregation 'a' operator '$extendedStats' property 'sigma' must not be negative"},
      {R"({"a": {"$percentiles": {"field": "f", "percents": []}}})",
       "Aggregation 'a' operator '$percentiles' property 'percents' must be a non-empty array of "
       "numbers"},
      {R"({"a": {"$percentiles": {"field": "f", "percents": [50, 101]}}})",
       "Aggregation 'a' operator '$percentiles' property 'percents' must be numbers between 0 and "
       "100"},
      {R"({"a": {"$percentiles": {"field": "f", "keyed": 1}}})",
       "Aggregation 'a' operator '$percentiles' property 'keyed' must be a boolean"},
      {R"({"a": {"$terms": {"field": "k", "size": 0}}})",
       "Aggregation 'a' operator '$terms' property 'size' must be a positive integer"},
      {R"({"a": {"$terms": {"field": "k", "size": 2.5}}})",
       "Aggregation 'a' operator '$terms' property 'size' must be a positive integer"},
      {R"({"a": {"$terms": {"field": "k", "segmentSize": "9"}}})",
       "Aggregation 'a' operator '$terms' property 'segmentSize' must be a positive integer"},
      {R"({"a": {"$terms": {"field": "k", "minDocCount": -1}}})",
       "Aggregation 'a' operator '$terms' property 'minDocCount' must be a non-negative integer"},
      {R"({"a": {"$terms": {"field": "k", "order": "count"}}})",
       "Aggregation 'a' operator '$terms' property 'order' must be a JSON object with one key: "
       "'asc' "
       "or 'desc'"},
      {R"({"a": {"$terms": {"field": "k", "order": {"count": "up"}}}})",
       "Aggregation 'a' operator '$terms' property 'order' must be a JSON object with one key: "
       "'asc' "
       "or 'desc'"},
      {R"({"a": {"$terms": {"field": "k", "order": {"count": "asc", "key": "asc"}}}})",
       "Aggregation 'a' operator '$terms' property 'order' must be a JSON object with one key: "
       "'asc' "
       "or 'desc'"},
      {R"({"a": {"$terms": {"field": "k", "order": {"b": "asc"}}}})",
       "Aggregation 'a' operator '$terms' property 'order' refers to unknown aggregation 'b'"},
      {R"({"a": {"$terms": {"field": "k", "order": {"b": "asc"}},
           "$aggs": {"b": {"$stats": {"field": "f"}}}}})",
       "Aggregation 'a' operator '$terms' property 'order' needs one number of each bucket: a "
       "metric, "
       "or '<name>.<property>' of one that has several"},
      {R"({"a": {"$terms": {"field": "k", "order": {"b.avg": "asc"}},
           "$aggs": {"b": {"$avg": {"field": "f"}}}}})",
       "Aggregation 'a' operator '$terms' property 'order' needs one number of each bucket: a "
       "metric, "
       "or '<name>.<property>' of one that has several"},
      {R"({"a": {"$terms": {"field": "k", "order": {"b": "asc"}},
           "$aggs": {"b": {"$terms": {"field": "f"}}}}})",
       "Aggregation 'a' operator '$terms' property 'order' needs one number of each bucket: a "
       "metric, "
       "or '<name>.<property>' of one that has several"},
      {R"({"a": {"$terms": {"field": "k", "order": {"b.middle": "asc"}},
           "$aggs": {"b": {"$stats": {"field": "f"}}}}})",
       "Aggregation 'a' operator '$terms' property 'order' refers to 'middle', which 'b' has not"},
      {R"({"a": {"$terms": {"field": "k", "order": {"b.51": "asc"}},
           "$aggs": {"b": {"$percentiles": {"field": "f"}}}}})",
       "Aggregation 'a' operator '$terms' property 'order' refers to '51', which 'b' has not"},
      {R"({"a": {"$terms": {"field": "k", "include": "("}}})",
       "Aggregation 'a' operator '$terms' property 'include' is not a regular expression"},
      {R"({"a": {"$terms": {"field": "k", "exclude": 5}}})",
       "Aggregation 'a' operator '$terms' property 'exclude' must be a string or an array"},
      {R"({"a": {"$terms": {"field": "k", "exclude": [null]}}})",
       "Aggregation 'a' operator '$terms' property 'exclude' must be strings or numbers"},
      {R"({"a": {"$range": {"field": "f"}}})",
       "Aggregation 'a' is missing required 'ranges' property"},
      {R"({"a": {"$range": {"field": "f", "ranges": []}}})",
       "Aggregation 'a' operator '$range' property 'ranges' must be a non-empty array"},
      {R"({"a": {"$range": {"field": "f", "ranges": [3]}}})",
       "Aggregation 'a' operator '$range' property 'ranges' must be JSON objects"},
      {R"({"a": {"$range": {"field": "f", "ranges": [{"form": 3}]}}})",
       "Aggregation 'a' operator '$range' property 'ranges' has an unknown property 'form'"},
      {R"({"a": {"$range": {"field": "f", "ranges": [{"from": "3"}]}}})",
       "Aggregation 'a' operator '$range' property 'from' must be a number"},
      {R"({"a": {"$range": {"field": "f", "ranges": [{"key": 3}]}}})",
       "Aggregation 'a' operator '$range' property 'key' must be a string"},
      {R"({"a": {"$range": {"field": "f", "ranges": [{"from": 3, "to": 2}]}}})",
       "Aggregation 'a' operator '$range' property 'ranges' has a range whose 'from' is above its "
       "'to'"},
      {R"({"a": {"$histogram": {"field": "f"}}})",
       "Aggregation 'a' is missing required 'interval' property"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 0}}})",
       "Aggregation 'a' operator '$histogram' property 'interval' must be greater than 0"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 1, "offset": "1h"}}})",
       "Aggregation 'a' operator '$histogram' property 'offset' must be a number"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 1, "hardBounds": {"min": 1}}}})",
       "Aggregation 'a' operator '$histogram' property 'hardBounds' must be a JSON object with "
       "both "
       "'min' and 'max'"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 1, "hardBounds": [1, 2]}}})",
       "Aggregation 'a' operator '$histogram' property 'hardBounds' must be a JSON object with "
       "both "
       "'min' and 'max'"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 1, "hardBounds": {"low": 1}}}})",
       "Aggregation 'a' operator '$histogram' property 'hardBounds' has an unknown property 'low'"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 1,
           "extendedBounds": {"min": 2, "max": 1}}}})",
       "Aggregation 'a' operator '$histogram' property 'extendedBounds' has a 'min' above its "
       "'max'"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 1, "minDocCount": 1,
           "extendedBounds": {"min": 1, "max": 2}}}})",
       "Aggregation 'a' operator '$histogram' cannot have both 'extendedBounds' and a "
       "'minDocCount' "
       "above 0"},
      {R"({"a": {"$histogram": {"field": "f", "interval": 1, "hardBounds": {"min": 1, "max": 2},
           "extendedBounds": {"min": 1, "max": 3}}}})",
       "Aggregation 'a' operator '$histogram' needs 'extendedBounds' that lie inside of "
       "'hardBounds'"},
      {R"({"a": {"$dateHistogram": {"field": "d"}}})",
       "Aggregation 'a' is missing required 'fixedInterval' property"},
      {R"({"a": {"$dateHistogram": {"field": "d", "fixedInterval": "1y"}}})",
       "Aggregation 'a' operator '$dateHistogram' property 'fixedInterval' must be a duration like "
       "'90m', '1h' or '30d'"},
      {R"({"a": {"$dateHistogram": {"field": "d", "fixedInterval": "1h", "offset": 5}}})",
       "Aggregation 'a' operator '$dateHistogram' property 'offset' must be a duration like '1h' "
       "or "
       "'-30m'"},
      {R"({"a": {"$facet": {"field": "c", "path": "a"}}})",
       "Aggregation 'a' operator '$facet' property 'path' must be a string that starts with '/'"},
      {R"({"a": {"$facet": {"field": "c", "path": "/", "depth": 0}}})",
       "Aggregation 'a' operator '$facet' property 'depth' must be a positive integer"},
      {R"({"a": {"$facet": {"field": "c", "path": "/", "order": {"key": "asc"}}}})",
       "Aggregation 'a' operator '$facet' property 'order' must be by 'count' or 'path'"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.request), "ERR " + std::string(c.error));
}

TEST_F(AggregationRequest, HasAtMostSoManyAggregations) {
  const auto request = [](size_t outer, size_t inner) {
    const auto members = [](size_t count, const std::string& last) {
      std::string out;
      for (size_t i = 0; i < count; i++) {
        out += (i == 0 ? "\"" : ",\"") + std::to_string(i) +
               "\":" + (i + 1 < count || last.empty() ? R"({"$avg":{"field":"f"}})" : last);
      }
      return "{" + out + "}";
    };
    return members(outer, R"({"$terms":{"field":"k"},"$aggs":)" + members(inner, "") + "}");
  };
  EXPECT_EQ(error_of(request(1000, 24)), "");
  for (const auto& [outer, inner] : {std::pair(1000, 25), std::pair(1025, 0)}) {
    EXPECT_EQ(error_of(request(static_cast<size_t>(outer), static_cast<size_t>(inner))),
              "ERR Too many aggregations: at most 1024 are possible in one request");
  }
}

TEST_F(AggregationRequest, HasDefaults) {
  const Aggregation terms = parsed(R"({"a": {"$terms": {"field": "k"}}})");
  EXPECT_EQ(terms.name, "a");
  EXPECT_EQ(terms.op, Operator::kTerms);
  EXPECT_EQ(terms.field, field("k"));
  EXPECT_EQ(terms.size, 10u);
  EXPECT_TRUE(terms.shows_count_error);
  EXPECT_FALSE(terms.order.ascending);
  EXPECT_FALSE(terms.missing || terms.min_doc_count || terms.segment_size);
  EXPECT_FALSE(terms.include.is_set || terms.exclude.is_set || terms.keyed);
  const Aggregation percentiles = parsed(R"({"a": {"$percentiles": {"field": "f"}}})");
  EXPECT_TRUE(percentiles.keyed);
  EXPECT_EQ(percentiles.percents, (std::vector<double>{1, 5, 25, 50, 75, 95, 99}));
  EXPECT_EQ(parsed(R"({"a": {"$extendedStats": {"field": "f"}}})").sigma, 2);
  EXPECT_EQ(error_of("{}"), "");
}

TEST_F(AggregationRequest, ReadsProperties) {
  const Aggregation terms = parsed(
      R"({"a": {"$aggs": {"m": {"$percentiles": {"field": "f"}}},
          "$terms": {"field": "k", "size": 3, "segmentSize": 50, "minDocCount": 0, "missing": "none",
                     "order": {"m.99": "asc"}, "include": "a.*", "exclude": ["b", 7, true]}}})");
  EXPECT_EQ(terms.size, 3u);
  EXPECT_EQ(terms.segment_size, 50u);
  EXPECT_EQ(terms.min_doc_count, 0u);
  EXPECT_TRUE(terms.missing->is_text);
  EXPECT_EQ(terms.missing->text, "none");
  EXPECT_EQ(terms.order.by, BucketOrder::By::kMetric);
  EXPECT_EQ(terms.order.metric, "m");
  EXPECT_EQ(terms.order.property, "99");
  EXPECT_TRUE(terms.order.ascending);
  EXPECT_FALSE(terms.shows_count_error);
  EXPECT_EQ(terms.include.pattern, "a.*");
  EXPECT_EQ(terms.exclude.keys, (std::vector<std::string>{"7", "b", "true"}));
  ASSERT_EQ(terms.inner.size(), 1u);
  EXPECT_EQ(terms.inner[0].op, Operator::kPercentiles);

  const Aggregation range = parsed(
      R"({"a": {"$range": {"field": "d", "keyed": true, "ranges": [
          {"from": "1970-01-02"}, {"key": "old", "from": null, "to": 5}]}}})");
  ASSERT_EQ(range.ranges.size(), 2u);
  EXPECT_EQ(range.ranges[0].from, 86'400'000);
  EXPECT_FALSE(range.ranges[0].to);
  EXPECT_EQ(range.ranges[1].key, "old");
  EXPECT_FALSE(range.ranges[1].from);
  EXPECT_EQ(range.ranges[1].to, 5);
  EXPECT_TRUE(range.keyed);

  const std::pair<std::string_view, double> durations[] = {
      {"5ms", 5},        {"2s", 2000},        {"90m", 5'400'000},   {"1h", 3'600'000},
      {"30d", 2592e6},   {"1seconds", 1000},  {"1minutes", 60'000}, {"1hours", 3'600'000},
      {"1days", 86.4e6}, {"3milliseconds", 3}};
  for (const auto& [text, ms] : durations) {
    const std::string request = R"({"a": {"$dateHistogram": {"field": "d", "fixedInterval": ")" +
                                std::string(text) + R"(", "offset": "-)" + std::string(text) +
                                R"("}}})";
    EXPECT_EQ(parsed(request).interval, ms);
    EXPECT_EQ(parsed(request).offset, -ms);
  }
  for (const std::string_view bad :
       {"", "h", "1", "-1h", "0h", "1.5h", "1 h", "99999999999999999d"}) {
    EXPECT_NE(error_of(R"({"a": {"$dateHistogram": {"field": "d", "fixedInterval": ")" +
                       std::string(bad) + R"("}}})"),
              "")
        << bad;
  }

  const Aggregation facet =
      parsed(R"({"a": {"$facet": {"field": "c", "path": "/a/", "depth": 3, "size": 2,
                 "minDocCount": 2, "order": {"path": "asc"}}}})");
  EXPECT_EQ(facet.path, "/a");
  EXPECT_EQ(facet.depth, 3u);
  EXPECT_EQ(facet.order.by, BucketOrder::By::kKey);
  EXPECT_EQ(parsed(R"({"a": {"$facet": {"field": "c", "path": "/"}}})").path, "");
  EXPECT_EQ(parsed(R"({"a": {"$facet": {"field": "c"}}})").path, "");
}

}  // namespace
}  // namespace redstart::search
