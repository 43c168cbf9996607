// Changes of JSON values at places (json_select.h). What leaves a document is given to the caller:
// it may be large.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "types/json_node.h"
#include "types/json_select.h"

namespace redstart {

// Whether a value may stand in so many containers.
bool fits_depth(size_t containers, const JsonNode& value);

// Takes values out of their containers and appends them to `removed`. `which` of the places: what
// outermost() answers. However many they are, each container is passed through once.
// REQUIRES: the root is none of them.
void remove_json(JsonHeap heap, JsonNode* root, const JsonPlaces& places,
                 std::span<const uint32_t> which, std::vector<JsonNode>* removed);

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
