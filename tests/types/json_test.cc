// Documents: text to nodes and back, nodes against a naive twin.
#include "types/json.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "base/random.h"
#include "tests/model.h"
#include "tests/types/fixture.h"
#include "types/json_print.h"
#include "types/json_reader.h"

namespace redstart {
namespace {

// A double laid out digit by digit: without an exponent from 1e-5 to below 1e16.
std::string laid_out(double value) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  std::string all(text, end), sign, digits;
  if (all[0] == '-') sign = "-", all.erase(0, 1);
  const size_t e = all.find('e');
  for (char c : all.substr(0, e)) {
    if (c != '.') digits += c;
  }
  const int exponent = std::stoi(all.substr(e + 1)), count = static_cast<int>(digits.size());
  if (exponent < -5 || exponent > 15) {
    if (count > 1) digits.insert(1, ".");
    return sign + digits + "e" + std::to_string(exponent);
  }
  if (exponent < 0) return sign + "0." + std::string(-exponent - 1, '0') + digits;
  if (count <= exponent + 1) return sign + digits + std::string(exponent + 1 - count, '0') + ".0";
  return sign + digits.insert(exponent + 1, ".");
}

class JsonTest : public TypesTest {
 protected:
  JsonTest() : store_(std::make_unique<JsonStore>(slab_, seed_)) { env_.json = store_.get(); }
  ~JsonTest() override {
    EXPECT_EQ(store_->names.size(), 0u);
    store_.reset();
  }

  // The error in place of a value: then `error_` has it.
  JsonNode parse(std::string_view text) {
    JsonNode node;
    error_.clear();
    store_->parser.parse(text, &node, &error_);
    return node;
  }
  std::string error_of(std::string_view text) {
    parse(text).release(heap());
    return error_;
  }
  std::string print(const JsonNode& node, const JsonLayout& layout = {}) {
    JsonText text;
    JsonPrinter(store_->names, &text, layout).node(node);
    return std::string(text.view());
  }
  std::string again(std::string_view text, const JsonLayout& layout = {}) {
    JsonNode node = parse(text);
    std::string printed = error_.empty() ? print(node, layout) : error_;
    node.release(heap());
    return printed;
  }
  // By the slow road.
  std::string read(std::string_view text) {
    JsonBuilder builder(heap());
    std::string error;
    if (!read_json(text, &builder, &error)) return error;
    JsonNode node = builder.finish();
    std::string printed = print(node);
    node.release(heap());
    return printed;
  }
  JsonHeap heap() const { return store_->heap; }

