// The code of one function while it is being compiled: registers, constants, jumps, and expressions
// that are kept undecided as long as that saves an instruction.
//
// An Expression says where a value is, or will be once an instruction gets its register. Whoever
// needs it somewhere calls to_...(), which emits what is missing. Conditions are jumps: `jump` is
// the one at the end, and the lists when_true and when_false hold the jumps that leave earlier. A
// list is chained through the jumps' own distance fields until its target is known.
#pragma once

#include "lua/buffer.h"
#include "lua/function.h"
#include "lua/lexer.h"
#include "lua/state.h"

namespace redstart::lua {

inline constexpr int kNoJump = -1;
inline constexpr uint8_t kNoRegister = 255;

struct Expression {
  enum Kind : uint8_t {
    kVoid,
    kNil,
    kTrue,
    kFalse,
    kNumber,       // number
    kString,       // string
    kLocal,        // index: register of a variable
    kUpvalue,      // index
    kGlobal,       // string
    kIndexed,      // table in register index, key in register key
    kField,        // table in register index, key: constant
    kElement,      // table in register index, key: small whole number
    kJump,         // index: pc of a condition
    kRelocatable,  // index: pc of an instruction that awaits its register
    kRegister,     // index: a temporary
    kCall,         // index: pc
    kVararg,       // index: pc
  };
  Kind kind = kVoid;
  int index = 0;
  int key = 0;
  double number = 0;
  String* string = nullptr;
  int when_true = kNoJump, when_false = kNoJump;

  Expression() = default;
  explicit Expression(Kind kind, int index = 0) : kind(kind), index(index) {}
  bool has_jumps() const { return when_true != when_false; }
  bool is_number() const { return kind == kNumber && !has_jumps(); }
  bool is_open() const { return kind == kCall || kind == kVararg; }
};

enum class Binary : uint8_t {
  kAdd, kSub, kMul, kDiv, kMod, kPow, kConcat, kNe, kEq, kLt, kLe, kGt, kGe, kAnd, kOr, kNone
};

struct Block {
  Block* outer;
  int breaks = kNoJump;
  int locals;      // active outside
  bool captured = false;  // some local is an upvalue of an inner function
  bool is_loop;
};

class FunctionBuilder {
 public:
  FunctionBuilder(State& state, Lexer& lexer, FunctionBuilder* outer, int line);
  ~FunctionBuilder();

  // --- variables
  void new_local(String* name);           // declared, not yet visible
  void activate_locals(int count);
  void drop_locals(int keep);             // leaves a scope
  void find_variable(String* name, Expression* e);
  int active_locals() const { return active_; }

  // --- instructions
  int pc() const { return static_cast<int>(code_.count()); }
  int emit(Op op, int a, int b, int c);
  int emit_d(Op op, int a, int b, int d);
  Instruction& at(int pc) { return code_[pc]; }
  void set_line(int line) { lines_.back() = line; }
  int here();  // a jump may end at the next instruction
  void nil(int from, int count);
  void ret(int first, int count);  // count -1: up to the top
  int constant(const Value& value);

  // --- jumps
  int jump();
  void append(int* list, int other);
  void patch(int list, int target);
  void patch_here(int list);

  // --- registers
  int free_register() const { return free_; }
  void reserve(int count);
  void release_to(int reg) { free_ = reg; }
  void ensure(int count);

  // --- expressions
  void settle(Expression* e);              // variables become values
  void to_next_register(Expression* e);
  int to_any_register(Expression* e);
  void to_register(Expression* e, int reg);
  void to_value(Expression* e);            // no undecided jumps
  int to_operand(Expression* e);           // a register, or a constant
  void one_result(Expression* e);
  void set_results(Expression* e, int count);  // -1: all
  void store(const Expression& variable, Expression* value);
  void method(Expression* object, String* name);
  void index(Expression* table, Expression* key);
  void field(Expression* table, String* name);
  void jump_if_false(Expression* e);       // e true falls through
  void jump_if_true(Expression* e);
  void minus(Expression* e);
  void negate(Expression* e);
  void length(Expression* e);
  void infix(Binary op, Expression* left);
  void postfix(Binary op, Expression* left, Expression* right);
  void free_expression(const Expression& e);

  // The finished function; the builder is empty afterwards.
  Proto* finish(int line);

  void error_limit(int limit, const char* what);

  FunctionBuilder* const outer;
  Block* block = nullptr;
  Growing<Proto*> protos;
  bool is_vararg = false, needs_arg = false;
  int parameters = 0;
  int upvalue_count = 0;
  UpvalueSource upvalues[kUpvaluesMax];

 private:
  struct ActiveLocal {
    String* name;
    uint32_t record;  // in locals_
  };

  int find_local(String* name) const;
  int find_upvalue(String* name);
  int add_upvalue(String* name, bool from_registers, int index);
  void mark_captured(int local);
  bool is_keep(int pc) { return at(pc).op == Op::kIfKeep || at(pc).op == Op::kIfNotKeep; }
  bool decide_keep(int pc, int reg);
  bool needs_value(int list);
  void drop_values(int list);
  void patch_list(int list, int target, int reg, int value_target);
  void fix_jump(int pc, int target);
  int condition_jump(Expression* e, bool when);
  void invert(int pc) { at(pc).op = static_cast<Op>(static_cast<int>(at(pc).op) ^ 1); }
  void discharge(Expression* e, int reg);
  void discharge_any(Expression* e);
  void free_reg(int reg);
  bool fold(Binary op, Expression* left, const Expression& right);
  void arithmetic(Binary op, Expression* left, Expression* right);
  void compare(Binary op, Expression* left, Expression* right);
  Value constant_of(const Expression& e);
  void place(Expression* e, int pc) { *e = Expression(Expression::kRelocatable, pc); }

  State& state_;
  Lexer& lexer_;
  int line_;
  int free_ = 0;
  int active_ = 0;
  int declared_ = 0;
  int registers_ = 2;
  int last_target_ = -1;
  Table* constant_index_;
  int nil_constant_ = -1;
  Growing<Instruction> code_;
  Growing<uint32_t> lines_;
  Growing<Value> constants_;
  Growing<LocalName> locals_;
  ActiveLocal scope_[kLocalsMax];
  String* upvalue_names_[kUpvaluesMax];
};

}  // namespace redstart::lua
