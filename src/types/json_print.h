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

// A text that grows at its end, written through a bare pointer.
class JsonText {
 public:
  std::string_view view() const { return {bytes_.data(), size_}; }
  // Keeps its memory, unless that is large.
  void clear();

  // Where `n` bytes can be written; took() says how many were.
  char* room(size_t n) {
    if (bytes_.size() - size_ < n) grow(n);
    return bytes_.data() + size_;
  }
  void took(size_t n) { size_ += n; }
  void put(char c) {
    *room(1) = c;
    size_++;
  }
  void put(std::string_view text) {
    text.copy(room(text.size()), text.size());
    size_ += text.size();
  }

 private:
  void grow(size_t n);

  std::string bytes_;  // all that there is room for
  size_t size_ = 0;
};

// Appends to a text. Arrays and objects that are no nodes (the matches of a path) are written with
// begin() and end() around their elements.
class JsonPrinter {
 public:
  JsonPrinter(const JsonNames& names, JsonText* out, const JsonLayout& layout = {})
      : names_(names),
        out_(*out),
        layout_(layout),
        has_lines_(!layout.newline.empty() || !layout.indent.empty()) {}

  void node(const JsonNode& node);
  void begin(char bracket);
  // Before each element of a container.
  void next();
  void member(std::string_view name);
  void end(char bracket);

 private:
  void new_line();

  const JsonNames& names_;
  JsonText& out_;
  const JsonLayout layout_;
  const bool has_lines_;
  int depth_ = 0;
  bool empty_ = true;  // the container that was begun last, so far
};

}  // namespace redstart
