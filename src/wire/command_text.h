// A command as a client would send it: what logs hold, and what this server says to others.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace redstart {

void append_command(std::string* out, std::span<const std::string_view> words);
inline void append_command(std::string* out, std::initializer_list<std::string_view> words) {
  append_command(out, std::span(words.begin(), words.size()));
}

}  // namespace redstart
