#include "types/hash.h"

#include <map>
#include <string>
#include <vector>

#include "tests/model.h"
#include "tests/types/fixture.h"

namespace redstart {
namespace {

struct TwinField {
  std::string value;
  int64_t expire_at_ms = kFieldStays;
  bool operator==(const TwinField&) const = default;
};
using Twin = std::map<std::string, TwinField>;

class HashTest : public TypesTest {
 protected:
  ~HashTest() override { hash_.drop(); }

  static Twin contents(const HashView& hash) {
    Twin all;
    hash.for_each([&](const HashItem& item) {
      all[item.field.to_string()] = {item.value.to_string(), item.expire_at_ms};
    });
    return all;
  }
  std::string_view encoding() const { return encoding_of(kHashOps, hash_.held()); }
  std::vector<std::string> expire(size_t max = SIZE_MAX) {
    std::vector<std::string> expired;
    Held held = hash_.held();
    held.object = kHashOps.expire_some(slab_, held.object, held.encoding, now_ms_, max, &expired);
    hash_ = Hash(env_, held);
    return expired;
  }

  Hash hash_{env_, Held()};
};

TEST_F(HashTest, ConvertsAtItsLimits) {
  env_.limits.hash_max_listpack_entries = 3;
  env_.limits.hash_max_listpack_value = 5;
  for (const char* field : {"a", "b", "12345"}) hash_.set(field, "vwxyz");
  EXPECT_EQ(encoding(), "listpack");
  hash_.set_expiry("a", 2000);
  EXPECT_EQ(encoding(), "listpackex");
  hash_.set_expiry("a", kFieldStays);
  EXPECT_EQ(encoding(), "listpackex");
  hash_.set("c", "v");
  EXPECT_EQ(encoding(), "hashtable");
  hash_.drop();
  hash_.set("a", "uvwxyz");
  EXPECT_EQ(encoding(), "hashtable");
  hash_.drop();
  hash_.expect(4);
  EXPECT_EQ(encoding(), "hashtable");
}

TEST_F(HashTest, SettingAValueEndsTheExpiryUnlessItIsKept) {
  for (int64_t entries : {100, 0}) {
    env_.limits.hash_max_listpack_entries = entries;
    hash_.drop();
    hash_.set("f", "1");
    hash_.set_expiry("f", 2000);
    EXPECT_FALSE(hash_.set("f", "2", true));
    EXPECT_EQ(contents(hash_), (Twin{{"f", {"2", 2000}}}));
    EXPECT_FALSE(hash_.set("f", "3"));
    EXPECT_EQ(contents(hash_), (Twin{{"f", {"3", kFieldStays}}}));
  }
}

TEST_F(HashTest, FieldsLiveThroughTheMillisecondOfTheirExpiry) {
  for (int64_t entries : {100, 0}) {
    env_.limits.hash_max_listpack_entries = entries;
    hash_.drop();
    for (const char* field : {"soon", "later", "never"}) hash_.set(field, "v");
    hash_.set_expiry("later", 3000);
    hash_.set_expiry("soon", 2000);
    EXPECT_EQ(hash_.next_expiry_ms(), 2000);
    now_ms_ = 2000;
    EXPECT_TRUE(expire().empty());
    now_ms_ = 2001;
    EXPECT_EQ(expire(), std::vector<std::string>{"soon"});
    EXPECT_EQ(hash_.next_expiry_ms(), 3000);
    now_ms_ = 9000;
    EXPECT_EQ(expire(), std::vector<std::string>{"later"});
    EXPECT_EQ(hash_.next_expiry_ms(), INT64_MAX);
    EXPECT_EQ(hash_.size(), 1u);
  }
}

TEST_F(HashTest, ExpiresNoMoreThanAskedFor) {
  for (int64_t entries : {100, 0}) {
    env_.limits.hash_max_listpack_entries = entries;
    hash_.drop();
    for (int i = 0; i < 10; i++) {
      hash_.set(std::to_string(i), "v");
      hash_.set_expiry(std::to_string(i), 500);
    }
    EXPECT_EQ(expire(4).size(), 4u);
    EXPECT_EQ(hash_.size(), 6u);
    EXPECT_EQ(expire(100).size(), 6u);
  }
}

// Small limits bring every boundary under a few hundred operations.
TEST_F(HashTest, AgreesWithATwinAcrossEncodings) {
  uint64_t seed = model_seed();
  Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = 0; round < model_steps(120); round++) {
    env_.limits.hash_max_listpack_entries = static_cast<int64_t>(random.below(30));
    env_.limits.hash_max_listpack_value = 1 + static_cast<int64_t>(random.below(40));
    bool expiring = random.below(2);
    Twin twin;
    for (int i = 0; i < 300; i++) {
      std::string field = std::to_string(random.below(40));
      if (random.below(30) == 0) field.append(random.below(600), 'f');
      std::string value = std::to_string(random.next() >> random.below(64));
      if (random.below(50) == 0) value.append(random.below(3000), 'v');
      auto found = twin.find(field);
      bool there = found != twin.end();
      uint64_t action = random.below(expiring ? 10 : 6);
      if (action < 4) {
        bool keep = random.below(2);
        ASSERT_EQ(hash_.set(field, value, keep), !there);
        int64_t at_ms = there && keep ? found->second.expire_at_ms : kFieldStays;
        twin[field] = {value, at_ms};
      } else if (action < 6) {
        ASSERT_EQ(hash_.erase(field), twin.erase(field) == 1);
      } else if (action < 9) {
        if (!there) continue;
        int64_t at_ms =
            action == 8 ? kFieldStays : now_ms_ + static_cast<int64_t>(random.below(60));
        hash_.set_expiry(field, at_ms);
        found->second.expire_at_ms = at_ms;
      } else if (hash_.held().object) {
        now_ms_ += static_cast<int64_t>(random.below(20));
        for (const std::string& name : expire()) {
          ASSERT_LT(twin[name].expire_at_ms, now_ms_);
          ASSERT_NE(twin[name].expire_at_ms, kFieldStays);
          twin.erase(name);
        }
        ASSERT_GE(hash_.next_expiry_ms(), now_ms_);
      }
      HashItem item;
      found = twin.find(field);
      ASSERT_EQ(hash_.find(field, &item), found != twin.end());
      ASSERT_TRUE(found == twin.end() || item.value.equals(found->second.value));
      ASSERT_EQ(hash_.size(), twin.size());
    }
    ASSERT_STREQ(hash_.validate(), nullptr);
    ASSERT_EQ(contents(hash_), twin);
    Held held = hash_.held();
    Held copy{kHashOps.copy(slab_, held.object, held.encoding), held.encoding};
    EXPECT_EQ(digest_of(kHashOps, copy), digest_of(kHashOps, held));
    EXPECT_EQ(contents(HashView(copy)), twin);
    EXPECT_STREQ(HashView(copy).validate(), nullptr);
    destroy(kHashOps, copy);
    hash_.drop();
  }
}

TEST_F(HashTest, OverwritingAValueOfLikeSizeAllocatesNothing) {
  for (int64_t entries : {512, 0}) {
    env_.limits.hash_max_listpack_entries = entries;
    hash_.drop();
    for (int i = 0; i < 100; i++) hash_.set("field" + std::to_string(i), "value-000");
    size_t before = slab_.used_bytes();
    Held held = hash_.held();
    for (int i = 0; i < 100; i++) hash_.set("field" + std::to_string(i), "value-111");
    EXPECT_EQ(slab_.used_bytes(), before);
    EXPECT_EQ(hash_.held(), held);
  }
}

// The heap of deadlines does not grow with what has been promised and taken back.
TEST_F(HashTest, ForgetsStaleDeadlines) {
  env_.limits.hash_max_listpack_entries = 0;
  for (int i = 0; i < 10; i++) hash_.set(std::to_string(i), "v");
  hash_.set_expiry("0", 5000);
  size_t before = kHashOps.bytes(hash_.held().object, hash_.held().encoding);
  for (int i = 0; i < 100000; i++) {
    hash_.set_expiry("0", kFieldStays);
    hash_.set_expiry("0", 5000);
  }
  EXPECT_LT(kHashOps.bytes(hash_.held().object, hash_.held().encoding), before + 4096);
  EXPECT_STREQ(hash_.validate(), nullptr);
}

}  // namespace
}  // namespace redstart
