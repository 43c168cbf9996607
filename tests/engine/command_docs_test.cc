#include "engine/command_docs.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

// The tree as one line: {name type TOKEN flags parts}.
std::string show(const std::vector<ArgDoc>& docs) {
  static constexpr const char* kTypes[] = {"",      ":int",   ":double", ":key",  ":pattern",
                                           ":time", ":token", ":oneof",  ":block"};
  std::string out;
  for (const ArgDoc& doc : docs) {
    if (!out.empty()) out += ' ';
    if (!doc.token.empty()) out += doc.token + "=";
    out += doc.name + kTypes[static_cast<size_t>(doc.type)];
    if (doc.key_spec >= 0) out += std::to_string(doc.key_spec);
    if (doc.optional) out += '?';
    if (doc.multiple) out += '+';
    if (doc.multiple_token) out += '*';
    if (!doc.parts.empty()) out += "{" + show(doc.parts) + "}";
  }
  return out;
}

std::string parsed(std::string_view text, int key_specs = 1) {
  std::vector<ArgDoc> docs;
  std::string error;
  return parse_arg_docs(text, key_specs, &docs, &error) ? show(docs) : "error: " + error;
}

TEST(CommandDocs, ExpandsTheGrammar) {
  EXPECT_EQ(parsed(""), "");
  EXPECT_EQ(parsed("key value"), "key:key0 value");
  EXPECT_EQ(parsed("key destkey:key", 2), "key:key0 destkey:key1");
  EXPECT_EQ(parsed("key+ pattern"), "key:key0+ pattern:pattern");
  EXPECT_EQ(parsed("[NX|XX] [GET]"), "nx:oneof?{NX=nx:token XX=xx:token} GET=get:token?");
  EXPECT_EQ(parsed("[EX seconds:integer|EXAT at:unix-time|PERSIST]"),
            "seconds:oneof?{EX=seconds:int EXAT=at:time PERSIST=persist:token}");
  EXPECT_EQ(parsed("[LIMIT (offset:integer count:integer)]"),
            "LIMIT=offset:block?{offset:int count:int}");
  EXPECT_EQ(parsed("(score:double member)+"), "score:block+{score:double member}");
  EXPECT_EQ(parsed("[GET pattern]+ [WITH name+]"), "GET=pattern:pattern?+* WITH=name?+");
  EXPECT_EQ(parsed("(AND|OR) destkey:key"), "and:oneof{AND=and:token OR=or:token} destkey:key0");
  EXPECT_EQ(parsed("condition=[NX|XX] id|$"),
            "condition:oneof?{NX=nx:token XX=xx:token} id:oneof{id $=$:token}");
}

TEST(CommandDocs, RefusesMalformedTexts) {
  for (const char* text :
       {" key", "key ", "key  value", "[key", "(key]", "key)", "[]", "()", "key|", "|key", "a+b",
        "key:", "key:kind", "NX+", "a:integer:key", "name=key", "name=", "[NX|]"}) {
    EXPECT_EQ(parsed(text).substr(0, 6), "error:") << text;
  }
}

TEST(CommandDocs, CountsWords) {
  auto words = [](std::string_view text) {
    std::vector<ArgDoc> docs;
    std::string error;
    EXPECT_TRUE(parse_arg_docs(text, 1, &docs, &error)) << error;
    WordCount count = count_words(docs);
    return std::to_string(count.least) + (count.more ? "+" : "");
  };
  EXPECT_EQ(words("key value"), "2");
  EXPECT_EQ(words("key [NX]"), "1+");
  EXPECT_EQ(words("(field value)+"), "2+");
  EXPECT_EQ(words("LIMIT offset|ALL"), "1+");
  EXPECT_EQ(words("YES|NO"), "1");
  EXPECT_EQ(words("EX seconds|PX ms"), "2");
}

}  // namespace
}  // namespace redstart
