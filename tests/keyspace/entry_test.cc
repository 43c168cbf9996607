#include "keyspace/entry.h"

#include <gtest/gtest.h>

#include <string>

#include "base/slab.h"

namespace redstart {
namespace {

using Shape = EntryMaker::Shape;

Shape string_shape(StringEncoding encoding, int64_t expire_at_ms = kNoExpiry) {
  return {Type::kString, static_cast<uint8_t>(encoding), expire_at_ms};
}

TEST(Entry, TakesTheBytesThatTheHouseCountsOn) {
  Slab slab;
  Entry* plain = EntryMaker::make(slab, "key:1234567", 0, string_shape(StringEncoding::kShort),
                                  "sixteen bytes ..");
  EXPECT_EQ(EntryMaker::layout_size(*plain), 33u);
  EXPECT_EQ(plain->allocated_bytes(), 36u);
  Entry* timed = EntryMaker::make(slab, "key:1234567", 0, string_shape(StringEncoding::kShort, 1),
                                  "sixteen bytes ..");
  EXPECT_EQ(EntryMaker::layout_size(*timed), 41u);
  EXPECT_EQ(slab.used_bytes(), plain->allocated_bytes() + timed->allocated_bytes());
  EntryMaker::release(slab, plain);
  EntryMaker::release(slab, timed);
  EXPECT_EQ(slab.used_bytes(), 0u);
}

// Every change of shape from every other: lengths around the narrow header's limit, with and
// without an expiry, with and without room.
TEST(Entry, KeepsKeyClockAndValueThroughEveryChangeOfShape) {
  Slab slab;
  const StringEncoding encodings[] = {StringEncoding::kShort, StringEncoding::kRaw,
                                      StringEncoding::kGrown};
  const size_t value_sizes[] = {0, 1, 44, 255, 256, 1024};
  for (size_t key_size : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{70000}}) {
    std::string key(key_size, 'k');
    Entry* entry = EntryMaker::make(slab, key, 0xabcdef, string_shape(StringEncoding::kShort), "");
    std::string value;
    for (int64_t expiry : {kNoExpiry, int64_t{0}, int64_t{1} << 60, kNoExpiry}) {
      for (StringEncoding encoding : encodings) {
        for (size_t from : value_sizes) {
          for (size_t to : value_sizes) {
            value.assign(from, 'x');
            entry = EntryMaker::store(slab, entry, string_shape(encoding, expiry), value);
            entry = EntryMaker::resize(slab, entry, string_shape(encoding, expiry), to);
            ASSERT_EQ(entry->key(), key);
            ASSERT_EQ(entry->clock(), 0xabcdefu);
            ASSERT_EQ(entry->expire_at_ms(), expiry);
            ASSERT_EQ(entry->string_encoding(), encoding);
            ASSERT_EQ(entry->string_size(), to);
            ASSERT_EQ(EntryMaker::value(*entry).substr(0, from), value.substr(0, to));
            ASSERT_EQ(slab.used_bytes(), entry->allocated_bytes());
          }
        }
      }
    }
    EntryMaker::release(slab, entry);
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

TEST(Entry, KnowsItsTypeAndEncoding) {
  Slab slab;
  void* object = nullptr;
  const std::string_view value(reinterpret_cast<const char*>(&object), sizeof object);
  // A string's encoding says how its bytes lie, and changes with them.
  for (int number = static_cast<int>(Type::kString) + 1; number < kTypeCount; number++) {
    const Type type = static_cast<Type>(number);
    for (uint8_t encoding = 0; encoding < (type < Type::kIndex ? 8 : 2); encoding++) {
      Entry* entry = EntryMaker::make(slab, "key", 7, {type, encoding, 5}, value);
      EXPECT_EQ(entry->type(), type);
      EXPECT_EQ(entry->encoding(), encoding);
      EntryMaker::set_encoding(entry, 1);
      EXPECT_EQ(entry->type(), type);
      EXPECT_EQ(entry->encoding(), 1);
      EXPECT_EQ(entry->expire_at_ms(), 5);
      EXPECT_EQ(entry->key(), "key");
      EntryMaker::release(slab, entry);
    }
  }
}

TEST(Entry, StoresAValueThatLiesInItself) {
  Slab slab;
  Entry* entry = EntryMaker::make(slab, "k", 0, string_shape(StringEncoding::kRaw),
                                  std::string(99, 'a') + "z");
  std::string_view tail = EntryMaker::value(*entry).substr(98);
  entry = EntryMaker::store(slab, entry, string_shape(StringEncoding::kShort), tail);
  EXPECT_EQ(EntryMaker::value(*entry), "az");
  EntryMaker::release(slab, entry);
}

}  // namespace
}  // namespace redstart
