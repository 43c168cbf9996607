#include "types/set.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/model.h"
#include "tests/types/fixture.h"
#include "types/set_algebra.h"

namespace redstart {
namespace {

class SetTest : public TypesTest {
 protected:
  ~SetTest() override { set_.drop(); }

  static std::set<std::string> members(const SetView& set) {
    std::set<std::string> all;
    set.for_each([&](const SetItem& item) { all.insert(item.to_string()); });
    return all;
  }
  std::string_view encoding() const { return encoding_of(kSetOps, set_.held()); }

  Set set_{env_, Held()};
};

TEST_F(SetTest, ConvertsAtItsLimits) {
  env_.limits.set_max_intset_entries = 4;
  env_.limits.set_max_listpack_entries = 3;
  env_.limits.set_max_listpack_value = 5;
  for (const char* number : {"3", "-1", "2", "1"}) set_.add(number);
  EXPECT_EQ(encoding(), "intset");
  set_.add("9");
  EXPECT_EQ(encoding(), "hashtable");
  set_.drop();

  set_.add("1");
  set_.add("01");  // a text: it would not come back the same as a number
  EXPECT_EQ(encoding(), "listpack");
  set_.add("12345");
  EXPECT_EQ(encoding(), "listpack");
  set_.add("x");
  EXPECT_EQ(encoding(), "hashtable");
  EXPECT_EQ(members(set_), (std::set<std::string>{"1", "01", "12345", "x"}));
  set_.drop();

  set_.add("x");
  set_.add("123456");
  EXPECT_EQ(encoding(), "hashtable");
  set_.drop();

  // A number whose text is too long for a listpack.
  set_.add("-12345");
  set_.add("x");
  EXPECT_EQ(encoding(), "hashtable");
  set_.drop();

  // What is announced decides too.
  set_.expect("1", 4);
  set_.add("1");
  EXPECT_EQ(encoding(), "intset");
  set_.expect("2", 5);
  EXPECT_EQ(encoding(), "hashtable");
  set_.drop();
  set_.expect("x", 3);
  EXPECT_EQ(encoding(), "listpack");
  set_.drop();
  set_.expect("x", 4);
  EXPECT_EQ(encoding(), "hashtable");
  set_.drop();

  // What is there already changes nothing, even when the limit has been lowered.
  for (const char* number : {"1", "2", "3"}) set_.add(number);
  env_.limits.set_max_intset_entries = 2;
  EXPECT_FALSE(set_.add("2"));
  EXPECT_EQ(encoding(), "intset");
}

// Small limits bring every boundary under a few hundred operations.
TEST_F(SetTest, AgreesWithATwinAcrossEncodings) {
  uint64_t seed = model_seed();
  Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = 0; round < model_steps(150); round++) {
    env_.limits.set_max_intset_entries = static_cast<int64_t>(random.below(40));
    env_.limits.set_max_listpack_entries = static_cast<int64_t>(random.below(40));
    env_.limits.set_max_listpack_value = static_cast<int64_t>(random.below(30));
    std::set<std::string> twin;
    bool texts = random.below(2);
    for (int i = 0; i < 300; i++) {
      std::string member = std::to_string(random.below(60));
      if (texts && random.below(8) == 0) member = "m" + member;
      if (texts && random.below(60) == 0) member.append(300, 'x');
      if (random.below(3)) {
        ASSERT_EQ(set_.add(member), twin.insert(member).second);
      } else {
        ASSERT_EQ(set_.erase(member), twin.erase(member) == 1);
      }
      ASSERT_EQ(set_.contains(member), twin.count(member) == 1);
      ASSERT_EQ(set_.size(), twin.size());
    }
    ASSERT_STREQ(set_.validate(), nullptr);
    ASSERT_EQ(members(set_), twin);
    Held held = set_.held();
    Held copy{kSetOps.copy(slab_, held.object, held.encoding), held.encoding};
    EXPECT_EQ(digest_of(kSetOps, copy), digest_of(kSetOps, held));
    EXPECT_EQ(members(SetView(copy)), twin);
    destroy(kSetOps, copy);
    set_.drop();
  }
}

TEST_F(SetTest, DigestDoesNotDependOnOrderOrEncoding) {
  for (const char* number : {"1", "2", "30"}) set_.add(number);
  std::string as_ints = digest_of(kSetOps, set_.held());
  set_.drop();
  env_.limits.set_max_intset_entries = 0;
  for (const char* number : {"30", "1", "2"}) set_.add(number);
  ASSERT_EQ(encoding(), "hashtable");
  EXPECT_EQ(digest_of(kSetOps, set_.held()), as_ints);
}

TEST_F(SetTest, ScansEachMemberOnce) {
  for (int i = 0; i < 5000; i++) set_.add("member" + std::to_string(i));
  std::map<std::string, int> seen;
  uint64_t cursor = 0;
  do {
    int count = 0;
    cursor = set_.scan(cursor, [&](const SetItem& item) {
      seen[item.to_string()]++;
      return ++count == 10;
    });
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 5000u);
  for (const auto& [member, times] : seen) ASSERT_EQ(times, 1) << member;
}

// Every member is about equally often part of a sample, however large that is.
TEST_F(SetTest, SamplesFairly) {
  for (std::string_view kind :
       {"", "x", "a member that is too long to stay in a listpack, so it is in a table"}) {
    constexpr int kMembers = 40, kRounds = 4000;
    set_.drop();
    for (int i = 0; i < kMembers; i++) set_.add(std::string(kind) + std::to_string(i));
    for (size_t count : {size_t{1}, size_t{4}, size_t{30}}) {
      std::map<std::string, int> drawn;
      for (int i = 0; i < kRounds; i++) {
        std::vector<SetItem> sample;
        set_.sample(random_, count, &sample);
        ASSERT_EQ(sample.size(), count);
        for (const SetItem& item : sample) drawn[item.to_string()]++;
      }
      double expected = static_cast<double>(kRounds) * static_cast<double>(count) / kMembers;
      double chi_square = 0;
      for (const auto& [member, times] : drawn) {
        chi_square += (times - expected) * (times - expected) / expected;
      }
      EXPECT_EQ(drawn.size(), static_cast<size_t>(kMembers));
      EXPECT_LT(chi_square, 80) << encoding() << " " << count;  // 39 degrees: 1 in 10,000
    }
  }
}

TEST_F(SetTest, AlgebraAgreesWithTwins) {
  Random random(20263);
  for (int round = 0; round < 200; round++) {
    std::vector<Set> sets;
    std::vector<SetView> views;
    std::vector<std::set<std::string>> twins;
    for (size_t i = 0, count = 1 + random.below(4); i < count; i++) {
      Set set(env_, Held());
      std::string kind = random.below(3) ? "" : "text";
      for (uint64_t n = random.below(2) ? random.below(20) : random.below(700); n > 0; n--) {
        set.add(kind + std::to_string(random.below(800)));
      }
      sets.push_back(set);
      views.push_back(set);
      twins.push_back(members(set));
    }
    std::set<std::string> common, together, rest, found;
    for (const auto& twin : twins) together.insert(twin.begin(), twin.end());
    for (const std::string& member : together) {
      size_t in = 0;
      for (const auto& twin : twins) in += twin.count(member);
      if (in == twins.size()) common.insert(member);
      if (in == 1 && twins[0].count(member)) rest.insert(member);
    }
    auto collect = [&](const SetItem& item) {
      EXPECT_TRUE(found.insert(item.to_string()).second);
      return false;
    };
    subtract(std::span<const SetView>(views), collect);
    EXPECT_EQ(found, rest);
    found.clear();
    intersect(std::span<SetView>(views), collect);
    EXPECT_EQ(found, common);
    Set all(env_, Held());
    unite(views, all);
    EXPECT_EQ(members(all), together);
    all.drop();
    found.clear();
    visit_union(std::span<SetView>(views), collect);
    EXPECT_EQ(found, together);
    size_t visits = 0;
    visit_union(std::span<SetView>(views), [&](const SetItem&) { return ++visits == 3; });
    EXPECT_EQ(visits, std::min<size_t>(3, together.size()));
    visits = 0;
    intersect(std::span<SetView>(views), [&](const SetItem&) { return ++visits == 3; });
    EXPECT_EQ(visits, std::min<size_t>(3, common.size()));
    for (Set& set : sets) set.drop();
  }
}

}  // namespace
}  // namespace redstart
