#include "types/json_reader.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/numbers.h"
#include "base/utf8.h"
#include "types/json_node.h"
#include "types/json_plain.h"

namespace redstart {

namespace {

constexpr std::string_view kEndInValue = "EOF while parsing a value";
constexpr std::string_view kEndInText = "EOF while parsing a string";
constexpr std::string_view kBadNumber = "invalid number";
constexpr std::string_view kBadEscape = "invalid escape";
constexpr std::string_view kLoneSurrogate = "lone leading surrogate in hex escape";

// Of a number that is no double: whether it is too small for one, not too large.
bool below_one(std::string_view number) {
  if (number[0] == '-') number.remove_prefix(1);
  const size_t e = number.find_first_of("eE");
  int64_t exponent = 0;
  if (e != std::string_view::npos) {
    const bool down = number[e + 1] == '-';
    for (char c : number.substr(e + 1)) {
      if (ascii_digit(c) && exponent < 1000000000) exponent = exponent * 10 + (c - '0');
    }
    if (down) exponent = -exponent;
    number = number.substr(0, e);
  }
  const size_t whole_digits = number[0] == '0' ? 0 : number.find_first_not_of("0123456789");
  if (whole_digits != 0) {
    return exponent + static_cast<int64_t>(std::min(whole_digits, number.size())) <= 0;
  }
  const size_t first = number.find_first_of("123456789");
  return exponent - static_cast<int64_t>(first) <= 0;
}

class Reader {
 public:
  Reader(std::string_view text, JsonFloats floats, JsonBuilder* builder, std::string* error)
      : text_(text), floats_(floats), builder_(*builder), error_(*error) {}

  bool document() {
    skip_blanks();
    if (!value(0)) return false;
    skip_blanks();
    return at_ == text_.size() || fail_here("trailing characters");
  }

