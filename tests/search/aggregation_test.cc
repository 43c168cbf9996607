#include "search/aggregation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/random.h"
#include "search/date.h"
#include "tests/model.h"
#include "tests/search/fixture.h"

namespace redstart::search {
namespace {

// As JSON, with texts in single quotes.
std::string shown(const Plain& plain) {
  std::string out;
  switch (plain.kind) {
    case Plain::Kind::kNull:
      return "null";
    case Plain::Kind::kInteger:
      return std::to_string(plain.integer);
    case Plain::Kind::kNumber:
      return number_text(plain.number);
    case Plain::Kind::kText:
      return "'" + plain.text + "'";
    case Plain::Kind::kArray:
      for (const Plain& item : plain.items) out += (out.empty() ? "" : ", ") + shown(item);
      return "[" + out + "]";
    case Plain::Kind::kObject:
      for (size_t i = 0; i < plain.items.size(); i += 2) {
        out += (out.empty() ? "" : ", ") + plain.items[i].text + ": " + shown(plain.items[i + 1]);
      }
      return "{" + out + "}";
  }
  return out;
}

class AggregationTest : public SearchTest {
 protected:
  bool run(std::string_view request, std::string_view filter, Plain* result, std::string* error) {
    std::vector<Aggregation> aggregations;
    return parse_aggregations(request, index_->schema(), heap_, &aggregations, error) &&
           aggregate(*index_, query(filter), aggregations, result, error);
  }
  // The answer; of an aggregation called "a" its value.
  std::string answer(std::string_view request, std::string_view filter = "{}") {
    Plain result;
    std::string error;
    if (!run(request, filter, &result, &error)) return error;
    const Plain* a = result.find("a");
    return shown(result.items.size() == 2 && a != nullptr ? *a : result);
  }
};

// ---- the documents of the tests of the JavaScript client

class Products : public AggregationTest {
 protected:
  void SetUp() override {
    create(
        "title TEXT category TEXT NOTOKENIZE categoryId F64 FAST price F64 FAST quantity F64 FAST "
        "name KEYWORD");
    for (int i = 0; i < 9; i++) {
      const char* const names[] = {"electronics", "clothing", "books"};
      put("doc:" + std::to_string(i),
          R"({"title": "product )" + std::to_string(i) + R"(", "category": ")" + names[i % 3] +
              R"(", "name": ")" + names[i % 3] + R"(", "categoryId": )" + std::to_string(i % 3) +
              R"(, "price": )" + std::to_string(i * 10) + R"(, "quantity": )" + std::to_string(i) +
              "}");
    }
  }
};

TEST_F(Products, Metrics) {
  EXPECT_EQ(answer(R"({"a": {"$stats": {"field": "price"}}})", R"({"title": {"$eq": "product"}})"),
            "{count: 9, min: 0, max: 80, sum: 360, avg: 40}");
  EXPECT_EQ(answer(R"({"avg": {"$avg": {"field": "price"}}, "sum": {"$sum": {"field": "price"}},
                       "min": {"$min": {"field": "price"}}, "max": {"$max": {"field": "price"}},
                       "count": {"$count": {"field": "price"}},
                       "ids": {"$cardinality": {"field": "categoryId"}},
                       "names": {"$cardinality": {"field": "name"}}})"),
            "{avg: {value: 40}, sum: {value: 360}, min: {value: 0}, max: {value: 80}, "
            "count: {value: 9}, ids: {value: 3}, names: {value: 3}}");
  EXPECT_EQ(answer(R"({"a": {"$avg": {"field": "price", "missing": 100}}})"), "{value: 40}");
  EXPECT_EQ(answer(R"({"a": {"$avg": {"field": "price"}}})", R"({"price": {"$gte": 70}})"),
            "{value: 75}");
  EXPECT_EQ(answer("{}"), "{}");
}

