#include "persist/aof_commands.h"

#include "persist/aof_load.h"
#include "tests/persist/fixture.h"

namespace redstart {
namespace {

std::string as_commands(CommandTest& t, const AofCommandsOptions& options = {}) {
  RdbStringSink sink;
  EXPECT_TRUE(save_as_commands(t.engine(), t.engine().default_tenant(), options, sink));
  return sink.text();
}

bool load(CommandTest& t, const std::string& bytes) {
  FaultFiles disk;
  disk.put("d/a.1.base.aof", bytes);
  AofManifest manifest;
  manifest.add_base("a", false);
  PersistenceFacts facts;
  AofLoader loader({t.engine(), t.engine().default_tenant(), disk, facts, "d"}, manifest);
  AofLoader::Step step;
  while ((step = loader.step(1 << 20)) == AofLoader::Step::kMore) {
  }
  return step == AofLoader::Step::kDone;
}

// Every type, small and large, with and without an expiry.
void fill(CommandTest& t) {
  t.run("SET s hello");
  t.run({"SET", "binary", std::string("\0\r\n\xff", 4)});
  t.run("SET n 12345 EX 1000");
  t.run("SELECT 7");
  for (int i = 0; i < 1000; i++) {
    const std::string n = std::to_string(i);
    if (i < 5) {
      t.run("RPUSH small_l " + n + " v" + n);
      t.run("SADD small_s v" + n);
      t.run("HSET small_h f" + n + " " + n);
      t.run("ZADD small_z " + n + ".5 v" + n);
      t.run("SADD ints " + n);
    }
    t.run("RPUSH large_l value:" + n);
    t.run("SADD large_s member:" + n);
    t.run("HSET large_h field:" + n + " value:" + n);
    t.run("ZADD large_z " + n + " member:" + n);
    t.run("XADD x " + n + "-1 f v" + n);
  }
  t.run("ZADD infinite -inf a +inf b");
  t.run("HPEXPIREAT large_h 9999999999999 FIELDS 2 field:1 field:2");
  t.run("HPEXPIREAT small_h 9999999999999 FIELDS 1 f1");
  t.run("PEXPIREAT large_z 9999999999999");
  t.run("XDEL x 3-1 999-1");
  t.run("XGROUP CREATE x g 5-1 ENTRIESREAD 5");
  t.run("XGROUP CREATECONSUMER x g idle");
  t.run("XREADGROUP GROUP g busy COUNT 3 STREAMS x >");
  t.run("XGROUP CREATE emptied h $ MKSTREAM");
  t.run("XADD trimmed 7-7 f v");
  t.run("XTRIM trimmed MAXLEN 0");
  t.run("JSON.SET j $ '{\"a\":[1,2.0,null,{}]}'");
  for (int i = 0; i < 300; i++) t.run("ARINSERT large_a 1." + std::to_string(i) + "000000 text:x");
  t.run("ARMSET small_a 3 7 18446744073709551614 'a text of its own'");
  t.run("ARSEEK small_a 18446744073709551615");
  t.run("ARSET fixed_a 5 x");
  t.run("VECTOR.CREATE novectors DIM 3 METRIC DOT");
  t.run("VECTOR.CREATE vectors DIM 2 METRIC COSINE");
  t.run("VECTOR.ADD vectors a VALUES 2 0.1 -2");
  t.run("VECTOR.ADD vectors b VALUES 2 1e-40 3e38");
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 d: SCHEMA f TEXT n U64 FAST");
  t.run("SEARCH.CREATE of_x ON STREAM x SCHEMA f TEXT");
  for (const char* key : {"d:c", "d:a", "d:b", "d:c"}) t.run(std::string("HSET ") + key + " f v");
  t.run("SEARCH.ALIASADD other i");
  t.run("SELECT 9");
  t.run("SEARCH.ALIASADD alone none");
  t.run("SELECT 7");
}

std::string shape(CommandTest& t) {
  std::string text = t.run("DEBUG DIGEST");
  t.run("SELECT 7");
  for (const char* key : {"x", "emptied", "trimmed"}) {
    text += "\n" + t.run(std::string("XINFO STREAM ") + key + " FULL COUNT 0");
  }
  for (const char* key : {"large_h", "small_h"}) {
    text += "\n" + t.run(std::string("HPEXPIRETIME ") + key +
                         " FIELDS 4 field:1 field:3 f1 f2");
  }
  for (const char* call : {"SEARCH.QUERY i '{}' NOCONTENT", "SEARCH.COUNT of_x '{}'",
                           "SEARCH.LISTALIASES", "SELECT 9", "SEARCH.LISTALIASES", "SELECT 7"}) {
    text += "\n" + t.run(call);
  }
  return text;
}

TEST(AofCommands, AreTheSameData) {
  CommandTest from, to;
  fill(from);
  ASSERT_TRUE(load(to, as_commands(from)));
  std::string wanted = shape(from), got = shape(to);
  // How a stream is cut into blocks is not part of the data.
  auto without_blocks = [](std::string text) {
    for (const char* name : {"\"radix-tree-keys\", ", "\"radix-tree-nodes\", "}) {
      for (size_t at = 0; (at = text.find(name, at)) != text.npos;) {
        at += std::string_view(name).size();
        text.erase(at, text.find(',', at) - at);
      }
    }
    return text;
  };
  EXPECT_EQ(without_blocks(got), without_blocks(wanted));
}

TEST(AofCommands, StayShortHoweverLargeTheValue) {
  CommandTest t;
  for (int i = 0; i < 130; i++) t.run("RPUSH l " + std::to_string(i));
  const std::string text = as_commands(t, {.timestamp_s = 77});
  EXPECT_TRUE(text.starts_with("#TS:77\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*66\r\n$5\r\nRPUSH"))
      << text.substr(0, 80);
  EXPECT_NE(text.find("*4\r\n$5\r\nRPUSH\r\n$1\r\nl\r\n$3\r\n128\r\n$3\r\n129\r\n"),
            std::string::npos);
}

TEST(AofCommands, StopWhenTheSinkFails) {
  struct Broken final : RdbSink {
    bool write(std::string_view) override { return false; }
  } broken;
  CommandTest t;
  t.run("SET a 1");
  EXPECT_FALSE(save_as_commands(t.engine(), t.engine().default_tenant(), {}, broken));
}

}  // namespace
}  // namespace redstart
