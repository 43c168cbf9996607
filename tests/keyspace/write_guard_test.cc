#include "keyspace/write_guard.h"

#include <map>
#include <random>

#include "keyspace/access_clock.h"
#include "types/object_ops.h"
#include "tests/keyspace/fixture.h"

namespace redstart {
namespace {

using WriteGuardTest = KeyspaceTest;

TEST_F(WriteGuardTest, ChoosesTheEncodingThatRedisShows) {
  auto shows = [&](std::string_view value) {
    set("k", value);
    EXPECT_EQ(get("k"), value);
    return encoding("k");
  };
  for (const char* number :
       {"0", "-1", "127", "128", "-128", "-129", "32767", "32768", "-32769", "2147483647",
        "2147483648", "-2147483649", "9223372036854775807", "-9223372036854775808"}) {
    EXPECT_EQ(shows(number), "int") << number;
  }
  for (const char* text : {"", "007", "-0", "+1", " 1", "1.0", "9223372036854775808"}) {
    EXPECT_EQ(shows(text), "embstr") << text;
  }
  EXPECT_EQ(shows(std::string(44, 'x')), "embstr");
  EXPECT_EQ(shows(std::string(45, 'x')), "raw");
  EXPECT_EQ(shows(std::string(kInlineStringMax, 'x')), "raw");
  EXPECT_EQ(shows(std::string(kInlineStringMax + 1, 'x')), "raw");
}

TEST_F(WriteGuardTest, TextThatReadsAsANumberCanStayText) {
  WriteGuard w = write("k");
  w.put_text("10");
  w.commit(event::kIncrByFloat);
  EXPECT_EQ(encoding("k"), "embstr");
  int64_t number = 0;
  EXPECT_TRUE(peek("k")->string_int(&number));
  EXPECT_EQ(number, 10);
}

TEST_F(WriteGuardTest, OverwritesInPlaceWithinASlabClass) {
  set("k", "sixteen bytes ..");
  const Entry* before = peek("k");
  set("k", "fifteen bytes .");
  EXPECT_EQ(peek("k"), before);
  set("counter", "100");
  before = peek("counter");
  WriteGuard w = write("counter");
  w.put_int(101);
  w.commit(event::kIncrBy);
  EXPECT_EQ(peek("counter"), before);
}

TEST_F(WriteGuardTest, OverwritesABigValueInItsBuffer) {
  set("k", std::string(5000, 'a'));
  BigBuf* before = peek("k")->big();
  set("k", std::string(4000, 'b'), kStart + 5);
  EXPECT_EQ(peek("k")->big(), before);
  EXPECT_EQ(get("k"), std::string(4000, 'b'));
  EXPECT_EQ(peek("k")->expire_at_ms(), kStart + 5);
  set("k", std::string(1500, 'c'));  // would leave most of the buffer idle
  EXPECT_LT(shared_.big_bytes, 2000u);
}

TEST_F(WriteGuardTest, DoesNotWriteIntoABufferThatIsBeingRead) {
  for (bool overwrite : {false, true}) {
    set("k", std::string(5000, 'a'));
    BigBuf* reading = peek("k")->big();
    reading->hold();
    if (overwrite) {
      set("k", std::string(5000, 'b'));
    } else {
      WriteGuard w = write("k");
      w.edit_string(5000)[0] = 'b';
      w.commit(event::kSetRange);
    }
    EXPECT_EQ(get("k")[0], 'b');
    EXPECT_EQ(reading->view(), std::string(5000, 'a'));
    reading->drop();
  }
}

TEST_F(WriteGuardTest, AppendingKeepsRoomSoThatFewAllocationsFollow) {
  int moves = 0;
  const void* place = nullptr;
  for (size_t size = 1; size <= 100000; size++) {
    WriteGuard w = write("log");
    char* bytes = w.edit_string(size, true);
    bytes[size - 1] = static_cast<char>('a' + size % 26);
    w.commit(event::kAppend);
    const void* now = peek("log")->big() ? static_cast<void*>(peek("log")->big()) : peek("log");
    if (now != place) moves++;
    place = now;
  }
  EXPECT_EQ(get("log").substr(0, 4), "bcde");
  EXPECT_LT(moves, 30);
}

TEST_F(WriteGuardTest, EditingZeroesGrowthAndTurnsNumbersIntoText) {
  set("k", "42", kStart + 1000);
  WriteGuard w = write("k");
  w.edit_string(4)[3] = '!';
  w.commit(event::kSetRange);
  EXPECT_EQ(get("k"), std::string("42\0!", 4));
  EXPECT_EQ(encoding("k"), "raw");
  EXPECT_EQ(peek("k")->expire_at_ms(), kStart + 1000);
}

TEST_F(WriteGuardTest, ReportsEachChangeOnce) {
  WriteGuard w = write("k");
  w.put_string("v");
  w.set_expiry(kStart + 1000);
  w.commit(event::kSet);
  w.also(event::kExpire);
  EXPECT_EQ(observer_.take(), (std::vector<std::string>{"new k", "set k", "expire k"}));
  set("k", "w");
  EXPECT_EQ(observer_.take(), (std::vector<std::string>{"set k"}));
  erase("k");
  EXPECT_EQ(observer_.take(), (std::vector<std::string>{"del k"}));
}

TEST_F(WriteGuardTest, SeveralGuardsOfOneKeyAgree) {
  Key key = keys_->key("k");
  WriteGuard first = keys_->write(key);
  WriteGuard second = keys_->write(key);
  first.put_string("a text that needs some room");
  first.commit(event::kSet);
  second.put_string("2");
  second.commit(event::kSet);
  EXPECT_EQ(keys_->size(), 1u);
  EXPECT_EQ(get("k"), "2");
  EXPECT_EQ(observer_.take(), (std::vector<std::string>{"new k", "set k", "set k"}));
}

#ifndef NDEBUG
TEST_F(WriteGuardTest, DiesOfAForgottenCommit) {
  EXPECT_DEATH({ write("k").put_string("v"); }, "must be committed");
}
#endif

// A collection as the keyspace sees it: a count, freed one by one.
struct Counted {
  int elements;
};
constexpr ObjectOps kCountedOps = {
    .destroy_some =
        [](Slab&, void* object, uint8_t, size_t* budget) {
          auto* counted = static_cast<Counted*>(object);
          while (counted->elements > 0 && *budget > 0) counted->elements--, --*budget;
          if (counted->elements > 0) return false;
          delete counted;
          return true;
        },
    .copy = [](Slab&, const void* object, uint8_t) -> void* {
      return new Counted(*static_cast<const Counted*>(object));
    },
    .bytes = [](const void*, uint8_t) { return sizeof(Counted); },
    .empty = [](const void* o, uint8_t) { return static_cast<const Counted*>(o)->elements == 0; },
};

TEST_F(WriteGuardTest, KeepsCollectionsThatItDoesNotUnderstand) {
  shared_.ops[static_cast<size_t>(Type::kList)] = &kCountedOps;
  auto* list = new Counted{1000000};
  {
    WriteGuard w = write("list");
    w.put_object(Type::kList, 1, list);
    w.commit(event::kSet);
  }
  {
    WriteGuard copy = write("copy");
    Keyspace::copy_value(*peek("list"), copy);
    copy.commit(event::kCopyTo);
  }
  EXPECT_EQ(peek("list")->object(), list);
  EXPECT_NE(peek("copy")->object(), list);

  set("list", "a string instead");  // the million elements go in slices
  EXPECT_GT(list->elements, 0);
  size_t slices = 0;
  while (keys_->reclaim(1000)) slices++;
  EXPECT_GT(slices, 500u);

  observer_.take();
  WriteGuard w = write("copy");
  static_cast<Counted*>(w.entry()->object())->elements = 0;
  w.commit({EventClass::kList, "lpop"});
  EXPECT_EQ(observer_.take(), (std::vector<std::string>{"lpop copy", "del copy"}));
  EXPECT_EQ(keys_->size(), 1u);
}

// Random changes beside a map that does the same.
class GuardModelTest : public KeyspaceTest {
 protected:
  struct Value {
    std::string text;
    int64_t expire_at_ms;
  };

