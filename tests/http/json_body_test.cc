#include "http/json_body.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

std::string shown(const JsonBody& body) {
  std::string out;
  for (const JsonBody::Command& command : body.commands()) {
    if (!command.error.empty()) {
      out += "<" + std::string(command.error) + ">";
      continue;
    }
    out += "(";
    for (const std::string_view arg : body.args_of(command)) {
      out += out.back() == '(' ? "" : "|";
      out += arg;
    }
    out += ")";
  }
  return out;
}

// The text is copied to a block of its exact size: reading behind it is seen by the sanitizer.
std::string command(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  JsonBody body;
  return body.read_command({exact.data(), exact.size()}) ? shown(body) : body.error();
}

std::string commands(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  JsonBody body;
  return body.read_commands({exact.data(), exact.size()}) ? shown(body) : body.error();
}

TEST(JsonBody, ArgumentsAreText) {
  EXPECT_EQ(command(R"(["SET","k","v"])"), "(SET|k|v)");
  EXPECT_EQ(command(" [ \"a\" ,\n\"\" ,\t\"b\" ] \r\n"), "(a||b)");
  EXPECT_EQ(command("[1e+21,0.1,-0,12345678901234567890123,1E5,-1.50]"),
            "(1e+21|0.1|-0|12345678901234567890123|1E5|-1.50)");
  EXPECT_EQ(command("[\"x\",true,false]"), "(x|true|false)");
  EXPECT_EQ(command("[\"\xff\xfe raw bytes pass\"]"), "(\xff\xfe raw bytes pass)");
}

TEST(JsonBody, Escapes) {
  EXPECT_EQ(command(R"(["a\"b\\c\/d\b\f\n\r\t","plain","\u0041\u00e9\u20AC"])"),
            "(a\"b\\c/d\b\f\n\r\t|plain|A\xc3\xa9\xe2\x82\xac)");
  EXPECT_EQ(command(R"(["\ud83d\ude00"])"), "(\xf0\x9f\x98\x80)");
  EXPECT_EQ(command(R"(["\ud83dx","\ude00","\ud83d\ud83d\ude00"])"),
            "(\xef\xbf\xbdx|\xef\xbf\xbd|\xef\xbf\xbd\xf0\x9f\x98\x80)")
      << "half a pair is replaced";
  EXPECT_EQ(command(std::string_view("[\"\\u0000\"]")), std::string("(\0)", 3));
}

TEST(JsonBody, WhatIsNotACommand) {
  EXPECT_EQ(command(""), "EOF");
  EXPECT_EQ(command(" \n"), "EOF");
  EXPECT_EQ(command("{\"a\":1}"), "expected JSON array");
  EXPECT_EQ(command("\"GET\""), "expected JSON array");
  EXPECT_EQ(command("[]"), "ERR empty command");
  EXPECT_EQ(command("[\"GET\",null]"), "ERR null args are not supported");
  EXPECT_EQ(command("[\"GET\",[1],null]"), "ERR unsupported arg type: \"[\": json.Delim");
  EXPECT_EQ(command("[\"GET\",{\"a\":[]}]"), "ERR unsupported arg type: \"{\": json.Delim");
}

TEST(JsonBody, SyntaxErrors) {
  EXPECT_EQ(command("hello"), "invalid character 'h' looking for beginning of value");
  EXPECT_EQ(command("[\"GET\" \"k\"]"), "invalid character '\"' after array element");
  EXPECT_EQ(command("[\"GET\",]"), "invalid character ']' looking for beginning of value");
  EXPECT_EQ(command("[\"GET\"] x"), "invalid character 'x' after top-level value");
  EXPECT_EQ(command("[\"a\nb\"]"), "invalid character '\\x0a' in string literal");
  EXPECT_EQ(command("[\"\\q\"]"), "invalid character 'q' in string escape code");
  EXPECT_EQ(command("[\"\\u12g4\"]"), "invalid character 'g' in \\u hexadecimal character escape");
  EXPECT_EQ(command("[01]"), "invalid character '1' after array element");
  EXPECT_EQ(command("[-]"), "invalid character ']' in numeric literal");
  EXPECT_EQ(command("[1.]"), "invalid character ']' after decimal point in numeric literal");
  EXPECT_EQ(command("[1e]"), "invalid character ']' in exponent of numeric literal");
  EXPECT_EQ(command("[tru]"), "invalid character ']' in literal true");
  EXPECT_EQ(command("[[1,2}]"), "invalid character '}' after array element")
      << "what is refused anyway is read strictly";
}

TEST(JsonBody, EveryCutIsAnError) {
  const std::string whole = R"(["S\u00e9T",-1.5e3,true,{"a":[null]}])";
  for (size_t cut = 1; cut < whole.size(); cut++) {
    EXPECT_EQ(command(std::string_view(whole).substr(0, cut)), "unexpected EOF") << cut;
  }
}

TEST(JsonBody, Pipelines) {
  EXPECT_EQ(commands(R"([["GET","k"],["PING"]])"), "(GET|k)(PING)");
  EXPECT_EQ(commands("[]"), "");
  EXPECT_EQ(commands(""), "EOF");
  EXPECT_EQ(commands("{}"), "expected JSON array");
  EXPECT_EQ(commands(R"([["A"],[],5,{"x":"\n"},["B",null],["C",["\""],null],["D"]])"),
            "(A)<ERR empty command><expected JSON array><expected JSON array>"
            "<ERR null args are not supported><ERR unsupported arg type: \"[\": json.Delim>(D)");
  EXPECT_EQ(commands(R"([["A"],["B"}])"), "invalid character '}' after array element");
}

TEST(JsonBody, DepthIsLimited) {
  const std::string deep = "[\"a\"," + std::string(100000, '[');
  EXPECT_EQ(command(deep), "exceeded max depth");
}

TEST(JsonBody, LongStringsAcrossWordBoundaries) {
  JsonBody body;
  for (size_t size = 0; size < 40; size++) {
    for (const char* special : {"", "\\n", "\\u20ac"}) {
      const std::string text = "[\"" + std::string(size, 'x') + special + "y\"]";
      ASSERT_TRUE(body.read_command(text));
      const std::string_view arg = body.args_of(body.commands()[0])[0];
      ASSERT_EQ(arg.substr(0, size), std::string(size, 'x'));
      ASSERT_EQ(arg.back(), 'y');
    }
  }
}

}  // namespace
}  // namespace redstart
