#include "persist/rdb_load.h"
#include "persist/rdb_save.h"
#include "tests/commands/steps.h"

namespace redstart {
namespace {

// The keys that a filter finds, in the order of the answer.
std::string keys_of(CommandTest& t, std::string_view index, std::string_view filter = "{}",
                    std::string_view more = "") {
  std::string answer = t.run("SEARCH.QUERY " + std::string(index) + " '" + std::string(filter) +
                             "' NOCONTENT LIMIT 1000 " + std::string(more));
  std::string keys;
  for (size_t at = 0; (at = answer.find("[\"", at)) != std::string::npos;) {
    const size_t end = answer.find('"', at + 2);
    keys += (keys.empty() ? "" : " ") + answer.substr(at + 2, end - at - 2);
    at = end;
  }
  return keys.empty() ? answer : keys;
}

constexpr std::string_view kWrongType =
    "(error) WRONGTYPE Operation against a key holding the wrong kind of value";

TEST(Search, MakesIndexesAndDescribesThem) {
  CommandTest t;
  expect(t,
         {
             {"SEARCH.CREATE i ON JSON PREFIX 2 a: b: LANGUAGE turkish SCHEMA title TEXT NOSTEM "
              "cat TEXT NOTOKENIZE FROM d.e price F64 FAST ok BOOL kw KEYWORD",
              "1"},
             {"SEARCH.DESCRIBE i",
              R"(["name", "i", "type", "JSON", "prefixes", ["a:", "b:"], "language", "turkish", )"
              R"("indexSize", 0, "pendingUpdates", 1, "schema", [["title", "TEXT", "NOSTEM"], )"
              R"(["cat", "TEXT", "NOTOKENIZE", "FROM", "d.e"], ["price", "F64", "FAST"], )"
              R"(["ok", "BOOL"], ["kw", "KEYWORD"]]])"},
             {"SEARCH.CREATE i ON HASH PREFIX 1 x SCHEMA t TEXT",
              "(error) ERR Index i already exists"},
             {"SEARCH.CREATE i EXISTSOK ON HASH PREFIX 1 x SCHEMA t TEXT",
              "(error) ERR Index i already exists with a different configuration"},
             {"SEARCH.CREATE h SKIPINITIALSCAN on hash prefix 1 h: schema t text", "1"},
             {"SEARCH.CREATE h ON HASH PREFIX 1 h: EXISTSOK LANGUAGE english SCHEMA t TEXT", "0"},
             {"SEARCH.LISTINDEXES",
              R"([["name", "h", "type", "HASH"], ["name", "i", "type", "JSON"]])"},
             {"SEARCH.LISTINDEXES MATCH i*", R"([["name", "i", "type", "JSON"]])"},
             {"SEARCH.LISTINDEXES LIMIT 1 OFFSET 1", R"([["name", "i", "type", "JSON"]])"},
             {"SEARCH.LISTINDEXES LIMIT 0 OFFSET 5", "[]"},
             {"SEARCH.LISTINDEXES LIMIT -1", "(error) ERR value is out of range"},
             {"SEARCH.LISTINDEXES WHAT", "(error) ERR syntax error near 'WHAT'"},
             {"SEARCH.CREATE \"\" ON HASH PREFIX 1 e: SCHEMA f TEXT", "1"},
             {"SEARCH.LISTINDEXES LIMIT 1", R"([["name", "", "type", "HASH"]])"},
             {"SEARCH.DROP \"\"", "1"},
             {"SEARCH.DROP h", "1"},
             {"SEARCH.DROP h", "0"},
             {"SEARCH.DESCRIBE h", "nil"},
             {"SEARCH.WAITINDEXING h", "0"},
             {"SEARCH.WAITINDEXING i", "1"},
             {"SEARCH.REINDEX h", "0"},
             {"SEARCH.REINDEX i", "1"},
             {"SEARCH.QUERY h '{}'", "nil"},
             {"SEARCH.COUNT h '{}'", "-1"},
             {"SEARCH.AGGREGATE h '{}' '{}'", "nil"},
             {"SEARCH.QUERY i '{}'", "[]"},
             {"SEARCH.COUNT i '{}'", "0"},
         });
}

TEST(Search, RefusesWhatIsNoIndex) {
  CommandTest t;
  t.run("SET text v");
  expect(
      t,
      {
          {"SEARCH.CREATE text ON HASH PREFIX 1 x SCHEMA t TEXT", kWrongType},
          {"SEARCH.QUERY text '{}'", kWrongType},
          {"SEARCH.COUNT text '{}'", kWrongType},
          {"SEARCH.AGGREGATE text '{}' '{}'", kWrongType},
          {"SEARCH.DESCRIBE text", kWrongType},
          {"SEARCH.DROP text", kWrongType},
          {"SEARCH.REINDEX text", kWrongType},
          {"SEARCH.WAITINDEXING text", kWrongType},
          {"SEARCH.CREATE i ON LIST PREFIX 1 x SCHEMA t TEXT",
           "(error) ERR Unknown data type 'LIST', expected HASH, JSON, STRING or STREAM"},
          {"SEARCH.CREATE i ON HASH PREFIX 0 x SCHEMA t TEXT",
           "(error) ERR PREFIX needs the number of prefixes and as many of them"},
          {"SEARCH.CREATE i ON HASH PREFIX 9 x SCHEMA t TEXT",
           "(error) ERR PREFIX needs the number of prefixes and as many of them"},
          {"SEARCH.CREATE i ON HASH PREFIX x y SCHEMA t TEXT",
           "(error) ERR value is not an integer or out of range"},
          {"SEARCH.CREATE i ON HASH PREFIX 2 a ab SCHEMA t TEXT",
           "(error) ERR Prefixes 'a' and 'ab' overlap"},
          {"SEARCH.CREATE i ON HASH LANGUAGE klingon PREFIX 1 a SCHEMA t TEXT",
           "(error) ERR Unknown language 'klingon', expected one of arabic, danish, dutch, "
           "english, "
           "finnish, french, german, greek, hungarian, italian, norwegian, portuguese, romanian, "
           "russian, spanish, swedish, tamil, turkish"},
          {"SEARCH.CREATE i ON HASH SKIPINITIALSCAN EXISTSOK SCHEMA t TEXT",
           "(error) ERR An index needs at least one prefix"},
          {"SEARCH.CREATE i PREFIX 1 a LANGUAGE english SCHEMA t TEXT",
           "(error) ERR Missing ON with the data type of the index"},
          {"SEARCH.CREATE i ON HASH PREFIX 1 a LANGUAGE english",
           "(error) ERR Missing SCHEMA of the index"},
          {"SEARCH.CREATE i ON HASH ON JSON PREFIX 1 a SCHEMA t TEXT",
           "(error) ERR Option ON is repeated"},
          {"SEARCH.CREATE i ON STREAM s PREFIX 1 a SCHEMA t TEXT",
           "(error) ERR Option PREFIX is repeated"},
          {"SEARCH.CREATE i ON HASH PREFIX 1 a SCHEMA t HYBRID",
           "(error) ERR Field 't' of type HYBRID needs embeddings made by a service, which is not "
           "here"},
          {"SEARCH.CREATE i ON HASH PREFIX 1 a SCHEMA t", "(error) ERR Missing type of field 't'"},
          {"EXISTS i", "0"},
      });
}

TEST(Search, ReadsHashes) {
  CommandTest t;
  t.run("HSET h:old name 'Old Timer' score 7 when 2026-01-10T10:00:00Z");
  expect(t,
         {
             {"SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA name TEXT score U64 FAST when DATE FAST "
              "alias TEXT NOTOKENIZE FROM name",
              "1"},
             {"HSET h:1 name Alice score 95 other x", "3"},
             {"HSET h:2 name Bob score -3", "2"},
             {"HSET x:1 name Alice", "1"},
             {"SET h:text Alice", "OK"},
             {R"(SEARCH.QUERY i '{"score":{"$gt":50}}')",
              R"([["h:1", "1", [["name", "Alice"], ["score", "95"], ["other", "x"]]]])"},
             {R"(SEARCH.COUNT i '{}')", "3"},
             {R"(SEARCH.COUNT i '{"score":{"$gte":0}}')", "2"},
             {R"(SEARCH.QUERY i '{"alias":{"$eq":"Alice"}}' SELECT 3 score alias name HIGHLIGHT )"
              R"(FIELDS 1 alias)",
              R"([["h:1", "0.98082924", [["score", "95"], ["name", "<em>Alice</em>"]]]])"},
             {"HDEL h:1 score", "1"},
             {R"(SEARCH.COUNT i '{"score":{"$gte":0}}')", "1"},
             {R"(SEARCH.QUERY i '{"when":{"$lt":"2026-01-11"}}' NOCONTENT)", R"([["h:old", "1"]])"},
         });
}

TEST(Search, ReadsJsonAndTextsOfIt) {
  CommandTest t;
  for (std::string_view source : {"JSON", "STRING"}) {
    const std::string set = source == "JSON" ? "JSON.SET d:1 $ " : "SET d:1 ";
    t.run("FLUSHALL");
    expect(t,
           {{"SEARCH.CREATE i ON " + std::string(source) +
                 " PREFIX 1 d: SCHEMA title TEXT a.name TEXT tags KEYWORD a.n I64 FAST",
             "1"},
            {set + R"('{"title":"red fox","a":{"name":"Reynard","n":-5},"tags":["x","y"],)"
                   R"("l":[{"m":1},{"m":2}]}')",
             "OK"},
            {R"(SEARCH.QUERY i '{"tags":{"$eq":"y"}}' SELECT 5 title a.n a tags none)",
             R"([["d:1", "0.2876821", [["title", "red fox"], ["a.n", "-5"], )"
             R"(["a", "{"name":"Reynard","n":-5}"], ["tags", "["x","y"]"]]]])"},
            {R"(SEARCH.QUERY i '{"tags":{"$eq":"x"}}' SELECT 1 l.m HIGHLIGHT FIELDS 0)",
             R"([["d:1", "0.2876821", [["l.m", "[1,2]"]]]])"},
            {R"(SEARCH.QUERY i '{"a.name":{"$eq":"reynard"}}' HIGHLIGHT FIELDS 1 a.name )"
             R"(TAGS < >)",
             R"([["d:1", "0.2876821", [["$", "{"title":"red fox","a":{"name":"<Reynard>","n":-5},)"
             R"("tags":["x","y"],"l":[{"m":1},{"m":2}]}"]]]])"},
            {"SEARCH.QUERY i '{}'",
             R"([["d:1", "1", [["$", "{"title":"red fox","a":{"name":"Reynard","n":-5},)"
             R"("tags":["x","y"],"l":[{"m":1},{"m":2}]}"]]]])"}});
  }
  // What is no object is no document.
  for (std::string_view text : {"plain", "[1]", "{", "17", "'{\"title\":'"}) {
    t.run("SET d:2 " + std::string(text));
    EXPECT_EQ(t.run("SEARCH.COUNT i '{}'"), "1") << text;
  }
  t.run("SET d:2 ' {}'");
  EXPECT_EQ(t.run("SEARCH.COUNT i '{}'"), "2");
}

