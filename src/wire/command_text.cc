#include "wire/command_text.h"

#include "base/numbers.h"

namespace redstart {

namespace {

void append_header(std::string* out, char kind, size_t count) {
  char text[kIntTextMax];
  out->push_back(kind);
  out->append(text, write_uint64(text, count));
  out->append("\r\n");
}

}  // namespace

void append_command(std::string* out, std::span<const std::string_view> words) {
  append_header(out, '*', words.size());
  for (std::string_view word : words) {
    append_header(out, '$', word.size());
    out->append(word).append("\r\n");
  }
}

}  // namespace redstart
