#include "types/array.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "tests/model.h"
#include "tests/types/fixture.h"

namespace redstart {
namespace {

using Elements = std::vector<std::pair<uint64_t, std::string>>;

std::string text_at(const ArrayView& view, uint64_t index) {
  ArrayWord word;
  ArrayText scratch;
  return view.find(index, &word) ? std::string(array_word_text(word, scratch)) : "(nothing)";
}

Elements elements(const ArrayView& view, uint64_t lo, uint64_t hi, bool reverse) {
  Elements all;
  ArrayText scratch;
  view.walk(lo, hi, reverse, [&](uint64_t index, ArrayWord word) {
    all.emplace_back(index, array_word_text(word, scratch));
    return true;
  });
  return all;
}

struct ArrayTest : TypesTest {
  Array array{env_, {}};
  ~ArrayTest() override { array.drop(); }
};

TEST_F(ArrayTest, ElementsReadAsTheyWereWritten) {
  const std::string_view texts[] = {"",
                                    "a",
                                    "seven77",
                                    "eight888",
                                    "0",
                                    "-1",
                                    "2305843009213693951",
                                    "2305843009213693952",
                                    "-2305843009213693952",
                                    "-2305843009213693953",
                                    "9223372036854775807",
                                    "12345.67",
                                    "-12345.67",
                                    "0.123456789",
                                    "-0.00000001",
                                    "-0.0000000",
                                    "0.00000000000000001",
                                    "0.000000000000000001",
                                    "72057594037927.935",
                                    "72057594037927.936",
                                    "1234567890.10",
                                    "00000001.5",
                                    ".12345678",
                                    "12345678.",
                                    "1234.5678.9",
                                    "-.1234567",
                                    "1.5e10000",
                                    "12345.6x",
                                    "+12345.67",
                                    "1234567890123456789012345678901234567890.5",
                                    "-1234567",
                                    "--12345.6"};
  uint64_t index = 0;
  for (std::string_view text : texts) EXPECT_TRUE(array.set(7 * index++, text));
  index = 0;
  for (std::string_view text : texts) EXPECT_EQ(text_at(array.view(), 7 * index++), text);
}

TEST_F(ArrayTest, NumbersAndShortTextsTakeNoMemoryOfTheirOwn) {
  for (std::string_view text : {"seven77", "123456789012345678", "-12345.67", "98765432.123456"}) {
    ArrayWord word = make_array_word(slab_, text);
    EXPECT_EQ(array_word_bytes(word), 0u) << text;
    EXPECT_EQ(slab_.used_bytes(), 0u) << text;
  }
}

TEST_F(ArrayTest, DecimalsAreTheNumbersOfTheirTexts) {
  Random random(model_seed());
  for (int i = 0; i < model_steps(20'000); i++) {
    std::string text = std::to_string(random.below(uint64_t{1} << random.below(55)));
    const size_t places =
        std::min<size_t>(1 + random.below(17), 18 - std::min<size_t>(text.size(), 17));
    text += '.';
    for (size_t j = 0; j < places; j++) text += static_cast<char>('0' + random.below(10));
    if (random.below(2)) text.insert(0, 1, '-');
    const ArrayWord word = make_array_word(slab_, text);
    long double value, expected;
    ASSERT_TRUE(parse_long_double(text, &expected));
    if (array_word_decimal(word, &value)) {
      ASSERT_EQ(value, expected) << text;
    }
    release_array_word(slab_, word);
  }
  long double value;
  EXPECT_TRUE(array_word_decimal(make_array_word(slab_, "-12345.67"), &value));
  EXPECT_FALSE(array_word_decimal(make_array_word(slab_, "1234567"), &value));
}

TEST_F(ArrayTest, SmallIsOneAllocation) {
  for (uint64_t i = 64; i < 96; i++) array.set(i, "12");
  EXPECT_EQ(array.held().encoding, static_cast<uint8_t>(ArrayEncoding::kSmall));
  EXPECT_EQ(slab_.used_bytes(), Slab::class_size(8 + 12 + 32 * 8));
  EXPECT_EQ(slab_.used_bytes(), kArrayOps.bytes(array.held().object, array.held().encoding));
  array.set(96, "12");
  EXPECT_EQ(array.held().encoding, static_cast<uint8_t>(ArrayEncoding::kTree));
}

TEST_F(ArrayTest, ManyElementsTakeLittleMoreThanTheirWords) {
  for (uint64_t i = 0; i < 100'000; i++) array.set(i, "12");
  EXPECT_LT(slab_.used_bytes(), 100'000 * 88 / 10);
}

TEST_F(ArrayTest, LoneElementsTakeATreeOfTheirNumberOnly) {
  for (uint64_t i = 0; i < 10'000; i++) array.set(i << 40, "12");
  EXPECT_LT(slab_.used_bytes(), 10'000 * 36);
}

// Where indices are chosen from: together, apart, at the ends of all.
uint64_t some_index(Random& random) {
  switch (random.below(5)) {
    case 0:
      return random.below(40);
    case 1:
      return random.below(3000);
    case 2:
      return (uint64_t{1} << random.below(64)) - random.below(2);
    case 3:
      return random.next();
    default:
      return kArrayIndexMax - random.below(100);
  }
}

std::string some_text(Random& random) {
  switch (random.below(4)) {
    case 0:
      return std::to_string(random.below(1000));
    case 1:
      return std::to_string(random.below(1000)) + "." + std::to_string(random.below(100000));
    case 2:
      return std::string(random.below(12), 'x');
    default:
      return std::string(random.below(200), 'y');
  }
}

// An array and what it should be.
class Twin {
 public:
  Twin(const TypeEnv& env, Slab& slab, Random& random)
      : env_(env), slab_(slab), random_(random), array_(env, {}) {}
  ~Twin() { array_.drop(); }

  void step() {
    const uint64_t kind = random_.below(40);
    if (kind < 24 || plain_.empty()) return set();
    if (kind < 34) return erase_one();
    if (kind < 36) return erase_range();
    if (kind < 37) return fit_ring();
    set_cursor(random_.below(4) == 0 ? kNoArrayCursor : some_index(random_) % 50);
  }

  void check() {
    const ArrayView view = array_.view();
    ASSERT_EQ(view.count(), plain_.size());
    ASSERT_EQ(view.length(), plain_.empty() ? 0 : plain_.rbegin()->first + 1);
    ASSERT_EQ(view.cursor(), cursor_);
    ASSERT_EQ(elements(view, 0, kArrayIndexMax, false), Elements(plain_.begin(), plain_.end()));
    check_part(some_index(random_), some_index(random_));
    ASSERT_EQ(kArrayOps.bytes(array_.held().object, array_.held().encoding), slab_.used_bytes());
    check_leaves();
    check_copy();
  }

 private:
  void set() {
    const uint64_t index = std::min(some_index(random_), kArrayIndexMax);
    const std::string text = some_text(random_);
    ASSERT_EQ(array_.set(index, text), !plain_.contains(index));
    plain_[index] = text;
  }
  void erase_one() {
    auto at = plain_.lower_bound(some_index(random_));
    const uint64_t index =
        at == plain_.end() || random_.below(4) == 0 ? some_index(random_) : at->first;
    erase(index, index);
  }
  void erase_range() {
    const uint64_t a = some_index(random_), b = some_index(random_);
    // Wide ones would leave little to look at.
    erase(std::min(a, b), std::min(std::max(a, b), std::min(a, b) + random_.below(500)));
  }
  void erase(uint64_t lo, uint64_t hi) {
    uint64_t expected = 0;
    for (auto at = plain_.lower_bound(lo); at != plain_.end() && at->first <= hi; expected++) {
      at = plain_.erase(at);
    }
    ASSERT_EQ(array_.erase(lo, hi), expected);
    if (plain_.empty()) cursor_ = kNoArrayCursor;
  }
  void set_cursor(uint64_t cursor) {
    cursor_ = cursor;
    array_.set_cursor(cursor);
  }
  // Only of what fills its span, where what should come out is plain to see.
  void fit_ring() {
    const uint64_t span = plain_.rbegin()->first + 1;
    if (plain_.size() != span) return;
    const uint64_t size = 1 + random_.below(2 * span);
    array_.fit_ring(size);
    const bool wrapped = cursor_ != kNoArrayCursor && cursor_ + 1 < span;
    if (size == span || (size > span && !wrapped)) return;
    const uint64_t latest = cursor_ == kNoArrayCursor ? span - 1 : cursor_ % span;
    const uint64_t kept = std::min(size, span);
    std::map<uint64_t, std::string> moved;
    for (uint64_t i = 0; i < kept; i++) moved[kept - 1 - i] = plain_[(latest + span - i) % span];
    plain_ = std::move(moved);
    cursor_ = kept - 1;
  }

  void check_part(uint64_t a, uint64_t b) {
    const uint64_t lo = std::min(a, b), hi = std::max(a, b);
    Elements part(plain_.lower_bound(lo), plain_.upper_bound(hi));
    ASSERT_EQ(elements(array_.view(), lo, hi, false), part);
    std::reverse(part.begin(), part.end());
    ASSERT_EQ(elements(array_.view(), lo, hi, true), part);
    auto at = plain_.find(a);
    ASSERT_EQ(text_at(array_.view(), a), at == plain_.end() ? "(nothing)" : at->second);
  }
  void check_leaves() {
    uint64_t leaves = 0, count = 0;
    array_.view().walk_leaves([&](const ArrayNode& leaf) {
      leaves++;
      count += leaf.count();
    });
    ASSERT_EQ(leaves, array_.view().figures().leaves);
    ASSERT_EQ(count, plain_.size());
    ASSERT_LT(array_.view().figures().inner_nodes, leaves + 1);
  }
  void check_copy() {
    if (array_.empty()) return;
    const Held held = array_.held();
    const size_t before = slab_.used_bytes();
    Array copy(env_, {kArrayOps.copy(slab_, held.object, held.encoding), held.encoding});
    ASSERT_EQ(elements(copy.view(), 0, kArrayIndexMax, false),
              Elements(plain_.begin(), plain_.end()));
    ASSERT_EQ(copy.view().cursor(), cursor_);
    ASSERT_EQ(slab_.used_bytes() - before, kArrayOps.bytes(copy.held().object, held.encoding));
    size_t slice = 3;
    while (!kArrayOps.destroy_some(slab_, copy.held().object, held.encoding, &slice)) slice = 3;
    ASSERT_EQ(slab_.used_bytes(), before);
  }

  const TypeEnv& env_;
  Slab& slab_;
  Random& random_;
  Array array_;
  std::map<uint64_t, std::string> plain_;
  uint64_t cursor_ = kNoArrayCursor;
};

TEST_F(ArrayTest, AgreesWithAPlainMap) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE("REDSTART_MODEL_SEED=" + std::to_string(seed));
  Random random(seed);
  for (int round = 0; round < model_steps(20); round++) {
    Twin twin(env_, slab_, random);
    const int steps = 1 << random.below(11);
    for (int i = 0; i < steps && !HasFatalFailure(); i++) {
      twin.step();
      if (i % 16 == 0) twin.check();
    }
    twin.check();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace redstart