TEST(Search, ReadsStreams) {
  CommandTest t;
  t.run("XADD s 1-1 f old");
  expect(t, {
                {"SEARCH.CREATE i ON STREAM s SCHEMA f TEXT n I64 FAST", "1"},
                {"XADD s 2-1 f new n 3", "\"2-1\""},
                {"XADD s 3-0 f newer n 4", "\"3-0\""},
                {"SEARCH.QUERY i '{\"f\":{\"$eq\":\"new\"}}' SELECT 1 n",
                 R"([["2-1", "0.98082924", [["n", "3"]]]])"},
                {"SEARCH.COUNT i '{}'", "3"},
                {"XDEL s 2-1", "1"},
                {"SEARCH.COUNT i '{}'", "2"},
                {"XTRIM s MAXLEN 1", "1"},
                {"SEARCH.QUERY i '{}' NOCONTENT", R"([["3-0", "1"]])"},
                {"DEL s", "1"},
                {"SEARCH.COUNT i '{}'", "0"},
                {"XADD s 1-5 f again", "\"1-5\""},
                {"SEARCH.QUERY i '{}'", R"([["1-5", "1", [["f", "again"]]]])"},
                // One that takes its place, and one that is no stream.
                {"XADD other 1-5 f another", "\"1-5\""},
                {"RENAME other s", "OK"},
                {"SEARCH.QUERY i '{}'", R"([["1-5", "1", [["f", "another"]]]])"},
                {"SET s text", "OK"},
                {"SEARCH.COUNT i '{}'", "0"},
                {"SEARCH.DESCRIBE i",
                 R"(["name", "i", "type", "STREAM", "prefixes", ["s"], "language", "english", )"
                 R"("indexSize", 0, "pendingUpdates", 0, "schema", [["f", "TEXT"], )"
                 R"(["n", "I64", "FAST"]]])"},
            });
  // Entries that were there before are left out, whatever becomes of the others.
  t.run("DEL s");
  t.run("XADD s 1-1 f old");
  expect(t, {
                {"SEARCH.CREATE late SKIPINITIALSCAN ON STREAM s SCHEMA f TEXT", "1"},
                {"SEARCH.COUNT late '{}'", "0"},
                {"XADD s 2-1 f new", "\"2-1\""},
                {"XADD s 2-2 f newer", "\"2-2\""},
                {"XDEL s 2-1", "1"},
                {"SEARCH.QUERY late '{}' NOCONTENT", R"([["2-2", "1"]])"},
                {"SEARCH.REINDEX late", "1"},
                {"SEARCH.COUNT late '{}'", "2"},
            });
  // More than is read at once.
  for (int i = 0; i < 100; i++) t.run("XADD s * f many");
  EXPECT_EQ(t.run("SEARCH.COUNT late '{}'"), "102");
}

