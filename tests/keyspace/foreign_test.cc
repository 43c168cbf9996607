// Values whose inside the keyspace does not know.
#include "types/foreign.h"

#include "keyspace/evict.h"
#include "tests/keyspace/fixture.h"

namespace redstart {
namespace {

// Counts what it is asked for in place of holding anything.
class Stranger final : public ForeignObject {
 public:
  explicit Stranger(size_t elements, int* alive) : elements_(elements), alive_(alive) {
    ++*alive_;
  }

  bool destroy_some(size_t* budget) override {
    const size_t freed = std::min(elements_, *budget);
    elements_ -= freed;
    *budget -= freed;
    if (elements_ > 0) return false;
    --*alive_;
    delete this;
    return true;
  }
  size_t bytes() const override { return 1000 + elements_; }
  std::string_view encoding_name() const override { return "strange"; }
  void digest(ValueDigest*) const override {}

 private:
  size_t elements_;
  int* alive_;
};

class ForeignTest : public KeyspaceTest {
 protected:
  ForeignTest() { shared_.ops[static_cast<size_t>(Type::kIndex)] = &kForeignOps; }

  void put(std::string_view key, size_t elements, int64_t expire_at_ms = kNoExpiry) {
    WriteGuard w = write(key);
    w.put_object(Type::kIndex, 0, new Stranger(elements, &alive_));
    if (expire_at_ms != kNoExpiry) w.set_expiry(expire_at_ms);
    w.commit(event::kRestore);
  }

  int alive_ = 0;
};

TEST_F(ForeignTest, IsFreedWithItsKeyHoweverThatGoes) {
  put("deleted", 3);
  erase("deleted");
  EXPECT_EQ(alive_, 0);
  put("overwritten", 3);
  set("overwritten", "v");
  EXPECT_EQ(alive_, 0);
  put("expired", 3, kStart + 10);
  shared_.now_ms += 20;
  EXPECT_EQ(peek("expired"), nullptr);
  EXPECT_EQ(alive_, 0);
  put("flushed", 3);
  keys_->flush(false);
  EXPECT_EQ(alive_, 0);
}

TEST_F(ForeignTest, ALargeOneGoesInSlices) {
  put("k", 10000);
  erase("k");
  EXPECT_EQ(alive_, 1);
  for (int i = 0; i < 20 && keys_->reclaim(1000); i++) {
  }
  EXPECT_EQ(alive_, 0);
}

TEST_F(ForeignTest, IsAskedForItsSizeAndName) {
  put("k", 5);
  const ObjectOps* ops = object_ops(Type::kIndex);
  EXPECT_EQ(ops->bytes(peek("k")->object(), 0), 1005u);
  EXPECT_EQ(ops->encoding_name(peek("k")->object(), 0), "strange");
  EXPECT_EQ(ops->copy, nullptr);
}

TEST_F(ForeignTest, IsEvictedOnlyIfItHasAnEnd) {
  Evictor evictor;
  Keyspace* spaces[] = {keys_.get()};
  for (EvictionPolicy policy :
       {EvictionPolicy::kAllkeysLru, EvictionPolicy::kAllkeysLfu, EvictionPolicy::kAllkeysRandom}) {
    put("index", 1);
    set("text", "v");
    EXPECT_TRUE(evictor.free_one(spaces, policy, 5));
    EXPECT_EQ(get("text"), "(absent)");
    EXPECT_FALSE(evictor.free_one(spaces, policy, 5));
    EXPECT_NE(peek("index"), nullptr);
  }
  put("index", 1, kStart + 1000);
  EXPECT_TRUE(evictor.free_one(spaces, EvictionPolicy::kVolatileTtl, 5));
  EXPECT_EQ(alive_, 0);
}

}  // namespace
}  // namespace redstart
