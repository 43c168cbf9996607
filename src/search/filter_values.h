// Values in filters: what they mean for a field of some type.
#pragma once

#include <cstdint>
#include <string_view>

#include "search/schema.h"
#include "types/json_node.h"

namespace redstart::search {

// What an operator wants of its value: "a number", "a string", ...
std::string_view wanted_value(FieldType type);

enum class Bound : uint8_t { kAtLeast, kAbove, kAtMost, kBelow };

// A span of codes in a column (columns.h); empty if low > high.
struct CodeRange {
  uint64_t low = 0;
  uint64_t high = UINT64_MAX;

  void clear() { *this = {1, 0}; }
};

// Both: false if the value is none that the type can be compared with.
// REQUIRES: numbers, BOOL or DATE; of narrow() no BOOL.
bool equal_range(FieldType type, const JsonNode& value, CodeRange* range);
// Leaves of the range what is on this side of the value.
bool narrow(FieldType type, Bound bound, const JsonNode& value, CodeRange* range);

}  // namespace redstart::search