TEST(Search, FollowsWhateverHappensToAKey) {
  CommandTest t;
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT");
  for (int i = 1; i <= 3; i++) t.run("HSET h:" + std::to_string(i) + " f word");
  EXPECT_EQ(keys_of(t, "i"), "h:1 h:2 h:3");
  const std::pair<std::string_view, std::string_view> kSteps[] = {
      // What was touched last comes last.
      {"HSET h:1 f word", "h:2 h:3 h:1"},
      {"RENAME h:2 h:9", "h:3 h:1 h:9"},
      {"RENAME h:9 x", "h:3 h:1"},
      {"COPY h:1 h:0", "h:3 h:1 h:0"},
      {"SET h:3 text", "h:1 h:0"},
      {"EVAL 'return redis.call(\"hset\", KEYS[1], \"f\", \"x\")' 1 h:3", "h:1 h:0"},
      {"DEL h:3", "h:1 h:0"},
      {"EVAL 'return redis.call(\"hset\", KEYS[1], \"f\", \"x\")' 1 h:3", "h:1 h:0 h:3"},
      {"HEXPIRE h:3 1 FIELDS 1 f", "h:1 h:0 h:3"},
      {"MOVE h:0 1", "h:1 h:3"},
      {"UNLINK h:1", "h:3"},
  };
  for (auto [call, keys] : kSteps) {
    t.run(call);
    EXPECT_EQ(keys_of(t, "i"), keys) << call;
  }
  t.advance_ms(5000);
  EXPECT_EQ(keys_of(t, "i"), "[]");
  t.run("HSET h:1 f word");
  t.run("PEXPIRE h:1 50");
  EXPECT_EQ(keys_of(t, "i"), "h:1");
  // Before anybody has looked for it.
  t.advance_lazily_ms(51);
  EXPECT_EQ(keys_of(t, "i"), "[]");
  t.run("HSET h:1 f word");
  t.run("SELECT 1");
  t.run("HSET h:7 f word");
  t.run("SELECT 0");
  EXPECT_EQ(keys_of(t, "i"), "h:1");
  t.run("SWAPDB 0 1");
  EXPECT_EQ(t.run("SEARCH.LISTINDEXES"), "[]");
  t.run("SELECT 1");
  EXPECT_EQ(keys_of(t, "i"), "h:1");
  t.run("HSET h:8 f word");
  EXPECT_EQ(keys_of(t, "i"), "h:1 h:8");
  t.run("FLUSHDB");
  EXPECT_EQ(t.run("SEARCH.LISTINDEXES"), "[]");
  EXPECT_EQ(t.run("SEARCH.QUERY i '{}'"), "nil");
}

