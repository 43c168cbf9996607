#include "base/random.h"
#include "tests/commands/steps.h"

namespace redstart {
namespace {

constexpr std::string_view kBadIndex = "(error) ERR invalid array index";
constexpr std::string_view kSyntax = "(error) ERR syntax error";
constexpr std::string_view kNoInteger = "(error) ERR value is not an integer or out of range";
constexpr std::string_view kBadLimit = "(error) ERR LIMIT must be positive";

std::string wrong_arity(std::string_view name) {
  return "(error) ERR wrong number of arguments for '" + std::string(name) + "' command";
}

TEST(Array, SetsAndGetsByIndex) {
  CommandTest t;
  expect(t, {
                {"ARGET a 0", "nil"},
                {"ARGET a x", kBadIndex},
                {"ARGET a -1", kBadIndex},
                {"ARGET a +", kBadIndex},
                {"ARGET a ''", kBadIndex},
                {"ARGET a +-1", kBadIndex},
                {"ARGET a 18446744073709551615", kBadIndex},
                {"ARMGET a 0 5", "[nil, nil]"},
                {"ARMGET a 0 x", kBadIndex},
                {"ARSET a x v", kBadIndex},
                {"ARSET a 18446744073709551614 v w", "(error) ERR array index overflow"},
                {"EXISTS a", "0"},
                {"ARSET a 3 x", "1"},
                {"ARSET a 2 w y z", "2"},
                {"ARMSET a 3 y 18446744073709551614 last 10 ten", "2"},
                {"ARMSET a 3 y 4", wrong_arity("armset")},
                {"ARMSET a 3 y -4 z", kBadIndex},
                {"ARGET a 2", "\"w\""},
                {"ARMGET a 002 +3 00", "[\"w\", \"y\", nil]"},
                {"ARGET a 18446744073709551614", "\"last\""},
                {"ARMGET a 3 5 10 3", "[\"y\", nil, \"ten\", \"y\"]"},
                {"ARLEN a", "18446744073709551615"},
                {"ARCOUNT a", "5"},
                {"ARLEN none", "0"},
                {"ARCOUNT none", "0"},
                {"TYPE a", "array"},
                {"OBJECT ENCODING a", "\"sliced-array\""},
            });
}

TEST(Array, Deletes) {
  CommandTest t;
  expect(t, {
                {"ARDEL a 0", "0"},
                {"ARDEL a x", kBadIndex},
                {"ARDELRANGE a 0 5", "0"},
                {"ARDELRANGE a 0 x", kBadIndex},
                {"ARDELRANGE a 0 5 6", wrong_arity("ardelrange")},
                {"ARSET a 0 a b c d e f g h", "8"},
                {"ARDEL a 1 1 100", "1"},
                {"ARDEL a 0 x", kBadIndex},
                {"ARDELRANGE a 4 2 3 5 100 200", "4"},
                {"ARSCAN a 0 100", "[[0, \"a\"], [6, \"g\"], [7, \"h\"]]"},
                {"ARDELRANGE a 0 18446744073709551614", "3"},
                {"EXISTS a", "0"},
                {"ARSET a 5 x", "1"},
                {"ARDEL a 5", "1"},
                {"EXISTS a", "0"},
                {"ARINSERT a x y", "1"},
                {"ARSET a 5000 z", "1"},
                {"ARDELRANGE a 0 1 2 6000", "3"},
                {"EXISTS a", "0"},
            });
}

TEST(Array, AppendsAtItsCursor) {
  CommandTest t;
  expect(t, {
                {"ARNEXT a", "0"},
                {"ARSEEK a 5", "0"},
                {"ARSEEK a x", kBadIndex},
                {"ARINSERT a a b", "1"},
                {"ARNEXT a", "2"},
                {"ARSET a 7 h", "1"},
                {"ARNEXT a", "2"},
                {"ARSEEK a 10", "1"},
                {"ARINSERT a k", "10"},
                {"ARSEEK a 0", "1"},
                {"ARNEXT a", "0"},
                {"ARINSERT a A", "0"},
                {"ARGETRANGE a 0 2", "[\"A\", \"b\", nil]"},
                {"ARSEEK a 18446744073709551614", "1"},
                {"ARINSERT a y z", "(error) ERR insert index overflow"},
                {"ARINSERT a y", "18446744073709551614"},
                {"ARNEXT a", "nil"},
                {"ARINSERT a z", "(error) ERR insert index overflow"},
                {"ARSEEK a 18446744073709551615", "1"},
                {"ARNEXT a", "nil"},
            });
}

TEST(Array, IsARing) {
  CommandTest t;
  expect(t, {
                {"ARRING a x v", "(error) ERR invalid size"},
                {"ARRING a 0 v", "(error) ERR size must be positive"},
                {"EXISTS a", "0"},
                {"ARRING a 3 a b c d e", "1"},
                {"ARGETRANGE a 0 2", "[\"d\", \"e\", \"c\"]"},
                {"ARLASTITEMS a 5", "[\"c\", \"d\", \"e\"]"},
                // Larger: in order from 0 on, then what is new.
                {"ARRING a 5 f", "3"},
                {"ARGETRANGE a 0 4", "[\"c\", \"d\", \"e\", \"f\", nil]"},
                {"ARRING a 5 g h", "0"},
                // Smaller: the latest.
                {"ARRING a 2 i", "0"},
                {"ARSCAN a 0 10", "[[0, \"i\"], [1, \"h\"]]"},
                // As large as it is: nothing moves. A gap ends what is kept.
                {"ARRING a 2 j", "1"},
                {"ARDEL a 0", "1"},
                {"ARRING a 1 k", "0"},
                {"ARSCAN a 0 10", "[[0, \"k\"]]"},
                {"DEL a", "1"},
                {"ARRING a 4 a b c d", "3"},
                {"ARSEEK a 0", "1"},
                {"ARRING a 6 e", "0"},
                {"ARGETRANGE a 0 3", "[\"e\", \"b\", \"c\", \"d\"]"},
            });
}

TEST(Array, TellsItsLastItems) {
  CommandTest t;
  expect(t, {
                {"ARLASTITEMS a 3", "[]"},
                {"ARLASTITEMS a x", "(error) ERR invalid COUNT"},
                {"ARLASTITEMS a 0 X Y", "[]"},
                {"ARLASTITEMS a -1", "[]"},
                {"ARLASTITEMS a 1 X", kSyntax},
                {"ARLASTITEMS a 1 REV X", wrong_arity("arlastitems")},
                {"ARINSERT a a b c d e", "4"},
                {"ARLASTITEMS a 2", "[\"d\", \"e\"]"},
                {"ARLASTITEMS a 2 rev", "[\"e\", \"d\"]"},
                {"ARDEL a 1", "1"},
                {"ARLASTITEMS a 10 REV", "[\"e\", \"d\", \"c\", nil, \"a\"]"},
                {"ARSEEK a 2", "1"},
                {"ARLASTITEMS a 3", "[\"e\", \"a\", nil]"},
                {"ARDEL a 4", "1"},
                {"ARSEEK a 0", "1"},
                {"ARLASTITEMS a 2", "[\"c\", \"d\"]"},
                {"ARSET a 2000000 z", "1"},
                {"ARLASTITEMS a 1000001", "(error) ERR count exceeds maximum of 1000000 items"},
                {"ARLASTITEMS a 1", "[\"z\"]"},
            });
}

TEST(Array, AnswersRanges) {
  CommandTest t;
  expect(t, {
                {"ARGETRANGE a 1 3", "[nil, nil, nil]"},
                {"ARGETRANGE a 1 x", kBadIndex},
                {"ARGETRANGE a 0 1000000", "(error) ERR range exceeds maximum of 1000000 items"},
                {"ARGETRANGE a 1000000 0", "(error) ERR range exceeds maximum of 1000000 items"},
                {"ARMSET a 1 b 3 d 40 z 18446744073709551614 last", "4"},
                {"ARGETRANGE a 0 4", "[nil, \"b\", nil, \"d\", nil]"},
                {"ARGETRANGE a 4 0", "[nil, \"d\", nil, \"b\", nil]"},
                {"ARGETRANGE a 3 3", "[\"d\"]"},
                {"ARGETRANGE a 18446744073709551613 18446744073709551614", "[nil, \"last\"]"},
                {"ARSCAN none 0 5", "[]"},
                {"ARSCAN a 0 5 LIMIT", wrong_arity("arscan")},
                {"ARSCAN a 0 5 MOST 3", kSyntax},
                {"ARSCAN a 0 5 LIMIT x", kNoInteger},
                {"ARSCAN a 0 5 LIMIT 0", kBadLimit},
                {"ARSCAN a 2 2", "[]"},
                {"ARSCAN a 0 100", "[[1, \"b\"], [3, \"d\"], [40, \"z\"]]"},
                {"ARSCAN a 18446744073709551614 2 LIMIT 2",
                 "[[18446744073709551614, \"last\"], [40, \"z\"]]"},
            });
}

TEST(Array, Aggregates) {
  CommandTest t;
  expect(t, {
                {"AROP a 0 5 SUM", "nil"},
                {"AROP a 0 5 USED", "0"},
                {"AROP a 0 5 MATCH x", "0"},
                {"AROP a 0 5 AVG", "(error) ERR unknown operation"},
                {"AROP a 0 5 MATCH", "(error) ERR MATCH requires a value argument"},
                {"AROP a 0 5 SUM x", wrong_arity("arop")},
                {"AROP a 0 x SUM", kBadIndex},
                {"ARSET a 0 7.9 text 3.2 3 text 1e3", "6"},
                {"AROP a 0 9 SUM", "\"1014.1\""},
                {"AROP a 0 3 min", "\"3\""},
                {"AROP a 9 0 MAX", "\"1000\""},
                {"AROP a 0 4 AND", "3"},
                {"AROP a 0 4 OR", "7"},
                {"AROP a 0 4 XOR", "7"},
                {"AROP a 1 1 SUM", "nil"},
                {"AROP a 0 9 MATCH text", "2"},
                {"AROP a 0 9 USED", "6"},
                {"AROP a 1 2 USED", "2"},
                {"ARSET a 0 0.1 0.2 9223372036854775807 1e300", "0"},
                {"AROP a 0 1 SUM", "\"0.3\""},
                {"AROP a 2 3 OR", "9223372036854775807"},
                {"AROP a 3 3 XOR", "nil"},
                {"AROP a 3 3 SUM", "\"1e+300\""},
            });
}

TEST(Array, FindsWhatMatches) {
  CommandTest t;
  expect(t, {
                {"ARGREP a - + MATCH x", "[]"},
                {"ARGREP a - + MATCH", wrong_arity("argrep")},
                {"ARGREP a x + MATCH x", kBadIndex},
                {"ARGREP a - + LIMIT 1", kSyntax},
                {"ARGREP a - + MATCH x LIMIT", kSyntax},
                {"ARGREP a - + MATCH x LIMIT 0", kBadLimit},
                {"ARGREP a - + MATCH x LIMIT y", kNoInteger},
                {"ARGREP a - + MATCH x GLOB", kSyntax},
                {"ARGREP a - + MATCH x MAYBE", kSyntax},
                {"ARSET a 0 RedisArray redis-match array-only plain", "4"},
                {"ARSET a 100 12345 1.5", "2"},
                {"ARGREP a - + MATCH redis", "[1]"},
                {"ARGREP a - + MATCH redis NOCASE", "[0, 1]"},
                {"ARGREP a + - MATCH a LIMIT 2", "[3, 2]"},
                {"ARGREP a 1 2 MATCH a WITHVALUES", "[[1, \"redis-match\"], [2, \"array-only\"]]"},
                {"ARGREP a - + EXACT 12345 EXACT PLAIN", "[100]"},
                {"ARGREP a - + EXACT 12345 EXACT PLAIN NOCASE", "[3, 100]"},
                {"ARGREP a - + GLOB *array* MATCH redis AND NOCASE", "[0]"},
                {"ARGREP a - + AND GLOB *array* MATCH redis NOCASE OR", "[0, 1, 2]"},
                {"ARGREP a - + RE ^[0-9.]+$", "[100, 101]"},
                {"ARGREP a - + RE '^(redis|plain)' NOCASE", "[0, 1, 3]"},
                {"ARGREP a - + RE is", "[0, 1]"},
                {"ARGREP a - + RE '\\brary|y$' NOCASE", "[0, 2]"},
                {"ARGREP a - + RE '^$'", "[]"},
                {"ARGREP a - + RE ''", "(error) ERR regular expression is empty"},
                {"ARGREP a - + RE '(a)\\1'",
                 "(error) ERR regular expression backreferences are not supported"},
            });
  EXPECT_TRUE(t.run("ARGREP a - + RE (").starts_with("(error) ERR invalid regular expression"));
  EXPECT_TRUE(t.run("ARGREP a - + RE '\\\\x{1'").starts_with("(error) ERR invalid regular"));
  EXPECT_EQ(t.run({"ARSET", "b", "0", "one\ntwo"}), "1");
  EXPECT_EQ(t.run("ARGREP b - + RE one.two"), "[0]");
  std::vector<std::string> call = {"ARGREP", "a", "-", "+"};
  for (int i = 0; i < 250; i++) call.insert(call.end(), {"MATCH", "plain"});
  EXPECT_EQ(t.run(call), "[3]");
  call.insert(call.end(), {"MATCH", "x"});
  EXPECT_EQ(t.run(call), "(error) ERR too many predicates, maximum is 250");
  const std::string longest(2048, 'a');
  EXPECT_EQ(t.run({"ARSET", "b", "1", longest}), "1");
  EXPECT_EQ(t.run({"ARGREP", "b", "-", "+", "RE", longest}), "[1]");
  EXPECT_EQ(t.run({"ARGREP", "b", "-", "+", "RE", longest + "a"}),
            "(error) ERR regular expression is too long, maximum is 2048 bytes");
}

// One of more states than an automaton may have, so that each instruction is run for each byte.
TEST(Array, EndsASearchThatTakesTooLong) {
  CommandTest t;
  const std::vector<std::string> call = {"ARGREP", "a", "-", "+", "RE",
                                         "(x|y)*x(x|y){400}z(x|y){400}$"};
  std::string text;
  Random random(1);
  for (int i = 0; i < 2000; i++) text += random.below(2) ? 'x' : 'y';
  EXPECT_EQ(t.run({"ARSET", "a", "0", text}), "1");
  EXPECT_EQ(t.run(call), "[]");
  EXPECT_EQ(t.run({"ARSET", "a", "1", std::string(3'000'000, '.')}), "1");
  EXPECT_EQ(t.run(call),
            "(error) ERR the regular expression takes too long for so much text: search a smaller "
            "range");
}

TEST(Array, TellsHowItIsKept) {
  CommandTest t;
  expect(t, {
                {"ARINFO a", "(error) ERR no such key"},
                {"ARINFO a MORE", kSyntax},
                {"ARMSET a 0 a 1 b 100 c", "3"},
                {"ARINFO a",
                 "[\"count\", 3, \"len\", 101, \"next-insert-index\", 0, \"slices\", 2, "
                 "\"directory-size\", 1, \"super-dir-entries\", 0, \"slice-size\", 32]"},
                {"ARSET b 0 a b c d e f g h i j k l m n o p", "16"},
                {"ARSET b 4096 q", "1"},
                {"ARSEEK b 9", "1"},
            });
  t.run("HELLO 3");
  expect(t, {
                {"ARINFO b FULL",
                 "{\"count\": 17, \"len\": 4097, \"next-insert-index\": 9, \"slices\": 2, "
                 "\"directory-size\": 1, \"super-dir-entries\": 0, \"slice-size\": 32, "
                 "\"dense-slices\": 1, \"sparse-slices\": 1, \"avg-dense-size\": 32, "
                 "\"avg-dense-fill\": 0.5, \"avg-sparse-size\": 1}"},
            });
}

TEST(Array, IsAValueLikeOthers) {
  CommandTest t;
  expect(t, {
                {"SET s x", "OK"},
                {"ARSET a 0 x", "1"},
                {"GET a", "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
                {"SORT a", "(error) WRONGTYPE Operation against a key holding the wrong kind of value"},
                {"ARINSERT a 7 'a text of its own'", "1"},
                {"SCAN 0 TYPE array COUNT 100", "[\"0\", [\"a\"]]"},
                {"COPY a b", "1"},
                {"ARSET b 9 y", "1"},
                {"ARCOUNT a", "2"},
                {"ARNEXT b", "2"},
                {"RENAME b c", "OK"},
                {"PEXPIRE c 10", "1"},
            });
  for (const char* call : {"ARGET s 0", "ARSET s 0 x", "ARMGET s 0", "ARMSET s 0 x", "ARDEL s 0",
                           "ARDELRANGE s 0 1", "ARINSERT s x", "ARRING s 1 x", "ARSEEK s 0",
                           "ARNEXT s", "ARLASTITEMS s 1", "ARLEN s", "ARCOUNT s", "ARINFO s",
                           "ARGETRANGE s 0 1", "ARSCAN s 0 1", "AROP s 0 1 SUM",
                           "ARGREP s - + MATCH x"}) {
    EXPECT_TRUE(t.run(call).starts_with("(error) WRONGTYPE")) << call;
  }
  t.advance_ms(11);
  EXPECT_EQ(t.run("EXISTS c"), "0");
}

TEST(Array, TellsReplicasAndListeners) {
  CommandTest t;
  t.run("CONFIG SET notify-keyspace-events Ea");
  EXPECT_EQ(t.run("CONFIG GET notify-keyspace-events"), "[\"notify-keyspace-events\", \"aE\"]");
  auto listener = t.connect();
  listener->run("PSUBSCRIBE *");
  t.effects();
  for (const char* call : {"ARSET a 5 x", "ARMSET a 6 y", "ARINSERT a z", "ARRING a 9 w",
                           "ARSEEK a 3", "ARDEL a 77", "ARDEL a 1", "ARDELRANGE a 0 99"}) {
    t.run(call);
  }
  EXPECT_EQ(t.effects(),
            "SELECT 0; ARSET a 5 x; ARMSET a 6 y; ARINSERT a z; ARRING a 9 w; ARSEEK a 3; "
            "ARDEL a 1; ARDELRANGE a 0 99");
  std::string told = listener->late();
  for (const char* event : {"arset", "armset", "arinsert", "arring", "arseek", "ardel",
                            "ardelrange"}) {
    EXPECT_NE(told.find("__keyevent@0__:" + std::string(event)), std::string::npos) << event;
  }
}

}  // namespace
}  // namespace redstart
