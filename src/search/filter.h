// The language of filters: a JSON object.
//
//   filter  = { field: value | {operator: ...} ..., "$must": filters, ... }     all of these
//   filters = filter | [filter, ...]
//
// Where one is enough ($should, $or, $mustNot), each member of a single filter is a condition of
// its own: { "$should": {"a": 1, "b": 2} } is { "$should": [{"a": 1}, {"b": 2}] }.
//
//   $must, $and     all of these          $should      optional where something else is required,
//   $or             one of these                       else one of these
//   $mustNot        none of these: takes away from the rest, and alone finds nothing
//   $boost          a factor of the score, beside operators of a field or in a filter
//
//   $eq             TEXT: the word, or the words behind one another
//   $in             one of a list of such values
//   $gt $gte $lt $lte   numbers, DATE, KEYWORD
//   $fuzzy          words or {value, distance, transpositionCostOne, prefix}
//   $phrase         words or {value, slop} or {value, prefix}
//                   (pages of Upstash's also call the value term, query and text)
//   $regex          matches a whole term
//   $smart          all of that, the exact before the near: what a bare value means
//
// An empty filter matches every document.
#pragma once

#include <string>
#include <string_view>

#include "search/analysis.h"
#include "search/clause.h"
#include "search/schema.h"
#include "types/json_node.h"

namespace redstart::search {

// Null: `error` says why, as the reply says it. The heap is for reading the text.
ClausePtr parse_filter(std::string_view text, const Schema& schema, Analyzer* analyzer,
                       JsonHeap heap, std::string* error);

}  // namespace redstart::search