TEST_F(Products, MetricsOfNothing) {
  const std::string_view none = R"({"title": {"$eq": "absent"}})";
  for (const char* op : {"$avg", "$sum", "$min", "$max"}) {
    EXPECT_EQ(answer(R"({"a": {")" + std::string(op) + R"(": {"field": "price"}}})", none),
              "{value: null}");
  }
  for (const char* op : {"$count", "$cardinality"}) {
    EXPECT_EQ(answer(R"({"a": {")" + std::string(op) + R"(": {"field": "price"}}})", none),
              "{value: 0}");
  }
  EXPECT_EQ(answer(R"({"a": {"$stats": {"field": "price"}}})", none),
            "{count: 0, min: null, max: null, sum: 0, avg: null}");
  EXPECT_EQ(
      answer(R"({"a": {"$extendedStats": {"field": "price"}}})", none),
      "{count: 0, min: null, max: null, sum: 0, avg: null, sumOfSquares: null, variance: null, "
      "variancePopulation: null, varianceSampling: null, stdDeviation: null, "
      "stdDeviationPopulation: null, stdDeviationSampling: null, stdDeviationBounds: null}");
  EXPECT_EQ(answer(R"({"a": {"$percentiles": {"field": "price", "percents": [50]}}})", none),
            "{values: {50.0: null}}");
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 5}}})", none),
            "{buckets: []}");
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "name"}}})", none),
            "{buckets: [], sumOtherDocCount: 0, docCountErrorUpperBound: 0}");
}

TEST_F(Products, ExtendedStats) {
  EXPECT_EQ(answer(R"({"a": {"$extendedStats": {"field": "price", "sigma": 3}}})",
                   R"({"price": {"$in": [10, 30]}})"),
            "{count: 2, min: 10, max: 30, sum: 40, avg: 20, sumOfSquares: 1000, variance: 100, "
            "variancePopulation: 100, varianceSampling: 200, stdDeviation: 10, "
            "stdDeviationPopulation: 10, stdDeviationSampling: 14.142135623730951, "
            "stdDeviationBounds: {upper: 50, lower: -10, upperSampling: 62.42640687119285, "
            "lowerSampling: -22.426406871192853, upperPopulation: 50, lowerPopulation: -10}}");
  const std::string by_default = answer(R"({"a": {"$extendedStats": {"field": "price"}}})");
  EXPECT_EQ(by_default, answer(R"({"a": {"$extendedStats": {"field": "price", "sigma": 2}}})"));
  EXPECT_NE(by_default.find("sumOfSquares: 20400, variance: 666.6666666666666,"), by_default.npos)
      << by_default;
}

// The numbers of the documentation.
TEST_F(Products, Percentiles) {
  EXPECT_EQ(answer(R"({"a": {"$percentiles": {"field": "price", "percents": [50, 95, 99]}}})"),
            "{values: {50.0: 40, 95.0: 76, 99.0: 79.2}}");
  EXPECT_EQ(answer(R"({"a": {"$percentiles": {"field": "price", "percents": [50, 99.5],
                       "keyed": false}}})"),
            "{values: [{key: 50, value: 40}, {key: 99.5, value: 79.6}]}");
  EXPECT_EQ(answer(R"({"a": {"$percentiles": {"field": "price"}}})"),
            "{values: {1.0: 0.8, 5.0: 4, 25.0: 20, 50.0: 40, 75.0: 60, 95.0: 76, 99.0: 79.2}}");
  EXPECT_EQ(answer(R"({"a": {"$percentiles": {"field": "price", "percents": [0, 12.5, 100]}}})"),
            "{values: {0.0: 0, 12.5: 10, 100.0: 80}}");
}

TEST_F(Products, Ranges) {
  EXPECT_EQ(answer(R"({"a": {"$range": {"field": "price",
                       "ranges": [{"to": 30}, {"from": 30, "to": 60}, {"from": 60}]},
                       "$aggs": {"q": {"$stats": {"field": "quantity"}}}}})"),
            "{buckets: [{key: '*-30', docCount: 3, to: 30, q: {count: 3, min: 0, max: 2, sum: 3, "
            "avg: 1}}, {key: '30-60', docCount: 3, from: 30, to: 60, q: {count: 3, min: 3, max: 5, "
            "sum: 12, avg: 4}}, {key: '60-*', docCount: 3, from: 60, q: {count: 3, min: 6, max: 8, "
            "sum: 21, avg: 7}}]}");
  // In order, also where they overlap; all of them, also the empty ones.
  EXPECT_EQ(answer(R"({"a": {"$range": {"field": "price", "keyed": true, "ranges": [
                       {"from": 1000}, {"key": "dear", "from": 50}, {"from": 0.5, "to": 70}, {}]}}})"),
            "{buckets: {*-*: {key: '*-*', docCount: 9}, "
            "0.5-70: {key: '0.5-70', docCount: 6, from: 0.5, to: 70}, "
            "dear: {key: 'dear', docCount: 4, from: 50}, "
            "1000-*: {key: '1000-*', docCount: 0, from: 1000}}}");
}

