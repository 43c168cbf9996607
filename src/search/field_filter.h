// What a filter says of one field: a value, or operators (filter.h has the language).
#pragma once

#include <string>
#include <string_view>

#include "search/analysis.h"
#include "search/clause.h"
#include "search/schema.h"
#include "types/json_names.h"
#include "types/json_node.h"

namespace redstart::search {

// Null: `error` says why, as the reply says it.
ClausePtr parse_field_filter(FieldNumber number, const Field& field, const JsonNode& value,
                             const JsonNames& names, Analyzer* analyzer, std::string* error);

// Operators of fields of type HYBRID, which Schema::parse() refuses as well. If so `error` says
// that.
bool needs_embeddings(std::string_view name, std::string* error);

}  // namespace redstart::search
