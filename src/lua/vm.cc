// The interpreter's loop.
//
// Rules for whoever edits instructions here:
//  1. Before anything that can raise an error, run Lua code or collect garbage, `frame->pc` must be
//     saved: SAVE(). Messages and resumed coroutines read it.
//  2. Whatever can run Lua code moves the stack and the frames: `frame` and `base` are read anew
//     afterwards (RELOAD()), and no reference into the registers is used across it. The slow paths of meta.h take and give values.
//  3. thread.top is the frame's limit, except between an instruction that leaves an open number of
//     values (Call with c = 0, Vararg with b = 0) and the one that takes them.
//  4. The collector runs at polls only: in Call, TailCall, ForLoop, ForInLoop and JumpBack, before
//     they do anything, and in Lua code that a slow path runs. Registers below the frame's limit are
//     all looked at, so none may ever hold a pointer that is not a value.
//  5. After a value was stored in a table or an upvalue, the heap is told (Heap::wrote).
//  6. A hint is only a guess: compare the key of the node it points at.
//  7. Scripts do not write to readonly tables, on any path.
//  8. Results of a native begin at its own place; a native may have moved the stack.
#include "lua/vm.h"

#include <cmath>

#include "lua/call.h"
#include "lua/describe.h"
#include "lua/interpreter.h"
#include "lua/meta.h"
#include "lua/numbers.h"

namespace redstart::lua {

namespace {

// Copies a value as two words. As one of sixteen bytes the load would have to wait, each time, for
// the two stores that most often made the value just before. (The build keeps the compiler from
// joining them again.)
inline void copy(Value& to, const Value& from) {
  const uint64_t payload = from.payload, meta = from.meta;
  to.payload = payload;
  to.meta = meta;
}

// The value of an interned key where it was last found, or null.
inline Node* hinted(const Table* table, const Instruction* i, const String* key) {
  if (i->w.hint < table->node_count) {
    Node* node = &table->nodes[i->w.hint];
    if (node->key.object == key && node->key.is_string()) return node;
  }
  return nullptr;
}

inline Node* find_hinted(const Table* table, const Instruction* i, const String* key) {
  Node* node = hinted(table, i, key);
  if (node) return node;
  node = table->find_string(key);
  if (node) {
    const size_t place = static_cast<size_t>(node - table->nodes);
    if (place <= 0xffff) const_cast<Instruction*>(i)->w.hint = static_cast<uint16_t>(place);
  }
  return node;
}

// The element a number names in the array part, or null.
inline Value* array_slot(const Table* table, double number) {
  if (!(number >= 1 && number < 0x1p31)) return nullptr;
  const uint32_t index = static_cast<uint32_t>(static_cast<int32_t>(number));
  if (index > table->array_count || static_cast<double>(index) != number) return nullptr;
  return &table->array[index - 1];
}

// a - floor(a / b) * b, without a call for quotients that fit an integer.
inline double fast_modulo(double a, double b) {
  const double quotient = a / b;
  if (!(quotient > -0x1p52 && quotient < 0x1p52)) return modulo(a, b);
  double whole = static_cast<double>(static_cast<int64_t>(quotient));
  if (whole > quotient) whole -= 1;
  return a - whole * b + 0.0;  // the remainder of -0 is 0
}

bool prepare_for(State& state, Value* control) {
  static constexpr const char* kWhat[] = {"initial value", "limit", "step"};
  for (int i = 0; i < 3; i++) {
    double number;
    if (!to_number(control[i], &number)) {
      return state.fail("'for' %s must be a number", kWhat[i]);
    }
    control[i] = Value(number);
  }
  control[0].num -= control[2].num;
  return true;
}

// One round of a loop over pairs(): the position is kept in the spare half of the control variable.
bool step_pairs(State& state, Value* control, int variables) {
  const Table* table = control[1].table();
  uint32_t position = static_cast<uint32_t>(control[2].meta >> 32);
  if ((position == 0 || !table->holds_at(position, control[2])) &&
      !table->position_of(control[2], &position)) {
    return state.fail("invalid key to 'next'");
  }
  Value key, value;
  if (!table->next(&position, &key, &value)) {
    control[3] = Value();
    return true;
  }
  key.meta = static_cast<uint32_t>(key.meta) | static_cast<uint64_t>(position) << 32;
  copy(control[3], key);
  if (variables > 1) copy(control[4], value);
  for (int i = 2; i < variables; i++) control[3 + i] = Value();
  return true;
}

}  // namespace

#if defined(__clang__) || defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wpedantic"
#endif

int execute(State& state, Thread& thread) {
  static const void* const kLabels[] = {
#define REDSTART_LUA_OP(name) &&op_##name,
      REDSTART_LUA_OPCODES(REDSTART_LUA_OP)
#undef REDSTART_LUA_OP
  };
  Heap& heap = state.heap();
  Frame* frame = thread.frame;
  const Instruction* pc = frame->pc;
  const Instruction* i;
  Value* base = frame->base;
  Closure* closure = frame->closure;
  const Value* k = closure->proto->constants;

// clang-format off
#define OP(name) op_##name:
#define NEXT() do { i = pc++; goto *kLabels[static_cast<int>(i->op)]; } while (0)
#define SAVE() (frame->pc = pc)
#define RELOAD() (frame = thread.frame, base = frame->base)
#define RA (base[i->a])
#define RB (base[i->b])
#define RC (base[i->w.c])
#define KB (k[i->b])
#define KC (k[i->w.c])
#define RKC (i->w.c < kConstantOperand ? base[i->w.c] : k[i->w.c - kConstantOperand])
#define JUMP() (pc += i->d)
#define POLL() do { if (--heap.polls < 0) { SAVE(); if (!state.poll()) return kRaised; } } while (0)
// A slow path: `call` gets &result, which then goes to R[a].
#define SLOW(call) do { Value result; SAVE(); if (!(call)) return kRaised; RELOAD(); copy(RA, result); \
                        NEXT(); } while (0)
// clang-format on

