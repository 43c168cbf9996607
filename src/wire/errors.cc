#include "wire/errors.h"

#include <algorithm>

#include "base/ascii.h"

namespace redstart::err {

namespace {

constexpr size_t kQuoteMax = 128;

// What a client sent, as far as an error repeats it: up to the first zero byte, at most `max`.
std::string_view quoted(std::string_view text, size_t max) {
  return text.substr(0, std::min(text.find('\0'), max));
}

std::string without_line_breaks(std::string text) {
  for (char& c : text) {
    if (c == '\r' || c == '\n') c = ' ';
  }
  return text;
}

std::string see_help(std::string text, std::string_view container, std::string_view name) {
  text.append(quoted(name, kQuoteMax)).append("'. Try ").append(to_upper(container));
  return without_line_breaks(text.append(" HELP."));
}

}  // namespace

std::string wrong_arity(std::string_view command) {
  return "ERR wrong number of arguments for '" + std::string(command) + "' command";
}

std::string unknown_command(std::string_view name, std::span<const std::string_view> args) {
  std::string listed;
  for (const std::string_view arg : args) {
    if (listed.size() >= kQuoteMax) break;
    const std::string_view shown = quoted(arg, kQuoteMax - listed.size());
    listed.append("'").append(shown).append("' ");
  }
  std::string text = "ERR unknown command '";
  text.append(quoted(name, kQuoteMax)).append("', with args beginning with: ").append(listed);
  return without_line_breaks(std::move(text));
}

std::string unknown_subcommand(std::string_view container, std::string_view name) {
  return see_help("ERR unknown subcommand '", container, name);
}

std::string misused_subcommand(std::string_view container, std::string_view name) {
  return see_help("ERR unknown subcommand or wrong number of arguments for '", container, name);
}

std::string invalid_expire(std::string_view command) {
  return "ERR invalid expire time in '" + std::string(command) + "' command";
}

}  // namespace redstart::err
