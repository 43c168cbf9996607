#include "base/quoted.h"

#include "base/ascii.h"

namespace redstart {
namespace {

int hex_value(char c) {
  if (ascii_digit(c)) return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

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

// Reads one word from `at`, which stands on its first character. False: unbalanced.
bool read_word(std::string_view line, size_t* at, std::string* word) {
  char quote = 0;
  for (size_t i = *at; i < line.size(); i++) {
    char c = line[i];
    char next = i + 1 < line.size() ? line[i + 1] : '\0';
    if (quote == '"' && c == '\\' && next == 'x' && i + 3 < line.size() &&
        hex_value(line[i + 2]) >= 0 && hex_value(line[i + 3]) >= 0) {
      *word += static_cast<char>(hex_value(line[i + 2]) * 16 + hex_value(line[i + 3]));
      i += 3;
    } else if (quote == '"' && c == '\\' && i + 1 < line.size()) {
      *word += unescaped(next);
      i++;
    } else if (quote == '\'' && c == '\\' && next == '\'') {
      *word += '\'';
      i++;
    } else if (quote && c == quote) {
      *at = i + 1;
      return i + 1 == line.size() || ascii_space(next);
    } else if (quote) {
      *word += c;
    } else if (ascii_space(c) || c == '\0') {
      *at = i;
      return true;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else {
      *word += c;
    }
  }
  *at = line.size();
  return quote == 0;
}

}  // namespace

bool split_quoted(std::string_view line, std::vector<std::string>* words) {
  words->clear();
  for (size_t at = 0;;) {
    while (at < line.size() && ascii_space(line[at])) at++;
    if (at == line.size() || line[at] == '\0') return true;
    std::string word;
    if (!read_word(line, &at, &word)) {
      words->clear();
      return false;
    }
    words->push_back(std::move(word));
  }
}

std::string in_quotes(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\a':
        out += "\\a";
        break;
      case '\b':
        out += "\\b";
        break;
      default:
        if (ascii_print(c)) {
          out += c;
        } else {
          out += "\\x";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[static_cast<unsigned char>(c) & 15];
        }
    }
  }
  return out + '"';
}

}  // namespace redstart
