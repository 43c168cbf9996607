#include "script/script_flags.h"

#include "base/ascii.h"
#include "engine/command.h"
#include "wire/resp_inline.h"

namespace redstart {
namespace {

bool fail(std::string* error, std::string text) {
  *error = std::move(text);
  return false;
}

bool read_flags(std::string_view list, uint32_t* flags, std::string* error) {
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    std::string_view name = list.substr(0, comma);
    uint32_t flag = script_flag(name);
    if (!flag) return fail(error, "Unexpected flag in script shebang: " + std::string(name));
    *flags |= flag;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return true;
}

}  // namespace

uint32_t script_flag(std::string_view name) {
  for (const ScriptFlagName& known : kScriptFlagNames) {
    if (known.name == name) return known.flag;
  }
  return 0;
}

uint32_t command_flags(uint32_t row_flags, uint32_t script_flags) {
  if (script_flags & kCompatible) return row_flags;
  uint32_t flags = row_flags & ~(kStale | kDenyOom | kWrite | kMayReplicate);
  if (!(script_flags & (kAllowOom | kNoWrites))) flags |= kDenyOom;
  if (!(script_flags & kNoWrites)) flags |= kWrite;
  if (script_flags & kAllowStale) flags |= kStale;
  return flags;
}

bool read_script_head(std::string_view body, ScriptHead* head, std::string* error) {
  *head = ScriptHead();
  if (!body.starts_with("#!")) return true;
  size_t end = body.find('\n');
  if (end == body.npos) return fail(error, "Invalid script shebang");
  std::vector<std::string> words;
  if (!split_inline(body.substr(0, end), &words) || words.empty()) {
    return fail(error, "Invalid engine in script shebang");
  }
  if (words[0] != "#!lua") return fail(error, "Unexpected engine in script shebang: " + words[0]);
  head->flags = 0;
  head->size = end;
  for (size_t i = 1; i < words.size(); i++) {
    std::string_view word = words[i];
    if (!word.starts_with("flags=")) {
      return fail(error, "Unknown lua shebang option: " + words[i]);
    }
    if (!read_flags(word.substr(6), &head->flags, error)) return false;
  }
  return true;
}

bool read_library_head(std::string_view code, LibraryHead* head, std::string* error) {
  *head = LibraryHead();
  if (!code.starts_with("#!")) return fail(error, "Missing library metadata");
  size_t end = code.find('\n');
  std::vector<std::string> words;
  if (end == code.npos || !split_inline(code.substr(0, end), &words) || words.empty()) {
    return fail(error, "Invalid library metadata");
  }
  head->size = end;
  head->engine = words[0].substr(std::min<size_t>(2, words[0].size()));
  bool named = false;
  for (size_t i = 1; i < words.size(); i++) {
    if (!equals_fold(std::string_view(words[i]).substr(0, 5), "name=")) {
      return fail(error, "Invalid metadata value given: " + words[i]);
    }
    if (named) {
      return fail(error, "Invalid metadata value, name argument was given multiple times");
    }
    named = true;
    head->name = words[i].substr(5);
  }
  return named || fail(error, "Library name was not given");
}

bool is_library_name(std::string_view name) {
  for (char c : name) {
    char folded = ascii_lower(c);
    if (!ascii_digit(c) && c != '_' && !(folded >= 'a' && folded <= 'z')) return false;
  }
  return !name.empty();
}

}  // namespace redstart
