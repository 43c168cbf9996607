// Costs of an index of documents: `search_bench --benchmark_filter=...`. 100,000 documents of ten
// fields, 15 words of text each, drawn as words of a language are: few often, many seldom.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/slab.h"
#include "search/aggregation.h"
#include "search/aggregation_request.h"
#include "search/index.h"
#include "types/json.h"

namespace redstart::search {
namespace {

constexpr size_t kDocuments = 100000;
constexpr size_t kVocabulary = 30000;
constexpr std::string_view kSchema[] = {
    "name",  "TEXT",    "description", "TEXT",  "sku",   "TEXT", "NOTOKENIZE", "brand", "KEYWORD",
    "group", "KEYWORD", "kind",        "FACET", "price", "F64",  "FAST",       "stock", "U64",
    "FAST",  "active",  "BOOL",        "FAST",  "made",  "DATE", "FAST"};

struct Filled {
  Filled() {
    Definition definition;
    definition.source = Source::kJson;
    definition.prefixes = {""};
    std::string error;
    if (!definition.schema.parse(kSchema, &error)) std::abort();
    index = std::make_unique<Index>(slab, seed, std::move(definition));
    for (size_t i = 0; i < kDocuments; i++) put(i);
    size_t keys = 0;
    index->each_document([&keys](DocNumber, std::string_view key) { keys += key.size(); });
    std::fprintf(stderr, "%.0f bytes of index per document, its key of %.0f bytes included\n",
                 static_cast<double>(index->bytes()) / kDocuments,
                 static_cast<double>(keys) / kDocuments);
    std::fprintf(stderr, "%.0f bytes of JSON text per document\n",
                 static_cast<double>(text_bytes) / kDocuments);
  }

  size_t below(size_t bound) { return random() % bound; }
  std::string words(size_t count) {
    std::string out;
    for (; count > 0; count--) {
      // Zipf: the nth word comes in proportion to 1 / n.
      const double u = static_cast<double>(random() >> 11) * 0x1p-53;
      const auto n = static_cast<size_t>(std::exp(u * std::log(kVocabulary)));
      out += "w" + std::to_string(n) + "x ";
    }
    out.pop_back();
    return out;
  }

  void put(size_t i) {
    char date[40];
    std::snprintf(date, sizeof date, "20%02d-%02d-%02dT12:00:00Z", static_cast<int>(below(30)),
                  static_cast<int>(1 + below(12)), static_cast<int>(1 + below(28)));
    const std::string text =
        R"({"name":")" + words(3) + R"(","description":")" + words(12) + R"(","sku":"SKU-)" +
        std::to_string(i) + R"(","brand":"brand)" + std::to_string(below(1000)) +
        R"(","group":"group)" + std::to_string(below(20)) + R"(","kind":"/k/)" +
        std::to_string(below(10)) + "/" + std::to_string(below(10)) + R"(","price":)" +
        std::to_string(below(100000)) + ".5,\"stock\":" + std::to_string(below(1000)) +
        ",\"active\":" + (below(2) == 0 ? "true" : "false") + ",\"made\":\"" + date + "\"}";
    JsonNode root;
    std::string error;
    if (!store.parser.parse(text, &root, &error)) std::abort();
    Document document(index->schema());
    document.add_json_document(root, store.names);
    index->replace("product:" + std::to_string(i), document);
    root.release(store.heap);
    text_bytes += text.size();
  }

  std::mt19937_64 random{7};
  Slab slab;
  uint64_t seed = 5;
  JsonStore store{slab, seed};
  std::unique_ptr<Index> index;
  size_t text_bytes = 0;
};

Filled& filled() {
  static Filled filled;
  return filled;
}

// Compiled and answered with the best ten, as a command does it.
void find(benchmark::State& state, std::string_view filter, std::string_view order = {}) {
  Filled& f = filled();
  std::vector<Hit> hits;
  FindOptions options;
  if (!order.empty()) options.order = f.index->schema().find(order);
  size_t count = 0;
  for (auto _ : state) {
    Query query;
    std::string error;
    if (!f.index->compile(filter, f.store.heap, &query, &error)) std::abort();
    f.index->find(query, options, &hits);
    benchmark::DoNotOptimize(hits.data());
  }
  Query query;
  std::string error;
  f.index->compile(filter, f.store.heap, &query, &error);
  count = f.index->count(query);
  state.counters["matches"] = static_cast<double>(count);
}

