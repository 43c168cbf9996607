// The functions without a table.
#include <cmath>

#include "lua/buffer.h"
#include "lua/call.h"
#include "lua/interpreter.h"
#include "lua/libs.h"
#include "lua/meta.h"
#include "lua/numbers.h"
#include "lua/vm.h"

namespace redstart::lua {

namespace {

int base_assert(Call& call) {
  if (!call.any(0)) return kRaised;
  if (call[0].is_false()) {
    std::string_view message;
    if (!call.string_or(1, "assertion failed!", &message)) return kRaised;
    return call.raise(call.state.with_position(message, 1));
  }
  const int count = call.count();
  Value* results = call.results(count);
  if (!results) return kRaised;
  for (int i = 0; i < count; i++) results[i] = results[i + 1];
  return count;
}

int base_collectgarbage(Call& call) {
  std::string_view option;
  double value;
  if (!call.string_or(0, "collect", &option) || !call.number_or(1, 0, &value)) return kRaised;
  Heap& heap = call.state.heap();
  const int number = static_cast<int>(to_integer(value));
  if (option == "collect") {
    heap.collect();
    return call.ret(Value(0));
  }
  if (option == "count") return call.ret(Value(static_cast<double>(heap.used()) / 1024));
  if (option == "stop") {
    heap.stop();
    return call.ret(Value(0));
  }
  if (option == "restart") {
    heap.restart();
    return call.ret(Value(0));
  }
  if (option == "step") return call.ret(Value(heap.collect_step(number)));
  if (option == "setpause" || option == "setstepmul") {
    int& knob = option == "setpause" ? heap.pause : heap.step_factor;
    const int before = knob;
    knob = number;
    return call.ret(Value(before));
  }
  char text[64];
  snprintf(text, sizeof text, "invalid option '%.*s'",
           static_cast<int>(option.size() < 32 ? option.size() : 32), option.data());
  return call.bad_argument(0, text);
}

int base_error(Call& call) {
  int64_t level;
  if (!call.integer_or(1, 1, &level)) return kRaised;
  if ((call[0].is_string() || call[0].is_number()) && level > 0) {
    const Value text = plain_text(call.state, call[0]);
    return call.raise(call.state.with_position(
        text.text(), level > 1'000'000 ? 1'000'000 : static_cast<int>(level)));
  }
  return call.raise(call[0]);
}

int base_gcinfo(Call& call) {
  return call.ret(Value(static_cast<double>(call.state.heap().used() / 1024)));
}

// The function that an argument names: itself, or the one at a level of the calls.
bool function_argument(Call& call, bool optional, Value* function) {
  if (call[0].is_function()) {
    *function = call[0];
    return true;
  }
  int64_t level = 1;
  if (!(optional ? call.integer_or(0, 1, &level) : call.integer(0, &level))) return false;
  if (level < 0) {
    call.bad_argument(0, "level must be non-negative");
    return false;
  }
  const Frame* frame = call.thread.frame;
  if (level == 0) {
    *function = Value(&call.self());
    return true;
  }
  while (--level > 0 && frame->closure) frame--;
  if (!frame->closure) {
    call.bad_argument(0, "invalid level");
    return false;
  }
  *function = Value(frame->closure);
  return true;
}

Table*& environment_of(const Value& function) {
  return function.is(Tag::kClosure) ? function.closure()->environment
                                    : function.native()->environment;
}

int base_getfenv(Call& call) {
  if (call[0].is_number() && call[0].num == 0) return call.ret(Value(call.thread.environment));
  Value function;
  if (!function_argument(call, true, &function)) return kRaised;
  if (function.is(Tag::kNative)) return call.ret(Value(call.thread.environment));
  return call.ret(Value(environment_of(function)));
}

int base_setfenv(Call& call) {
  Table* environment;
  if (!call.table(1, &environment)) return kRaised;
  if (call[0].is_number() && call[0].num == 0) {
    call.thread.environment = environment;
    return call.none();
  }
  Value function;
  if (!function_argument(call, false, &function)) return kRaised;
  if (function.is(Tag::kNative)) {
    return call.fail("'setfenv' cannot change environment of given object");
  }
  environment_of(function) = environment;
  call.state.heap().wrote(function.object, environment);
  return call.ret(function);
}

int base_getmetatable(Call& call) {
  if (!call.any(0)) return kRaised;
  Table* metatable = call.state.metatable_of(call[0]);
  if (!metatable) return call.ret(Value());
  const Value& shown = metamethod_of(call.state, metatable, Event::kMetatable);
  return call.ret(shown.is_nil() ? Value(metatable) : shown);
}

int base_setmetatable(Call& call) {
  Table* table;
  if (!call.table(0, &table)) return kRaised;
  const Value& metatable = call[1];
  if (call.count() < 2 || !(metatable.is_nil() || metatable.is_table())) {
    return call.bad_argument(1, "nil or table expected");
  }
  if (!metamethod_of(call.state, table->metatable, Event::kMetatable).is_nil()) {
    return call.fail("cannot change a protected metatable");
  }
  if (table->readonly) {
    call.state.fail("Attempt to modify a readonly table");
    return kRaised;
  }
  table->metatable = metatable.is_nil() ? nullptr : metatable.table();
  if (table->metatable) call.state.heap().wrote(table, metatable);
  return call.ret(Value(table));
}

int base_ipairs(Call& call) {
  Table* table;
  if (!call.table(0, &table)) return kRaised;
  Value* results = call.results(3);
  results[0] = call.upvalue(0);
  results[1] = Value(table);
  results[2] = Value(0);
  return 3;
}

int base_pairs(Call& call) {
  Table* table;
  if (!call.table(0, &table)) return kRaised;
  Value* results = call.results(3);
  results[0] = call.upvalue(0);
  results[1] = Value(table);
  results[2] = Value();
  return 3;
}

int load_text(Call& call, std::string_view source, std::string_view name) {
  Value function;
  if (call.state.compile(source, name, &function)) {
    function.closure()->environment = call.thread.environment;
    return call.ret(function);
  }
  return call.ret(Value(), call.state.error());
}

int base_loadstring(Call& call) {
  std::string_view source, name;
  if (!call.string(0, &source) || !call.string_or(1, source, &name)) return kRaised;
  return load_text(call, source, name);
}

int base_load(Call& call) {
  std::string_view name;
  if (!call.function(0) || !call.string_or(1, "=(load)", &name)) return kRaised;
  Buffer source(call.state.heap());
  for (;;) {
    Value piece;
    if (!call.invoke(call[0], {}, &piece)) {
      // An error of the reader is an answer, as an error of syntax is.
      if (call.state.stopped) return kRaised;
      return call.ret(Value(), call.state.error());
    }
    if (piece.is_nil() || (piece.is_string() && piece.text().empty())) break;
    if (piece.is_number()) piece = plain_text(call.state, piece);
    if (!piece.is_string()) {
      return call.ret(Value(), call.state.string("reader function must return a string"));
    }
    source.append(piece.text());
    if (source.failed()) {
      call.state.fail_out_of_memory();
      return kRaised;
    }
  }
  if (!call.string_or(1, "=(load)", &name)) return kRaised;
  return load_text(call, source.text(), name);
}

int base_pcall(Call& call) {
  if (!call.any(0)) return kRaised;
  Thread& thread = call.thread;
  const ptrdiff_t frame = thread.frame - thread.frames;
  const ptrdiff_t top = &call[0] - thread.stack;
  const int count = call_at(call.state, thread, thread.stack + top, -1);
  Value* base = thread.stack + top;
  if (count >= 0) {
    base[-1] = Value(true);  // the results follow as they are
    return count + 1;
  }
  if (call.state.stopped) return kRaised;
  unwind(call.state, thread, thread.frames + frame, base);
  base[-1] = Value(false);
  base[0] = call.state.host().caught(call.state, call.state.error());
  return 2;
}

int base_xpcall(Call& call) {
  if (call.count() < 2) return call.bad_argument(1, "value expected");
  Thread& thread = call.thread;
  const ptrdiff_t frame = thread.frame - thread.frames;
  const ptrdiff_t place = &call[0] - thread.stack;
  const Value function = call[0];
  // [handler] stays where it is; the function is called behind it.
  if (!ensure_stack(call.state, thread, 1)) return kRaised;
  thread.top = thread.stack + place + 2;
  *thread.top++ = function;
  const int count = call_at(call.state, thread, thread.top - 1, -1);
  Value* base = thread.stack + place;
  if (count >= 0) {
    base[-1] = Value(true);
    for (int i = 0; i < count; i++) base[i] = base[2 + i];
    return count + 1;
  }
  if (call.state.stopped) return kRaised;
  unwind(call.state, thread, thread.frames + frame, base + 2);
  const Value error = call.state.error();
  Value answer;
  const bool handled = call_value(call.state, thread.stack[place + 1], &error, 1, &answer);
  base = thread.stack + place;
  if (!handled) {
    if (call.state.stopped) return kRaised;
    answer = call.state.string("error in error handling");
  }
  base[-1] = Value(false);
  base[0] = answer;
  return 2;
}

int base_rawequal(Call& call) {
  if (!call.any(0) || !call.any(1)) return kRaised;
  return call.ret(Value(raw_equal(call[0], call[1])));
}

int base_rawget(Call& call) {
  Table* table;
  if (!call.table(0, &table) || !call.any(1)) return kRaised;
  return call.ret(table->get(call[1]));
}

int base_rawset(Call& call) {
  Table* table;
  if (!call.table(0, &table) || !call.any(1) || !call.any(2)) return kRaised;
  State& state = call.state;
  const Value key = call[1];
  if (table->readonly) {
    state.fail("Attempt to modify a readonly table");
  } else if (key.is_nil()) {
    state.fail("table index is nil");
  } else if (key.is_number() && std::isnan(key.num)) {
    state.fail("table index is NaN");
  } else if (!table->set(state.heap(), key, call[2])) {
    state.fail_out_of_memory();
  } else {
    return call.ret(Value(table));
  }
  return kRaised;
}

int base_select(Call& call) {
  const int count = call.count();
  if (call[0].is_string() && !call[0].text().empty() && call[0].text()[0] == '#') {
    return call.ret(Value(count - 1));
  }
  int64_t n;
  if (!call.integer(0, &n)) return kRaised;
  if (n < 0) n = count + n;
  if (n > count) n = count;
  if (n < 1) return call.bad_argument(0, "index out of range");
  const int first = static_cast<int>(n);
  Value* results = call.results(count);
  if (!results) return kRaised;
  for (int i = first; i < count; i++) results[i - first] = results[i + 1];
  return count - first;
}

int base_tonumber(Call& call) {
  int64_t radix;
  if (!call.integer_or(1, 10, &radix)) return kRaised;
  if (radix == 10) {
    if (!call.any(0)) return kRaised;
    double number;
    return call.ret(to_number(call[0], &number) ? Value(number) : Value());
  }
  std::string_view text;
  if (!call.string(0, &text)) return kRaised;
  if (radix < 2 || radix > 36) return call.bad_argument(1, "base out of range");
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (radix == 16 && text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
    text.remove_prefix(2);
  }
  if (text.empty()) return call.ret(Value());
  // The reference reads an unsigned C integer: too large ones are all the same, negative ones wrap.
  uint64_t value = 0;
  bool too_large = false;
  for (const char c : text) {
    const char low = static_cast<char>(c | 0x20);
    const int digit = c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'z' ? low - 'a' + 10 : 99;
    if (digit >= radix) return call.ret(Value());
    too_large |= __builtin_mul_overflow(value, static_cast<uint64_t>(radix), &value) ||
                 __builtin_add_overflow(value, static_cast<uint64_t>(digit), &value);
  }
  if (too_large) {
    value = UINT64_MAX;
  } else if (negative) {
    value = -value;
  }
  return call.ret(Value(static_cast<double>(value)));
}

int base_tostring(Call& call) {
  if (!call.any(0)) return kRaised;
  Value text;
  if (!to_text(call.state, call[0], &text)) return kRaised;
  // to_text() may have moved the stack.
  *call.results(1) = text;
  return 1;
}

int base_type(Call& call) {
  if (!call.any(0)) return kRaised;
  return call.ret(std::string_view(type_name(call[0])));
}

int base_unpack(Call& call) {
  Table* table;
  int64_t first, last;
  if (!call.table(0, &table) || !call.integer_or(1, 1, &first)) return kRaised;
  if (!call.integer_or(2, table->length(), &last)) return kRaised;
  if (first > last) return call.none();
  const uint64_t count = static_cast<uint64_t>(last) - static_cast<uint64_t>(first) + 1;
  if (count == 0 || count + static_cast<uint64_t>(call.count()) > kNativeStackMax) {
    return call.fail("too many results to unpack");
  }
  Value* results = call.results(static_cast<int>(count));
  if (!results) return kRaised;
  for (uint64_t i = 0; i < count; i++) {
    results[i] = table->get_index(static_cast<int64_t>(static_cast<uint64_t>(first) + i));
  }
  return static_cast<int>(count);
}

// An object for its identity, and for a metatable if asked.
int base_newproxy(Call& call) {
  Userdata* userdata = call.state.heap().userdata();
  const Value argument = call[0];
  if (argument.is_nil() || argument.is(Tag::kFalse)) {
    userdata->metatable = nullptr;
  } else if (argument.is(Tag::kTrue)) {
    userdata->metatable = call.state.table();
  } else if (argument.is(Tag::kUserdata) && argument.userdata()->metatable) {
    userdata->metatable = argument.userdata()->metatable;
  } else {
    return call.bad_argument(0, "boolean or proxy expected");
  }
  return call.ret(Value(userdata));
}

constexpr Function kFunctions[] = {
    {"assert", base_assert},
    {"collectgarbage", base_collectgarbage},
    {"error", base_error},
    {"gcinfo", base_gcinfo},
    {"getfenv", base_getfenv},
    {"getmetatable", base_getmetatable},
    {"load", base_load},
    {"loadstring", base_loadstring},
    {"newproxy", base_newproxy},
    {"next", base_next},
    {"pcall", base_pcall},
    {"rawequal", base_rawequal},
    {"rawget", base_rawget},
    {"rawset", base_rawset},
    {"select", base_select},
    {"setfenv", base_setfenv},
    {"setmetatable", base_setmetatable},
    {"tonumber", base_tonumber},
    {"tostring", base_tostring},
    {"type", base_type},
    {"unpack", base_unpack},
    {"xpcall", base_xpcall},
};

}  // namespace

int base_next(Call& call) {
  Table* table;
  if (!call.table(0, &table)) return kRaised;
  uint32_t position;
  if (!table->position_of(call[1], &position)) {
    call.state.fail("invalid key to 'next'");
    return kRaised;
  }
  Value key, value;
  if (!table->next(&position, &key, &value)) return call.ret(Value());
  return call.ret(key, value);
}

int base_ipairs_step(Call& call) {
  Table* table;
  int64_t index;
  if (!call.table(0, &table) || !call.integer(1, &index)) return kRaised;
  const Value& value = table->get_index(index + 1);
  if (value.is_nil()) return call.ret(Value());
  return call.ret(Value(index + 1), value);
}

void open_base(State& state) {
  Table* globals = state.globals();
  add_functions(state, globals, kFunctions);
  const Value step[] = {state.native(base_ipairs_step)};
  state.set(globals, "ipairs", state.native(base_ipairs, step));
  const Value next[] = {state.get(globals, "next")};
  state.set(globals, "pairs", state.native(base_pairs, next));
  state.set(globals, "_G", Value(globals));
  state.set(globals, "_VERSION", state.string("Lua 5.1"));
  open_coroutine(state);
}

void open_libraries(State& state) {
  open_base(state);
  open_string(state);
  open_table(state);
  open_math(state);
  open_os(state);
}

}  // namespace redstart::lua
