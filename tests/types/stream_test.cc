#include "types/stream.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/model.h"
#include "types/value_digest.h"

namespace redstart {
namespace {

using Fields = std::vector<std::string>;
using Entries = std::map<StreamId, Fields>;

class StreamTest : public testing::Test {
 protected:
  ~StreamTest() override {
    stream_.drop();
    EXPECT_EQ(slab_.used_bytes(), 0u);
  }

  void add(StreamId id, const Fields& fields = {"f", "v"}) {
    std::vector<std::string_view> views(fields.begin(), fields.end());
    stream_.add(id, views);
  }
  static Entries range(const EntryStreamView& stream, StreamId from, StreamId to, bool reverse) {
    Entries entries;
    StreamId last = reverse ? StreamId::max() : StreamId();
    stream.visit_until(from, to, reverse, [&](const StreamEntry& entry) {
      EXPECT_TRUE(reverse ? entry.id < last : entry.id > last);
      last = entry.id;
      Fields& fields = entries[entry.id];
      entry.for_each_field([&](std::string_view field, std::string_view value) {
        fields.emplace_back(field);
        fields.emplace_back(value);
      });
      return false;
    });
    return entries;
  }
  static Entries all(const EntryStreamView& stream) {
    return range(stream, {}, StreamId::max(), false);
  }
  static std::string digest_of(Held held) {
    ValueDigest digest;
    kStreamOps.digest(held.object, held.encoding, &digest);
    return digest.hex();
  }

  Slab slab_;
  Random random_{1};
  uint64_t seed_ = 5;
  int64_t now_ms_ = 0;
  TypeEnv env_{slab_, random_, seed_, now_ms_};
  EntryStream stream_{env_, Held()};
};

class StreamModelTest : public StreamTest {
 protected:
  // Mostly the fields of those before; numbers, texts, long texts.
  Fields any_fields() {
    auto value = [&] {
      uint64_t n = random_.below(1000);
      if (n % 3 == 0) return std::to_string(n * n * n);
      if (n % 97 == 1) return std::string(n * 6, 'x');
      return "value" + std::to_string(n);
    };
    if (random_.below(5) == 0) return {"other", value()};
    return {"name", value(), "12", value()};
  }

  StreamId any_id() {
    if (model_.empty()) return {};
    auto at = model_.begin();
    std::advance(at, static_cast<ptrdiff_t>(random_.below(model_.size())));
    StreamId id = at->first;
    if (random_.below(3) == 0) id.seq += random_.below(2) - 1;
    return id;
  }

  uint64_t trim_model(const StreamTrim& rule) {
    uint64_t removed = 0;
    while (!model_.empty() && (rule.limit == 0 || removed < rule.limit) &&
           (rule.by == StreamTrim::By::kLength ? model_.size() > rule.length
                                               : model_.begin()->first < rule.id)) {
      model_.erase(model_.begin());
      removed++;
    }
    return removed;
  }

  void step(bool grow) {
    uint64_t what = random_.below(100);
    if (what < (grow ? 90u : 30u)) {
      StreamId id = last_;
      id.seq += 1 + random_.below(3);
      if (random_.below(4) == 0) id = {id.ms + random_.below(1000) + 1, random_.below(9)};
      Fields fields = any_fields();
      add(id, fields);
      model_[id] = fields;
      last_ = id;
    } else if (what < 98) {
      StreamId id = any_id();
      ASSERT_EQ(stream_.erase(id), model_.erase(id) == 1);
    } else if (model_.size() > 0) {
      StreamTrim rule;
      rule.by = random_.below(2) == 0 ? StreamTrim::By::kLength : StreamTrim::By::kId;
      rule.length = model_.size() - random_.below(1 + model_.size() / 4);
      rule.id = any_id();
      rule.limit = random_.below(3) == 0 ? 1 + random_.below(150) : 0;
      ASSERT_EQ(stream_.trim(rule), trim_model(rule));
    }
  }

  void compare() {
    ASSERT_EQ(stream_.size(), model_.size());
    ASSERT_EQ(all(stream_), model_);
    StreamId first = model_.empty() ? StreamId() : model_.begin()->first;
    ASSERT_EQ(stream_.marks().first_id, first);
    ASSERT_EQ(stream_.marks().last_id, last_);
    stream_.for_each_block([](const StreamBlock& block) {
      ASSERT_TRUE(listpack_valid(block.pack().bytes()));
      ASSERT_GT(block.live(), 0u);
    });
    for (int i = 0; i < 4 && !model_.empty(); i++) {
      StreamId from = any_id(), to = any_id();
      Entries expected;
      if (from <= to) expected = {model_.lower_bound(from), model_.upper_bound(to)};
      ASSERT_EQ(range(stream_, from, to, i % 2 == 0), expected);
      ASSERT_EQ(stream_.contains(from), model_.contains(from));
    }
  }

  void run(int steps) {
    const uint64_t seed = model_seed();
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_ = Random(seed);
    for (int round = 0; round < model_steps(1) && !HasFatalFailure(); round++) {
      run_once(steps);
      stream_.drop();
      model_.clear();
      last_ = {};
    }
  }

  void run_once(int steps) {
    stream_.create();
    for (int i = 0; i < steps && !HasFatalFailure(); i++) {
      step(i / (steps / 6) % 2 == 0);
      if (i % (steps / 60) == 0) compare();
    }
    compare();
  }