// Over all documents, read from its text as a command does it.
void aggregate_all(benchmark::State& state, std::string_view request) {
  Filled& f = filled();
  std::string error;
  Query query;
  if (!f.index->compile("{}", f.store.heap, &query, &error)) std::abort();
  for (auto _ : state) {
    std::vector<Aggregation> aggregations;
    Plain result;
    if (!parse_aggregations(request, f.index->schema(), f.store.heap, &aggregations, &error) ||
        !aggregate(*f.index, query, aggregations, &result, &error)) {
      std::abort();
    }
    benchmark::DoNotOptimize(result.items.data());
  }
}

void BM_Replace(benchmark::State& state) {
  Filled& f = filled();
  for (auto _ : state) f.put(f.below(kDocuments));
}
void BM_RemoveAndPut(benchmark::State& state) {
  Filled& f = filled();
  for (auto _ : state) {
    const size_t i = f.below(kDocuments);
    f.index->remove("product:" + std::to_string(i));
    f.put(i);
  }
}
double cpu_ms() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

// The longest time that one change takes, with all that compaction does in it.
void BM_WorstReplace(benchmark::State& state) {
  Filled& f = filled();
  double worst = 0;
  for (auto _ : state) {
    const double begin = cpu_ms();
    f.put(f.below(kDocuments));
    worst = std::max(worst, cpu_ms() - begin);
  }
  state.counters["worst_ms"] = worst;
}

#define FIND(name, ...) BENCHMARK_CAPTURE(find, name, __VA_ARGS__)->Unit(benchmark::kMicrosecond)
FIND(rare_term, R"({"description":{"$eq":"w20000x"}})");
FIND(frequent_term, R"({"description":{"$eq":"w1x"}})");
FIND(rare_and_frequent, R"({"description":{"$eq":"w20000x"},"group":"group3"})");
FIND(two_frequent, R"({"$or":[{"description":{"$eq":"w1x"}},{"name":{"$eq":"w2x"}}]})");
FIND(sku, R"({"sku":{"$eq":"SKU-50000"}})");
FIND(keyword, R"({"brand":"brand77"})");
FIND(facet, R"({"kind":{"$eq":"/k/3"}})");
FIND(range, R"({"price":{"$gte":500,"$lt":600}})");
FIND(wide_range, R"({"price":{"$gt":50000}})");
FIND(equal_number, R"({"stock":55})");
FIND(rare_and_range, R"({"description":{"$eq":"w20000x"},"price":{"$gt":50000}})");
FIND(phrase, R"({"description":{"$phrase":"w1x w2x"}})");
FIND(fuzzy, R"({"description":{"$fuzzy":"w2000x"}})");
FIND(fuzzy_two, R"({"description":{"$fuzzy":{"value":"w2000x","distance":2}}})");
FIND(regex, R"({"description":{"$regex":"w1234.*"}})");
FIND(smart_word, R"({"description":"w20000x"})");
FIND(smart_words, R"({"description":"w200x w3000x"})");
FIND(all, "{}");
FIND(all_by_price, "{}", "price");
FIND(group_by_brand, R"({"group":"group3"})", "brand");

#define AGGREGATE(name, ...) \
  BENCHMARK_CAPTURE(aggregate_all, name, __VA_ARGS__)->Unit(benchmark::kMicrosecond)
AGGREGATE(avg, R"({"a":{"$avg":{"field":"price"}}})");
AGGREGATE(extended_stats, R"({"a":{"$extendedStats":{"field":"price"}}})");
AGGREGATE(percentiles, R"({"a":{"$percentiles":{"field":"price"}}})");
AGGREGATE(cardinality, R"({"a":{"$cardinality":{"field":"brand"}}})");
AGGREGATE(terms, R"({"a":{"$terms":{"field":"brand"}}})");
AGGREGATE(terms_many, R"({"a":{"$terms":{"field":"price"}}})");
AGGREGATE(terms_avg,
          R"({"a":{"$terms":{"field":"group"},"$aggs":{"b":{"$avg":{"field":"price"}}}}})");
AGGREGATE(ranges, R"({"a":{"$range":{"field":"price","ranges":[{"to":300},{"from":300}]}}})");
AGGREGATE(histogram, R"({"a":{"$histogram":{"field":"price","interval":1000}}})");
AGGREGATE(date_histogram, R"({"a":{"$dateHistogram":{"field":"made","fixedInterval":"30d"}}})");
AGGREGATE(facet, R"({"a":{"$facet":{"field":"kind","path":"/k","depth":2}}})");
BENCHMARK(BM_Replace)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_RemoveAndPut)->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_WorstReplace)->Unit(benchmark::kMicrosecond)->Iterations(60000);

}  // namespace
}  // namespace redstart::search
