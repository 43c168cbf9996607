#include "search/index.h"

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
    put("odd", R"({"name":5,"price":"cheap","stock":-1,"active":"yes","made":"soon","delta":0.5})");
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
      {R"({"$must":[1]})", "ERR A filter must be a JSON object"},
  };
  for (const auto& c : cases) EXPECT_EQ(find(c.filter), c.error) << c.filter;
  EXPECT_EQ(find(R"({"name":{"$regex":"("}})").substr(0, 4), "ERR ");
}

}  // namespace
}  // namespace redstart::search