// The order of ties must not depend on when the index has read its keys.
TEST(Search, TheOrderIsThatOfTheLastTouchHoweverOftenItCaughtUp) {
  for (bool often : {false, true}) {
    CommandTest t;
    for (std::string_view key : {"h:b", "h:c", "h:a"}) t.run("HSET " + std::string(key) + " f w");
    t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT");
    for (std::string_view call : {"HSET h:z f w", "HSET h:b f w", "HSET h:y f w", "DEL h:z",
                                  "HSET h:z f w", "EXPIRE h:y 100"}) {
      if (often) t.run("SEARCH.WAITINDEXING i");
      t.run(call);
    }
    EXPECT_EQ(keys_of(t, "i"), "h:a h:c h:b h:z h:y") << often;
    t.run("SEARCH.REINDEX i");
    EXPECT_EQ(keys_of(t, "i"), "h:a h:b h:c h:y h:z");
  }
}

TEST(Search, ReadsInSlicesAtTheEndOfTurns) {
  CommandTest t;
  for (int i = 0; i < 3000; i++) t.run("HSET h:" + std::to_string(i) + " f 'some words to read'");
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT");
  t.run("SEARCH.CREATE skipped SKIPINITIALSCAN ON HASH PREFIX 1 h: SCHEMA f TEXT");
  int turns = 0;
  while (t.engine().end_turn()) {
    turns++;
    ASSERT_LT(turns, 100000);
  }
  EXPECT_GT(turns, 1);
  EXPECT_NE(t.run("SEARCH.DESCRIBE i").find(R"("indexSize", 3000, "pendingUpdates", 0)"),
            std::string::npos);
  EXPECT_EQ(t.run("SEARCH.COUNT skipped '{}'"), "0");
  t.run("SEARCH.REINDEX i");
  EXPECT_NE(t.run("SEARCH.DESCRIBE i").find(R"("indexSize", 0, "pendingUpdates", 1)"),
            std::string::npos);
  EXPECT_EQ(t.run("SEARCH.COUNT i '{}'"), "3000");
  t.run("HSET h:1 f x");
  t.run("HSET h:1 f y");
  t.run("HSET h:2 f y");
  EXPECT_NE(t.run("SEARCH.DESCRIBE i").find(R"("pendingUpdates", 2)"), std::string::npos);
  EXPECT_EQ(t.run("SEARCH.COUNT skipped '{}'"), "2");
}

