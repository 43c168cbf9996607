#include "wire/resp_inline.h"

#include "base/ascii.h"

namespace redstart {

namespace {

char unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// Reads on a line that ends, as a C string does, in an endless row of zero bytes.
struct Line {
  std::string_view text;
  size_t at = 0;

  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  bool at_word_end(size_t ahead) const { return peek(ahead) == '\0' || ascii_space(peek(ahead)); }
};

// Both begin behind the opening quote and end behind the closing one.
bool read_double_quoted(Line& line, std::string* word) {
  for (char c; (c = line.peek()) != '\0'; line.at++) {
    if (c == '"') return line.at++, line.at_word_end(0);
    if (c != '\\' || line.peek(1) == '\0') {
      word->push_back(c);
      continue;
    }
    line.at++;
    const int high = ascii_hex_value(line.peek(1));
    const int low = high < 0 ? -1 : ascii_hex_value(line.peek(2));
    if (line.peek() == 'x' && low >= 0) {
      word->push_back(static_cast<char>(high * 16 + low));
      line.at += 2;
    } else {
      word->push_back(unescaped(line.peek()));
    }
  }
  return false;
}

bool read_single_quoted(Line& line, std::string* word) {
  for (char c; (c = line.peek()) != '\0'; line.at++) {
    if (c == '\'') return line.at++, line.at_word_end(0);
    if (c == '\\' && line.peek(1) == '\'') c = line.text[++line.at];
    word->push_back(c);
  }
  return false;
}

bool ends_bare_word(char c) { return c == '\0' || c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// A word is bare text up to a blank or up to the end of its first quoted part.
bool read_word(Line& line, std::string* word) {
  while (!ends_bare_word(line.peek())) {
    const char c = line.text[line.at++];
    if (c == '"') return read_double_quoted(line, word);
    if (c == '\'') return read_single_quoted(line, word);
    word->push_back(c);
  }
  return true;
}

}  // namespace

bool split_inline(std::string_view text, std::vector<std::string>* words) {
  Line line{text.substr(0, text.find('\0'))};
  for (;;) {
    while (ascii_space(line.peek())) line.at++;
    if (line.peek() == '\0') return true;
    words->emplace_back();
    if (!read_word(line, &words->back())) return false;
  }
}

}  // namespace redstart
