#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// Entries "1-0" .. "n-0", each with its number.
void fill(CommandTest& t, int n) {
  for (int i = 1; i <= n; i++) {
    t.run("XADD s " + std::to_string(i) + "-0 n " + std::to_string(i));
  }
  t.effects();
}

TEST(Stream, AddsAndChoosesIds) {
  CommandTest t;
  EXPECT_EQ(t.run("XADD s 5-1 f v"), "\"5-1\"");
  EXPECT_EQ(t.run("XADD s 5-* f v"), "\"5-2\"");
  EXPECT_EQ(t.run("XADD s 5-2 f v"),
            "(error) ERR The ID specified in XADD is equal or smaller than the target stream top "
            "item");
  EXPECT_EQ(t.run("XADD s 0-0 f v"),
            "(error) ERR The ID specified in XADD must be greater than 0-0");
  EXPECT_EQ(t.run("XADD s - f v"),
            "(error) ERR Invalid stream ID specified as stream command argument");
  EXPECT_EQ(t.run("XADD s * f"), "(error) ERR wrong number of arguments for 'xadd' command");
  EXPECT_EQ(t.run("XADD s * f v g"), "(error) ERR wrong number of arguments for 'xadd' command");
  EXPECT_EQ(t.run("XADD none NOMKSTREAM * f v"), "nil");
  EXPECT_EQ(t.run("EXISTS none"), "0");
  EXPECT_EQ(t.run("XLEN s"), "2");
  EXPECT_EQ(t.run("TYPE s"), "stream");
  EXPECT_EQ(t.run("OBJECT ENCODING s"), "\"stream\"");
  t.run("SET text x");
  EXPECT_EQ(t.run("XADD text * f v"),
            "(error) WRONGTYPE Operation against a key holding the wrong kind of value");
}

TEST(Stream, TheEndOfAllIds) {
  CommandTest t;
  t.run("XADD s 18446744073709551615-18446744073709551615 f v");
  EXPECT_EQ(t.run("XADD s * f v"),
            "(error) ERR The stream has exhausted the last possible ID, unable to add more items");
  EXPECT_EQ(t.run("XRANGE s (18446744073709551615-18446744073709551615 +"),
            "(error) ERR invalid start ID for the interval");
  EXPECT_EQ(t.run("XRANGE s - (0-0"), "(error) ERR invalid end ID for the interval");
}

TEST(Stream, Ranges) {
  CommandTest t;
  fill(t, 4);
  EXPECT_EQ(t.run("XRANGE s 2 3"), "[[\"2-0\", [\"n\", \"2\"]], [\"3-0\", [\"n\", \"3\"]]]");
  EXPECT_EQ(t.run("XRANGE s (2-0 + COUNT 1"), "[[\"3-0\", [\"n\", \"3\"]]]");
  EXPECT_EQ(t.run("XREVRANGE s + - COUNT 1"), "[[\"4-0\", [\"n\", \"4\"]]]");
  EXPECT_EQ(t.run("XRANGE s - + COUNT 0"), "nil");
  EXPECT_EQ(t.run("XRANGE none - + COUNT 0"), "[]");
  EXPECT_EQ(t.run("XRANGE s 3 2"), "[]");
}

TEST(Stream, ReplicasGetWhatWasChosen) {
  CommandTest t;
  std::string now = std::to_string(t.engine().now_ms());
  t.run("XADD s * f v");
  EXPECT_EQ(t.effects(), "SELECT 0; XADD s " + now + "-0 f v");
  t.run("XADD s NOMKSTREAM MAXLEN ~ 100 LIMIT 5 * f v");
  EXPECT_EQ(t.effects(), "XADD s NOMKSTREAM MAXLEN = 2 " + now + "-1 f v");
  t.run("XADD s MINID ~ 3 " + now + "-2 f v");
  EXPECT_EQ(t.effects(), "XADD s MINID = " + now + "-0 " + now + "-2 f v");
  t.run("XADD s MAXLEN 1 " + now + "-3 f v");
  EXPECT_EQ(t.effects(), "XADD s MAXLEN 1 " + now + "-3 f v");
  t.run("XTRIM s MAXLEN 5");
  EXPECT_EQ(t.effects(), "");
}

