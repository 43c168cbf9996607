// Paths: what they select, in which order, and what is no path.
#include "types/json_path.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/types/fixture.h"
#include "types/json.h"
#include "types/json_print.h"

namespace redstart {
namespace {

class JsonPathTest : public TypesTest {
 protected:
  JsonPathTest() : store_(std::make_unique<JsonStore>(slab_, seed_)) {}
  ~JsonPathTest() override {
    root_.release(store_->heap);
    store_.reset();
  }

  void document(std::string_view text) {
    std::string error;
    root_.release(store_->heap);
    ASSERT_TRUE(store_->parser.parse(text, &root_, &error)) << error;
  }
  // The matches, or the error.
  std::string select(std::string_view path, JsonOrder order = JsonOrder::kOuterFirst) {
    std::string error;
    if (!store_->path.compile(path, store_->names, &error)) return error;
    select_json(store_->path, root_, order, &store_->matches);
    JsonText text;
    JsonPrinter printer(store_->names, &text);
    printer.begin('[');
    for (const JsonNode* match : store_->matches) {
      printer.next();
      printer.node(*match);
    }
    printer.end(']');
    // The places must be those of the values.
    select_json_places(store_->path, store_->path.end(), root_, order, &store_->places);
    EXPECT_EQ(store_->places.size(), store_->matches.size()) << path;
    for (size_t i = 0; i < store_->places.size(); i++) {
      EXPECT_EQ(follow_json(&root_, store_->places[i]), store_->matches[i]) << path;
    }
    return std::string(text.view());
  }
  bool compiles(std::string_view path, std::string* error) {
    return store_->path.compile(path, store_->names, error);
  }

  std::unique_ptr<JsonStore> store_;
  JsonNode root_;
};

struct Case {
  std::string_view path, selected;
};

TEST_F(JsonPathTest, Steps) {
  document(R"({"a":{"b":1,"c":[10,11,12,13]},"x y":2,"e\"s":3,"it's":4,"0":5,"n":null,"list":[]})");
  for (
      const Case& c : std::initializer_list<Case>{
          {"$",
           R"([{"a":{"b":1,"c":[10,11,12,13]},"x y":2,"e\"s":3,"it's":4,"0":5,"n":null,"list":[]}])"},
          {"$.a.b", "[1]"},
          {"$.a.b.c", "[]"},
          {"$.nothing", "[]"},
          {"$.n", "[null]"},
          {"$['a']['b']", "[1]"},
          {"$.['a'].[\"b\"]", "[1]"},
          {"$[\"x y\"]", "[2]"},
          {"$[\"e\\\"s\"]", "[3]"},
          {"$['it\\'s']", "[4]"},
          {"$[\"it's\"]", "[4]"},
          {"$.0", "[5]"},
          {"$. a [ 'b' ]", "[1]"},
          {"$.a.c[0]", "[10]"},
          {"$.a.c[-1]", "[13]"},
          {"$.a.c[4]", "[]"},
          {"$.a.c[-9]", "[10]"},
          {"$.a.c[0,2,2]", "[10,12,12]"},
          {"$.a.c[1:3]", "[11,12]"},
          {"$.a.c[:2]", "[10,11]"},
          {"$.a.c[2:]", "[12,13]"},
          {"$.a.c[:]", "[10,11,12,13]"},
          {"$.a.c[::]", "[10,11,12,13]"},
          {"$.a.c[::2]", "[10,12]"},
          {"$.a.c[1:4:2]", "[11,13]"},
          {"$.a.c[-2:]", "[12,13]"},
          {"$.a.c[-3:-1]", "[11,12]"},
          {"$.a.c[0:99999999999999999999]", "[10,11,12,13]"},
          {"$.a.c[::99999999999999999999]", "[10]"},
          {"$.a.c[3:1]", "[]"},
          {"$.list[::3]", "[]"},
          {"$.a.c.*", "[10,11,12,13]"},
          {"$.a.c[*]", "[10,11,12,13]"},
          {"$.a.*", "[1,[10,11,12,13]]"},
          {"$.a[0]", "[]"},
          {"$.a.c.b", "[]"},
          {"$['a','n','gone']", "[{\"b\":1,\"c\":[10,11,12,13]},null]"},
          {"$.*.b", "[1]"},
          // The older form.
          {".",
           R"([{"a":{"b":1,"c":[10,11,12,13]},"x y":2,"e\"s":3,"it's":4,"0":5,"n":null,"list":[]}])"},
          {".a.b", "[1]"},
          {"a.b", "[1]"},
          {"a", "[{\"b\":1,\"c\":[10,11,12,13]}]"},
          {"['a'].b", "[1]"},
          {".a.c[1]", "[11]"},
      }) {
    EXPECT_EQ(select(c.path), c.selected) << c.path;
  }
}

