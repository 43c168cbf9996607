#include "tests/commands/steps.h"

namespace redstart {
namespace {

constexpr std::string_view kNoKey =
    "(error) ERR could not perform this operation on a key that doesn't exist";

TEST(Json, SetsAndGets) {
  CommandTest t;
  expect(t,
         {
             {"JSON.GET k", "nil"},
             {"JSON.GET k $", "nil"},
             {"JSON.SET k $.a 1", "(error) ERR new objects must be created at the root"},
             {"JSON.SET k $ 1 XX", "nil"},
             {R"(JSON.SET k $ '{"a":1, "b":{"c":[1,2]}}')", "OK"},
             {"JSON.SET k $ 1 NX", "nil"},
             {"JSON.GET k", R"("{"a":1,"b":{"c":[1,2]}}")"},
             {"JSON.GET k .", R"("{"a":1,"b":{"c":[1,2]}}")"},
             {"JSON.GET k $", R"("[{"a":1,"b":{"c":[1,2]}}]")"},
             {"JSON.GET k .a", R"("1")"},
             {"JSON.GET k a", R"("1")"},
             {"JSON.GET k $.a", R"("[1]")"},
             {"JSON.GET k $.x", R"("[]")"},
             {"JSON.GET k .x", "(error) ERR Path does not exist"},
             {"JSON.GET k $.a $.b.c[1]", R"("{"$.a":[1],"$.b.c[1]":[2]}")"},
             {"JSON.GET k .a .b.c", R"("{".a":1,".b.c":[1,2]}")"},
             {"JSON.GET k .a $.b.c", R"("{".a":[1],"$.b.c":[[1,2]]}")"},
             {"JSON.GET k .a .x", "(error) ERR Path does not exist"},
             {"JSON.GET k $.a $.a $[", R"("{"$.a":[1]}")"},
             {"JSON.GET k $[",
              "(error) Error occurred at position 2, expected one of the following: '*', "
              "'<number>[,<number>,...]', ['start:end:steps'], '<string>[,<string>,...]', "
              "'[?(filter_expression)]'"},
             {R"(JSON.GET k INDENT "\t" NEWLINE "\n" SPACE " " .b)",
              R"("{\n\t"c": [\n\t\t1,\n\t\t2\n\t]\n}")"},
             {"JSON.GET k NOESCAPE .a", R"("1")"},
             {"JSON.GET k INDENT", "(error) ERR wrong number of arguments for 'json.get' command"},
             {"JSON.GET k FORMAT STRING", "(error) ERR FORMAT argument is not supported on RESP2"},
             {"JSON.SET k $ '{'", "(error) EOF while parsing an object at line 1 column 1"},
             {"JSON.SET k $ \"\\xff\"", "(error) ERR Couldn't parse as UTF-8 string"},
             {"JSON.GET k .a", R"("1")"},
         });
}

TEST(Json, SetsAtPaths) {
  CommandTest t;
  expect(t, {
                {R"(JSON.SET k $ '{"a":1,"b":[1,2,3],"o":{"a":{}}}')", "OK"},
                {"JSON.SET k $.a 2", "OK"},
                {"JSON.SET k .n '\"new\"'", "OK"},
                {"JSON.SET k $.b[0] null", "OK"},
                {"JSON.SET k $.b[-1] 9", "OK"},
                {"JSON.SET k $.b[3] 9", "(error) ERR array index out of range"},
                {"JSON.SET k $.o.x '[]'", "OK"},
                {"JSON.GET k", R"("{"a":2,"b":[null,2,9],"o":{"a":{},"x":[]},"n":"new"}")"},
                {"JSON.SET k $.q.r 1", "nil"},
                {"JSON.SET k $.a.r 1", "nil"},
                {"JSON.SET k $..zz 1", "(error) Err wrong static path"},
                {"JSON.SET k $.b[*] 5", "OK"},
                {"JSON.GET k .b", R"("[5,5,5]")"},
                {"JSON.SET k $.a 3 NX", "nil"},
                {"JSON.SET k $.fresh 3 NX", "OK"},
                {"JSON.SET k $.b[0] 3 NX", "nil"},
                {"JSON.SET k $.a 4 XX", "OK"},
                {"JSON.SET k $.none 4 XX", "nil"},
                {"JSON.SET k $..none 4 XX", "nil"},
                // Both outermost places: what was inside the first is gone.
                {"JSON.SET k $..a 0", "OK"},
                {"JSON.GET k $..a", R"("[0,0]")"},
                {"JSON.SET k $.a 1 NX XX", "(error) ERR syntax error"},
                {"JSON.SET k $.a 1 FORMAT",
                 "(error) ERR wrong number of arguments for 'json.set' command"},
                {"JSON.SET k $.a 1 FORMAT XML", "(error) ERR wrong format"},
                {"JSON.SET k $.a 1 FORMAT BSON", "(error) ERR the format BSON is not supported"},
                {"JSON.SET k $.a 1 FORMAT JSON XX", "OK"},
                {"JSON.SET k $.a [1.5] FPHA FP16", "OK"},
                {"JSON.SET k $.a [1.5] FPHA FP8", "(error) ERR invalid FPHA type"},
                {"JSON.SET k . '[0]'", "OK"},
                {"JSON.SET k [0] 1", "OK"},
                {"JSON.SET k [1] 1", "(error) ERR array index out of range"},
                {"JSON.GET k", R"("[1]")"},
            });
}

// What Redis 8.8 answers.
TEST(Json, FloatTypesRoundTheNumbersOfArrays) {
  CommandTest t;
  const struct {
    const char* value;
    const char* type;
    const char* kept;
  } kCases[] = {
      {"[0.3,0.1,0.7,1.0,2.5,100.0]", "FP16", "[0.3,0.1,0.7,1.0,2.5,100.0]"},
      {"[-0.3,-0.1,-1.0,-2.5,-100.0]", "bf16", "[-0.3,-0.1,-1.0,-2.5,-100.0]"},
      {"[[1,2,3,4e3],[5,6.0,7,8]]", "FP16", "[[1.0,2.0,3.0,4000.0],[5.0,6.0,7.0,8.0]]"},
      {"[3.14159,2049]", "FP16", "[3.14,2048.0]"},
      {"[3.14159265358979,1]", "FP32", "[3.1415927,1.0]"},
      {"[3.14159265358979,1]", "FP64", "[3.14159265358979,1.0]"},
      {"{\"a\":[0.12345,{\"b\":[7]}],\"n\":0.12345}", "FP16",
       "{\"a\":[0.12347412109375,{\"b\":[7.0]}],\"n\":0.12345}"},
      {"[\"x\",0.12345,1]", "FP16", "[\"x\",0.12345,1]"},
      {"[]", "FP16", "[]"},
      {"0.12345", "FP16", "0.12345"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(t.run({"JSON.SET", "k", "$", c.value, "FPHA", c.type}), "OK") << c.value;
    EXPECT_EQ(bare(t.run("JSON.GET k")), "\"" + std::string(c.kept) + "\"") << c.value;
  }
  const struct {
    const char* value;
    const char* type;
    const char* error;
  } kErrors[] = {
      {"[0.1, 0.2, 0.3, 1e100, 0.5]", "FP16", "F16 at line 1 column 23"},
      {"[1e5]", "fp16", "F16 at line 1 column 5"},
      {"[1,\n 3.4e38 ]", "BF16", "BF16 at line 2 column 9"},
      {"{\"a\":[-1e39,1]}", "FP32", "F32 at line 1 column 12"},
  };
  for (const auto& c : kErrors) {
    EXPECT_EQ(t.run({"JSON.SET", "k", "$", c.value, "FPHA", c.type}),
              std::string("(error) value out of range for ") + c.error)
        << c.value;
  }
  EXPECT_EQ(t.run("JSON.SET k $ [1] FPHA"),
            "(error) ERR wrong number of arguments for 'json.set' command");
}

TEST(Json, KeepsTheDepthOfDocuments) {
  CommandTest t;
  const std::string deep = std::string(126, '[') + std::string(126, ']');
  EXPECT_EQ(t.run({"JSON.SET", "k", "$", "{\"a\":0,\"l\":[]}"}), "OK");
  EXPECT_EQ(t.run({"JSON.SET", "k", "$.a", deep}), "OK");
  EXPECT_EQ(t.run({"JSON.SET", "k", "$.a[0]", deep}), "nil");
  EXPECT_EQ(t.run({"JSON.SET", "k", "$.l.n", deep}), "nil");
  EXPECT_EQ(t.run({"JSON.ARRAPPEND", "k", "$.l", "1", deep}),
            "(error) ERR recursion limit exceeded");
  EXPECT_EQ(t.run({"JSON.ARRINSERT", "k", "$.l", "0", "1", deep}),
            "(error) ERR recursion limit exceeded");
  EXPECT_EQ(t.run({"JSON.MERGE", "k", "$.l", "{\"x\":" + deep + "}"}), "nil");
  EXPECT_EQ(t.run("JSON.ARRLEN k $.l"), "[0]");
}

TEST(Json, SetsSeveralKeysOrNone) {
  CommandTest t;
  t.run(R"(JSON.SET a $ '{"x":1}')");
  t.effects();
  expect(t, {
                {R"(JSON.MSET a $.x 2 b $ '{"y":[1]}' a $.z 3)", "OK"},
                {"JSON.MGET a b nothing $", R"(["[{"x":2,"z":3}]", "[{"y":[1]}]", nil])"},
                {"JSON.MGET a b .y", R"([nil, "[1]"])"},
                {"JSON.MGET a b $.y", R"(["[]", "[[1]]"])"},
                {"JSON.MGET a $[", "[nil]"},
            });
  EXPECT_EQ(bare(t.effects()), R"(JSON.MSET a $.x 2 b $ {"y":[1]} a $.z 3)");
  expect(
      t,
      {
          {"SET text x", "OK"},
          {"JSON.MGET a text .x", R"(["2", nil])"},
          {"JSON.MSET a $.x 5 c $.q 1", "(error) ERR new objects must be created at the root"},
          {"JSON.MSET a $.x 5 c $ {", "(error) EOF while parsing an object at line 1 column 1"},
          {"JSON.MSET a $.x 5 c", "(error) ERR wrong number of arguments for 'json.mset' command"},
          {"JSON.MSET a $.x 5 text $ 1",
           "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
          {"JSON.MSET a $.x 5 a $[ 1",
           "(error) Error occurred at position 2, expected one of the "
           "following: '*', '<number>[,<number>,...]', ['start:end:steps'], "
           "'<string>[,<string>,...]', "
           "'[?(filter_expression)]'"},
          {"JSON.GET a", R"("{"x":2,"z":3}")"},
          {"EXISTS c", "0"},
          {"JSON.MSET a $.x.y 5 a $.w 6", "nil"},
          {"JSON.GET a", R"("{"x":2,"z":3,"w":6}")"},
          // What a place was before the first change, and is not any more.
          {R"(JSON.SET a $ '{"p":{"q":1}}')", "OK"},
          {R"(JSON.MSET a $ '{}' a $.n '{"q":5}' a $.p.q 2)", "nil"},
          {"JSON.GET a", R"("{"n":{"q":5}}")"},
      });
}

TEST(Json, Merges) {
  CommandTest t;
  expect(t, {
                {R"(JSON.MERGE k $ '{"a":{"b":1,"c":null}}')", "OK"},
                {"JSON.GET k", R"("{"a":{"b":1,"c":null}}")"},
                {R"(JSON.MERGE k $ '{"a":{"b":null,"d":[1]},"e":{"f":null,"g":1}}')", "OK"},
                {"JSON.GET k", R"("{"a":{"c":null,"d":[1]},"e":{"g":1}}")"},
                {"JSON.MERGE k $.a.d '{\"x\":1}'", "OK"},
                {"JSON.MERGE k $.a.n '[null]'", "OK"},
                {"JSON.GET k .a", R"("{"c":null,"d":{"x":1},"n":[null]}")"},
                {"JSON.MERGE k $.none.x 1", "nil"},
                {"JSON.MERGE none $.x 1", "(error) ERR new objects must be created at the root"},
                {"JSON.MERGE k $ 7", "OK"},
                {"JSON.GET k", R"("7")"},
                {"JSON.MERGE k $ 7 NX", "(error) ERR syntax error"},
                {"JSON.MERGE k $ 7 FORMAT JSON", "OK"},
            });
}

TEST(Json, Deletes) {
  CommandTest t;
  expect(t, {
                {"JSON.DEL k", "0"},
                {R"(JSON.SET k $ '{"a":1,"b":{"a":2,"c":[0,1,2,3,4]},"d":4}')", "OK"},
                {"JSON.DEL k $..a", "2"},
                {"JSON.DEL k $.b.c[1,3,-1]", "3"},
                {"JSON.DEL k $.x", "0"},
                {"JSON.GET k", R"("{"b":{"c":[0,2]},"d":4}")"},
                {"JSON.FORGET k .d", "1"},
                {"JSON.DEL k $..*", "1"},  // the outermost: b; and with it all there is
                {"EXISTS k", "0"},
                {"JSON.SET k $ 1", "OK"},
                {"JSON.DEL k $ x", "(error) ERR wrong number of arguments for 'json.del' command"},
                {"JSON.DEL k $", "1"},
                {"EXISTS k", "0"},
                {"JSON.SET k $ '[1,2]'", "OK"},
                {"JSON.DEL k", "1"},
                {"EXISTS k", "0"},
            });
}

// Each container is passed through once, however much leaves it.
TEST(Json, DeletesManyAtOnce) {
  CommandTest t;
  std::string list = "[";
  for (int i = 0; i < 100000; i++) {
    list += (i == 0 ? "{\"n\":" : ",{\"n\":") + std::to_string(i) + ",\"in\":[1,2,3]}";
  }
  t.run({"JSON.SET", "k", "$", "{\"list\":" + list + "],\"rest\":1}"});
  expect(t, {
                {"JSON.DEL k $.list[?(@.n<99998)]", "99998"},
                {"JSON.GET k",
                 R"("{"list":[{"n":99998,"in":[1,2,3]},{"n":99999,"in":[1,2,3]}],"rest":1}")"},
                {"JSON.DEL k $..in[0,2] $",
                 "(error) ERR wrong number of arguments for 'json.del' command"},
                {"JSON.DEL k $..in[0,2]", "4"},
                {"JSON.DEL k $..[?(@==2)]", "2"},
                {"JSON.DEL k $..[1]", "1"},
                {"JSON.GET k", R"("{"list":[{"n":99998,"in":[]}],"rest":1}")"},
            });
}

TEST(Json, TellsTypes) {
  CommandTest t;
  expect(
      t,
      {
          {"JSON.TYPE k", "nil"},
          {"JSON.TYPE k $", "nil"},
          {R"(JSON.SET k $ '{"o":{},"a":[],"s":"x","i":1,"u":18446744073709551615,"d":1.0,"b":true,"n":null}')",
           "OK"},
          {"JSON.TYPE k", R"("object")"},
          {"JSON.TYPE k $.*",
           R"(["object", "array", "string", "integer", "integer", "number", "boolean", "null"])"},
          {"JSON.TYPE k $.x", "[]"},
          {"JSON.TYPE k .x", "nil"},
          {"JSON.TYPE k .s", R"("string")"},
          {"JSON.TYPE k [", "nil"},
          {"TYPE k", "ReJSON-RL"},
          {"OBJECT ENCODING k", R"("raw")"},
          {"SCAN 0 TYPE ReJSON-RL", R"(["0", ["k"]])"},
          {"JSON.RESP nothing", "nil"},
          {"JSON.RESP k .o", "[{]"},
          {"JSON.RESP k",
           R"([{, "o", [{], "a", [[], "s", "x", "i", 1, "u", "18446744073709552000", "d", "1", "b", true, "n", nil])"},
          {"JSON.RESP k $.i", "[1]"},
          {"JSON.RESP k .x", "(error) ERR Path does not exist"},
      });
}

TEST(Json, ChangesNumbers) {
  CommandTest t;
  expect(
      t,
      {
          {"JSON.NUMINCRBY k $ 1", kNoKey},
          {R"(JSON.SET k $ '{"a":1,"b":{"a":2.5},"c":{"a":"x"},"big":9223372036854775807,"u":18446744073709551614}')",
           "OK"},
          {"JSON.NUMINCRBY k $..a 2", R"("[3,4.5,null]")"},
          {"JSON.NUMINCRBY k .a 0.5", R"("3.5")"},
          {"JSON.NUMINCRBY k .a 0.5", R"("4.0")"},
          {"JSON.NUMMULTBY k $.a 2", R"("[8.0]")"},
          {"JSON.NUMINCRBY k $.x 2", R"("[]")"},
          {"JSON.NUMINCRBY k .x 2",
           "(error) ERR Path does not exist or does not contains a number"},
          {"JSON.NUMINCRBY k .c.a 2",
           "(error) ERR Path does not exist or does not contains a number"},
          {"JSON.NUMINCRBY k $.big 1", "(error) ERR numeric overflow"},
          {"JSON.NUMINCRBY k $.big 1.0", R"("[9.223372036854776e18]")"},
          {"JSON.NUMINCRBY k $.u 1", R"("[1.8446744073709552e19]")"},
          {"JSON.NUMINCRBY k $.a x", "(error) expected value at line 1 column 1"},
          {"JSON.NUMINCRBY k $.a '\"1\"'", "(error) ERR bad input number"},
          {"JSON.NUMMULTBY k $.a 1e308", "(error) ERR result is not a number"},
          {"JSON.GET k $.a", R"("[8.0]")"},
          {"JSON.SET k $ '[3,2,9223372036854775807]'", "OK"},
          // All or none.
          {"JSON.NUMINCRBY k $[*] 1", "(error) ERR numeric overflow"},
          {"JSON.GET k", R"("[3,2,9223372036854775807]")"},
          {"JSON.NUMINCRBY k $[0,0] 1", R"("[4,5]")"},
          {"JSON.NUMPOWBY k $[0] 3", R"("[125]")"},
          {"JSON.NUMPOWBY k $[0] 0", R"("[1]")"},
          {"JSON.NUMPOWBY k $[0] 9223372036854775807", R"("[1]")"},
          {"JSON.NUMPOWBY k $[0] -1", "(error) ERR numeric overflow"},
          {"JSON.NUMPOWBY k $[1] 0.5", R"("[1.4142135623730951]")"},
          {"JSON.NUMPOWBY k $[2] 2", "(error) ERR numeric overflow"},
      });
}

TEST(Json, ChangesScalars) {
  CommandTest t;
  expect(
      t,
      {
          {"JSON.TOGGLE k $", kNoKey},
          {"JSON.STRAPPEND k $ '\"x\"'", kNoKey},
          {"JSON.STRLEN k $", kNoKey},
          {"JSON.STRLEN k", "nil"},
          {R"(JSON.SET k $ '{"t":true,"o":{"t":false},"s":"foo","n":{"s":null,"t":1}}')", "OK"},
          {"JSON.TOGGLE k $..t", "[0, 1, nil]"},
          {"JSON.TOGGLE k .t", R"("true")"},
          {"JSON.TOGGLE k .s", "(error) ERR Path does not exist or not a bool"},
          {"JSON.STRAPPEND k $..s '\"bar\"'", "[6, nil]"},
          {"JSON.STRAPPEND k .s '\" and more than that\"'", "25"},
          {"JSON.STRAPPEND k .t '\"x\"'", "(error) ERR Path does not exist or not a string"},
          {"JSON.STRAPPEND k .s 1", "(error) WRONGTYPE wrong type of path value - expected string"},
          {"JSON.STRAPPEND k .s x", "(error) expected value at line 1 column 1"},
          {"JSON.STRLEN k .s", "25"},
          {"JSON.STRLEN k $..s", "[25, nil]"},
          {"JSON.STRLEN k .t", "(error) WRONGTYPE wrong type of path value - expected string"},
          {"JSON.STRLEN k .x", "(error) ERR Path does not exist"},
          {"JSON.GET k .s", R"(""foobar and more than that"")"},
      });
}

TEST(Json, Clears) {
  CommandTest t;
  expect(
      t,
      {
          {"JSON.CLEAR k", kNoKey},
          {R"(JSON.SET k $ '{"o":{"x":1},"a":[1,2],"s":"foo","n":7,"z":0,"b":true,"e":[]}')", "OK"},
          {"JSON.CLEAR k $.*", "3"},
          {"JSON.GET k", R"("{"o":{},"a":[],"s":"foo","n":0,"z":0,"b":true,"e":[]}")"},
          {"JSON.CLEAR k $.x", "0"},
          {"JSON.CLEAR k", "1"},
          {"JSON.GET k", R"("{}")"},
          {"JSON.CLEAR k $ x", "(error) ERR wrong number of arguments for 'json.clear' command"},
      });
}

TEST(Json, TellsOfObjects) {
  CommandTest t;
  expect(t,
         {
             {"JSON.OBJLEN k", "nil"},
             {"JSON.OBJLEN k $", "(error) ERR Path does not exist or not an object"},
             {"JSON.OBJKEYS k", "nil"},
             {"JSON.OBJKEYS k $", kNoKey},
             {R"(JSON.SET k $ '{"a":[3],"n":{"a":{"b":2,"c":1}}}')", "OK"},
             {"JSON.OBJLEN k", "2"},
             {"JSON.OBJLEN k $..a", "[nil, 2]"},
             {"JSON.OBJLEN k .a", "(error) WRONGTYPE wrong type of path value - expected object"},
             {"JSON.OBJLEN k .x", "nil"},
             {"JSON.OBJKEYS k", R"(["a", "n"])"},
             {"JSON.OBJKEYS k $..a", R"([nil, ["b", "c"]])"},
             {"JSON.OBJKEYS k .a", "(error) ERR Path does not exist or not an object"},
             {"JSON.OBJKEYS k .x", "nil"},
         });
}

TEST(Json, Arrays) {
  CommandTest t;
  expect(
      t,
      {
          {"JSON.ARRAPPEND k $ 1", kNoKey},
          {"JSON.ARRLEN k", "nil"},
          {"JSON.ARRLEN k $", kNoKey},
          {"JSON.ARRINDEX k $ 1", "(error) ERR Path does not exist"},
          {R"(JSON.SET k $ '{"a":[1],"n":{"a":[1,2]},"s":{"a":"x"}}')", "OK"},
          {"JSON.ARRAPPEND k $..a 3 '{\"y\":4}'", "[3, 4, nil]"},
          {"JSON.ARRAPPEND k .a true", "4"},
          {"JSON.ARRAPPEND k .s 1", "(error) ERR Path does not exist or not an array"},
          {"JSON.ARRAPPEND k .a",
           "(error) ERR wrong number of arguments for 'json.arrappend' command"},
          {"JSON.GET k .a", R"("[1,3,{"y":4},true]")"},
          {"JSON.ARRLEN k $..a", "[4, 4, nil]"},
          {"JSON.ARRLEN k .a", "4"},
          {"JSON.ARRLEN k .s", "(error) ERR Path does not exist or not an array"},
          {"JSON.ARRLEN k .x", "(error) ERR Path does not exist"},
          {"JSON.ARRINSERT k $.a 0 -1 0", "[6]"},
          {"JSON.ARRINSERT k .a -1 false", "7"},
          {"JSON.ARRINSERT k .a 7 null", "8"},
          {"JSON.ARRINSERT k .a 9 null", "(error) ERR index out of bounds"},
          {"JSON.ARRINSERT k .a -9 null", "(error) ERR index out of bounds"},
          {"JSON.ARRINSERT k .a x null", "(error) ERR value is not an integer or out of range"},
          {"JSON.GET k .a", R"("[-1,0,1,3,{"y":4},false,true,null]")"},
          {"JSON.ARRINDEX k $..a 3", "[3, 2, nil]"},
          {"JSON.ARRINDEX k .a '{\"y\":4}'", "4"},
          {"JSON.ARRINDEX k .a 3 4", "-1"},
          {"JSON.ARRINDEX k .a 3 0 3", "-1"},
          {"JSON.ARRINDEX k .a 3 -5 -4", "3"},
          {"JSON.ARRINDEX k .a null -100 0", "7"},
          {"JSON.ARRINDEX k .a null 100", "7"},
          {"JSON.ARRINDEX k .s 1", "(error) WRONGTYPE wrong type of path value - expected array"},
          {"JSON.ARRINDEX k .a 1 0 0 0",
           "(error) ERR wrong number of arguments for 'json.arrindex' command"},
          {"JSON.ARRPOP k .a", R"("null")"},
          {"JSON.ARRPOP k $..a 0", R"(["-1", "1", nil])"},
          {"JSON.ARRPOP k .a 100", R"("true")"},
          {"JSON.ARRPOP k .a -100", R"("0")"},
          {"JSON.ARRPOP k .a nonsense", R"("false")"},
          {"JSON.ARRPOP k .s", "(error) ERR Path does not exist or not an array"},
          {"JSON.ARRPOP k FORMAT STRINGS $.a",
           "(error) ERR FORMAT argument is not supported on RESP2"},
          {"JSON.GET k .a", R"("[1,3,{"y":4}]")"},
          {"JSON.ARRTRIM k $..a 1 1", "[1, 1, nil]"},
          {"JSON.GET k .a", R"("[3]")"},
          {"JSON.ARRTRIM k .a 1 5", "0"},
          {"JSON.ARRPOP k .a", "nil"},
          {"JSON.ARRPOP k $.a", "[nil]"},
          {"JSON.SET k $ '[0,1,2,3,4]'", "OK"},
          {"JSON.ARRTRIM k $ -4 -2", "[3]"},
          {"JSON.GET k", R"("[1,2,3]")"},
          {"JSON.ARRTRIM k $ -9 9", "[3]"},
          {"JSON.ARRTRIM k $ 2 1", "[0]"},
          // What is inside goes first, higher indexes before lower ones.
          {"JSON.SET k $ '{\"a\":[[1,2,3],[4,5,6]]}'", "OK"},
          {"JSON.ARRPOP k $..*", R"(["[4,5]", "3", "6", nil, nil, nil, nil, nil, nil])"},
          {"JSON.GET k", R"("{"a":[[1,2]]}")"},
      });
}

TEST(Json, AnswersInTheTypesOfResp3) {
  CommandTest t;
  t.run(R"(JSON.SET k $ '{"a":1,"d":1.5,"t":true,"n":null,"o":{"l":[1,"x"]}}')");
  t.run("HELLO 3");
  expect(t, {
                {"JSON.GET k $.a", R"("[1]")"},
                {"JSON.GET k FORMAT EXPAND1 $.*", R"([[1, 1.5, #t, nil, "{"l":[1,"x"]}"]])"},
                {"JSON.GET k FORMAT EXPAND $.a $.o", R"([[1], [{"l": [1, "x"]}]])"},
                {"JSON.GET k FORMAT EXPAND .o.l", R"([[[1, "x"]]])"},
                {"JSON.GET k FORMAT STRING .a", R"("1")"},
                {"JSON.GET k FORMAT STRINGS .a", "(error) ERR wrong reply format"},
                {"JSON.TYPE k $.a", R"([["integer"]])"},
                {"JSON.TYPE k .a", R"(["integer"])"},
                {"JSON.TYPE none $.a", "[nil]"},
                {"JSON.NUMINCRBY k $.* 1", "[2, 2.5, nil, nil, nil]"},
                {"JSON.NUMINCRBY k .a 1", "[3]"},
                {"JSON.TOGGLE k $.t", "[0]"},
                {"JSON.ARRPOP k FORMAT EXPAND $.o.l", R"(["x"])"},
                {"JSON.ARRPOP k FORMAT EXPAND1 $.o.l 0", "[1]"},
                {"JSON.ARRPOP k FORMAT EXPAND .o.l",
                 "(error) Legacy paths are supported only with FORMAT STRINGS"},
                {"JSON.ARRPOP k FORMAT STRING $.o.l", "(error) ERR wrong reply format"},
            });
}

TEST(Json, UpstashGivesWhatIsInsideFirst) {
  CommandTest t(CommandTest::test_settings(), Dialect::kUpstash);
  expect(t, {
                {R"(JSON.SET k $ '{"a":2,"b":3,"nested":{"a":4}}')", "OK"},
                {"JSON.GET k $..a", R"("[4,2]")"},
                {"JSON.TYPE k $..*", R"(["integer", "integer", "integer", "object"])"},
                {"JSON.NUMINCRBY k $..a 1", R"("[5,3]")"},
                {"JSON.MGET k $..a", R"(["[5,3]"])"},
                {"TYPE k", "json"},
                {"JSON.SET k $.none.x 1", "(error) ERR missing key at non-terminal path level"},
                {"JSON.SET k $.none.x 1 XX", "nil"},
                {"JSON.SET k $.a 1 NX", "nil"},
            });
}

TEST(Json, IsAKeyLikeOthers) {
  CommandTest t;
  t.run(R"(JSON.SET k $ '{"a":[1,2,{"b":"a longer text than fits"}]}' )");
  const std::string digest = t.run("DEBUG DIGEST-VALUE k");
  expect(
      t,
      {
          {"COPY k copy", "1"},
          {"JSON.SET k $.a[2].b 1", "OK"},
          {"JSON.GET copy .a[2].b", R"(""a longer text than fits"")"},
          {"EXPIRE copy 100", "1"},
          {"JSON.SET copy $.x 1", "OK"},
          {"TTL copy", "100"},
          {"JSON.SET copy $ '{}'", "OK"},
          {"TTL copy", "100"},
          {"RENAME copy other", "OK"},
          {"UNLINK other", "1"},
          {"GET k", "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
          {"SET k x", "OK"},
          {"JSON.GET k",
           "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
          {"JSON.SET k $ 1",
           "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
          {"JSON.DEBUG HELP",
           R"(["MEMORY <key> [path] - reports memory usage", "HELP                - this message"])"},
          {"JSON.DEBUG x", "(error) ERR unknown subcommand - try `JSON.DEBUG HELP`"},
          {"JSON.DEBUG MEMORY none", "0"},
          {"JSON.DEBUG MEMORY none $", "[]"},
          {"JSON.SET m $ '{\"a\":1,\"b\":\"twenty bytes of text\"}'", "OK"},
          {"JSON.DEBUG MEMORY m $.*", "[16, 36]"},
          {"JSON.DEBUG MEMORY m", "76"},
          {"COMMAND GETKEYS JSON.DEBUG MEMORY m", R"(["m"])"},
          {"COMMAND GETKEYS JSON.MSET a $ 1 b $ 2", R"(["a", "b"])"},
          {"COMMAND GETKEYS JSON.MGET a b $", R"(["a", "b"])"},
      });
  EXPECT_EQ(digest.size(), 42u);  // with quotes
  t.run(R"(JSON.SET again $ '{"a":[1,2,{"b":"a longer text than fits"}]}' )");
  EXPECT_EQ(t.run("DEBUG DIGEST-VALUE again"), digest);
}

TEST(Json, TellsWhatHappened) {
  CommandTest t;
  t.run("CONFIG SET notify-keyspace-events Ed");
  auto listener = t.connect();
  listener->run("PSUBSCRIBE *");
  listener->late();
  for (std::string_view call :
       {R"(JSON.SET k $ '{"n":1,"s":"","t":true,"l":[]}')", "JSON.SET k $.q.r 1", "JSON.GET k",
        "JSON.NUMINCRBY k $.n 1", "JSON.NUMINCRBY k $.s 1", "JSON.STRAPPEND k $.s '\"x\"'",
        "JSON.TOGGLE k $.t", "JSON.ARRAPPEND k $.l 1", "JSON.ARRPOP k $.l", "JSON.ARRPOP k $.l",
        "JSON.CLEAR k $.n", "JSON.MERGE k $ '{\"z\":1}'", "JSON.MSET k $.z 2 j $ 1",
        "JSON.DEL k $.z", "JSON.DEL k $.z", "JSON.DEL k"}) {
    t.run(call);
  }
  std::string told;
  std::string late = listener->late();
  for (size_t at = 0; (at = late.find(":json.", at)) != std::string::npos; at++) {
    told += late.substr(at + 6, late.find('"', at) - at - 6) + " ";
  }
  EXPECT_EQ(told, "set numincrby strappend toggle arrappend arrpop clear merge mset mset del del ");
}

TEST(Json, RemembersNothingOfWhatIsGone) {
  CommandTest t;
  t.run("JSON.SET warm $ 1");
  t.run("FLUSHALL");
  t.advance_ms(1000);
  const size_t before = t.engine().slab().used_bytes();
  std::string large =
      "{\"deep\":" + std::string(100, '[') + "1" + std::string(100, ']') + ",\"m\":{";
  for (int i = 0; i < 20000; i++) {
    large +=
        (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":[" + std::to_string(i) + ",\"text\"]";
  }
  large += "}}";
  EXPECT_EQ(t.run({"JSON.SET", "k", "$", large}), "OK");
  EXPECT_EQ(t.run("JSON.SET k $.m 1"), "OK");  // the members go in slices
  EXPECT_EQ(t.run({"JSON.SET", "j", "$", large}), "OK");
  EXPECT_EQ(t.run("JSON.ARRPOP j $.deep"),
            "[\"" + std::string(99, '[') + "1" + std::string(99, ']') + "\"]");
  EXPECT_EQ(t.run("UNLINK j k"), "2");
  for (int i = 0; i < 100; i++) t.advance_ms(100);
  EXPECT_EQ(t.engine().slab().used_bytes(), before);
}

}  // namespace
}  // namespace redstart
