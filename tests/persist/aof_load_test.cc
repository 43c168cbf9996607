#include "persist/aof_load.h"

#include "persist/aof.h"
#include "tests/persist/fixture.h"

namespace redstart {
namespace {

std::string record(std::string_view line) {
  const std::vector<std::string> words = split_words(line);
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return bytes;
}

std::string records(std::initializer_list<std::string_view> lines) {
  std::string bytes;
  for (std::string_view line : lines) bytes += record(line);
  return bytes;
}

class AofLoadTest : public testing::Test {
 protected:
  AofLoadTest() {
    disk_.put("dir/m", "");
    manifest_.add_base("a", false);
    manifest_.add_increment("a");
    put_base("");
    put("");
  }
  void put_base(const std::string& bytes) { disk_.put("dir/a.1.base.aof", bytes); }
  void put(const std::string& bytes) { disk_.put("dir/a.1.incr.aof", bytes); }
  std::string left() { return disk_.text("dir/a.1.incr.aof"); }

  bool load(size_t slice = 1 << 20) {
    t_.engine().keyspace_shared().loading = true;
    AofLoader loader({t_.engine(), t_.engine().default_tenant(), disk_, facts_, "dir"}, manifest_);
    AofLoader::Step step;
    do {
      step = loader.step(slice);
    } while (step == AofLoader::Step::kMore);
    t_.engine().keyspace_shared().loading = false;
    return step == AofLoader::Step::kDone;
  }
  std::string run(std::string_view line) { return t_.run(line); }

  FaultFiles disk_;
  PersistenceFacts facts_;
  AofManifest manifest_;
  CommandTest t_;
};

TEST_F(AofLoadTest, RunsBaseAndIncrements) {
  put_base(records({"SELECT 0", "SET a 1", "SELECT 3", "RPUSH l x y"}));
  put("#TS:1\r\n" + records({"INCR a", "SELECT 3", "LPOP l"}) + "#TS:2\r\n");
  // Each file begins in database 0, however small the slices are.
  for (size_t slice : {size_t{1}, size_t{50}, size_t{1} << 20}) {
    run("FLUSHALL");
    ASSERT_TRUE(load(slice));
    EXPECT_EQ(run("GET a"), "\"2\"");
    run("SELECT 3");
    EXPECT_EQ(run("LRANGE l 0 -1"), "[\"y\"]");
    run("SELECT 0");
  }
  EXPECT_EQ(facts_.loading_total_bytes, disk_.text("dir/a.1.base.aof").size() + left().size());
  EXPECT_EQ(t_.engine().default_tenant().stats.commands.empty(), false);
}

TEST_F(AofLoadTest, LeavesNoTraceButTheData) {
  put(records({"SET a 1", "EXPIRE a 100"}));
  t_.effects();
  const uint64_t calls = t_.engine().default_tenant().stats.total_commands;
  ASSERT_TRUE(load());
  EXPECT_EQ(t_.engine().default_tenant().stats.total_commands, calls);
}

// The log itself says what expired; until it does the key lives.
TEST_F(AofLoadTest, NothingExpiresWhileTheLogIsRead) {
  put(records({"SET a 1 PXAT 1000", "INCR a", "SET b 1", "PEXPIREAT b 1000", "INCR b",
               "HSET h f 1", "HPEXPIREAT h 1000 FIELDS 1 f", "HINCRBY h f 1", "PEXPIREAT b 99999999999999",
               "HPERSIST h FIELDS 1 f"}));
  ASSERT_TRUE(load());
  EXPECT_EQ(run("GET a"), "nil");
  EXPECT_EQ(run("GET b"), "\"2\"");
  EXPECT_EQ(run("HGET h f"), "\"2\"");
}

TEST_F(AofLoadTest, ATransactionIsRunAsOne) {
  put(records({"MULTI", "SET a 1", "SET b 2", "EXEC"}));
  ASSERT_TRUE(load());
  EXPECT_EQ(run("MGET a b"), "[\"1\", \"2\"]");
}

// Wherever the file was cut off: what stands before the cut is there, the rest is cut away, and
// what is appended then is found by the next load.
TEST_F(AofLoadTest, ATornTailIsCutAway) {
  const std::string whole = records({"SET a 1", "MULTI", "SET a 2", "SET b 2", "EXEC", "SET c 3"});
  const size_t first = record("SET a 1").size();
  const size_t transaction = whole.size() - record("SET c 3").size();
  for (size_t cut = 0; cut <= whole.size(); cut++) {
    run("FLUSHALL");
    put(whole.substr(0, cut));
    ASSERT_TRUE(load()) << cut;
    const size_t kept = cut < first ? 0 : cut < transaction ? first
                        : cut < whole.size() ? transaction : whole.size();
    EXPECT_EQ(left().size(), kept) << cut;
    EXPECT_EQ(run("GET a"), kept == 0 ? "nil" : kept == first ? "\"1\"" : "\"2\"") << cut;
    EXPECT_EQ(run("GET b"), kept < transaction ? "nil" : "\"2\"") << cut;
    EXPECT_EQ(run("GET c"), kept < whole.size() ? "nil" : "\"3\"") << cut;
  }
}

TEST_F(AofLoadTest, ATornTailIsRefusedWhereThatIsWanted) {
  put(record("SET a 1") + "*3\r\n$3\r\nSE");
  run("CONFIG SET aof-load-truncated no");
  EXPECT_FALSE(load());
  EXPECT_EQ(left().size(), record("SET a 1").size() + 10);
  run("CONFIG SET aof-load-truncated yes");
  disk_.faults.truncate_error = -EROFS;
  EXPECT_FALSE(load());
}

TEST_F(AofLoadTest, OnlyTheLastFileMayBeTorn) {
  put_base(record("SET a 1") + "*3\r\n");
  put(record("SET b 1"));
  EXPECT_FALSE(load());
}

TEST_F(AofLoadTest, RefusesWhatIsNoLog) {
  for (std::string_view bad : {"!!!", "*0\r\n", "SET a 1\r\n"}) {
    put(record("SET a 1") + std::string(bad) + record("SET b 1"));
    EXPECT_FALSE(load()) << bad;
  }
  put(records({"NOSUCHCOMMAND a"}));
  EXPECT_FALSE(load());
  put(records({"SET a"}));
  EXPECT_FALSE(load());
}

TEST_F(AofLoadTest, CommandsOfConnectionsAreNotRun) {
  put(records({"SHUTDOWN", "BLPOP l 0", "SUBSCRIBE c", "CONFIG SET maxmemory 1", "SET a 1"}));
  ASSERT_TRUE(load());
  EXPECT_EQ(run("GET a"), "\"1\"");
  EXPECT_EQ(run("CONFIG GET maxmemory"), "[\"maxmemory\", \"0\"]");
}

TEST_F(AofLoadTest, DisksFailWhileReading) {
  put(record("SET a 1"));
  disk_.faults.read_error = -EIO;
  EXPECT_FALSE(load());
  disk_.faults = {};
  disk_.faults.open_error = -EACCES;
  EXPECT_FALSE(load());
  disk_.faults = {};
  disk_.remove("dir/a.1.incr.aof");
  EXPECT_FALSE(load());
}

}  // namespace
}  // namespace redstart
