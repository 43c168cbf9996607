// JSON values to text, as RedisJSON writes it: no blanks but those that are asked for, control
// characters as \u00xx, doubles with as few digits as tell them apart and always with a point or an
// exponent ("1.0", "1e300").
#pragma once

#include <string>
#include <string_view>

#include "types/json_node.h"

namespace redstart {

// The arguments INDENT, NEWLINE and SPACE of JSON.GET.
struct JsonLayout {
  std::string_view indent = {};
  std::string_view newline = {};
  std::string_view space = {};
};

// Appends to a text. Arrays and objects that are no nodes (the matches of a path) are written with
// begin() and end() around their elements.
class JsonPrinter {
 public:
  JsonPrinter(const JsonNames& names, std::string* out, const JsonLayout& layout = {})
      : names_(names), out_(*out), layout_(layout) {}

  void node(const JsonNode& node);
  void begin(char bracket);
  // Before each element of a container.
  void next();
  void member(std::string_view name);
  void end(char bracket);

 private:
  void new_line();

  const JsonNames& names_;
  std::string& out_;
  const JsonLayout layout_;
  int depth_ = 0;
  bool empty_ = true;  // the container that was begun last, so far
};

void append_json_text(std::string* out, std::string_view text);
void append_json_number(std::string* out, const JsonNode& number);

}  // namespace redstart