  NEXT();

  // --- conditions
#define CONDITION(holds, when)     \
  do {                             \
    if ((holds) == (when)) JUMP(); \
    NEXT();                        \
  } while (0)

#define EQUALITY(name, right, when)                                           \
  OP(name) {                                                                  \
    const Value &a = RA, &b = (right);                                        \
    if (a.is_number() && b.is_number()) CONDITION(a.num == b.num, when);      \
    if (a.tag() != b.tag()) CONDITION(false, when);                           \
    if (!a.is_table() && !a.is(Tag::kUserdata)) CONDITION(raw_equal(a, b), when); \
    if (a.payload == b.payload) CONDITION(true, when);                        \
    bool result;                                                              \
    SAVE();                                                                   \
    if (!equal(state, a, b, &result)) return kRaised;                         \
    RELOAD();                                                                 \
    CONDITION(result, when);                                                  \
  }
  EQUALITY(Eq, RB, true)
  EQUALITY(Ne, RB, false)
  // Constants have no metamethods.
  OP(EqK) CONDITION(raw_equal(RA, KB), true);
  OP(NeK) CONDITION(raw_equal(RA, KB), false);

#define ORDER(name, left, right, op, slow, when)                         \
  OP(name) {                                                             \
    const Value &a = (left), &b = (right);                               \
    if (a.is_number() && b.is_number()) CONDITION(a.num op b.num, when); \
    bool result;                                                         \
    SAVE();                                                              \
    if (!slow(state, a, b, &result)) return kRaised;                     \
    RELOAD();                                                            \
    CONDITION(result, when);                                             \
  }
  ORDER(Lt, RA, RB, <, less, true)
  ORDER(NotLt, RA, RB, <, less, false)
  ORDER(Le, RA, RB, <=, less_equal, true)
  ORDER(NotLe, RA, RB, <=, less_equal, false)
  ORDER(LtK, RA, KB, <, less, true)
  ORDER(NotLtK, RA, KB, <, less, false)
  ORDER(LeK, RA, KB, <=, less_equal, true)
  ORDER(NotLeK, RA, KB, <=, less_equal, false)
  ORDER(GtK, KB, RA, <, less, true)
  ORDER(NotGtK, KB, RA, <, less, false)
  ORDER(GeK, KB, RA, <=, less_equal, true)
  ORDER(NotGeK, KB, RA, <=, less_equal, false)