 private:
  bool more() const { return at_ < text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_blanks() {
    while (more() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) at_++;
  }

  // Lines and columns count from 1; the column is that of the last byte before `end`.
  bool fail_at(size_t end, std::string_view what) {
    size_t line = 1;
    size_t begin = 0;
    for (size_t i = 0; i < end; i++) {
      if (text_[i] != '\n') continue;
      line++;
      begin = i + 1;
    }
    error_ = std::string(what) + " at line " + std::to_string(line) + " column " +
             std::to_string(end - begin);
    return false;
  }
  bool fail(std::string_view what) { return fail_at(at_, what); }
  // At the byte that comes next.
  bool fail_here(std::string_view what) {
    return fail_at(at_ + 1 < text_.size() ? at_ + 1 : text_.size(), what);
  }

  bool value(int depth);
  bool word(std::string_view rest);
  bool array(int depth);
  bool round_last();
  bool object(int depth);
  void skip_plain();
  bool string(std::string_view* value);
  bool escape();
  bool hex(uint32_t* code);
  bool number();
  bool digits();

  std::string_view text_;
  const JsonFloats floats_;
  JsonBuilder& builder_;
  std::string& error_;
  size_t at_ = 0;
  std::string scratch_;  // a text with escapes, unescaped
};

bool Reader::value(int depth) {
  if (!more()) return fail_here(kEndInValue);
  switch (peek()) {
    case 'n':
      if (!word("null")) return false;
      builder_.null();
      return true;
    case 't':
      if (!word("true")) return false;
      builder_.boolean(true);
      return true;
    case 'f':
      if (!word("false")) return false;
      builder_.boolean(false);
      return true;
    case '"': {
      std::string_view text;
      if (!string(&text)) return false;
      builder_.text(text);
      return true;
    }
    case '[':
    case '{':
      if (depth == kJsonDepthMax) return fail_here("recursion limit exceeded");
      return peek() == '[' ? array(depth + 1) : object(depth + 1);
    default:
      if (peek() == '-' || ascii_digit(peek())) return number();
      return fail_here("expected value");
  }
}

bool Reader::word(std::string_view word) {
  for (size_t i = 0; i < word.size(); i++, at_++) {
    if (!more()) return fail(kEndInValue);
    if (peek() != word[i]) {
      at_++;
      return fail("expected ident");
    }
  }
  return true;
}

bool Reader::array(int depth) {
  at_++;
  builder_.begin_array();
  bool only_numbers = floats_ != JsonFloats::kNone;
  for (bool first = true;; first = false) {
    skip_blanks();
    if (!more()) return fail_here("EOF while parsing a list");
    if (peek() == ']') break;
    if (!first) {
      if (peek() != ',') return fail_here("expected `,` or `]`");
      at_++;
      skip_blanks();
      if (more() && peek() == ']') return fail_here("trailing comma");
    }
    if (!value(depth)) return false;
    if (!only_numbers) continue;
    only_numbers = builder_.last().is_number();
    if (only_numbers && !round_last()) return false;
  }
  at_++;
  if (only_numbers) builder_.each_of_array([&](JsonNode& number) {
    number = JsonNode::of(shortest_json_float(floats_, number.real()));
  });
  builder_.end_array();
  return true;
}

// RedisJSON's parser sees what is behind a number before it complains.
bool Reader::round_last() {
  double rounded;
  if (round_json_float(floats_, builder_.last().real(), &rounded)) {
    builder_.last() = JsonNode::of(rounded);
    return true;
  }
  skip_blanks();
  if (more() && (peek() == ',' || peek() == ']')) {
    const bool goes_on = text_[at_++] == ',';
    if (goes_on) skip_blanks();
  }
  return fail("value out of range for " + std::string(json_floats_name(floats_)));
}

bool Reader::object(int depth) {
  at_++;
  builder_.begin_object();
  for (bool first = true;; first = false) {
    skip_blanks();
    if (!more()) return fail_here("EOF while parsing an object");
    if (peek() == '}') break;
    if (!first) {
      if (peek() != ',') return fail_here("expected `,` or `}`");
      at_++;
      skip_blanks();
      if (!more()) return fail_here(kEndInValue);
      if (peek() == '}') return fail_here("trailing comma");
    }
    if (peek() != '"') return fail_here("key must be a string");
    std::string_view name;
    if (!string(&name)) return false;
    builder_.name(name);
    skip_blanks();
    if (!more()) return fail_here("EOF while parsing an object");
    if (peek() != ':') return fail_here("expected `:`");
    at_++;
    skip_blanks();
    if (!value(depth)) return false;
  }
  at_++;
  builder_.end_object();
  return true;
}

void Reader::skip_plain() {
  while (text_.size() - at_ >= 8) {
    const size_t plain = plain_of_eight(text_.data() + at_);
    at_ += plain;
    if (plain < 8) return;
  }
  while (more() && is_plain(peek())) at_++;
}

// A text without escapes is borrowed from the document.
bool Reader::string(std::string_view* value) {
  size_t begin = ++at_;
  scratch_.clear();
  while (true) {
    skip_plain();
    if (!more()) return fail(kEndInText);
    const std::string_view plain = text_.substr(begin, at_ - begin);
    const char c = text_[at_++];
    if (c == '"') {
      if (scratch_.empty()) {
        *value = plain;
        return true;
      }
      *value = scratch_.append(plain);
      return true;
    }
    if (c != '\\') return fail("control character (\\u0000-\\u001F) found while parsing a string");
    scratch_.append(plain);
    if (!escape()) return false;
    begin = at_;
  }
}

bool Reader::escape() {
  if (!more()) return fail(kEndInText);
  const char c = text_[at_++];
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (size_t known = kLetters.find(c); known != std::string_view::npos) {
    scratch_ += kMeanings[known];
    return true;
  }
  if (c != 'u') return fail(kBadEscape);
  uint32_t code;
  if (!hex(&code)) return false;
  if (code >= 0xdc00 && code <= 0xdfff) return fail(kLoneSurrogate);
  if (code >= 0xd800 && code <= 0xdbff) {
    for (char expected : {'\\', 'u'}) {
      if (!more()) return fail(kEndInText);
      if (text_[at_++] != expected) return fail("unexpected end of hex escape");
    }
    uint32_t second;
    if (!hex(&second)) return false;
    if (second < 0xdc00 || second > 0xdfff) return fail(kLoneSurrogate);
    code = 0x10000 + ((code - 0xd800) << 10 | (second - 0xdc00));
  }
  char bytes[4];
  scratch_.append(bytes, write_utf8(bytes, code));
  return true;
}

bool Reader::hex(uint32_t* code) {
  if (text_.size() - at_ < 4) {
    at_ = text_.size();
    return fail(kEndInText);
  }
  *code = 0;
  bool good = true;
  for (int i = 0; i < 4; i++) {
    const int digit = ascii_hex_value(text_[at_++]);
    good &= digit >= 0;
    *code = *code << 4 | static_cast<uint32_t>(digit & 15);
  }
  return good || fail(kBadEscape);
}

// At least one digit.
bool Reader::digits() {
  if (!more()) return fail_here(kEndInValue);
  if (!ascii_digit(peek())) return fail_here(kBadNumber);
  while (more() && ascii_digit(peek())) at_++;
  return true;
}

bool Reader::number() {
  const size_t begin = at_;
  if (peek() == '-') at_++;
  if (more() && peek() == '0') {
    at_++;
    if (more() && ascii_digit(peek())) return fail_here(kBadNumber);
  } else if (!digits()) {
    return false;
  }
  bool whole = true;
  if (more() && peek() == '.') {
    whole = false;
    at_++;
    if (!digits()) return false;
  }
  if (more() && (peek() == 'e' || peek() == 'E')) {
    whole = false;
    at_++;
    if (more() && (peek() == '+' || peek() == '-')) at_++;
    if (!digits()) return false;
  }
  const std::string_view text = text_.substr(begin, at_ - begin);
  if (whole) {
    int64_t integer;
    uint64_t natural;
    if (auto [end, bad] = std::from_chars(text.begin(), text.end(), integer); bad == std::errc()) {
      builder_.integer(integer);
      return true;
    }
    if (parse_uint64(text, &natural)) {
      builder_.natural(natural);
      return true;
    }
  }
  double real;
  auto [end, bad] = std::from_chars(text.begin(), text.end(), real);
  if (bad == std::errc::result_out_of_range) {
    if (!below_one(text)) return fail("number out of range");
    real = text[0] == '-' ? -0.0 : 0.0;
  }
  builder_.real(real);
  return true;
}

}  // namespace

bool read_json(std::string_view text, JsonBuilder* builder, std::string* error,
               JsonFloats floats) {
  if (Reader(text, floats, builder, error).document()) return true;
  builder->clear();
  return false;
}

}  // namespace redstart
