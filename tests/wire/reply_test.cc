// What each call of Reply looks like in every protocol.
#include "wire/reply.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "wire/json_reply.h"
#include "wire/resp2_reply.h"
#include "wire/resp3_reply.h"
#include "wire/tree_reply.h"

namespace redstart {
namespace {

using namespace std::string_literals;

struct Golden {
  const char* name;
  std::function<void(Reply&)> answer;
  std::string resp2, resp3, json, base64, tree;
};

void shared(Reply& reply, std::string_view bytes) {
  BigBuf* buffer = BigBuf::copy_of(bytes);
  reply.bulk_shared(buffer);
  buffer->drop();
}

const std::string kLong(OutBuf::kSharedMin, 'v');
const std::string kLongHeader = "$" + std::to_string(kLong.size()) + "\r\n";

std::string result(const std::string& json) { return "{\"result\":" + json + "}"; }

std::vector<Golden> goldens() {
  const auto inf = std::numeric_limits<double>::infinity();
  const auto item = [](Reply& r, int i) { r.integer(i); };
  return {
      {"ok", [](Reply& r) { r.ok(); }, "+OK\r\n", "+OK\r\n", result("\"OK\""), result("\"OK\""),
       "OK"},
      {"status", [](Reply& r) { r.status("PONG"); }, "+PONG\r\n", "+PONG\r\n", result("\"PONG\""),
       result("\"UE9ORw==\""), "PONG"},
      {"error", [](Reply& r) { r.error("ERR a \"b\"\r\nc\n"); }, "-ERR a \"b\"  c\r\n",
       "-ERR a \"b\"  c\r\n", "{\"error\":\"ERR a \\\"b\\\"\\r\\nc\\n\"}",
       "{\"error\":\"ERR a \\\"b\\\"\\r\\nc\\n\"}", "ERR a \"b\"\r\nc\n"},
      {"integer", [](Reply& r) { r.integer(INT64_MIN); }, ":-9223372036854775808\r\n",
       ":-9223372036854775808\r\n", result("-9223372036854775808"), result("-9223372036854775808"),
       "-9223372036854775808"},
      {"natural", [](Reply& r) { r.natural((uint64_t{1} << 53) - 1); }, ":9007199254740991\r\n",
       ":9007199254740991\r\n", result("9007199254740991"), result("9007199254740991"),
       "9007199254740991"},
      {"unsafe natural", [](Reply& r) { r.natural(INT64_MAX); }, ":9223372036854775807\r\n",
       ":9223372036854775807\r\n", result("\"9223372036854775807\""),
       result("\"OTIyMzM3MjAzNjg1NDc3NTgwNw==\""), "9223372036854775807"},
      {"large natural", [](Reply& r) { r.natural(UINT64_MAX); }, ":18446744073709551615\r\n",
       ":18446744073709551615\r\n", result("\"18446744073709551615\""),
       result("\"MTg0NDY3NDQwNzM3MDk1NTE2MTU=\""), "18446744073709551615"},
      {"bulk", [](Reply& r) { r.bulk("a\r\n\x01\xff"); }, "$5\r\na\r\n\x01\xff\r\n",
       "$5\r\na\r\n\x01\xff\r\n", result("\"a\\r\\n\\u0001\xef\xbf\xbd\""), result("\"YQ0KAf8=\""),
       "\"a\\r\\n\\x01\\xff\""},
      {"empty bulk", [](Reply& r) { r.bulk({}); }, "$0\r\n\r\n", "$0\r\n\r\n", result("\"\""),
       result("\"\""), "\"\""},
      {"bulk OK", [](Reply& r) { r.bulk("OK"); }, "$2\r\nOK\r\n", "$2\r\nOK\r\n", result("\"OK\""),
       result("\"T0s=\""), "\"OK\""},
      {"short shared", [](Reply& r) { shared(r, "abcdefghijkl"); }, "$12\r\nabcdefghijkl\r\n",
       "$12\r\nabcdefghijkl\r\n", result("\"abcdefghijkl\""), result("\"YWJjZGVmZ2hpamts\""),
       "\"abcdefghijkl\""},
      {"long shared", [](Reply& r) { shared(r, kLong); }, kLongHeader + kLong + "\r\n",
       kLongHeader + kLong + "\r\n", result('"' + kLong + '"'), "", '"' + kLong + '"'},
      {"bulk_int", [](Reply& r) { r.bulk_int(-12); }, "$3\r\n-12\r\n", "$3\r\n-12\r\n",
       result("\"-12\""), result("\"LTEy\""), "\"-12\""},
      {"null", [](Reply& r) { r.null(); }, "$-1\r\n", "_\r\n", result("null"), result("null"),
       "null"},
      {"null_array", [](Reply& r) { r.null_array(); }, "*-1\r\n", "_\r\n", result("null"),
       result("null"), "null"},
      {"dbl", [](Reply& r) { r.dbl(3.1); }, "$3\r\n3.1\r\n", ",3.1\r\n", result("\"3.1\""),
       result("\"My4x\""), ",3.1"},
      {"infinity", [=](Reply& r) { r.dbl(-inf); }, "$4\r\n-inf\r\n", ",-inf\r\n",
       result("\"-inf\""), result("\"LWluZg==\""), ",-inf"},
      {"boolean", [](Reply& r) { r.boolean(true); }, ":1\r\n", "#t\r\n", result("1"), result("1"),
       "#t"},
      {"big_number", [](Reply& r) { r.big_number("12345678901234567890"); },
       "$20\r\n12345678901234567890\r\n", "(12345678901234567890\r\n",
       result("\"12345678901234567890\""), result("\"MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=\""),
       "(12345678901234567890"},
      {"verbatim", [](Reply& r) { r.verbatim("txt", "hi"); }, "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n",
       result("\"hi\""), result("\"aGk=\""), "=txt:\"hi\""},
      {"empty array", [](Reply& r) { r.array(0); }, "*0\r\n", "*0\r\n", result("[]"), result("[]"),
       "[]"},
      {"array",
       [](Reply& r) {
         r.array(4);
         r.ok();
         r.array(1);
         r.null();
         r.error("ERR e");
         r.array(0);
       },
       "*4\r\n+OK\r\n*1\r\n$-1\r\n-ERR e\r\n*0\r\n", "*4\r\n+OK\r\n*1\r\n_\r\n-ERR e\r\n*0\r\n",
       result("[\"OK\",[null],{\"error\":\"ERR e\"},[]]"),
       result("[\"T0s=\",[null],{\"error\":\"ERR e\"},[]]"), "[OK, [null], ERR e, []]"},
      {"map",
       [=](Reply& r) {
         r.map(1);
         r.bulk("k");
         item(r, 1);
       },
       "*2\r\n$1\r\nk\r\n:1\r\n", "%1\r\n$1\r\nk\r\n:1\r\n", result("[\"k\",1]"),
       result("[\"aw==\",1]"), "{\"k\": 1}"},
      {"set",
       [=](Reply& r) {
         r.set(11);
         for (int i = 0; i < 11; i++) item(r, 1);
       },
       "*11\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
       "~11\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
       result("[1,1,1,1,1,1,1,1,1,1,1]"), result("[1,1,1,1,1,1,1,1,1,1,1]"),
       "~[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"},
      {"push",
       [=](Reply& r) {
         r.push(1);
         item(r, 7);
       },
       "*1\r\n:7\r\n", ">1\r\n:7\r\n", result("[7]"), result("[7]"), ">[7]"},
      {"flat_pairs",
       [=](Reply& r) {
         r.flat_pairs(2);
         for (int i = 0; i < 2; i++) {
           r.flat_pair();
           r.bulk("m");
           r.dbl(i);
         }
       },
       "*4\r\n$1\r\nm\r\n$1\r\n0\r\n$1\r\nm\r\n$1\r\n1\r\n",
       "*2\r\n*2\r\n$1\r\nm\r\n,0\r\n*2\r\n$1\r\nm\r\n,1\r\n", result("[\"m\",\"0\",\"m\",\"1\"]"),
       result("[\"bQ==\",\"MA==\",\"bQ==\",\"MQ==\"]"), "[[\"m\", ,0], [\"m\", ,1]]"},
      {"map_pairs",
       [=](Reply& r) {
         r.map_pairs(1);
         r.map_pair();
         r.bulk("s");
         r.array(0);
       },
       "*1\r\n*2\r\n$1\r\ns\r\n*0\r\n", "%1\r\n$1\r\ns\r\n*0\r\n", result("[[\"s\",[]]]"),
       result("[[\"cw==\",[]]]"), "{\"s\": []}"},
      {"deferred",
       [=](Reply& r) {
         const Reply::Mark outer = r.open_array();
         const Reply::Mark empty = r.open(Reply::Shape::kSet);
         r.close(empty, 0);
         const Reply::Mark inner = r.open(Reply::Shape::kMap);
         item(r, 1);
         item(r, 2);
         r.close(inner, 1);
         r.close(outer, 2);
       },
       "*2\r\n*0\r\n*2\r\n:1\r\n:2\r\n", "*2\r\n~0\r\n%1\r\n:1\r\n:2\r\n", result("[[],[1,2]]"),
       result("[[],[1,2]]"), "[~[], {1: 2}]"},
      {"half a character at the end", [](Reply& r) { r.bulk("a\xe2\x82\xac"s + "bc\xe2\x82"); },
       "$8\r\na\xe2\x82\xac"s + "bc\xe2\x82\r\n", "$8\r\na\xe2\x82\xac"s + "bc\xe2\x82\r\n",
       result("\"a\xe2\x82\xac"s + "bc\xef\xbf\xbd\xef\xbf\xbd\""), result("\"YeKCrGJj4oI=\""),
       "\"a\\xe2\\x82\\xacbc\\xe2\\x82\""},
  };
}

template <class Encoder, class... Options>
std::string encoded(const std::function<void(Reply&)>& answer, Options... options) {
  ChunkPool pool;
  OutBuf out(pool);
  Encoder reply(out, options...);
  answer(reply);
  std::string text;
  out.each([&](const char* data, size_t size) {
    text.append(data, size);
    return true;
  });
  return text;
}

TEST(Reply, Goldens) {
  for (const Golden& golden : goldens()) {
    SCOPED_TRACE(golden.name);
    EXPECT_EQ(encoded<Resp2Reply>(golden.answer), golden.resp2);
    EXPECT_EQ(encoded<Resp3Reply>(golden.answer), golden.resp3);
    EXPECT_EQ(encoded<JsonReply>(golden.answer), golden.json);
    if (!golden.base64.empty()) {
      EXPECT_EQ(encoded<JsonReply>(golden.answer, JsonReply::Strings::kBase64), golden.base64);
    }
    TreeReply tree;
    golden.answer(tree);
    EXPECT_FALSE(tree.incomplete() || tree.excess());
    EXPECT_EQ(to_text(tree.tree()), golden.tree);
  }
}

TEST(Reply, ATreeCanBeReplayed) {
  for (const Golden& golden : goldens()) {
    // The call by which pairs were announced is not kept.
    if (std::string_view(golden.name).ends_with("_pairs")) continue;
    SCOPED_TRACE(golden.name);
    TreeReply tree;
    golden.answer(tree);
    const auto again = [&](Reply& r) { replay(tree.tree(), r); };
    EXPECT_EQ(encoded<Resp3Reply>(again), golden.resp3);
  }
}

TEST(Reply, AttributesAreForResp3) {
  const auto answer = [](Reply& r) {
    if (r.has_attributes()) {
      r.attribute(1);
      r.bulk("ttl");
      r.integer(3);
    }
    r.ok();
  };
  EXPECT_EQ(encoded<Resp2Reply>(answer), "+OK\r\n");
  EXPECT_EQ(encoded<Resp3Reply>(answer), "|1\r\n$3\r\nttl\r\n:3\r\n+OK\r\n");
  EXPECT_EQ(encoded<JsonReply>(answer), "{\"result\":\"OK\"}");
}

// The same reply at every distance from a chunk's end.
TEST(Reply, ChunkEndsAnywhere) {
  const std::string expected = "*2\r\n$11\r\nhello world\r\n:12345\r\n";
  for (size_t left = 0; left < 80; left++) {
    ChunkPool pool;
    OutBuf out(pool);
    out.append(std::string(1, 'x'));
    const size_t filler = out.room() - left;
    out.append(std::string(filler, 'x'));
    Resp2Reply reply(out);
    const Reply::Mark mark = reply.open_array();
    reply.bulk("hello world");
    reply.integer(12345);
    reply.close(mark, 2);
    out.consume(filler + 1);
    std::string text;
    out.each([&](const char* data, size_t size) {
      text.append(data, size);
      return true;
    });
    ASSERT_EQ(text, expected) << left;
  }
}

TEST(JsonReply, ItemsOfATransaction) {
  const auto exec = [](Reply& r) {
    r.array(4);
    r.ok();
    r.bulk("OK");
    r.error("WRONGTYPE x");
    r.array(1);
    r.status("OK");
  };
  using enum JsonReply::Strings;
  constexpr auto kItems = JsonReply::Envelope::kItems;
  EXPECT_EQ(encoded<JsonReply>(exec, kBase64, kItems),
            "[{\"result\":\"OK\"},{\"result\":\"T0s=\"},{\"error\":\"WRONGTYPE x\"},"
            "{\"result\":[\"T0s=\"]}]");
  const auto empty = [](Reply& r) { r.array(0); };
  EXPECT_EQ(encoded<JsonReply>(empty, kPlain, kItems), "[]");
  const auto refused = [](Reply& r) { r.error("EXECABORT x"); };
  EXPECT_EQ(encoded<JsonReply>(refused, kPlain, kItems), "{\"error\":\"EXECABORT x\"}");
}

TEST(JsonReply, FailedMeansTheWholeReply) {
  ChunkPool pool;
  OutBuf out(pool);
  JsonReply nested(out);
  nested.array(1);
  nested.error("ERR inside");
  EXPECT_FALSE(nested.failed());
  JsonReply whole(out);
  whole.error("ERR all of it");
  EXPECT_TRUE(whole.failed());
  EXPECT_EQ(whole.error_code(), "ERR");
}

}  // namespace
}  // namespace redstart
