#include "lua/describe.h"

#include "lua/numbers.h"
#include "lua/vm.h"

namespace redstart::lua {

namespace {

std::string_view local_name(const Proto& proto, int reg, uint32_t pc) {
  // Locals are recorded in the order of their registers within each scope.
  for (uint32_t i = 0; i < proto.local_count && proto.locals[i].begin <= pc; i++) {
    if (pc < proto.locals[i].end && reg-- == 0) return proto.locals[i].name->text();
  }
  return {};
}

bool is_jump(Op op) {
  return op <= Op::kIfNotKeep || op == Op::kJump || op == Op::kForPrep;
}

bool writes(const Instruction& i, int reg) {
  switch (i.op) {
    case Op::kIf:
    case Op::kIfNot:
    case Op::kIfKeep:
    case Op::kIfNotKeep:
      return i.a == reg;  // a tested value is one of several: it has no one name
    case Op::kLoadNil:
      return i.a <= reg && reg <= i.b;
    case Op::kSelf:
      return reg == i.a || reg == i.a + 1;
    case Op::kCall:
    case Op::kTailCall:
      return reg >= i.a;
    case Op::kForIn:
      return reg >= i.a + 3;
    case Op::kForLoop:
    case Op::kForPrep:
      return reg == i.a || reg == i.a + 3;
    case Op::kVararg:
      return reg >= i.a && (i.b == 0 || reg < i.a + i.b - 1);
    case Op::kMove:
    case Op::kLoadK:
    case Op::kLoadBool:
    case Op::kGetUpvalue:
    case Op::kGetGlobal:
    case Op::kNewTable:
    case Op::kGetTable:
    case Op::kGetField:
    case Op::kGetIndex:
    case Op::kMakeClosure:
    case Op::kUnm:
    case Op::kNot:
    case Op::kLen:
    case Op::kConcat:
      return i.a == reg;
    default:
      return i.op >= Op::kAdd && i.op <= Op::kKPow && i.a == reg;
  }
}

// The last instruction before pc that wrote the register, jumps forward taken.
const Instruction* writer(const Proto& proto, int reg, int pc) {
  const Instruction* last = nullptr;
  for (int at = 0; at < pc; at++) {
    const Instruction& i = proto.code[at];
    if (writes(i, reg)) last = &i;
    if (is_jump(i.op)) {
      const int target = at + 1 + i.d;
      if (target > at + 1 && target <= pc) at = target - 1;
    }
  }
  return last;
}

std::string_view constant_name(const Proto& proto, uint32_t k) {
  return proto.constants[k].is_string() ? proto.constants[k].text() : "?";
}

Description describe(const Proto& proto, int reg, int pc) {
  const std::string_view local = local_name(proto, reg, static_cast<uint32_t>(pc));
  if (!local.empty()) return {"local", local};
  const Instruction* i = writer(proto, reg, pc);
  if (!i) return {};
  switch (i->op) {
    case Op::kMove:
      return i->b < i->a ? describe(proto, i->b, static_cast<int>(i - proto.code)) : Description();
    case Op::kGetGlobal: return {"global", constant_name(proto, i->w.c)};
    case Op::kGetField: return {"field", constant_name(proto, i->w.c)};
    case Op::kGetIndex: return {"field", "?"};
    case Op::kGetTable: {
      return {"field", "?"};
    }
    case Op::kGetUpvalue: return {"upvalue", proto.upvalue_names[i->b]->text()};
    case Op::kSelf:
      return reg == i->a ? Description{"method", constant_name(proto, i->w.c)} : Description();
    default: return {};
  }
}

int pc_of(const Frame& frame) {
  return static_cast<int>(frame.pc - frame.closure->proto->code) - 1;
}

// The register an operand of the current instruction came from, or -1. It must hold that very value:
// an error deep in a chain of metamethods is not about the operand.
int register_of(const Frame& frame, const Value& operand) {
  const Instruction& i = frame.pc[-1];
  const auto holds = [&](int reg) { return raw_equal(frame.base[reg], operand); };
  switch (i.op) {
    case Op::kGetTable:
    case Op::kGetField:
    case Op::kGetIndex:
    case Op::kSelf:
    case Op::kUnm:
    case Op::kLen:
      return holds(i.b) ? i.b : -1;
    case Op::kSetTable:
    case Op::kSetField:
    case Op::kSetIndex:
    case Op::kCall:
    case Op::kTailCall:
      return holds(i.a) ? i.a : -1;
    default:
      break;
  }
  if (i.op >= Op::kAdd && i.op <= Op::kPowK && holds(i.b)) return i.b;
  if (((i.op >= Op::kAdd && i.op <= Op::kPow) || (i.op >= Op::kKAdd && i.op <= Op::kKPow)) &&
      holds(i.w.c)) {
    return i.w.c;
  }
  return -1;
}

bool fail_typed(State& state, const Value& operand, const char* action, int reg) {
  Description found;
  if (reg >= 0) found = describe_register(*state.running->frame, reg);
  if (!found.kind) {
    return state.fail("attempt to %s a %s value", action, type_name(operand));
  }
  return state.fail("attempt to %s %s '%.*s' (a %s value)", action, found.kind,
                    static_cast<int>(found.name.size() < 200 ? found.name.size() : 200),
                    found.name.data(), type_name(operand));
}

}  // namespace

int current_line(const Frame& frame) {
  return frame.closure ? static_cast<int>(frame.closure->proto->lines[pc_of(frame)]) : -1;
}

Description describe_register(const Frame& frame, int reg) {
  if (!frame.closure) return {};
  return describe(*frame.closure->proto, reg, pc_of(frame));
}

Description describe_callee(const Frame& frame) {
  if (!frame.closure) return {};
  const Instruction& i = frame.pc[-1];
  if (i.op != Op::kCall && i.op != Op::kTailCall && i.op != Op::kForIn) return {};
  return describe_register(frame, i.a);
}

bool fail_type(State& state, const Value& operand, const char* action) {
  const Frame& frame = *state.running->frame;
  const bool in_code = !state.in_native && frame.closure;
  return fail_typed(state, operand, action, in_code ? register_of(frame, operand) : -1);
}

bool fail_arithmetic(State& state, const Value& a, const Value& b) {
  double number;
  return fail_type(state, to_number(a, &number) ? b : a, "perform arithmetic on");
}

bool fail_concatenate(State& state, const Value& a, const Value& b) {
  const bool first_fits = a.is_string() || a.is_number();
  const Value& culprit = first_fits ? b : a;
  const Frame& frame = *state.running->frame;
  int reg = -1;
  if (!state.in_native && frame.closure && frame.pc[-1].op == Op::kConcat) {
    // The pair that failed: the rightmost neighbours that hold these two.
    for (int right = frame.pc[-1].w.c; right > frame.pc[-1].b && reg < 0; right--) {
      if (raw_equal(frame.base[right - 1], a) && raw_equal(frame.base[right], b)) {
        reg = first_fits ? right : right - 1;
      }
    }
    if (reg < 0 && !first_fits) {
      // The right neighbour was put together from several.
      for (int left = frame.pc[-1].w.c; left >= frame.pc[-1].b && reg < 0; left--) {
        if (raw_equal(frame.base[left], a)) reg = left;
      }
    }
  }
  return fail_typed(state, culprit, "concatenate", reg);
}

bool fail_compare(State& state, const Value& a, const Value& b) {
  const char* first = type_name(a);
  const char* second = type_name(b);
  if (strcmp(first, second) == 0) return state.fail("attempt to compare two %s values", first);
  return state.fail("attempt to compare %s with %s", first, second);
}

}  // namespace redstart::lua
