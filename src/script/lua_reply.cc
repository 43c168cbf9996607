#include "script/lua_reply.h"

#include <algorithm>

#include "base/numbers.h"

namespace redstart {

using lua::Table;
using lua::Value;

Value LuaReply::wrapped(std::string_view name, const Value& value) {
  Table* table = state_.table(0, 1);
  state_.set(table, name, value);
  return Value(table);
}

void LuaReply::status(std::string_view text) { add(wrapped("ok", state_.string(text))); }

void LuaReply::write_error(std::string_view text) {
  if (open_.empty()) is_error_ = true;
  Table* table = state_.table(0, 2);
  state_.set(table, "err", state_.string(text));
  // The command has been counted as failed already.
  state_.set(table, "ignore_error_stats_update", Value(true));
  add(Value(table));
}

void LuaReply::bulk_int(int64_t value) {
  char text[kIntTextMax];
  bulk({text, write_int64(text, value)});
}

void LuaReply::dbl(double value) {
  if (resp3_) return add(wrapped("double", Value(value)));
  char text[kDoubleTextMax];
  bulk({text, write_double(text, value)});
}

void LuaReply::dbl_text(std::string_view digits) {
  double value = 0;
  if (!resp3_ || !parse_double(digits, &value)) return bulk(digits);
  add(wrapped("double", Value(value)));
}

void LuaReply::big_number(std::string_view digits) {
  if (!resp3_) return bulk(digits);
  add(wrapped("big_number", state_.string(digits)));
}

void LuaReply::verbatim(std::string_view format, std::string_view text) {
  if (!resp3_) return bulk(text);
  Table* table = state_.table(0, 2);
  state_.set(table, "string", state_.string(text));
  state_.set(table, "format", state_.string(format));
  add(wrapped("verbatim_string", Value(table)));
}

// ---- aggregates ---------------------------------------------------------------------------------

void LuaReply::begin(Table* table, Kind kind, size_t count) {
  open_.push_back({table, count, kind, false, {}});
  close_full();
}

void LuaReply::begin_list(size_t count) {
  Table* table = state_.table();
  if (count != kUnknown) {
    table->reserve_array(state_.heap(), static_cast<uint32_t>(std::min<size_t>(count, UINT32_MAX)));
  }
  place(Value(table));
  begin(table, Kind::kList, count);
}

void LuaReply::map(size_t pair_count) {
  if (!resp3_) return begin_list(pair_count == kUnknown ? kUnknown : 2 * pair_count);
  Table* table = state_.table();
  place(wrapped("map", Value(table)));
  begin(table, Kind::kMap, pair_count);
}

void LuaReply::set(size_t count) {
  if (!resp3_) return begin_list(count);
  Table* table = state_.table();
  place(wrapped("set", Value(table)));
  begin(table, Kind::kSet, count);
}

Reply::Mark LuaReply::open(Shape shape) {
  switch (shape) {
    case Shape::kMap: map(kUnknown); break;
    case Shape::kSet: set(kUnknown); break;
    default: begin_list(kUnknown);
  }
  return {nullptr, 0, shape};
}

void LuaReply::close(Mark, size_t) {
  open_.pop_back();
  close_full();
}

// An aggregate that is complete was the last element of the one around it, maybe.
void LuaReply::close_full() {
  while (!open_.empty() && open_.back().left == 0) open_.pop_back();
}

// An element of the innermost aggregate that waits, or the whole.
void LuaReply::place(const Value& value) {
  if (open_.empty()) {
    result_ = value;
    return;
  }
  Open& into = open_.back();
  lua::Heap& heap = state_.heap();
  switch (into.kind) {
    case Kind::kList:
      // A nil leaves a hole: what comes after it keeps its index.
      into.key.num += 1;
      into.table->set_index(heap, static_cast<int64_t>(into.key.num), value);
      break;
    case Kind::kSet:
      if (!value.is_nil()) into.table->set(heap, value, Value(true));
      break;
    case Kind::kMap:
      if (!into.has_key) {
        into.key = value;
        into.has_key = true;
        return;
      }
      into.has_key = false;
      if (!into.key.is_nil()) into.table->set(heap, into.key, value);
      break;
  }
  if (into.left != kUnknown) into.left--;
}

}  // namespace redstart