TEST(Search, QueriesWithOptions) {
  CommandTest t;
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT n U64 FAST slow U64 kw KEYWORD");
  for (int i = 1; i <= 12; i++) {
    const std::string n = std::to_string(i);
    t.run("HSET h:" + n + " f word n " + n + " kw k" + std::to_string(i % 2));
  }
  constexpr std::string_view kLimit =
      "(error) ERR limit should be a positive number less than 1000";
  const std::pair<std::string_view, std::string_view> kSteps[] = {
      {"LIMIT 2 OFFSET 3 NOCONTENT", R"([["h:4", "1"], ["h:5", "1"]])"},
      {"ORDERBY n LIMIT 2 NOCONTENT", R"([["h:12", "12"], ["h:11", "11"]])"},
      {"ORDERBY n ASC OFFSET 10 NOCONTENT", R"([["h:11", "11"], ["h:12", "12"]])"},
      {"ORDERBY n DESC LIMIT 1 NOCONTENT", R"([["h:12", "12"]])"},
      {"ORDERBY kw ASC LIMIT 1 NOCONTENT", R"([["h:2", "k0"]])"},
      {"LIMIT 1 SELECT 1 n", R"([["h:1", "1", [["n", "1"]]]])"},
      {"LIMIT 1 SELECT 0", R"([["h:1", "1", []]])"},
      {"SCOREFUNC SCOREMODE REPLACE FIELDVALUE n FACTOR 2 LIMIT 1 NOCONTENT",
       R"([["h:12", "24"]])"},
      {"SCOREFUNC COMBINEMODE SUM FIELDVALUE n SCOREMODE SUM FIELDVALUE n MODIFIER square LIMIT 1 "
       "NOCONTENT",
       R"([["h:12", "157"]])"},
      {"OFFSET 20", "[]"},
      {"LIMIT 0", kLimit},
      {"LIMIT 1001", kLimit},
      {"LIMIT x", kLimit},
      {"LIMIT 0 10", kLimit},
      {"LIMIT 5 10", "(error) ERR syntax error near '10'"},
      {"LIMIT", "(error) ERR syntax error"},
      {"OFFSET -1", "(error) ERR offset should be a non-negative number"},
      {"ORDERBY none", "(error) ERR Unknown field 'none' in ORDERBY"},
      {"ORDERBY slow", "(error) ERR ORDERBY requires field 'slow' to be FAST"},
      {"ORDERBY f", "(error) ERR ORDERBY requires field 'f' to be FAST"},
      {"SELECT 3 a b", "(error) ERR SELECT needs the number of fields and as many of them"},
      {"SELECT -1", "(error) ERR SELECT needs the number of fields and as many of them"},
      {"SELECT 1 n NOCONTENT", "(error) ERR NOCONTENT cannot be combined with SELECT or HIGHLIGHT"},
      {"HIGHLIGHT FIELDS 1 f NOCONTENT",
       "(error) ERR NOCONTENT cannot be combined with SELECT or HIGHLIGHT"},
      {"HIGHLIGHT FIELDS 1 none", "(error) ERR Unknown field 'none' in HIGHLIGHT"},
      {"HIGHLIGHT 1 f", "(error) ERR syntax error near '1'"},
      {"HIGHLIGHT FIELDS 1 f TAGS <b>", "(error) ERR syntax error"},
      {"ORDERBY n SCOREFUNC FIELDVALUE n", "(error) ERR SCOREFUNC cannot be combined with ORDERBY"},
      {"SCOREFUNC SCOREMODE SUM", "(error) ERR SCOREFUNC needs a FIELDVALUE"},
      {"SCOREFUNC SCOREMODE TWICE FIELDVALUE n", "(error) ERR Unknown SCOREMODE 'TWICE'"},
      {"SCOREFUNC COMBINEMODE REPLACE FIELDVALUE n", "(error) ERR Unknown COMBINEMODE 'REPLACE'"},
      {"SCOREFUNC FIELDVALUE n MODIFIER CUBE", "(error) ERR Unknown MODIFIER 'CUBE'"},
      {"SCOREFUNC FIELDVALUE n FACTOR x", "(error) ERR value is not a valid float"},
      {"SCOREFUNC FIELDVALUE none", "(error) ERR Unknown field 'none' in SCOREFUNC"},
      {"SCOREFUNC FIELDVALUE slow",
       "(error) ERR SCOREFUNC requires field 'slow' to be a FAST number"},
      {"WHAT", "(error) ERR syntax error near 'WHAT'"},
  };
  for (auto [options, answer] : kSteps) {
    EXPECT_EQ(t.run("SEARCH.QUERY i '{}' " + std::string(options)), answer) << options;
  }
  expect(t,
         {
             {R"(SEARCH.QUERY i '{"f":{"$not":1}}')", "(error) ERR Unknown field operator: $not"},
             {R"(SEARCH.COUNT i '{"f":{"$not":1}}')", "(error) ERR Unknown field operator: $not"},
             {R"(SEARCH.AGGREGATE i '{}' '{"a":{"$avg":{"field":"n"}}}')",
              R"(["a", ["value", "6.5"]])"},
             {R"(SEARCH.AGGREGATE i '{"n":{"$lte":3}}' '{"t":{"$terms":{"field":"kw"}}}')",
              R"(["t", ["buckets", [["key", "k1", "docCount", 2], ["key", "k0", "docCount", 1]],)"
              R"( "sumOtherDocCount", 0, "docCountErrorUpperBound", 0]])"},
         });
  EXPECT_TRUE(
      t.run(R"(SEARCH.AGGREGATE i '{}' '{"a":{"$avg":{"field":"slow"}}}')").starts_with("(error)"));
  EXPECT_TRUE(t.run("SEARCH.QUERY i not-json").starts_with("(error) ERR"));
}

