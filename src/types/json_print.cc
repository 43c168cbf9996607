#include "types/json_print.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/hex.h"
#include "base/numbers.h"
#include "types/json_names.h"
#include "types/json_plain.h"

namespace redstart {

namespace {

constexpr size_t kKept = size_t{1} << 20;
// Texts are written in pieces of this size: what a piece may need at most is reserved.
constexpr size_t kPiece = 4096;
constexpr size_t kEscapeMax = 6;

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

// A double as it is written without an exponent: the digits tell it apart, and there is a point.
size_t write_plainly(char* out, double value) {
  char* end = std::to_chars(out, out + kDoubleTextMax, value, std::chars_format::fixed).ptr;
  if (std::memchr(out, '.', static_cast<size_t>(end - out)) == nullptr) {
    *end++ = '.';
    *end++ = '0';
  }
  return static_cast<size_t>(end - out);
}

// "1.5e-7", where the library writes two digits at least and a sign.
size_t write_with_exponent(char* out, double value) {
  char* end = std::to_chars(out, out + kDoubleTextMax, value, std::chars_format::scientific).ptr;
  char* to = static_cast<char*>(std::memchr(out, 'e', static_cast<size_t>(end - out))) + 1;
  char* from = to;
  if (*from++ == '-') to++;
  if (*from == '0') from++;
  while (from < end) *to++ = *from++;
  return static_cast<size_t>(to - out);
}

void put_json_real(JsonText* out, double value) {
  constexpr double kPlainFrom = 1e-5, kPlainBelow = 1e16;
  const double size = std::fabs(value);
  char* to = out->room(kDoubleTextMax + 2);
  const bool plain = size == 0 || (size >= kPlainFrom && size < kPlainBelow);
  out->took(plain ? write_plainly(to, value) : write_with_exponent(to, value));
}

void put_json_text(JsonText* out, std::string_view text) {
  out->put('"');
  for (; !text.empty(); text.remove_prefix(std::min(kPiece, text.size()))) {
    const std::string_view piece = text.substr(0, kPiece);
    char* const begin = out->room(piece.size() * kEscapeMax);
    char* to = begin;
    size_t at = 0;
    while (at < piece.size()) {
      if (at + 8 <= piece.size() && plain_of_eight(piece.data() + at) == 8) {
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
      return put_json_real(out, number.real());
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
