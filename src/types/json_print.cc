#include "types/json_print.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/hex.h"
#include "base/numbers.h"
#include "types/json_names.h"

namespace redstart {

namespace {

constexpr size_t kKept = size_t{1} << 20;
// Texts are written in pieces of this size: what a piece may need at most is reserved.
constexpr size_t kPiece = 4096;
constexpr size_t kEscapeMax = 6;

bool is_plain(char c) { return static_cast<uint8_t>(c) >= 0x20 && c != '"' && c != '\\'; }

// Whether none of eight bytes needs an escape.
bool are_plain(const char* from) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  uint64_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  auto has_zero = [](uint64_t x) { return (x - kOnes) & ~x; };
  const uint64_t control = (bytes - kOnes * 0x20) & ~bytes;
  return ((control | has_zero(bytes ^ kOnes * '"') | has_zero(bytes ^ kOnes * '\\')) & kHighs) == 0;
}

char* write_escape(char* to, char c) {
  constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  *to++ = '\\';
  if (size_t known = kMeanings.find(c); known != std::string_view::npos) {
    *to++ = kLetters[known];
    return to;
  }
  for (char digit : {'u', '0', '0', kHexDigits[static_cast<uint8_t>(c) >> 4], kHexDigits[c & 15]})
    *to++ = digit;
  return to;
}

// The decimal point stands behind `point` of the digits.
void put_laid_out(std::string* out, std::string_view digits, int point) {
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

std::string laid_out(double value) {
  std::string out;
  char text[kDoubleTextMax];
  auto [end, bad] = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  std::string_view all(text, static_cast<size_t>(end - text));
  if (all[0] == '-') {
    out += '-';
    all.remove_prefix(1);
  }
  if (value == 0) return out += "0.0";
  // d[.ddd]e(+|-)dd
  const size_t e = all.find('e');
  char digits[kDoubleTextMax];
  size_t count = 0;
  for (char c : all.substr(0, e)) {
    if (c != '.') digits[count++] = c;
  }
  int exponent = 0;
  std::from_chars(all.data() + e + (all[e + 1] == '+' ? 2 : 1), all.data() + all.size(), exponent);
  put_laid_out(&out, {digits, count}, exponent + 1);
  return out;
}

void put_json_text(JsonText* out, std::string_view text) {
  out->put('"');
  for (; !text.empty(); text.remove_prefix(std::min(kPiece, text.size()))) {
    const std::string_view piece = text.substr(0, kPiece);
    char* const begin = out->room(piece.size() * kEscapeMax);
    char* to = begin;
    size_t at = 0;
    while (at < piece.size()) {
      if (at + 8 <= piece.size() && are_plain(piece.data() + at)) {
        std::memcpy(to, piece.data() + at, 8);
        at += 8;
        to += 8;
        continue;
      }
      const char c = piece[at++];
      if (is_plain(c)) {
        *to++ = c;
      } else {
        to = write_escape(to, c);
      }
    }
    out->took(static_cast<size_t>(to - begin));
  }
  out->put('"');
}

void put_json_number(JsonText* out, const JsonNode& number) {
  switch (number.kind()) {
    case JsonNode::Kind::kInt:
      return out->took(write_int64(out->room(kIntTextMax), number.integer()));
    case JsonNode::Kind::kNatural:
      return out->took(write_uint64(out->room(kIntTextMax), number.natural()));
    default:
      return out->put(laid_out(number.real()));
  }
}

}  // namespace

void JsonText::grow(size_t n) { bytes_.resize(std::max(size_ + n, bytes_.size() * 2)); }

void JsonText::clear() {
  size_ = 0;
  if (bytes_.size() > kKept) std::string().swap(bytes_);
}

void JsonPrinter::new_line() {
  if (!has_lines_) return;
  out_.put(layout_.newline);
  for (int i = 0; i < depth_; i++) out_.put(layout_.indent);
}

void JsonPrinter::begin(char bracket) {
  out_.put(bracket);
  depth_++;
  empty_ = true;
}

void JsonPrinter::next() {
  if (!empty_) out_.put(',');
  empty_ = false;
  new_line();
}

void JsonPrinter::member(std::string_view name) {
  next();
  put_json_text(&out_, name);
  out_.put(':');
  out_.put(layout_.space);
}

void JsonPrinter::end(char bracket) {
  depth_--;
  if (!empty_) new_line();
  empty_ = false;
  out_.put(bracket);
}

void JsonPrinter::node(const JsonNode& node) {
  switch (node.kind()) {
    case JsonNode::Kind::kNull:
      out_.put("null");
      break;
    case JsonNode::Kind::kFalse:
      out_.put("false");
      break;
    case JsonNode::Kind::kTrue:
      out_.put("true");
      break;
    case JsonNode::Kind::kInt:
    case JsonNode::Kind::kNatural:
    case JsonNode::Kind::kReal:
      put_json_number(&out_, node);
      break;
    case JsonNode::Kind::kShortText:
    case JsonNode::Kind::kLongText:
      put_json_text(&out_, node.text());
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