TEST(Search, Aliases) {
  CommandTest t;
  t.run("SEARCH.CREATE one ON HASH PREFIX 1 h: SCHEMA f TEXT");
  t.run("SEARCH.CREATE two ON HASH PREFIX 1 h: SCHEMA f TEXT");
  t.run("HSET h:1 f word");
  expect(t, {
                {"SEARCH.LISTALIASES", "[]"},
                {"SEARCH.ALIASADD other missing", "1"},
                {"SEARCH.ALIASADD name one", "1"},
                {"SEARCH.ALIASADD name one", "2"},
                {"SEARCH.LISTALIASES", R"([["name", "one"], ["other", "missing"]])"},
                {"SEARCH.QUERY name '{}' NOCONTENT", R"([["h:1", "1"]])"},
                {"SEARCH.COUNT name '{}'", "1"},
                {"SEARCH.WAITINDEXING name", "1"},
                {"SEARCH.REINDEX name", "1"},
                {"SEARCH.COUNT other '{}'", "-1"},
                {"SEARCH.ALIASADD name two", "2"},
                {"SEARCH.DROP name", "0"},
                {"SEARCH.DROP one", "1"},
                {"SEARCH.COUNT name '{}'", "1"},
                {"SEARCH.DROP two", "1"},
                {"SEARCH.COUNT name '{}'", "-1"},
                {"SEARCH.LISTALIASES", R"([["name", "two"], ["other", "missing"]])"},
                {"SEARCH.ALIASDEL name", "1"},
                {"SEARCH.ALIASDEL name", "0"},
                {"SELECT 1", "OK"},
                {"SEARCH.LISTALIASES", "[]"},
                {"SEARCH.ALIASDEL other", "0"},
                {"SWAPDB 0 1", "OK"},
                {"SEARCH.LISTALIASES", R"([["other", "missing"]])"},
                {"FLUSHALL", "OK"},
                {"SEARCH.LISTALIASES", "[]"},
            });
  EXPECT_NE(t.run("SEARCH.DESCRIBE name"), "");
}

TEST(Search, AnIndexIsAKey) {
  CommandTest t;
  t.run("HSET h:1 f word");
  expect(t, {
                {"SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT", "1"},
                {"TYPE i", "search"},
                {"OBJECT ENCODING i", "\"search\""},
                {"SCAN 0 TYPE search", R"(["0", ["i"]])"},
                {"EXISTS i", "1"},
                {"GET i", kWrongType},
                {"HSET i a b", kWrongType},
                {"JSON.GET i", kWrongType},
                {"COPY i j", "(error) ERR a search index cannot be copied"},
                {"MOVE i 1", "(error) ERR a search index cannot be moved to another database"},
                {"RENAME i k", "OK"},
                {"SEARCH.LISTINDEXES", R"([["name", "k", "type", "HASH"]])"},
                {"SEARCH.COUNT i '{}'", "-1"},
                {"HSET h:2 f word", "1"},
                {"SEARCH.COUNT k '{}'", "2"},
                {"EXPIRE k 100", "1"},
                {"TTL k", "100"},
                {"PERSIST k", "1"},
                {"DEL k", "1"},
                {"SEARCH.LISTINDEXES", "[]"},
                {"HSET h:3 f word", "1"},
                {"SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT", "1"},
                {"SEARCH.COUNT i '{}'", "3"},
                // As with all types, SET does not ask what was there.
                {"SET i text", "OK"},
                {"HSET h:4 f word", "1"},
                {"SEARCH.LISTINDEXES", "[]"},
                // An index that takes its own name, and one that its time takes.
                {"DEL i", "1"},
                {"SEARCH.CREATE h: ON HASH PREFIX 1 h: SCHEMA f TEXT", "1"},
                {"SEARCH.CREATE h:i ON HASH PREFIX 1 h: SCHEMA f TEXT", "1"},
                {"PEXPIRE h:i 10", "1"},
                {"PEXPIRE h: 10", "1"},
                {"SEARCH.COUNT h:i '{}'", "4"},
            });
  EXPECT_NE(t.run("MEMORY USAGE h:i"), "nil");
  t.advance_lazily_ms(11);
  EXPECT_EQ(t.run("SEARCH.LISTINDEXES"), "[]");
  EXPECT_EQ(t.run("SEARCH.COUNT h:i '{}'"), "-1");
}

// Their keys go while indexes are read: by the walk over all of them, by looking for a stream.
TEST(Search, IndexesExpireWhileTheyAreRead) {
  CommandTest t;
  for (const char* name : {"i", "j", "k"}) {
    t.run(std::string("SEARCH.CREATE ") + name + " ON HASH PREFIX 1 h: SCHEMA f TEXT");
    t.run(std::string("PEXPIRE ") + name + " 100");
  }
  t.run("HSET h:1 f word");
  t.advance_lazily_ms(1000);
  EXPECT_NE(t.run("DEBUG DIGEST"), "\"" + std::string(40, '0') + "\"");
  EXPECT_EQ(t.run("DBSIZE"), "1");
  EXPECT_EQ(t.run("SEARCH.LISTINDEXES"), "[]");

  t.run("SEARCH.CREATE s ON STREAM s SCHEMA f TEXT");
  t.run("PEXPIRE s 1");
  t.advance_ms(2);
  EXPECT_EQ(t.run("SEARCH.COUNT s '{}'"), "-1");
  EXPECT_EQ(t.run("DBSIZE"), "1");
}

