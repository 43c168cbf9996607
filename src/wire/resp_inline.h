// Inline commands: a line of words as typed into telnet, quoted by Redis's rules. In "double
// quotes" \n \r \t \b \a and \xHH have their meaning; in 'single quotes' only \' has one. A closing
// quote ends its word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// Appends the words of `line` to `words`. False when quotes are unbalanced.
bool split_inline(std::string_view line, std::vector<std::string>* words);

}  // namespace redstart
