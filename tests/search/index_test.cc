#include "search/index.h"

#include <cmath>

#include "tests/search/fixture.h"

namespace redstart::search {
namespace {

class Shop : public SearchTest {
 protected:
  void SetUp() override {
    create(
        "name TEXT description TEXT category TEXT NOTOKENIZE price F64 FAST stock U64 FAST "
        "active BOOL FAST tag KEYWORD kind FACET made DATE FAST delta I64 FAST maker.name TEXT");
    put("pro", R"({"name":"Laptop Pro","description":"High performance laptop",
        "category":"electronics","price":1299.99,"stock":50,"active":true,"tag":["new","big"],
        "kind":"/it/mobile","made":"2026-01-10T10:00:00Z","delta":-5,"maker":{"name":"Ada Byron"}})");
    put("basic", R"({"name":"Laptop Basic","description":"Budget friendly laptop",
        "category":"electronics","price":599.99,"stock":100,"active":true,"tag":"old",
        "kind":"/it/mobile/small","made":"2026-01-20T10:00:00Z","delta":7})");
    put("mouse", R"({"name":"Wireless Mouse","description":"Ergonomic wireless mouse",
        "category":"electronics","price":29.99,"stock":200,"active":true,"tag":"new",
        "kind":"/it","made":"2026-02-05T10:00:00.5+01:00","maker":{"name":"Bob Byron"}})");
    put("cable", R"({"name":"USB Cable","description":"Fast charging USB cable",
        "category":"accessories","price":9.99,"stock":500,"active":true,"tag":"Old"})");
    put("case", R"({"name":"Phone Case","description":"Protective phone case, runs well",
        "category":"accessories","price":19.99,"stock":300,"active":false,"kind":"/home"})");
    put("odd", R"({"name":5,"price":"cheap","stock":-1,"active":"yes","made":"soon","delta":0.5,
        "kind":"none"})");
  }
};