  OP(If) CONDITION(!RA.is_false(), true);
  OP(IfNot) CONDITION(!RA.is_false(), false);
  OP(IfKeep) {
    const Value& value = RB;
    if (!value.is_false()) {
      copy(RA, value);
      JUMP();
    }
    NEXT();
  }
  OP(IfNotKeep) {
    const Value& value = RB;
    if (value.is_false()) {
      copy(RA, value);
      JUMP();
    }
    NEXT();
  }

  // --- moves
  OP(Move) {
    copy(RA, RB);
    NEXT();
  }
  OP(LoadK) {
    copy(RA, k[i->d]);
    NEXT();
  }
  OP(LoadNil) {
    for (int reg = i->a; reg <= i->b; reg++) base[reg] = Value();
    NEXT();
  }
  OP(LoadBool) {
    RA = Value(i->b != 0);
    pc += i->w.c;
    NEXT();
  }
  OP(GetUpvalue) {
    copy(RA, *closure->upvalues()[i->b]->place);
    NEXT();
  }
  OP(SetUpvalue) {
    Upvalue* upvalue = closure->upvalues()[i->b];
    const Value& value = RA;
    copy(*upvalue->place, value);
    if (value.is_object()) heap.wrote(upvalue, value.object);
    NEXT();
  }
  OP(GetGlobal) {
    const Table* table = closure->environment;
    const Node* node = find_hinted(table, i, KC.string());
    if (node && !node->value.is_nil()) {
      copy(RA, node->value);
      NEXT();
    }
    SLOW(index_value(state, Value(closure->environment), KC, &result));
  }
  OP(SetGlobal) {
    Table* table = closure->environment;
    Node* node = find_hinted(table, i, KC.string());
    if (node && !node->value.is_nil() && !table->readonly) {
      copy(node->value, RA);
      heap.wrote(table, RA);
      NEXT();
    }
    SAVE();
    if (!store_index(state, Value(table), KC, RA)) return kRaised;
    RELOAD();
    NEXT();
  }

