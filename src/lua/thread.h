// A coroutine, the main one included: a stack of values and the frames of the Lua functions running
// on it. Natives have no frame of their own; they run on top of their caller's.
#pragma once

#include "lua/function.h"
#include "lua/value.h"

namespace redstart::lua {

struct Frame {
  Value* function;  // the called value; results go here
  Value* base;      // register 0; behind the arguments beyond the parameters, if there are such
  Value* limit;     // base + registers
  Closure* closure;
  const Instruction* pc;  // the next instruction, up to date whenever something may look at it
  int32_t wanted;         // results, -1: all
  uint32_t tail_calls;    // frames that were lost to tail calls
  bool from_native;       // returning from here leaves the interpreter's C++ function
};

enum class ThreadStatus : uint8_t { kFresh, kSuspended, kRunning, kNormal, kDead };

class Thread : public Object {
 public:
  Value* stack;
  Value* stack_end;  // kStackSlack values before the real end
  Value* top;        // end of what natives and calls with open argument counts have pushed
  Frame* frames;
  Frame* frames_end;
  Frame* frame;  // the innermost; frames[0] is no function
  Upvalue* open_upvalues;
  Table* environment;  // of chunks loaded from here
  Object* gray;
  Thread* resumer;
  ThreadStatus status;
  uint32_t native_depth;  // calls from C++ in progress since the resume; a yield may cross none
  uint32_t yielded;       // how many values lie below top after a yield
  // Where the results of the yield go when it is resumed, as for any call.
  uint32_t resume_slot;
  int32_t resume_wanted;
};

inline constexpr int kStackSlack = 8;

}  // namespace redstart::lua