TEST_F(Shop, FindsByFilter) {
  const struct {
    std::string_view filter, found;
  } cases[] = {
      {"{}", "pro basic mouse cable case odd"},
      // $eq
      {R"({"name":{"$eq":"Laptop"}})", "pro basic"},
      {R"({"name":{"$eq":"LAPTOPS"}})", "pro basic"},
      {R"({"name":{"$eq":"laptop pro"}})", "pro"},
      {R"({"name":{"$eq":"pro laptop"}})", ""},
      {R"({"name":{"$eq":"?!"}})", ""},
      {R"({"description":{"$eq":"running"}})", "case"},
      {R"({"category":{"$eq":"electronics"}})", "pro basic mouse"},
      {R"({"category":{"$eq":"Electronics"}})", ""},
      {R"({"price":{"$eq":29.99}})", "mouse"},
      {R"({"stock":{"$eq":50.0}})", "pro"},
      {R"({"stock":{"$eq":50.5}})", ""},
      {R"({"stock":{"$eq":-1}})", ""},
      {R"({"stock":{"$eq":1e300}})", ""},
      {R"({"active":{"$eq":false}})", "case"},
      {R"({"tag":{"$eq":"new"}})", "pro mouse"},
      {R"({"tag":{"$eq":"big"}})", "pro"},
      {R"({"tag":{"$eq":"old"}})", "basic"},
      {R"({"kind":{"$eq":"/it"}})", "pro basic mouse"},
      {R"({"kind":{"$eq":"/it/mobile"}})", "pro basic"},
      {R"({"kind":{"$eq":"/it/mob"}})", ""},
      {R"({"kind":{"$eq":"none"}})", ""},
      {R"({"kind":{"$eq":"/"}})", "pro basic mouse case"},
      {R"({"made":{"$eq":"2026-02-05T09:00:00.500Z"}})", "mouse"},
      {R"({"delta":{"$eq":-5}})", "pro"},
      {R"({"maker.name":{"$eq":"Byron"}})", "pro mouse"},
      // $in
      {R"({"tag":{"$in":["big","old","none"]}})", "pro basic"},
      {R"({"price":{"$in":[9.99,19.99]}})", "cable case"},
      {R"({"active":{"$in":[true,false]}})", "case pro basic mouse cable"},
      {R"({"kind":{"$in":["/home","/it/mobile/small"]}})", "basic case"},
      {R"({"name":{"$in":[]}})", ""},
      // ranges
      {R"({"price":{"$gt":500}})", "pro basic"},
      {R"({"price":{"$gte":19.99,"$lt":599.99}})", "mouse case"},
      {R"({"price":{"$gt":19.99,"$lte":599.99}})", "basic mouse"},
      {R"({"price":{"$gt":5,"$lt":1}})", ""},
      {R"({"stock":{"$gt":-1}})", "pro basic mouse cable case"},
      {R"({"stock":{"$gt":99.5}})", "basic mouse cable case"},
      {R"({"stock":{"$lt":100.5}})", "pro basic"},
      {R"({"stock":{"$lte":50}})", "pro"},
      {R"({"stock":{"$lt":0}})", ""},
      {R"({"stock":{"$lt":1e30}})", "pro basic mouse cable case"},
      {R"({"delta":{"$lt":0}})", "pro"},
      {R"({"delta":{"$gte":-5,"$lte":7}})", "pro basic"},
      {R"({"made":{"$gte":"2026-01-01","$lt":"2026-02-01"}})", "pro basic"},
      {R"({"made":{"$gt":"2026-01-10T10:00:00Z"}})", "basic mouse"},
      {R"({"tag":{"$gte":"big","$lt":"new"}})", "pro"},
      {R"({"tag":{"$gt":"big","$lte":"new"}})", "pro mouse"},
      {R"({"tag":{"$lt":"a"}})", "cable"},
      {R"({"tag":{"$gte":"new"}})", "pro basic mouse"},
      // $fuzzy
      {R"({"name":{"$fuzzy":"laptopp"}})", "pro basic"},
      {R"({"name":{"$fuzzy":{"value":"Lepptop","distance":2}}})", "pro basic"},
      {R"({"name":{"$fuzzy":{"value":"lep","distance":1,"prefix":true}}})", "pro basic"},
      {R"({"name":{"$fuzzy":"laptop prp"}})", "pro"},
      {R"({"name":{"$fuzzy":"qwertz"}})", ""},
      {R"({"category":{"$fuzzy":"Elektronics"}})", "pro basic mouse"},
      // $phrase
      {R"({"description":{"$phrase":"wireless mouse"}})", "mouse"},
      {R"({"description":{"$phrase":{"value":"wireless mou","prefix":true}}})", "mouse"},
      {R"({"description":{"$phrase":{"value":"wire","prefix":true}}})", "mouse"},
      {R"({"description":{"$phrase":"high laptop"}})", ""},
      {R"({"description":{"$phrase":{"value":"high laptop","slop":1}}})", "pro"},
      {R"({"description":{"$phrase":{"value":"laptop performance","slop":1}}})", ""},
      {R"({"description":{"$phrase":{"value":"laptop performance","slop":2}}})", "pro"},
      // $regex
      {R"({"name":{"$regex":"Laptop.*"}})", "pro basic"},
      {R"({"name":{"$regex":"apto"}})", ""},
      {R"~({"tag":{"$regex":"(old|big)"}})~", "pro basic cable"},
      // $smart and bare values
      {R"({"name":{"$smart":"Laptopp"}})", "pro basic"},
      {R"({"name":"laptop basic"})", "basic pro"},
      {R"({"name":"\"laptop basic\""})", "basic"},
      {R"({"name":"lap"})", "pro basic"},
      {R"({"price":29.99})", "mouse"},
      {R"({"active":false})", "case"},
      {R"({"tag":"new"})", "pro mouse"},
      {R"({"made":"2026-01-10T10:00:00Z"})", "pro"},
      // several
      {R"({"category":"electronics","price":{"$lt":1000}})", "basic mouse"},
      {R"({"$and":[{"category":"electronics"},{"price":{"$lt":1000}}]})", "basic mouse"},
      {R"({"$must":{"category":"electronics","stock":{"$gte":200}}})", "mouse"},
      {R"({"$or":[{"tag":"big"},{"name":{"$eq":"case"}}]})", "pro case"},
      {R"({"$should":[{"tag":"big"},{"name":{"$eq":"case"}}]})", "pro case"},
      {R"({"$must":{"name":{"$eq":"laptop"}},"$should":{"name":{"$eq":"basic"}}})", "basic pro"},
      {R"({"name":{"$eq":"laptop"},"$or":[{"tag":"old"},{"tag":"Old"}]})", "basic"},
      {R"({"active":true,"$mustNot":[{"category":"electronics"}]})", "cable"},
      {R"({"$should":[{"tag":"new"},{"tag":"old"}],"$mustNot":{"name":{"$eq":"mouse"}}})",
       "basic pro"},
      {R"({"$should":{"tag":"old","name":{"$eq":"mouse"}}})", "basic mouse"},
      {R"({"$should":{"tag":"old","name":{"$eq":"mouse"},"$boost":-1}})", "mouse basic"},
      {R"({"$or":{"tag":"old","$must":{"tag":"big","active":true}}})", "pro basic"},
      {R"({"$must":{},"$mustNot":{"tag":"new","category":"accessories"}})", "basic odd"},
      {R"({"$must":{},"$mustNot":[{"tag":"new","name":{"$eq":"pro"}}]})",
       "basic mouse cable case odd"},
      {R"({"$must":{},"$mustNot":{}})", "pro basic mouse cable case odd"},
      {R"({"$should":{}})", ""},
      {R"({"name":{"$fuzzy":{"term":"laptpo"}}})", "pro basic"},
      {R"({"description":{"$phrase":{"query":"high laptop","slop":1}}})", "pro"},
      {R"({"$mustNot":[{"category":"electronics"}]})", ""},
      {R"({"$must":[{}],"$mustNot":[{"category":"electronics"}]})", "cable case odd"},
      {R"({"$must":[]})", "pro basic mouse cable case odd"},
      {R"({"$should":[]})", ""},
      {R"({"$should":[],"tag":"old"})", "basic"},
      {R"({"$or":[]})", ""},
      {R"({"$or":[{"name":{"$eq":"laptop"}},{"tag":{"$eq":"Old","$boost":100}}]})",
       "cable pro basic"},
      {R"({"$or":[{"name":{"$eq":"laptop","$boost":-1}},{"tag":{"$eq":"Old"}}]})",
       "cable pro basic"},
      {R"({"$or":[{"active":true},{"active":false,"$boost":0.01}]})", "pro basic mouse cable case"},
      {R"({"$or":[{"$must":[{"tag":"new"},{"active":true}]},{"$and":[{"tag":"Old"}]}]})",
       "cable pro mouse"},
  };
  for (const auto& c : cases) EXPECT_EQ(find(c.filter), c.found) << c.filter;
}

