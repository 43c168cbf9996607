// What can be called: the code of a function, closures over it, and functions of the host.
#pragma once

#include <cstdint>

#include "lua/opcodes.h"
#include "lua/value.h"

namespace redstart::lua {

class Call;

// Where a closure finds a variable of an enclosing function when it is made.
struct UpvalueSource {
  bool from_registers;  // of the function that makes it; else one of that function's own upvalues
  uint8_t index;
};

// The name of a register between two instructions, for messages.
struct LocalName {
  String* name;
  uint32_t begin, end;
};

// The code of one function, shared by all its closures. The arrays belong to it.
struct Proto : Object {
  uint8_t parameters;
  uint8_t registers;
  bool is_vararg;
  bool needs_arg;  // 5.0's table `arg`: a vararg function that never says `...`
  uint8_t upvalue_count;
  uint32_t code_count, constant_count, proto_count, local_count;
  uint32_t line_defined;  // 0: the main function of a chunk
  Instruction* code;
  uint32_t* lines;  // one per instruction
  Value* constants;
  Proto** protos;
  LocalName* locals;
  UpvalueSource* upvalues;
  String** upvalue_names;
  String* source;  // the chunk's name, with its '=' or '@'
  Object* gray;
};

// A variable that outlives its function, or may: while the function runs it points into the stack.
struct Upvalue : Object {
  struct Open {
    Thread* thread;
    Upvalue* next;  // of the same thread, by falling place
  };
  Value* place;
  union {
    Value closed;  // when `place` points here
    Open open;
  };
  bool is_open() const { return place != &closed; }
};

struct Closure : Object {
  uint8_t upvalue_count;  // also the code's, which may be swept before its closures
  Proto* proto;
  Table* environment;
  Object* gray;
  Upvalue** upvalues() { return reinterpret_cast<Upvalue**>(this + 1); }
};

// A function of the host. Returns how many results it left (see Call), or kRaised.
using NativeFunction = int (*)(Call& call);

struct Native : Object {
  uint8_t upvalue_count;
  NativeFunction function;
  Table* environment;
  Object* gray;
  Value* upvalues() { return reinterpret_cast<Value*>(this + 1); }
};

}  // namespace redstart::lua
