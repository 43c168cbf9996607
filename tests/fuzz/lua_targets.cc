// The language: any text goes to the compiler, and what compiles is run, under a cap of memory and a
// host that soon says stop. Besides bytes, whole programs: the input's choices grow them by the
// grammar, so that the machine and the library see more than errors of syntax.
#include <string>

#include "lua/call.h"
#include "lua/libs.h"
#include "tests/fuzz/target.h"

namespace redstart::fuzz {

namespace {

struct ShortHost : lua::Host {
  bool keep_running() override { return ++asked < 40; }
  int asked = 0;
};

void run(std::string_view source, uint64_t refuse) {
  ShortHost host;
  lua::State state({.memory_cap = 3 << 20, .hash_seed = 1}, host);
  open_libraries(state);
  state.heap().refuse_allocation(refuse);
  lua::Root function(state);
  lua::Value result;
  if (!state.compile(source, "=fuzz", &function.value)) return;
  const lua::Value arguments[] = {lua::Value(1), state.string("two"), lua::Value(state.table())};
  (void)state.call(function.value, arguments, &result);
  (void)state.error_place();
  (void)state.call(function.value, {}, &result);
  state.collect();
  check(state.memory_used() < (4 << 20), "the cap holds");
}

// Writes a random program.
class Grower {
 public:
  explicit Grower(std::string_view input) : choices_(input) {}

  std::string program() {
    const uint64_t count = 2 + choices_.below(12);
    for (uint64_t i = 0; i < count; i++) statement(0);
    return std::move(out_);
  }

