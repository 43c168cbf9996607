#include "search/filter_values.h"

#include <algorithm>
#include <cmath>

#include "search/columns.h"
#include "search/date.h"

namespace redstart::search {

namespace {

// Exact for whole numbers of 64 bits and for doubles (64 bits of mantissa at least).
long double number_in(const JsonNode& value) {
  if (value.kind() == JsonNode::Kind::kInt) return static_cast<long double>(value.integer());
  if (value.kind() == JsonNode::Kind::kNatural) return static_cast<long double>(value.natural());
  return value.real();
}

constexpr long double kU64End = 0x1p64L;
constexpr long double kI64End = 0x1p63L;

// The code of a whole number, which is in the range of the type.
uint64_t whole_code(FieldType type, long double number) {
  if (type == FieldType::kU64) return static_cast<uint64_t>(number);
  return code_of(static_cast<int64_t>(number));
}

void narrow_whole(FieldType type, Bound bound, long double number, CodeRange* range) {
  const long double least = type == FieldType::kU64 ? 0 : -kI64End;
  const long double end = type == FieldType::kU64 ? kU64End : kI64End;
  if (bound == Bound::kAtLeast || bound == Bound::kAbove) {
    const long double low = bound == Bound::kAtLeast ? std::ceil(number) : std::floor(number) + 1;
    if (low >= end) return range->clear();
    if (low > least) range->low = std::max(range->low, whole_code(type, low));
    return;
  }
  const long double high = bound == Bound::kAtMost ? std::floor(number) : std::ceil(number) - 1;
  if (high < least) return range->clear();
  if (high < end - 1) range->high = std::min(range->high, whole_code(type, high));
}

void narrow_code(Bound bound, uint64_t code, CodeRange* range) {
  switch (bound) {
    case Bound::kAbove:
      if (code == UINT64_MAX) return range->clear();
      code++;
      [[fallthrough]];
    case Bound::kAtLeast:
      range->low = std::max(range->low, code);
      break;
    case Bound::kBelow:
      if (code == 0) return range->clear();
      code--;
      [[fallthrough]];
    case Bound::kAtMost:
      range->high = std::min(range->high, code);
      break;
  }
}

bool date_code(const JsonNode& value, uint64_t* code) {
  int64_t micros;
  if (!value.is_text() || !parse_date(value.text(), &micros)) return false;
  *code = code_of(micros);
  return true;
}

}  // namespace

std::string_view wanted_value(FieldType type) {
  if (is_number(type)) return "a number";
  if (type == FieldType::kBool) return "a boolean";
  if (type == FieldType::kDate) return "a date (RFC 3339)";
  return "a string";
}

bool equal_range(FieldType type, const JsonNode& value, CodeRange* range) {
  if (type == FieldType::kBool) {
    if (!value.is_bool()) return false;
    *range = {value.boolean(), value.boolean()};
    return true;
  }
  *range = {};
  return narrow(type, Bound::kAtLeast, value, range) && narrow(type, Bound::kAtMost, value, range);
}

bool narrow(FieldType type, Bound bound, const JsonNode& value, CodeRange* range) {
  uint64_t code;
  if (type == FieldType::kDate) {
    if (!date_code(value, &code)) return false;
    narrow_code(bound, code, range);
    return true;
  }
  if (!value.is_number()) return false;
  if (type == FieldType::kF64) {
    narrow_code(bound, code_of(value.real()), range);
  } else {
    narrow_whole(type, bound, number_in(value), range);
  }
  return true;
}

}  // namespace redstart::search