  Entries model_;
  StreamId last_;
};

TEST_F(StreamModelTest, AgreesWithAMap) { run(12000); }

TEST_F(StreamModelTest, AgreesWithAMapInSmallBlocks) {
  env_.limits.stream_node_max_entries = 5;
  run(6000);
}

TEST_F(StreamModelTest, AgreesWithAMapInBlocksWithoutLimit) {
  env_.limits.stream_node_max_entries = 0;
  env_.limits.stream_node_max_bytes = 0;
  run(3000);
}

TEST_F(StreamTest, BlocksEndAtTheirLimits) {
  for (uint64_t i = 1; i <= 101; i++) add({i, 0});
  EXPECT_EQ(stream_.block_count(), 2u);
  add({200, 0}, {"f", std::string(5000, 'x')});
  add({201, 0});
  EXPECT_EQ(stream_.block_count(), 4u);
}

TEST_F(StreamTest, WholeBlocksOnly) {
  for (uint64_t i = 1; i <= 250; i++) add({i, 0});
  StreamTrim rule;
  rule.by = StreamTrim::By::kLength;
  rule.whole_blocks = true;
  rule.length = 60;
  EXPECT_EQ(stream_.trim(rule), 100u);
  rule.length = 10;
  rule.limit = 99;
  EXPECT_EQ(stream_.trim(rule), 0u);
  rule.limit = 0;
  EXPECT_EQ(stream_.trim(rule), 100u);
  EXPECT_EQ(stream_.marks().first_id, (StreamId{201, 0}));
}

TEST_F(StreamTest, ReferencesDecideWhatIsTrimmed) {
  for (uint64_t i = 1; i <= 4; i++) add({i, 0});
  StreamGroup* group = stream_.add_group("g", {3, 0}, StreamGroup::kUnknownReads);
  group->give({2, 0}, group->add_consumer("c", 0));
  StreamTrim rule;
  rule.by = StreamTrim::By::kLength;
  rule.refs = StreamRefs::kAcked;
  // 2 is pending, 4 was not read yet.
  EXPECT_EQ(stream_.trim(rule), 2u);
  EXPECT_TRUE(stream_.contains({2, 0}));
  EXPECT_TRUE(stream_.contains({4, 0}));
  rule.refs = StreamRefs::kDelete;
  EXPECT_EQ(stream_.trim(rule), 2u);
  EXPECT_TRUE(group->pending().empty());
}

TEST_F(StreamTest, LagIsKnownWhereItCanBe) {
  for (uint64_t i = 1; i <= 5; i++) add({i, 0});
  StreamGroup* group = stream_.add_group("g", {}, 0);
  EXPECT_EQ(stream_.lag(*group), 5);
  EXPECT_TRUE(stream_.note_delivery(group, {1, 0}));
  EXPECT_FALSE(stream_.note_delivery(group, {1, 0}));
  EXPECT_EQ(group->entries_read, 1);
  EXPECT_EQ(stream_.lag(*group), 4);
  // A tombstone ahead: nobody counted what was before it.
  stream_.erase({3, 0});
  EXPECT_EQ(stream_.lag(*group), std::nullopt);
  // Behind it all is clear again.
  stream_.note_delivery(group, {5, 0});
  EXPECT_EQ(group->entries_read, 5);
  EXPECT_EQ(stream_.lag(*group), 0);
}

TEST_F(StreamTest, ACopyIsEqualAndApart) {
  for (uint64_t i = 1; i <= 300; i++) add({i, 0});
  StreamGroup* group = stream_.add_group("g", {7, 0}, 7);
  group->give({5, 0}, group->add_consumer("c", 1))->deliveries = 3;
  Held held{kStreamOps.copy(slab_, stream_.held().object, 0), 0};
  EntryStream twin(env_, held);
  EXPECT_EQ(digest_of(held), digest_of(stream_.held()));
  stream_.erase({4, 0});
  EXPECT_NE(digest_of(held), digest_of(stream_.held()));
  EXPECT_EQ(twin.size(), 300u);
  EXPECT_EQ(twin.marks().last_id, (StreamId{300, 0}));
  EXPECT_EQ(twin.group("g")->find_pending({5, 0})->deliveries, 3);
  twin.drop();
}

TEST_F(StreamTest, IsDestroyedInSlices) {
  for (uint64_t i = 1; i <= 2000; i++) add({i, 0});
  StreamGroup* group = stream_.add_group("g", {}, 0);
  StreamConsumer* consumer = group->add_consumer("c", 0);
  for (uint64_t i = 1; i <= 50; i++) group->give({i, 0}, consumer);
  int slices = 0;
  for (bool done = false; !done; slices++) {
    size_t budget = 10;
    done = kStreamOps.destroy_some(slab_, stream_.held().object, 0, &budget);
  }
  EXPECT_GE(slices, 12);
  stream_ = EntryStream(env_, Held());
}

// The estimate of MEMORY USAGE must not stray.
TEST_F(StreamTest, BytesAreWhatTheSlabGave) {
  for (uint64_t i = 1; i <= 5000; i++) add({i, 0});
  size_t bytes = kStreamOps.bytes(stream_.held().object, 0);
  EXPECT_NEAR(static_cast<double>(bytes), static_cast<double>(slab_.used_bytes()), 2000);
}

}  // namespace
}  // namespace redstart
