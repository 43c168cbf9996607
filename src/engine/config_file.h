// redis.conf: reading it, taking options from a command line, and writing it back.
//
//   file text + "\n" + lines made of the command line's options -> ConfigReader -> Config
//
// Knows no file: who reads hands a function that does. A line is a directive and its values, apart
// by blanks and quoted as in inline commands; '#' begins a comment line.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config.h"

namespace redstart {

struct ConfigFileError {
  int line = 0;  // 0: not about a line
  std::string line_text;
  std::string reason;

  // As Redis prints it before it gives up.
  std::string report(std::string_view version) const;
};

// Gives the text of a file or, when the path has a wildcard, of all files that match, joined (of
// none: an empty text). False and a reason when a file cannot be read.
using ReadConfigText =
    std::function<bool(const std::string& path, std::string* text, std::string* error)>;

class ConfigReader {
 public:
  ConfigReader(Config& config, ReadConfigText read_text)
      : config_(config), read_text_(std::move(read_text)) {}

  // Everything in one text, as Redis does: the file, then what was given on the command line.
  // Stops at the first error.
  bool read(std::string_view text, ConfigFileError* error);

  // Directives that were given a value of their own and mean nothing here (yet); for one log line.
  const std::vector<std::string>& without_effect() const { return without_effect_; }

 private:
  bool read_line(std::string_view line, ConfigFileError* error);
  bool read_directive(const std::vector<std::string>& words, ConfigFileError* error);
  bool include(const std::string& path, ConfigFileError* error);

  Config& config_;
  ReadConfigText read_text_;
  std::vector<std::string> without_effect_;
  int depth_ = 0;
};

// What a command line asks for; `args` are those after the program's name.
struct CommandLine {
  std::string config_file;  // "" without one
  bool read_stdin = false;  // "-" first or last
  std::string options;      // --port 6380 as a line of a config file
};
CommandLine parse_command_line(std::span<const std::string_view> args);

// CONFIG REWRITE: the old text with the values of today. Comments and the order of lines stay,
// directives at their default are not added unless `everything` is asked for, lines that are used
// up become empty, and unknown ones are kept as comments. The users are written, unless they have a
// file of their own.
std::string rewrite_config(const Config& config, const Users& users, std::string_view old_text,
                           bool everything);

}  // namespace redstart