TEST(Search, GivesBackAllMemory) {
  CommandTest t;
  t.run("PING");
  const size_t before = t.engine().used_memory();
  for (int i = 0; i < 2000; i++) {
    t.run("HSET h:" + std::to_string(i) + " f 'words of number" + std::to_string(i) + "' n 3");
  }
  const size_t with_keys = t.engine().used_memory();
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT n U64 FAST");
  t.run("SEARCH.WAITINDEXING i");
  EXPECT_GT(t.engine().used_memory(), with_keys + 20000);
  t.run("SEARCH.REINDEX i");
  for (int i = 0; i < 500; i++) t.run("HSET h:" + std::to_string(i) + " f other");
  t.run("SEARCH.DROP i");
  while (t.engine().end_turn()) {
  }
  EXPECT_LE(t.engine().used_memory(), with_keys + 200000);
  t.run("FLUSHALL");
  while (t.engine().end_turn()) {
  }
  EXPECT_LE(t.engine().used_memory(), before + 200000);
}

// What goes to make room must not take more of it under another name.
TEST(Search, EvictionLeavesTheNewestDocuments) {
  CommandTest t;
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT n U64 FAST");
  t.run("CONFIG SET maxmemory-policy allkeys-lru");
  t.run("CONFIG SET maxmemory " + std::to_string(t.engine().used_memory() + 3000000));
  for (int i = 0; i < 30000; i++) {
    const std::string n = std::to_string(i);
    ASSERT_EQ(t.run("HSET h:" + n + " f 'some words and number" + n + "' n " + n), "2") << i;
    if (i % 1000 == 0) t.advance_ms(1000);
  }
  EXPECT_EQ(t.run("TYPE i"), "search");
  t.run("CONFIG SET maxmemory 0");  // reading takes room as well
  EXPECT_EQ(t.run("SEARCH.COUNT i '{}'"), std::to_string(std::stoi(t.run("DBSIZE")) - 1));
  EXPECT_GT(std::stoi(t.run("DBSIZE")), 2000);
}

TEST(Search, InTransactionsWithoutContentOnly) {
  CommandTest t;
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT");
  constexpr std::string_view kRefused =
      "ERR SEARCH.QUERY needs NOCONTENT in a transaction or script";
  expect(t, {
                {"MULTI", "OK"},
                {"HSET h:1 f word", "QUEUED"},
                {"SEARCH.QUERY i '{}'", "QUEUED"},
                {"SEARCH.QUERY i '{}' NOCONTENT", "QUEUED"},
                {"SEARCH.COUNT i '{}'", "QUEUED"},
            });
  EXPECT_EQ(t.run("EXEC"), "[1, (error) " + std::string(kRefused) + R"(, [["h:1", "1"]], 1])");
  EXPECT_NE(t.run("EVAL 'return redis.call(\"search.query\", KEYS[1], \"{}\")' 1 i").find(kRefused),
            std::string::npos);
  EXPECT_EQ(t.run("EVAL 'return redis.call(\"search.query\", KEYS[1], \"{}\", \"nocontent\")' 1 i"),
            R"([["h:1", "1"]])");
}

TEST(Search, SaysTheSameInResp3) {
  CommandTest t;
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT n F64 FAST");
  t.run("HSET h:1 f word n 1.5");
  t.run("HELLO 3");
  expect(t, {
                {"SEARCH.QUERY i '{}'", R"([["h:1", 1, [["f", "word"], ["n", "1.5"]]]])"},
                {"SEARCH.QUERY none '{}'", "nil"},
                {"SEARCH.LISTINDEXES", R"([{"name": "i", "type": "HASH"}])"},
                {R"(SEARCH.AGGREGATE i '{}' '{"a":{"$avg":{"field":"n"}}}')",
                 R"({"a": {"value": 1.5}})"},
            });
}

TEST(Search, IsPropagatedAndMayBeForbidden) {
  CommandTest t;
  t.run("SET unrelated 1");
  t.effects();
  const std::pair<std::string_view, std::string_view> kSteps[] = {
      {"SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT",
       "SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT"},
      {"SEARCH.CREATE i EXISTSOK ON HASH PREFIX 1 h: SCHEMA f TEXT", ""},
      {"SEARCH.REINDEX i", "SEARCH.REINDEX i"},
      {"SEARCH.QUERY i '{}'", ""},
      {"SEARCH.ALIASADD a i", "SEARCH.ALIASADD a i"},
      {"SEARCH.ALIASDEL a", "SEARCH.ALIASDEL a"},
      {"SEARCH.ALIASDEL a", ""},
      {"SEARCH.DROP i", "SEARCH.DROP i"},
  };
  for (auto [call, effect] : kSteps) {
    t.run(call);
    EXPECT_EQ(t.effects(), effect) << call;
  }
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT");
  auto user = t.connect();
  t.run("ACL SETUSER u on nopass +@read ~i");
  user->run("AUTH u x");
  EXPECT_EQ(user->run("SEARCH.COUNT i '{}'"), "0");
  EXPECT_TRUE(user->run("SEARCH.COUNT j '{}'").starts_with("(error) NOPERM"));
  EXPECT_TRUE(user->run("SEARCH.DROP i").starts_with("(error) NOPERM"));
  EXPECT_NE(t.run("ACL CAT search").find("search.query"), std::string::npos);
}