  size_t below(size_t bound) { return generator_() % bound; }

  std::string random_key() {
    static const size_t sizes[] = {1, 8, 254, 255, 256, 300};
    std::string key = std::to_string(below(60));
    return key + std::string(sizes[std::stoul(key) % 6], '.');
  }
  std::string random_value() {
    switch (below(4)) {
      case 0:
        return int64_text(static_cast<int64_t>(generator_()) >> below(64));
      case 1:
        return std::string(below(60), 's');
      case 2:
        return std::string(below(1100), 'r');
      default:
        return std::string(below(9000), 'b');
    }
  }
  int64_t random_expiry() {
    return below(2) ? kNoExpiry : shared_.now_ms + 1 + static_cast<int64_t>(below(3000));
  }

  // The model's own lazy expiry.
  Value* model(const std::string& key) {
    auto found = model_.find(key);
    if (found == model_.end()) return nullptr;
    if (found->second.expire_at_ms != kNoExpiry && found->second.expire_at_ms < shared_.now_ms) {
      model_.erase(found);
      return nullptr;
    }
    return &found->second;
  }

  void change(const std::string& key) {
    WriteGuard w = write(key);
    Value* value = model(key);
    ASSERT_EQ(w.exists(), value != nullptr);
    switch (below(8)) {
      case 0: {
        Ttl ttl = below(2) ? Ttl::kKeep : Ttl::kClear;
        std::string text = random_value();
        w.put_string(text, ttl);
        model_[key] = {text, ttl == Ttl::kKeep && value ? value->expire_at_ms : kNoExpiry};
        break;
      }
      case 1: {
        Value fresh{random_value(), random_expiry()};
        w.put_string_until(fresh.text, fresh.expire_at_ms);
        model_[key] = fresh;
        break;
      }
      case 2: {
        auto number = static_cast<int64_t>(generator_()) >> below(64);
        w.put_int(number);
        model_[key] = {int64_text(number), value ? value->expire_at_ms : kNoExpiry};
        break;
      }
      case 3: {
        if (!value) value = &(model_[key] = {"", kNoExpiry});
        size_t size = value->text.size() + below(300);
        char* bytes = w.edit_string(size, below(2));
        value->text.resize(size);
        if (size > 0) bytes[size - 1] = value->text[size - 1] = 'e';
        break;
      }
      case 4: {
        std::string text(below(3000), 'g');
        w.put_big(BigBuf::copy_of(text));
        model_[key] = {text, kNoExpiry};
        break;
      }
      case 5: {
        if (!value) return;
        value->expire_at_ms = shared_.now_ms + 1 + static_cast<int64_t>(below(5000));
        w.set_expiry(value->expire_at_ms);
        break;
      }
      case 6: {
        if (!value) return;
        value->expire_at_ms = kNoExpiry;
        w.clear_expiry();
        break;
      }
      default: {
        if (!value) return;
        w.erase();
        model_.erase(key);
      }
    }
    w.commit(event::kSet);
  }

