#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// A value of each way to keep a string: int, short, raw, raw with room, big.
const std::string kKinds[] = {"12345", "short", std::string(200, 'r'), std::string(900, 'e'),
                              std::string(5000, 'b')};

TEST(String, EveryKindOfValueComesBackAsItWas) {
  CommandTest t;
  EXPECT_EQ(t.run("GET k"), "nil");
  for (const std::string& before : kKinds) {
    for (const std::string& after : kKinds) {
      t.run({"SET", "k", before});
      EXPECT_EQ(t.run({"SET", "k", after}), "OK");
      EXPECT_EQ(t.run("GET k"), "\"" + after + "\"");
      EXPECT_EQ(t.run("STRLEN k"), std::to_string(after.size()));
    }
  }
  EXPECT_EQ(t.raw({"SET", "k", std::string("\0\r\n\xff", 4)}), "+OK\r\n");
  EXPECT_EQ(t.raw({"GET", "k"}), std::string("$4\r\n\0\r\n\xff\r\n", 10));
}

TEST(String, GetrangeCountsFromBothEnds) {
  CommandTest t;
  t.run("SET k 'Hello World'");
  EXPECT_EQ(t.run("GETRANGE k 0 3"), "\"Hell\"");
  EXPECT_EQ(t.run("GETRANGE k -4 -1"), "\"orld\"");
  EXPECT_EQ(t.run("GETRANGE k 5 5000"), "\" World\"");
  EXPECT_EQ(t.run("GETRANGE k -5000 10000"), "\"Hello World\"");
  EXPECT_EQ(t.run("GETRANGE k 5 3"), "\"\"");
  EXPECT_EQ(t.run("GETRANGE k 0 -100"), "\"\"");
  EXPECT_EQ(t.run("GETRANGE k 11 12"), "\"\"");
  EXPECT_EQ(t.run("GETRANGE k -9223372036854775808 9223372036854775807"), "\"Hello World\"");
  EXPECT_EQ(t.run("GETRANGE absent 0 -1"), "\"\"");
  t.run("SET k 1234");
  EXPECT_EQ(t.run("SUBSTR k 1 2"), "\"23\"");
  EXPECT_EQ(t.run("GETRANGE k 0 x"), "(error) ERR value is not an integer or out of range");
}

TEST(String, AppendGrowsEveryKind) {
  CommandTest t;
  for (const std::string& before : kKinds) {
    std::string model = before;
    t.run({"SET", "k", before});
    for (const char* piece : {"x", "", "a longer piece of text", "7"}) {
      model += piece;
      EXPECT_EQ(t.run({"APPEND", "k", piece}), std::to_string(model.size()));
      EXPECT_EQ(t.run("GET k"), "\"" + model + "\"");
    }
  }
  EXPECT_EQ(t.run("APPEND new 12"), "2");
  EXPECT_EQ(t.run("OBJECT ENCODING new"), "\"int\"");
  EXPECT_EQ(t.run("APPEND new 3"), "3");
  EXPECT_EQ(t.run("OBJECT ENCODING new"), "\"raw\"");
}

TEST(String, SetrangePadsWithZeros) {
  CommandTest t;
  EXPECT_EQ(t.run("SETRANGE k 0 ''"), "0");
  EXPECT_EQ(t.run("EXISTS k"), "0");
  EXPECT_EQ(t.run("SETRANGE k 1 foo"), "4");
  EXPECT_EQ(t.raw({"GET", "k"}), std::string("$4\r\n\0foo\r\n", 10));
  t.run("SET k 1234");
  EXPECT_EQ(t.run("SETRANGE k 9 ''"), "4");
  EXPECT_EQ(t.run("OBJECT ENCODING k"), "\"int\"");
  EXPECT_EQ(t.run("SETRANGE k 1 3"), "4");
  EXPECT_EQ(t.run("GET k"), "\"1334\"");
  EXPECT_EQ(t.run("SETRANGE k 2000 end"), "2003");
  EXPECT_EQ(t.run("GETRANGE k 1998 -1"), "\"\\x00\\x00end\"");
  EXPECT_EQ(t.run("SETRANGE k -1 x"), "(error) ERR offset is out of range");
}

