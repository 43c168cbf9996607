
#include "search/schema.h"

#include "tests/search/fixture.h"

namespace redstart::search {
namespace {

// As DESCRIBE would say it, or the error.
std::string parsed(std::string_view text) {
  Schema schema;
  std::string out;
  if (!schema.parse(words_of(text), &out)) return out;
  for (const Field& field : schema.fields()) {
    out += field.name + " " + std::string(field_type_name(field.type));
    if (field.fast) out += " FAST";
    if (field.nostem) out += " NOSTEM";
    if (field.notokenize) out += " NOTOKENIZE";
    if (!field.from.empty()) out += " FROM " + field.from;
    out += ";";
  }
  return out;
}

TEST(Schema, ReadsFields) {
  const struct {
    std::string_view words, read;
  } cases[] = {
      {"a TEXT", "a TEXT;"},
      {"a text b u64 fast", "a TEXT;b U64 FAST;"},
      {"a.b.c F64 FAST FROM x.y b BOOL FAST c DATE d I64",
       "a.b.c F64 FAST FROM x.y;b BOOL FAST;c DATE;d I64;"},
      {"t TEXT NOTOKENIZE NOSTEM FROM t2", "t TEXT NOSTEM NOTOKENIZE FROM t2;"},
      {"k KEYWORD f FACET", "k KEYWORD;f FACET;"},
      {"k KEYWORD FAST f FACET", "k KEYWORD FAST;f FACET;"},
      {"FAST U64 FAST FAST2 KEYWORD", "FAST U64 FAST;FAST2 KEYWORD;"},
      {"a U64 FAST U64", "a U64;FAST U64;"},
      {"a U64 FROM TEXT", "a U64 FROM TEXT;"},
      {"a U64 FAST date DATE", "a U64 FAST;date DATE;"},
      {"a TEXT NOSTEM text TEXT NOTOKENIZE b BOOL", "a TEXT NOSTEM;text TEXT NOTOKENIZE;b BOOL;"},
      {"a U64 FAST U64 text TEXT", "a U64;FAST U64;text TEXT;"},

      {"", "ERR The schema has no fields"},
      {"a", "ERR Missing type of field 'a'"},
      {"a TXT",
       "ERR Unknown type 'TXT' of field 'a', expected TEXT, U64, I64, F64, BOOL, DATE, KEYWORD or "
       "FACET"},
      {"a TEXT b", "ERR Missing type of field 'b'"},
      {"a TEXT FAST", "ERR Option FAST does not apply to field 'a' of type TEXT"},
      {"a FACET FAST", "ERR Option FAST does not apply to field 'a' of type FACET"},
      {"a U64 NOSTEM", "ERR Option NOSTEM does not apply to field 'a' of type U64"},
      {"a KEYWORD NOTOKENIZE", "ERR Option NOTOKENIZE does not apply to field 'a' of type KEYWORD"},
      {"a TEXT NOSTEM NOSTEM", "ERR Option NOSTEM is repeated for field 'a'"},
      {"a TEXT FROM b FROM c", "ERR Option FROM is repeated for field 'a'"},
      {"a TEXT FROM", "ERR Missing path behind FROM of field 'a'"},
      {"a TEXT a U64", "ERR Field 'a' is defined twice"},
  };
  for (const auto& c : cases) EXPECT_EQ(parsed(c.words), c.read) << c.words;
  EXPECT_EQ(parsed("a TEXT  TEXT"), "ERR A field has an empty name");
}

TEST(Schema, HasABoundOfFields) {
  std::string text;
  for (size_t i = 0; i < kFieldsMax; i++) text += "f" + std::to_string(i) + " U64 ";
  EXPECT_EQ(parsed(text).substr(0, 7), "f0 U64;");
  EXPECT_EQ(parsed(text + "one TEXT"), "ERR Too many fields in the schema");
}

TEST(Schema, FindsFieldsByName) {
  Schema schema;
  std::string error;
  const auto words = words_of("a TEXT b KEYWORD c U64 d U64 FAST");
  ASSERT_TRUE(schema.parse(words, &error));
  EXPECT_EQ(schema.find("b"), 1u);
  EXPECT_EQ(schema.find("B"), kNoField);
  EXPECT_FALSE(schema.field(0).sortable());
  EXPECT_TRUE(schema.field(1).sortable());
  EXPECT_FALSE(schema.field(2).sortable());
  EXPECT_TRUE(schema.field(3).sortable());
}

Definition definition(std::string_view schema, std::vector<std::string> prefixes) {
  Definition made;
  std::string error;
  EXPECT_TRUE(made.schema.parse(words_of(schema), &error)) << error;
  made.prefixes = std::move(prefixes);
  return made;
}

TEST(Definition, TakesKeysByPrefix) {
  const Definition made = definition("a TEXT", {"user:", "post:"});
  EXPECT_TRUE(made.takes("user:1"));
  EXPECT_TRUE(made.takes("post:"));
  EXPECT_FALSE(made.takes("user"));
  EXPECT_FALSE(made.takes("my user:1"));
}

TEST(Definition, SaysWhatIsTheSame) {
  const Definition one = definition("a TEXT b U64", {"x:", "y:"});
  EXPECT_TRUE(one.same(one));
  EXPECT_TRUE(one.same(definition("a TEXT b U64", {"y:", "x:"})));
  EXPECT_FALSE(one.same(definition("a TEXT b U64", {"x:"})));
  EXPECT_FALSE(one.same(definition("a TEXT b U64 FAST", {"x:", "y:"})));
  EXPECT_FALSE(one.same(definition("b U64 a TEXT", {"x:", "y:"})));
  Definition other = one;
  other.source = Source::kJson;
  EXPECT_FALSE(one.same(other));
  other = one;
  other.language = Language::kDutch;
  EXPECT_FALSE(one.same(other));
}

TEST(Definition, ChecksPrefixes) {
  const struct {
    std::vector<std::string> prefixes;
    std::string_view error;
  } cases[] = {
      {{"a"}, ""},
      {{"a:", "b:"}, ""},
      {{""}, ""},
      {{}, "ERR An index needs at least one prefix"},
      {{"a", "a"}, "ERR Prefix 'a' is repeated"},
      {{"b:", "a:b:", "a:"}, "ERR Prefixes 'a:' and 'a:b:' overlap"},
  };
  for (const auto& c : cases) {
    std::string error;
    EXPECT_EQ(check_prefixes(c.prefixes, &error), c.error.empty());
    EXPECT_EQ(error, c.error);
  }
}

TEST(Language, IsReadInAnyCase) {
  Language language;
  ASSERT_TRUE(parse_language("Turkish", &language));
  EXPECT_EQ(language, Language::kTurkish);
  EXPECT_EQ(language_name(language), "turkish");
  ASSERT_TRUE(parse_language("arabic", &language));
  EXPECT_EQ(language, Language::kArabic);
  EXPECT_FALSE(parse_language("klingon", &language));
}

}  // namespace
}  // namespace redstart::search
