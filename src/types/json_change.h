// Changes of JSON values at places (json_select.h). What leaves a document is given to the caller:
// it may be large.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "types/json_node.h"

namespace redstart {

// Whether a value may stand in so many containers.
bool fits_depth(size_t containers, const JsonNode& value);

// Takes the value at a place out of its container. False: there is none. REQUIRES: not the root.
bool remove_json(JsonHeap heap, JsonNode* root, std::span<const uint32_t> place, JsonNode* removed);

// RFC 7396: members of the patch are merged in, nulls delete, everything else replaces. Answers
// false, and changes nothing, where the value would be nested too deeply. Replaced values are
// appended to `removed`.
bool merge_json(JsonHeap heap, JsonNode* target, const JsonNode& patch, size_t containers,
                std::vector<JsonNode>* removed);

// JSON.NUMINCRBY and its like: integers stay integers and do not overflow, but those above the
// largest int64 count as doubles, as everything else does. False: `error` says why there is no such
// number.
enum class JsonArithmetic : uint8_t { kAdd, kMultiply, kPower };
bool calculate_json(JsonArithmetic operation, const JsonNode& a, const JsonNode& b,
                    JsonNode* result, std::string_view* error);

}  // namespace redstart
