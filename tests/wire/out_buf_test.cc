#include "wire/out_buf.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace redstart {
namespace {

std::string contents(const OutBuf& out) {
  std::string text;
  out.each([&](const char* data, size_t size) {
    text.append(data, size);
    return true;
  });
  return text;
}

TEST(OutBuf, EmptyHoldsNoChunk) {
  ChunkPool pool;
  OutBuf out(pool);
  EXPECT_EQ(pool.in_use(), 0u);
  out.append("hello");
  EXPECT_EQ(pool.in_use(), 1u);
  out.consume(2);
  EXPECT_EQ(contents(out), "llo");
  out.consume(3);
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(OutBuf, HoleClosesItsGap) {
  ChunkPool pool;
  OutBuf out(pool);
  out.append("a");
  const OutBuf::Hole outer = out.open_hole(20);
  out.append("b");
  const OutBuf::Hole inner = out.open_hole(20);
  out.append("cc");
  EXPECT_EQ(out.size_behind(inner), 2u);
  out.fill_hole(inner, "<in>");
  out.fill_hole(outer, "<out>");
  EXPECT_EQ(contents(out), "a<out>b<in>cc");
  EXPECT_EQ(out.size(), 13u);
}

TEST(OutBuf, LongValuesGoByReference) {
  ChunkPool pool;
  BigBuf* value = BigBuf::copy_of(std::string(OutBuf::kSharedMin, 'v'));
  {
    OutBuf out(pool);
    for (int i = 0; i < 100; i++) {
      out.append("<");
      out.append_shared(value);
      out.append(">");
    }
    EXPECT_FALSE(value->unshared());
    EXPECT_EQ(pool.shared_bytes(), value->allocated_bytes()) << "one value, however often";
    EXPECT_EQ(pool.in_use(), 1u) << "the bytes between them share a chunk";
    EXPECT_EQ(out.size(), 100 * (value->size() + 2));
    const OutBuf::Hole hole = out.open_hole(8);
    out.append_shared(value);
    out.cut_at(hole);
    EXPECT_EQ(out.size(), 100 * (value->size() + 2));
    out.consume(out.size() - 1);
    EXPECT_EQ(contents(out), ">");
    EXPECT_TRUE(value->unshared());
    EXPECT_EQ(pool.shared_bytes(), 0u);
  }
  value->drop();
  EXPECT_EQ(pool.in_use(), 0u);
}

// Random appends, holes, cuts and consumption against a string.
TEST(OutBuf, Model) {
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE(seed);
  ChunkPool pool;
  for (int round = 0; round < 100; round++) {
    OutBuf out(pool);
    std::string model;
    for (int step = 0; step < 60; step++) {
      const int action = static_cast<int>(random() % 10);
      std::string bytes(random() % 4 == 0 ? random() % 40000 : random() % 50,
                        static_cast<char>('a' + random() % 26));
      if (action < 5) {
        out.append(bytes);
        model += bytes;
      } else if (action < 6) {
        BigBuf* value = BigBuf::copy_of(bytes);
        out.append_shared(value);
        value->drop();
        model += bytes;
      } else if (action < 8) {
        const size_t before = model.size();
        const OutBuf::Hole hole = out.open_hole(24);
        out.append(bytes);
        if (random() % 3 == 0) {
          BigBuf* value = BigBuf::copy_of(bytes);
          out.append_shared(value);
          out.append(bytes);
          value->drop();
          bytes += bytes + bytes;
        }
        ASSERT_EQ(out.size_behind(hole), bytes.size());
        if (random() % 3 == 0) {
          out.cut_at(hole);
        } else {
          const std::string text(random() % 25, '#');
          out.fill_hole(hole, text);
          model += text + bytes;
        }
        ASSERT_GE(model.size(), before);
      } else {
        const size_t count = model.empty() ? 0 : random() % (model.size() + 1);
        out.consume(count);
        model.erase(0, count);
      }
      ASSERT_EQ(out.size(), model.size());
      ASSERT_EQ(contents(out), model);
    }
  }
  EXPECT_EQ(pool.in_use(), 0u);
}

}  // namespace
}  // namespace redstart
