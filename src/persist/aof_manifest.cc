#include "persist/aof_manifest.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"
#include "base/quoted.h"
#include "wire/resp_inline.h"

namespace redstart {
namespace {

constexpr size_t kLineMax = 1024;

// A quote of either kind begins a word's quoted part when the line is read.
bool plain(std::string_view name) {
  for (char c : name) {
    if (!ascii_print(c) || c == ' ' || c == '\\' || c == '"' || c == '\'') return false;
  }
  return true;
}

void add_line(const AofFile& file, char type, std::string* text) {
  text->append("file ").append(plain(file.name) ? file.name : in_quotes(file.name));
  text->append(" seq ").append(std::to_string(file.sequence));
  text->append(" type ").append(1, type).append("\n");
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\n";
  size_t first = line.find_first_not_of(kBlanks);
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

constexpr const char* kBadFormat = "Invalid AOF manifest file format";
constexpr const char* kTooLong = "The AOF manifest file contains too long line";

// Null, or what is wrong. Words that a later version may add are passed over.
const char* read_words(const std::vector<std::string>& words, AofFile* file, char* type) {
  if (words.size() < 6 || words.size() % 2) return kBadFormat;
  for (size_t i = 0; i < words.size(); i += 2) {
    const std::string& value = words[i + 1];
    if (equals_fold(words[i], "file")) {
      file->name = value;
      if (value.find_first_of("/\\") != value.npos) {
        return "File can't be a path, just a filename";
      }
    } else if (equals_fold(words[i], "seq")) {
      if (!parse_int64(value, &file->sequence)) file->sequence = 0;
    } else if (equals_fold(words[i], "type")) {
      *type = value.empty() ? '\0' : value[0];
    }
  }
  return file->name.empty() || file->sequence == 0 || *type == '\0' ? kBadFormat : nullptr;
}

const char* enter(AofFile file, char type, AofManifest* manifest) {
  // Escapes can make of a line that was read one that could not be read again.
  std::string line;
  add_line(file, type, &line);
  if (line.size() > kLineMax) return kTooLong;
  switch (type) {
    case 'b':
      if (manifest->base) return "Found duplicate base file information";
      manifest->base_sequence = file.sequence;
      manifest->base = std::move(file);
      return nullptr;
    case 'h':
      manifest->history.push_back(std::move(file));
      return nullptr;
    case 'i':
      if (file.sequence <= manifest->increment_sequence) {
        return "Found a non-monotonic sequence number";
      }
      manifest->increment_sequence = file.sequence;
      manifest->increments.push_back(std::move(file));
      return nullptr;
  }
  return "Unknown AOF file type";
}

}  // namespace

std::string AofManifest::text() const {
  std::string text;
  if (base) add_line(*base, 'b', &text);
  for (const AofFile& file : history) add_line(file, 'h', &text);
  for (const AofFile& file : increments) add_line(file, 'i', &text);
  return text;
}

const std::string& AofManifest::add_base(std::string_view prefix, bool rdb) {
  if (base) history.insert(history.begin(), *base);
  base_sequence++;
  base = AofFile{
      std::string(prefix) + "." + std::to_string(base_sequence) + (rdb ? ".base.rdb" : ".base.aof"),
      base_sequence};
  return base->name;
}

const std::string& AofManifest::add_increment(std::string_view prefix) {
  increment_sequence++;
  increments.push_back(
      {std::string(prefix) + "." + std::to_string(increment_sequence) + ".incr.aof",
       increment_sequence});
  return increments.back().name;
}

void AofManifest::retire_increments(bool keep_last) {
  const auto kept = increments.end() - (keep_last && !increments.empty() ? 1 : 0);
  for (auto file = kept; file != increments.begin();) {
    --file;
    history.insert(history.begin(), *file);
  }
  increments.erase(increments.begin(), kept);
}

bool AofManifest::names(std::string_view name) const {
  const auto is_it = [name](const AofFile& file) { return file.name == name; };
  return (base && is_it(*base)) || std::any_of(increments.begin(), increments.end(), is_it) ||
         std::any_of(history.begin(), history.end(), is_it);
}

bool is_aof_file_name(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  if (!name.starts_with('.')) return false;
  const size_t end = name.find_first_not_of("0123456789", 1);
  if (end == 1 || end == name.npos) return false;
  const std::string_view kind = name.substr(end);
  return kind == ".base.rdb" || kind == ".base.aof" || kind == ".incr.aof";
}

bool parse_manifest(std::string_view text, AofManifest* manifest, ManifestError* error) {
  *manifest = AofManifest();
  *error = ManifestError();
  if (text.empty()) {
    error->reason = "Found an empty AOF manifest";
    return false;
  }
  while (!text.empty()) {
    error->line++;
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.starts_with('#') && end != text.npos && end < kLineMax) {
      text.remove_prefix(end + 1);
      continue;
    }
    if (end == text.npos || end >= kLineMax) {
      error->reason = kTooLong;
      return false;
    }
    text.remove_prefix(end + 1);

    error->line_text = trimmed(line);
    error->shows_line = true;
    std::vector<std::string> words;
    const char* wrong = kBadFormat;
    AofFile file;
    char type = '\0';
    if (!error->line_text.empty() && split_inline(error->line_text, &words)) {
      wrong = read_words(words, &file, &type);
      if (!wrong) wrong = enter(std::move(file), type, manifest);
    }
    if (wrong) {
      error->reason = wrong;
      return false;
    }
    error->shows_line = false;
  }
  return true;
}

}  // namespace redstart
