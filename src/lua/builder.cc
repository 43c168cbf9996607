#include "lua/builder.h"

#include <cmath>
#include <cstdio>

namespace redstart::lua {

namespace {

bool small_index(double number) {
  return number >= 1 && number <= 0xffff && number == std::floor(number);
}

Op arithmetic_op(Op first, Binary op) {
  return static_cast<Op>(static_cast<int>(first) + static_cast<int>(op));
}

}  // namespace

FunctionBuilder::FunctionBuilder(State& state, Lexer& lexer, FunctionBuilder* outer, int line)
    : outer(outer), state_(state), lexer_(lexer), line_(line), constant_index_(state.table()) {}

FunctionBuilder::~FunctionBuilder() {
  Heap& heap = state_.heap();
  code_.drop(heap);
  lines_.drop(heap);
  constants_.drop(heap);
  locals_.drop(heap);
  protos.drop(heap);
}

void FunctionBuilder::error_limit(int limit, const char* what) {
  char text[96];
  if (line_ == 0) {
    snprintf(text, sizeof text, "main function has more than %d %s", limit, what);
  } else {
    snprintf(text, sizeof text, "function at line %d has more than %d %s", line_, limit, what);
  }
  lexer_.error(text);
}

// --- variables

void FunctionBuilder::new_local(String* name) {
  if (declared_ >= kLocalsMax) return error_limit(kLocalsMax, "local variables");
  scope_[declared_++] = {name, 0};
}

void FunctionBuilder::activate_locals(int count) {
  for (int i = 0; i < count && active_ < declared_; i++) {
    scope_[active_].record = locals_.count();
    const LocalName record{scope_[active_].name, static_cast<uint32_t>(pc()), 0};
    if (!locals_.push(state_.heap(), record)) return lexer_.error("not enough memory");
    active_++;
  }
}

void FunctionBuilder::drop_locals(int keep) {
  while (active_ > keep) locals_[scope_[--active_].record].end = static_cast<uint32_t>(pc());
  declared_ = active_;
}

int FunctionBuilder::find_local(String* name) const {
  for (int i = active_ - 1; i >= 0; i--) {
    if (raw_equal(Value(scope_[i].name), Value(name))) return i;
  }
  return -1;
}

void FunctionBuilder::mark_captured(int local) {
  Block* where = block;
  while (where && where->locals > local) where = where->outer;
  if (where) where->captured = true;
}

int FunctionBuilder::add_upvalue(String* name, bool from_registers, int index) {
  for (int i = 0; i < upvalue_count; i++) {
    if (upvalues[i].from_registers == from_registers && upvalues[i].index == index) return i;
  }
  if (upvalue_count >= kUpvaluesMax) {
    error_limit(kUpvaluesMax, "upvalues");
    return 0;
  }
  upvalues[upvalue_count] = {from_registers, static_cast<uint8_t>(index)};
  upvalue_names_[upvalue_count] = name;
  return upvalue_count++;
}

// The upvalue's index in this function, made in all functions between here and the variable's own.
int FunctionBuilder::find_upvalue(String* name) {
  if (!outer) return -1;
  const int local = outer->find_local(name);
  if (local >= 0) {
    outer->mark_captured(local);
    return add_upvalue(name, true, local);
  }
  const int index = outer->find_upvalue(name);
  return index < 0 ? -1 : add_upvalue(name, false, index);
}

void FunctionBuilder::find_variable(String* name, Expression* e) {
  const int local = find_local(name);
  if (local >= 0) {
    *e = Expression(Expression::kLocal, local);
    return;
  }
  const int upvalue = find_upvalue(name);
  if (upvalue >= 0) {
    *e = Expression(Expression::kUpvalue, upvalue);
    return;
  }
  *e = Expression(Expression::kGlobal);
  e->string = name;
}

// --- instructions

int FunctionBuilder::emit(Op op, int a, int b, int c) {
  Instruction i;
  i.op = op;
  i.a = static_cast<uint8_t>(a);
  i.b = static_cast<uint16_t>(b);
  i.w = {static_cast<uint16_t>(c), 0};
  Heap& heap = state_.heap();
  if (code_.count() >= kInstructionsMax) lexer_.error("function too long");
  if (!code_.push(heap, i) || !lines_.push(heap, lexer_.last_line())) {
    lexer_.error("not enough memory");
    if (code_.count() > lines_.count()) code_.pop();
    if (code_.count() == 0) return 0;
  }
  return pc() - 1;
}

int FunctionBuilder::emit_d(Op op, int a, int b, int d) {
  const int where = emit(op, a, b, 0);
  if (!lexer_.failed()) at(where).d = d;
  return where;
}

int FunctionBuilder::here() {
  last_target_ = pc();
  return last_target_;
}

void FunctionBuilder::nil(int from, int count) {
  if (pc() > last_target_ && pc() > 0) {
    Instruction& previous = at(pc() - 1);
    if (previous.op == Op::kLoadNil && previous.a <= from && from <= previous.b + 1) {
      if (from + count - 1 > previous.b) previous.b = static_cast<uint16_t>(from + count - 1);
      return;
    }
  }
  emit(Op::kLoadNil, from, from + count - 1, 0);
}

void FunctionBuilder::ret(int first, int count) {
  if (count == 0) {
    emit(Op::kReturn0, first, 1, 0);
  } else if (count == 1) {
    emit(Op::kReturn1, first, 2, 0);
  } else {
    emit(Op::kReturn, first, count + 1, 0);
  }
}

int FunctionBuilder::constant(const Value& value) {
  Heap& heap = state_.heap();
  const bool shared = !value.is_nil() && !(value.is_number() && value.num == 0 && std::signbit(value.num));
  if (shared) {
    const Value& known = constant_index_->get(value);
    if (known.is_number()) return static_cast<int>(known.num);
  } else if (value.is_nil() && nil_constant_ >= 0) {
    return nil_constant_;
  }
  const int index = static_cast<int>(constants_.count());
  if (constants_.count() >= kConstantsMax) {
    lexer_.error("constant table overflow");
    return 0;
  }
  if (!constants_.push(heap, value) ||
      (shared && !constant_index_->set(heap, value, Value(index)))) {
    lexer_.error("not enough memory");
    return 0;
  }
  if (value.is_nil()) nil_constant_ = index;
  return index;
}

// --- jumps

int FunctionBuilder::jump() { return emit_d(Op::kJump, 0, 0, kNoJump); }

void FunctionBuilder::append(int* list, int other) {
  if (other == kNoJump || lexer_.failed()) return;
  if (*list == kNoJump) {
    *list = other;
    return;
  }
  // The order does not matter: what is appended goes in front, for it is most often short.
  int last = other;
  while (at(last).d != kNoJump) last = at(last).d;
  at(last).d = *list;
  *list = other;
}

void FunctionBuilder::fix_jump(int where, int target) {
  Instruction& i = at(where);
  i.d = target - (where + 1);
  if (i.op == Op::kJump && target <= where) i.op = Op::kJumpBack;
}

// A jump that was to keep the value it tests gets the register for it, or learns that nobody wants
// the value. False if the jump keeps none.
bool FunctionBuilder::decide_keep(int where, int reg) {
  if (!is_keep(where)) return false;
  Instruction& i = at(where);
  if (reg != kNoRegister && reg != i.b) {
    i.a = static_cast<uint8_t>(reg);
  } else {
    i.op = i.op == Op::kIfKeep ? Op::kIf : Op::kIfNot;
    i.a = static_cast<uint8_t>(i.b);
  }
  return true;
}

bool FunctionBuilder::needs_value(int list) {
  for (; list != kNoJump; list = at(list).d) {
    if (!is_keep(list)) return true;
  }
  return false;
}

void FunctionBuilder::drop_values(int list) {
  if (lexer_.failed()) return;
  for (; list != kNoJump; list = at(list).d) decide_keep(list, kNoRegister);
}

void FunctionBuilder::patch_list(int list, int target, int reg, int value_target) {
  while (list != kNoJump) {
    const int next = at(list).d;
    fix_jump(list, decide_keep(list, reg) ? target : value_target);
    list = next;
  }
}

void FunctionBuilder::patch(int list, int target) {
  if (lexer_.failed()) return;
  patch_list(list, target, kNoRegister, target);
}

void FunctionBuilder::patch_here(int list) { patch(list, here()); }

// --- registers

void FunctionBuilder::ensure(int count) {
  const int wanted = free_ + count;
  if (wanted <= registers_) return;
  if (wanted >= kRegistersMax) {
    lexer_.error("function or expression too complex");
    return;
  }
  registers_ = wanted;
}

void FunctionBuilder::reserve(int count) {
  ensure(count);
  if (!lexer_.failed()) free_ += count;
}

void FunctionBuilder::free_reg(int reg) {
  if (reg >= active_ && reg < kConstantOperand && reg == free_ - 1) free_--;
}

void FunctionBuilder::free_expression(const Expression& e) {
  if (e.kind == Expression::kRegister) free_reg(e.index);
}

// --- expressions

void FunctionBuilder::set_results(Expression* e, int count) {
  if (e->kind == Expression::kCall) {
    at(e->index).w.c = static_cast<uint16_t>(count + 1);
  } else if (e->kind == Expression::kVararg) {
    Instruction& i = at(e->index);
    i.b = static_cast<uint16_t>(count + 1);
    i.a = static_cast<uint8_t>(free_);
    reserve(1);
  }
}

void FunctionBuilder::one_result(Expression* e) {
  if (e->kind == Expression::kCall) {
    e->kind = Expression::kRegister;
    e->index = at(e->index).a;
  } else if (e->kind == Expression::kVararg) {
    at(e->index).b = 2;
    e->kind = Expression::kRelocatable;
  }
}

void FunctionBuilder::settle(Expression* e) {
  const int t = e->when_true, f = e->when_false;
  switch (e->kind) {
    case Expression::kLocal:
      e->kind = Expression::kRegister;
      return;
    case Expression::kUpvalue:
      place(e, emit(Op::kGetUpvalue, 0, e->index, 0));
      break;
    case Expression::kGlobal: {
      const int name = constant(Value(e->string));
      if (name > 0xffff) lexer_.error("constant table overflow");
      place(e, emit(Op::kGetGlobal, 0, 0, name));
      break;
    }
    case Expression::kIndexed:
      free_reg(e->key > e->index ? e->key : e->index);
      free_reg(e->key > e->index ? e->index : e->key);
      place(e, emit(Op::kGetTable, 0, e->index, e->key));
      break;
    case Expression::kField:
      free_reg(e->index);
      place(e, emit(Op::kGetField, 0, e->index, e->key));
      break;
    case Expression::kElement:
      free_reg(e->index);
      place(e, emit(Op::kGetIndex, 0, e->index, e->key));
      break;
    case Expression::kCall:
    case Expression::kVararg:
      one_result(e);
      return;
    default:
      return;
  }
  e->when_true = t;
  e->when_false = f;
}

Value FunctionBuilder::constant_of(const Expression& e) {
  switch (e.kind) {
    case Expression::kTrue: return Value(true);
    case Expression::kFalse: return Value(false);
    case Expression::kNumber: return Value(e.number);
    case Expression::kString: return Value(e.string);
    default: return Value();
  }
}

// The value, jumps aside, goes to the register.
void FunctionBuilder::discharge(Expression* e, int reg) {
  settle(e);
  switch (e->kind) {
    case Expression::kNil:
      nil(reg, 1);
      break;
    case Expression::kTrue:
    case Expression::kFalse:
      emit(Op::kLoadBool, reg, e->kind == Expression::kTrue, 0);
      break;
    case Expression::kNumber:
    case Expression::kString:
      emit_d(Op::kLoadK, reg, 0, constant(constant_of(*e)));
      break;
    case Expression::kRelocatable:
      at(e->index).a = static_cast<uint8_t>(reg);
      break;
    case Expression::kRegister:
      if (reg != e->index) emit(Op::kMove, reg, e->index, 0);
      break;
    default:
      return;
  }
  e->index = reg;
  e->kind = Expression::kRegister;
}

void FunctionBuilder::discharge_any(Expression* e) {
  if (e->kind == Expression::kRegister) return;
  reserve(1);
  discharge(e, free_ - 1);
}

void FunctionBuilder::to_register(Expression* e, int reg) {
  discharge(e, reg);
  if (e->kind == Expression::kJump) append(&e->when_true, e->index);
  if (e->has_jumps() && !lexer_.failed()) {
    int load_false = kNoJump, load_true = kNoJump;
    if (needs_value(e->when_true) || needs_value(e->when_false)) {
      const int past = e->kind == Expression::kJump ? kNoJump : jump();
      here();
      load_false = emit(Op::kLoadBool, reg, 0, 1);
      here();
      load_true = emit(Op::kLoadBool, reg, 1, 0);
      patch_here(past);
    }
    const int end = here();
    patch_list(e->when_false, end, reg, load_false);
    patch_list(e->when_true, end, reg, load_true);
  }
  e->when_true = e->when_false = kNoJump;
  e->index = reg;
  e->kind = Expression::kRegister;
}

void FunctionBuilder::to_next_register(Expression* e) {
  settle(e);
  free_expression(*e);
  reserve(1);
  to_register(e, free_ - 1);
}

int FunctionBuilder::to_any_register(Expression* e) {
  settle(e);
  if (e->kind == Expression::kRegister) {
    if (!e->has_jumps()) return e->index;
    if (e->index >= active_) {
      to_register(e, e->index);
      return e->index;
    }
  }
  to_next_register(e);
  return e->index;
}

void FunctionBuilder::to_value(Expression* e) {
  if (e->has_jumps()) {
    to_any_register(e);
  } else {
    settle(e);
  }
}

int FunctionBuilder::to_operand(Expression* e) {
  to_value(e);
  switch (e->kind) {
    case Expression::kNil:
    case Expression::kTrue:
    case Expression::kFalse:
    case Expression::kNumber:
    case Expression::kString: {
      const int k = constant(constant_of(*e));
      if (static_cast<uint32_t>(k) < kOperandConstantsMax) return k + kConstantOperand;
      break;
    }
    default:
      break;
  }
  return to_any_register(e);
}

void FunctionBuilder::store(const Expression& variable, Expression* value) {
  switch (variable.kind) {
    case Expression::kLocal:
      free_expression(*value);
      to_register(value, variable.index);
      return;
    case Expression::kUpvalue:
      emit(Op::kSetUpvalue, to_any_register(value), variable.index, 0);
      break;
    case Expression::kGlobal: {
      const int reg = to_any_register(value);
      const int name = constant(Value(variable.string));
      if (name > 0xffff) lexer_.error("constant table overflow");
      emit(Op::kSetGlobal, reg, 0, name);
      break;
    }
    case Expression::kIndexed: {
      const int operand = to_operand(value);
      emit(Op::kSetTable, variable.index, variable.key, operand);
      break;
    }
    case Expression::kField: {
      const int operand = to_operand(value);
      emit(Op::kSetField, variable.index, variable.key, operand);
      break;
    }
    case Expression::kElement: {
      const int operand = to_operand(value);
      emit(Op::kSetIndex, variable.index, variable.key, operand);
      break;
    }
    default:
      break;
  }
  free_expression(*value);
}

void FunctionBuilder::method(Expression* object, String* name) {
  to_any_register(object);
  free_expression(*object);
  const int reg = free_;
  reserve(2);
  const int key = constant(Value(name));
  if (key <= 0xffff && name->interned) {
    emit(Op::kSelf, reg, object->index, key);
  } else {
    // A name beyond the reach of the instruction: the same by hand.
    emit(Op::kMove, reg + 1, object->index, 0);
    emit_d(Op::kLoadK, reg, 0, key);
    emit(Op::kGetTable, reg, reg + 1, reg);
  }
  *object = Expression(Expression::kRegister, reg);
}

// REQUIRES: the table is in a register.
void FunctionBuilder::field(Expression* table, String* name) {
  Expression key(Expression::kString);
  key.string = name;
  index(table, &key);
}

void FunctionBuilder::index(Expression* table, Expression* key) {
  const int reg = table->index;
  if (key->kind == Expression::kString && !key->has_jumps() && key->string->interned) {
    const int name = constant(Value(key->string));
    if (name <= 0xffff) {
      *table = Expression(Expression::kField, reg);
      table->key = name;
      return;
    }
  } else if (key->is_number() && small_index(key->number)) {
    *table = Expression(Expression::kElement, reg);
    table->key = static_cast<int>(key->number);
    return;
  }
  const int key_register = to_any_register(key);
  *table = Expression(Expression::kIndexed, reg);
  table->key = key_register;
}

int FunctionBuilder::condition_jump(Expression* e, bool when) {
  if (e->kind == Expression::kRelocatable && at(e->index).op == Op::kNot) {
    const int reg = at(e->index).b;
    code_.pop();  // the condition is inverted instead
    lines_.pop();
    return emit_d(when ? Op::kIfNot : Op::kIf, reg, 0, kNoJump);
  }
  discharge_any(e);
  free_expression(*e);
  return emit_d(when ? Op::kIfKeep : Op::kIfNotKeep, kNoRegister, e->index, kNoJump);
}

void FunctionBuilder::jump_if_false(Expression* e) {
  settle(e);
  int leave;
  switch (e->kind) {
    case Expression::kString:
    case Expression::kNumber:
    case Expression::kTrue:
      leave = kNoJump;
      break;
    case Expression::kJump:
      invert(e->index);
      leave = e->index;
      break;
    default:
      leave = condition_jump(e, false);
  }
  append(&e->when_false, leave);
  patch_here(e->when_true);
  e->when_true = kNoJump;
}

void FunctionBuilder::jump_if_true(Expression* e) {
  settle(e);
  int leave;
  switch (e->kind) {
    case Expression::kNil:
    case Expression::kFalse:
      leave = kNoJump;
      break;
    case Expression::kJump:
      leave = e->index;
      break;
    default:
      leave = condition_jump(e, true);
  }
  append(&e->when_true, leave);
  patch_here(e->when_false);
  e->when_false = kNoJump;
}

void FunctionBuilder::negate(Expression* e) {
  settle(e);
  switch (e->kind) {
    case Expression::kNil:
    case Expression::kFalse:
      e->kind = Expression::kTrue;
      break;
    case Expression::kString:
    case Expression::kNumber:
    case Expression::kTrue:
      e->kind = Expression::kFalse;
      break;
    case Expression::kJump:
      invert(e->index);
      break;
    default: {
      discharge_any(e);
      free_expression(*e);
      const int t = e->when_true, f = e->when_false;
      place(e, emit(Op::kNot, 0, e->index, 0));
      e->when_true = t;
      e->when_false = f;
    }
  }
  const int t = e->when_true;
  e->when_true = e->when_false;
  e->when_false = t;
  drop_values(e->when_true);
  drop_values(e->when_false);
}

void FunctionBuilder::minus(Expression* e) {
  if (e->is_number() && e->number != 0) {
    e->number = -e->number;
    return;
  }
  to_any_register(e);
  free_expression(*e);
  place(e, emit(Op::kUnm, 0, e->index, 0));
}

void FunctionBuilder::length(Expression* e) {
  to_any_register(e);
  free_expression(*e);
  place(e, emit(Op::kLen, 0, e->index, 0));
}

void FunctionBuilder::infix(Binary op, Expression* left) {
  switch (op) {
    case Binary::kAnd:
      jump_if_false(left);
      break;
    case Binary::kOr:
      jump_if_true(left);
      break;
    case Binary::kConcat:
      to_next_register(left);
      break;
    case Binary::kEq:
    case Binary::kNe:
      to_value(left);
      if (!(left->kind >= Expression::kNil && left->kind <= Expression::kString)) {
        to_any_register(left);
      }
      break;
    default:
      if (!left->is_number()) to_any_register(left);
  }
}

// Not where the result is no number one could write, nor zero, whose sign a constant would lose.
bool FunctionBuilder::fold(Binary op, Expression* left, const Expression& right) {
  if (!left->is_number() || !right.is_number()) return false;
  const double a = left->number, b = right.number;
  double result;
  switch (op) {
    case Binary::kAdd: result = a + b; break;
    case Binary::kSub: result = a - b; break;
    case Binary::kMul: result = a * b; break;
    case Binary::kDiv:
      if (b == 0) return false;
      result = a / b;
      break;
    case Binary::kMod:
      if (b == 0) return false;
      result = a - std::floor(a / b) * b;
      break;
    case Binary::kPow: result = std::pow(a, b); break;
    default: return false;
  }
  if (std::isnan(result) || result == 0) return false;
  left->number = result;
  return true;
}

void FunctionBuilder::arithmetic(Binary op, Expression* left, Expression* right) {
  if (fold(op, left, *right)) return;
  const auto as_constant = [this](const Expression& e) {
    if (!e.is_number()) return -1;
    const int k = constant(Value(e.number));
    return k <= 0xffff ? k : -1;
  };
  int pc;
  const int right_constant = as_constant(*right);
  if (right_constant >= 0 && !left->is_number()) {
    const int reg = to_any_register(left);
    free_expression(*left);
    pc = emit(arithmetic_op(Op::kAddK, op), 0, reg, right_constant);
  } else {
    const int b = to_any_register(right);
    const int left_constant = as_constant(*left);
    if (left_constant >= 0) {
      free_expression(*right);
      pc = emit(arithmetic_op(Op::kKAdd, op), 0, left_constant, b);
    } else {
      const int a = to_any_register(left);
      if (a > b) {
        free_expression(*left);
        free_expression(*right);
      } else {
        free_expression(*right);
        free_expression(*left);
      }
      pc = emit(arithmetic_op(Op::kAdd, op), 0, a, b);
    }
  }
  place(left, pc);
}

void FunctionBuilder::compare(Binary op, Expression* left, Expression* right) {
  const auto comparable = [](const Expression& e) {
    return e.kind >= Expression::kNil && e.kind <= Expression::kString && !e.has_jumps();
  };
  Op code;
  int a, b;
  if (op == Binary::kEq || op == Binary::kNe) {
    if (comparable(*left) && !comparable(*right)) std::swap(*left, *right);
    int k = -1;
    if (comparable(*right) && !(right->kind == Expression::kString && !right->string->interned)) {
      k = constant(constant_of(*right));
      if (k > 0xffff) k = -1;
    }
    a = to_any_register(left);
    b = k >= 0 ? k : to_any_register(right);
    code = k >= 0 ? Op::kEqK : Op::kEq;
    if (op == Binary::kNe) code = static_cast<Op>(static_cast<int>(code) + 1);
  } else {
    const bool swapped = op == Binary::kGt || op == Binary::kGe;
    const bool strict = op == Binary::kLt || op == Binary::kGt;
    int k = -1;
    if (right->is_number() && !left->is_number()) {
      k = constant(Value(right->number));
      if (k > 0xffff) k = -1;
    }
    if (k >= 0) {
      a = to_any_register(left);
      b = k;
      code = swapped ? (strict ? Op::kGtK : Op::kGeK) : (strict ? Op::kLtK : Op::kLeK);
    } else if (int lk = left->is_number() ? constant(Value(left->number)) : 0x10000;
               lk <= 0xffff) {
      // K < R is R > K.
      a = to_any_register(right);
      b = lk;
      code = swapped ? (strict ? Op::kLtK : Op::kLeK) : (strict ? Op::kGtK : Op::kGeK);
    } else {
      b = to_any_register(right);
      a = to_any_register(left);
      code = strict ? Op::kLt : Op::kLe;
      if (swapped) std::swap(a, b);
    }
  }
  // The later register is freed first.
  const bool left_last = left->kind == Expression::kRegister &&
                         (right->kind != Expression::kRegister || left->index > right->index);
  free_expression(left_last ? *left : *right);
  free_expression(left_last ? *right : *left);
  *left = Expression(Expression::kJump, emit_d(code, a, b, kNoJump));
}

void FunctionBuilder::postfix(Binary op, Expression* left, Expression* right) {
  switch (op) {
    case Binary::kAnd:
      settle(right);
      append(&right->when_false, left->when_false);
      *left = *right;
      break;
    case Binary::kOr:
      settle(right);
      append(&right->when_true, left->when_true);
      *left = *right;
      break;
    case Binary::kConcat:
      to_value(right);
      if (right->kind == Expression::kRelocatable && at(right->index).op == Op::kConcat &&
          at(right->index).b == left->index + 1) {
        free_expression(*left);
        at(right->index).b = static_cast<uint16_t>(left->index);
        *left = *right;
      } else {
        to_next_register(right);
        const int first = left->index, last = right->index;
        free_expression(*right);
        free_expression(*left);
        place(left, emit(Op::kConcat, 0, first, last));
      }
      break;
    case Binary::kNone:
      break;
    default:
      if (op <= Binary::kPow) {
        arithmetic(op, left, right);
      } else {
        compare(op, left, right);
      }
  }
}

Proto* FunctionBuilder::finish(int line) {
  ret(0, 0);
  drop_locals(0);
  Heap& heap = state_.heap();
  Proto* proto = heap.proto();
  proto->parameters = static_cast<uint8_t>(parameters);
  proto->registers = static_cast<uint8_t>(registers_);
  proto->is_vararg = is_vararg;
  proto->needs_arg = needs_arg;
  proto->line_defined = line_;
  uint32_t count;
  proto->lines = lines_.take(heap, &count);
  proto->code = code_.take(heap, &proto->code_count);
  proto->constants = constants_.take(heap, &proto->constant_count);
  proto->locals = locals_.take(heap, &proto->local_count);
  proto->protos = protos.take(heap, &proto->proto_count);
  if (upvalue_count) {
    proto->upvalues =
        static_cast<UpvalueSource*>(heap.allocate(upvalue_count * sizeof(UpvalueSource)));
    memcpy(proto->upvalues, upvalues, upvalue_count * sizeof(UpvalueSource));
    proto->upvalue_names = static_cast<String**>(heap.allocate(upvalue_count * sizeof(String*)));
    memcpy(proto->upvalue_names, upvalue_names_, upvalue_count * sizeof(String*));
    proto->upvalue_count = static_cast<uint8_t>(upvalue_count);
  }
  return proto;
}

}  // namespace redstart::lua
