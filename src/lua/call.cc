#include "lua/call.h"

#include <cstdio>

#include "lua/describe.h"
#include "lua/meta.h"
#include "lua/numbers.h"
#include "lua/vm.h"

namespace redstart::lua {

// --- errors

int Call::fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  state.fail_list(format, arguments, 1);
  va_end(arguments);
  return kRaised;
}

int Call::bad_argument(int i, const char* what) {
  Description callee;
  if (state.native_from_lua) callee = describe_callee(*thread.frame);
  if (callee.kind && strcmp(callee.kind, "method") == 0) {
    if (--i < 0) {
      return fail("calling '%.*s' on bad self (%s)", static_cast<int>(callee.name.size()),
                  callee.name.data(), what);
    }
  }
  if (!callee.kind) callee.name = "?";
  return fail("bad argument #%d to '%.*s' (%s)", i + 1, static_cast<int>(callee.name.size()),
              callee.name.data(), what);
}

int Call::bad_type(int i, const char* expected) {
  char text[96];
  snprintf(text, sizeof text, "%s expected, got %s", expected,
           i < count_ ? type_name(base_[i]) : "no value");
  return bad_argument(i, text);
}

// --- arguments

bool Call::number(int i, double* out) {
  if (i < count_ && to_number(base_[i], out)) return true;
  bad_type(i, "number");
  return false;
}

bool Call::integer(int i, int64_t* out) {
  double value;
  if (!number(i, &value)) return false;
  *out = to_integer(value);
  return true;
}

bool Call::string(int i, std::string_view* out) {
  if (i < count_ && base_[i].is_number()) base_[i] = plain_text(state, base_[i]);
  if (i < count_ && base_[i].is_string()) {
    *out = base_[i].text();
    return true;
  }
  bad_type(i, "string");
  return false;
}

bool Call::table(int i, Table** out) {
  if (i < count_ && base_[i].is_table()) {
    *out = base_[i].table();
    return true;
  }
  bad_type(i, "table");
  return false;
}

bool Call::writable_table(int i, Table** out) {
  if (!table(i, out)) return false;
  if (!(*out)->readonly) return true;
  return state.fail("Attempt to modify a readonly table");
}

bool Call::function(int i) {
  if (i < count_ && base_[i].is_function()) return true;
  bad_type(i, "function");
  return false;
}

bool Call::any(int i) {
  if (i < count_) return true;
  bad_argument(i, "value expected");
  return false;
}

bool Call::number_or(int i, double fallback, double* out) {
  *out = fallback;
  return (*this)[i].is_nil() || number(i, out);
}

bool Call::integer_or(int i, int64_t fallback, int64_t* out) {
  *out = fallback;
  return (*this)[i].is_nil() || integer(i, out);
}

bool Call::string_or(int i, std::string_view fallback, std::string_view* out) {
  *out = fallback;
  return (*this)[i].is_nil() || string(i, out);
}

// --- results

Value* Call::results(int count) {
  const ptrdiff_t place = base_ - thread.stack;
  if (count > count_ && !ensure_stack(state, thread, static_cast<uint32_t>(count - count_))) {
    return nullptr;
  }
  base_ = thread.stack + place;
  return base_ - 1;
}

// --- calling

bool Call::invoke(const Value& function, std::span<const Value> arguments, Value* result) {
  const ptrdiff_t place = base_ - thread.stack;
  const bool done =
      call_value(state, function, arguments.data(), static_cast<int>(arguments.size()), result);
  base_ = thread.stack + place;
  return done;
}

int Call::forward(int i) {
  const ptrdiff_t place = base_ - thread.stack;
  const int count = call_at(state, thread, base_ + i, -1);
  base_ = thread.stack + place;
  if (count < 0) return kRaised;
  for (int n = 0; n < count; n++) base_[n - 1] = base_[i + n];
  return count;
}

Value* Call::keep(const Value& value) {
  const Value kept = value;
  const ptrdiff_t place = base_ - thread.stack;
  if (!ensure_stack(state, thread, 1)) return nullptr;
  base_ = thread.stack + place;
  *thread.top = kept;
  return thread.top++;
}

// --- libraries

void add_functions(State& state, Table* table, std::span<const Function> functions) {
  (void)table->reserve_nodes(state.heap(), static_cast<uint32_t>(functions.size()));
  for (const Function& f : functions) state.set(table, f.name, state.native(f.function));
}

Table* open_library(State& state, const char* name, std::span<const Function> functions) {
  Table* table = state.table();
  add_functions(state, table, functions);
  state.set(state.globals(), name, Value(table));
  return table;
}

}  // namespace redstart::lua