TEST_F(JsonPathTest, Descent) {
  document(R"({"a":2,"b":3,"nested":{"a":4,"deep":[{"a":5},{"a":{"a":6}}]}})");
  struct Both {
    std::string_view path, outer_first, inner_first;
  };
  for (const Both& c : std::initializer_list<Both>{
           {"$..a", R"([2,4,5,{"a":6},6])", R"([5,6,{"a":6},4,2])"},
           {"$..['a']", R"([2,4,5,{"a":6},6])", R"([5,6,{"a":6},4,2])"},
           {"$..[0]", R"([{"a":5}])", R"([{"a":5}])"},
           {"$.nested..a", R"([4,5,{"a":6},6])", R"([5,6,{"a":6},4])"},
           {"$..nested..a", R"([4,5,{"a":6},6])", R"([5,6,{"a":6},4])"},
           {"$.nested.deep..*", R"([{"a":5},{"a":{"a":6}},5,{"a":6},6])",
            R"([5,6,{"a":6},{"a":5},{"a":{"a":6}}])"},
           {"..a", R"([2,4,5,{"a":6},6])", R"([5,6,{"a":6},4,2])"},
       }) {
    EXPECT_EQ(select(c.path), c.outer_first) << c.path;
    EXPECT_EQ(select(c.path, JsonOrder::kInnerFirst), c.inner_first) << c.path;
  }
}

TEST_F(JsonPathTest, Filters) {
  document(R"({"limit":10,"word":"^b","books":[
      {"t":"apple","p":8,"tags":["x"]},{"t":"banana","p":12.5,"new":true},{"t":"Cherry","p":10,"new":false,
      "sub":{"v":[1,2]}},{"t":null,"p":"12"}]})");
  auto titles = [&](std::string_view filter) {
    return select("$.books[?" + std::string(filter) + "].p");
  };
  for (const Case& c : std::initializer_list<Case>{
           {"(@.p>10)", "[12.5]"},
           {"@.p>10", "[12.5]"},
           {"(@.p>=10)", "[12.5,10]"},
           {"(@.p<10)", "[8]"},
           {"(@.p<=10)", "[8,10]"},
           {"(@.p==10)", "[10]"},
           {"(@.p==10.0)", "[10]"},
           {"(@.p!=10)", "[8,12.5,\"12\"]"},
           {"(@.p==\"12\")", "[\"12\"]"},
           {"('12'==@.p)", "[\"12\"]"},
           {"(@.p>-1)", "[8,12.5,10]"},
           {"(@.p<12.6)", "[8,12.5,10]"},
           {"(10<@.p)", "[12.5]"},
           {"(@.t==null)", "[\"12\"]"},
           {"(@.new==true)", "[12.5]"},
           {"(@.new==false)", "[10]"},
           {"(@.new)", "[12.5,10]"},
           {"(!@.new)", "[8,\"12\"]"},
           {"(!(@.p>9))", "[8,\"12\"]"},
           {"(@.sub.v)", "[10]"},
           {"(@.nothing)", "[]"},
           {"(@.nothing==1)", "[]"},
           {"(@.nothing!=1)", "[8,12.5,10,\"12\"]"},
           {"(@.p>$.limit)", "[12.5]"},
           {"(@.p==$.limit)", "[10]"},
           {"(@.t>'b')", "[12.5]"},
           {"(@.t=~'an')", "[12.5]"},
           {"(@.t=~'^[aC]')", "[8,10]"},
           {"(@.t=~'(?i)^c')", "[10]"},
           {"(@.t=~$.word)", "[12.5]"},
           {"(@.t=~'(')", "[]"},
           {"(@.p=~'8')", "[]"},
           {"(@.p>9&&@.new==true)", "[12.5]"},
           {"(@.p<9||@.p>11)", "[8,12.5]"},
           {"(@.p<9||@.p>9&&@.new==false)", "[8,10]"},
           {"((@.p<9||@.p>9)&&@.new==false)", "[10]"},
           {"(@.sub.v[*]==2)", "[10]"},
           {"(@..v)", "[10]"},
           {"(@.sub.v[?(@>1)])", "[10]"},
           {"(@.tags[0]=='x')", "[8]"},
           {"(1==1)", "[8,12.5,10,\"12\"]"},
           {"(true)", "[8,12.5,10,\"12\"]"},
           {"(false)", "[]"},
       }) {
    EXPECT_EQ(titles(c.path), c.selected) << c.path;
  }
  EXPECT_EQ(select("$.books[?(@.sub.v[0]==1)].sub.v[1]"), "[2]");
  EXPECT_EQ(select("$.limit[?(@>1)]"), "[]");
  EXPECT_EQ(select("$[?(@==10)]"), "[10]");  // members of an object
  EXPECT_EQ(select("$..[?(@.v)].v[0]"), "[1]");
}

TEST_F(JsonPathTest, FiltersCompareContainers) {
  document(R"({"a":[{"x":[1,{"k":2}]},{"x":[1,2]},{"x":{}}],"same":[1,{"k":2}]})");
  EXPECT_EQ(select("$.a[?(@.x==$.same)]"), R"([{"x":[1,{"k":2}]}])");
  EXPECT_EQ(select("$.a[?(@.x!=$.same)]"), R"([{"x":[1,2]},{"x":{}}])");
  EXPECT_EQ(select("$.a[?(@.x>$.same)]"), "[]");
}