  // --- tables
  OP(NewTable) {
    RA = Value(heap.table(i->b, i->w.c));
    NEXT();
  }
  OP(GetTable) {
    const Value &object = RB, &key = RC;
    if (object.is_table()) {
      const Table* table = object.table();
      const Value* found;
      if (key.is_number()) {
        found = array_slot(table, key.num);
        if (!found) found = &table->get(key);
      } else {
        found = &table->get(key);
      }
      if (!found->is_nil() || !table->metatable) {
        copy(RA, *found);
        NEXT();
      }
    }
    SLOW(index_value(state, object, key, &result));
  }
  OP(GetField) {
    const Value& object = RB;
    if (object.is_table()) {
      const Table* table = object.table();
      const Node* node = find_hinted(table, i, KC.string());
      if (node && !node->value.is_nil()) {
        copy(RA, node->value);
        NEXT();
      }
      if (!table->metatable) {
        RA = Value();
        NEXT();
      }
    }
    SLOW(index_value(state, object, KC, &result));
  }
  OP(GetIndex) {
    const Value& object = RB;
    const uint32_t index = i->w.c;
    if (object.is_table()) {
      const Table* table = object.table();
      const Value& found = table->get_index(index);
      if (!found.is_nil() || !table->metatable) {
        copy(RA, found);
        NEXT();
      }
    }
    SLOW(index_value(state, object, Value(static_cast<int>(index)), &result));
  }
  OP(SetTable) {
    const Value &object = RA, &key = RB, &value = RKC;
    if (object.is_table() && key.is_number()) {
      Table* table = object.table();
      if (!table->readonly) {
        Value* slot = array_slot(table, key.num);
        if (slot && !slot->is_nil() && !value.is_nil()) {
          copy(*slot, value);
          heap.wrote(table, value);
          NEXT();
        }
        if (!table->metatable) {
          if (key.num == static_cast<double>(table->array_count) + 1 &&
              table->array_count < table->array_capacity && !table->numbers_in_nodes &&
              !value.is_nil()) {
            copy(table->array[table->array_count++], value);
            heap.wrote(table, value);
            NEXT();
          }
        }
      }
    }
    SAVE();
    if (!store_index(state, object, key, value)) return kRaised;
    RELOAD();
    NEXT();
  }
  OP(SetField) {
    const Value &object = RA, &value = RKC;
    if (object.is_table()) {
      Table* table = object.table();
      if (!table->readonly) {
        Node* node = find_hinted(table, i, KB.string());
        if (node && !node->value.is_nil()) {
          copy(node->value, value);
          heap.wrote(table, value);
          NEXT();
        }
        if (!table->metatable) {
          SAVE();
          if (!table->set_string(heap, KB.string(), value)) {
            state.fail_out_of_memory();
            return kRaised;
          }
          NEXT();
        }
      }
    }
    SAVE();
    if (!store_index(state, object, KB, value)) return kRaised;
    RELOAD();
    NEXT();
  }
  OP(SetIndex) {
    const Value &object = RA, &value = RKC;
    if (object.is_table()) {
      Table* table = object.table();
      if (!table->readonly && !table->metatable) {
        SAVE();
        if (!table->set_index(heap, i->b, value)) {
          state.fail_out_of_memory();
          return kRaised;
        }
        NEXT();
      }
    }
    SAVE();
    if (!store_index(state, object, Value(static_cast<int>(i->b)), value)) return kRaised;
    RELOAD();
    NEXT();
  }
  OP(Self) {
    Value object;
    copy(object, RB);
    copy(base[i->a + 1], object);
    if (object.is_table()) {
      const Table* table = object.table();
      const Node* node = find_hinted(table, i, KC.string());
      if (node && !node->value.is_nil()) {
        copy(RA, node->value);
        NEXT();
      }
      // A class: the metatable's __index is a table that has the method itself.
      const Value& handler = metamethod_of(state, table->metatable, Event::kIndex);
      if (handler.is_table()) {
        node = find_hinted(handler.table(), i, KC.string());
        if (node && !node->value.is_nil()) {
          copy(RA, node->value);
          NEXT();
        }
      }
    } else if (object.is_string()) {
      const Value& handler =
          metamethod_of(state, state.type_metatable(Tag::kString), Event::kIndex);
      if (handler.is_table()) {
        const Node* node = find_hinted(handler.table(), i, KC.string());
        if (node && !node->value.is_nil()) {
          copy(RA, node->value);
          NEXT();
        }
      }
    }
    SLOW(index_value(state, object, KC, &result));
  }
  OP(SetList) {
    Table* table = RA.table();
    const int count = i->b ? i->b : static_cast<int>(thread.top - &RA) - 1;
    SAVE();
    if (!table->set_list(heap, i->d, &RA + 1, count)) {
      state.fail_out_of_memory();
      return kRaised;
    }
    if (i->b == 0) thread.top = frame->limit;
    NEXT();
  }

