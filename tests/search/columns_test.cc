#include "search/columns.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "base/random.h"
#include "search/lengths.h"
#include "tests/model.h"

namespace redstart::search {
namespace {

TEST(Codes, KeepTheOrderOfNumbers) {
  const double reals[] = {-INFINITY, -1e300, -2, -1, -1e-300, 0, 5e-324, 1, 1.5, 1e300, INFINITY};
  for (size_t i = 0; i + 1 < std::size(reals); i++) {
    EXPECT_LT(code_of(reals[i]), code_of(reals[i + 1])) << reals[i];
  }
  for (double real : reals) EXPECT_EQ(number_of(FieldType::kF64, code_of(real)), real);
  EXPECT_EQ(code_of(-0.0), code_of(0.0));

  const int64_t integers[] = {INT64_MIN, -5, -1, 0, 1, INT64_MAX};
  for (size_t i = 0; i + 1 < std::size(integers); i++) {
    EXPECT_LT(code_of(integers[i]), code_of(integers[i + 1]));
  }
  for (int64_t integer : integers) EXPECT_EQ(integer_of(code_of(integer)), integer);
  EXPECT_EQ(number_of(FieldType::kDate, code_of(int64_t{-1500})), -1.5);
  EXPECT_EQ(number_of(FieldType::kU64, UINT64_MAX), 0x1p64);
}

TEST(Lengths, AreExactWhereShort) {
  for (uint32_t length = 0; length <= 40; length++)
    EXPECT_EQ(length_of(length_code(length)), length);
  EXPECT_EQ(length_of(length_code(41)), 40u);
  EXPECT_EQ(length_of(length_code(43)), 42u);
  uint32_t before = 0;
  for (uint32_t length = 1; length < 1u << 30; length += 1 + length / 7) {
    const uint32_t kept = length_of(length_code(length));
    EXPECT_LE(before, kept);
    EXPECT_LE(kept, length);
    EXPECT_GT(kept + length / 8 + 4, length);
    before = kept;
  }
}

class Columns : public testing::TestWithParam<FieldType> {
 protected:
  ~Columns() override { EXPECT_EQ(heap_.bytes(), 0u); }

  uint64_t largest() const {
    switch (GetParam()) {
      case FieldType::kBool:
        return 1;
      case FieldType::kKeyword:
        return UINT32_MAX;
      default:
        return UINT64_MAX;
    }
  }

  Slab slab_;
  Heap heap_{slab_};
};

TEST_P(Columns, AgreeWithAMap) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(testing::Message() << "REDSTART_MODEL_SEED=" << seed);
  Random random(seed);
  for (int round = 0; round < model_steps(6); round++) {
    Column column(heap_, GetParam());
    std::map<DocNumber, std::vector<uint64_t>> model;
    const size_t several = random.below(3);
    DocNumber doc = 0;
    for (size_t n = random.below(600); n > 0; n--) {
      doc += 1 + static_cast<DocNumber>(random.below(1 + random.below(600)));
      for (size_t values = 1 + random.below(1 + several); values > 0; values--) {
        const uint64_t code = random.next() % 4 == 0 ? largest() : random.below(5) % largest();
        column.append(doc, code);
        model[doc].push_back(code);
      }
    }
    const DocNumber end = doc + 1;
    auto check = [&](DocNumber last) {
      for (DocNumber d = 0; d < last; d++) {
        const auto found = model.find(d);
        ASSERT_EQ(column.has(d), found != model.end());
        std::vector<uint64_t> read;
        column.each(d, [&read](uint64_t code) { read.push_back(code); });
        ASSERT_EQ(read, found == model.end() ? std::vector<uint64_t>() : found->second);
        ASSERT_EQ(column.count(d), read.size());
      }
      for (int i = 0; i < 20; i++) {
        const uint64_t low = random.below(4),
                       high = random.below(2) == 0 ? largest() : random.below(4);
        for (size_t word = 0; word <= last / 64; word++) {
          const uint64_t mask = column.mask_between(word, low, high);
          for (DocNumber d = 0; d < 64 && word * 64 + d < last; d++) {
            bool expected = false;
            if (const auto found = model.find(word * 64 + d); found != model.end()) {
              for (uint64_t code : found->second) expected |= low <= code && code <= high;
            }
            ASSERT_EQ(mask >> d & 1, expected) << word << " " << d;
            ASSERT_EQ(column.has_between(word * 64 + d, low, high), expected);
          }
        }
      }
    };
    check(end);
    // Some go, the others move up.
    HeapVector<DocNumber> numbers{HeapAllocator<DocNumber>(heap_)};
    std::map<DocNumber, std::vector<uint64_t>> moved;
    DocNumber next = 0;
    for (DocNumber d = 0; d < end; d++) {
      numbers.push_back(random.below(3) == 0 ? kNoDoc : next++);
      if (numbers[d] != kNoDoc && model.contains(d)) moved[numbers[d]] = model[d];
    }
    model = moved;
    HeapVector<DocNumber> old_numbers{HeapAllocator<DocNumber>(heap_)};
    for (DocNumber d = 0; d < end; d++) {
      if (numbers[d] != kNoDoc) old_numbers.push_back(d);
    }
    // Before and after the column takes the new numbers; one more document has come meanwhile.
    column.keep_old_numbers(&old_numbers);
    check(next);
    numbers.push_back(next);
    old_numbers.push_back(end);
    for (const uint64_t code : {largest(), uint64_t{0}}) {
      column.append(next, code);
      model[next].push_back(code);
    }
    check(next + 1);
    column.renew(numbers);
    check(next + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(AllWidths, Columns,
                         testing::Values(FieldType::kBool, FieldType::kKeyword, FieldType::kF64));

}  // namespace
}  // namespace redstart::search