// ---- files

std::string saved(CommandTest& t) {
  RdbStringSink sink;
  EXPECT_TRUE(save_rdb(t.engine(), t.engine().default_tenant(), {}, sink));
  return std::move(sink.text());
}

std::string load(CommandTest& t, std::string_view file, size_t slice) {
  RdbStringSource source(file);
  RdbLoader loader(t.engine(), t.engine().default_tenant(), source, {});
  while (loader.step(slice) == RdbLoader::Step::kMore) {
  }
  return loader.error();
}

TEST(Search, IsReloadedAsItWas) {
  CommandTest live;
  for (std::string_view key : {"h:c", "h:a", "h:b"}) live.run("HSET " + std::string(key) + " f w");
  live.run("XADD s 1-1 f w");
  live.run(
      "SEARCH.CREATE i LANGUAGE french ON HASH PREFIX 2 h: g: SCHEMA f TEXT n F64 FAST FROM m");
  live.run("SEARCH.CREATE skips SKIPINITIALSCAN ON HASH PREFIX 1 h: SCHEMA f TEXT");
  live.run("SEARCH.CREATE entries ON STREAM s SCHEMA f TEXT");
  live.run("SEARCH.CREATE late SKIPINITIALSCAN ON STREAM s SCHEMA f TEXT");
  live.run("SEARCH.ALIASADD 'an alias' i");
  live.run("EXPIRE i 1000");
  live.run("SELECT 3");
  live.run("SEARCH.ALIASADD elsewhere none");
  live.run("SELECT 0");
  // Saved in each state: not read at all, in part, and all of it.
  for (int state = 0; state < 3; state++) {
    if (state > 0) live.run("HSET h:a f w");
    if (state > 0) live.run("XADD s * f w");
    if (state == 2) live.run("SEARCH.WAITINDEXING i");
    const std::string file = saved(live);
    for (size_t slice : {size_t{1}, size_t{1} << 30}) {
      CommandTest again;
      ASSERT_EQ(load(again, file, slice), "");
      for (std::string_view call :
           {"SEARCH.QUERY i '{}' NOCONTENT", "SEARCH.QUERY skips '{}' NOCONTENT",
            "SEARCH.QUERY entries '{}' NOCONTENT", "SEARCH.QUERY late '{}' NOCONTENT",
            "SEARCH.LISTALIASES", "SEARCH.LISTINDEXES", "SEARCH.COUNT 'an alias' '{}'", "TTL i",
            "SEARCH.DESCRIBE i", "DEBUG DIGEST"}) {
        EXPECT_EQ(again.run(call), live.run(call)) << call << " in state " << state;
      }
      again.run("SELECT 3");
      EXPECT_EQ(again.run("SEARCH.LISTALIASES"), R"([["elsewhere", "none"]])");
      again.run("SELECT 0");
      again.run("HSET h:z f w");
      EXPECT_EQ(again.run("SEARCH.COUNT i '{}'"), "4");
    }
  }
}

TEST(Search, IsDumpedAndRestored) {
  CommandTest t;
  t.run("HSET h:1 f w");
  t.run("SEARCH.CREATE i ON HASH PREFIX 1 h: SCHEMA f TEXT");
  const std::string bytes = t.raw({"DUMP", "i"});
  const size_t begin = bytes.find("\r\n") + 2;
  const std::string payload = bytes.substr(begin, bytes.size() - begin - 2);
  EXPECT_EQ(t.run({"RESTORE", "j", "0", payload}), "OK");
  t.run("HSET h:2 f w");
  EXPECT_EQ(t.run("SEARCH.COUNT j '{}'"), "2");
  EXPECT_EQ(t.run({"RESTORE", "i", "0", payload, "REPLACE"}), "OK");
  EXPECT_EQ(t.run("SEARCH.LISTINDEXES"),
            R"([["name", "i", "type", "HASH"], ["name", "j", "type", "HASH"]])");
  // Cut off anywhere, or with a byte changed, it is refused or is an index; nothing is lost.
  for (size_t i = 0; i < payload.size(); i++) {
    t.run({"RESTORE", "k", "0", payload.substr(0, i)});
    std::string changed = payload;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    t.run({"RESTORE", "k", "0", changed});
    t.run("DEL k");
  }
  EXPECT_EQ(t.run("SEARCH.COUNT i '{}'"), "2");
}

}  // namespace
}  // namespace redstart