TEST_F(Shop, SaysWhatIsWrongWithAFilter) {
  const struct {
    std::string_view filter, error;
  } cases[] = {
      {"", "ERR The filter is not valid JSON: EOF while parsing a value at line 1 column 0"},
      {"{\"a\":", "ERR The filter is not valid JSON: EOF while parsing a value at line 1 column 5"},
      {"[]", "ERR A filter must be a JSON object"},
      {"\"x\"", "ERR A filter must be a JSON object"},
      {R"({"nme":"x"})", "ERR Unknown field: nme"},
      {R"({"$not":{}})", "ERR Unknown operator: $not"},
      {R"({"name":{"$not":"x"}})", "ERR Unknown field operator: $not"},
      {R"({"maker.name":{"first":"x"}})", "ERR Unknown field operator: first"},
      {R"({"$rrf":[]})",
       "ERR $rrf needs embeddings made by a service, which this server does not have"},
      {R"({"name":{"$ann":{}}})",
       "ERR $ann needs embeddings made by a service, which this server does not have"},
      {R"({"name":{}})", "ERR Field 'name' has no operator"},
      {R"({"name":{"$boost":2}})", "ERR Field 'name' has no operator"},
      {R"({"name":{"$eq":"x","$boost":"2"}})", "ERR $boost must be a number"},
      {R"({"$boost":null})", "ERR $boost must be a number"},
      {R"({"name":{"$eq":5}})", "ERR Operator $eq of field 'name' needs a string"},
      {R"({"price":{"$eq":"5"}})", "ERR Operator $eq of field 'price' needs a number"},
      {R"({"price":{"$gt":"5"}})", "ERR Operator $gt of field 'price' needs a number"},
      {R"({"active":{"$eq":1}})", "ERR Operator $eq of field 'active' needs a boolean"},
      {R"({"active":{"$gt":true}})",
       "ERR Operator $gt of field 'active' does not apply to type BOOL"},
      {R"({"name":{"$gt":"x"}})", "ERR Operator $gt of field 'name' does not apply to type TEXT"},
      {R"({"kind":{"$lte":"x"}})",
       "ERR Operator $lte of field 'kind' does not apply to type FACET"},
      {R"({"tag":{"$lte":1}})", "ERR Operator $lte of field 'tag' needs a string"},
      {R"({"made":{"$gt":"soon"}})", "ERR Operator $gt of field 'made' needs a date (RFC 3339)"},
      {R"({"made":5})", "ERR Operator $smart of field 'made' needs a date (RFC 3339)"},
      {R"({"name":["x"]})", "ERR Operator $smart of field 'name' needs a string"},
      {R"({"name":null})", "ERR Operator $smart of field 'name' needs a string"},
      {R"({"name":{"$in":"x"}})", "ERR Operator $in of field 'name' needs an array"},
      {R"({"price":{"$in":[1,"x"]}})", "ERR Operator $in of field 'price' needs a number"},
      {R"({"price":{"$fuzzy":"x"}})",
       "ERR Operator $fuzzy of field 'price' does not apply to type F64"},
      {R"({"kind":{"$regex":"x"}})",
       "ERR Operator $regex of field 'kind' does not apply to type FACET"},
      {R"({"name":{"$fuzzy":5}})",
       "ERR Operator $fuzzy of field 'name' needs a string or an object"},
      {R"({"name":{"$fuzzy":{}}})", "ERR Operator $fuzzy of field 'name' needs a value"},
      {R"({"name":{"$fuzzy":{"value":1}}})",
       "ERR Operator $fuzzy of field 'name' needs a string as its value"},
      {R"({"name":{"$fuzzy":{"value":"x","distance":3}}})",
       "ERR Operator $fuzzy of field 'name' needs a distance of 0, 1 or 2"},
      {R"({"name":{"$fuzzy":{"value":"x","prefix":1}}})",
       "ERR Operator $fuzzy of field 'name' needs true or false as prefix"},
      {R"({"name":{"$fuzzy":{"value":"x","slop":1}}})",
       "ERR Operator $fuzzy of field 'name' has no option 'slop'"},
      {R"({"name":{"$phrase":{"slop":1}}})", "ERR Operator $phrase of field 'name' needs a value"},
      {R"({"name":{"$phrase":{"value":"x","slop":-1}}})",
       "ERR Operator $phrase of field 'name' needs a whole number as its slop"},
      {R"({"name":{"$phrase":{"value":"x","slop":1,"prefix":true}}})",
       "ERR Operator $phrase of field 'name' needs either slop or prefix, not both"},
      {R"({"name":{"$phrase":{"value":"x","distance":1}}})",
       "ERR Operator $phrase of field 'name' has no option 'distance'"},
      {R"({"name":{"$regex":5}})", "ERR Operator $regex of field 'name' needs a string"},
      {R"({"$or":"x"})", "ERR $or must be a filter or an array of filters"},
      {R"({"$should":{"$boost":"x"}})", "ERR $boost must be a number"},
      {R"({"$mustNot":{"nme":1}})", "ERR Unknown field: nme"},
      {R"({"$must":[1]})", "ERR A filter must be a JSON object"},
  };
  for (const auto& c : cases) EXPECT_EQ(find(c.filter), c.error) << c.filter;
  EXPECT_EQ(find(R"({"name":{"$regex":"("}})").substr(0, 4), "ERR ");
}

TEST_F(Shop, BoundsWhatStandsForManyTerms) {
  auto filter_of = [](int count) {
    std::string filter = R"({"$or":[{"tag":"old"})";
    for (int i = 0; i < count; i++) filter += R"(,{"$and":{"name":{"$fuzzy":"basic"}}})";
    return filter + "]}";
  };
  EXPECT_EQ(find(filter_of(1024)), "basic");
  EXPECT_EQ(find(filter_of(1025)),
            "ERR The filter has more than 1024 conditions that stand for many terms");
}

TEST_F(SearchTest, SmartWordsAreCountedInCharacters) {
  create("t TEXT NOSTEM");
  put("1", R"({"t":"é"})");
  put("2", R"({"t":"è"})");
  put("3", R"({"t":"écru"})");
  EXPECT_EQ(find(R"({"t":"é"})"), "1 3");
  EXPECT_EQ(find(R"({"t":"ècru"})"), "3");
}

TEST_F(Shop, ReplacesAndRemoves) {
  EXPECT_EQ(index_->size(), 6u);
  put("mouse", R"({"name":"Laptop Sleeve","tag":"new"})");
  EXPECT_EQ(index_->size(), 6u);
  EXPECT_EQ(find("{}"), "pro basic cable case odd mouse");
  EXPECT_EQ(find(R"({"name":{"$eq":"laptop"}})"), "pro basic mouse");
  EXPECT_EQ(find(R"({"name":{"$eq":"wireless"}})"), "");
  EXPECT_TRUE(index_->remove("pro"));
  EXPECT_FALSE(index_->remove("pro"));
  EXPECT_EQ(index_->find_key("pro"), kNoDoc);
  EXPECT_EQ(find(R"({"name":{"$eq":"laptop"}})"), "basic mouse");
  EXPECT_EQ(count(R"({"tag":"new"})"), 1u);
}

TEST_F(Shop, OrdersByAField) {
  const struct {
    std::string_view field;
    bool ascending;
    std::string_view found;
  } cases[] = {
      {"price", true, "cable case mouse basic pro odd"},
      {"price", false, "pro basic mouse case cable odd"},
      {"stock", false, "cable case mouse basic pro odd"},
      {"active", true, "case pro basic mouse cable odd"},
      {"made", false, "mouse basic pro cable case odd"},
      {"delta", true, "pro basic mouse cable case odd"},
      {"tag", true, "cable pro mouse basic case odd"},
      {"tag", false, "basic pro mouse cable case odd"},
  };
  for (const auto& c : cases) {
    FindOptions options;
    options.order = index_->schema().find(c.field);
    options.ascending = c.ascending;
    EXPECT_EQ(find("{}", options), c.found) << c.field;
  }
  FindOptions options;
  options.order = index_->schema().find("price");
  options.limit = 2;
  options.offset = 1;
  EXPECT_EQ(find("{}", options), "basic mouse");
  EXPECT_EQ(hits_[0].score, 599.99);
  options.offset = 5;
  EXPECT_EQ(find("{}", options), "odd");
  EXPECT_TRUE(std::isnan(hits_[0].score));
  options.offset = SIZE_MAX;
  options.limit = SIZE_MAX;
  EXPECT_EQ(find("{}", options), "");
}

TEST_F(Shop, PrintsValues) {
  const struct {
    std::string_view key, field, text;
  } cases[] = {
      {"pro", "price", "1299.99"},   {"pro", "stock", "50"},
      {"pro", "active", "true"},     {"pro", "tag", "new"},
      {"pro", "delta", "-5"},        {"pro", "made", "2026-01-10T10:00:00Z"},
      {"pro", "kind", "/it/mobile"}, {"pro", "name", "-"},
      {"odd", "price", "-"},
  };
  for (const auto& c : cases) {
    std::string text = "-";
    index_->value_text(index_->schema().find(c.field), index_->find_key(c.key), &text);
    EXPECT_EQ(text, c.text) << c.key << " " << c.field;
  }
}

TEST_F(Shop, ScoresAsBM25Does) {
  // name: six documents, five with two words each; "laptop" is in two of them.
  find(R"({"name":{"$eq":"laptop"}})");
  const double rarity = std::log(1 + (6 - 2 + 0.5) / (2 + 0.5));
  const double norm = 1.2 * (1 - 0.75 + 0.75 * 2 / (10.0 / 6));
  EXPECT_DOUBLE_EQ(hits_[0].score, rarity * 2.2 / (1 + norm));
  EXPECT_EQ(hits_[0].score, hits_[1].score);
  find(R"({"name":{"$eq":"laptop","$boost":2.5}})");
  EXPECT_DOUBLE_EQ(hits_[0].score, 2.5 * rarity * 2.2 / (1 + norm));
  find(R"({"price":{"$gt":500}})");
  EXPECT_EQ(hits_[0].score, 1);
  find("{}");
  EXPECT_EQ(hits_[0].score, 1);
}

TEST_F(Shop, GivesScoresToAScorer) {
  struct ByStock : Scorer {
    explicit ByStock(const Column* stock) : stock(stock) {}
    double score(DocNumber doc, double score) const override {
      return stock->has(doc) ? score * stock->number(doc) : -std::nan("");
    }
    const Column* stock;
  };
  const ByStock scorer(index_->column(index_->schema().find("stock")));
  FindOptions options;
  options.scorer = &scorer;
  EXPECT_EQ(find("{}", options), "cable case mouse basic pro odd");
  EXPECT_EQ(hits_[0].score, 500);
  options.limit = 3;
  EXPECT_EQ(find("{}", options), "cable case mouse");
}

TEST_F(Shop, KnowsTheTermsOfAQuery) {
  const struct {
    std::string_view filter, field;
    std::vector<std::string> terms;
  } cases[] = {
      {R"({"name":{"$eq":"Laptops pro"}})", "name", {"laptop", "pro"}},
      {R"({"name":{"$eq":"laptop"}})", "description", {}},
      {R"({"name":{"$fuzzy":"laptip"}})", "name", {"laptop"}},
      {R"~({"name":{"$regex":"(l|b).*"}})~", "name", {"basic", "laptop"}},
      {R"({"$or":[{"name":"mouse"},{"name":{"$in":["usb","none"]}}]})", "name", {"mous", "usb"}},
      {R"({"tag":"new","$mustNot":{"tag":"big"}})", "tag", {"new"}},
      {R"({"description":{"$phrase":{"value":"fast cha","prefix":true}}})",
       "description",
       {"charg", "fast"}},
      {R"({"category":{"$eq":"electronics"}})", "category", {"electronics"}},
      {R"({"price":{"$gt":1}})", "price", {}},
  };
  for (const auto& c : cases) {
    Query query;
    std::string error;
    ASSERT_TRUE(index_->compile(c.filter, heap_, &query, &error)) << error;
    std::vector<std::string> terms;
    index_->terms_of(query, index_->schema().find(c.field), &terms);
    EXPECT_EQ(terms, c.terms) << c.filter;
  }
}

// The nearer, the higher, whatever the order in which documents came.
TEST_F(SearchTest, SmartPutsTheNearerFirst) {
  create("t TEXT");
  put("far", R"({"t":"Nothing of the kind"})");
  put("misspelt", R"({"t":"Wirelesz headphome with a long life"})");
  put("one", R"({"t":"Headphones with a cable for the studio"})");
  put("apart", R"({"t":"Headphones with wireless connection"})");
  put("between", R"({"t":"A wireless bluetooth headphones set"})");
  put("phrase", R"({"t":"Premium wireless headphones, no noise"})");
  EXPECT_EQ(find(R"({"t":"wireless headphon"})"), "phrase between apart one misspelt");
  EXPECT_EQ(find(R"({"t":"\"wireless headphones\""})"), "phrase");
  // What is misspelt need not have the stem of the right word.
  EXPECT_EQ(find(R"({"t":{"$fuzzy":"wireles headphons"}})"), "misspelt apart between phrase");
  EXPECT_EQ(find(R"({"t":{"$fuzzy":{"value":"haedphone"}}})"), "one apart between phrase");
  EXPECT_EQ(find(R"({"t":{"$fuzzy":{"value":"haedpho","prefix":true}}})"),
            "misspelt one apart between phrase");
  EXPECT_EQ(find(R"({"t":{"$fuzzy":{"value":"connections","prefix":true}}})"), "apart");

  create("t TEXT NOSTEM");
  put("prefix", R"({"t":"tabeltopping"})");
  put("near", R"({"t":"tabeltop"})");
  put("exact", R"({"t":"tabletop"})");
  put("none", R"({"t":"laptop"})");
  EXPECT_EQ(find(R"({"t":"tabletop"})"), "exact near prefix");
}

TEST_F(SearchTest, JsonIsReadByPath) {
  create("a.b TEXT NOSTEM n U64 FROM deep.list.n s KEYWORD");
  put("1", R"({"a":{"b":"one"},"deep":{"list":[{"n":1},{"n":2},{"x":3}]},"s":["x","y","x"]})");
  put("2", R"({"a.b":"two","deep":[{"list":{"n":[3,4]}}],"s":null})");
  put("3", R"({"a":{"b":{"c":"no"}},"deep":5,"n":6})");
  put("4", R"({"a":[{"b":"one"},{"b":["two","one two"]}]})");
  put("5", "[]");
  EXPECT_EQ(find(R"({"a.b":{"$eq":"one"}})"), "1 4");
  EXPECT_EQ(find(R"({"a.b":{"$eq":"two"}})"), "2 4");
  EXPECT_EQ(find(R"({"a.b":{"$eq":"one two"}})"), "4");
  // No phrase reaches from one value to the next.
  EXPECT_EQ(find(R"({"a.b":{"$phrase":{"value":"two one","slop":1}}})"), "");
  EXPECT_EQ(find(R"({"n":{"$eq":2}})"), "1");
  EXPECT_EQ(find(R"({"n":{"$gt":2}})"), "2");
  EXPECT_EQ(find(R"({"s":"x"})"), "1");
  EXPECT_EQ(find("{}"), "1 2 3 4 5");
}

TEST_F(SearchTest, TextIsReadAsItsTypeWantsIt) {
  create("u U64 i I64 f F64 b BOOL d DATE k KEYWORD");
  const struct {
    std::string_view text, fields;
  } cases[] = {
      {"7", "uifk"},
      {"-7", "ifk"},
      {"1", "uifbk"},
      {"true", "bk"},
      {"FALSE", "bk"},
      {"1.5", "fk"},
      {"18446744073709551615", "ufk"},
      {"2026-01-01", "dk"},
      {"nan", "k"},
      {"inf", "k"},
      {"", "k"},
      {"1e3", "fk"},
      {"07", "fk"},
  };
  for (const auto& c : cases) {
    Document document(index_->schema());
    for (FieldNumber field = 0; field < 6; field++) document.add_text(field, c.text);
    std::string fields;
    for (const Document::Value& value : document.values()) fields += "uifbdk"[value.field];
    EXPECT_EQ(fields, c.fields) << c.text;
  }
}

TEST_F(SearchTest, JsonNumbersFitOrAreLeftOut) {
  create("u U64 i I64 f F64 b BOOL d DATE k KEYWORD");
  const struct {
    std::string_view value, fields;
  } cases[] = {
      {"7", "uif"},
      {"-7", "if"},
      {"7.0", "uif"},
      {"7.5", "f"},
      {"1e19", "uf"},
      {"-1e19", "f"},
      {"1e20", "f"},
      {"18446744073709551615", "uf"},
      {"true", "b"},
      {"null", ""},
      {"{}", ""},
      {"\"7\"", "k"},
      {"\"2026-01-01\"", "dk"},
      {"[1,[2,true]]", "uuiiffb"},
  };
  for (const auto& c : cases) {
    JsonNode node = json(c.value);
    Document document(index_->schema());
    for (FieldNumber field = 0; field < 6; field++) document.add_json(field, node);
    std::string fields;
    for (const Document::Value& value : document.values()) fields += "uifbdk"[value.field];
    EXPECT_EQ(fields, c.fields) << c.value;
    node.release(heap_);
  }
}

// Documents that are replaced over and over leave nothing behind.
TEST_F(SearchTest, MemoryDoesNotGrowWithChanges) {
  create("text TEXT tag KEYWORD n U64 kind FACET");
  auto fill = [this](int round) {
    for (int i = 0; i < 1000; i++) {
      const std::string n = std::to_string(i);
      put("key" + n, R"({"text":"words of round )" + std::to_string(round) + " number " + n +
                         R"(","tag":"tag)" + n + R"(","n":[)" + n + ",5],\"kind\":\"/k/" + n +
                         "\"}");
    }
    while (!index_->settle(100)) {
    }
  };
  fill(0);
  const size_t once = index_->bytes();
  for (int round = 1; round < 12; round++) fill(round);
  EXPECT_LT(index_->bytes(), once * 3 / 2);
  EXPECT_EQ(count(R"({"text":{"$eq":"words"}})"), 1000u);
  EXPECT_EQ(count(R"({"text":{"$eq":"11"},"n":{"$gte":500}})"), 500u);
  for (int i = 0; i < 1000; i++) EXPECT_TRUE(index_->remove("key" + std::to_string(i)));
  while (!index_->settle(100)) {
  }
  EXPECT_LT(index_->bytes(), once / 10);
  EXPECT_EQ(index_->size(), 0u);
}

TEST_F(SearchTest, GoesInSlices) {
  create("text TEXT tag KEYWORD");
  for (int i = 0; i < 500; i++) {
    const std::string n = std::to_string(i);
    put("key" + n, R"({"text":"a)" + n + R"(","tag":"t)" + n + "\"}");
  }
  int slices = 0;
  size_t budget = 0;
  do {
    budget = 100;
    slices++;
  } while (!index_->release_some(&budget));
  EXPECT_EQ(slices, 15);
}

}  // namespace
}  // namespace redstart::search