TEST(Stream, TrimsWholeBlocksUnlessExact) {
  CommandTest t;
  fill(t, 250);
  EXPECT_EQ(t.run("XTRIM s MAXLEN ~ 60"), "100");
  EXPECT_EQ(t.effects(), "XTRIM s MAXLEN = 150");
  EXPECT_EQ(t.run("XTRIM s MAXLEN = 149"), "1");
  EXPECT_EQ(t.run("XTRIM s MINID 200-0"), "98");
  EXPECT_EQ(t.run("XLEN s"), "51");
  EXPECT_EQ(t.run("XTRIM s MAXLEN 0"), "51");
  EXPECT_EQ(t.run("EXISTS s"), "1");
}

TEST(Stream, TrimsAsUpstashUnderItsDialect) {
  CommandTest t;
  auto upstash = t.connect(Dialect::kUpstash);
  fill(t, 120);
  EXPECT_EQ(upstash->run("XTRIM s MAXLEN ~ 30"), "0");
  EXPECT_EQ(upstash->run("XTRIM s MINID ~ 90"), "0");
  EXPECT_EQ(upstash->run("XTRIM s MAXLEN ~ 20 LIMIT 7"), "7");
  EXPECT_EQ(upstash->run("XTRIM s MAXLEN ~ 5"), "108");
  EXPECT_EQ(upstash->run("XLEN s"), "5");
}

TEST(Stream, TrimErrors) {
  CommandTest t;
  const std::pair<const char*, const char*> kCases[] = {
      {"XTRIM s LIMIT 5", "syntax error, LIMIT cannot be used without specifying a trimming "
                          "strategy"},
      {"XTRIM s MAXLEN 5 LIMIT 5",
       "syntax error, LIMIT cannot be used without the special ~ option"},
      {"XTRIM s MAXLEN 5 MINID 5",
       "syntax error, MAXLEN and MINID options at the same time are not compatible"},
      {"XTRIM s MAXLEN -1", "The MAXLEN argument must be >= 0."},
      {"XTRIM s MAXLEN ~ 1 LIMIT -1", "The LIMIT argument must be >= 0."},
      {"XTRIM s KEEPREF DELREF",
       "syntax error, XTRIM must be called with a trimming strategy"},
      {"XTRIM s MAXLEN 1 x", "syntax error"},
      {"XADD s MAXLEN x * f v", "value is not an integer or out of range"},
  };
  for (auto [line, text] : kCases) {
    EXPECT_EQ(t.run(line), std::string("(error) ERR ") + text) << line;
  }
}