TEST_F(Products, Histograms) {
  EXPECT_EQ(
      answer(R"({"a": {"$histogram": {"field": "price", "interval": 30},
                       "$aggs": {"q": {"$avg": {"field": "quantity"}}}}})"),
      "{buckets: [{key: 0, docCount: 3, q: {value: 1}}, {key: 30, docCount: 3, q: {value: 4}}, "
      "{key: 60, docCount: 3, q: {value: 7}}]}");
  const std::string_view ends = R"({"price": {"$in": [10, 70]}})";
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 20}}})", ends),
            "{buckets: [{key: 0, docCount: 1}, {key: 20, docCount: 0}, {key: 40, docCount: 0}, "
            "{key: 60, docCount: 1}]}");
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 20, "minDocCount": 1}}})",
                   ends),
            "{buckets: [{key: 0, docCount: 1}, {key: 60, docCount: 1}]}");
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 20, "offset": 15,
                       "minDocCount": 1, "keyed": true}}})",
                   ends),
            "{buckets: {-5: {key: -5, docCount: 1}, 55: {key: 55, docCount: 1}}}");
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 20,
                       "hardBounds": {"min": 30, "max": 60}}}})"),
            "{buckets: [{key: 20, docCount: 1}, {key: 40, docCount: 2}, {key: 60, docCount: 1}]}");
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 20,
                       "extendedBounds": {"min": -25, "max": 30}}}})",
                   R"({"price": 10})"),
            "{buckets: [{key: -40, docCount: 0}, {key: -20, docCount: 0}, {key: 0, docCount: 1}, "
            "{key: 20, docCount: 0}]}");
  EXPECT_EQ(
      answer(R"({"a": {"$histogram": {"field": "price", "interval": 0.25, "minDocCount": 1}}})",
             R"({"price": 10})"),
      "{buckets: [{key: 10, docCount: 1}]}");
}

TEST_F(Products, TermsWithEqualCountsComeAsFromTantivy) {
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "categoryId"},
                       "$aggs": {"avg_price": {"$avg": {"field": "price"}},
                                 "sum_qty": {"$sum": {"field": "quantity"}}}}})"),
            "{buckets: [{key: 2, docCount: 3, avg_price: {value: 50}, sum_qty: {value: 15}}, "
            "{key: 0, docCount: 3, avg_price: {value: 30}, sum_qty: {value: 9}}, "
            "{key: 1, docCount: 3, avg_price: {value: 40}, sum_qty: {value: 12}}], "
            "sumOtherDocCount: 0, docCountErrorUpperBound: 0}");
}