TEST(String, NothingGrowsBeyondTheLongestBulk) {
  Settings settings = CommandTest::test_settings();
  settings.proto_max_bulk_len = 1 << 20;
  CommandTest t(settings);
  constexpr char kTooLong[] =
      "(error) ERR string exceeds maximum allowed size (proto-max-bulk-len)";
  EXPECT_EQ(t.run("SETRANGE k 1048573 end"), "1048576");
  EXPECT_EQ(t.run("SETRANGE k 1048574 end"), kTooLong);
  EXPECT_EQ(t.run("SETRANGE new 9223372036854775807 x"), kTooLong);
  EXPECT_EQ(t.run("APPEND k x"), kTooLong);
  EXPECT_EQ(t.run("SETBIT k 8388607 1"), "0");
  EXPECT_EQ(t.run("SETBIT k 8388608 1"),
            "(error) ERR bit offset is not an integer or out of range");
}

TEST(String, ManyAtOnce) {
  CommandTest t;
  std::vector<std::string> mset = {"MSET"}, mget = {"MGET"};
  std::string expected;
  // More than two groups of keys that are prefetched together.
  for (int i = 0; i < 50; i++) {
    mget.push_back("k" + std::to_string(i));
    mset.push_back(mget.back());
    mset.push_back("v" + std::to_string(i));
    expected += "\"" + mset.back() + "\", ";
  }
  EXPECT_EQ(t.run(mset), "OK");
  mget.push_back("absent");
  EXPECT_EQ(t.run(mget), "[" + expected + "nil]");
  EXPECT_EQ(t.run("MSET a 1 b"), "(error) ERR wrong number of arguments for 'mset' command");
  EXPECT_EQ(t.run("MSETNX a 1 b"), "(error) ERR wrong number of arguments for 'msetnx' command");
  EXPECT_EQ(t.run("MSET a 1 a 2"), "OK");
  EXPECT_EQ(t.run("GET a"), "\"2\"");
}

TEST(String, MsetnxSetsAllOrNothing) {
  CommandTest t;
  t.run("SET taken 1");
  EXPECT_EQ(t.run("MSETNX a 1 b 2 taken 3"), "0");
  EXPECT_EQ(t.run("EXISTS a b"), "0");
  EXPECT_EQ(t.run("MSETNX a 1 a 2"), "1");
  EXPECT_EQ(t.run("GET a"), "\"2\"");
}

TEST(String, DigestIsXxh3) {
  CommandTest t;
  t.run(
      "SET k v8lf0c11xh8ymlqztfd3eeq16kfn4sspw7fqmnuuq3k3t75em5wdizgcdw7uc26nnf961u2jkfzkjytls2kw"
      "lj7626sd");
  EXPECT_EQ(t.run("DIGEST k"), "\"00006c38adf31777\"");
  EXPECT_EQ(t.run("DIGEST absent"), "nil");
}

TEST(String, OverwritingClearsTheExpiryEditingKeepsIt) {
  CommandTest t;
  t.run("SET k v EX 100");
  t.run("APPEND k w");
  t.run("SETRANGE k 0 x");
  EXPECT_EQ(t.run("TTL k"), "100");
  t.run("MSET k v");
  EXPECT_EQ(t.run("TTL k"), "-1");
}

TEST(String, EffectsAreVerbatim) {
  CommandTest t;
  t.run("MSET a 1 b 2");
  t.run("APPEND a 1");
  t.run("SETRANGE a 0 x");
  t.run("SETRANGE a 0 ''");
  t.run("MSETNX a 1 c 2");
  EXPECT_EQ(t.effects(), "SELECT 0; MSET a 1 b 2; APPEND a 1; SETRANGE a 0 x");
}

}  // namespace
}  // namespace redstart