TEST(Stream, DeletesAndRemembersTombstones) {
  CommandTest t;
  fill(t, 3);
  EXPECT_EQ(t.run("XDEL s 2-0 9-0 2-0"), "1");
  EXPECT_EQ(t.effects(), "XDEL s 2-0 9-0 2-0");
  EXPECT_EQ(t.run("XDEL s 1-0 x"),
            "(error) ERR Invalid stream ID specified as stream command argument");
  EXPECT_EQ(t.run("XLEN s"), "2");
  EXPECT_EQ(t.run("XSETID s 1-0"),
            "(error) ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
  EXPECT_EQ(t.run("XSETID s 2-5"),
            "(error) ERR The ID specified in XSETID is smaller than the target stream top item");
  EXPECT_EQ(t.run("XSETID s 9-0 ENTRIESADDED 7 MAXDELETEDID 3-0"), "OK");
  EXPECT_EQ(t.run("XINFO STREAM s"),
            "[\"length\", 2, \"radix-tree-keys\", 1, \"radix-tree-nodes\", 2, "
            "\"last-generated-id\", \"9-0\", \"max-deleted-entry-id\", \"3-0\", "
            "\"entries-added\", 7, \"recorded-first-entry-id\", \"1-0\", \"groups\", 0, "
            "\"first-entry\", [\"1-0\", [\"n\", \"1\"]], \"last-entry\", [\"3-0\", [\"n\", "
            "\"3\"]]]");
}

TEST(Stream, DeletesWithRegardToGroups) {
  CommandTest t;
  fill(t, 5);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g c COUNT 3 STREAMS s >");
  EXPECT_EQ(t.run("XDELEX s ACKED IDS 3 1-0 5-0 9-0"), "[2, 2, -1]");
  EXPECT_EQ(t.run("XACKDEL s g ACKED IDS 2 1-0 5-0"), "[1, -1]");
  EXPECT_EQ(t.run("XDELEX s DELREF IDS 1 2-0"), "[1]");
  EXPECT_EQ(t.run("XPENDING s g"), "[1, \"3-0\", \"3-0\", [[\"c\", \"1\"]]]");
  EXPECT_EQ(t.run("XDELEX s IDS 1 3-0"), "[1]");
  EXPECT_EQ(t.run("XACKDEL s g IDS 1 3-0"), "[1]");
  EXPECT_EQ(t.run("XACKDEL s none IDS 2 1-0 2-0"), "[-1, -1]");
  EXPECT_EQ(t.run("XDELEX none IDS 1 1-0"), "[-1]");
  EXPECT_EQ(t.run("XDELEX s IDS 2 1-0"),
            "(error) ERR The `numids` parameter must match the number of arguments");
  EXPECT_EQ(t.run("XDELEX s IDS 0 1-0"), "(error) ERR Number of IDs must be a positive integer");
  EXPECT_EQ(t.run("XDELEX s IDS 1 1-0 2-0"), "(error) ERR syntax error");
}

TEST(Stream, TrimsWithRegardToGroups) {
  CommandTest t;
  fill(t, 4);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g c COUNT 2 STREAMS s >");
  t.run("XACK s g 1-0");
  EXPECT_EQ(t.run("XTRIM s MAXLEN 0 ACKED"), "1");
  EXPECT_EQ(t.run("XADD s DELREF MAXLEN 1 9-0 f v"), "\"9-0\"");
  EXPECT_EQ(t.run("XPENDING s g"), "[0, nil, nil, nil]");
}

TEST(StreamRead, AnswersWhatIsAbove) {
  CommandTest t;
  fill(t, 3);
  t.run("XADD other 1-0 f v");
  EXPECT_EQ(t.run("XREAD COUNT 1 STREAMS s other none 1 0 0"),
            "[[\"s\", [[\"2-0\", [\"n\", \"2\"]]]], [\"other\", [[\"1-0\", [\"f\", \"v\"]]]]]");
  EXPECT_EQ(t.run("XREAD STREAMS s +"), "[[\"s\", [[\"3-0\", [\"n\", \"3\"]]]]]");
  EXPECT_EQ(t.run("XREAD STREAMS s $"), "nil");
  EXPECT_EQ(t.run("XREAD BLOCK 0 STREAMS s 2"), "[[\"s\", [[\"3-0\", [\"n\", \"3\"]]]]]");
  t.run("HELLO 3");
  EXPECT_EQ(t.run("XREAD STREAMS s 2"), "{\"s\": [[\"3-0\", [\"n\", \"3\"]]]}");
  EXPECT_EQ(t.run("XREAD STREAMS s 3"), "nil");
}

TEST(StreamRead, Errors) {
  CommandTest t;
  fill(t, 1);
  EXPECT_EQ(t.run("XREAD STREAMS s other 1"),
            "(error) ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or "
            "'$' must be specified.");
  EXPECT_EQ(t.run("XREAD BLOCK -1 STREAMS s 1"), "(error) ERR timeout is negative");
  EXPECT_EQ(t.run("XREAD COUNT 1 s 1"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("XREAD NOACK STREAMS s 1"),
            "(error) ERR The NOACK option is only supported by XREADGROUP. You called XREAD "
            "instead.");
  EXPECT_EQ(t.run("XREADGROUP GROUP g c STREAMS s >"),
            "(error) NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP "
            "option");
  EXPECT_EQ(t.run("XREADGROUP COUNT 1 NOACK NOACK STREAMS s >"),
            "(error) ERR Missing GROUP option for XREADGROUP");
}

TEST(StreamRead, AGroupDeliversEachEntryOnce) {
  CommandTest t;
  std::string now = std::to_string(t.engine().now_ms());
  fill(t, 3);
  t.run("XGROUP CREATE s g 0 ENTRIESREAD 0");
  t.effects();
  EXPECT_EQ(t.run("XREADGROUP GROUP g ann COUNT 1 STREAMS s >"),
            "[[\"s\", [[\"1-0\", [\"n\", \"1\"]]]]]");
  EXPECT_EQ(t.effects(), "MULTI; XCLAIM s g ann 0 1-0 TIME " + now +
                             " RETRYCOUNT 1 FORCE JUSTID LASTID 1-0; "
                             "XGROUP SETID s g 1-0 ENTRIESREAD 1; EXEC");
  EXPECT_EQ(t.run("XREADGROUP GROUP g bob NOACK STREAMS s >"),
            "[[\"s\", [[\"2-0\", [\"n\", \"2\"]], [\"3-0\", [\"n\", \"3\"]]]]]");
  EXPECT_EQ(t.effects(), "MULTI; XGROUP CREATECONSUMER s g bob; "
                         "XGROUP SETID s g 3-0 ENTRIESREAD 3; EXEC");
  EXPECT_EQ(t.run("XREADGROUP GROUP g ann STREAMS s >"), "nil");
  EXPECT_EQ(t.effects(), "");
}

TEST(StreamRead, HistoryIsWhatIsPendingForTheConsumer) {
  CommandTest t;
  fill(t, 2);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g ann STREAMS s >");
  t.run("XDEL s 1-0");
  t.effects();
  t.advance_ms(5);
  EXPECT_EQ(t.run("XREADGROUP GROUP g ann STREAMS s 0"),
            "[[\"s\", [[\"1-0\", nil], [\"2-0\", [\"n\", \"2\"]]]]]");
  EXPECT_EQ(t.run("XREADGROUP GROUP g bob STREAMS s 0"), "[[\"s\", []]]");
  EXPECT_EQ(t.run("XPENDING s g - + 9"), "[[\"1-0\", \"ann\", 5, 1], [\"2-0\", \"ann\", 0, 2]]");
  EXPECT_EQ(t.effects(), "");
}

TEST(StreamRead, UpstashMakesNoConsumerWithoutAcknowledging) {
  CommandTest t;
  auto upstash = t.connect(Dialect::kUpstash);
  fill(t, 1);
  t.run("XGROUP CREATE s g 0");
  EXPECT_EQ(upstash->run("XREADGROUP GROUP g ann NOACK STREAMS s >"),
            "[[\"s\", [[\"1-0\", [\"n\", \"1\"]]]]]");
  EXPECT_EQ(upstash->run("XINFO CONSUMERS s g"), "[]");
  EXPECT_EQ(upstash->run("XINFO CONSUMERS s none"), "[]");
}

TEST(StreamGroup, LivesAndDies) {
  CommandTest t;
  EXPECT_EQ(t.run("XGROUP CREATE s g $"),
            "(error) ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you "
            "may want to use the MKSTREAM option to create an empty stream automatically.");
  EXPECT_EQ(t.run("XGROUP CREATE s g $ MKSTREAM"), "OK");
  EXPECT_EQ(t.effects(), "SELECT 0; XGROUP CREATE s g $ MKSTREAM");
  EXPECT_EQ(t.run("XGROUP CREATE s g 0"), "(error) BUSYGROUP Consumer Group name already exists");
  EXPECT_EQ(t.run("XGROUP CREATECONSUMER s g ann"), "1");
  EXPECT_EQ(t.run("XGROUP CREATECONSUMER s g ann"), "0");
  EXPECT_EQ(t.run("XGROUP CREATECONSUMER s none ann"),
            "(error) NOGROUP No such consumer group 'none' for key name 's'");
  t.run("XADD s 1-0 f v");
  t.run("XREADGROUP GROUP g ann STREAMS s >");
  EXPECT_EQ(t.run("XGROUP DELCONSUMER s g ann"), "1");
  EXPECT_EQ(t.run("XGROUP DELCONSUMER s g ann"), "0");
  EXPECT_EQ(t.run("XGROUP SETID s g 0 ENTRIESREAD -2"),
            "(error) ERR value for ENTRIESREAD must be positive or -1");
  EXPECT_EQ(t.run("XGROUP SETID s g 0"), "OK");
  EXPECT_EQ(t.run("XGROUP CREATE s h 0 NONSENSE"),
            "(error) ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP "
            "HELP.");
  EXPECT_EQ(t.run("XGROUP DESTROY s g"), "1");
  EXPECT_EQ(t.run("XGROUP DESTROY s g"), "0");
}

TEST(StreamGroup, PendingIsCountedAndAcknowledged) {
  CommandTest t;
  fill(t, 3);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g ann COUNT 2 STREAMS s >");
  t.advance_ms(10);
  t.run("XREADGROUP GROUP g bob STREAMS s >");
  EXPECT_EQ(t.run("XPENDING s g"),
            "[3, \"1-0\", \"3-0\", [[\"ann\", \"2\"], [\"bob\", \"1\"]]]");
  EXPECT_EQ(t.run("XPENDING s g IDLE 5 - + 9"),
            "[[\"1-0\", \"ann\", 10, 1], [\"2-0\", \"ann\", 10, 1]]");
  EXPECT_EQ(t.run("XPENDING s g (1-0 + 9 ann"), "[[\"2-0\", \"ann\", 10, 1]]");
  EXPECT_EQ(t.run("XPENDING s g - + 9 nobody"), "[]");
  EXPECT_EQ(t.run("XPENDING s g - +"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("XPENDING s none"), "(error) NOGROUP No such key 's' or consumer group 'none'");
  t.effects();
  EXPECT_EQ(t.run("XACK s g 1-0 9-0"), "1");
  EXPECT_EQ(t.effects(), "XACK s g 1-0 9-0");
  EXPECT_EQ(t.run("XACK s g 1-0"), "0");
  EXPECT_EQ(t.effects(), "");
  EXPECT_EQ(t.run("XACK none g 1-0"), "0");
}

TEST(StreamClaim, GivesEntriesToAnother) {
  CommandTest t;
  fill(t, 3);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g ann COUNT 2 STREAMS s >");
  t.advance_ms(20);
  std::string now = std::to_string(t.engine().now_ms());
  t.effects();
  EXPECT_EQ(t.run("XCLAIM s g bob 21 1-0"), "[]");
  EXPECT_EQ(t.effects(), "");
  EXPECT_EQ(t.run("XCLAIM s g bob 20 1-0 3-0"), "[[\"1-0\", [\"n\", \"1\"]]]");
  EXPECT_EQ(t.effects(),
            "XCLAIM s g bob 0 1-0 TIME " + now + " RETRYCOUNT 2 FORCE JUSTID LASTID 2-0");
  EXPECT_EQ(t.run("XCLAIM s g bob 0 3-0 FORCE JUSTID IDLE 7 RETRYCOUNT 9"), "[\"3-0\"]");
  EXPECT_EQ(t.run("XPENDING s g - + 9 bob"), "[[\"1-0\", \"bob\", 0, 2], [\"3-0\", \"bob\", 7, 9]]");
  t.run("XDEL s 2-0");
  EXPECT_EQ(t.run("XCLAIM s g bob 0 2-0"), "[]");
  EXPECT_EQ(t.run("XPENDING s g - + 9 ann"), "[]");
  t.effects();
  EXPECT_EQ(t.run("XCLAIM s g bob 99 1-0 LASTID 8-0"), "[]");
  EXPECT_EQ(t.effects(), "XGROUP SETID s g 8-0 ENTRIESREAD 2");
  EXPECT_EQ(t.run("XCLAIM s g bob 0 1-0 MAYBE"),
            "(error) ERR Unrecognized XCLAIM option 'MAYBE'");
  EXPECT_EQ(t.run("XCLAIM s g bob x 1-0"),
            "(error) ERR Invalid min-idle-time argument for XCLAIM");
}

TEST(StreamClaim, AutomaticallyInSteps) {
  CommandTest t;
  fill(t, 4);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g ann STREAMS s >");
  t.run("XDEL s 1-0");
  t.advance_ms(20);
  EXPECT_EQ(t.run("XAUTOCLAIM s g bob 10 - COUNT 2"),
            "[\"3-0\", [[\"2-0\", [\"n\", \"2\"]]], [\"1-0\"]]");
  EXPECT_EQ(t.run("XAUTOCLAIM s g bob 10 3-0 JUSTID"), "[\"0-0\", [\"3-0\", \"4-0\"], []]");
  EXPECT_EQ(t.run("XAUTOCLAIM s g bob 10 -"), "[\"0-0\", [], []]");
  EXPECT_EQ(t.run("XAUTOCLAIM s g bob 10 - COUNT 0"), "(error) ERR COUNT must be > 0");
}

TEST(StreamInfo, GroupsAndConsumers) {
  CommandTest t;
  fill(t, 3);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g ann COUNT 1 STREAMS s >");
  t.run("XGROUP CREATECONSUMER s g bob");
  t.advance_ms(5);
  EXPECT_EQ(t.run("XINFO GROUPS s"),
            "[[\"name\", \"g\", \"consumers\", 2, \"pending\", 1, \"last-delivered-id\", \"1-0\", "
            "\"entries-read\", 1, \"lag\", 2]]");
  EXPECT_EQ(t.run("XINFO CONSUMERS s g"),
            "[[\"name\", \"ann\", \"pending\", 1, \"idle\", 5, \"inactive\", 5], "
            "[\"name\", \"bob\", \"pending\", 0, \"idle\", 5, \"inactive\", -1]]");
  EXPECT_EQ(t.run("XINFO CONSUMERS s none"),
            "(error) NOGROUP No such consumer group 'none' for key name 's'");
  EXPECT_EQ(t.run("XINFO STREAM none"), "(error) ERR no such key");
  EXPECT_EQ(t.run("XINFO STREAM s FULL COUNT"),
            "(error) ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO "
            "HELP.");
}

TEST(StreamInfo, InFull) {
  CommandTest t;
  std::string now = std::to_string(t.engine().now_ms());
  fill(t, 2);
  t.run("XGROUP CREATE s g 0");
  t.run("XREADGROUP GROUP g ann STREAMS s >");
  t.run("HELLO 3");
  EXPECT_EQ(t.run("XINFO STREAM s FULL COUNT 1"),
            "{\"length\": 2, \"radix-tree-keys\": 1, \"radix-tree-nodes\": 2, "
            "\"last-generated-id\": \"2-0\", \"max-deleted-entry-id\": \"0-0\", "
            "\"entries-added\": 2, \"recorded-first-entry-id\": \"1-0\", "
            "\"entries\": [[\"1-0\", [\"n\", \"1\"]]], \"groups\": [{\"name\": \"g\", "
            "\"last-delivered-id\": \"2-0\", \"entries-read\": 2, \"lag\": 0, \"pel-count\": 2, "
            "\"pending\": [[\"1-0\", \"ann\", " + now + ", 1]], \"consumers\": [{\"name\": "
            "\"ann\", \"seen-time\": " + now + ", \"active-time\": " + now +
            ", \"pel-count\": 2, \"pending\": [[\"1-0\", " + now + ", 1]]}]}]}");
}

}  // namespace
}  // namespace redstart
