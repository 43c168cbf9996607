// Costs of the ordered index: `bptree_bench --benchmark_filter=...`. Objects are 28 bytes of a slab,
// as members of 16 bytes are in a sorted set.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/bptree.h"

namespace redstart {
namespace {

struct Item {
  uint8_t bytes[26];
};
struct ItemPolicy {
  using Object = Item;
  std::string_view member(const Item* item) const {
    return {reinterpret_cast<const char*>(item->bytes) + 8, 16};
  }
};

// A tree of `size` random scores; the same for all benchmarks of a size.
struct Filled {
  explicit Filled(size_t size, bool equal_scores) : random(7) {
    items.reserve(size);
    for (size_t i = 0; i < size; ++i) {
      auto* item = static_cast<Item*>(slab.allocate(sizeof(Item)));
      double score = equal_scores ? 0 : static_cast<double>(random() >> 20);
      std::memcpy(item->bytes, &score, 8);
      char member[24];
      std::snprintf(member, sizeof member, "m%015llu",
                    static_cast<unsigned long long>(random() % 1000000000000000));
      std::memcpy(item->bytes + 8, member, 16);
      tree.insert(item);
      items.push_back(item);
    }
  }
  Item* any() { return items[random() % items.size()]; }

  Slab slab;
  BpTree<ItemPolicy> tree{slab};
  std::vector<Item*> items;
  std::mt19937_64 random;
};

Filled& filled(int64_t size, bool equal_scores = false) {
  static std::unique_ptr<Filled> kept;
  static std::pair<int64_t, bool> shape;
  if (!kept || shape != std::pair(size, equal_scores)) {
    kept.reset();
    kept = std::make_unique<Filled>(size, equal_scores);
    shape = {size, equal_scores};
  }
  return *kept;
}

void sizes(benchmark::internal::Benchmark* b) {
  for (int64_t size : {10000, 100000, 1000000, 10000000}) b->Arg(size);
}

void rank(benchmark::State& state) {
  Filled& f = filled(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(f.tree.rank(f.any()));
  state.counters["bytes"] = static_cast<double>(f.tree.bytes()) / static_cast<double>(f.tree.size());
}
BENCHMARK(rank)->Apply(sizes);

void select(benchmark::State& state) {
  Filled& f = filled(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(f.tree.at(f.random() % f.items.size()));
}
BENCHMARK(select)->Apply(sizes);

void update(benchmark::State& state) {
  Filled& f = filled(state.range(0));
  for (auto _ : state) f.tree.update(f.any(), static_cast<double>(f.random() >> 20));
}
BENCHMARK(update)->Apply(sizes);

void range_of_100(benchmark::State& state) {
  Filled& f = filled(state.range(0));
  for (auto _ : state) {
    size_t sum = 0;
    size_t from = f.tree.count_below(static_cast<double>(f.random() >> 20), false);
    if (from == f.items.size()) continue;
    f.tree.visit_from(from, 100, false, [&](Item* item) {
      sum += item->bytes[10];
      return false;
    });
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(range_of_100)->Apply(sizes);

void erase_and_insert_equal_scores(benchmark::State& state) {
  Filled& f = filled(state.range(0), true);
  for (auto _ : state) {
    Item* item = f.any();
    f.tree.erase(item);
    f.tree.insert(item);
  }
}
BENCHMARK(erase_and_insert_equal_scores)->Apply(sizes);

}  // namespace
}  // namespace redstart
