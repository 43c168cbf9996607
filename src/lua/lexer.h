// Source text to tokens.
#pragma once

#include <string_view>

#include "lua/buffer.h"
#include "lua/state.h"

namespace redstart::lua {

enum class Token : uint8_t {
  // Words, in the order of kWords (lexer.cc).
  kAnd, kBreak, kDo, kElse, kElseif, kEnd, kFalse, kFor, kFunction, kIf, kIn, kLocal, kNil, kNot,
  kOr, kRepeat, kReturn, kThen, kTrue, kUntil, kWhile,
  // Signs of several characters.
  kConcat, kDots, kEqual, kGreaterEqual, kLessEqual, kNotEqual,
  // Classes.
  kNumber, kName, kString, kEof,
  kCharacter,  // any other: see Lexer::character
};

class Lexer {
 public:
  Lexer(State& state, std::string_view source, std::string_view chunk_name);

  void advance();
  Token peek();  // the token after the current one
  bool next_is(char c) const { return ahead_.token == Token::kCharacter && ahead_.character == c; }

  // The current token.
  Token token() const { return now_.token; }
  bool is(char c) const { return now_.token == Token::kCharacter && now_.character == c; }
  double number() const { return now_.number; }
  String* string() const { return now_.string; }  // of a name or a string
  char character() const { return now_.character; }
  int line() const { return line_; }            // of the text read so far
  int last_line() const { return last_line_; }  // of the token before the current one

  // The first error stands, and from then on the text has ended: every loop of the parser comes to
  // its end by itself.
  void error(const char* message);              // "name:line: message"
  void error_near(const char* message);         // ... near 'the current token'
  void expected(Token token);
  void expected(char character);
  bool failed() const { return failed_; }
  void text_of(Token token, char character, char out[16]) const;

 private:
  struct Lexeme {
    Token token = Token::kEof;
    char character = 0;
    double number = 0;
    String* string = nullptr;
  };

  Lexeme scan();
  Lexeme make(Token token) { return {token, 0, 0, nullptr}; }
  Lexeme fail(const char* message, size_t from);
  void report(const char* message, std::string_view near);
  char at(size_t i) const { return i < source_.size() ? source_[i] : '\0'; }
  bool ended() const { return position_ >= source_.size(); }
  void newline();
  Lexeme scan_number();
  Lexeme scan_name();
  Lexeme scan_string(char quote);
  bool scan_escape(Buffer& text);
  Lexeme fail_string(const char* message, char quote, const Buffer& text);
  int long_bracket() const;
  bool scan_long(int level, size_t from, Buffer* text);

  State& state_;
  std::string_view source_;
  std::string_view chunk_name_;
  size_t position_ = 0;
  int line_ = 1, last_line_ = 1;
  Lexeme now_, ahead_;
  size_t now_begin_ = 0, now_end_ = 0, begin_ = 0, ahead_begin_ = 0, ahead_end_ = 0;
  bool has_ahead_ = false;
  bool failed_ = false;
};

// A chunk's name as messages show it: "=x" is x, "@x" is x, with "..." in front if it is long, all
// else is [string "first line..."].
// At most `most` bytes, which fit into `room`: the reference grants errors of syntax more.
inline constexpr size_t kNameInRun = 60, kNameInSyntax = 80;
std::string_view chunk_display_name(std::string_view chunk_name, size_t most, char (&room)[96]);

}  // namespace redstart::lua