TEST_F(Products, TermsInOrder) {
  const std::string_view filter = R"({"quantity": {"$lte": 6}})";  // 3 electronics, 2, 2
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "name", "size": 1}}})", filter),
            "{buckets: [{key: 'electronics', docCount: 3}], sumOtherDocCount: 4, "
            "docCountErrorUpperBound: 0}");
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "name", "order": {"key": "asc"}}}})", filter),
            "{buckets: [{key: 'books', docCount: 2}, {key: 'clothing', docCount: 2}, "
            "{key: 'electronics', docCount: 3}], sumOtherDocCount: 0}");
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "categoryId", "order": {"key": "desc"}, "size": 2,
                       "showTermDocCountError": true}}})",
                   filter),
            "{buckets: [{key: 2, docCount: 2}, {key: 1, docCount: 2}], sumOtherDocCount: 3, "
            "docCountErrorUpperBound: 0}");
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "name", "order": {"count": "asc"}, "size": 2,
                       "minDocCount": 3}}})",
                   filter),
            "{buckets: [{key: 'electronics', docCount: 3}], sumOtherDocCount: 0}");
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "name", "order": {"m": "desc"}, "size": 2},
                       "$aggs": {"m": {"$max": {"field": "price"}}}}})"),
            "{buckets: [{key: 'books', docCount: 3, m: {value: 80}}, "
            "{key: 'clothing', docCount: 3, m: {value: 70}}], sumOtherDocCount: 3}");
  const auto ordered = [this](std::string_view by, std::string_view metric) {
    return answer(R"({"a": {"$terms": {"field": "name", "size": 1, "order": {")" + std::string(by) +
                  R"(": "asc"}}, "$aggs": {"p": )" + std::string(metric) + "}}}");
  };
  EXPECT_EQ(ordered("p.50", R"({"$percentiles": {"field": "price", "percents": [7, 50]}})"),
            "{buckets: [{key: 'electronics', docCount: 3, p: {values: {7.0: 4.2, 50.0: 30}}}], "
            "sumOtherDocCount: 6}");
  EXPECT_EQ(ordered("p.50.0", R"({"$percentiles": {"field": "price", "percents": [50],
                                  "keyed": false}})"),
            "{buckets: [{key: 'electronics', docCount: 3, p: {values: [{key: 50, value: 30}]}}], "
            "sumOtherDocCount: 6}");
  EXPECT_EQ(ordered("p.sum", R"({"$stats": {"field": "price"}})"),
            "{buckets: [{key: 'electronics', docCount: 3, p: {count: 3, min: 0, max: 60, sum: 90, "
            "avg: 30}}], sumOtherDocCount: 6}");
}

TEST_F(Products, TermsThatAreWanted) {
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "name", "include": ".*o.*s"}}})"),
            "{buckets: [{key: 'electronics', docCount: 3}, {key: 'books', docCount: 3}], "
            "sumOtherDocCount: 0, docCountErrorUpperBound: 0}");
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "name", "exclude": ["books", "clothing"]}}})"),
            "{buckets: [{key: 'electronics', docCount: 3}], sumOtherDocCount: 0, "
            "docCountErrorUpperBound: 0}");
  EXPECT_EQ(
      answer(R"({"a": {"$terms": {"field": "categoryId", "include": [1, 2], "exclude": "2"}}})"),
      "{buckets: [{key: 1, docCount: 3}], sumOtherDocCount: 0, docCountErrorUpperBound: 0}");
  EXPECT_EQ(
      answer(R"({"a": {"$terms": {"field": "name", "minDocCount": 0, "order": {"key": "asc"}}}})",
             R"({"name": "books"})"),
      "{buckets: [{key: 'books', docCount: 3}, {key: 'clothing', docCount: 0}, "
      "{key: 'electronics', docCount: 0}], sumOtherDocCount: 0}");
}

TEST_F(Products, BucketsInsideOfBuckets) {
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "categoryId", "order": {"key": "asc"}, "size": 1},
                 "$aggs": {"h": {"$histogram": {"field": "price", "interval": 60},
                                 "$aggs": {"n": {"$count": {"field": "name"}}}}}}})"),
            "{buckets: [{key: 0, docCount: 3, h: {buckets: [{key: 0, docCount: 2, n: {value: 2}}, "
            "{key: 60, docCount: 1, n: {value: 1}}]}}], sumOtherDocCount: 6}");
}

TEST_F(Products, AnAnswerHasAtMostSoManyBuckets) {
  const std::string error =
      "ERR Aggregation 'a' makes too many buckets: at most 65000 are possible in one answer";
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 0.001}}})"), error);
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 1e-300}}})"), error);
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 1,
                       "extendedBounds": {"min": -1e300, "max": 1e300}}}})"),
            error);
  // Three in each of the 30,000 outer ones, though one is shown.
  EXPECT_EQ(answer(R"({"b": {"$histogram": {"field": "price", "interval": 1,
                             "extendedBounds": {"min": 0, "max": 29999}},
                       "$aggs": {"a": {"$terms": {"field": "name", "size": 1, "minDocCount": 0}}}}})"),
            error);
  // Two in each of the 33,000 outer ones.
  EXPECT_EQ(answer(R"({"b": {"$histogram": {"field": "price", "interval": 1,
                             "extendedBounds": {"min": 0, "max": 32999}},
                       "$aggs": {"a": {"$range": {"field": "price", "ranges": [{}]}}}}})"),
            error);
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "price", "interval": 1e-300,
                       "minDocCount": 1}}})",
                   R"({"price": 0})"),
            "{buckets: [{key: 0, docCount: 1}]}");
}

