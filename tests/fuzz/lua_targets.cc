// The language: any text goes to the compiler, and what compiles is run, under a cap of memory and a
// host that soon says stop. Besides bytes, whole programs: the input's choices grow them by the
// grammar, so that the machine and the library see more than errors of syntax.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lua/call.h"
#include "lua/libs.h"
#include "script/libraries.h"
#include "tests/fuzz/target.h"

namespace redstart::fuzz {

using namespace std::string_view_literals;

namespace {

constexpr std::string_view kLuaSeeds[] = {
    "local t = {1, 2, x = 'y', [3] = function(...) return select('#', ...), ... end} return t"sv,
    "for k, v in pairs({a = 1}) do t = (k .. v):gsub('%w+', '%0%0'):rep(3) end"sv,
    "local co = coroutine.wrap(function(a) local b = coroutine.yield(a) error({b}) end) co(1)"sv,
    "goto = 1 while x < 10 do x = x + 0x1F % 3.5e2 ^ -1 if not x then break end end"sv,
    "repeat local s = [==[long]==] .. \"\\065\\n\" until s == nil or #s >= 2 --[[c]]"sv,
    "return pcall(string.format, '%5.2f %q %s %x', 1, 'a\\0', {}, 255), ('x'):find('[^%a-z]-()')"sv,
    "setmetatable(_G, {__index = function(t, k) return k end}) return a.b + c, #d, -e, f()"sv};

// Each script of the conformance corpus, and each of its lines: most can stand alone.
std::vector<std::string> read_corpus() {
  std::vector<std::string> pieces(std::begin(kLuaSeeds), std::end(kLuaSeeds));
  for (const auto& entry : std::filesystem::directory_iterator(REDSTART_LUA_CONFORMANCE)) {
    std::ifstream file(entry.path());
    std::string script, line;
    while (std::getline(file, line)) {
      if (line.starts_with("--")) continue;
      script += line + '\n';
      if (!line.empty()) pieces.push_back(line);
    }
    pieces.push_back(script);
  }
  return pieces;
}

struct ShortHost : lua::Host {
  bool keep_running() override { return ++asked < 40; }
  int asked = 0;
};

// What fails says why: a mark that was raised before is not to be found afterwards.
void call(lua::State& state, const lua::Value& function, std::span<const lua::Value> arguments) {
  const lua::Value mark = lua::Value::from_pointer(&state);
  state.raise(mark);
  lua::Value result;
  if (!state.call(function, arguments, &result)) {
    check(!raw_equal(state.error(), mark), "an error is pending");
  }
}

void run(std::string_view source, uint64_t refuse) {
  ShortHost host;
  lua::State state({.memory_cap = 3 << 20, .hash_seed = 1}, host);
  open_libraries(state);
  state.heap().refuse_allocation(refuse);
  lua::Root function(state);
  if (!state.compile(source, "=fuzz", &function.value)) return;
  const lua::Value arguments[] = {lua::Value(1), state.string("two"), lua::Value(state.table())};
  call(state, function.value, arguments);
  (void)state.error_place();
  call(state, function.value, {});
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

// Bytes as what each decoder reads, and what comes out of them on its way back.
constexpr std::string_view kDecodeAll = R"(
local input, cut = ...
local mark = {}
local function pcall(f, ...)
  getfenv(0).pcall(error, mark)
  local ok, value = getfenv(0).pcall(f, ...)
  if not ok and value == mark then getfenv(0).stale = true end
  return ok, value
end
local function both(decode, encode)
  local ok, value = pcall(decode)
  if ok then pcall(encode, value) end
end
both(function() return cjson.decode(input) end, cjson.encode)
both(function() return cmsgpack.unpack(input) end, cmsgpack.pack)
pcall(cmsgpack.unpack_one, input, cut)
pcall(cmsgpack.unpack_limit, input, 3, cut)
local format, data = input:sub(1, cut), input:sub(cut + 1)
pcall(struct.size, format)
pcall(struct.unpack, format, data)
pcall(struct.pack, format, cut, data, cut, data, cut, data)
pcall(function()
  local keep = cjson.new()
  keep.encode_sparse_array(true, cut, 4)
  keep.decode_max_depth(cut + 1)
  return keep.encode(keep.decode(input))
end))";

}  // namespace

std::span<const std::string_view> lua_seeds() {
  static const std::vector<std::string> pieces = read_corpus();
  static const std::vector<std::string_view> views(pieces.begin(), pieces.end());
  return views;
}

void lua_libraries(std::string_view input) {
  Choices choices(input);
  ShortHost host;
  lua::State state({.memory_cap = 3 << 20, .hash_seed = 1}, host);
  open_libraries(state);
  open_bit(state);
  open_struct(state);
  open_cmsgpack(state);
  open_cjson(state);
  lua::Root function(state);
  check(state.compile(kDecodeAll, "=decode", &function.value), "the frame compiles");
  const auto cut = static_cast<double>(choices.below(input.size() + 1));
  const lua::Value arguments[] = {state.string(input), lua::Value(cut)};
  state.heap().refuse_allocation(choices.below(4) == 0 ? 1 + choices.below(500) : 0);
  call(state, function.value, arguments);
  check(state.get(state.globals(), "stale").is_nil(), "what a library fails of is told");
  state.collect();
  check(state.memory_used() < (4 << 20), "the cap holds");
}

void lua_bytes(std::string_view input) {
  Choices choices(input);
  run(input, choices.below(4) == 0 ? 1 + choices.below(2000) : 0);
}

void lua_program(std::string_view input) {
  Choices choices(input);
  run(Grower(input).program(), choices.below(8) == 0 ? 1 + choices.below(3000) : 0);
}

}  // namespace redstart::fuzz