 private:
  template <size_t n>
  void pick(const char* const (&words)[n]) {
    out_ += words[choices_.below(n)];
  }
  void name() {
    static constexpr const char* kNames[] = {"a", "b", "c", "d", "t", "f", "self", "x1"};
    pick(kNames);
  }
  void constant() {
    static constexpr const char* kConstants[] = {
        "nil", "true", "false", "0", "1", "-1", "2.5", "1e308", "0/0", "2^53", "'x'", "'10'",
        "'%d+(.)'", "'%b()'", "[[long]]", "'\\0\\255'", "{}", "''", "100", "...",
        "'a string of more than forty bytes, so that it is a long one'"};
    pick(kConstants);
  }
  void expression(int depth) {
    if (depth > 4) return constant();
    switch (choices_.below(14)) {
      case 0:
      case 1: return constant();
      case 2:
      case 3: return name();
      case 4: {
        static constexpr const char* kOperators[] = {"+", "-", "*", "/", "%", "^", "..", "==", "~=",
                                                     "<", ">", "<=", ">=", " and ", " or "};
        out_ += '(';
        expression(depth + 1);
        pick(kOperators);
        expression(depth + 1);
        out_ += ')';
        return;
      }
      case 5: {
        static constexpr const char* kOperators[] = {"not ", "- ", "#"};
        pick(kOperators);
        return expression(depth + 1);
      }
      case 6: {
        out_ += '{';
        for (uint64_t i = choices_.below(5); i > 0; i--) {
          if (choices_.below(3) == 0) {
            out_ += '[';
            expression(depth + 1);
            out_ += "]=";
          } else if (choices_.below(3) == 0) {
            name();
            out_ += '=';
          }
          expression(depth + 1);
          out_ += ',';
        }
        out_ += '}';
        return;
      }
      case 7:
        out_ += "function(";
        if (choices_.below(2)) out_ += "a, ...";
        else if (choices_.below(2)) out_ += "...";
        out_ += ") ";
        for (uint64_t i = choices_.below(3); i > 0; i--) statement(depth + 1);
        out_ += " return ";
        if (depth < 4 && choices_.below(2)) name(); else out_ += "1";
        out_ += " end ";
        return;
      case 8:
        name();
        out_ += choices_.below(2) ? "." : ":";
        name();
        return arguments(depth);
      case 9:
        name();
        out_ += '[';
        expression(depth + 1);
        out_ += ']';
        return;
      default: return library(depth);
    }
  }
  void arguments(int depth) {
    out_ += '(';
    for (uint64_t i = choices_.below(4); i > 0; i--) {
      expression(depth + 1);
      if (i > 1) out_ += ',';
    }
    out_ += ')';
  }
  void library(int depth) {
    static constexpr const char* kFunctions[] = {
        "string.format", "string.rep", "string.sub", "string.byte", "string.char", "string.find",
        "string.match", "string.gsub", "string.gmatch", "string.len", "string.reverse",
        "string.upper", "string.lower", "table.concat", "table.insert", "table.remove",
        "table.sort", "table.getn", "table.maxn", "table.foreach", "table.foreachi", "math.floor",
        "math.max", "math.random", "math.fmod", "math.frexp", "math.ldexp", "pcall", "xpcall",
        "error", "assert", "select", "unpack", "next", "pairs", "ipairs", "rawget", "rawset",
        "rawequal", "setmetatable", "getmetatable", "tonumber", "tostring", "type", "loadstring",
        "load", "collectgarbage", "newproxy", "setfenv", "getfenv", "coroutine.create",
        "coroutine.wrap", "coroutine.resume", "coroutine.yield", "coroutine.status",
        "coroutine.running", "os.clock", "gcinfo"};
    pick(kFunctions);
    arguments(depth);
  }
  void block(int depth) {
    for (uint64_t i = choices_.below(3); i > 0; i--) statement(depth + 1);
  }
  void statement(int depth) {
    if (out_.size() > 4000) return;
    switch (depth > 4 ? 0 : choices_.below(12)) {
      case 0:
      case 1:
        out_ += "local ";
        name();
        out_ += '=';
        expression(depth + 1);
        break;
      case 2:
        name();
        out_ += ',';
        name();
        out_ += '=';
        expression(depth + 1);
        out_ += ',';
        expression(depth + 1);
        break;
      case 3:
        name();
        out_ += '[';
        expression(depth + 1);
        out_ += "]=";
        expression(depth + 1);
        break;
      case 4:
        out_ += "if ";
        expression(depth + 1);
        out_ += " then ";
        block(depth);
        out_ += " else ";
        block(depth);
        out_ += " end";
        break;
      case 5:
        out_ += "for a=";
        constant();
        out_ += ",20,3 do ";
        block(depth);
        if (choices_.below(4) == 0) out_ += " break";
        out_ += " end";
        break;
      case 6:
        out_ += "for a,b in ";
        out_ += choices_.below(2) ? "pairs" : "ipairs";
        out_ += "(type(t)=='table' and t or {1,2,x=3}) do ";
        block(depth);
        out_ += " end";
        break;
      case 7:
        out_ += "t=setmetatable({}, {__index=";
        expression(depth + 1);
        out_ += ",__newindex=";
        expression(depth + 1);
        out_ += ",__call=f,__add=f,__concat=f,__eq=f,__lt=f,__le=f,__unm=f,__tostring=f,__mode='kv'})";
        break;
      case 8:
        out_ += "pcall(function() ";
        block(depth);
        out_ += " end)";
        break;
      case 9:
        out_ += "repeat ";
        block(depth);
        out_ += " until ";
        expression(depth + 1);
        break;
      case 10:
        out_ += "f=";
        expression(depth + 1);
        break;
      default:
        library(depth);
    }
    out_ += ';';
  }

  Choices choices_;
  std::string out_;
};

}  // namespace

void lua_bytes(std::string_view input) {
  Choices choices(input);
  run(input, choices.below(4) == 0 ? 1 + choices.below(2000) : 0);
}

void lua_program(std::string_view input) {
  Choices choices(input);
  run(Grower(input).program(), choices.below(8) == 0 ? 1 + choices.below(3000) : 0);
}

}  // namespace redstart::fuzz
