#include "http/json_body.h"

#include <cstring>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/utf8.h"

namespace redstart {

namespace {

constexpr std::string_view kBeginning = "looking for beginning of value";
constexpr std::string_view kInString = "in string literal";
constexpr std::string_view kInEscape = "in string escape code";
constexpr std::string_view kInNumber = "in numeric literal";

constexpr std::string_view kExpectedArray = "expected JSON array";
constexpr std::string_view kEmptyCommand = "ERR empty command";
constexpr std::string_view kNullArg = "ERR null args are not supported";
constexpr std::string_view kArrayArg = "ERR unsupported arg type: \"[\": json.Delim";
constexpr std::string_view kObjectArg = "ERR unsupported arg type: \"{\": json.Delim";

// Bytes of a string that are neither copied nor passed over without a look.
bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

// The same for eight bytes at a time: the classic tests for a byte below n and for a zero byte.
bool eight_plain(const char* at) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  uint64_t word;
  memcpy(&word, at, sizeof word);
  const auto has_zero = [](uint64_t w) { return (w - kOnes) & ~w & kHighs; };
  const uint64_t below_blank = (word - kOnes * 0x20) & ~word & kHighs;
  return !(below_blank | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\'));
}

const char* skip_plain(const char* at, const char* end) {
  while (end - at >= 8 && eight_plain(at)) at += 8;
  while (at < end && is_plain(*at)) at++;
  return at;
}

bool is_high_surrogate(uint32_t code) { return code >= 0xd800 && code < 0xdc00; }
bool is_low_surrogate(uint32_t code) { return code >= 0xdc00 && code < 0xe000; }

}  // namespace

// ---- requests -----------------------------------------------------------------------------------

void JsonBody::start(std::string_view body) {
  at_ = body.data();
  end_ = at_ + body.size();
  body_size_ = body.size();
  commands_.clear();
  args_.clear();
  if (scratch_.capacity() > kKeptMax) std::string().swap(scratch_);
  if (args_.capacity() > kKeptMax / sizeof args_[0]) std::vector<std::string_view>().swap(args_);
  scratch_.clear();
  scratch_used_ = 0;
}

bool JsonBody::open_array() {
  skip_blanks();
  if (at_ == end_) return fail("EOF");
  if (*at_ == '[') return at_++, true;
  const bool other_value = *at_ == '{' || *at_ == '"' || *at_ == '-' || ascii_digit(*at_) ||
                           *at_ == 't' || *at_ == 'f' || *at_ == 'n';
  return other_value ? fail(kExpectedArray) : fail_here(kBeginning);
}

bool JsonBody::read_command(std::string_view body) {
  start(body);
  Command command;
  if (!open_array() || !read_one_command(&command) || !finish()) return false;
  if (!command.error.empty()) return fail(command.error);
  commands_.push_back(command);
  return true;
}

bool JsonBody::read_commands(std::string_view body) {
  start(body);
  bool more;
  if (!open_array() || !next_item(nullptr, ']', &more)) return false;
  while (more) {
    Command command;
    skip_blanks();
    if (at('[')) {
      at_++;
      if (!read_one_command(&command)) return false;
    } else {
      command.error = kExpectedArray;
      if (!skip_value(0)) return false;
    }
    commands_.push_back(command);
    if (!next_item("after array element", ']', &more)) return false;
  }
  return finish();
}

// Behind the opening bracket. False for errors of syntax only.
bool JsonBody::read_one_command(Command* command) {
  command->first_arg = static_cast<uint32_t>(args_.size());
  bool more;
  if (!next_item(nullptr, ']', &more)) return false;
  while (more) {
    if (!read_arg(command) || !next_item("after array element", ']', &more)) return false;
  }
  command->argc = static_cast<uint32_t>(args_.size()) - command->first_arg;
  if (command->argc == 0 && command->error.empty()) command->error = kEmptyCommand;
  return true;
}

bool JsonBody::read_arg(Command* command) {
  skip_blanks();
  if (at_ == end_) return fail_here(kBeginning);
  std::string_view text;
  std::string_view refusal;
  bool good;
  switch (*at_) {
    case '"':
      good = read_string(&text);
      break;
    case 't':
      good = read_word(text = "true");
      break;
    case 'f':
      good = read_word(text = "false");
      break;
    case 'n':
      good = read_word("null"), refusal = kNullArg;
      break;
    case '[':
      good = skip_value(0), refusal = kArrayArg;
      break;
    case '{':
      good = skip_value(0), refusal = kObjectArg;
      break;
    default:
      good = read_number(&text);
  }
  if (!good) return false;
  if (command->error.empty()) command->error = refusal;  // the first one counts
  args_.push_back(text);
  return true;
}

// Before the first item (`place` null) or behind one: is there another, or does the list end?
bool JsonBody::next_item(const char* place, char close, bool* more) {
  skip_blanks();
  *more = !at(close);
  if (!*more) return at_++, true;
  if (!place) return true;
  if (!at(',')) return fail_here(place);
  at_++;
  return true;
}

bool JsonBody::finish() {
  skip_blanks();
  return at_ == end_ || fail_here("after top-level value");
}

// ---- values -------------------------------------------------------------------------------------

void JsonBody::skip_blanks() {
  while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) at_++;
}

bool JsonBody::read_word(std::string_view word) {
  for (const char c : word) {
    if (!at(c)) return fail_here("in literal " + std::string(word));
    at_++;
  }
  return true;
}