// ---- other types, values that are missing, several values

class Mixed : public AggregationTest {
 protected:
  void SetUp() override {
    create("u U64 FAST i I64 FAST f F64 FAST b BOOL FAST d DATE FAST k KEYWORD c FACET");
    put("1", R"({"u": 18446744073709551615, "i": -5, "f": 0.5, "b": true, "k": "x",
                 "d": "2024-01-01T10:00:00Z", "c": "/a/b/c"})");
    put("2", R"({"u": 7, "i": 5, "f": [1.5, 2.5], "b": false, "k": ["x", "y", "x"],
                 "d": "2024-01-02T00:00:00Z", "c": ["/a/b", "/a/d/e", "no path", "/z"]})");
    put("3", R"({"b": true, "c": "/a"})");
  }
};

TEST_F(Mixed, KeysAreWrittenByType) {
  const auto terms = [this](std::string_view field) {
    return answer(R"({"a": {"$terms": {"field": ")" + std::string(field) +
                  R"(", "order": {"key": "asc"}}}})");
  };
  EXPECT_EQ(terms("u"),
            "{buckets: [{key: 7, docCount: 1}, {key: '18446744073709551615', docCount: 1}], "
            "sumOtherDocCount: 0}");
  EXPECT_EQ(terms("i"),
            "{buckets: [{key: -5, docCount: 1}, {key: 5, docCount: 1}], sumOtherDocCount: 0}");
  EXPECT_EQ(
      terms("f"),
      "{buckets: [{key: 0.5, docCount: 1}, {key: 1.5, docCount: 1}, {key: 2.5, docCount: 1}], "
      "sumOtherDocCount: 0}");
  EXPECT_EQ(terms("b"),
            "{buckets: [{key: 0, keyAsString: 'false', docCount: 1}, "
            "{key: 1, keyAsString: 'true', docCount: 2}], sumOtherDocCount: 0}");
  EXPECT_EQ(terms("d"),
            "{buckets: [{key: '2024-01-01T10:00:00Z', docCount: 1}, "
            "{key: '2024-01-02T00:00:00Z', docCount: 1}], sumOtherDocCount: 0}");
  EXPECT_EQ(terms("k"),
            "{buckets: [{key: 'x', docCount: 2}, {key: 'y', docCount: 1}], sumOtherDocCount: 0}");
}

TEST_F(Mixed, EachOfSeveralValuesCounts) {
  EXPECT_EQ(answer(R"({"a": {"$stats": {"field": "f"}}})"),
            "{count: 3, min: 0.5, max: 2.5, sum: 4.5, avg: 1.5}");
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "f", "interval": 10}}})"),
            "{buckets: [{key: 0, docCount: 2}]}");  // documents, not values
  EXPECT_EQ(answer(R"({"a": {"$cardinality": {"field": "k"}}})"), "{value: 2}");
}

