#include "base/slab.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace redstart {
namespace {

struct Object {
  unsigned char* bytes;
  size_t size;
  unsigned char fill;
};

// Every size up to the largest is aligned as promised and its class is tight.
TEST(Slab, ClassesAreTightAndAligned) {
  Slab slab;
  for (size_t n = 1; n <= Slab::kLargest + 100; ++n) {
    size_t size = Slab::class_size(n);
    size_t step = n <= 128 ? 4 : n <= 512 ? 8 : 64;
    ASSERT_GE(size, n);
    ASSERT_LT(size - n, step);
    ASSERT_EQ(Slab::class_size(size), size);
    void* object = slab.allocate(n);
    if (n <= Slab::kLargest) {
      ASSERT_EQ(reinterpret_cast<uintptr_t>(object) % step, 0u);
      if (size % 64 == 0) {
        ASSERT_EQ(reinterpret_cast<uintptr_t>(object) % 64, 0u);
      }
    }
    slab.release(object, n);
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

TEST(Slab, RandomLivesKeepTheirBytes) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  Slab slab;
  std::vector<Object> living;
  size_t used = 0;
  for (int step = 0; step < 200000; ++step) {
    bool growing = (step / 20000) % 2 == 0;
    if (living.empty() || random() % 100 < (growing ? 60 : 40)) {
      size_t size = random() % 50 == 0 ? random() % 14000 + 1 : random() % 150 + 1;
      if (random() % 500 == 0) size = Slab::kBlock;
      Object object{static_cast<unsigned char*>(slab.allocate(size)), size,
                    static_cast<unsigned char>(random())};
      std::memset(object.bytes, object.fill, size);
      used += Slab::class_size(size);
      living.push_back(object);
    } else {
      std::swap(living[random() % living.size()], living.back());
      Object object = living.back();
      living.pop_back();
      ASSERT_EQ(object.bytes[0], object.fill);
      ASSERT_EQ(object.bytes[object.size - 1], object.fill);
      used -= Slab::class_size(object.size);
      slab.release(object.bytes, object.size);
    }
    ASSERT_EQ(slab.used_bytes(), used);
    ASSERT_GE(slab.page_bytes(), used);
  }
  for (Object& object : living) {
    for (size_t i = 0; i < object.size; ++i) ASSERT_EQ(object.bytes[i], object.fill);
    slab.release(object.bytes, object.size);
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

TEST(Slab, OverheadIsBelowHalfAPercent) {
  for (size_t size : {32, 36, 40}) {
    Slab slab;
    for (int i = 0; i < 1000000; ++i) slab.allocate(size);
    EXPECT_EQ(slab.used_bytes(), size * 1000000);
    EXPECT_LT(slab.page_bytes(), slab.used_bytes() * 1.005);
  }
}

TEST(Slab, EmptyPagesGoBack) {
  Slab slab;
  std::vector<void*> objects;
  for (int i = 0; i < 300000; ++i) objects.push_back(slab.allocate(100));
  size_t full = slab.page_bytes();
  for (void* object : objects) slab.release(object, 100);
  EXPECT_GE(slab.page_bytes(), full);
  while (slab.give_back(10)) {
  }
  EXPECT_LT(slab.page_bytes(), full / 20);
  EXPECT_LE(slab.page_bytes(), size_t{1} << 20);
}

// Half of the objects leave everywhere; as many new ones must fit into the holes.
TEST(Slab, HolesAreReusedBeforeNewPages) {
  Slab slab;
  std::vector<void*> objects;
  for (int i = 0; i < 100000; ++i) objects.push_back(slab.allocate(64));
  size_t full = slab.page_bytes();
  for (size_t i = 0; i < objects.size(); i += 2) slab.release(objects[i], 64);
  for (size_t i = 0; i < objects.size(); i += 2) objects[i] = slab.allocate(64);
  EXPECT_EQ(slab.page_bytes(), full);
}

TEST(Slab, ASmallStartHoldsLittle) {
  Slab slab;
  EXPECT_EQ(slab.page_bytes(), 0u);
  slab.allocate(32);
  slab.allocate(2048);
  EXPECT_LT(slab.page_bytes(), 8192u);
}

}  // namespace
}  // namespace redstart
