#include <string>

#include "engine/config_file.h"
#include "engine/config_table.h"
#include "tests/fuzz/target.h"

namespace redstart::fuzz {

namespace {

bool read(Config& config, std::string_view text) {
  const auto no_files = [](const std::string&, std::string*, std::string* error) {
    *error = "there are no other files";
    return false;
  };
  ConfigReader reader(config, no_files);
  ConfigFileError error;
  return reader.read(text, &error);
}

}  // namespace

// A config file that was taken is rewritten into one that is taken again and says the same.
void config_file(std::string_view input) {
  Config config;
  if (!read(config, input)) return;
  const std::string text = rewrite_config(config, Users(), input, false);
  Config again;
  check(read(again, text), "a rewritten config file can be read");
  for (const config::Row& row : config::rows()) {
    check(config::text_of(row, config.settings()) == config::text_of(row, again.settings()),
          "rewriting a config file keeps every value");
  }
}

}  // namespace redstart::fuzz