TEST_F(Mixed, SomethingStandsForWhatIsMissing) {
  EXPECT_EQ(answer(R"({"a": {"$sum": {"field": "i", "missing": 100}}})"), "{value: 100}");
  EXPECT_EQ(answer(R"({"a": {"$count": {"field": "k", "missing": 0}}})"), "{value: 5}");
  EXPECT_EQ(answer(R"({"a": {"$cardinality": {"field": "k", "missing": "x"}}})"), "{value: 2}");
  EXPECT_EQ(answer(R"({"a": {"$cardinality": {"field": "k", "missing": "new"}}})"), "{value: 3}");
  EXPECT_EQ(answer(R"({"a": {"$cardinality": {"field": "i", "missing": 5}}})"), "{value: 2}");
  EXPECT_EQ(answer(R"({"a": {"$cardinality": {"field": "i", "missing": 6}}})"), "{value: 3}");
  EXPECT_EQ(answer(R"({"a": {"$max": {"field": "d", "missing": "2025-01-01"}}})"),
            "{value: 1735689600000}");
  const auto terms = [this](std::string_view field, std::string_view missing) {
    return answer(R"({"a": {"$terms": {"field": ")" + std::string(field) + R"(", "missing": )" +
                  std::string(missing) + R"(, "order": {"key": "asc"}},
                  "$aggs": {"n": {"$count": {"field": "b"}}}}})");
  };
  EXPECT_EQ(terms("k", "\"m\""),
            "{buckets: [{key: 'm', docCount: 1, n: {value: 1}}, {key: 'x', docCount: 2, n: {value: "
            "2}}, {key: 'y', docCount: 1, n: {value: 1}}], sumOtherDocCount: 0}");
  EXPECT_EQ(terms("k", "\"y\""),
            "{buckets: [{key: 'x', docCount: 2, n: {value: 2}}, {key: 'y', docCount: 2, n: {value: "
            "2}}], sumOtherDocCount: 0}");
  EXPECT_EQ(terms("k", "3"),
            "{buckets: [{key: 'x', docCount: 2, n: {value: 2}}, {key: 'y', docCount: 1, n: {value: "
            "1}}, {key: 3, docCount: 1, n: {value: 1}}], sumOtherDocCount: 0}");
  EXPECT_EQ(
      terms("i", "5"),
      "{buckets: [{key: -5, docCount: 1, n: {value: 1}}, {key: 5, docCount: 2, n: {value: 2}}], "
      "sumOtherDocCount: 0}");
  EXPECT_EQ(terms("u", "-1"),
            "{buckets: [{key: 7, docCount: 1, n: {value: 1}}, {key: '18446744073709551615', "
            "docCount: 1, n: {value: 1}}, {key: -1, docCount: 1, n: {value: 1}}], "
            "sumOtherDocCount: 0}");
  EXPECT_EQ(
      terms("i", "\"none\""),
      "{buckets: [{key: -5, docCount: 1, n: {value: 1}}, {key: 5, docCount: 1, n: {value: 1}}, "
      "{key: 'none', docCount: 1, n: {value: 1}}], sumOtherDocCount: 0}");
}

// The value that stands for missing ones is a bucket like those that are empty, not beside one.
TEST_F(Mixed, MissingAndEmptyBucketsAreOne) {
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "k", "missing": "y", "minDocCount": 0,
                       "order": {"key": "asc"}}}})",
                   R"({"$mustNot": {"i": 5}, "b": true})"),
            "{buckets: [{key: 'x', docCount: 1}, {key: 'y', docCount: 1}], sumOtherDocCount: 0}");
  EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "i", "missing": 5, "minDocCount": 0,
                       "order": {"key": "asc"}}}})",
                   R"({"c": "/a", "$mustNot": {"k": "x"}})"),
            "{buckets: [{key: -5, docCount: 0}, {key: 5, docCount: 1}], sumOtherDocCount: 0}");
}

TEST_F(Mixed, DatesAreMilliseconds) {
  EXPECT_EQ(answer(R"({"a": {"$min": {"field": "d"}}})"), "{value: 1704103200000}");
  EXPECT_EQ(answer(R"({"a": {"$dateHistogram": {"field": "d", "fixedInterval": "12h"}}})"),
            "{buckets: [{key: 1704067200000, keyAsString: '2024-01-01T00:00:00Z', docCount: 1}, "
            "{key: 1704110400000, keyAsString: '2024-01-01T12:00:00Z', docCount: 0}, "
            "{key: 1704153600000, keyAsString: '2024-01-02T00:00:00Z', docCount: 1}]}");
  EXPECT_EQ(
      answer(R"({"a": {"$dateHistogram": {"field": "d", "fixedInterval": "1d", "offset": "-6h",
                       "keyed": true, "hardBounds": {"min": "2024-01-02", "max": 1704153600000}}}})"),
      "{buckets: {2024-01-01T18:00:00Z: {key: 1704132000000, "
      "keyAsString: '2024-01-01T18:00:00Z', docCount: 1}}}");
  EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "d", "interval": 86400000}}})"),
            "{buckets: [{key: 1704067200000, keyAsString: '2024-01-01T00:00:00Z', docCount: 1}, "
            "{key: 1704153600000, keyAsString: '2024-01-02T00:00:00Z', docCount: 1}]}");
  EXPECT_EQ(answer(R"({"a": {"$range": {"field": "d", "ranges": [{"from": "2024-01-02"},
                       {"to": 1704153600000}]}}})"),
            "{buckets: [{key: '*-2024-01-02T00:00:00Z', docCount: 1, to: 1704153600000, "
            "toAsString: '2024-01-02T00:00:00Z'}, {key: '2024-01-02T00:00:00Z-*', docCount: 1, "
            "from: 1704153600000, fromAsString: '2024-01-02T00:00:00Z'}]}");
}

