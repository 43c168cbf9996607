// Marks in a text what a query has found there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/schema.h"

namespace redstart::search {

class Index;

// Puts the value of the field to the end of `out`, with the words whose terms are among these
// between the tags. The terms are sorted (Index::terms_of() gives them).
//
//   "Running shoes" with {"run"} -> "<em>Running</em> shoes"
//
// A KEYWORD, a FACET and the text of a NOTOKENIZE field have no words: they are marked as a whole.
void highlight(Index& index, FieldNumber field, const std::vector<std::string>& terms,
               std::string_view text, std::string_view pre, std::string_view post,
               std::string* out);

}  // namespace redstart::search
