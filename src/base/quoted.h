// Words of a line and words made printable: redis.conf, command lines, inline commands, logs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// Splits at blanks. "..." may hold \n \r \t \b \a \xHH and \ before any other character; '...'
// only \'. A closing quote must be followed by a blank or the end. False: a quote is unbalanced.
bool split_quoted(std::string_view line, std::vector<std::string>* words);

// The text in double quotes, so that split_quoted() reads it back.
std::string in_quotes(std::string_view text);

}  // namespace redstart
