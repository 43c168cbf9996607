#include "lua/parser.h"

#include <cstdio>

namespace redstart::lua {

namespace {

constexpr int kUnaryPriority = 8;
// Left and right binding of the binary operators, in the order of Binary.
constexpr struct {
  uint8_t left, right;
} kPriority[] = {{6, 6}, {6, 6}, {7, 7}, {7, 7}, {7, 7}, {10, 9}, {5, 4}, {3, 3},
                 {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {2, 2},  {1, 1}};

// List items are stored in batches of so many.
constexpr int kItemsPerFlush = 50;

Binary binary_operator(const Lexer& lexer) {
  switch (lexer.token()) {
    case Token::kConcat: return Binary::kConcat;
    case Token::kNotEqual: return Binary::kNe;
    case Token::kEqual: return Binary::kEq;
    case Token::kLessEqual: return Binary::kLe;
    case Token::kGreaterEqual: return Binary::kGe;
    case Token::kAnd: return Binary::kAnd;
    case Token::kOr: return Binary::kOr;
    case Token::kCharacter: break;
    default: return Binary::kNone;
  }
  switch (lexer.character()) {
    case '+': return Binary::kAdd;
    case '-': return Binary::kSub;
    case '*': return Binary::kMul;
    case '/': return Binary::kDiv;
    case '%': return Binary::kMod;
    case '^': return Binary::kPow;
    case '<': return Binary::kLt;
    case '>': return Binary::kGt;
    default: return Binary::kNone;
  }
}

}  // namespace

// --- tokens

bool Parser::accept(Token token) {
  if (lexer_.token() != token) return false;
  lexer_.advance();
  return true;
}

bool Parser::accept(char c) {
  if (!is(c)) return false;
  lexer_.advance();
  return true;
}

void Parser::require(Token token) {
  if (!accept(token)) lexer_.expected(token);
}

void Parser::require(char c) {
  if (!accept(c)) lexer_.expected(c);
}

void Parser::require_closing(Token closing, Token opening, int line) {
  if (accept(closing)) return;
  if (line == lexer_.line()) return lexer_.expected(closing);
  char close[16], open[16], message[96];
  lexer_.text_of(closing, 0, close);
  lexer_.text_of(opening, 0, open);
  snprintf(message, sizeof message, "'%s' expected (to close '%s' at line %d)", close, open, line);
  lexer_.error_near(message);
}

void Parser::require_closing(char closing, char opening, int line) {
  if (accept(closing)) return;
  if (line == lexer_.line()) return lexer_.expected(closing);
  char message[96];
  snprintf(message, sizeof message, "'%c' expected (to close '%c' at line %d)", closing, opening,
           line);
  lexer_.error_near(message);
}

String* Parser::name() {
  if (token() != Token::kName) {
    lexer_.expected(Token::kName);
    return state_.string("?").string();
  }
  String* name = lexer_.string();
  lexer_.advance();
  return name;
}

bool Parser::block_ends() const {
  switch (token()) {
    case Token::kElse:
    case Token::kElseif:
    case Token::kEnd:
    case Token::kEof:
    case Token::kUntil:
      return true;
    default:
      return false;
  }
}

// --- blocks

Proto* Parser::parse() {
  source_ = state_.string(chunk_name_).string();
  FunctionBuilder main(state_, lexer_, nullptr, 0);
  fn_ = &main;
  main.is_vararg = true;
  lexer_.advance();
  chunk();
  if (token() != Token::kEof) lexer_.expected(Token::kEof);
  if (lexer_.failed()) return nullptr;
  Proto* proto = main.finish(lexer_.line());
  proto->source = source_;
  return proto;
}

void Parser::open_block(Block* block, bool is_loop) {
  block->outer = fn_->block;
  block->locals = fn_->active_locals();
  block->is_loop = is_loop;
  fn_->block = block;
}

void Parser::close_block() {
  Block* block = fn_->block;
  fn_->block = block->outer;
  fn_->drop_locals(block->locals);
  if (block->captured) fn_->emit(Op::kClose, block->locals, 0, 0);
  fn_->release_to(fn_->active_locals());
  fn_->patch_here(block->breaks);
}

void Parser::chunk() {
  const Level level(*this);
  bool last = false;
  while (!last && !block_ends()) {
    last = statement();
    accept(';');
    fn_->release_to(fn_->active_locals());
  }
}

void Parser::block() {
  Block block;
  open_block(&block, false);
  chunk();
  close_block();
}

bool Parser::statement() {
  const int line = lexer_.line();
  switch (token()) {
    case Token::kIf:
      if_statement(line);
      return false;
    case Token::kWhile:
      while_statement(line);
      return false;
    case Token::kDo:
      lexer_.advance();
      block();
      require_closing(Token::kEnd, Token::kDo, line);
      return false;
    case Token::kFor:
      for_statement(line);
      return false;
    case Token::kRepeat:
      repeat_statement(line);
      return false;
    case Token::kFunction:
      function_statement(line);
      return false;
    case Token::kLocal:
      lexer_.advance();
      if (accept(Token::kFunction)) {
        local_function();
      } else {
        local_statement();
      }
      return false;
    case Token::kReturn:
      return_statement();
      return true;
    case Token::kBreak:
      lexer_.advance();
      break_statement();
      return true;
    default:
      expression_statement();
      return false;
  }
}

// "if" or "elseif" has been seen. Answers the jumps for when the condition fails.
int Parser::test_then_block() {
  lexer_.advance();
  Expression condition;
  expression(&condition);
  if (condition.kind == Expression::kNil) condition.kind = Expression::kFalse;
  fn_->jump_if_false(&condition);
  require(Token::kThen);
  block();
  return condition.when_false;
}

void Parser::if_statement(int line) {
  int ends = kNoJump;
  int otherwise = test_then_block();
  while (token() == Token::kElseif) {
    fn_->append(&ends, fn_->jump());
    fn_->patch_here(otherwise);
    otherwise = test_then_block();
  }
  if (token() == Token::kElse) {
    fn_->append(&ends, fn_->jump());
    fn_->patch_here(otherwise);
    lexer_.advance();
    block();
  } else {
    fn_->append(&ends, otherwise);
  }
  fn_->patch_here(ends);
  require_closing(Token::kEnd, Token::kIf, line);
}

void Parser::while_statement(int line) {
  lexer_.advance();
  const int start = fn_->here();
  Expression condition;
  expression(&condition);
  if (condition.kind == Expression::kNil) condition.kind = Expression::kFalse;
  fn_->jump_if_false(&condition);
  Block loop;
  open_block(&loop, true);
  require(Token::kDo);
  block();
  fn_->patch(fn_->jump(), start);
  require_closing(Token::kEnd, Token::kWhile, line);
  close_block();
  fn_->patch_here(condition.when_false);
}

void Parser::repeat_statement(int line) {
  const int start = fn_->here();
  Block loop, scope;
  open_block(&loop, true);
  open_block(&scope, false);
  lexer_.advance();
  chunk();
  require_closing(Token::kUntil, Token::kRepeat, line);
  // The condition sees the locals of the body.
  Expression condition;
  expression(&condition);
  if (condition.kind == Expression::kNil) condition.kind = Expression::kFalse;
  fn_->jump_if_false(&condition);
  if (!scope.captured) {
    close_block();
    const int out = fn_->jump();
    fn_->patch_here(condition.when_false);
    fn_->patch(fn_->jump(), start);
    fn_->patch_here(out);
  } else {
    // Upvalues are closed on both ways: leaving, as a break does, and going on.
    break_statement();
    fn_->patch_here(condition.when_false);
    close_block();
    fn_->patch(fn_->jump(), start);
  }
  close_block();
}

void Parser::for_statement(int line) {
  Block loop;
  open_block(&loop, true);
  lexer_.advance();
  String* variable = name();
  if (is('=')) {
    numeric_for(variable, line);
  } else if (is(',') || token() == Token::kIn) {
    generic_for(variable, line);
  } else {
    lexer_.error_near("'=' or 'in' expected");
  }
  require_closing(Token::kEnd, Token::kFor, line);
  close_block();
}

void Parser::numeric_for(String* variable, int line) {
  const int base = fn_->free_register();
  for (const char* hidden : {"(for index)", "(for limit)", "(for step)"}) {
    fn_->new_local(state_.string(hidden).string());
  }
  fn_->new_local(variable);
  lexer_.advance();
  Expression e;
  expression(&e);
  fn_->to_next_register(&e);
  require(',');
  expression(&e);
  fn_->to_next_register(&e);
  if (accept(',')) {
    expression(&e);
  } else {
    e = Expression(Expression::kNumber);
    e.number = 1;
  }
  fn_->to_next_register(&e);
  for_body(base, line, 1, true);
}

void Parser::generic_for(String* first, int line) {
  const int base = fn_->free_register();
  for (const char* hidden : {"(for generator)", "(for state)", "(for control)"}) {
    fn_->new_local(state_.string(hidden).string());
  }
  fn_->new_local(first);
  int variables = 1;
  while (accept(',')) {
    fn_->new_local(name());
    variables++;
  }
  require(Token::kIn);
  const int list_line = lexer_.line();
  Expression last;
  adjust(3, expression_list(&last), &last);
  fn_->ensure(3);  // the call of the generator
  for_body(base, list_line, variables, false);
}

void Parser::for_body(int base, int line, int variables, bool numeric) {
  fn_->activate_locals(3);
  require(Token::kDo);
  const int prepare =
      numeric ? fn_->emit_d(Op::kForPrep, base, 0, kNoJump) : fn_->jump();
  Block scope;
  open_block(&scope, false);
  fn_->activate_locals(variables);
  fn_->reserve(variables);
  block();
  close_block();
  fn_->patch_here(prepare);
  int end;
  if (numeric) {
    end = fn_->emit_d(Op::kForLoop, base, 0, kNoJump);
  } else {
    fn_->emit(Op::kForIn, base, variables, 0);
    fn_->set_line(line);
    end = fn_->emit_d(Op::kForInLoop, base, 0, kNoJump);
  }
  fn_->set_line(line);
  fn_->patch(end, prepare + 1);
}

void Parser::function_statement(int line) {
  lexer_.advance();
  Expression target, function;
  fn_->find_variable(name(), &target);
  while (is('.')) field_access(&target);
  const bool is_method = is(':');
  if (is_method) field_access(&target);
  body(&function, is_method, line);
  fn_->store(target, &function);
  fn_->set_line(line);
}

void Parser::local_function() {
  fn_->new_local(name());
  const int reg = fn_->free_register();
  fn_->reserve(1);
  fn_->activate_locals(1);
  Expression function;
  body(&function, false, lexer_.line());
  fn_->to_register(&function, reg);
}

void Parser::local_statement() {
  int variables = 0, expressions = 0;
  Expression last;
  do {
    fn_->new_local(name());
    variables++;
  } while (accept(','));
  if (accept('=')) expressions = expression_list(&last);
  adjust(variables, expressions, &last);
  fn_->activate_locals(variables);
}

void Parser::return_statement() {
  lexer_.advance();
  int first = 0, count = 0;
  if (!block_ends() && !is(';')) {
    Expression last;
    const int expressions = expression_list(&last);
    if (last.is_open()) {
      fn_->set_results(&last, -1);
      if (last.kind == Expression::kCall && expressions == 1) {
        fn_->at(last.index).op = Op::kTailCall;
      }
      first = fn_->active_locals();
      count = -1;
    } else if (expressions == 1) {
      first = fn_->to_any_register(&last);
      count = 1;
    } else {
      fn_->to_next_register(&last);
      first = fn_->active_locals();
      count = expressions;
    }
  }
  fn_->ret(first, count);
}

void Parser::break_statement() {
  Block* block = fn_->block;
  bool captured = false;
  while (block && !block->is_loop) {
    captured |= block->captured;
    block = block->outer;
  }
  if (!block) return lexer_.error_near("no loop to break");
  if (captured) fn_->emit(Op::kClose, block->locals, 0, 0);
  fn_->append(&block->breaks, fn_->jump());
}

// --- assignments

// The variables of an assignment, the last first.
struct Parser::Target {
  Target* previous;
  Expression variable;
};

void Parser::expression_statement() {
  Target target{nullptr, {}};
  primary(&target.variable);
  if (target.variable.kind == Expression::kCall) {
    fn_->set_results(&target.variable, 0);
  } else {
    assignment(&target, 1);
  }
}

// `a[i], i = ...`: where a local is both assigned and used to find another target, that use is
// given a copy made now.
void Parser::keep_apart(Target* targets, const Expression& variable) {
  const int copy = fn_->free_register();
  bool conflict = false;
  for (Target* t = targets; t; t = t->previous) {
    Expression& e = t->variable;
    if (e.kind < Expression::kIndexed || e.kind > Expression::kElement) continue;
    if (e.index == variable.index) {
      conflict = true;
      e.index = copy;
    }
    if (e.kind == Expression::kIndexed && e.key == variable.index) {
      conflict = true;
      e.key = copy;
    }
  }
  if (!conflict) return;
  fn_->emit(Op::kMove, copy, variable.index, 0);
  fn_->reserve(1);
}

void Parser::assignment(Target* target, int count) {
  const Expression::Kind kind = target->variable.kind;
  if (kind < Expression::kLocal || kind > Expression::kElement) {
    return lexer_.error_near("unexpected symbol");
  }
  if (accept(',')) {
    const Level level(*this);
    Target next{target, {}};
    primary(&next.variable);
    if (next.variable.kind == Expression::kLocal) keep_apart(target, next.variable);
    if (lexer_.failed()) return;
    assignment(&next, count + 1);
  } else {
    require('=');
    Expression last;
    int expressions = expression_list(&last);
    if (expressions == count) {
      fn_->one_result(&last);
      fn_->store(target->variable, &last);
      return;
    }
    adjust(count, expressions, &last);
    if (expressions > count) fn_->release_to(fn_->free_register() - (expressions - count));
  }
  Expression value(Expression::kRegister, fn_->free_register() - 1);
  fn_->store(target->variable, &value);
}

// As many values as there are variables, in consecutive registers.
void Parser::adjust(int variables, int expressions, Expression* last) {
  int missing = variables - expressions;
  if (last->is_open()) {
    missing++;  // the call's own
    if (missing < 0) missing = 0;
    fn_->set_results(last, missing);
    if (missing > 1) fn_->reserve(missing - 1);
    return;
  }
  if (last->kind != Expression::kVoid) fn_->to_next_register(last);
  if (missing > 0) {
    const int reg = fn_->free_register();
    fn_->reserve(missing);
    fn_->nil(reg, missing);
  }
}

// --- expressions

int Parser::expression_list(Expression* last) {
  int count = 1;
  expression(last);
  while (accept(',')) {
    fn_->to_next_register(last);
    expression(last);
    count++;
  }
  return count;
}

void Parser::expression(Expression* e) {
  *e = Expression();
  subexpression(e, 0);
}

Binary Parser::subexpression(Expression* e, int limit) {
  const Level level(*this);
  if (accept(Token::kNot)) {
    subexpression(e, kUnaryPriority);
    fn_->negate(e);
  } else if (accept('-')) {
    subexpression(e, kUnaryPriority);
    fn_->minus(e);
  } else if (accept('#')) {
    subexpression(e, kUnaryPriority);
    fn_->length(e);
  } else {
    simple(e);
  }
  Binary op = binary_operator(lexer_);
  while (op != Binary::kNone && kPriority[static_cast<int>(op)].left > limit) {
    lexer_.advance();
    fn_->infix(op, e);
    Expression right;
    const Binary next = subexpression(&right, kPriority[static_cast<int>(op)].right);
    fn_->postfix(op, e, &right);
    op = next;
  }
  return op;
}

void Parser::simple(Expression* e) {
  switch (token()) {
    case Token::kNumber:
      *e = Expression(Expression::kNumber);
      e->number = lexer_.number();
      break;
    case Token::kString:
      *e = Expression(Expression::kString);
      e->string = lexer_.string();
      break;
    case Token::kNil:
      *e = Expression(Expression::kNil);
      break;
    case Token::kTrue:
      *e = Expression(Expression::kTrue);
      break;
    case Token::kFalse:
      *e = Expression(Expression::kFalse);
      break;
    case Token::kDots:
      if (!fn_->is_vararg) return lexer_.error_near("cannot use '...' outside a vararg function");
      fn_->needs_arg = false;
      *e = Expression(Expression::kVararg, fn_->emit(Op::kVararg, 0, 1, 0));
      break;
    case Token::kFunction:
      lexer_.advance();
      return body(e, false, lexer_.line());
    default:
      if (is('{')) return constructor(e);
      return primary(e);
  }
  lexer_.advance();
}

void Parser::prefix(Expression* e) {
  if (token() == Token::kName) {
    fn_->find_variable(name(), e);
  } else if (is('(')) {
    const int line = lexer_.line();
    lexer_.advance();
    expression(e);
    require_closing(')', '(', line);
    fn_->settle(e);
  } else {
    lexer_.error_near("unexpected symbol");
  }
}

void Parser::primary(Expression* e) {
  prefix(e);
  for (;;) {
    if (is('.')) {
      field_access(e);
    } else if (is('[')) {
      fn_->to_any_register(e);
      Expression key;
      bracket_key(&key);
      fn_->index(e, &key);
    } else if (is(':')) {
      lexer_.advance();
      fn_->method(e, name());
      call_arguments(e);
    } else if (is('(') || is('{') || token() == Token::kString) {
      fn_->to_next_register(e);
      call_arguments(e);
    } else {
      return;
    }
  }
}

void Parser::field_access(Expression* e) {
  fn_->to_any_register(e);
  lexer_.advance();
  fn_->field(e, name());
}

void Parser::bracket_key(Expression* e) {
  lexer_.advance();
  expression(e);
  fn_->to_value(e);
  require(']');
}

void Parser::call_arguments(Expression* function) {
  const int line = lexer_.line();
  Expression last;
  if (is('(')) {
    if (line != lexer_.last_line()) {
      return lexer_.error_near("ambiguous syntax (function call x new statement)");
    }
    lexer_.advance();
    if (!is(')')) {
      expression_list(&last);
      fn_->set_results(&last, -1);
    }
    require_closing(')', '(', line);
  } else if (is('{')) {
    constructor(&last);
  } else if (token() == Token::kString) {
    last = Expression(Expression::kString);
    last.string = lexer_.string();
    lexer_.advance();
  } else {
    return lexer_.error_near("function arguments expected");
  }
  const int base = function->index;
  int count = -1;
  if (!last.is_open()) {
    if (last.kind != Expression::kVoid) fn_->to_next_register(&last);
    count = fn_->free_register() - (base + 1);
  }
  *function = Expression(Expression::kCall, fn_->emit(Op::kCall, base, count + 1, 2));
  fn_->set_line(line);
  // The results take the place of the function and its arguments; one, unless told otherwise.
  fn_->release_to(base + 1);
}

void Parser::constructor(Expression* e) {
  const int line = lexer_.line();
  const int pc = fn_->emit(Op::kNewTable, 0, 0, 0);
  Expression table(Expression::kRelocatable, pc);
  fn_->to_next_register(&table);
  const int reg = table.index;
  Expression item;  // the last list item, not stored yet
  int array = 0, hash = 0, pending = 0;
  const auto flush = [&](int count) {
    fn_->emit_d(Op::kSetList, reg, count, array - pending);
    fn_->release_to(reg + 1);
    pending = 0;
  };
  require('{');
  while (!is('}') && !lexer_.failed()) {
    if (item.kind != Expression::kVoid) {
      fn_->to_next_register(&item);
      item = Expression();
      if (pending == kItemsPerFlush) flush(pending);
    }
    if (is('[') || (token() == Token::kName && lexer_.peek() == Token::kCharacter &&
                    lexer_.next_is('='))) {
      const int free = fn_->free_register();
      Expression field(Expression::kRegister, reg), key, value;
      if (is('[')) {
        bracket_key(&key);
      } else {
        key = Expression(Expression::kString);
        key.string = name();
      }
      hash++;
      require('=');
      fn_->index(&field, &key);
      expression(&value);
      fn_->store(field, &value);
      fn_->release_to(free);
    } else {
      expression(&item);
      array++;
      pending++;
    }
    if (!accept(',') && !accept(';')) break;
  }
  require_closing('}', '{', line);
  if (pending > 0) {
    if (item.is_open()) {
      fn_->set_results(&item, -1);
      array--;  // how many it gives is not known
      pending--;
      fn_->emit_d(Op::kSetList, reg, 0, array - pending);
      fn_->release_to(reg + 1);
    } else {
      if (item.kind != Expression::kVoid) fn_->to_next_register(&item);
      flush(pending);
    }
  }
  if (!lexer_.failed()) {
    Instruction& i = fn_->at(pc);
    i.b = static_cast<uint16_t>(array < 0xffff ? array : 0xffff);
    i.w.c = static_cast<uint16_t>(hash < 0xffff ? hash : 0xffff);
  }
  *e = table;
}

void Parser::parameter_list() {
  int count = 0;
  if (!is(')')) {
    do {
      if (token() == Token::kName) {
        fn_->new_local(name());
        count++;
      } else if (accept(Token::kDots)) {
        // The table `arg` of Lua 5.0: a local, filled only if the function never says `...`.
        fn_->new_local(state_.string("arg").string());
        fn_->is_vararg = fn_->needs_arg = true;
      } else {
        lexer_.error_near("<name> or '...' expected");
      }
    } while (!fn_->is_vararg && accept(','));
  }
  fn_->activate_locals(count + fn_->is_vararg);
  fn_->parameters = fn_->active_locals() - fn_->is_vararg;
  fn_->reserve(fn_->active_locals());
}

void Parser::body(Expression* e, bool is_method, int line) {
  FunctionBuilder inner(state_, lexer_, fn_, line);
  FunctionBuilder* outer = fn_;
  fn_ = &inner;
  require('(');
  if (is_method) {
    inner.new_local(state_.string("self").string());
    inner.activate_locals(1);
  }
  parameter_list();
  require(')');
  chunk();
  const int end_line = lexer_.line();
  require_closing(Token::kEnd, Token::kFunction, line);
  fn_ = outer;
  *e = Expression(Expression::kNil);
  if (lexer_.failed()) return;
  Proto* proto = inner.finish(end_line);
  proto->source = source_;
  if (!outer->protos.push(state_.heap(), proto)) return lexer_.error("not enough memory");
  const int pc = outer->emit_d(Op::kMakeClosure, 0, 0, static_cast<int>(outer->protos.count()) - 1);
  *e = Expression(Expression::kRelocatable, pc);
}

}  // namespace redstart::lua
