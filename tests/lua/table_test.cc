#include "lua/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "base/random.h"
#include "tests/lua/runner.h"

namespace redstart::lua {
namespace {

// Random operations against a map; after each the length is a border and the walk finds everything
// once.
TEST(Table, ActsAsAMap) {
  const uint64_t seed = secure_seed();
  SCOPED_TRACE(seed);
  Random random(seed);
  Machine machine;
  State& state = machine.state;
  Heap& heap = state.heap();
  for (int round = 0; round < 60; round++) {
    Root root(state, Value(state.table()));
    Table* table = root.value.table();
    std::map<std::string, double> twin;
    const uint64_t range = 1 + random.below(200);
    for (int i = 0; i < 1500; i++) {
      Value key;
      switch (random.below(4)) {
        case 0: key = state.string("k" + std::to_string(random.below(range))); break;
        case 1: key = Value(static_cast<double>(random.below(range)) + 0.5); break;
        default: key = Value(static_cast<double>(random.below(range)) - 2);
      }
      const std::string name = std::string(type_name(key)) + machine.text(key);
      if (random.below(3) == 0) {
        ASSERT_TRUE(table->set(heap, key, Value()));
        twin.erase(name);
      } else {
        ASSERT_TRUE(table->set(heap, key, Value(i)));
        twin[name] = i;
      }
      const uint32_t n = table->length();
      ASSERT_TRUE(n == 0 || !table->get_index(n).is_nil());
      ASSERT_TRUE(table->get_index(int64_t{n} + 1).is_nil());
      const Value& found = table->get(key);
      ASSERT_EQ(found.is_nil(), !twin.contains(name));
    }
    size_t walked = 0;
    uint32_t position = 0;
    for (Value key, value; table->next(&position, &key, &value); walked++) {
      const auto twin_entry = twin.find(std::string(type_name(key)) + machine.text(key));
      ASSERT_NE(twin_entry, twin.end());
      ASSERT_EQ(twin_entry->second, value.num);
      uint32_t again;
      ASSERT_TRUE(table->position_of(key, &again));
      ASSERT_EQ(again, position);
      ASSERT_TRUE(table->holds_at(position, key));
    }
    ASSERT_EQ(walked, twin.size());
  }
}

TEST(Table, AQueueStaysSmall) {
  Machine machine;
  State& state = machine.state;
  Root root(state, Value(state.table()));
  Table* table = root.value.table();
  const size_t before = state.memory_used();
  for (int64_t i = 1; i <= 200'000; i++) {
    ASSERT_TRUE(table->set_index(state.heap(), i, Value(i)));
    const int64_t gone = i > 100 ? i - 100 : -1;
    ASSERT_TRUE(table->set_index(state.heap(), gone, Value()));
  }
  EXPECT_LT(state.memory_used() - before, 64u * 1024);
  EXPECT_EQ(table->get_index(200'000).num, 200'000);
}

TEST(Table, NegativeZeroIsZero) {
  Machine machine;
  Table* table = machine.state.table();
  ASSERT_TRUE(table->set(machine.state.heap(), Value(-0.0), Value(1)));
  EXPECT_EQ(table->get(Value(0.0)).num, 1);
  Value key, value;
  uint32_t position = 0;
  ASSERT_TRUE(table->next(&position, &key, &value));
  EXPECT_FALSE(std::signbit(key.num));
}

}  // namespace
}  // namespace redstart::lua
