// Tokens to code, in one pass: the grammar of Lua 5.1, by recursive descent.
#pragma once

#include "lua/builder.h"

namespace redstart::lua {

class Parser {
 public:
  Parser(State& state, std::string_view source, std::string_view chunk_name)
      : state_(state), lexer_(state, source, chunk_name), chunk_name_(chunk_name) {}

  // The main function of the chunk; null with the error pending.
  Proto* parse();

 private:
  // Counts nesting; too deep is an error like others.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser.nesting_ > kSyntaxNestingMax) {
        parser.lexer_.error("chunk has too many syntax levels");
      }
    }
    ~Level() { parser_.nesting_--; }

   private:
    Parser& parser_;
  };

  Token token() const { return lexer_.token(); }
  bool is(char c) const { return lexer_.is(c); }
  bool accept(Token token);
  bool accept(char c);
  void require(Token token);
  void require(char c);
  void require_closing(Token token, Token opening, int line);
  void require_closing(char closing, char opening, int line);
  String* name();
  bool block_ends() const;

  void open_block(Block* block, bool is_loop);
  void close_block();
  void chunk();
  void block();
  bool statement();  // true if it must be the last of its block
  void if_statement(int line);
  int test_then_block();
  void while_statement(int line);
  void for_statement(int line);
  void numeric_for(String* variable, int line);
  void generic_for(String* first, int line);
  void for_body(int base, int line, int variables, bool numeric);
  void repeat_statement(int line);
  void function_statement(int line);
  void local_function();
  void local_statement();
  void expression_statement();
  void return_statement();
  void break_statement();

  struct Target;
  void assignment(Target* target, int count);
  void keep_apart(Target* targets, const Expression& variable);
  void adjust(int variables, int expressions, Expression* last);

  void expression(Expression* e);
  Binary subexpression(Expression* e, int limit);
  void simple(Expression* e);
  void primary(Expression* e);
  void prefix(Expression* e);
  void call_arguments(Expression* function);
  int expression_list(Expression* last);
  void field_access(Expression* e);
  void bracket_key(Expression* e);
  void constructor(Expression* e);
  void body(Expression* e, bool is_method, int line);
  void parameter_list();

  State& state_;
  Lexer lexer_;
  std::string_view chunk_name_;
  String* source_ = nullptr;
  FunctionBuilder* fn_ = nullptr;
  int nesting_ = 0;
};

}  // namespace redstart::lua
