// What aggregations answer: values made of each other, as JSON knows them. Whoever writes a reply
// walks them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redstart::search {

struct Plain {
  enum class Kind : uint8_t {
    kNull,
    kInteger,
    kNumber,
    kText,
    kArray,
    kObject,  // items: a name (kText) and its value, and so on
  };

  static Plain of_null() { return {}; }
  static Plain of(int64_t value) { return {.kind = Kind::kInteger, .integer = value}; }
  // A number that fits no int64_t becomes its text.
  static Plain of_natural(uint64_t value);
  // An integer if it is one, so that clients need not turn text into a number.
  static Plain of_number(double value);
  static Plain of_text(std::string_view value) {
    return {.kind = Kind::kText, .text = std::string(value)};
  }
  static Plain of_array() { return {.kind = Kind::kArray}; }
  static Plain of_object() { return {.kind = Kind::kObject}; }

  // REQUIRES: kObject.
  void add(std::string_view name, Plain value) {
    items.push_back(of_text(name));
    items.push_back(std::move(value));
  }
  // The member of an object; null without one.
  const Plain* find(std::string_view name) const;

  Kind kind = Kind::kNull;
  int64_t integer = 0;
  double number = 0;
  std::string text = {};
  std::vector<Plain> items = {};
};

// The fewest digits that tell it from others, laid out as JavaScript does ("30", "0.000001",
// "1e-7", "123456789012345680000", "1e+21"): its clients take texts for numbers only if they would
// print the same.
void append_number(double value, std::string* out);
std::string number_text(double value);

}  // namespace redstart::search
