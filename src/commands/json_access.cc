#include "commands/json_access.h"

namespace redstart::json {

namespace {

constexpr size_t kReleasedAtOnce = 1000;

}  // namespace

bool compile(Context& c, std::string_view path) {
  std::string error;
  if (store(c).path.compile(path, store(c).names, &error)) return true;
  c.reply.error(error);
  return false;
}

bool parse(Context& c, std::string_view text, JsonNode* node, JsonFloats floats) {
  std::string error;
  if (store(c).parser.parse(text, node, &error, floats)) return true;
  c.reply.error(error);
  return false;
}

void select(Context& c, const JsonNode& root) {
  select_json(store(c).path, root, order(c), &store(c).matches);
}

bool select_places(Context& c, Edit<Json>& json, std::string_view path) {
  if (!json.exists()) {
    c.reply.error(kNoKey);
    return false;
  }
  if (!compile(c, path)) return false;
  const JsonPath& compiled = store(c).path;
  select_json_places(compiled, compiled.end(), *json->root(), order(c), &store(c).places);
  return true;
}

void discard(Context& c, JsonNode value) {
  size_t budget = kReleasedAtOnce;
  if (value.release_some(store(c).heap, &budget)) return;
  Json rest(c.engine.type_env(), {});
  rest.create(value);
  c.keys.dispose(Json::kType, rest.held());
}

void answer_text(Context& c) {
  c.reply.bulk(store(c).text.view());
  store(c).text.clear();
}

void answer_json(Context& c, const JsonNode& node) {
  JsonPrinter(store(c).names, &store(c).text).node(node);
  answer_text(c);
}

void answer_types(Context& c, const JsonNode& node, bool deep) {
  switch (node.kind()) {
    case JsonNode::Kind::kNull:
      return c.reply.null();
    case JsonNode::Kind::kFalse:
    case JsonNode::Kind::kTrue:
      return c.reply.boolean(node.boolean());
    case JsonNode::Kind::kInt:
      return c.reply.integer(node.integer());
    case JsonNode::Kind::kNatural:
    case JsonNode::Kind::kReal:
      return c.reply.dbl(node.real());
    default:
      break;
  }
  if (!deep) return answer_json(c, node);
  if (node.is_text()) return c.reply.bulk(node.text());
  node.is_array() ? c.reply.array(node.size()) : c.reply.map(node.size());
  for (uint32_t i = 0; i < node.size(); i++) {
    if (node.is_object()) c.reply.bulk(store(c).names.text(node.name(i)));
    answer_types(c, node.item(i), deep);
  }
}

std::string_view type_name(const JsonNode& node) {
  switch (node.kind()) {
    case JsonNode::Kind::kNull:
      return "null";
    case JsonNode::Kind::kFalse:
    case JsonNode::Kind::kTrue:
      return "boolean";
    case JsonNode::Kind::kInt:
    case JsonNode::Kind::kNatural:
      return "integer";
    case JsonNode::Kind::kReal:
      return "number";
    case JsonNode::Kind::kShortText:
    case JsonNode::Kind::kLongText:
      return "string";
    case JsonNode::Kind::kArray:
      return "array";
    case JsonNode::Kind::kObject:
      return "object";
  }
  return "null";
}

}  // namespace redstart::json
