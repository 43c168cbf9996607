// The commands that most traffic consists of take nothing from the heap once they are warm. Here
// `operator new` is counted; the slab, from which entries come, is watched by its own count.
#include <cstdlib>
#include <new>
#include <string>

#include "engine/permissions.h"
#include "tests/commands/fixture.h"

namespace {
uint64_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
  allocations++;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
// What stable_sort takes its buffer with, and may do without.
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  allocations++;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace redstart {
namespace {

// Runs a call over and over on warm buffers, as a door does, and throws the replies away.
class HotPath : public ::testing::Test {
 protected:
  HotPath() : engine_({.clock = &clock_, .log = &log_, .seed = 1, .settings = settings()}) {
    add_all_commands(engine_);
    session_ = std::make_unique<Session>(engine_, Dialect::kRedis, nullptr);
  }

  // No slow log: on a busy machine any call may take long.
  static Settings settings() {
    Settings settings;
    settings.slowlog_log_slower_than = -1;
    return settings;
  }

  // Heap allocations of a thousand calls, after some to get warm.
  uint64_t count(std::string_view line) {
    std::vector<std::string> words = split_words(line);
    std::vector<std::string_view> views(words.begin(), words.end());
    OutBuf out(pool_);
    uint64_t before = 0;
    for (int i = 0; i < 1100; i++) {
      if (i == 100) before = allocations;
      Resp2Reply reply(out);
      engine_.dispatcher().run(*session_, Args(views), reply);
      out.clear();
    }
    return allocations - before;
  }

  ManualClock clock_;
  Log log_;
  Engine engine_;  // without a reader of its effects: those are another story
  ChunkPool pool_;
  std::unique_ptr<Session> session_;
};

TEST_F(HotPath, AllocatesNothing) {
  std::string many_keys, many_pairs;
  for (int i = 0; i < 40; i++) {
    std::string key = " key:" + std::to_string(i);
    many_keys += key;
    many_pairs += key + " value";
  }
  count("SETRANGE big 99999 x");
  for (const std::string& call :
       {std::string("SET key value-of-16-byte"), std::string("GET key"), std::string("GET absent"),
        std::string("INCR counter"), std::string("INCRBY counter -3"), std::string("GET big"),
        "MSET" + many_pairs, "MGET" + many_keys, "EXISTS" + many_keys, "TOUCH" + many_keys,
        std::string("SETRANGE key 3 x"), std::string("GETRANGE key 2 5"), std::string("STRLEN key"),
        std::string("TTL key"), std::string("SETBIT key 9 1"), std::string("SET key value EX 100"),
        std::string("EXPIRE key 100"), std::string("ZADD zset 1 member"),
        std::string("ZINCRBY zset 1 member"), std::string("ZSCORE zset member"),
        std::string("ZRANK zset member"), std::string("ZRANGE zset 0 -1 WITHSCORES"),
        std::string(R"(JSON.SET doc $ '{"a":1,"b":{"c":[true,"a text of some length"]}}')"),
        std::string("JSON.GET doc"), std::string("JSON.GET doc $.b.c[1]"),
        std::string("JSON.GET doc $..c .a"), std::string("JSON.MGET doc absent $.a"),
        std::string("JSON.TYPE doc $.b"), std::string("JSON.SET doc $.b.c[0] 7"),
        std::string("JSON.SET doc .a 5"), std::string("JSON.SET doc $.fresh '[1,\"x\"]'"),
        std::string("JSON.SET doc $.b.none 5 XX"), std::string("JSON.SET doc $.b.c[1] 5 NX"),
        std::string("JSON.NUMINCRBY doc $.a 1")}) {
    EXPECT_EQ(count(call), 0u) << call.substr(0, 40);
  }
  // A user with rules pays with time only.
  User& user = engine_.default_tenant().users.default_user();
  for (const char* rule : {"resetkeys", "~other:*", "%R~a*", "~[bckz]*", "-flushall", "(+get)"}) {
    ASSERT_EQ(user.apply(rule, RuleBook{.names = rule_book(engine_).names}), RuleError::kNone);
  }
  session_->judge_user();
  for (const std::string& call :
       {std::string("SET key value-of-16-byte"), std::string("GET key"), std::string("GET absent"),
        "MSET" + many_pairs, "MGET" + many_keys, std::string("ZADD zset 1 member")}) {
    EXPECT_EQ(count(call), 0u) << call.substr(0, 40);
  }
  // The counter works: BITOP keeps its sources in a vector.
  EXPECT_GE(count("BITOP OR target key big"), 1000u);
}

}  // namespace
}  // namespace redstart
