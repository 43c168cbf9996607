#include "lua/buffer.h"
#include "lua/call.h"
#include "lua/libs.h"
#include "lua/numbers.h"
#include "lua/sort.h"

namespace redstart::lua {

namespace {

int refused(Call& call) {
  call.state.fail_out_of_memory();
  return kRaised;
}

// As C's int, which the reference counts in.
bool int_argument(Call& call, int i, int64_t fallback, int64_t* out) {
  if (!call.integer_or(i, fallback, out)) return false;
  *out = static_cast<int32_t>(*out);
  return true;
}

int table_concat(Call& call) {
  Table* table;
  std::string_view separator;
  int64_t from, to;
  if (!call.table(0, &table) || !call.string_or(1, "", &separator) ||
      !int_argument(call, 2, 1, &from) || !int_argument(call, 3, table->length(), &to)) {
    return kRaised;
  }
  Buffer buffer(call.state.heap());
  for (int64_t i = from; i <= to; i++) {
    const Value& value = table->get_index(i);
    if (value.is_string()) {
      buffer.append(value.text());
    } else if (value.is_number()) {
      char text[kNumberTextMax];
      buffer.append({text, number_to_text(text, value.num)});
    } else {
      return call.fail("invalid value (%s) at index %d in table for 'concat'", type_name(value),
                       static_cast<int>(i));
    }
    if (i != to) buffer.append(separator);
    if (buffer.failed()) break;
  }
  String* string = buffer.failed() ? nullptr : call.state.heap().string(buffer.text());
  return string ? call.ret(Value(string)) : refused(call);
}

int table_insert(Call& call) {
  Table* table;
  if (!call.writable_table(0, &table)) return kRaised;
  Heap& heap = call.state.heap();
  const int64_t end = int64_t{table->length()} + 1;
  if (call.count() == 2) return table->set_index(heap, end, call[1]) ? call.none() : refused(call);
  if (call.count() != 3) return call.fail("wrong number of arguments to 'insert'");
  int64_t at;
  if (!call.integer(1, &at)) return kRaised;
  at = static_cast<int32_t>(at);
  for (int64_t i = end; i > at; i--) {
    const Value moved = table->get_index(i - 1);
    if (!table->set_index(heap, i, moved)) return refused(call);
    if ((i & 0xfffff) == 0 && !call.state.ask_host()) return kRaised;
  }
  return table->set_index(heap, at, call[2]) ? call.none() : refused(call);
}

int table_remove(Call& call) {
  Table* table;
  int64_t at;
  if (!call.writable_table(0, &table)) return kRaised;
  const int64_t end = table->length();
  if (!int_argument(call, 1, end, &at)) return kRaised;
  if (at < 1 || at > end) return call.none();
  Heap& heap = call.state.heap();
  const Value removed = table->get_index(at);
  for (int64_t i = at; i < end; i++) {
    const Value moved = table->get_index(i + 1);
    if (!table->set_index(heap, i, moved)) return refused(call);
  }
  if (!table->set_index(heap, end, Value())) return refused(call);
  return call.ret(removed);
}

int table_sort(Call& call) {
  Table* table;
  if (!call.writable_table(0, &table)) return kRaised;
  if (!call[1].is_nil() && !call.function(1)) return kRaised;
  return sort(call, table) ? call.none() : kRaised;
}

int table_getn(Call& call) {
  Table* table;
  if (!call.table(0, &table)) return kRaised;
  return call.ret(Value(static_cast<double>(table->length())));
}

int table_setn(Call& call) {
  Table* table;
  if (!call.table(0, &table)) return kRaised;
  return call.fail("'setn' is obsolete");
}

int table_maxn(Call& call) {
  Table* table;
  if (!call.table(0, &table)) return kRaised;
  double most = 0;
  Value key, value;
  for (uint32_t position = 0; table->next(&position, &key, &value);) {
    if (key.is_number() && key.num > most) most = key.num;
  }
  return call.ret(Value(most));
}

int table_foreach(Call& call) {
  Table* table;
  if (!call.table(0, &table) || !call.function(1)) return kRaised;
  Value entry[2];
  Value result;
  for (uint32_t position = 0; table->next(&position, &entry[0], &entry[1]);) {
    const Value key = entry[0];
    if (!call.invoke(call[1], entry, &result)) return kRaised;
    if (!result.is_nil()) return call.ret(result);
    // The function may have moved things.
    if (!table->holds_at(position, key) && !table->position_of(key, &position)) {
      call.state.fail("invalid key to 'next'");
      return kRaised;
    }
  }
  return call.none();
}

int table_foreachi(Call& call) {
  Table* table;
  if (!call.table(0, &table) || !call.function(1)) return kRaised;
  const int64_t length = table->length();
  for (int64_t i = 1; i <= length; i++) {
    const Value entry[] = {Value(i), table->get_index(i)};
    Value result;
    if (!call.invoke(call[1], entry, &result)) return kRaised;
    if (!result.is_nil()) return call.ret(result);
  }
  return call.none();
}

constexpr Function kFunctions[] = {
    {"concat", table_concat}, {"foreach", table_foreach}, {"foreachi", table_foreachi},
    {"getn", table_getn},     {"insert", table_insert},   {"maxn", table_maxn},
    {"remove", table_remove}, {"setn", table_setn},       {"sort", table_sort},
};

}  // namespace

void open_table(State& state) { open_library(state, "table", kFunctions); }

}  // namespace redstart::lua
