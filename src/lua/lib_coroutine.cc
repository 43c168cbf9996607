#include "lua/call.h"
#include "lua/libs.h"
#include "lua/thread.h"
#include "lua/vm.h"

namespace redstart::lua {

namespace {

const char* status_name(const State& state, const Thread& thread) {
  if (&thread == state.running) return "running";
  switch (thread.status) {
    case ThreadStatus::kFresh:
    case ThreadStatus::kSuspended: return "suspended";
    case ThreadStatus::kNormal: return "normal";
    default: return "dead";
  }
}

// Resumes with the arguments from `first` on. The results are left below the coroutine's top; an
// error is pending after kRaised.
int resume_with(Call& call, Thread& thread, int first) {
  State& state = call.state;
  if (thread.status != ThreadStatus::kFresh && thread.status != ThreadStatus::kSuspended) {
    char text[64];
    snprintf(text, sizeof text, "cannot resume %s coroutine", status_name(state, thread));
    state.raise(state.string(text));
    return kRaised;
  }
  const int count = call.count() > first ? call.count() - first : 0;
  if (thread.status == ThreadStatus::kSuspended) thread.top -= thread.yielded;
  if (!ensure_stack(state, thread, static_cast<uint32_t>(count) + 1)) return kRaised;
  for (int i = 0; i < count; i++) *thread.top++ = call[first + i];
  return resume(state, thread, count);
}

// Copies what a coroutine yielded or returned behind the first `offset` results.
int take_results(Call& call, Thread& thread, int count, int offset) {
  Value* results = call.results(count + offset);
  if (!results) return kRaised;
  for (int i = 0; i < count; i++) results[offset + i] = thread.top[i - count];
  if (thread.status == ThreadStatus::kDead) {
    thread.top -= count;
    thread.yielded = 0;
  }
  return count + offset;
}

bool thread_argument(Call& call, Thread** thread) {
  if (!call[0].is(Tag::kThread)) {
    call.bad_argument(0, "coroutine expected");
    return false;
  }
  *thread = call[0].thread();
  return true;
}

bool make(Call& call, Thread** thread) {
  if (!call[0].is(Tag::kClosure)) {
    call.bad_argument(0, "Lua function expected");
    return false;
  }
  *thread = call.state.heap().thread();
  (*thread)->environment = call.thread.environment;
  *(*thread)->top++ = call[0];
  return true;
}

int coroutine_create(Call& call) {
  Thread* thread;
  if (!make(call, &thread)) return kRaised;
  return call.ret(Value(thread));
}

int coroutine_resume(Call& call) {
  Thread* thread;
  if (!thread_argument(call, &thread)) return kRaised;
  const int count = resume_with(call, *thread, 1);
  if (count >= 0) {
    const int total = take_results(call, *thread, count, 1);
    if (total >= 0) *call.results(1) = Value(true);
    return total;
  }
  if (call.state.stopped) return kRaised;
  return call.ret(Value(false), call.state.error());
}

int wrapped(Call& call) {
  Thread* thread = call.upvalue(0).thread();
  const int count = resume_with(call, *thread, 0);
  if (count >= 0) return take_results(call, *thread, count, 0);
  if (call.state.stopped) return kRaised;
  const Value error = call.state.error();
  if (error.is_string()) return call.raise(call.state.with_position(error.text(), 1));
  return call.raise(error);
}

int coroutine_wrap(Call& call) {
  Thread* thread;
  if (!make(call, &thread)) return kRaised;
  const Value upvalues[] = {Value(thread)};
  return call.ret(call.state.native(wrapped, upvalues));
}

int coroutine_yield(Call& call) {
  Thread& thread = call.thread;
  if (&thread == call.state.main_thread() || thread.native_depth > 0 ||
      !call.state.native_from_lua) {
    call.state.fail("attempt to yield across metamethod/C-call boundary");
    return kRaised;
  }
  thread.yielded = static_cast<uint32_t>(call.count());
  return kYielded;
}

int coroutine_running(Call& call) {
  if (&call.thread == call.state.main_thread()) return call.ret(Value());
  return call.ret(Value(&call.thread));
}

int coroutine_status(Call& call) {
  Thread* thread;
  if (!thread_argument(call, &thread)) return kRaised;
  return call.ret(std::string_view(status_name(call.state, *thread)));
}

constexpr Function kFunctions[] = {
    {"create", coroutine_create},   {"resume", coroutine_resume}, {"running", coroutine_running},
    {"status", coroutine_status},   {"wrap", coroutine_wrap},     {"yield", coroutine_yield},
};

}  // namespace

void open_coroutine(State& state) { open_library(state, "coroutine", kFunctions); }

}  // namespace redstart::lua
