// Whole files: what is saved, what is read back, what is refused.
#include <gtest/gtest.h>

#include <cstring>

#include "base/crc.h"
#include "engine/function_sources.h"
#include "keyspace/entry.h"
#include "tests/persist/fixture.h"

namespace redstart {
namespace {

std::string saved(CommandTest& t, const RdbSaveOptions& options = {}) {
  RdbStringSink sink;
  EXPECT_TRUE(save_rdb(t.engine(), t.engine().default_tenant(), options, sink));
  return std::move(sink.text());
}

// Empty for success.
std::string load(CommandTest& t, std::string_view file, const RdbLoadOptions& options = {},
                 size_t slice = 1 << 20, RdbLoadResult* result = nullptr) {
  RdbStringSource source(file);
  RdbLoader loader(t.engine(), t.engine().default_tenant(), source, options);
  while (loader.step(slice) == RdbLoader::Step::kMore) {
  }
  if (result) *result = loader.result();
  return loader.error();
}

std::string sealed(std::string body) {
  body += '\xff';
  uint64_t sum = crc64(0, body);
  return body.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

// Every type in every encoding, and the marks of keys.
void stock(CommandTest& t) {
  t.run("SET int 12345");
  t.run("SET text 'some text'");
  t.run("SETRANGE long 5000 x");
  t.run("SET mortal x PX 100000");
  for (int n : {3, 700}) {
    std::string name = std::to_string(n);
    for (int i = 0; i < n; i++) {
      std::string number = std::to_string(i);
      t.run({"RPUSH", "list" + name, "element " + number});
      t.run({"SADD", "ints" + name, std::to_string(i * 1000003)});
      t.run({"SADD", "set" + name, "member " + number});
      t.run({"ZADD", "zset" + name, number + ".5", "member " + number});
      t.run({"HSET", "hash" + name, "field " + number, "value " + number});
      t.run({"HSET", "ttl" + name, "field " + number, number});
      if (i % 3 == 0) t.run({"HPEXPIRE", "ttl" + name, "90000", "FIELDS", "1", "field " + number});
      t.run({"XADD", "stream" + name, std::to_string(i + 1) + "-1", "f", number});
    }
  }
  for (int i = 0; i < 100; i++) t.run("ARINSERT array 1." + std::to_string(i) + "000000 7 text:x");
  t.run("ARMSET array 1000 3 18446744073709551614 'a text of its own'");
  t.run("ARSET small_array 5 x");
  t.run({"JSON.SET", "json", "$", "{\"a\":[1,-2,1.5,18446744073709551615,null,true,\"\\u00e9\"]}"});
  t.run("SEARCH.CREATE index ON HASH PREFIX 1 hash SCHEMA field TEXT");
  t.run("SEARCH.ALIASADD alias index");
  t.run("VECTOR.CREATE novectors DIM 3 METRIC DOT");
  t.run("VECTOR.CREATE vectors DIM 3 METRIC COSINE");
  for (int i = 0; i < 300; i++) {
    const std::string number = std::to_string(i);
    t.run({"VECTOR.ADD", "vectors", "id " + number, "VALUES", "3", number, "-0.1", "1e-30"});
  }
  t.run({"RPUSH", "giant", std::string(20000, 'g'), "a", std::string(9000, 'h')});
  t.run("XGROUP CREATE stream3 g 0");
  t.run("XREADGROUP GROUP g c COUNT 2 STREAMS stream3 >");
  t.run("XGROUP CREATECONSUMER stream3 g idle");
  t.run("XDEL stream3 2-1");
  t.run("XGROUP CREATE nothing g $ MKSTREAM");
  t.run("SELECT 5");
  t.run("SET elsewhere 1");
  t.run("SELECT 0");
}

std::vector<std::string> encodings(CommandTest& t) {
  std::vector<std::string> all;
  t.session().keys->for_each([&](const Entry& entry) {
    std::string key(entry.key());
    all.push_back(key + " " + t.run({"OBJECT", "ENCODING", key}));
  });
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Rdb, ReadsBackWhatItWrote) {
  CommandTest live;
  stock(live);
  std::string error;
  ASSERT_TRUE(live.engine().default_tenant().functions->load(
      "#!lua name=x\nredis.register_function('f', function() return 1 end)", false, &error))
      << error;
  std::string group = live.run("XINFO STREAM stream3 FULL");
  std::string expiries = live.run("HPEXPIRETIME ttl700 FIELDS 2 'field 0' 'field 1'");
  for (bool compress : {true, false}) {
    std::string file = saved(live, {.compress = compress});
    EXPECT_EQ(file.substr(0, 9), "REDIS0014");
    // A byte at a time, and in one go.
    for (size_t slice : {size_t{1}, size_t{1} << 30}) {
      CommandTest again;
      RdbLoadResult result;
      ASSERT_EQ(load(again, file, {}, slice, &result), "");
      EXPECT_EQ(again.run("DEBUG DIGEST"), live.run("DEBUG DIGEST"));
      EXPECT_EQ(encodings(again), encodings(live));
      EXPECT_EQ(again.run("XINFO STREAM stream3 FULL"), group);
      EXPECT_EQ(again.run("HPEXPIRETIME ttl700 FIELDS 2 'field 0' 'field 1'"), expiries);
      EXPECT_EQ(again.run("PTTL mortal"), "100000");
      EXPECT_EQ(result.functions, 1u);
      EXPECT_EQ(again.session().keys->validate(), nullptr);
    }
  }
}

TEST(Rdb, ForgetsFieldExpiryOnlyWhenToldTo) {
  CommandTest live, again;
  live.run("HSET h a 1");
  live.run("HPEXPIRE h 5000 FIELDS 1 a");
  std::string file = saved(live, {.version = 10});
  EXPECT_EQ(file.substr(0, 9), "REDIS0010");
  ASSERT_EQ(load(again, file), "");
  EXPECT_EQ(again.run("HPTTL h FIELDS 1 a"), "[-1]");
}

TEST(Rdb, DropsExpiredKeysUnlessALogFollows) {
  CommandTest live;
  live.run("SET a 1 PX 1000");
  live.run("SET b 2");
  std::string file = saved(live);
  CommandTest later, replica;
  later.advance_ms(live.engine().now_ms() + 2000 - later.engine().now_ms());
  replica.advance_ms(live.engine().now_ms() + 2000 - replica.engine().now_ms());
  RdbLoadResult result;
  ASSERT_EQ(load(later, file, {}, 1000, &result), "");
  EXPECT_EQ(result.keys_expired, 1u);
  EXPECT_EQ(later.run("DBSIZE"), "1");
  ASSERT_EQ(load(replica, file, {.keep_expired = true}), "");
  EXPECT_EQ(replica.run("DBSIZE"), "2");
}

TEST(Rdb, HasKeysWhoseTimeHasComeWhileTheyAreThere) {
  CommandTest live, later;
  live.run("SET a 1 PX 1000");
  live.run("SET b 2");
  live.advance_lazily_ms(2000);
  later.advance_ms(2000);
  const std::string file = saved(live);
  RdbLoadResult result;
  ASSERT_EQ(load(later, file, {}, 1000, &result), "");
  EXPECT_EQ(result.keys, 1u);
  EXPECT_EQ(result.keys_expired, 1u);
  EXPECT_EQ(live.run("GET a"), "nil") << "it is gone for everybody else";
}

TEST(Rdb, KeepsHintsOfEviction) {
  Settings lru = CommandTest::test_settings(), lfu = lru;
  lru.maxmemory_policy = EvictionPolicy::kAllkeysLru;
  lfu.maxmemory_policy = EvictionPolicy::kAllkeysLfu;
  CommandTest a(lru), b(lru), c(lfu), d(lfu);
  a.run("SET k v");
  a.advance_ms(500000);
  b.advance_ms(500000);
  ASSERT_EQ(load(b, saved(a)), "");
  EXPECT_EQ(b.run("OBJECT IDLETIME k"), "500");
  c.run({"RESTORE", "k", "0", from_hex("00c12c010a00954261f265825c10"), "FREQ", "99"});
  ASSERT_EQ(load(d, saved(c)), "");
  EXPECT_EQ(d.run("OBJECT FREQ k"), "99");
}

TEST(Rdb, StopsWhereAnAofBegins) {
  CommandTest live, again;
  live.run("SET a 1");
  std::string file = saved(live, {.aof_base = true}), text = file + "*1\r\n$4\r\nPING\r\n";
  RdbStringSource source(text);
  RdbLoader loader(again.engine(), again.engine().default_tenant(), source,
                   {.aof_preamble = true, .keep_expired = true});
  ASSERT_TRUE(loader.run());
  EXPECT_EQ(loader.consumed(), file.size());
  EXPECT_EQ(loader.leftover(), "*1\r\n$4\r\nPING\r\n");
  EXPECT_TRUE(loader.result().aof_base);
}

TEST(Rdb, RefusesWhatItCannotTrust) {
  CommandTest t, live;
  stock(live);
  std::string file = saved(live);
  EXPECT_EQ(load(t, "nothing of that kind"), "Wrong signature trying to load DB from file");
  EXPECT_EQ(load(t, "REDIS0015"), "Can't handle RDB format version 15");
  for (size_t size = 0; size < file.size(); size += 1 + size / 50) {
    EXPECT_NE(load(t, std::string_view(file).substr(0, size), {.replace = true}), "") << size;
  }
  std::string flipped = file;
  flipped[flipped.size() - 3] ^= 1;
  EXPECT_EQ(load(t, flipped, {.replace = true}), "RDB CRC error");
  EXPECT_EQ(load(t, flipped, {.replace = true, .verify_checksum = false}), "");
  EXPECT_TRUE(load(t, file).starts_with("RDB has duplicated key"));
  EXPECT_TRUE(load(t, sealed("REDIS0010\xfe\x10")).starts_with("FATAL: Data file was created"));
  EXPECT_TRUE(load(t, sealed(std::string("REDIS0010\x06\x01k", 12))).starts_with("Unknown RDB"));
}

TEST(Rdb, SkipsEmptyCollectionsAndModuleData) {
  CommandTest t;
  std::string file("REDIS0010\xf7\x05\x02\x01\x05\x03" "abc\x04" "12345678\x00", 28);
  file += std::string("\x04\x01h\x00\x00\x01s\x01v", 9);
  RdbLoadResult result;
  ASSERT_EQ(load(t, sealed(file), {}, 1 << 20, &result), "");
  EXPECT_EQ(result.keys_empty, 1u);
  EXPECT_EQ(t.run("GET s"), "\"v\"");

  t.run("FLUSHALL");
  const std::string aux("REDIS0010\xf7\x05\x02\x01", 13);
  const std::string items("\x01\x07\x02\x07\x03" "1234\x04" "12345678\x05\x01x\x00", 22);
  EXPECT_EQ(load(t, sealed(aux + items + std::string("\x00\x01s\x01w", 5))), "");
  EXPECT_EQ(t.run("GET s"), "\"w\"");
  EXPECT_EQ(load(t, sealed(aux + "\x09")), "A module's data has an item of unknown kind");
}

TEST(Rdb, GivesBackALongStringWhoseTimeHasCome) {
  CommandTest live, later;
  live.run({"SET", "k", std::string(100000, 'x'), "PX", "1000"});
  later.advance_ms(5000);
  RdbLoadResult result;
  EXPECT_EQ(load(later, saved(live), {}, 1 << 20, &result), "");
  EXPECT_EQ(result.keys_expired, 1u);
  EXPECT_EQ(later.run("DBSIZE"), "0");
}

// Each width of a number and each size of a length.
TEST(Rdb, ReadsEveryEntryOfAZiplist) {
  const std::string entries[] = {
      std::string("\xc0\x01\x80", 3), std::string("\xd0\x00\x00\x01\x80", 5),
      std::string("\xe0\x00\x00\x00\x00\x01\x00\x00\x80", 9), std::string("\xf0\x01\x00\x80", 4),
      std::string("\xfe\x81", 2), std::string("\xf1", 1), "\x42\x58" + std::string(600, 'a'),
      std::string("\x80\x00\x00\x00\x02" "bc", 7)};
  std::string list(10, '\0');
  size_t before = 0, last = 0;
  for (const std::string& entry : entries) {
    last = list.size();
    if (before < 254) {
      list += static_cast<char>(before);
    } else {
      list += '\xfe';
      for (int byte = 0; byte < 4; byte++) list += static_cast<char>(before >> 8 * byte);
    }
    list += entry;
    before = list.size() - last;
  }
  list += '\xff';
  const auto size = static_cast<uint32_t>(list.size()), tail = static_cast<uint32_t>(last);
  memcpy(list.data(), &size, sizeof size);
  memcpy(list.data() + 4, &tail, sizeof tail);
  list[8] = static_cast<char>(std::size(entries));
  std::string file = "REDIS0007\x0a\x01l";
  file += static_cast<char>(0x40 | size >> 8);
  file += static_cast<char>(size & 0xff);
  CommandTest t;
  ASSERT_EQ(load(t, sealed(file + list)), "");
  EXPECT_EQ(t.run("LRANGE l 0 5"),
            "[\"-32767\", \"-2147418112\", \"-9223372032559808512\", \"-8388607\", \"-127\", "
            "\"0\"]");
  EXPECT_EQ(t.run("LINDEX l 6"), "\"" + std::string(600, 'a') + "\"");
  EXPECT_EQ(t.run("LINDEX l 7"), "\"bc\"");
}

// The forms of Redis before version 7, byte by byte.
std::string old_forms() {
  std::string zipmap = std::string("\x02\x01" "f\x01\x00v\x01g\x02\x01" "12!\xff", 14);
  std::string ziplist = std::string(
      "\x19\x00\x00\x00\x15\x00\x00\x00\x04\x00"  // size, tail, count
      "\x00\x01" "a" "\x03\xf3" "\x02\xc0\x2c\x01" "\x04\xfe\xff" "\xff", 23);
  // The sizes of its header follow from the text.
  ziplist[0] = static_cast<char>(ziplist.size());
  ziplist[4] = static_cast<char>(ziplist.size() - 4);
  auto key = [](uint8_t type, std::string_view name, std::string_view blob) {
    std::string text(1, static_cast<char>(type));
    text += static_cast<char>(name.size());
    text += name;
    text += static_cast<char>(blob.size());
    return text.append(blob);
  };
  std::string nodes = std::string("\x0e\x01q\x02", 4);
  for (int i = 0; i < 2; i++) (nodes += static_cast<char>(ziplist.size())) += ziplist;
  return "REDIS0007" + key(9, "m", zipmap) + key(10, "l", ziplist) +
                     key(13, "h", ziplist) + nodes;
}

TEST(Rdb, ReadsOldForms) {
  CommandTest t;
  ASSERT_EQ(load(t, sealed(old_forms())), "");
  EXPECT_EQ(t.run("HGETALL m"), "[\"f\", \"v\", \"g\", \"12\"]");
  EXPECT_EQ(t.run("LRANGE l 0 -1"), "[\"a\", \"2\", \"300\", \"-1\"]");
  EXPECT_EQ(t.run("HGETALL h"), "[\"a\", \"2\", \"300\", \"-1\"]");
  EXPECT_EQ(t.run("LLEN q"), "8");
  EXPECT_EQ(t.run("OBJECT ENCODING m"), "\"listpack\"");
}

// Every file that is a byte short, or has a byte that is another: it is refused with a reason, or
// what comes of it holds together.
void expect_soundness(CommandTest& t, const std::string& file) {
  auto empty = [&] {
    t.run("FLUSHALL SYNC");
    t.engine().default_tenant().functions->clear();
  };
  for (size_t size = 0; size < file.size(); size++) {
    EXPECT_NE(load(t, std::string_view(file).substr(0, size), {}, 1), "") << size;
    empty();
  }
  for (size_t at = 0; at < file.size(); at++) {
    for (const uint8_t change : {0x01, 0x04, 0x80, 0xff}) {
      std::string other = file;
      other[at] = static_cast<char>(other[at] ^ change);
      load(t, other, {.verify_checksum = false});
      ASSERT_EQ(t.session().keys->validate(), nullptr) << at;
      empty();
    }
  }
}

TEST(Rdb, IsSoundWhateverByteIsWrong) {
  CommandTest live, t;
  for (const char* line :
       {"SET int 12345", "SET text x PX 100000", "RPUSH list a 1 500 70000", "SADD ints 1 70000",
        "SADD set a b 3", "ZADD zset 1.5 a -2 b", "HSET hash f v g 12", "HSET ttl f v g w",
        "HPEXPIRE ttl 90000 FIELDS 1 f", "XADD s 5-1 f v", "XADD s 6-1 f w g x",
        "XGROUP CREATE s g 0", "XREADGROUP GROUP g c STREAMS s >", "XDEL s 5-1"}) {
    live.run(line);
  }
  expect_soundness(t, saved(live));
  // The same, each in the form of large ones.
  CommandTest large;
  for (const char* what : {"hash", "zset", "set", "list"}) {
    large.run("CONFIG SET " + std::string(what) + "-max-listpack-" +
              (what == std::string("list") ? "size" : "entries") + " 1");
  }
  large.run("CONFIG SET set-max-intset-entries 1");
  ASSERT_EQ(load(large, saved(live)), "");
  expect_soundness(t, saved(large));
  expect_soundness(t, sealed(old_forms()));
}

// Valkey 9 has its own form of hashes whose fields expire.
TEST(Rdb, ReadsValkey) {
  CommandTest t;
  auto little = [](int64_t number) {
    return std::string(reinterpret_cast<const char*>(&number), sizeof number);
  };
  int64_t at_ms = t.engine().now_ms() + 7000;
  std::string file = "VALKEY080\x16\x01h\x02\x01" "a\x01" "1" + little(at_ms) + "\x01" "b\x01" "2" +
                     little(-1);
  ASSERT_EQ(load(t, sealed(file)), "");
  EXPECT_EQ(t.run("HPTTL h FIELDS 2 a b"), "[7000, -1]");
}

// ---- arrays

std::string array_entry(std::string_view value) {
  return std::string("REDIS0014\x1c\x01" "a").append(value);
}

// Byte by byte as Redis 8.8 has them: its doubles, too, which are not written here.
TEST(Rdb, ReadsArraysOfRedis) {
  const std::string_view cursor_and_all_kinds(
      "\x05" "\x01\x07"
      "\x00\x01" "\xfe\xff\xff\xff\xff\xff\xff\xff"
      "\x01\x02" "\x00\x00\x00\x00\x00\x00\xf8\x3f"
      "\x02\x02" "\x00\x00\x00\x00\x00\x00\x00\x40"
      "\x40\x80\x03" "\x02hi"
      "\x81\xff\xff\xff\xff\xff\xff\xff\xfe\x00" "\x09" "long text", 59);
  CommandTest t;
  ASSERT_EQ(load(t, sealed(array_entry(cursor_and_all_kinds))), "");
  EXPECT_EQ(t.run("ARSCAN a 0 18446744073709551614"),
            "[[0, \"-2\"], [1, \"1.5\"], [2, \"2.0\"], [128, \"hi\"], "
            "[18446744073709551614, \"long text\"]]");
  EXPECT_EQ(t.run("ARNEXT a"), "8");
  EXPECT_EQ(t.run("TYPE a"), "array");
  ASSERT_EQ(load(t, sealed(array_entry(std::string_view("\x01\x00\x03\x03\x01x", 6))),
                 {.replace = true}), "");
  EXPECT_EQ(t.run("ARNEXT a"), "0");
}

TEST(Rdb, RefusesBrokenArrays) {
  struct Case {
    std::string_view value;
    std::string_view error;
  };
  const Case cases[] = {
      {{"\x01\x02\x00\x00\x03\x01x", 7}, "The cursor of an array is broken"},
      {{"\x01\x01\x81\xff\xff\xff\xff\xff\xff\xff\xff\x00\x03\x01x", 15},
       "The cursor of an array is broken"},
      {{"\x01\x00\x00\x04\x01x", 6}, "An array has an element of unknown kind"},
      {{"\x01\x00\x00\x02\x00\x00\x00\x00\x00\x00\xf0\x7f", 12},
       "An array has a number that is none"},
      {{"\x01\x00\x81\xff\xff\xff\xff\xff\xff\xff\xff\x03\x01x", 14},
       "An index of an array is too large"},
      {{"\x02\x00\x05\x03\x01x\x05\x03\x01y", 10}, "An index of an array comes twice"},
  };
  for (const Case& c : cases) {
    CommandTest t;
    EXPECT_TRUE(load(t, sealed(array_entry(c.value))).find(c.error) != std::string::npos) << c.error;
    EXPECT_EQ(t.run("EXISTS a"), "0");
  }
}

// ---- documents: values of RedisJSON's module

// "\x07", the key `j`, the id of a module and its value.
std::string module_entry(std::string_view name, int version, std::string_view value) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint64_t id = 0;
  for (char c : name) id = id << 6 | kLetters.find(c);
  id = __builtin_bswap64(id << 10 | static_cast<uint64_t>(version));
  std::string entry = "\x07\x01j\x81";
  entry.append(reinterpret_cast<const char*>(&id), sizeof id);
  return "REDIS0010" + entry.append(value);
}

TEST(Rdb, ReadsDocumentsOfRedisJson) {
  struct Case {
    int version;
    std::string value;
    std::string_view json;
  };
  const std::string_view nul("\0", 1);
  auto text = [](std::string_view json) {
    return "\x05" + std::string(1, static_cast<char>(json.size())) + std::string(json);
  };
  auto member = [&](std::string_view name) { return "\x02\x40\x80" + text(name); };
  const Case cases[] = {
      {3, text("{\"a\":1}").append(nul), "{\"a\":1}"},
      {2, text("[1.0]").append("\x02").append(nul).append(nul), "[1.0]"},
      {2, text("[1]").append("\x02\x01") + text("index") + text("path").append(nul), "[1]"},
      // A tree, each value with its kind.
      {0,
       "\x02\x20\x02\x05" + member("i") + "\x02\x08\x02\x07" + member("s") + "\x02\x02" + text("x") +
           member("l") + "\x02\x40\x40\x02\x02\x02\x01\x02\x10" + text("1") + member("d") +
           "\x02\x04\x04" + std::string("\0\0\0\0\0\0\xf8\x3f", 8) + member("b") + "\x02\x10" +
           text("0").append(nul),
       "{\"i\":7,\"s\":\"x\",\"l\":[null,true],\"d\":1.5,\"b\":false}"},
  };
  for (const Case& c : cases) {
    CommandTest t, again;
    ASSERT_EQ(load(t, sealed(module_entry("ReJSON-RL", c.version, c.value))), "") << c.json;
    EXPECT_EQ(t.run("TYPE j"), "ReJSON-RL");
    std::string bytes = t.raw({"JSON.GET", "j"});
    EXPECT_EQ(bytes, "$" + std::to_string(c.json.size()) + "\r\n" + std::string(c.json) + "\r\n");
    ASSERT_EQ(load(again, saved(t)), "");
    EXPECT_EQ(again.run("DEBUG DIGEST"), t.run("DEBUG DIGEST"));
    EXPECT_EQ(t.run("COPY j k"), "1");
    EXPECT_EQ(t.run("DEL j k"), "2");
  }
}

// As RedisJSON 2 writes it, to the byte.
TEST(Rdb, WritesDocumentsOfRedisJson) {
  CommandTest t;
  const std::string file =
      sealed(module_entry("ReJSON-RL", 3, std::string("\x05\x07{\"a\":1}\0", 10)));
  ASSERT_EQ(load(t, file), "");
  EXPECT_NE(saved(t).find(file.substr(9, file.size() - 9 - 9)), std::string::npos);
}

TEST(Rdb, RefusesValuesOfModulesItCannotRead) {
  struct Case {
    std::string_view name;
    int version;
    std::string value;
    std::string_view error;
  };
  const Case cases[] = {
      {"ReJSON-RL", 4, "\x05\x01x", "is of version 4, which is not known here"},
      {"ReJSON-RL", 3, std::string("\x05\x01{\0", 4), "EOF while parsing an object"},
      {"ReJSON-RL", 3, std::string("\x02\x01\0", 3), "an item of another kind"},
      {"ReJSON-RL", 3,
       std::string("\x05\x01"
                   "1\x05",
                   4),
       "an item of another kind"},
      {"ReJSON-RL", 0, std::string("\x02\x03\0", 3), "a value of unknown kind"},
      {"ReJSON-RL", 0, std::string("\x02\x02\x05\x01\xff\0", 6), "a text that is not UTF-8"},
      {"ReJSON-RL", 3, std::string("\x05\x03\"\xff\"\0", 6), "not UTF-8"},
      {"ReJSON-RL", 0, std::string("\x02\x04\x04\0\0\0\0\0\0\xf0\x7f\0", 12),
       "a number that is none"},
      {"RS-vector", 2, "\x02\x01x", "is of version 2, which is not known here"},
      {"RS-vector", 1,
       std::string("\x02\0\x05\x03"
                   "DOT\x02\0\0",
                   10),
       "a dimension that is none"},
      {"RS-vector", 1,
       std::string("\x02\x80\0\0\x80\x01\x05\x03"
                   "DOT\x02\0\0",
                   14),
       "a dimension that is none"},
      {"RS-vector", 1,
       std::string("\x02\1\x05\x03"
                   "L-2\x02\0\0",
                   10),
       "a metric that is not known"},
      {"RS-vector", 1,
       std::string("\x02\1\x05\x03"
                   "DOT\x02\x01\x05\0\x05\4\0\0\0\0\0",
                   17),
       "a vector without an id"},
      {"RS-vector", 1,
       std::string("\x02\1\x05\x03"
                   "DOT\x02\x01\x05\1a\x05\3xyz\0",
                   17),
       "a vector of another length"},
      {"RS-vector", 1,
       std::string("\x02\2\x05\x03"
                   "DOT\x02\x01\x05\1a\x05\4wxyz\0",
                   18),
       "a vector of another length"},
      {"RS-vector", 1,
       std::string("\x02\1\x05\x03"
                   "DOT\x02\x01\x05\1a\x05\4\0\0\x80\x7f\0",
                   18),
       "a number that is none"},
      {"RS-vector", 1,
       std::string("\x02\1\x05\x03"
                   "DOT\x02\x02\x05\1a\x05\4wxyz\x05\1a\x05\4wxyz\0",
                   27),
       "an id twice"},
      {"OtherMods", 1, std::string("\0", 1), "no matching module type 'OtherMods'"},
  };
  for (const Case& c : cases) {
    CommandTest t;
    const std::string error = load(t, sealed(module_entry(c.name, c.version, c.value)));
    EXPECT_NE(error.find(c.error), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace redstart
