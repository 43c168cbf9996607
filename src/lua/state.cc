#include "lua/state.h"

#include <cstdio>

#include "lua/lexer.h"
#include "lua/parser.h"
#include "lua/thread.h"
#include "lua/vm.h"

namespace redstart::lua {

State::State(const Limits& limits, Host& host)
    : heap_(*this, limits.memory_cap, limits.hash_seed), host_(host) {
  constexpr const char* kEvents[] = {"__index", "__newindex", "__mode", "__len", "__call",
                                     "__metatable", "__tostring", "__eq", "__add", "__sub",
                                     "__mul", "__div", "__mod", "__pow", "__unm", "__lt",
                                     "__le", "__concat"};
  static_assert(sizeof kEvents / sizeof *kEvents == static_cast<size_t>(Event::kCount));
  for (int i = 0; i < static_cast<int>(Event::kCount); i++) {
    event_names_[i] = heap_.string(kEvents[i]);
  }
  out_of_memory_ = heap_.string("not enough memory");
  globals_ = heap_.table(0, 64);
  main_ = heap_.thread();
  main_->environment = globals_;
  main_->status = ThreadStatus::kRunning;
  running = main_;
}

State::~State() = default;

// --- making values

Value State::string(std::string_view text) {
  String* string = heap_.string(text);
  return Value(string ? string : heap_.string(""));
}

Table* State::table(uint32_t array_size, uint32_t hash_size) {
  return heap_.table(array_size, hash_size);
}

Value State::native(NativeFunction function, std::span<const Value> upvalues) {
  Native* native = heap_.native(function, static_cast<uint8_t>(upvalues.size()), globals_);
  for (size_t i = 0; i < upvalues.size(); i++) native->upvalues()[i] = upvalues[i];
  return Value(native);
}

void State::set(Table* table, std::string_view name, const Value& value) {
  // Refused memory is reported at the next poll.
  (void)table->set_string(heap_, string(name).string(), value);
}

const Value& State::get(Table* table, std::string_view name) {
  return table->get_string(string(name).string());
}

Table* State::metatable_of(const Value& value) const {
  switch (value.tag()) {
    case Tag::kTable: return value.table()->metatable;
    case Tag::kUserdata: return value.userdata()->metatable;
    default: return type_metatables_[static_cast<int>(value.tag())];
  }
}

// --- running

// A run begins where nothing of an earlier one can be felt. Collecting has to wait: the host holds
// what it is about to pass.
void State::begin_outermost() {
  if (native_nesting != 0) return;
  stopped = false;
  heap_.polls = 0;
  main_->environment = globals_;  // setfenv(0)
  heap_.reset_knobs();            // collectgarbage()
}

bool State::compile(std::string_view source, std::string_view chunk_name, Value* function) {
  begin_outermost();
  Proto* proto = Parser(*this, source, chunk_name).parse();
  if (heap_.refused()) return fail_out_of_memory();
  if (!proto) return false;
  Closure* closure = heap_.closure(proto, running->environment);
  *function = Value(closure);
  return true;
}

bool State::call(const Value& function, std::span<const Value> arguments, Value* result) {
  begin_outermost();
  bool done =
      call_value(*this, function, arguments.data(), static_cast<int>(arguments.size()), result);
  if (native_nesting == 0) trim_stack(*this, *main_);
  if (native_nesting == 0 && (heap_.half_full() || heap_.refused())) {
    // What the run left behind should not be held against the next one.
    const Root kept(*this, done ? *result : Value());
    if (!heap_.refused()) {
      heap_.collect();
    } else if (!heap_.end_refusal() && done) {
      done = fail_out_of_memory();
    }
  }
  return done;
}

bool State::poll() {
  heap_.polls = kPollsPerHostCheck;
  if (heap_.refused() && !heap_.end_refusal()) return fail_out_of_memory();
  if (heap_.has_work()) heap_.step();
  return ask_host();
}

bool State::ask_host() {
  if (!stopped && host_.keep_running()) return true;
  stopped = true;
  heap_.polls = 0;
  return raise(string(host_.stop_text()));
}

// --- errors

void State::note_place() {
  const Frame* frame = running ? running->frame : nullptr;
  place_proto_ = frame && frame->closure ? frame->closure->proto : nullptr;
  if (place_proto_) place_pc_ = static_cast<uint32_t>(frame->pc - place_proto_->code - 1);
}

const ErrorPlace& State::error_place() {
  error_place_ = ErrorPlace();
  if (place_proto_) {
    error_place_.source = place_proto_->source->text();
    error_place_.line = static_cast<int>(place_proto_->lines[place_pc_]);
  }
  return error_place_;
}

bool State::raise(const Value& error) {
  error_ = error;
  note_place();
  return false;
}

bool State::fail_out_of_memory() {
  heap_.forget_refusal();  // this answers it
  return raise(Value(out_of_memory_));
}

Value State::with_position(std::string_view text, int level) {
  const Frame* frame = running->frame;
  int at = 1;
  if (in_native && !native_from_lua && level > 0) {
    if (level == 1) return string(text);
    at = 2;
  }
  while (at < level && frame->closure) {
    at += static_cast<int>(frame->tail_calls);
    if (at >= level) return string(text);
    if (frame->from_native && ++at == level) return string(text);
    frame--;
    at++;
  }
  if (level <= 0 || !frame->closure) return string(text);
  char room[96], line[24];
  const std::string_view name =
      chunk_display_name(frame->closure->proto->source->text(), kNameInRun, room);
  Buffer whole(heap_);
  whole.append(name);
  whole.append(std::string_view(line, snprintf(line, sizeof line, ":%d: ", current_line(*frame))));
  whole.append(text);
  return string(whole.text());
}

bool State::fail_list(const char* format, va_list arguments, int level) {
  char text[512];
  vsnprintf(text, sizeof text, format, arguments);
  return raise(with_position(text, level));
}

bool State::fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fail_list(format, arguments, in_native ? 0 : 1);
  va_end(arguments);
  return false;
}

// --- random numbers: the linear congruence of drand48, whose upper 31 bits are handed out.

void State::seed_random(int32_t seed) {
  random_ = static_cast<uint64_t>(static_cast<uint32_t>(seed)) << 16 | 0x330e;
}

int32_t State::next_random() {
  random_ = (random_ * 0x5'deec'e66d + 0xb) & 0xffff'ffff'ffff;
  return static_cast<int32_t>(random_ >> 17);
}

// --- roots

Root::Root(State& state, const Value& value) : value(value), state_(state), next_(state.roots_) {
  if (next_) next_->previous_ = this;
  state.roots_ = this;
}

Root::~Root() {
  if (next_) next_->previous_ = previous_;
  if (previous_) {
    previous_->next_ = next_;
  } else {
    state_.roots_ = next_;
  }
}

}  // namespace redstart::lua
