#include "core/bits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace redstart {
namespace {

bool bit_at(std::string_view bytes, uint64_t at) {
  if (at / 8 >= bytes.size()) return false;
  return (static_cast<uint8_t>(bytes[at / 8]) >> (7 - at % 8)) & 1;
}

// Runs of equal bytes, so that word steps have something to skip.
std::string random_bytes(Random& random, size_t most) {
  std::string bytes;
  while (bytes.size() < most && random.below(8) != 0) {
    const char filler[] = {'\0', '\xff', static_cast<char>(random.next())};
    bytes.append(random.below(20), filler[random.below(3)]);
  }
  return bytes.substr(0, most);
}

TEST(Bits, CountAndFindAgreeWithALoop) {
  Random random(1);
  for (int round = 0; round < 3000; round++) {
    const std::string bytes = random_bytes(random, 120);
    const uint64_t total = bytes.size() * 8;
    const uint64_t begin = random.below(total + 1);
    const uint64_t end = begin + random.below(total - begin + 1);
    uint64_t count = 0;
    int64_t first[2] = {-1, -1};
    for (uint64_t i = begin; i < end; i++) {
      const bool bit = bit_at(bytes, i);
      count += bit;
      if (first[bit] < 0) first[bit] = static_cast<int64_t>(i);
    }
    ASSERT_EQ(count_bits(bytes, begin, end), count) << begin << ' ' << end;
    ASSERT_EQ(find_bit(bytes, true, begin, end), first[1]) << begin << ' ' << end;
    ASSERT_EQ(find_bit(bytes, false, begin, end), first[0]) << begin << ' ' << end;
  }
}

bool naive_op(BitOp op, const std::vector<std::string>& sources, uint64_t at) {
  const bool head = bit_at(sources[0], at);
  size_t others = 0;
  for (size_t i = 1; i < sources.size(); i++) others += bit_at(sources[i], at);
  switch (op) {
    case BitOp::kAnd:
      return head && others == sources.size() - 1;
    case BitOp::kOr:
      return head || others > 0;
    case BitOp::kXor:
      return (head + others) % 2 == 1;
    case BitOp::kNot:
      return !head;
    case BitOp::kDiff:
      return head && others == 0;
    case BitOp::kDiff1:
      return !head && others > 0;
    case BitOp::kAndOr:
      return head && others > 0;
    case BitOp::kOne:
      return head + others == 1;
  }
  return false;
}

TEST(Bits, OperationsAgreeWithALoop) {
  Random random(2);
  for (int round = 0; round < 400; round++) {
    const auto op = static_cast<BitOp>(random.below(8));
    std::vector<std::string> sources(op == BitOp::kNot ? 1 : 1 + random.below(5));
    size_t size = 0;
    for (std::string& source : sources) {
      source = random_bytes(random, round % 10 == 0 ? 3000 : 40);
      if (round % 10 == 0) source.append(random.below(2500), 'u');
      size = std::max(size, source.size());
    }
    const std::vector<std::string_view> views(sources.begin(), sources.end());
    std::string result(size, '?');
    bit_op(op, views, result.data(), size);
    for (uint64_t i = 0; i < size * 8; i++) {
      ASSERT_EQ(bit_at(result, i), naive_op(op, sources, i))
          << "op " << static_cast<int>(op) << " bit " << i << " of " << size * 8;
    }
  }
}

TEST(Bits, FieldsAreReadAndWrittenAtEveryOffset) {
  Random random(3);
  for (int bits = 1; bits <= 64; bits++) {
    for (uint64_t offset = 0; offset < 24; offset++) {
      std::string bytes(12, '\0');
      for (char& c : bytes) c = static_cast<char>(random.next());
      const std::string before = bytes;
      const uint64_t value = random.next();
      set_field(bytes.data(), offset, bits, value);
      uint64_t expected = 0;
      for (uint64_t i = 0; i < bytes.size() * 8; i++) {
        if (i >= offset && i < offset + static_cast<uint64_t>(bits)) {
          expected = expected << 1 | bit_at(bytes, i);
        } else {
          ASSERT_EQ(bit_at(bytes, i), bit_at(before, i)) << "a neighbour changed";
        }
      }
      ASSERT_EQ(expected, bits == 64 ? value : value & ((uint64_t{1} << bits) - 1));
      ASSERT_EQ(get_unsigned_field(bytes, offset, bits), expected);
      const bool negative = expected >> (bits - 1) & 1;
      const uint64_t above = bits == 64 ? 0 : ~uint64_t{0} << bits;
      ASSERT_EQ(get_signed_field(bytes, offset, bits),
                static_cast<int64_t>(negative ? expected | above : expected));
    }
  }
  EXPECT_EQ(get_unsigned_field("\xff", 4, 8), 0xf0u) << "zeros behind the end";
  EXPECT_EQ(get_unsigned_field("", 1000, 64), 0u);
}

TEST(Bits, OverflowOfSignedFields) {
  const struct {
    int64_t value, increment;
    int bits;
    int64_t wrapped, saturated;
  } cases[] = {
      {127, 1, 8, -128, 127},
      {-128, -1, 8, 127, -128},
      {100, 300, 8, -112, 127},
      {300, 0, 8, 44, 127},
      {0, 1, 1, -1, 0},
      {INT64_MAX, 1, 64, INT64_MIN, INT64_MAX},
      {INT64_MIN, -1, 64, INT64_MAX, INT64_MIN},
      {-1, INT64_MIN, 8, -1, -128},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(add_signed_field(c.value, c.increment, c.bits, Overflow::kWrap), c.wrapped);
    EXPECT_EQ(add_signed_field(c.value, c.increment, c.bits, Overflow::kSaturate), c.saturated);
    EXPECT_EQ(add_signed_field(c.value, c.increment, c.bits, Overflow::kFail), std::nullopt);
  }
  EXPECT_EQ(add_signed_field(-100, 227, 8, Overflow::kFail), 127);
  EXPECT_EQ(add_signed_field(INT64_MIN, INT64_MAX, 64, Overflow::kFail), -1);
}

TEST(Bits, OverflowOfUnsignedFields) {
  const struct {
    uint64_t value;
    int64_t increment;
    int bits;
    uint64_t wrapped, saturated;
  } cases[] = {
      {255, 1, 8, 0, 255},      {0, -1, 8, 255, 0},
      {200, 200, 8, 144, 255},  {UINT64_MAX, 0, 8, 255, 255},  // SET u8 to -1
      {3, INT64_MIN, 63, 3, 0},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(add_unsigned_field(c.value, c.increment, c.bits, Overflow::kWrap), c.wrapped);
    EXPECT_EQ(add_unsigned_field(c.value, c.increment, c.bits, Overflow::kSaturate), c.saturated);
    EXPECT_EQ(add_unsigned_field(c.value, c.increment, c.bits, Overflow::kFail), std::nullopt);
  }
  EXPECT_EQ(add_unsigned_field(200, -200, 8, Overflow::kFail), 0u);
  EXPECT_EQ(add_unsigned_field(0, INT64_MAX, 63, Overflow::kFail), uint64_t{INT64_MAX});
}

}  // namespace
}  // namespace redstart