TEST_F(Mixed, Facets) {
  EXPECT_EQ(answer(R"({"a": {"$facet": {"field": "c", "path": "/"}}})"),
            "{path: '/', sumOtherDocCount: 0, children: [{path: '/a', docCount: 3, "
            "sumOtherDocCount: 0}, {path: '/z', docCount: 1, sumOtherDocCount: 0}]}");
  EXPECT_EQ(answer(R"({"a": {"$facet": {"field": "c", "path": "/a", "depth": 2}}})"),
            "{path: '/a', sumOtherDocCount: 0, children: [{path: '/a/b', docCount: 2, "
            "sumOtherDocCount: 0, children: [{path: '/a/b/c', docCount: 1, sumOtherDocCount: 0}]}, "
            "{path: '/a/d', docCount: 1, sumOtherDocCount: 0, children: [{path: '/a/d/e', "
            "docCount: 1, sumOtherDocCount: 0}]}]}");
  EXPECT_EQ(answer(R"({"a": {"$facet": {"field": "c", "path": "/a/", "size": 1}}})"),
            "{path: '/a', sumOtherDocCount: 1, children: [{path: '/a/b', docCount: 2, "
            "sumOtherDocCount: 0}]}");
  EXPECT_EQ(answer(R"({"a": {"$facet": {"field": "c", "path": "/a", "order": {"path": "desc"}}}})"),
            "{path: '/a', sumOtherDocCount: 0, children: [{path: '/a/d', docCount: 1, "
            "sumOtherDocCount: 0}, {path: '/a/b', docCount: 2, sumOtherDocCount: 0}]}");
  EXPECT_EQ(answer(R"({"a": {"$facet": {"field": "c", "path": "/a", "order": {"count": "asc"},
                       "minDocCount": 2}}})"),
            "{path: '/a', sumOtherDocCount: 0, children: [{path: '/a/b', docCount: 2, "
            "sumOtherDocCount: 0}]}");
  EXPECT_EQ(answer(R"({"a": {"$facet": {"field": "c", "path": "/no"}}})"),
            "{path: '/no', sumOtherDocCount: 0, children: []}");
  EXPECT_EQ(answer(R"({"a": {"$facet": {"field": "c", "path": "/a/b/c"}}})"),
            "{path: '/a/b/c', sumOtherDocCount: 0, children: []}");
}

// ---- the twin: everything counted from the plain numbers

