#include "lua/meta.h"

#include <cmath>
#include <cstdio>
#include <cstring>

#include "lua/describe.h"
#include "lua/numbers.h"
#include "lua/vm.h"

namespace redstart::lua {

const Value& metamethod(const State& state, const Value& value, Event event) {
  Table* metatable = state.metatable_of(value);
  if (!metatable) return kNil;
  if (event <= Event::kEq) return metamethod_of(state, metatable, event);
  return metatable->get_string(state.event_name(event));
}

bool index_value(State& state, Value object, Value key, Value* result) {
  for (int i = 0; i < kMetaChainMax; i++) {
    Value handler;
    if (object.is_table()) {
      const Value& found = object.table()->get(key);
      if (!found.is_nil()) {
        *result = found;
        return true;
      }
      handler = metamethod_of(state, object.table()->metatable, Event::kIndex);
      if (handler.is_nil()) {
        *result = Value();
        return true;
      }
    } else {
      handler = metamethod(state, object, Event::kIndex);
      if (handler.is_nil()) return fail_type(state, object, "index");
    }
    if (handler.is_function()) {
      const Value arguments[] = {object, key};
      return call_value(state, handler, arguments, 2, result);
    }
    object = handler;
  }
  return state.fail("loop in gettable");
}

bool store_index(State& state, Value object, Value key, Value value) {
  for (int i = 0; i < kMetaChainMax; i++) {
    Value handler;
    if (object.is_table()) {
      Table* table = object.table();
      if (table->metatable && table->get(key).is_nil()) {
        handler = metamethod_of(state, table->metatable, Event::kNewIndex);
      }
      if (handler.is_nil()) {
        if (table->readonly) return state.fail("Attempt to modify a readonly table");
        if (key.is_nil()) return state.fail("table index is nil");
        if (key.is_number() && std::isnan(key.num)) return state.fail("table index is NaN");
        return table->set(state.heap(), key, value) || state.fail_out_of_memory();
      }
    } else {
      handler = metamethod(state, object, Event::kNewIndex);
      if (handler.is_nil()) return fail_type(state, object, "index");
    }
    if (handler.is_function()) {
      const Value arguments[] = {object, key, value};
      Value ignored;
      return call_value(state, handler, arguments, 3, &ignored);
    }
    object = handler;
  }
  return state.fail("loop in settable");
}

double modulo(double a, double b) { return a - std::floor(a / b) * b; }
double power(double a, double b) { return std::pow(a, b); }

double arithmetic_of(Event event, double a, double b) {
  switch (event) {
    case Event::kAdd: return a + b;
    case Event::kSub: return a - b;
    case Event::kMul: return a * b;
    case Event::kDiv: return a / b;
    case Event::kMod: return modulo(a, b);
    case Event::kPow: return power(a, b);
    default: return -a;
  }
}

namespace {

// The handler of either operand, the first one's preferred.
Value binary_handler(State& state, const Value& a, const Value& b, Event event) {
  const Value& first = metamethod(state, a, event);
  return first.is_nil() ? metamethod(state, b, event) : first;
}

// Comparisons ask for a handler that both operands share.
Value shared_handler(State& state, const Value& a, const Value& b, Event event) {
  const Value& first = metamethod(state, a, event);
  if (first.is_nil()) return first;
  return raw_equal(first, metamethod(state, b, event)) ? first : Value();
}

bool call_condition(State& state, const Value& handler, const Value& a, const Value& b,
                    bool* result) {
  const Value arguments[] = {a, b};
  Value answer;
  if (!call_value(state, handler, arguments, 2, &answer)) return false;
  *result = !answer.is_false();
  return true;
}

// By the bytes; zero bytes count like others.
int compare_texts(State& state, std::string_view a, std::string_view b) {
  const size_t common = a.size() < b.size() ? a.size() : b.size();
  state.heap().worked_on(common);
  const int order = memcmp(a.data(), b.data(), common);
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

}  // namespace

bool arithmetic(State& state, Event event, Value a, Value b, Value* result) {
  double x, y;
  if (to_number(a, &x) && to_number(b, &y)) {
    *result = Value(arithmetic_of(event, x, y));
    return true;
  }
  const Value handler = binary_handler(state, a, b, event);
  if (handler.is_nil()) return fail_arithmetic(state, a, b);
  const Value arguments[] = {a, b};
  return call_value(state, handler, arguments, 2, result);
}

bool length_of(State& state, Value value, Value* result) {
  if (value.is_table()) {  // in 5.1 tables have no __len
    *result = Value(static_cast<double>(value.table()->length()));
    return true;
  }
  if (value.is_string()) {
    *result = Value(static_cast<double>(value.string()->length));
    return true;
  }
  const Value handler = metamethod(state, value, Event::kLen);
  if (handler.is_nil()) return fail_type(state, value, "get length of");
  const Value arguments[] = {value, Value()};
  return call_value(state, handler, arguments, 2, result);
}

bool equal(State& state, Value a, Value b, bool* result) {
  *result = raw_equal(a, b);
  if (*result || a.tag() != b.tag() || !(a.is_table() || a.is(Tag::kUserdata))) return true;
  const Value handler = shared_handler(state, a, b, Event::kEq);
  return handler.is_nil() || call_condition(state, handler, a, b, result);
}

bool less(State& state, Value a, Value b, bool* result) {
  if (a.is_number() && b.is_number()) {
    *result = a.num < b.num;
    return true;
  }
  if (a.is_string() && b.is_string()) {
    *result = compare_texts(state, a.text(), b.text()) < 0;
    return true;
  }
  const Value handler =
      strcmp(type_name(a), type_name(b)) == 0 ? shared_handler(state, a, b, Event::kLt) : Value();
  if (handler.is_nil()) return fail_compare(state, a, b);
  return call_condition(state, handler, a, b, result);
}

bool less_equal(State& state, Value a, Value b, bool* result) {
  if (a.is_number() && b.is_number()) {
    *result = a.num <= b.num;
    return true;
  }
  if (a.is_string() && b.is_string()) {
    *result = compare_texts(state, a.text(), b.text()) <= 0;
    return true;
  }
  if (strcmp(type_name(a), type_name(b)) != 0) return fail_compare(state, a, b);
  Value handler = shared_handler(state, a, b, Event::kLe);
  if (!handler.is_nil()) return call_condition(state, handler, a, b, result);
  handler = shared_handler(state, a, b, Event::kLt);
  if (handler.is_nil()) return fail_compare(state, a, b);
  if (!call_condition(state, handler, b, a, result)) return false;
  *result = !*result;
  return true;
}

namespace {

bool joinable(const Value& value) { return value.is_string() || value.is_number(); }

// The bytes of a string or a number; `room` serves the latter.
std::string_view bytes_of(const Value& value, char (&room)[kNumberTextMax]) {
  if (value.is_string()) return value.text();
  return {room, number_to_text(room, value.num)};
}

bool join(State& state, const Value* first, const Value* last, Value* result) {
  char room[kNumberTextMax];
  if (first + 1 == last) {  // most often
    char other[kNumberTextMax];
    const std::string_view a = bytes_of(*first, room), b = bytes_of(*last, other);
    const size_t length = a.size() + b.size();
    if (length <= kInternedMax) {
      char both[kInternedMax];
      memcpy(both, a.data(), a.size());
      memcpy(both + a.size(), b.data(), b.size());
      *result = Value(state.heap().string({both, length}));
      return true;
    }
    String* string = state.heap().blank_string(length);
    if (!string) return state.fail_out_of_memory();
    memcpy(string->data(), a.data(), a.size());
    memcpy(string->data() + a.size(), b.data(), b.size());
    *result = Value(string);
    return true;
  }
  size_t length = 0;
  for (const Value* v = first; v <= last; v++) length += bytes_of(*v, room).size();
  char small[kInternedMax];
  String* string = nullptr;
  if (length > kInternedMax) {
    string = state.heap().blank_string(length);
    if (!string) return state.fail_out_of_memory();
  }
  char* out = string ? string->data() : small;
  for (const Value* v = first; v <= last; v++) {
    const std::string_view bytes = bytes_of(*v, room);
    memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
  }
  *result = Value(string ? string : state.heap().string({small, length}));
  return true;
}

}  // namespace

bool concatenate_pair(State& state, Value a, Value b, Value* result) {
  if (joinable(a) && joinable(b)) {
    const Value both[] = {a, b};
    return join(state, both, both + 1, result);
  }
  const Value handler = binary_handler(state, a, b, Event::kConcat);
  if (handler.is_nil()) return fail_concatenate(state, a, b);
  const Value arguments[] = {a, b};
  return call_value(state, handler, arguments, 2, result);
}

bool concatenate(State& state, int first, int last, Value* result) {
  const auto reg = [&](int i) -> Value& { return state.running->frame->base[i]; };
  // From the right, as many at once as are plain. Intermediate results live in the registers, where
  // the collector sees them.
  Value right = reg(last);
  int at = last - 1;
  while (at >= first) {
    if (joinable(right) && joinable(reg(at))) {
      int begin = at;
      while (begin > first && joinable(reg(begin - 1))) begin--;
      reg(at + 1) = right;
      if (!join(state, &reg(begin), &reg(at + 1), &right)) return false;
      at = begin - 1;
      if (at >= first) reg(at + 1) = right;
    } else {
      if (!concatenate_pair(state, reg(at), right, &right)) return false;
      reg(at) = right;
      at--;
    }
  }
  *result = right;
  return true;
}

// --- text

Value plain_text(State& state, const Value& value) {
  char text[64];
  switch (value.tag()) {
    case Tag::kNil: return state.string("nil");
    case Tag::kFalse: return state.string("false");
    case Tag::kTrue: return state.string("true");
    case Tag::kNumber: {
      const size_t length = number_to_text(text, value.num);
      return state.string({text, length});
    }
    case Tag::kString: return value;
    case Tag::kPointer:
      if (!value.pointer) return state.string("userdata: (nil)");
      break;
    default:
      break;
  }
  const int length = snprintf(text, sizeof text, "%s: %p", type_name(value), value.pointer);
  return state.string({text, static_cast<size_t>(length)});
}

bool to_text(State& state, Value value, Value* result) {
  const Value handler = metamethod(state, value, Event::kTostring);
  if (handler.is_nil()) {
    *result = plain_text(state, value);
    return true;
  }
  if (!call_value(state, handler, &value, 1, result)) return false;
  return true;
}

}  // namespace redstart::lua
