#include "lua/lexer.h"

#include <cstdio>

#include "lua/numbers.h"

namespace redstart::lua {

namespace {

constexpr std::string_view kWords[] = {
    "and",   "break", "do",  "else", "elseif", "end",    "false", "for",  "function", "if",   "in",
    "local", "nil",   "not", "or",   "repeat", "return", "then",  "true", "until",    "while",
    "..",    "...",   "==",  ">=",   "<=",     "~=",     "<number>", "<name>", "<string>", "<eof>"};
constexpr int kReserved = static_cast<int>(Token::kWhile) + 1;

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool digit(char c) { return c >= '0' && c <= '9'; }
bool line_end(char c) { return c == '\n' || c == '\r'; }

}  // namespace

std::string_view chunk_display_name(std::string_view name, size_t most, char (&room)[96]) {
  if (!name.empty() && name[0] == '=') return name.substr(1, most - 1);
  if (!name.empty() && name[0] == '@') {
    name.remove_prefix(1);
    const size_t tail = most - 8;
    if (name.size() <= tail) return name;
    const int n = snprintf(room, sizeof room, "...%.*s", static_cast<int>(tail),
                           name.data() + name.size() - tail);
    return {room, static_cast<size_t>(n)};
  }
  const size_t most_text = most - 17;  // what stands around it
  size_t length = name.find_first_of("\r\n");
  const bool cut = length != name.npos || name.size() > most_text;
  if (length == name.npos) length = name.size();
  if (length > most_text) length = most_text;
  const int n = snprintf(room, sizeof room, "[string \"%.*s%s\"]", static_cast<int>(length),
                         name.data(), cut ? "..." : "");
  return {room, static_cast<size_t>(n)};
}

Lexer::Lexer(State& state, std::string_view source, std::string_view chunk_name)
    : state_(state), source_(source), chunk_name_(chunk_name) {
  // A first line that begins with '#' is for the shell.
  if (at(0) == '#') {
    while (!ended() && !line_end(source_[position_])) position_++;
  }
}

void Lexer::advance() {
  last_line_ = line_;
  if (has_ahead_) {
    now_ = ahead_;
    now_begin_ = ahead_begin_;
    now_end_ = ahead_end_;
    has_ahead_ = false;
    return;
  }
  now_ = failed_ ? Lexeme() : scan();
  now_begin_ = begin_;
  now_end_ = position_;
}

Token Lexer::peek() {
  if (!has_ahead_) {
    ahead_ = failed_ ? Lexeme() : scan();
    ahead_begin_ = begin_;
    ahead_end_ = position_;
    has_ahead_ = true;
  }
  return failed_ ? Token::kEof : ahead_.token;
}

// --- errors

void Lexer::report(const char* message, std::string_view near) {
  if (failed_) return;
  failed_ = true;
  position_ = source_.size();
  now_ = ahead_ = Lexeme();
  char room[96];
  const std::string_view name = chunk_display_name(chunk_name_, kNameInSyntax, room);
  Buffer text(state_.heap());
  char line[16];
  text.append(name);
  text.append(std::string_view(line, snprintf(line, sizeof line, ":%d: ", line_)));
  text.append(message);
  if (near.data()) {
    text.append(" near '");
    text.append(near);
    text.append("'");
  }
  state_.raise(state_.string(text.text()));
}

void Lexer::error(const char* message) { report(message, {}); }

Lexer::Lexeme Lexer::fail(const char* message, size_t from) {
  report(message, source_.substr(from, position_ - from));
  return {};
}

void Lexer::text_of(Token token, char character, char out[16]) const {
  if (token != Token::kCharacter) {
    const std::string_view word = kWords[static_cast<int>(token)];
    snprintf(out, 16, "%.*s", static_cast<int>(word.size()), word.data());
  } else if (static_cast<unsigned char>(character) < 32 || character == 127) {
    snprintf(out, 16, "char(%d)", static_cast<unsigned char>(character));
  } else {
    snprintf(out, 16, "%c", character);
  }
}

void Lexer::error_near(const char* message) {
  switch (now_.token) {
    case Token::kName:
    case Token::kString:
    case Token::kNumber:
      report(message, source_.substr(now_begin_, now_end_ - now_begin_));
      break;
    default: {
      char text[16];
      text_of(now_.token, now_.character, text);
      report(message, text);
    }
  }
}

void Lexer::expected(Token token) {
  char text[16], message[48];
  text_of(token, 0, text);
  snprintf(message, sizeof message, "'%s' expected", text);
  error_near(message);
}

void Lexer::expected(char character) {
  char message[48];
  snprintf(message, sizeof message, "'%c' expected", character);
  error_near(message);
}

// --- scanning

void Lexer::newline() {
  const char first = source_[position_++];
  if (line_end(at(position_)) && at(position_) != first && !ended()) position_++;
  line_++;
}

Lexer::Lexeme Lexer::scan() {
  for (;;) {
    begin_ = position_;
    if (ended()) return make(Token::kEof);
    const char c = source_[position_];
    const char next = at(position_ + 1);
    switch (c) {
      case '\n':
      case '\r':
        newline();
        continue;
      case ' ':
      case '\t':
      case '\v':
      case '\f':
        position_++;
        continue;
      case '-':
        if (next != '-') break;
        position_ += 2;
        if (at(position_) == '[') {
          const int level = long_bracket();
          if (level >= 0) {
            if (!scan_long(level, begin_, nullptr)) return {};
            continue;
          }
        }
        while (!ended() && !line_end(source_[position_])) position_++;
        continue;
      case '[': {
        const int level = long_bracket();
        if (level == -1) break;
        if (level < -1) {
          position_ += 2;
          return fail("invalid long string delimiter", begin_);
        }
        Buffer text(state_.heap());
        if (!scan_long(level, begin_, &text)) return {};
        Lexeme lexeme = make(Token::kString);
        lexeme.string = state_.string(text.text()).string();
        if (text.failed()) error("not enough memory");
        return lexeme;
      }
      case '=':
      case '<':
      case '>':
      case '~':
        if (next != '=') break;
        position_ += 2;
        return make(c == '=' ? Token::kEqual
                             : c == '<' ? Token::kLessEqual
                                        : c == '>' ? Token::kGreaterEqual : Token::kNotEqual);
      case '"':
      case '\'':
        return scan_string(c);
      case '.':
        if (next == '.') {
          const bool three = at(position_ + 2) == '.';
          position_ += three ? 3 : 2;
          return make(three ? Token::kDots : Token::kConcat);
        }
        if (digit(next)) return scan_number();
        break;
      default:
        if (digit(c)) return scan_number();
        if (letter(c)) return scan_name();
    }
    position_++;
    Lexeme lexeme = make(Token::kCharacter);
    lexeme.character = c;
    return lexeme;
  }
}

Lexer::Lexeme Lexer::scan_number() {
  while (digit(at(position_)) || at(position_) == '.') position_++;
  if ((at(position_) | 0x20) == 'e') {
    position_++;
    if (at(position_) == '+' || at(position_) == '-') position_++;
  }
  while (letter(at(position_)) || digit(at(position_))) position_++;
  Lexeme lexeme = make(Token::kNumber);
  if (!text_to_number(source_.substr(begin_, position_ - begin_), &lexeme.number)) {
    return fail("malformed number", begin_);
  }
  return lexeme;
}

Lexer::Lexeme Lexer::scan_name() {
  while (letter(at(position_)) || digit(at(position_))) position_++;
  const std::string_view text = source_.substr(begin_, position_ - begin_);
  for (int i = 0; i < kReserved; i++) {
    if (kWords[i] == text) return make(static_cast<Token>(i));
  }
  Lexeme lexeme = make(Token::kName);
  lexeme.string = state_.string(text).string();
  return lexeme;
}

Lexer::Lexeme Lexer::scan_string(char quote) {
  Buffer text(state_.heap());
  position_++;
  for (;;) {
    if (ended()) {
      report("unfinished string", "<eof>");
      return {};
    }
    const char c = source_[position_];
    if (c == quote) break;
    if (line_end(c)) return fail_string("unfinished string", quote, text);
    if (c == '\\') {
      if (!scan_escape(text)) return fail_string("escape sequence too large", quote, text);
    } else {
      text.append(c);
      position_++;
    }
  }
  position_++;
  Lexeme lexeme = make(Token::kString);
  lexeme.string = state_.string(text.text()).string();
  if (text.failed()) error("not enough memory");
  return lexeme;
}

// Shows the string as far as it was understood.
Lexer::Lexeme Lexer::fail_string(const char* message, char quote, const Buffer& text) {
  Buffer near(state_.heap());
  near.append(quote);
  near.append(text.text());
  report(message, near.text());
  return {};
}

// At the backslash. False if it names no byte.
bool Lexer::scan_escape(Buffer& text) {
  position_++;
  if (ended()) return true;  // reported as unfinished by the caller
  const char c = source_[position_];
  if (line_end(c)) {
    text.append('\n');
    newline();
    return true;
  }
  if (digit(c)) {
    int code = 0;
    for (int i = 0; i < 3 && digit(at(position_)); i++) code = code * 10 + (source_[position_++] - '0');
    if (code > 255) return false;
    text.append(static_cast<char>(code));
    return true;
  }
  position_++;
  switch (c) {
    case 'a': text.append('\a'); break;
    case 'b': text.append('\b'); break;
    case 'f': text.append('\f'); break;
    case 'n': text.append('\n'); break;
    case 'r': text.append('\r'); break;
    case 't': text.append('\t'); break;
    case 'v': text.append('\v'); break;
    default: text.append(c);
  }
  return true;
}

// At a '[': how many '=' a long bracket has that opens here; -1 if none does, -2 if it is broken.
int Lexer::long_bracket() const {
  size_t i = position_ + 1;
  while (at(i) == '=') i++;
  const int level = static_cast<int>(i - position_ - 1);
  if (at(i) == '[') return level;
  return level == 0 ? -1 : -2;
}

// At the opening bracket; `text` is null for comments.
bool Lexer::scan_long(int level, size_t from, Buffer* text) {
  position_ += level + 2;
  if (!ended() && line_end(source_[position_])) newline();
  for (;;) {
    if (ended()) {
      report(text ? "unfinished long string" : "unfinished long comment", "<eof>");
      return false;
    }
    const char c = source_[position_];
    if (c == ']') {
      size_t i = position_ + 1;
      while (at(i) == '=') i++;
      if (at(i) == ']' && static_cast<int>(i - position_ - 1) == level) {
        position_ = i + 1;
        return true;
      }
    } else if (c == '[' && level == 0 && at(position_ + 1) == '[') {
      position_++;
      report("nesting of [[...]] is deprecated", "[");
      return false;
    } else if (line_end(c)) {
      newline();
      if (text) text->append('\n');
      continue;
    }
    if (text) text->append(c);
    position_++;
  }
}

}  // namespace redstart::lua
