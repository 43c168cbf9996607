// Texts made printable, for configuration lines, logs and MONITOR.
#pragma once

#include <string>
#include <string_view>

namespace redstart {

// In double quotes, with escapes that a config file and an inline command understand.
std::string in_quotes(std::string_view text);

}  // namespace redstart