  // --- arithmetic
#define ARITHMETIC(name, left, right, event, result_of)                         \
  OP(name) {                                                                    \
    const Value &a = (left), &b = (right);                                      \
    if (a.is_number() && b.is_number()) {                                       \
      RA = Value(result_of(a.num, b.num));                                      \
      NEXT();                                                                   \
    }                                                                           \
    SLOW(arithmetic(state, Event::event, a, b, &result));                       \
  }
#define ADD(x, y) ((x) + (y))
#define SUB(x, y) ((x) - (y))
#define MUL(x, y) ((x) * (y))
#define DIV(x, y) ((x) / (y))
  ARITHMETIC(Add, RB, RC, kAdd, ADD)
  ARITHMETIC(Sub, RB, RC, kSub, SUB)
  ARITHMETIC(Mul, RB, RC, kMul, MUL)
  ARITHMETIC(Div, RB, RC, kDiv, DIV)
  ARITHMETIC(Mod, RB, RC, kMod, fast_modulo)
  ARITHMETIC(Pow, RB, RC, kPow, power)
  ARITHMETIC(AddK, RB, KC, kAdd, ADD)
  ARITHMETIC(SubK, RB, KC, kSub, SUB)
  ARITHMETIC(MulK, RB, KC, kMul, MUL)
  ARITHMETIC(DivK, RB, KC, kDiv, DIV)
  ARITHMETIC(ModK, RB, KC, kMod, fast_modulo)
  ARITHMETIC(PowK, RB, KC, kPow, power)
  ARITHMETIC(KAdd, KB, RC, kAdd, ADD)
  ARITHMETIC(KSub, KB, RC, kSub, SUB)
  ARITHMETIC(KMul, KB, RC, kMul, MUL)
  ARITHMETIC(KDiv, KB, RC, kDiv, DIV)
  ARITHMETIC(KMod, KB, RC, kMod, fast_modulo)
  ARITHMETIC(KPow, KB, RC, kPow, power)

  OP(Unm) {
    const Value& operand = RB;
    if (operand.is_number()) {
      RA = Value(-operand.num);
      NEXT();
    }
    SLOW(arithmetic(state, Event::kUnm, operand, operand, &result));
  }
  OP(Not) {
    RA = Value(RB.is_false());
    NEXT();
  }
  OP(Len) {
    const Value& operand = RB;
    if (operand.is_table()) {
      RA = Value(static_cast<double>(operand.table()->length()));
      NEXT();
    }
    SLOW(length_of(state, operand, &result));
  }
  OP(Concat) SLOW(concatenate(state, i->b, i->w.c, &result));