  std::unique_ptr<JsonStore> store_;
  std::string error_;
};

TEST_F(JsonTest, PrintsWhatItRead) {
  struct Case {
    std::string_view text, printed;
  };
  const Case cases[] = {
      {"null", "null"},
      {" true ", "true"},
      {"false\n", "false"},
      {"0", "0"},
      {"-7", "-7"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"9223372036854775808", "9223372036854775808"},
      {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616", "1.8446744073709552e19"},
      {"-9223372036854775809", "-9.223372036854776e18"},
      {"1.0", "1.0"},
      {"-0.0", "-0.0"},
      {"1e2", "100.0"},
      {"0.1", "0.1"},
      {"1e15", "1000000000000000.0"},
      {"1e16", "1e16"},
      {"123456789012345680.0", "1.2345678901234568e17"},
      {"0.0001", "0.0001"},
      {"0.00001", "0.00001"},
      {"0.000001", "1e-6"},
      {"1.5e-300", "1.5e-300"},
      {"1E+300", "1e300"},
      {"1e-400", "0.0"},
      {"-1e-400", "-0.0"},
      {"3.141592653589793", "3.141592653589793"},
      {"\"\"", "\"\""},
      {"\"fourteen bytes\"", "\"fourteen bytes\""},
      {"\"fifteen bytes!!\"", "\"fifteen bytes!!\""},
      {R"("\"\\\/\b\f\n\r\t")", R"("\"\\/\b\f\n\r\t")"},
      {R"("\u0000\u001f\u007f")", "\"\\u0000\\u001f\x7f\""},
      {R"("\u00e9\ud83d\ude00")", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
      {"[]", "[]"},
      {"[ 1 , [ ] , { } ]", "[1,[],{}]"},
      {R"({"b":1,"a":{"c":[true,null]}})", R"({"b":1,"a":{"c":[true,null]}})"},
      {R"({"a":1,"b":2,"a":[3]})", R"({"a":[3],"b":2})"},
      {R"({"":1})", R"({"":1})"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(again(c.text), c.printed);
    EXPECT_EQ(read(c.text), c.printed);
  }
}

TEST_F(JsonTest, SaysWhatIsNoJson) {
  struct Case {
    std::string_view text, error;
  };
  const Case cases[] = {
      {"", "EOF while parsing a value at line 1 column 0"},
      {"  ", "EOF while parsing a value at line 1 column 2"},
      {"abc", "expected value at line 1 column 1"},
      {"nul", "EOF while parsing a value at line 1 column 3"},
      {"nulx", "expected ident at line 1 column 4"},
      {"trueabc", "trailing characters at line 1 column 5"},
      {"1 2", "trailing characters at line 1 column 3"},
      {"[1,2,3]1", "trailing characters at line 1 column 8"},
      {"[", "EOF while parsing a list at line 1 column 1"},
      {"[1", "EOF while parsing a list at line 1 column 2"},
      {"[1 2]", "expected `,` or `]` at line 1 column 4"},
      {"[1,]", "trailing comma at line 1 column 4"},
      {"[1,\n 2,,]", "expected value at line 2 column 4"},
      {"{", "EOF while parsing an object at line 1 column 1"},
      {"{1:2}", "key must be a string at line 1 column 2"},
      {"{\"a\"}", "expected `:` at line 1 column 5"},
      {"{\"a\":}", "expected value at line 1 column 6"},
      {"{\"a\":1,}", "trailing comma at line 1 column 8"},
      {"{\"a\":1 \"b\"}", "expected `,` or `}` at line 1 column 8"},
      {"{\"a\" 1}", "expected `:` at line 1 column 6"},
      {"\"abc", "EOF while parsing a string at line 1 column 4"},
      {"\"a\nb\"",
       "control character (\\u0000-\\u001F) found while parsing a string at line 2 "
       "column 0"},
      {"\"\\x\"", "invalid escape at line 1 column 3"},
      {"\"\\u12g4\"", "invalid escape at line 1 column 7"},
      {"\"\\ud800\"", "unexpected end of hex escape at line 1 column 8"},
      {"\"\\ud800\\u0041\"", "lone leading surrogate in hex escape at line 1 column 13"},
      {"\"\\udc00\"", "lone leading surrogate in hex escape at line 1 column 7"},
      {"01", "invalid number at line 1 column 2"},
      {"-", "EOF while parsing a value at line 1 column 1"},
      {"-a", "invalid number at line 1 column 2"},
      {"1.", "EOF while parsing a value at line 1 column 2"},
      {"1.x", "invalid number at line 1 column 3"},
      {"1e", "EOF while parsing a value at line 1 column 2"},
      {"1e400", "number out of range at line 1 column 5"},
      {"\"\xff\"", "ERR Couldn't parse as UTF-8 string"},
  };
  for (const Case& c : cases) EXPECT_EQ(error_of(c.text), c.error) << c.text;
}

TEST_F(JsonTest, IsNotNestedTooDeeply) {
  auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(again(nested(127)), nested(127));
  EXPECT_EQ(error_of(nested(128)), "recursion limit exceeded at line 1 column 128");
  EXPECT_EQ(error_of(std::string(1000000, '[')), "recursion limit exceeded at line 1 column 128");
  std::string objects;
  for (int i = 0; i < 128; i++) objects += "{\"a\":";
  EXPECT_EQ(error_of(objects), "recursion limit exceeded at line 1 column 636");
  JsonNode node = parse(nested(127));
  EXPECT_EQ(node.depth(), 127);
  node.release(heap());
}

TEST_F(JsonTest, LaysTextOut) {
  const JsonLayout layout{"\t", "\n", " "};
  EXPECT_EQ(again(R"({"a":[1,{}],"b":[]})", layout),
            "{\n\t\"a\": [\n\t\t1,\n\t\t{}\n\t],\n\t\"b\": []\n}");
  EXPECT_EQ(again("[[]]", layout), "[\n\t[]\n]");
}

TEST_F(JsonTest, EscapesWhereverTheyStand) {
  for (size_t size : {1u, 7u, 8u, 9u, 30u, 4095u, 4097u, 9000u}) {
    for (size_t at : {size_t{0}, size / 2, size - 1}) {
      std::string text(size, 'x');
      for (std::string_view special : {"\\\"", "\\\\", "\\u001f", "\\n", "\x7f", "\xc3\xa9"}) {
        std::string json = "\"" + text + "\"";
        json.replace(1 + at, 1, special);
        EXPECT_EQ(again(json), json) << size << " " << at;
      }
    }
  }
}

TEST_F(JsonTest, LargeTextsTakeTheOtherRoad) {
  std::string text = "[";
  for (int i = 0; i < 100000; i++) text += (i == 0 ? "" : ",") + std::to_string(i);
  text += "]";
  EXPECT_EQ(again(text), text);
}

// ---- nodes and a naive twin

struct Twin {
  enum Kind { kScalar, kArray, kObject } kind = kScalar;
  std::string scalar;              // as text
  std::vector<std::string> names;  // of an object
  std::vector<Twin> members;

  std::string print() const {
    if (kind == kScalar) return scalar;
    std::string text = kind == kArray ? "[" : "{";
    for (size_t i = 0; i < members.size(); i++) {
      if (i > 0) text += ",";
      if (kind == kObject) text += "\"" + names[i] + "\":";
      text += members[i].print();
    }
    return text + (kind == kArray ? "]" : "}");
  }
};

class JsonModel : public JsonTest {
 protected:
  Twin random_twin(int depth) {
    Twin twin;
    const uint64_t kind = random_.below(depth > 3 ? 5 : 8);
    switch (kind) {
      case 0:
        twin.scalar = std::to_string(static_cast<int64_t>(random_.next()));
        break;
      case 1:
        twin.scalar = random_.below(2) ? "true" : "null";
        break;
      case 2:
        twin.scalar = "18446744073709551615";
        break;
      case 3:
      case 4:
        twin.scalar = "\"" + std::string(random_.below(40), 'x') + "\"";
        break;
      default: {
        twin.kind = kind == 5 ? Twin::kArray : Twin::kObject;
        const size_t size = random_.below(10) == 0 ? random_.below(150) : random_.below(6);
        for (size_t i = 0; i < size; i++) {
          twin.members.push_back(random_twin(depth + 3));
          if (twin.kind == Twin::kObject) twin.names.push_back("m" + std::to_string(i));
        }
      }
    }
    return twin;
  }

  JsonNode node_of(const Twin& twin) { return parse(twin.print()); }

  void change(JsonNode* node, Twin* twin);
  void change_array(JsonNode* node, Twin* twin);
  void change_object(JsonNode* node, Twin* twin);
  void drop_some(JsonNode* node, Twin* twin);
};

void JsonModel::change_array(JsonNode* node, Twin* twin) {
  const size_t size = twin->members.size();
  if (random_.below(5) < 3) {
    const size_t at = random_.below(size + 1);
    const size_t count = random_.below(4);
    std::vector<JsonNode> nodes;
    for (size_t i = 0; i < count; i++) {
      Twin item = random_twin(2);
      nodes.push_back(node_of(item));
      twin->members.insert(twin->members.begin() + static_cast<ptrdiff_t>(at + i), item);
    }
    node->insert(heap(), static_cast<uint32_t>(at), nodes);
  } else {
    const size_t from = random_.below(size + 1);
    const size_t count = random_.below(size - from + 1);
    std::vector<JsonNode> taken(count);
    node->take(heap(), static_cast<uint32_t>(from), static_cast<uint32_t>(count), taken.data());
    for (JsonNode& item : taken) item.release(heap());
    const auto begin = twin->members.begin() + static_cast<ptrdiff_t>(from);
    twin->members.erase(begin, begin + static_cast<ptrdiff_t>(count));
  }
}

void JsonModel::change_object(JsonNode* node, Twin* twin) {
  const std::string name = "m" + std::to_string(random_.below(400));
  size_t at = 0;
  while (at < twin->names.size() && twin->names[at] != name) at++;
  const uint32_t number = store_->names.find(name);
  const uint32_t position =
      number == JsonNames::kNone ? JsonNode::kNowhere : node->position_of(number);
  if (at == twin->members.size()) {
    ASSERT_EQ(position, JsonNode::kNowhere);
    Twin value = random_twin(2);
    node->add(heap(), store_->names.hold(name), node_of(value));
    twin->names.push_back(name);
    twin->members.push_back(value);
    return;
  }
  ASSERT_EQ(position, at);
  node->take_member(heap(), position).release(heap());
  twin->names.erase(twin->names.begin() + static_cast<ptrdiff_t>(at));
  twin->members.erase(twin->members.begin() + static_cast<ptrdiff_t>(at));
}

void JsonModel::drop_some(JsonNode* node, Twin* twin) {
  const uint64_t share = 1 + random_.below(5);
  for (size_t i = twin->members.size(); i-- > 0;) {
    if (random_.below(share) != 0) continue;
    JsonNode& item = node->item(static_cast<uint32_t>(i));
    item.release(heap());
    item = JsonNode::gone();
    twin->members.erase(twin->members.begin() + static_cast<ptrdiff_t>(i));
    if (twin->kind == Twin::kObject)
      twin->names.erase(twin->names.begin() + static_cast<ptrdiff_t>(i));
  }
  node->drop_gone(heap());
}

void JsonModel::change(JsonNode* node, Twin* twin) {
  if (twin->kind == Twin::kScalar) return;
  if (!twin->members.empty() && random_.below(3) == 0) {
    const size_t at = random_.below(twin->members.size());
    return change(&node->item(static_cast<uint32_t>(at)), &twin->members[at]);
  }
  if (random_.below(20) == 0) return drop_some(node, twin);
  twin->kind == Twin::kArray ? change_array(node, twin) : change_object(node, twin);
}

TEST_F(JsonModel, AgreesWithATwin) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_ = Random(seed);
  for (int round = 0; round < model_steps(20); round++) {
    Twin twin = random_twin(0);
    JsonNode node = node_of(twin);
    for (int i = 0; i < 300; i++) change(&node, &twin);
    ASSERT_EQ(print(node), twin.print());
    JsonNode copy = node.copy(heap());
    ASSERT_TRUE(equal(node, copy));
    size_t budget = 0;
    while (!node.release_some(heap(), &budget)) budget = 7;
    ASSERT_EQ(print(copy), twin.print());
    copy.release(heap());
    ASSERT_EQ(store_->names.size(), 0u);
  }
}

TEST_F(JsonTest, EqualityLooksThroughTheOrderOfMembers) {
  struct Case {
    std::string_view a, b;
    bool equal;
  };
  const Case cases[] = {
      {"1", "1", true},
      {"1", "1.0", false},
      {"1.5", "1.5", true},
      {"\"a\"", "\"a\"", true},
      {"\"a\"", "\"b\"", false},
      {"null", "false", false},
      {"true", "true", true},
      {"true", "false", false},
      {"[1,2]", "[1,2]", true},
      {"[1,2]", "[2,1]", false},
      {"[1]", "[1,2]", false},
      {R"({"a":1,"b":2})", R"({"b":2,"a":1})", true},
      {R"({"a":1})", R"({"b":1})", false},
      {R"({})", "[]", false},
      {"18446744073709551615", "18446744073709551615", true},
  };
  for (const Case& c : cases) {
    JsonNode a = parse(c.a);
    JsonNode b = parse(c.b);
    EXPECT_EQ(equal(a, b), c.equal) << c.a << " " << c.b;
    a.release(heap());
    b.release(heap());
  }
}

TEST_F(JsonTest, DoublesAreLaidOutDigitByDigit) {
  Random random(5);
  std::vector<double> values = {0.0,    -0.0,  1e-5,   9.999999999999999e-6, 1e16, 9999999999999998.0,
                                5e-324, 1e300, 1e-100, 9007199254740992.0,   1e15, -1e22};
  for (int i = 0; i < 200000; i++) {
    // All doubles, and those that people write.
    uint64_t bits = random.next();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
    value = static_cast<double>(random.below(1'000'000'000'000));
    values.push_back(value / std::pow(10, static_cast<double>(random.below(19))));
  }
  for (double value : values) {
    EXPECT_EQ(print(JsonNode::of(value)), laid_out(value)) << value;
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace redstart
