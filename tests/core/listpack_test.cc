#include "core/listpack.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hex.h"
#include "base/random.h"
#include "base/slab.h"

namespace redstart {
namespace {

std::vector<std::string> items_of(ListpackView list) {
  std::vector<std::string> items;
  for (uint32_t pos = list.first(); pos != list.end(); pos = list.next(pos)) {
    items.push_back(list.at(pos).to_string());
  }
  return items;
}

std::vector<std::string> items_backwards(ListpackView list) {
  std::vector<std::string> items;
  for (uint32_t pos = list.end(); pos != list.first();) {
    pos = list.prev(pos);
    items.insert(items.begin(), list.at(pos).to_string());
  }
  return items;
}

std::string hex(std::string_view bytes) {
  return hex_text({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// Every header form and every border between two of them.
std::string random_text(Random& random) {
  switch (random.below(6)) {
    case 0:
      return int64_text(static_cast<int64_t>(random.next() >> random.below(64)));
    case 1:
      return int64_text(-static_cast<int64_t>(random.next() >> (1 + random.below(63))));
    case 2:
      return std::string(random.below(3), '0');
    case 3: {
      constexpr size_t kBorders[] = {62,  63,   64,   125,   126,   127,
                                     128, 4095, 4096, 16377, 16378, 16379};
      return std::string(kBorders[random.below(std::size(kBorders))], 'x');
    }
    default: {
      std::string text(random.below(20), '\0');
      for (char& c : text) c = static_cast<char>(random.next());
      return text;
    }
  }
}

// Cut from payloads of DUMP that redis-server 7.0.15 wrote.
TEST(Listpack, BytesAreThoseOfRedis) {
  const struct {
    std::vector<std::string> items;
    const char* bytes;
  } cases[] = {
      {{"f", "v", "n", "12"}, "120000000400816602817602816e020c01ff"},
      {{"a", "1.5", "b", "2", "c", "inf"},
       "1c000000060081610283312e3504816202020181630283696e6604ff"},
      {{"a", "1", "-1", "4096", "70000", "9999999999"},
       "2200000006008161020101dfff02f1001003f270110104f4ffe30b540200000009ff"},
      {{"INT", "-8388609", "9007199254740993", "127", "-4096"},
       "210000000500"
       "83494e5404"
       "f3ffff7fff05"
       "f4010000000000200009"
       "7f01"
       "d00002"
       "ff"},
  };
  for (const auto& c : cases) {
    Slab slab;
    Listpack list(slab);
    for (const std::string& item : c.items) list.append(item);
    EXPECT_EQ(hex(list.view().bytes()), c.bytes);
  }
}

TEST(Listpack, BehavesAsAVector) {
  for (uint64_t seed = 1; seed <= 20; seed++) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random(seed);
    Slab slab;
    Listpack list(slab);
    std::vector<std::string> twin;
    for (int step = 0; step < 300; step++) {
      const std::string text = random_text(random);
      const size_t index = twin.empty() ? 0 : random.below(twin.size());
      const auto spot = twin.begin() + static_cast<ptrdiff_t>(index);
      const uint32_t pos = list.view().seek(static_cast<int64_t>(index));
      switch (random.below(8)) {
        case 0:
          list.prepend(text), twin.insert(twin.begin(), text);
          break;
        case 1:
          list.insert(pos, text), twin.insert(spot, text);
          break;
        case 2: {
          if (twin.empty()) break;
          list.replace(pos, text), *spot = text;
          break;
        }
        case 3: {
          const size_t many = random.below(4);
          const size_t erased = std::min(many, twin.size() - index);
          list.erase(pos, many), twin.erase(spot, spot + static_cast<ptrdiff_t>(erased));
          break;
        }
        case 4: {
          Listpack other(slab);
          other.append(text), other.append(int64_t{step});
          list.append_all(other.view());
          twin.push_back(text), twin.push_back(std::to_string(step));
          break;
        }
        default: {
          const size_t before = list.byte_size();
          list.append(text), twin.push_back(text);
          EXPECT_EQ(list.byte_size() - before, listpack_item_size(text));
        }
      }
      ASSERT_TRUE(listpack_valid(list.view().bytes()));
      ASSERT_EQ(list.count(), twin.size());
      ASSERT_EQ(items_of(list.view()), twin);
      if (step % 10 == 0) {
        ASSERT_EQ(items_backwards(list.view()), twin);
      }
    }
    const auto size = static_cast<int64_t>(twin.size());
    for (int64_t i = -size; i < size; i++) {
      ASSERT_EQ(list.view().at(list.view().seek(i)).to_string(),
                twin[static_cast<size_t>(i < 0 ? i + size : i)]);
    }
    EXPECT_EQ(list.view().seek(size), list.view().end());
    EXPECT_EQ(list.view().seek(-size - 1), list.view().end());
    for (size_t skipped : {0, 1, 2}) {
      for (const std::string& text : twin) {
        size_t expected = 0;
        while (expected < twin.size() && twin[expected] != text) expected += skipped + 1;
        const uint32_t found = list.view().find(list.view().first(), text, skipped);
        ASSERT_EQ(found, list.view().seek(static_cast<int64_t>(expected)));
      }
    }
    list.clear();
    EXPECT_TRUE(list.empty());
  }
}

TEST(Listpack, CountBecomesUnknownBeyondSixteenBits) {
  Slab slab;
  Listpack list(slab);
  for (int64_t i = 0; i < 65536; i++) list.append(i % 100);
  EXPECT_EQ(list.count(), 65536u);
  EXPECT_EQ(list.view().at(list.view().seek(65535)).number, 35);
  EXPECT_EQ(list.view().at(list.view().seek(-65536)).number, 0);
  EXPECT_EQ(list.view().seek(65536), list.view().end());
  list.erase(list.view().first(), 65530);
  EXPECT_EQ(list.count(), 6u);
  EXPECT_TRUE(listpack_valid(list.view().bytes()));
}

TEST(Listpack, BlockIsHandedOverAndGivenBack) {
  Slab slab;
  {
    Listpack list(slab);
    for (int i = 0; i < 2000; i++) list.append("some text " + std::to_string(i));
    EXPECT_EQ(slab.used_bytes(), Listpack::allocated_bytes(list.byte_size()));
    uint8_t* block = list.release();
    Listpack again = Listpack::adopt(slab, block);
    Listpack copy(slab, again.view().bytes());
    again = std::move(copy);
    EXPECT_EQ(again.count(), 2000u);
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

TEST(Listpack, ReadsItemsThatOthersEncodedLoosely) {
  // "5" as a string of the longest form, and 5 as a number of 16 bits.
  const std::string bytes(
      "\x16\0\0\0\3\0\xf0\1\0\0\0"
      "5\6\xf1\5\0\3\x82yz\3\xff",
      22);
  ASSERT_TRUE(listpack_valid(bytes));
  const ListpackView list(bytes);
  EXPECT_EQ(items_of(list), (std::vector<std::string>{"5", "5", "yz"}));
  EXPECT_EQ(list.find(list.first(), "5"), list.first());
  EXPECT_EQ(list.find(list.next(list.first()), "5"), list.seek(1));
}

// Whatever passes the check can be walked in both directions without leaving its bytes (the
// address sanitizer watches the exact-size copy).
TEST(Listpack, DamagedBytesAreRefusedOrHarmless) {
  Random random(7);
  Slab slab;
  Listpack list(slab);
  for (int i = 0; i < 12; i++) list.append(random_text(random).substr(0, 100));
  const std::string good(list.view().bytes());
  int refused = 0;
  for (int i = 0; i < 20000; i++) {
    std::string bad =
        good.substr(0, random.below(4) == 0 ? random.below(good.size()) : good.size());
    for (uint64_t flips = random.below(3) + 1; flips > 0 && !bad.empty(); flips--) {
      bad[random.below(bad.size())] = static_cast<char>(random.next());
    }
    const std::vector<char> exact(bad.begin(), bad.end());
    const std::string_view bytes(exact.data(), exact.size());
    if (!listpack_valid(bytes)) {
      refused++;
      continue;
    }
    EXPECT_EQ(items_of(ListpackView(bytes)), items_backwards(ListpackView(bytes)));
  }
  EXPECT_GT(refused, 5000);
}

}  // namespace
}  // namespace redstart