TEST_F(JsonPathTest, SaysWhatIsNoPath) {
  struct Bad {
    std::string_view path;
    size_t position;  // of the "$" path: a legacy one has "$." or "$" put before it
  };
  for (const Bad& c : std::initializer_list<Bad>{
           {"", 2},
           {" ", 3},
           {"$.", 2},
           {"$..", 3},
           {"$...a", 3},
           {"$[", 2},
           {"$[]", 2},
           {"$[0", 3},
           {"$['a", 4},
           {"$['a'", 5},
           {"$['a',]", 6},
           {"$[0,]", 4},
           {"$[0,1:2]", 5},
           {"$[::0]", 5},
           {"$[::-1]", 4},
           {"$[01]", 2},
           {"$[-]", 3},
           {"$.a[b]", 4},
           {"$.a b", 4},
           {"$.a]", 3},
           {"$[?]", 3},
           {"$[?(]", 4},
           {"$[?(@.a>)]", 8},
           {"$[?(@.a>1]", 9},
           {"$[?@.a==]", 8},
           {"$[?(@.a==1.)]", 11},
           {"$[?(@.a&&)]", 9},
           {"$[?(@.a|@.b)]", 7},
           {"$['\\x']", 4},
           {"$.\xc3\xa9", 2},
           {"foo\n", 5},
           {"$.a.", 4},
           {"[0", 4},
       }) {
    std::string error;
    EXPECT_FALSE(compiles(c.path, &error)) << c.path;
    const std::string begin = "Error occurred at position " + std::to_string(c.position) +
                              ", expected one of the following: ";
    EXPECT_EQ(error.substr(0, begin.size()), begin) << c.path;
  }
}

TEST_F(JsonPathTest, IsBounded) {
  std::string error;
  std::string nested = "$.a";
  for (int i = 0; i < 16; i++) nested = "$[?(@" + nested.substr(1) + ")]";
  EXPECT_TRUE(compiles(nested, &error)) << error;
  EXPECT_FALSE(compiles("$[?(@" + nested.substr(1) + ")]", &error));
  EXPECT_NE(error.find("nested too deeply"), std::string::npos);
  EXPECT_FALSE(compiles("$[?" + std::string(100000, '(') + "@.a", &error));
  EXPECT_FALSE(compiles("$[?" + std::string(100000, '!') + "@.a]", &error));
  std::string deep;
  for (int i = 0; i < 126; i++) deep += "[";
  document(deep + "1" + std::string(126, ']'));
  EXPECT_EQ(select("$..[?(@==1)]"), "[1]");
  std::string far = "$";
  for (int i = 0; i < 10000; i++) far += "[0]";
  EXPECT_EQ(select(far), "[]");
}

TEST_F(JsonPathTest, KnowsWhatHasOneMatchAtMost) {
  struct Static {
    std::string_view path;
    bool is_static, is_root, legacy;
  };
  for (const Static& c : std::initializer_list<Static>{
           {"$", true, true, false},
           {".", true, true, true},
           {"$.a", true, false, false},
           {"$.a['b'][0]", true, false, false},
           {"$.a[0,1]", false, false, false},
           {"$['a','b']", false, false, false},
           {"$..a", false, false, false},
           {"$.*", false, false, false},
           {"$[0:1]", false, false, false},
           {"$[?(@.a)]", false, false, false},
           {"a.b", true, false, true},
           {"$a", true, false, true},
       }) {
    std::string error;
    ASSERT_TRUE(compiles(c.path, &error)) << c.path << error;
    EXPECT_EQ(store_->path.is_static(), c.is_static) << c.path;
    EXPECT_EQ(store_->path.is_root(), c.is_root) << c.path;
    EXPECT_EQ(store_->path.legacy(), c.legacy) << c.path;
  }
}

TEST_F(JsonPathTest, OrdersPlacesForChanges) {
  document(R"({"a":[[1,2],[3]],"b":{"c":[4]}})");
  auto places = [&](std::string_view path, bool outer) {
    select(path);
    std::string text;
    for (uint32_t i :
         outer ? outermost(store_->places, root_) : order_for_changes(store_->places, root_)) {
      for (uint32_t step : store_->places[i]) {
        text += std::to_string(step) + ".";
      }
      text += "|";
    }
    return text;
  };
  // Names have the numbers of their coming: a 0, b 1, c 2.
  EXPECT_EQ(places("$.a..*", false), "0.1.0.|0.1.|0.0.1.|0.0.0.|0.0.|");
  EXPECT_EQ(places("$.a..*", true), "0.1.|0.0.|");
  EXPECT_EQ(places("$..*", true), "0.|1.|");
  EXPECT_EQ(places("$['a','a']", true), "0.|");
  EXPECT_EQ(places("$..c", true), "1.2.|");
}

}  // namespace
}  // namespace redstart