  void move_or_copy() {
    std::string a = random_key(), b = random_key();
    if (a == b || !model(a)) return;
    model(b);
    WriteGuard to = write(b);
    if (below(2)) {
      Keyspace::copy_value(*peek(a), to);
      model_[b] = model_[a];
    } else {
      WriteGuard from = write(a);
      Keyspace::move_value(from, to);
      from.commit(event::kRenameFrom);
      model_[b] = model_[a];
      model_.erase(a);
    }
    to.commit(event::kRenameTo);
  }

  void check(const std::string& key) {
    const Value* value = model(key);
    const Entry* entry = find(key);
    ASSERT_EQ(entry != nullptr, value != nullptr);
    if (!entry) return;
    ASSERT_EQ(text(*entry), value->text);
    ASSERT_EQ(entry->string_size(), value->text.size());
    ASSERT_EQ(entry->expire_at_ms(), value->expire_at_ms);
  }

  std::mt19937_64 generator_;
  std::map<std::string, Value> model_;
};

TEST_F(GuardModelTest, DoesWhatAMapDoes) {
  auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  generator_.seed(seed);
  for (int step = 0; step < 30000 && !HasFatalFailure(); step++) {
    change(random_key());
    if (step % 4 == 0) move_or_copy();
    if (step % 16 == 0) shared_.now_ms += static_cast<int64_t>(below(400));
    if (step % 64 == 0) keys_->expire_due(below(40));
    if (step % 64 == 0) keys_->reclaim(1 + below(40));
    check(random_key());
    if (step % 1000 == 0) {
      ASSERT_EQ(keys_->validate(), nullptr);
    }
  }
  for (auto& [key, value] : std::map(model_)) check(key);
  ASSERT_EQ(keys_->validate(), nullptr);

  shared_.now_ms += 1000000;
  keys_->expire_due(SIZE_MAX);
  for (auto& [key, value] : std::map(model_)) model(key);
  EXPECT_EQ(keys_->size(), model_.size());
  EXPECT_EQ(keys_->expires_size(), 0u);
}

}  // namespace
}  // namespace redstart