bool JsonBody::read_number(std::string_view* text) {
  const char* begin = at_;
  const auto digits = [&] {
    const char* first = at_;
    while (at_ < end_ && ascii_digit(*at_)) at_++;
    return at_ > first;
  };
  if (at('-')) at_++;
  if (at('0')) {
    at_++;
  } else if (!digits()) {
    return fail_here(at_ == begin ? kBeginning : kInNumber);
  }
  if (at('.')) {
    at_++;
    if (!digits()) return fail_here("after decimal point in numeric literal");
  }
  if (at('e') || at('E')) {
    at_++;
    if (at('+') || at('-')) at_++;
    if (!digits()) return fail_here("in exponent of numeric literal");
  }
  *text = {begin, static_cast<size_t>(at_ - begin)};
  return true;
}

bool JsonBody::read_string(std::string_view* text) {
  const char* begin = ++at_;
  at_ = skip_plain(at_, end_);
  if (!at('"')) return read_escaped(begin, text);
  *text = {begin, static_cast<size_t>(at_ - begin)};
  at_++;
  return true;
}

// A string that is not all plain; `at_` is at its first byte that is not.
bool JsonBody::read_escaped(const char* begin, std::string_view* text) {
  // What an escape stands for is never longer than itself.
  if (scratch_.empty()) scratch_.resize(body_size_);
  char* const first = scratch_.data() + scratch_used_;
  char* out = first;
  for (;;) {
    const auto run = static_cast<size_t>(at_ - begin);
    memcpy(out, begin, run);
    out += run;
    if (at('"')) break;
    if (!at('\\')) return fail_here(kInString);
    at_++;
    if (!read_escape(&out)) return false;
    begin = at_;
    at_ = skip_plain(at_, end_);
  }
  at_++;
  *text = {first, static_cast<size_t>(out - first)};
  scratch_used_ += text->size();
  return true;
}

// Behind a backslash.
bool JsonBody::read_escape(char** out) {
  if (at_ == end_) return fail_here(kInEscape);
  switch (*at_++) {
    case '"':
      *(*out)++ = '"';
      return true;
    case '\\':
      *(*out)++ = '\\';
      return true;
    case '/':
      *(*out)++ = '/';
      return true;
    case 'b':
      *(*out)++ = '\b';
      return true;
    case 'f':
      *(*out)++ = '\f';
      return true;
    case 'n':
      *(*out)++ = '\n';
      return true;
    case 'r':
      *(*out)++ = '\r';
      return true;
    case 't':
      *(*out)++ = '\t';
      return true;
    case 'u':
      break;
    default:
      at_--;
      return fail_here(kInEscape);
  }
  constexpr uint32_t kReplacement = 0xfffd;
  uint32_t code;
  if (!read_hex4(&code)) return false;
  if (is_high_surrogate(code) && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
    const char* second = at_;
    at_ += 2;
    uint32_t low;
    if (!read_hex4(&low)) return false;
    if (is_low_surrogate(low)) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else {
      code = kReplacement;
      at_ = second;
    }
  } else if (is_high_surrogate(code) || is_low_surrogate(code)) {
    code = kReplacement;
  }
  *out = write_utf8(*out, code);
  return true;
}

bool JsonBody::read_hex4(uint32_t* code) {
  *code = 0;
  for (int i = 0; i < 4; i++, at_++) {
    const int digit = at_ < end_ ? ascii_hex_value(*at_) : -1;
    if (digit < 0) return fail_here("in \\u hexadecimal character escape");
    *code = *code << 4 | static_cast<uint32_t>(digit);
  }
  return true;
}

// Any value, checked and forgotten.
bool JsonBody::skip_value(int depth) {
  if (depth > kDepthMax) return fail("exceeded max depth");
  skip_blanks();
  std::string_view unused;
  if (at('"')) return read_string(&unused);
  if (at('t')) return read_word("true");
  if (at('f')) return read_word("false");
  if (at('n')) return read_word("null");
  const bool object = at('{');
  if (!object && !at('[')) return read_number(&unused);
  at_++;
  bool more;
  if (!next_item(nullptr, object ? '}' : ']', &more)) return false;
  while (more) {
    if (object) {
      skip_blanks();
      if (!at('"')) return fail_here("looking for beginning of object key string");
      if (!read_string(&unused)) return false;
      skip_blanks();
      if (!at(':')) return fail_here("after object key");
      at_++;
    }
    if (!skip_value(depth + 1)) return false;
    const char* place = object ? "after object key:value pair" : "after array element";
    if (!next_item(place, object ? '}' : ']', &more)) return false;
  }
  return true;
}

// ---- errors -------------------------------------------------------------------------------------

bool JsonBody::fail(std::string_view text) {
  error_ = text;
  return false;
}

bool JsonBody::fail_here(std::string_view place) {
  if (at_ == end_) return fail("unexpected EOF");
  const auto byte = static_cast<unsigned char>(*at_);
  error_ = "invalid character '";
  if (ascii_print(*at_)) {
    error_.append(*at_ == '\'' || *at_ == '\\' ? "\\" : "").append(1, *at_);
  } else {
    error_.append("\\x").append(1, kHexDigits[byte >> 4]).append(1, kHexDigits[byte & 15]);
  }
  error_.append("' ").append(place);
  return false;
}

}  // namespace redstart
