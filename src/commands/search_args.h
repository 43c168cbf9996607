// What SEARCH.QUERY is asked for, read from its arguments; and what all of SEARCH says of a word that
// it does not expect.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/arg_reader.h"
#include "engine/context.h"
#include "search/index.h"
#include "search/score_function.h"

namespace redstart {

// Of the word at hand, which is no option here.
void fail_at_word(ArgReader& a);

struct QueryCall {
  search::FindOptions find;
  bool without_content = false;
  bool selects = false;
  std::vector<std::string_view> selected;  // paths, as in documents
  std::vector<search::FieldNumber> highlighted;
  std::string_view tag_before = "<em>", tag_behind = "</em>";
  bool has_score_function = false;
  search::ScoreBy score_by;
};

// The words behind the filter. False: the error has been answered.
bool read_query(Context& c, const search::Schema& schema, QueryCall* call);

}  // namespace redstart
