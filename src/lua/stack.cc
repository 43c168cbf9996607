// The stacks of coroutines: growth, frames, upvalues, calls from C++.
#include <new>

#include "lua/call.h"
#include "lua/describe.h"
#include "lua/interpreter.h"
#include "lua/meta.h"
#include "lua/vm.h"

namespace redstart::lua {

namespace {

// What any native finds above its arguments without asking.
constexpr uint32_t kNativeRoom = 24;

void move_stack(Thread& thread, Value* old, Value* stack) {
  const auto moved = [&](Value*& place) { place = stack + (place - old); };
  for (Frame* frame = thread.frames; frame <= thread.frame; frame++) {
    moved(frame->function);
    moved(frame->base);
    moved(frame->limit);
  }
  moved(thread.top);
  for (Upvalue* u = thread.open_upvalues; u; u = u->open.next) moved(u->place);
}

bool grow_frames(State& state, Thread& thread) {
  const size_t old = static_cast<size_t>(thread.frames_end - thread.frames);
  if (old >= kFramesMax) return state.fail("stack overflow");
  const ptrdiff_t at = thread.frame - thread.frames;
  Frame* grown = static_cast<Frame*>(
      state.heap().resize(thread.frames, old * sizeof(Frame), old * 2 * sizeof(Frame)));
  if (!grown) return state.fail_out_of_memory();
  thread.frames = grown;
  thread.frames_end = grown + old * 2;
  thread.frame = grown + at;
  return true;
}

// The table `arg` of vararg functions in the old style.
Value old_arguments(State& state, const Value* arguments, int count) {
  Table* table = state.table(static_cast<uint32_t>(count), 1);
  for (int i = 0; i < count; i++) {
    (void)table->set_index(state.heap(), i + 1, arguments[i]);
  }
  state.set(table, "n", Value(count));
  return Value(table);
}

}  // namespace

bool ensure_stack(State& state, Thread& thread, uint32_t count) {
  if (thread.stack_end - thread.top > static_cast<ptrdiff_t>(count)) return true;
  const size_t old = static_cast<size_t>(thread.stack_end - thread.stack);
  size_t wanted = old * 2;
  const size_t needed = static_cast<size_t>(thread.top - thread.stack) + count + 1;
  if (wanted < needed) wanted = needed;
  Value* before = thread.stack;
  Value* grown = static_cast<Value*>(
      state.heap().resize(before, (old + kStackSlack) * sizeof(Value),
                          (wanted + kStackSlack) * sizeof(Value)));
  if (!grown) return state.fail_out_of_memory();
  for (size_t i = old + kStackSlack; i < wanted + kStackSlack; i++) new (&grown[i]) Value();
  thread.stack = grown;
  thread.stack_end = grown + wanted;
  move_stack(thread, before, grown);
  return true;
}

void trim_stack(State& state, Thread& thread) {
  const size_t old = static_cast<size_t>(thread.stack_end - thread.stack);
  const size_t used = static_cast<size_t>(thread.top - thread.stack);
  if (old <= kStackKept || used > kStackKept / 2) return;
  Value* before = thread.stack;
  thread.stack = static_cast<Value*>(
      state.heap().resize(before, (old + kStackSlack) * sizeof(Value),
                          (kStackKept + kStackSlack) * sizeof(Value)));
  thread.stack_end = thread.stack + kStackKept;
  move_stack(thread, before, thread.stack);
}

// Makes the frame of a Lua function whose arguments lie between it and thread.top.
bool push_frame(State& state, Thread& thread, Value* function, int wanted, bool from_native) {
  Closure* closure = function->closure();
  const Proto& proto = *closure->proto;
  int count = static_cast<int>(thread.top - function) - 1;
  const ptrdiff_t place = function - thread.stack;
  if (!ensure_stack(state, thread, proto.registers + proto.parameters + 2u)) return false;
  if (thread.frame + 1 == thread.frames_end && !grow_frames(state, thread)) return false;
  function = thread.stack + place;
  for (; count < proto.parameters; count++) *thread.top++ = Value();
  Value* base = function + 1;
  if (proto.is_vararg) {
    // The parameters move behind all arguments, so that the rest can be found below the base.
    base = thread.top;
    const Value* arguments = function + 1;
    for (int i = 0; i < proto.parameters; i++) {
      base[i] = arguments[i];
      function[1 + i] = Value();
    }
    base[proto.parameters] =
        proto.needs_arg
            ? old_arguments(state, arguments + proto.parameters, count - proto.parameters)
            : Value();
  }
  Frame* frame = ++thread.frame;
  frame->function = function;
  frame->base = base;
  frame->limit = thread.top = base + proto.registers;
  frame->closure = closure;
  frame->pc = proto.code;
  frame->wanted = wanted;
  frame->tail_calls = 0;
  frame->from_native = from_native;
  return true;
}

// Puts the metamethod __call of the value before it, as the function of which it is the first
// argument.
bool insert_call_handler(State& state, Thread& thread, Value** function) {
  const Value handler = metamethod(state, **function, Event::kCall);
  if (!handler.is_function()) return fail_type(state, **function, "call");
  const ptrdiff_t place = *function - thread.stack;
  if (!ensure_stack(state, thread, 1)) return false;
  *function = thread.stack + place;
  for (Value* v = thread.top; v > *function; v--) *v = v[-1];
  thread.top++;
  **function = handler;
  return true;
}

// Runs a native; its results come to lie from its own place on. Returns their number or a negative
// outcome.
int run_native(State& state, Thread& thread, Value* function) {
  const ptrdiff_t place = function - thread.stack;
  if (!ensure_stack(state, thread, kNativeRoom)) return kRaised;
  function = thread.stack + place;
  Call call(state, thread, function + 1, static_cast<int>(thread.top - function) - 1);
  return function->native()->function(call);
}

int call_at(State& state, Thread& thread, Value* function, int wanted) {
  const ptrdiff_t place = function - thread.stack;
  if (state.native_nesting >= kNativeNestingMax) {
    state.fail("C stack overflow");
    return kRaised;
  }
  const bool in_native = state.in_native, from_lua = state.native_from_lua;
  state.native_nesting++;
  thread.native_depth++;
  int count = kRaised;
  if (function->is_function() || insert_call_handler(state, thread, &function)) {
    if (function->is(Tag::kNative)) {
      // An event handler that the machine calls is called by the Lua function it runs.
      state.native_from_lua = !in_native;
      state.in_native = true;
      count = run_native(state, thread, function);
      if (count >= 0) {
        function = thread.stack + place;
        if (wanted >= 0) {
          for (; count < wanted; count++) function[count] = Value();
          count = wanted;
        }
        thread.top = function + count;
      }
    } else if ((--state.heap().polls >= 0 || state.poll()) &&
               push_frame(state, thread, function, wanted, true)) {
      state.in_native = false;
      if (execute(state, thread) == kReturned) {
        count = static_cast<int>(thread.top - (thread.stack + place));
      }
    }
  }
  thread.native_depth--;
  state.native_nesting--;
  state.in_native = in_native;
  state.native_from_lua = from_lua;
  return count;
}

bool call_value(State& state, const Value& function, const Value* arguments, int count,
                Value* result) {
  Thread& thread = *state.running;
  const Value callee = function;  // may lie on the stack that moves now
  const bool from_stack = arguments >= thread.stack && arguments < thread.stack_end;
  const ptrdiff_t at = from_stack ? arguments - thread.stack : 0;
  if (!ensure_stack(state, thread, static_cast<uint32_t>(count) + 1)) return false;
  if (from_stack) arguments = thread.stack + at;
  const ptrdiff_t place = thread.top - thread.stack;
  const ptrdiff_t frame = thread.frame - thread.frames;
  *thread.top++ = callee;
  for (int i = 0; i < count; i++) *thread.top++ = arguments[i];
  if (call_at(state, thread, thread.stack + place, 1) < 0) {
    unwind(state, thread, thread.frames + frame, thread.stack + place);
    return false;
  }
  *result = thread.stack[place];
  thread.top = thread.stack + place;
  return true;
}

void close_upvalues(State& state, Thread& thread, Value* level) {
  while (thread.open_upvalues && thread.open_upvalues->place >= level) {
    Upvalue* upvalue = thread.open_upvalues;
    thread.open_upvalues = upvalue->open.next;
    const Value value = *upvalue->place;
    upvalue->closed = value;
    upvalue->place = &upvalue->closed;
    if (value.is_object()) state.heap().wrote(upvalue, value.object);
  }
}

Upvalue* open_upvalue(State& state, Thread& thread, Value* place) {
  Upvalue** link = &thread.open_upvalues;
  while (*link && (*link)->place > place) link = &(*link)->open.next;
  if (*link && (*link)->place == place) return *link;
  Upvalue* upvalue = state.heap().upvalue();
  upvalue->place = place;
  upvalue->open = {&thread, *link};
  *link = upvalue;
  return upvalue;
}

void unwind(State& state, Thread& thread, Frame* frame, Value* level) {
  close_upvalues(state, thread, level);
  thread.frame = frame;
  thread.top = level;
}

int resume(State& state, Thread& thread, int count) {
  Thread* resumer = state.running;
  if (state.native_nesting >= kNativeNestingMax) {
    thread.status = ThreadStatus::kDead;
    state.fail("C stack overflow");
    return kRaised;
  }
  const bool fresh = thread.status == ThreadStatus::kFresh;
  const bool in_native = state.in_native, from_lua = state.native_from_lua;
  thread.resumer = resumer;
  thread.status = ThreadStatus::kRunning;
  resumer->status = ThreadStatus::kNormal;
  state.running = &thread;
  state.native_nesting++;
  thread.native_depth = 0;
  state.in_native = false;
  int outcome = kRaised;
  if (fresh) {
    Value* function = thread.top - count - 1;
    if (!function->is_function() && !insert_call_handler(state, thread, &function)) {
      // the error is pending
    } else if (function->is(Tag::kNative)) {
      state.in_native = true;
      state.native_from_lua = false;
      const ptrdiff_t place = function - thread.stack;
      const int results = run_native(state, thread, function);
      if (results >= 0) {
        thread.top = thread.stack + place + results;
        outcome = kReturned;
      }
    } else if (push_frame(state, thread, function, -1, true)) {
      outcome = execute(state, thread);
    }
  } else {
    // The values become the results of the call of yield().
    Value* slot = thread.stack + thread.resume_slot;
    Value* from = thread.top - count;
    for (int i = 0; i < count; i++) slot[i] = from[i];
    if (thread.resume_wanted < 0) {
      thread.top = slot + count;
    } else {
      for (int i = count; i < thread.resume_wanted; i++) slot[i] = Value();
      thread.top = thread.frame->limit;
    }
    outcome = execute(state, thread);
  }
  state.native_nesting--;
  state.running = resumer;
  resumer->status = ThreadStatus::kRunning;
  thread.resumer = nullptr;
  state.in_native = in_native;
  state.native_from_lua = from_lua;
  if (outcome == kYielded) {
    thread.status = ThreadStatus::kSuspended;
  } else {
    thread.status = ThreadStatus::kDead;
    if (outcome == kRaised) {
      close_upvalues(state, thread, thread.stack);
      return kRaised;
    }
    thread.yielded = static_cast<uint32_t>(thread.top - (thread.stack + 1));
  }
  return static_cast<int>(thread.yielded);
}

}  // namespace redstart::lua
