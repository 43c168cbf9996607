#include <cmath>
#include <string>

#include "base/base64.h"
#include "tests/commands/steps.h"

namespace redstart {
namespace {

constexpr std::string_view kWrongType =
    "(error) WRONGTYPE Operation against a key holding the wrong kind of value";
constexpr std::string_view kNoIndex = "(error) ERR Index v is not found";
constexpr std::string_view kNoCount =
    "(error) ERR VALUES needs the number of elements and as many of them";

TEST(Vector, IsMadeAndToldOf) {
  CommandTest t;
  expect(
      t,
      {
          {"VECTOR.INFO v", "nil"},
          {"VECTOR.COUNT v", "0"},
          {"VECTOR.DROP v", "0"},
          {"VECTOR.CREATE v DIM 3 METRIC cosine", "1"},
          {"VECTOR.INFO v", R"(["dimension", 3, "metric", "COSINE"])"},
          {"VECTOR.CREATE v DIM 3 METRIC COSINE", "(error) ERR Index v already exists"},
          {"VECTOR.CREATE v DIM 3 METRIC COSINE EXISTSOK", "0"},
          {"VECTOR.CREATE v EXISTSOK METRIC DOT DIM 3",
           "(error) ERR Index v already exists with a different configuration"},
          {"VECTOR.CREATE v DIM 4 METRIC COSINE EXISTSOK",
           "(error) ERR Index v already exists with a different configuration"},
          {"VECTOR.CREATE w METRIC EUCLIDEAN DIM 32768", "1"},
          {"VECTOR.DROP w", "1"},
          {"VECTOR.CREATE w DIM 0 METRIC DOT", "(error) ERR DIM must be between 1 and 32768"},
          {"VECTOR.CREATE w DIM 32769 METRIC DOT", "(error) ERR DIM must be between 1 and 32768"},
          {"VECTOR.CREATE w DIM x METRIC DOT",
           "(error) ERR value is not an integer or out of range"},
          {"VECTOR.CREATE w DIM 3 METRIC L2",
           "(error) ERR Unknown metric 'L2', expected COSINE, EUCLIDEAN or DOT"},
          {"VECTOR.CREATE w DIM 3 EXISTSOK EXISTSOK", "(error) ERR Missing METRIC of the index"},
          {"VECTOR.CREATE w METRIC DOT EXISTSOK EXISTSOK", "(error) ERR Missing DIM of the index"},
          {"VECTOR.CREATE w DIM 3 DIM 3", "(error) ERR syntax error"},
          {"VECTOR.CREATE w DIM 3 METRIC DOT DIM", "(error) ERR syntax error"},
          {"VECTOR.CREATE w DIM 3 METRIC",
           "(error) ERR wrong number of arguments for 'vector.create' command"},
          {"EXISTS w", "0"},
      });
}

TEST(Vector, KeepsVectorsUnderIds) {
  CommandTest t;
  expect(t, {
                {"VECTOR.ADD v a VALUES 1 1", kNoIndex},
                {"VECTOR.GET v a", kNoIndex},
                {"VECTOR.DEL v a", kNoIndex},
                {"VECTOR.QUERY v TOPK 1 VALUES 1 1", kNoIndex},
                {"VECTOR.CREATE v DIM 2 METRIC EUCLIDEAN", "1"},
                {"VECTOR.GET v a", "nil"},
                {"VECTOR.ADD v a VALUES 2 1 -2.5", "1"},
                {"VECTOR.GET v a", R"(["1", "-2.5"])"},
                {R"(VECTOR.ADD v a FP32 "\x00\x00\x80?\x00\x00\x00\xc0")", "0"},
                {"VECTOR.GET v a", R"(["1", "-2"])"},
                {"VECTOR.ADD v b base64-fp32 AACAPwAAAEA=", "1"},
                {"VECTOR.GET v b", R"(["1", "2"])"},
                {"VECTOR.ADD v c values 2 0.1 1e-3", "1"},
                {"VECTOR.GET v c", R"(["0.10000000149011612", "0.0010000000474974513"])"},
                {"VECTOR.COUNT v", "3"},
                {"VECTOR.DEL v b", "1"},
                {"VECTOR.DEL v b", "0"},
                {"VECTOR.GET v b", "nil"},
                {"VECTOR.COUNT v", "2"},
                {"VECTOR.DEL v a", "1"},
                {"VECTOR.DEL v c", "1"},
                {"VECTOR.COUNT v", "0"},
                {"EXISTS v", "1"},
                {"VECTOR.QUERY v TOPK 5 VALUES 2 1 1", "[]"},
            });
}

TEST(Vector, RefusesWhatIsNone) {
  CommandTest t;
  t.run("VECTOR.CREATE v DIM 2 METRIC EUCLIDEAN");
  expect(
      t,
      {
          {"VECTOR.ADD v '' VALUES 2 1 1", "(error) ERR The id of a vector cannot be empty"},
          {"VECTOR.GET v ''", "(error) ERR The id of a vector cannot be empty"},
          {"VECTOR.DEL v ''", "(error) ERR The id of a vector cannot be empty"},
          {"VECTOR.ADD v a VALUES 3 1 2 3",
           "(error) ERR Vector dimension mismatch, the index has 2 but the vector has 3"},
          {"VECTOR.ADD v a FP32 1234",
           "(error) ERR Vector dimension mismatch, the index has 2 but the vector has 1"},
          {"VECTOR.ADD v a VALUES 3 1 2", kNoCount},
          {"VECTOR.ADD v a VALUES 0 1", kNoCount},
          {"VECTOR.ADD v a VALUES -1 1", kNoCount},
          {"VECTOR.ADD v a VALUES x 1", "(error) ERR value is not an integer or out of range"},
          {"VECTOR.ADD v a VALUES 2 1 2 3", "(error) ERR syntax error"},
          {"VECTOR.ADD v a VALUES 2", "(error) ERR syntax error"},
          {"VECTOR.ADD v a VALUES 2 1 nan",
           "(error) ERR Vector element 'nan' is not a valid 32-bit float"},
          {"VECTOR.ADD v a VALUES 2 inf 1",
           "(error) ERR Vector element 'inf' is not a valid 32-bit float"},
          {"VECTOR.ADD v a VALUES 2 1 1e39",
           "(error) ERR Vector element '1e39' is not a valid 32-bit float"},
          {"VECTOR.ADD v a FP32 12345",
           "(error) ERR FP32 blob must be a non-zero multiple of 4 bytes"},
          {"VECTOR.ADD v a FP32 ''",
           "(error) ERR FP32 blob must be a non-zero multiple of 4 bytes"},
          {R"(VECTOR.ADD v a FP32 "\x00\x00\x80\x7f\x00\x00\x80\x7f")",
           "(error) ERR FP32 blob has an element that is not finite"},
          {"VECTOR.ADD v a BASE64-FP32 AACAPwAAAEA",
           "(error) ERR BASE64-FP32 blob is not valid base64"},
          {"VECTOR.ADD v a BASE64-FP32 AACA",
           "(error) ERR FP32 blob must be a non-zero multiple of 4 bytes"},
          {"VECTOR.ADD v a FLOATS x", "(error) ERR Expected VALUES, FP32 or BASE64-FP32"},
          {"VECTOR.ADD v a FP32 12345678 FP32 12345678", "(error) ERR syntax error"},
          {"VECTOR.QUERY v TOPK 0 VALUES 2 1 1", "(error) ERR TOPK must be between 1 and 1000"},
          {"VECTOR.QUERY v TOPK 1001 VALUES 2 1 1", "(error) ERR TOPK must be between 1 and 1000"},
          {"VECTOR.QUERY v TOPK x VALUES 2 1 1",
           "(error) ERR value is not an integer or out of range"},
          {"VECTOR.QUERY v PROFILE FAST VALUES 2 1 1", "(error) ERR Missing TOPK of the query"},
          {"VECTOR.QUERY v TOPK 1 PROFILE FAST",
           "(error) ERR Expected VALUES, FP32 or BASE64-FP32"},
          {"VECTOR.QUERY v TOPK 1 PROFILE SLOW VALUES 2 1 1",
           "(error) ERR Unknown profile 'SLOW', expected FAST, BALANCED or PRECISE"},
          {"VECTOR.QUERY v TOPK 1 TOPK 2 VALUES 2 1 1", "(error) ERR syntax error"},
          {"VECTOR.QUERY v TOPK 1 PROFILE FAST PROFILE FAST VALUES 2 1 1",
           "(error) ERR syntax error"},
          {"VECTOR.QUERY v TOPK 1 VALUES 2 1 1 FP32 12345678",
           "(error) ERR A vector can be given only once, as VALUES, FP32 or BASE64-FP32"},
          {"VECTOR.QUERY v TOPK 1 VALUES 3 1 1 1",
           "(error) ERR Vector dimension mismatch, the index has 2 but the vector has 3"},
          {"VECTOR.COUNT v", "0"},
      });
  EXPECT_EQ(t.effects(), "SELECT 0; VECTOR.CREATE v DIM 2 METRIC EUCLIDEAN");
}

TEST(Vector, AnswersTheNearest) {
  CommandTest t;
  t.run("VECTOR.CREATE v DIM 2 METRIC EUCLIDEAN");
  t.run("VECTOR.ADD v origin VALUES 2 0 0");
  t.run("VECTOR.ADD v near VALUES 2 1 0");
  t.run("VECTOR.ADD v far VALUES 2 3 0");
  t.run("VECTOR.ADD v also VALUES 2 0 1");
  expect(t,
         {
             {"VECTOR.QUERY v TOPK 1 VALUES 2 0 0", R"([["origin", "1"]])"},
             {"VECTOR.QUERY v TOPK 3 VALUES 2 0 0",
              R"([["origin", "1"], ["also", "0.5"], ["near", "0.5"]])"},
             {"VECTOR.QUERY v VALUES 2 0 0 PROFILE precise TOPK 1000",
              R"([["origin", "1"], ["also", "0.5"], ["near", "0.5"], ["far", "0.1"]])"},
             {"VECTOR.QUERY v TOPK 1 PROFILE FAST BASE64-FP32 AACAPwAAAAA=", R"([["near", "1"]])"},
             {R"(VECTOR.QUERY v TOPK 1 FP32 "\x00\x00@@\x00\x00\x00\x00" PROFILE BALANCED)",
              R"([["far", "1"]])"},
             {"VECTOR.CREATE c DIM 2 METRIC COSINE", "1"},
             {"VECTOR.ADD c east VALUES 2 5 0", "1"},
             {"VECTOR.ADD c north VALUES 2 0 2", "1"},
             {"VECTOR.ADD c west VALUES 2 -3 0", "1"},
             {"VECTOR.ADD c none VALUES 2 0 0", "1"},
             {"VECTOR.QUERY c TOPK 4 VALUES 2 2 0",
              R"([["east", "1"], ["none", "0.5"], ["north", "0.5"], ["west", "0"]])"},
             {"VECTOR.CREATE d DIM 2 METRIC DOT", "1"},
             {"VECTOR.ADD d a VALUES 2 1 0", "1"},
             {"VECTOR.ADD d b VALUES 2 0.5 0", "1"},
             {"VECTOR.QUERY d TOPK 4 VALUES 2 1 0", R"([["a", "1"], ["b", "0.75"]])"},
         });
  t.run("HELLO 3");
  expect(t, {
                {"VECTOR.QUERY v TOPK 2 VALUES 2 0 0", R"([["origin", 1], ["also", 0.5]])"},
                {"VECTOR.GET v near", "[1, 0]"},
                {"VECTOR.GET v none", "nil"},
                {"VECTOR.INFO v", R"({"dimension": 2, "metric": "EUCLIDEAN"})"},
                {"VECTOR.INFO none", "nil"},
            });
}

TEST(Vector, AnIndexIsAKey) {
  CommandTest t;
  t.run("VECTOR.CREATE v DIM 2 METRIC DOT");
  t.run("VECTOR.ADD v a VALUES 2 1 2");
  t.run("SET s x");
  expect(t, {
                {"TYPE v", "vector"},
                {"OBJECT ENCODING v", "\"raw\""},
                {"SCAN 0 TYPE vector", R"(["0", ["v"]])"},
                {"EXISTS v", "1"},
                {"GET v", kWrongType},
                {"JSON.GET v", kWrongType},
                {"SEARCH.DROP v", kWrongType},
                {"VECTOR.CREATE s DIM 2 METRIC DOT EXISTSOK", kWrongType},
                {"VECTOR.ADD s a VALUES 1 1", kWrongType},
                {"VECTOR.GET s a", kWrongType},
                {"VECTOR.DEL s a", kWrongType},
                {"VECTOR.QUERY s TOPK 1 VALUES 1 1", kWrongType},
                {"VECTOR.COUNT s", kWrongType},
                {"VECTOR.INFO s", kWrongType},
                {"VECTOR.DROP s", kWrongType},
                {"COPY v w", "1"},
                {"VECTOR.ADD w b VALUES 2 3 4", "1"},
                {"VECTOR.COUNT v", "1"},
                {"VECTOR.GET w a", R"(["1", "2"])"},
                {"MOVE w 1", "1"},
                {"RENAME v k", "OK"},
                {"VECTOR.GET k a", R"(["1", "2"])"},
                {"EXPIRE k 100", "1"},
                {"VECTOR.ADD k b VALUES 2 3 4", "1"},
                {"TTL k", "100"},
                {"SET k x", "OK"},
                {"GET k", "\"x\""},
                {"SELECT 1", "OK"},
                {"UNLINK w", "1"},
            });
  EXPECT_NE(t.run("COMMAND LIST FILTERBY ACLCAT vector").find("\"vector.add\""), std::string::npos);
}

TEST(Vector, ChangesArePropagatedWatchedAndTold) {
  CommandTest t;
  auto watcher = t.connect();
  auto listener = t.connect();
  t.run("CONFIG SET notify-keyspace-events Ed");
  listener->run("PSUBSCRIBE *");
  listener->late();
  t.run("VECTOR.CREATE v DIM 2 METRIC DOT");
  auto changes = [&](std::string_view call) {
    watcher->run("WATCH v");
    t.run(call);
    watcher->run("MULTI");
    watcher->run("PING");
    return watcher->run("EXEC") == "nil";
  };
  EXPECT_TRUE(changes("VECTOR.ADD v a VALUES 2 1 2"));
  EXPECT_TRUE(changes("VECTOR.ADD v a VALUES 2 1 3"));
  EXPECT_FALSE(changes("VECTOR.DEL v b"));
  EXPECT_FALSE(changes("VECTOR.QUERY v TOPK 1 VALUES 2 1 3"));
  EXPECT_TRUE(changes("VECTOR.DEL v a"));
  EXPECT_TRUE(changes("VECTOR.DROP v"));
  EXPECT_EQ(t.effects(),
            "SELECT 0; VECTOR.CREATE v DIM 2 METRIC DOT; VECTOR.ADD v a VALUES 2 1 2; "
            "VECTOR.ADD v a VALUES 2 1 3; VECTOR.DEL v a; VECTOR.DROP v");
  const std::string told = listener->late();
  for (const char* event : {"vector.create", "vector.add", "vector.del", "vector.drop"}) {
    EXPECT_NE(told.find(event), std::string::npos) << told;
  }
}

// The element that decides comes last, whatever the dimension.
TEST(Vector, TakesTheLargestDimension) {
  CommandTest t;
  const size_t dimension = 32768;
  t.run("VECTOR.CREATE v DIM 32768 METRIC EUCLIDEAN");
  std::string blob(dimension * 4, '\0');
  EXPECT_EQ(t.run({"VECTOR.ADD", "v", "zero", "FP32", blob}), "1");
  blob[blob.size() - 2] = '\x80';
  blob[blob.size() - 1] = '\x3f';
  EXPECT_EQ(t.run({"VECTOR.ADD", "v", "one", "BASE64-FP32", base64_text(blob)}), "1");
  EXPECT_EQ(t.run({"VECTOR.QUERY", "v", "TOPK", "2", "FP32", blob}),
            R"([["one", "1"], ["zero", "0.5"]])");
}

TEST(Vector, DumpAndRestoreKeepAll) {
  CommandTest t;
  t.run("VECTOR.CREATE v DIM 2 METRIC COSINE");
  for (const char* id : {"a", "b", "c"}) t.run("VECTOR.ADD v " + std::string(id) + " VALUES 2 1 2");
  t.run("VECTOR.DEL v a");
  const std::string bytes = t.raw({"DUMP", "v"});
  const size_t head = bytes.find("\r\n") + 2;
  const std::string payload = bytes.substr(head, bytes.size() - head - 2);
  EXPECT_EQ(t.run({"RESTORE", "w", "0", payload}), "OK");
  EXPECT_EQ(t.run("DEBUG DIGEST-VALUE w"), t.run("DEBUG DIGEST-VALUE v"));
  EXPECT_EQ(t.run("VECTOR.QUERY w TOPK 5 VALUES 2 1 2"), R"([["b", "1"], ["c", "1"]])");
  for (size_t i = 0; i < payload.size(); i++) {
    EXPECT_TRUE(t.run({"RESTORE", "k", "0", payload.substr(0, i)}).starts_with("(error)")) << i;
  }
  t.run("VECTOR.ADD w b VALUES 2 1 3");
  EXPECT_NE(t.run("DEBUG DIGEST-VALUE w"), t.run("DEBUG DIGEST-VALUE v"));
  EXPECT_GT(std::stoi(t.run("MEMORY USAGE v")), 500);
}

}  // namespace
}  // namespace redstart