TEST_F(AggregationTest, AgreesWithCountingByHand) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(seed);
  Random random(seed);
  create("n I64 FAST m F64 FAST k KEYWORD");
  for (int round = 0; round < model_steps(20); round++) {
    struct Doc {
      std::vector<int> n;
      double m;
      std::string k;
    };
    std::vector<Doc> docs(random.below(200));
    std::map<int, std::vector<const Doc*>> by_n;
    std::map<std::string, int> by_k;
    for (size_t i = 0; i < 200; i++) index_->remove(std::to_string(i));
    for (size_t i = 0; i < docs.size(); i++) {
      Doc& doc = docs[i];
      std::string numbers;
      for (uint64_t count = random.below(3); count > 0; count--) {
        doc.n.push_back(static_cast<int>(random.below(30)) - 15);
        numbers += (numbers.empty() ? "" : ",") + std::to_string(doc.n.back());
      }
      doc.m = static_cast<double>(random.below(1000)) / 4;
      doc.k = "k" + std::to_string(random.below(150));
      put(std::to_string(i), R"({"n": [)" + numbers + R"(], "m": )" + number_text(doc.m) +
                                 R"(, "k": ")" + doc.k + R"("})");
      for (const int n : std::set<int>(doc.n.begin(), doc.n.end())) by_n[n].push_back(&doc);
      by_k[doc.k]++;
    }

    std::string terms, histogram;
    for (const auto& [n, with] : by_n) {
      double sum = 0;
      for (const Doc* doc : with) sum += doc->m;
      terms += (terms.empty() ? "" : ", ") + ("{key: " + std::to_string(n)) +
               ", docCount: " + std::to_string(with.size()) + ", s: {value: " + number_text(sum) +
               "}}";
    }
    EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "n", "size": 100, "order": {"key": "asc"}},
                         "$aggs": {"s": {"$sum": {"field": "m"}}}}})"),
              "{buckets: [" + terms + "], sumOtherDocCount: 0}");

    // Few documents in each bucket, so their keywords are found otherwise than those of all.
    std::string nested;
    for (const auto& [n, with] : by_n) {
      std::map<std::string, int> keywords;
      for (const Doc* doc : with) keywords[doc->k]++;
      std::string inner;
      for (const auto& [k, count] : keywords) {
        inner += (inner.empty() ? "{key: '" : ", {key: '") + k +
                 "', docCount: " + std::to_string(count) + "}";
      }
      nested += (nested.empty() ? "{key: " : ", {key: ") + std::to_string(n) +
                ", docCount: " + std::to_string(with.size()) + ", k: {buckets: [" + inner +
                "], sumOtherDocCount: 0}}";
    }
    EXPECT_EQ(answer(R"({"a": {"$terms": {"field": "n", "size": 100, "order": {"key": "asc"}},
                         "$aggs": {"k": {"$terms": {"field": "k", "size": 100,
                                                    "order": {"key": "asc"}}}}}})"),
              "{buckets: [" + nested + "], sumOtherDocCount: 0}");

    std::map<int, std::set<const Doc*>> grid;
    for (const auto& [n, with] : by_n) {
      grid[static_cast<int>(std::floor((n - 2) / 7.0))].insert(with.begin(), with.end());
    }
    if (!grid.empty()) {
      for (int at = grid.begin()->first; at <= grid.rbegin()->first; at++) {
        histogram += (histogram.empty() ? "" : ", ") + ("{key: " + std::to_string(at * 7 + 2)) +
                     ", docCount: " + std::to_string(grid[at].size()) + "}";
      }
    }
    EXPECT_EQ(answer(R"({"a": {"$histogram": {"field": "n", "interval": 7, "offset": 2}}})"),
              "{buckets: [" + histogram + "]}");

    std::vector<double> sorted;
    for (const Doc& doc : docs) sorted.push_back(doc.m);
    std::sort(sorted.begin(), sorted.end());
    std::string percents, values;
    for (int i = 0; i < 12 && !docs.empty(); i++) {
      const auto percent = static_cast<double>(random.below(101));
      const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
      const double low = sorted[static_cast<size_t>(place)];
      const double high = sorted[std::min(static_cast<size_t>(place) + 1, sorted.size() - 1)];
      const double value = low + (high - low) * (place - std::floor(place));
      percents += (percents.empty() ? "" : ",") + number_text(percent);
      values += (values.empty() ? "{key: " : ", {key: ") + number_text(percent) +
                ", value: " + number_text(value) + "}";
    }
    if (!docs.empty()) {
      EXPECT_EQ(answer(R"({"a": {"$percentiles": {"field": "m", "keyed": false, "percents": [)" +
                       percents + "]}}}"),
                "{values: [" + values + "]}");
    }

    // The largest counts, whatever the order of ties.
    std::vector<int> counts;
    for (const auto& [k, count] : by_k) counts.push_back(count);
    std::sort(counts.rbegin(), counts.rend());
    Plain result;
    std::string error;
    ASSERT_TRUE(run(R"({"a": {"$terms": {"field": "k", "size": 5}}})", "{}", &result, &error));
    const Plain& top = *result.find("a")->find("buckets");
    int rest = static_cast<int>(docs.size());
    ASSERT_EQ(top.items.size(), std::min<size_t>(5, counts.size()));
    for (size_t i = 0; i < top.items.size(); i++) {
      EXPECT_EQ(top.items[i].find("docCount")->integer, counts[i]);
      EXPECT_EQ(by_k[top.items[i].find("key")->text], counts[i]);
      rest -= counts[i];
    }
    EXPECT_EQ(result.find("a")->find("sumOtherDocCount")->integer, rest);
  }
}

}  // namespace
}  // namespace redstart::search