  // --- control
  OP(Jump) {
    JUMP();
    NEXT();
  }
  OP(JumpBack) {
    POLL();
    JUMP();
    NEXT();
  }
  OP(Call) {
    if (i->b) thread.top = &RA + i->b;
    POLL();
    SAVE();
    Value* function = &RA;
    if (function->is(Tag::kClosure)) {
      Closure* const callee = function->closure();
      const Proto& proto = *callee->proto;
      // The plain case of push_frame(), here.
      if (!proto.is_vararg && thread.frame + 1 != thread.frames_end &&
          thread.stack_end - thread.top > proto.registers + proto.parameters + 2) {
        for (int n = static_cast<int>(thread.top - function) - 1; n < proto.parameters; n++) {
          *thread.top++ = Value();
        }
        frame = ++thread.frame;
        frame->function = function;
        frame->base = base = function + 1;
        frame->limit = thread.top = base + proto.registers;
        frame->closure = closure = callee;
        frame->pc = pc = proto.code;
        frame->wanted = int{i->w.c} - 1;
        frame->tail_calls = 0;
        frame->from_native = false;
        k = proto.constants;
        NEXT();
      }
      if (!push_frame(state, thread, function, int{i->w.c} - 1, false)) return kRaised;
      goto entered;
    }
    if (function->is(Tag::kNative)) {
    native:
      state.in_native = state.native_from_lua = true;
      int count = run_native(state, thread, function);
      state.in_native = false;
      RELOAD();
      function = &RA;
      const int wanted = int{i->w.c} - 1;
      if (count < 0) {
        thread.resume_slot = static_cast<uint32_t>(function - thread.stack);
        thread.resume_wanted = wanted;
        return count;
      }
      if (wanted < 0) {
        thread.top = function + count;
        NEXT();
      }
      for (; count < wanted; count++) function[count] = Value();
      thread.top = frame->limit;
      NEXT();
    }
    if (!insert_call_handler(state, thread, &function)) return kRaised;
    RELOAD();
    if (function->is(Tag::kNative)) goto native;
    if (!push_frame(state, thread, function, int{i->w.c} - 1, false)) return kRaised;
    goto entered;
  }
  OP(TailCall) {
    if (i->b) thread.top = &RA + i->b;
    POLL();
    SAVE();
    Value* function = &RA;
    if (!function->is_function()) {
      if (!insert_call_handler(state, thread, &function)) return kRaised;
      RELOAD();
    }
    if (function->is(Tag::kNative)) {
      // As a call with all results; the Return behind this instruction passes them on.
      state.in_native = state.native_from_lua = true;
      const int count = run_native(state, thread, function);
      state.in_native = false;
      RELOAD();
      function = &RA;
      if (count < 0) {
        thread.resume_slot = static_cast<uint32_t>(function - thread.stack);
        thread.resume_wanted = -1;
        return count;
      }
      thread.top = function + count;
      NEXT();
    }
    // The callee takes this frame's place.
    if (thread.open_upvalues) close_upvalues(state, thread, base);
    Value* to = frame->function;
    for (Value* from = function; from < thread.top; from++) *to++ = *from;
    thread.top = to;
    const Frame left = *frame;
    thread.frame--;
    if (!push_frame(state, thread, left.function, left.wanted, left.from_native)) {
      thread.frame++;
      return kRaised;
    }
    thread.frame->tail_calls = left.tail_calls + 1;
    goto entered;
  }
  OP(Return) {
    const int count = i->b ? i->b - 1 : static_cast<int>(thread.top - &RA);
    if (thread.open_upvalues) close_upvalues(state, thread, base);
    Value* to = frame->function;
    const Value* from = &RA;
    const int wanted = frame->wanted;
    if (wanted < 0) {
      for (int n = 0; n < count; n++) copy(to[n], from[n]);
      thread.top = to + count;
    } else {
      int n = 0;
      for (; n < count && n < wanted; n++) copy(to[n], from[n]);
      for (; n < wanted; n++) to[n] = Value();
      thread.top = to + wanted;
    }
    goto left;
  }
  OP(Return0) {
    if (thread.open_upvalues) close_upvalues(state, thread, base);
    Value* to = frame->function;
    const int wanted = frame->wanted;
    for (int n = 0; n < wanted; n++) to[n] = Value();
    thread.top = wanted < 0 ? to : to + wanted;
    goto left;
  }
  OP(Return1) {
    if (thread.open_upvalues) close_upvalues(state, thread, base);
    Value* to = frame->function;
    const int wanted = frame->wanted;
    if (wanted == 1) {
      copy(*to, RA);
      thread.top = to + 1;
    } else if (wanted < 0) {
      copy(*to, RA);
      thread.top = to + 1;
    } else {
      if (wanted > 0) copy(*to, RA);
      for (int n = 1; n < wanted; n++) to[n] = Value();
      thread.top = to + wanted;
    }
    goto left;
  }
  OP(ForPrep) {
    Value* control = &RA;
    if (control[0].is_number() && control[1].is_number() && control[2].is_number()) {
      control[0].num -= control[2].num;
    } else {
      SAVE();
      if (!prepare_for(state, control)) return kRaised;
    }
    JUMP();
    NEXT();
  }
  OP(ForLoop) {
    POLL();
    Value* control = &RA;
    const double step = control[2].num;
    const double next = control[0].num + step;
    const double limit = control[1].num;
    if (step > 0 ? next <= limit : limit <= next) {
      control[0].num = next;
      control[3] = Value(next);
      JUMP();
    }
    NEXT();
  }
  OP(ForIn) {
    Value* control = &RA;
    const int variables = i->b;
    if (control[0].is(Tag::kNative)) {
      const NativeFunction function = control[0].native()->function;
      if (function == base_next && control[1].is_table()) {
        SAVE();
        if (!step_pairs(state, control, variables)) return kRaised;
        NEXT();
      }
      if (function == base_ipairs_step && control[1].is_table() && control[2].is_number()) {
        const Table* table = control[1].table();
        const double next = control[2].num + 1;
        const Value* found = array_slot(table, next);
        if (!found) found = &table->get(Value(next));
        if (found->is_nil()) {
          control[3] = Value();
        } else {
          control[3] = Value(next);
          if (variables > 1) copy(control[4], *found);
          for (int n = 2; n < variables; n++) control[3 + n] = Value();
        }
        NEXT();
      }
    }
    control[3] = control[0];
    control[4] = control[1];
    control[5] = control[2];
    thread.top = control + 6;
    SAVE();
    Value* function = control + 3;
    if (!function->is_function() && !insert_call_handler(state, thread, &function)) return kRaised;
    if (function->is(Tag::kClosure)) {
      if (!push_frame(state, thread, function, variables, false)) return kRaised;
      goto entered;
    }
    state.in_native = state.native_from_lua = true;
    int count = run_native(state, thread, function);
    state.in_native = false;
    RELOAD();
    control = &RA;
    if (count < 0) {
      thread.resume_slot = static_cast<uint32_t>(control + 3 - thread.stack);
      thread.resume_wanted = variables;
      return count;
    }
    for (; count < variables; count++) control[3 + count] = Value();
    thread.top = frame->limit;
    NEXT();
  }
  OP(ForInLoop) {
    POLL();
    Value* control = &RA;
    if (!control[3].is_nil()) {
      copy(control[2], control[3]);
      JUMP();
    }
    NEXT();
  }
  OP(Close) {
    close_upvalues(state, thread, &RA);
    NEXT();
  }
  OP(MakeClosure) {
    Proto* proto = closure->proto->protos[i->d];
    Closure* made = heap.closure(proto, closure->environment);
    for (int n = 0; n < proto->upvalue_count; n++) {
      const UpvalueSource source = proto->upvalues[n];
      made->upvalues()[n] = source.from_registers
                                ? open_upvalue(state, thread, base + source.index)
                                : closure->upvalues()[source.index];
    }
    RA = Value(made);
    NEXT();
  }
  OP(Vararg) {
    const Proto& proto = *closure->proto;
    const int extra =
        static_cast<int>(frame->base - frame->function) - 1 - proto.parameters;
    const int a = i->a;
    int wanted = int{i->b} - 1;
    if (wanted < 0) {
      wanted = extra;
      SAVE();
      thread.top = &RA;
      if (!ensure_stack(state, thread, static_cast<uint32_t>(extra))) return kRaised;
      RELOAD();
      thread.top = base + a + extra;
    }
    const Value* from = frame->base - extra;
    Value* to = base + a;
    for (int n = 0; n < wanted; n++) to[n] = n < extra ? from[n] : Value();
    NEXT();
  }

entered:
  frame = thread.frame;
  closure = frame->closure;
  k = closure->proto->constants;
  base = frame->base;
  pc = frame->pc;
  NEXT();

left: {
  const bool from_native = frame->from_native;
  const int wanted = frame->wanted;
  frame = --thread.frame;
  if (from_native) return kReturned;
  if (wanted >= 0) thread.top = frame->limit;
  closure = frame->closure;
  k = closure->proto->constants;
  base = frame->base;
  pc = frame->pc;
  NEXT();
}
}

}  // namespace redstart::lua
