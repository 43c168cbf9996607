#include "types/json_parse.h"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "base/utf8.h"
#include "types/json_reader.h"

namespace redstart {

namespace {

namespace dom = simdjson::dom;

// Below, its preparations take longer than the whole reading, and a lone number an allocation.
constexpr size_t kFastMin = 32;
// simdjson takes some fourteen bytes for each of the text, and keeps them.
constexpr size_t kFastMax = size_t{256} << 10;

// False: nested too deeply.
bool build(const dom::element& element, JsonBuilder& builder, int depth) {
  switch (element.type()) {
    case dom::element_type::NULL_VALUE:
      builder.null();
      return true;
    case dom::element_type::BOOL:
      builder.boolean(element.get_bool().value_unsafe());
      return true;
    case dom::element_type::INT64:
      builder.integer(element.get_int64().value_unsafe());
      return true;
    case dom::element_type::UINT64:
      builder.natural(element.get_uint64().value_unsafe());
      return true;
    case dom::element_type::DOUBLE:
      builder.real(element.get_double().value_unsafe());
      return true;
    case dom::element_type::STRING:
      builder.text(element.get_string().value_unsafe());
      return true;
    case dom::element_type::ARRAY: {
      if (depth == kJsonDepthMax) return false;
      const dom::array items = element.get_array().value_unsafe();
      builder.begin_array();
      for (dom::element item : items) {
        if (!build(item, builder, depth + 1)) return false;
      }
      builder.end_array();
      return true;
    }
    case dom::element_type::OBJECT: {
      if (depth == kJsonDepthMax) return false;
      const dom::object members = element.get_object().value_unsafe();
      builder.begin_object();
      for (dom::key_value_pair member : members) {
        builder.name(member.key);
        if (!build(member.value, builder, depth + 1)) return false;
      }
      builder.end_object();
      return true;
    }
  }
  return false;
}

}  // namespace

struct JsonParser::Fast {
  dom::parser parser;
  std::string padded;
};

JsonParser::JsonParser(JsonHeap heap) : builder_(heap), fast_(std::make_unique<Fast>()) {}

JsonParser::~JsonParser() = default;

bool JsonParser::parse_fast(std::string_view text) {
  if (text.size() < kFastMin || text.size() > kFastMax) return false;
  std::string& padded = fast_->padded;
  if (padded.size() < text.size() + simdjson::SIMDJSON_PADDING) {
    padded.resize(text.size() + simdjson::SIMDJSON_PADDING);
  }
  text.copy(padded.data(), text.size());
  dom::element root;
  if (fast_->parser.parse(padded.data(), text.size(), false).get(root) != simdjson::SUCCESS) {
    return false;
  }
  if (build(root, builder_, 0)) return true;
  builder_.clear();
  return false;
}

bool JsonParser::parse(std::string_view text, JsonNode* node, std::string* error,
                       JsonFloats floats) {
  if (floats != JsonFloats::kNone || !parse_fast(text)) {
    if (!valid_utf8(text)) {
      *error = "ERR Couldn't parse as UTF-8 string";
      return false;
    }
    if (!read_json(text, &builder_, error, floats)) return false;
  }
  *node = builder_.finish();
  return true;
}

}  // namespace redstart
