#include "search/document.h"

#include <cmath>

#include "base/ascii.h"
#include "base/numbers.h"
#include "search/columns.h"
#include "search/date.h"

namespace redstart::search {

namespace {

// A whole number that an integer type can hold. Doubles above 2^53 are whole by nature.
bool to_natural(const JsonNode& value, uint64_t* number) {
  if (value.kind() == JsonNode::Kind::kNatural) {
    *number = value.natural();
    return true;
  }
  if (value.kind() == JsonNode::Kind::kInt) {
    *number = static_cast<uint64_t>(value.integer());
    return value.integer() >= 0;
  }
  const double real = value.real();
  if (!(real >= 0 && real < 0x1p64) || real != std::floor(real)) return false;
  *number = static_cast<uint64_t>(real);
  return true;
}

bool to_integer(const JsonNode& value, int64_t* number) {
  if (value.kind() == JsonNode::Kind::kInt) {
    *number = value.integer();
    return true;
  }
  const double real = value.real();
  if (!(real >= -0x1p63 && real < 0x1p63) || real != std::floor(real)) return false;
  *number = static_cast<int64_t>(real);
  return true;
}

bool parse_bool(std::string_view text, bool* value) {
  *value = equals_fold(text, "true") || text == "1";
  return *value || equals_fold(text, "false") || text == "0";
}

// The value that a text means, as its column keeps it.
bool parse_code(FieldType type, std::string_view text, uint64_t* code) {
  switch (type) {
    case FieldType::kU64:
      return parse_uint64(text, code);
    case FieldType::kI64: {
      int64_t number;
      if (!parse_int64(text, &number)) return false;
      *code = code_of(number);
      return true;
    }
    case FieldType::kF64: {
      double number;
      if (!parse_double(text, &number) || !std::isfinite(number)) return false;
      *code = code_of(number);
      return true;
    }
    case FieldType::kBool: {
      bool value;
      if (!parse_bool(text, &value)) return false;
      *code = value;
      return true;
    }
    case FieldType::kDate: {
      int64_t micros;
      if (!parse_date(text, &micros)) return false;
      *code = code_of(micros);
      return true;
    }
    case FieldType::kText:
    case FieldType::kKeyword:
    case FieldType::kFacet:
      break;
  }
  return false;
}

}  // namespace

void Document::add_text(FieldNumber field, std::string_view text) {
  const FieldType type = schema_.field(field).type;
  // What is no path is none of this type, like a word where a number should be.
  if (type == FieldType::kFacet && !text.starts_with('/')) return;
  if (has_terms(type)) {
    values_.push_back({field, 0, text});
    return;
  }
  uint64_t code;
  if (parse_code(type, text, &code)) put(field, code);
}

void Document::add_json(FieldNumber field, const JsonNode& value) {
  if (value.is_array()) {
    for (uint32_t i = 0; i < value.size(); i++) add_json(field, value.item(i));
    return;
  }
  const FieldType type = schema_.field(field).type;
  if (value.is_text()) {
    if (has_terms(type) || type == FieldType::kDate) add_text(field, value.text());
    return;
  }
  if (value.is_bool()) {
    if (type == FieldType::kBool) put(field, value.boolean());
    return;
  }
  if (value.is_number()) add_number(field, value);
}

void Document::add_number(FieldNumber field, const JsonNode& value) {
  const FieldType type = schema_.field(field).type;
  uint64_t natural;
  int64_t integer;
  if (type == FieldType::kF64) {
    put(field, code_of(value.real()));
  } else if (type == FieldType::kU64) {
    if (to_natural(value, &natural)) put(field, natural);
  } else if (type == FieldType::kI64) {
    if (to_integer(value, &integer)) put(field, code_of(integer));
  }
}

void Document::add_json_document(const JsonNode& root, const JsonNames& names) {
  for (FieldNumber field = 0; field < schema_.fields().size(); field++) {
    add_at(field, schema_.field(field).source(), root, names);
  }
}

// The values at a path below a node; a list of objects on the way stands for each of them.
void Document::add_at(FieldNumber field, std::string_view path, const JsonNode& node,
                      const JsonNames& names) {
  if (node.is_array()) {
    for (uint32_t i = 0; i < node.size(); i++) add_at(field, path, node.item(i), names);
    return;
  }
  if (!node.is_object()) return;
  // A member may have points in its own name.
  if (const JsonNode* value = member(node, path, names)) {
    add_json(field, *value);
    return;
  }
  for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const JsonNode* inner = member(node, path.substr(0, dot), names);
    if (inner == nullptr) continue;
    add_at(field, path.substr(dot + 1), *inner, names);
    return;
  }
}

const JsonNode* Document::member(const JsonNode& object, std::string_view name,
                                 const JsonNames& names) {
  const uint32_t number = names.find(name);
  return number == JsonNames::kNone ? nullptr : object.find(number);
}

}  // namespace redstart::search
