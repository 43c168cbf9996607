// The patterns of KEYS, SCAN MATCH, PSUBSCRIBE and CONFIG GET.
//
//   *      any bytes, also none        [a-z]  one byte of a class; [^a-z] one byte not of it
//   ?      one byte                    \x     x itself
//
// Answers as Redis does, oddities included: a class without its closing bracket ends with the
// pattern, a trailing backslash is itself, an empty text matches the empty pattern only, and a
// pattern with more than 1,000 stars before other things matches nothing.
//
// Cost: at most pattern times text. A mismatch goes back to the last star only: if the part after
// it stands nowhere in the rest of the text, moving an earlier star further cannot help.
#pragma once

#include <string_view>

namespace redstart {

bool glob_match(std::string_view pattern, std::string_view text);
// Takes ASCII letters of either case for the same.
bool glob_match_fold(std::string_view pattern, std::string_view text);

}  // namespace redstart
