#include "types/json_print.h"

#include <charconv>

#include "base/numbers.h"
#include "types/json_names.h"

namespace redstart {

namespace {

bool is_plain(char c) { return static_cast<uint8_t>(c) >= 0x20 && c != '"' && c != '\\'; }

void append_escape(std::string* out, char c) {
  constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  *out += '\\';
  if (size_t known = kMeanings.find(c); known != std::string_view::npos) {
    *out += kLetters[known];
    return;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  *out += "u00";
  *out += kHex[static_cast<uint8_t>(c) >> 4];
  *out += kHex[c & 15];
}

// The decimal point stands behind `point` of the digits.
void append_laid_out(std::string* out, std::string_view digits, int point) {
  const int count = static_cast<int>(digits.size());
  if (count <= point && point <= 16) {
    out->append(digits).append(static_cast<size_t>(point - count), '0').append(".0");
  } else if (0 < point && point <= 16) {
    out->append(digits.substr(0, static_cast<size_t>(point)));
    *out += '.';
    out->append(digits.substr(static_cast<size_t>(point)));
  } else if (-5 < point && point <= 0) {
    out->append("0.").append(static_cast<size_t>(-point), '0').append(digits);
  } else {
    *out += digits[0];
    if (count > 1) {
      *out += '.';
      out->append(digits.substr(1));
    }
    *out += 'e';
    out->append(int64_text(point - 1));
  }
}

void append_double(std::string* out, double value) {
  char text[kDoubleTextMax];
  auto [end, bad] = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  std::string_view all(text, static_cast<size_t>(end - text));
  if (all[0] == '-') {
    *out += '-';
    all.remove_prefix(1);
  }
  if (value == 0) {
    *out += "0.0";
    return;
  }
  // d[.ddd]e(+|-)dd
  const size_t e = all.find('e');
  char digits[kDoubleTextMax];
  size_t count = 0;
  for (char c : all.substr(0, e)) {
    if (c != '.') digits[count++] = c;
  }
  int exponent = 0;
  std::from_chars(all.data() + e + (all[e + 1] == '+' ? 2 : 1), all.data() + all.size(), exponent);
  append_laid_out(out, {digits, count}, exponent + 1);
}

}  // namespace

void append_json_text(std::string* out, std::string_view text) {
  *out += '"';
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); i++) {
    if (is_plain(text[i])) continue;
    out->append(text.substr(begin, i - begin));
    append_escape(out, text[i]);
    begin = i + 1;
  }
  out->append(text.substr(begin));
  *out += '"';
}

void append_json_number(std::string* out, const JsonNode& number) {
  char text[kIntTextMax];
  switch (number.kind()) {
    case JsonNode::Kind::kInt:
      out->append(text, write_int64(text, number.integer()));
      break;
    case JsonNode::Kind::kNatural:
      out->append(text, write_uint64(text, number.natural()));
      break;
    default:
      append_double(out, number.real());
      break;
  }
}

void JsonPrinter::new_line() {
  out_.append(layout_.newline);
  if (layout_.indent.empty()) return;
  for (int i = 0; i < depth_; i++) out_.append(layout_.indent);
}

void JsonPrinter::begin(char bracket) {
  out_ += bracket;
  depth_++;
  empty_ = true;
}

void JsonPrinter::next() {
  if (!empty_) out_ += ',';
  empty_ = false;
  new_line();
}

void JsonPrinter::member(std::string_view name) {
  next();
  append_json_text(&out_, name);
  out_ += ':';
  out_.append(layout_.space);
}

void JsonPrinter::end(char bracket) {
  depth_--;
  if (!empty_) new_line();
  empty_ = false;
  out_ += bracket;
}

void JsonPrinter::node(const JsonNode& node) {
  switch (node.kind()) {
    case JsonNode::Kind::kNull:
      out_ += "null";
      break;
    case JsonNode::Kind::kFalse:
      out_ += "false";
      break;
    case JsonNode::Kind::kTrue:
      out_ += "true";
      break;
    case JsonNode::Kind::kInt:
    case JsonNode::Kind::kNatural:
    case JsonNode::Kind::kReal:
      append_json_number(&out_, node);
      break;
    case JsonNode::Kind::kShortText:
    case JsonNode::Kind::kLongText:
      append_json_text(&out_, node.text());
      break;
    case JsonNode::Kind::kArray:
      begin('[');
      for (uint32_t i = 0; i < node.size(); i++) {
        next();
        this->node(node.item(i));
      }
      end(']');
      break;
    case JsonNode::Kind::kObject:
      begin('{');
      for (uint32_t i = 0; i < node.size(); i++) {
        member(names_.text(node.name(i)));
        this->node(node.item(i));
      }
      end('}');
      break;
  }
}

}  // namespace redstart
