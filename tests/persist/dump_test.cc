// DUMP and RESTORE, with payloads that Redis 7.0.15 made.
#include <gtest/gtest.h>

#include "base/crc.h"
#include "persist/rdb_save.h"
#include "tests/persist/fixture.h"

namespace redstart {
namespace {

struct Recorded {
  const char* payload;
  const char* encoding;
  const char* question;
  const char* answer;
};

constexpr Recorded kRecorded[] = {
    {"00c12c010a00954261f265825c10", "int", "GET k", "\"300\""},
    {"000b31323334353637383930310a00304e52d727176510", "int", "GET k", "\"12345678901\""},
    {"000568656c6c6f0a006372df766534200a", "embstr", "GET k", "\"hello\""},
    {"00c30940c8016161e0bb000161610a001f99f72e01b20de3", "raw", "STRLEN k", "200"},
    {"1012120000000400816602817602816e020c01ff0a0001369481d35b8974", "listpack", "HGETALL k",
     "[\"f\", \"v\", \"n\", \"12\"]"},
    {"120102222200000006008161020101dfff02f1001003f270110104f4ffe30b540200000009ff0a0006a1ed17d3015"
     "2c1",
     "listpack", "LRANGE k 0 2", "[\"a\", \"1\", \"-1\"]"},
    {"0bc3293004080000000520030390eefeff40000001200b400000024004200000032003600002f2052a201b00000a0"
     "004df17720ff757df",
     "intset", "SCARD k", "5"},
    {"0203c001016201610a004467f0c6e2d12e5b", "listpack", "SMISMEMBER k 1 a b", "[1, 1, 1]"},
    {"111c1c000000060081610283312e3504816202020181630283696e6604ff0a0089597f26062da8a1", "listpack",
     "ZRANGE k 0 -1 WITHSCORES", "[\"a\", \"1.5\", \"b\", \"2\", \"c\", \"inf\"]"},
};

// A payload of these bytes, with the checksum that belongs to them.
std::string sealed(std::string body, char version = 10) {
  body += version;
  body += '\0';
  uint64_t sum = crc64(0, body);
  return body.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

TEST(Restore, ReadsWhatRedisDumped) {
  CommandTest t;
  for (const Recorded& one : kRecorded) {
    EXPECT_EQ(t.run({"RESTORE", "k", "0", from_hex(one.payload), "REPLACE"}), "OK") << one.payload;
    EXPECT_EQ(t.run("OBJECT ENCODING k"), "\"" + std::string(one.encoding) + "\"") << one.payload;
    EXPECT_EQ(t.run(one.question), one.answer) << one.payload;
  }
}

// Compressed strings may differ, everything else has one form.
TEST(Dump, WritesWhatRedisWrites) {
  CommandTest t;
  auto dump = [&](std::string_view line) {
    t.run("FLUSHALL");
    t.run(line);
    return dump_payload(*t.session().keys->peek(t.session().keys->key("k")), {});
  };
  EXPECT_EQ(dump("SET k 300"), from_hex("00c12c010a00954261f265825c10"));
  EXPECT_EQ(dump("SET k 12345678901"), from_hex("000b31323334353637383930310a00304e52d727176510"));
  EXPECT_EQ(dump("SET k -5"), from_hex("00c0fb0a0049c4c6f4d7263f68"));
  EXPECT_EQ(dump("HSET k f v n 12"),
            from_hex("1012120000000400816602817602816e020c01ff0a0001369481d35b8974"));
}

TEST(Restore, Refuses) {
  CommandTest t;
  t.run("SET there 1");
  std::string good = from_hex("00c12c010a00954261f265825c10");
  EXPECT_EQ(t.run({"RESTORE", "there", "0", good}),
            "(error) BUSYKEY Target key name already exists.");
  EXPECT_EQ(t.run({"RESTORE", "k", "-1", good}), "(error) ERR Invalid TTL value, must be >= 0");
  EXPECT_EQ(t.run({"RESTORE", "k", "x", good}),
            "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t.run({"RESTORE", "k", "0", good, "IDLETIME", "-1"}),
            "(error) ERR Invalid IDLETIME value, must be >= 0");
  EXPECT_EQ(t.run({"RESTORE", "k", "0", good, "FREQ", "256"}),
            "(error) ERR Invalid FREQ value, must be >= 0 and <= 255");
  EXPECT_EQ(t.run({"RESTORE", "k", "0", good, "IDLETIME", "1", "FREQ", "2"}),
            "(error) ERR syntax error");
  const std::string wrong = "(error) ERR DUMP payload version or checksum are wrong";
  EXPECT_EQ(t.run({"RESTORE", "k", "0", "short"}), wrong);
  std::string flipped = good;
  flipped.back() ^= 1;
  EXPECT_EQ(t.run({"RESTORE", "k", "0", flipped}), wrong);
  EXPECT_EQ(t.run({"RESTORE", "k", "0", sealed("\xc0\x05", 15)}), wrong);
  EXPECT_EQ(t.run({"RESTORE", "k", "0", sealed("\xc8")}), "(error) ERR Bad data format");
  EXPECT_EQ(t.run({"RESTORE", "k", "0", sealed("")}), "(error) ERR Bad data format");
  const std::string broken[] = {
      "\x04\x80\xff\xff\xff\xff",        // more elements than bytes
      std::string("\x12\x01\x01\0", 4),  // a list's node of its own for an empty item
      std::string("\x09\x02\0\xff", 4),  // a zipmap without a field
  };
  // Whatever was set and whoever sends them: Redis can be told to believe payloads.
  t.run("CONFIG SET sanitize-dump-payload no");
  t.run("ACL SETUSER default skip-sanitize-payload");
  for (const std::string& body : broken) {
    EXPECT_EQ(t.run({"RESTORE", "k", "0", sealed(body)}), "(error) ERR Bad data format");
  }
  EXPECT_EQ(t.run("EXISTS k"), "0");
}

TEST(Restore, TakesExpiryIdletimeAndFrequency) {
  CommandTest t;
  std::string good = from_hex("00c12c010a00954261f265825c10");
  EXPECT_EQ(t.run({"RESTORE", "k", "5000", good, "IDLETIME", "77"}), "OK");
  EXPECT_EQ(t.run("PTTL k"), "5000");
  EXPECT_EQ(t.run("OBJECT IDLETIME k"), "77");
  std::string at = int64_text(t.engine().now_ms() + 5000);
  std::vector<std::string> effect = {"RESTORE", "k", at, good, "IDLETIME", "77", "ABSTTL"};
  EXPECT_EQ(t.effect_words().back(), effect);
  EXPECT_EQ(t.run({"RESTORE", "k", "1", good, "ABSTTL"}),
            "(error) BUSYKEY Target key name already exists.");
  EXPECT_EQ(t.run({"RESTORE", "k", "1", good, "ABSTTL", "REPLACE"}), "OK");
  EXPECT_EQ(t.effects(), "DEL k");
  EXPECT_EQ(t.run("EXISTS k"), "0");
  EXPECT_EQ(t.run({"RESTORE", "k", "1", good, "ABSTTL"}), "OK");
  EXPECT_EQ(t.effects(), "");
  t.run("CONFIG SET maxmemory-policy allkeys-lfu");
  EXPECT_EQ(t.run({"RESTORE", "k", "0", good, "FREQ", "123"}), "OK");
  EXPECT_EQ(t.run("OBJECT FREQ k"), "123");
}

// Plain forms are legal in any version; what they become follows from the settings.
TEST(Restore, ReadsPlainForms) {
  CommandTest t;
  EXPECT_EQ(t.run({"RESTORE", "l", "0",
                   sealed(std::string("\x01\x02\x01"
                                      "a\xc0\x05",
                                      6))}),
            "OK");
  EXPECT_EQ(t.run("LRANGE l 0 -1"), "[\"a\", \"5\"]");
  EXPECT_EQ(t.run({"RESTORE", "z", "0",
                   sealed("\x03\x02\x01"
                          "a\x03"
                          "2.5\x01"
                          "b\xff")}),
            "OK");
  EXPECT_EQ(t.run("ZRANGE z 0 -1 WITHSCORES"), "[\"b\", \"-inf\", \"a\", \"2.5\"]");
  EXPECT_EQ(t.run({"RESTORE", "n", "0",
                   sealed("\x03\x01\x01"
                          "a\xfd")}),
            "(error) ERR Bad data format");
  EXPECT_EQ(t.run({"RESTORE", "s", "0",
                   sealed("\x02\x02\x01"
                          "a\x01"
                          "a")}),
            "(error) ERR Bad data format");
}

// Few elements are compared, many go by their hashes.
TEST(Restore, RefusesACollectionThatHasAnElementTwice) {
  for (const char* command : {"HSET k", "SADD k", "ZADD k"}) {
    for (auto [n, version] : {std::pair(4, 10), {40, 10}, {40, 11}}) {  // 11 packs sets, too
      CommandTest t;
      std::string line = command;
      for (int i = 10; i < 10 + n; i++) {
        const std::string number = std::to_string(i);
        if (line[0] == 'Z') line += " " + number;
        line += " member" + number;
        if (line[0] == 'H') line += " v";
      }
      t.run(line);
      std::string payload =
          dump_payload(*t.session().keys->peek(t.session().keys->key("k")),
                       {.version = version, .compress = false});
      EXPECT_EQ(t.run({"RESTORE", "k", "0", payload, "REPLACE"}), "OK") << line;
      payload.replace(payload.find("member11"), 8, "member12");
      payload.resize(payload.size() - sizeof(uint64_t));
      const uint64_t sum = crc64(0, payload);
      payload.append(reinterpret_cast<const char*>(&sum), sizeof sum);
      EXPECT_EQ(t.run({"RESTORE", "k", "0", payload, "REPLACE"}), "(error) ERR Bad data format")
          << line;
    }
  }
}

// Fields with an expiry need version 12, consumers that were idle 11, arrays 14.
TEST(Dump, ChoosesTheLowestVersion) {
  CommandTest t;
  auto version = [&](const char* key) {
    std::string payload = dump_payload(*t.session().keys->peek(t.session().keys->key(key)), {});
    return static_cast<int>(payload[payload.size() - 10]);
  };
  t.run("HSET h a 1 b 2");
  t.run("XADD s 1-1 a b");
  t.run("XGROUP CREATE s g 0");
  EXPECT_EQ(version("h"), 10);
  EXPECT_EQ(version("s"), 10);
  t.run("ARSET a 0 x");
  EXPECT_EQ(version("a"), 14);
  t.run("HPEXPIRE h 5000 FIELDS 1 a");
  t.run("XGROUP CREATECONSUMER s g idle");
  EXPECT_EQ(version("h"), 12);
  EXPECT_EQ(version("s"), 11);
}

}  // namespace
}  // namespace redstart
