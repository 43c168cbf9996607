// What one operation of SegTable costs, and how many bytes an element takes.
//
// Entries are shaped like those of the keyspace: one slab object with header, key and value. Keys
// are looked up in an order of their own, so every lookup of a large table misses the caches.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "base/slab.h"
#include "core/seg_table.h"

namespace redstart {
namespace {

constexpr uint64_t kSeed = 42;
constexpr size_t kEntryBytes = 32;
constexpr size_t kKeyBytes = 12;
constexpr int kWindow = 32;

struct Entry {
  char header[6];
  char key[kKeyBytes];
  std::string_view name() const { return {key, kKeyBytes}; }
};

struct EntryPolicy {
  using Object = Entry;
  uint64_t hash(const Entry* entry) const { return hash_bytes(entry->name(), kSeed); }
  bool equals(const Entry* entry, std::string_view key) const { return entry->name() == key; }
};

using Table = SegTable<EntryPolicy>;

struct Key {
  char bytes[kKeyBytes + 1];
  std::string_view view() const { return {bytes, kKeyBytes}; }
};

Key make_key(unsigned number) {
  Key key;
  std::snprintf(key.bytes, sizeof key.bytes, "key:%08u", number % 100000000);
  return key;
}

// `count` keys from number `first` on, shuffled.
std::vector<Key> make_keys(int first, int count) {
  std::vector<Key> keys(count);
  for (int i = 0; i < count; ++i) keys[i] = make_key(first + i);
  Random random(kSeed);
  for (size_t i = keys.size(); i > 1; --i) std::swap(keys[i - 1], keys[random.below(i)]);
  return keys;
}

struct Loaded {
  Slab slab;
  Table table{slab};

  void insert(const Key& key) {
    auto* entry = static_cast<Entry*>(slab.allocate(kEntryBytes));
    std::memcpy(entry->key, key.bytes, kKeyBytes);
    table.insert(hash_bytes(key.view(), kSeed), entry);
  }
  void erase(const Key& key) {
    uint64_t hash = hash_bytes(key.view(), kSeed);
    Slot* slot = table.find_slot(hash, key.view());
    slab.release(table.erase(slot, hash), kEntryBytes);
  }
};

// Built once per size, because building 10 M takes seconds.
Loaded& loaded(int count) {
  static std::vector<std::pair<int, Loaded*>> built;
  for (auto& [size, one] : built) {
    if (size == count) return *one;
  }
  auto* one = new Loaded;
  for (int i = 0; i < count; ++i) one->insert(make_key(i));
  built.emplace_back(count, one);
  return *one;
}

void find_hit(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  Table& table = loaded(count).table;
  std::vector<Key> keys = make_keys(0, count);
  size_t i = 0;
  for (auto _ : state) {
    const Key& key = keys[i];
    benchmark::DoNotOptimize(table.find(hash_bytes(key.view(), kSeed), key.view()));
    if (++i == keys.size()) i = 0;
  }
}
BENCHMARK(find_hit)->Arg(1000)->Arg(1000000)->Arg(10000000);

// Each lookup needs the answer of the one before: the latency of one random hit.
void find_hit_latency(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  Table& table = loaded(count).table;
  std::vector<Key> keys = make_keys(0, count);
  size_t i = 0;
  size_t last = 0;
  for (auto _ : state) {
    const Key& key = keys[i + last];
    Entry* entry = table.find(hash_bytes(key.view(), kSeed), key.view());
    last = entry->key[0] == 'k' ? 0 : 1;
    benchmark::DoNotOptimize(last);
    if (++i == keys.size() - 1) i = 0;
  }
}
BENCHMARK(find_hit_latency)->Arg(1000000);

void find_miss(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  Table& table = loaded(count).table;
  std::vector<Key> keys = make_keys(count, count);
  size_t i = 0;
  for (auto _ : state) {
    const Key& key = keys[i];
    benchmark::DoNotOptimize(table.find(hash_bytes(key.view(), kSeed), key.view()));
    if (++i == keys.size()) i = 0;
  }
}
BENCHMARK(find_miss)->Arg(1000000)->Arg(10000000);

// As a pipeline does it: 32 lookups in three stages. Reported per lookup.
void find_windowed(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  Table& table = loaded(count).table;
  std::vector<Key> keys = make_keys(0, count);
  size_t i = 0;
  uint64_t hashes[kWindow];
  while (state.KeepRunningBatch(kWindow)) {
    if (i + kWindow > keys.size()) i = 0;
    for (int k = 0; k < kWindow; ++k) {
      hashes[k] = hash_bytes(keys[i + k].view(), kSeed);
      table.prefetch_line(hashes[k]);
    }
    for (int k = 0; k < kWindow; ++k) table.prefetch_entry(hashes[k]);
    for (int k = 0; k < kWindow; ++k) {
      benchmark::DoNotOptimize(table.find(hashes[k], keys[i + k].view()));
    }
    i += kWindow;
  }
}
BENCHMARK(find_windowed)->Arg(1000000)->Arg(10000000);

// From empty to `count`, allocation of the entry included.
void insert(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  std::vector<Key> keys = make_keys(0, count);
  for (auto _ : state) {
    Loaded fresh;
    for (const Key& key : keys) fresh.insert(key);
    state.counters["moved_per_insert"] = double(fresh.table.moved()) / count;
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(insert)->Arg(1000000)->Arg(5000000)->Unit(benchmark::kMillisecond);

// An erase and an insert in a table that keeps its size.
void erase_and_insert(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  Loaded churned;
  std::vector<Key> keys = make_keys(0, count);
  for (const Key& key : keys) churned.insert(key);
  std::vector<Key> order = make_keys(0, count);
  size_t i = 0;
  for (auto _ : state) {
    churned.erase(order[i]);
    churned.insert(order[i]);
    if (++i == order.size()) i = 0;
  }
}
BENCHMARK(erase_and_insert)->Arg(1000000);

void random_element(benchmark::State& state) {
  Table& table = loaded(1000000).table;
  Random random(kSeed);
  for (auto _ : state) benchmark::DoNotOptimize(table.random(random));
}
BENCHMARK(random_element);

void scan_ten(benchmark::State& state) {
  Table& table = loaded(1000000).table;
  uint64_t cursor = 0;
  for (auto _ : state) {
    int left = 10;
    cursor = table.scan(cursor, [&](Entry*) { return --left == 0; });
  }
}
BENCHMARK(scan_ten);

// Bytes per element beside the entry while the table grows from 1 M to 10 M: what the segments
// take, and what the process holds for them (`held` includes the holes that growth leaves).
void bytes_per_element(benchmark::State& state) {
  for (auto _ : state) {
    Loaded growing;
    double sum = 0, most = 0, held_sum = 0, held_most = 0;
    int samples = 0;
    for (int i = 0; i < 10000000; ++i) {
      growing.insert(make_key(i));
      size_t size = growing.table.size();
      if (size < 1000000 || size % 50000 != 0) continue;
      double each = double(growing.table.bytes()) / size;
      double held = double(growing.slab.page_bytes()) / size - kEntryBytes;
      sum += each;
      held_sum += held;
      most = std::max(most, each);
      held_most = std::max(held_most, held);
      ++samples;
      if (size % 500000 == 0) {
        std::printf("%9zu elements  %6.2f bytes each  %6.2f held\n", size, each, held);
      }
    }
    state.counters["mean"] = sum / samples;
    state.counters["most"] = most;
    state.counters["held_mean"] = held_sum / samples;
    state.counters["held_most"] = held_most;
  }
}
BENCHMARK(bytes_per_element)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace redstart
