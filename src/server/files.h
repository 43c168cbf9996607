// The few files that the server reads and writes around the data: configuration, token, pid.
#pragma once

#include <string>
#include <string_view>

namespace redstart {

// Reads a file, or all files that a path with wildcards matches, joined by line ends.
bool read_config_text(const std::string& path, std::string* text, std::string* error);
bool read_file(const std::string& path, std::string* text, std::string* error);
// Replaces the file as a whole: a reader sees the old text or the new one. A durable file is on
// the disk when this returns, which may take tens of milliseconds.
enum class Durable { kNo, kYes };
bool write_file(const std::string& path, std::string_view text, int permissions, Durable durable,
                std::string* error);

}  // namespace redstart
