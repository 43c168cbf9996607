// A machine as its host sees it: limits, errors, values, natives.
#include "lua/state.h"

#include <gtest/gtest.h>

#include "tests/lua/runner.h"

namespace redstart::lua {
namespace {

TEST(Limits, MemoryCapHoldsForEveryKindOfGrowth) {
  constexpr size_t kCap = 1 << 20;
  for (const char* source : {
           "local s = 'x' while true do s = s .. s end",
           "local t = {} for i = 1, 1e9 do t[i] = i end",
           "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
           "local t = {} for i = 1, 1e9 do t = {t} end",
           "return string.rep('x', 1e8)",
           "return ('x'):rep(1e6):gsub('x', ('y'):rep(100))",
           "local t = {} for i = 1, 1e9 do t[i] = function() return i end end",
           "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end",
           "local t = {} for i = 1, 1e6 do t[i] = 'abcdefghijklmnopqrstuvwxyz' end return table.concat(t)",
           "local s = {} for i = 1, 1e6 do s[i] = 'x = 1 ' end loadstring(table.concat(s))",
           "local function f(...) return f(1, ...) end f()",
           "local s = 'return {' .. ('1,'):rep(1e5) .. '}' local t = {} for i = 1, 100 do t[i] = loadstring(s)() end",
       }) {
    Machine machine(kCap);
    const std::string outcome = machine.run(source);
    EXPECT_NE(outcome.find("error: "), std::string::npos) << source << outcome;
    EXPECT_LT(machine.state.memory_used(), kCap + (kCap >> 2)) << source;
    EXPECT_EQ(machine.run("collectgarbage() return 'well'"), "well") << source;
  }
}

TEST(Limits, OutOfMemoryCanBeCaught) {
  Machine machine(2 << 20);
  EXPECT_EQ(machine.run("local ok, e = pcall(function() local t = {} for i = 1, 1e8 do t[i] = i end end)"
                        " return tostring(ok) .. ':' .. e"),
            "false:not enough memory");
}

TEST(Limits, GarbageIsNotHeldAgainstTheCap) {
  Machine machine(2 << 20);
  EXPECT_EQ(machine.run("for i = 1, 200000 do local t = {i, i, i} end"
                        " for i = 1, 300 do local s = ('x'):rep(100000) .. i end return 'ok'"),
            "ok");
}

// Where a large string was refused no script may go on with less.
TEST(Limits, RefusedMemoryIsNoResult) {
  Machine machine(2 << 20);
  for (const char* make : {"s:sub(2)", "s:upper()", "s:rep(1)", "s:reverse()", "s .. 'x'"}) {
    const std::string source = std::string("local s = ('x'):rep(300000) local all = {} for i = 1, 50 do "
                                           "local u = ") + make +
                               " if #u < 299999 then return #u end if i % 2 == 0 then all[#all + 1] = u "
                               "end end return 'done'";
    EXPECT_EQ(machine.run(source), "error: not enough memory") << make;
    EXPECT_EQ(machine.run(std::string("local s = ('x'):rep(400000) local u for i = 1, 50 do u = ") +
                          make + " end return #u >= 399999"),
              "true")
        << make;
  }
  EXPECT_EQ(machine.run("local s = ('x'):rep(1500000) return #s:sub(2) > 0 or s:sub(2)"),
            "error: not enough memory");
}

TEST(Limits, NothingOfARunIsFeltInTheNext) {
  Machine machine(2 << 20);
  EXPECT_EQ(machine.run("local s = ('x'):rep(900000) return pcall(string.rep, s, 9)"), "false");
  EXPECT_EQ(machine.run("return #('x'):rep(700000)"), "700000");
  EXPECT_EQ(machine.run("return #('x'):rep(700000)"), "700000");
  machine.run("local function f(...) f(1, ...) end f()");
  EXPECT_LT(machine.state.memory_used(), 1 << 20);
  EXPECT_EQ(machine.run("collectgarbage('stop') return collectgarbage('setpause', 50)"), "200");
  EXPECT_EQ(machine.run("return collectgarbage('setpause', 200)"), "200");
  EXPECT_EQ(machine.run("setfenv(0, {}) return loadstring('return print')()"), "nil");
  EXPECT_EQ(machine.run("return type(print)"), "function");
}

TEST(Limits, TheHostStopsARunAndNoPcallCatchesIt) {
  for (const char* source : {
           "while true do end",
           "repeat until false",
           "for i = 1, 1e18 do end",
           "local function f() return f() end f()",
           "while true do pcall(function() while true do end end) end",
           "for _ in function() return 1 end do end",
           "local co = coroutine.wrap(function() while true do end end) while true do pcall(co) "
           "end",
           "while true do xpcall(function() while true do end end, function() while true do end "
           "end) end",
           "return (('a'):rep(40)):find(('a*'):rep(20) .. 'b')",
           "return ('('):rep(2e5):find('%b()')",
           "load(function() return 'x = 1 ' end)",
           "local s = ('a'):rep(1e7) while true do s:find('b', 1, true) end",
           "local s, u = ('a'):rep(1e7), ('a'):rep(1e7) .. 'b' while true do local _ = s < u end",
           "return ('a'):rep(1e5):find('a*b')",
           "table.sort({3, 2, 1}, function() while true do end end)",
           "('x'):rep(10):gsub('x', function() while true do end end)",
           "table.insert({}, -2e9, 1)",
           "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
       }) {
    Machine machine;
    machine.host.stop_after = 50;
    EXPECT_EQ(machine.run(source), "error: stopped by the test") << source;
    machine.host.stop_after = UINT64_MAX;
    EXPECT_EQ(machine.run("return 1"), "1");
  }
}

TEST(Errors, PlaceIsTheInnermostLuaFunctionRunning) {
  Machine machine;
  machine.run("local function f()\n  error('x')\nend\nf()", "@user_script");
  EXPECT_EQ(machine.state.error_place().source, "@user_script");
  EXPECT_EQ(machine.state.error_place().line, 2);
  machine.run("local t = nil\n\nreturn t.x", "@other");
  EXPECT_EQ(machine.state.error_place().source, "@other");
  EXPECT_EQ(machine.state.error_place().line, 3);
}

TEST(Values, TablesAreBuiltAndReadByTheHost) {
  Machine machine;
  State& state = machine.state;
  Root table(state, Value(state.table(3, 1)));
  Table* t = table.value.table();
  for (int i = 1; i <= 3; i++) ASSERT_TRUE(t->append(state.heap(), Value(i * 10)));
  state.set(t, "name", state.string("value"));
  state.set(state.globals(), "t", table.value);
  EXPECT_EQ(machine.run("return #t .. t[3] .. t.name"), "330value");
  machine.run("t.more = true t[4] = 'four'");
  EXPECT_EQ(t->length(), 4u);
  EXPECT_TRUE(state.get(t, "more").is(Tag::kTrue));
  uint32_t position = 0, entries = 0;
  for (Value key, value; t->next(&position, &key, &value);) entries++;
  EXPECT_EQ(entries, 6u);
}

TEST(Values, ReadonlyTablesRefuseEveryWayOfWriting) {
  Machine machine;
  State& state = machine.state;
  Table* t = state.table();
  state.set(t, "x", Value(1));
  ASSERT_TRUE(t->append(state.heap(), Value(5)));
  t->readonly = true;
  state.set(state.globals(), "t", Value(t));
  for (const char* source :
       {"t.x = 2", "t.y = 2", "t[1] = 2", "t[2] = 2", "t['x'] = nil", "local k = 'x' t[k] = 1",
        "local i = 1 t[i] = 1", "rawset(t, 'x', 1)", "table.insert(t, 1)", "table.remove(t)",
        "table.sort(t)", "setmetatable(t, {})"}) {
    EXPECT_NE(machine.run(source).find("Attempt to modify a readonly table"), std::string::npos)
        << source;
  }
  EXPECT_EQ(machine.run("return t.x .. #t .. t[1]"), "115");
  state.globals()->readonly = true;
  EXPECT_EQ(machine.run("new = 1", "@user_script"),
            "error: user_script:1: Attempt to modify a readonly table");
  EXPECT_EQ(machine.run("t = 1", "@user_script"),
            "error: user_script:1: Attempt to modify a readonly table");
}

int add_upvalue(Call& call) {
  double number;
  if (!call.number(0, &number)) return kRaised;
  call.upvalue(0) = Value(call.upvalue(0).num + number);
  return call.ret(call.upvalue(0));
}

int several(Call& call) {
  Value* results = call.results(100);
  if (!results) return kRaised;
  for (int i = 0; i < 100; i++) results[i] = Value(i);
  return 100;
}

int apply(Call& call) {
  Value result;
  if (!call.invoke(call[0], call.arguments().subspan(1), &result)) return kRaised;
  return call.ret(result);
}

TEST(Natives, HaveUpvaluesResultsErrorsAndCallBack) {
  Machine machine;
  State& state = machine.state;
  const Value start[] = {Value(100)};
  state.set(state.globals(), "add", state.native(add_upvalue, start));
  state.set(state.globals(), "several", state.native(several));
  state.set(state.globals(), "apply", state.native(apply));
  EXPECT_EQ(machine.run("add(1) return add(2)"), "103");
  EXPECT_EQ(machine.run("return add({})"),
            "error: test:1: bad argument #1 to 'add' (number expected, got table)");
  EXPECT_EQ(machine.run("return select('#', several()) + select(100, several())"), "199");
  EXPECT_EQ(machine.run("return apply(function(a, b) return a .. b end, 'x', 'y')"), "xy");
  EXPECT_EQ(machine.run("local ok, e = pcall(apply, function() error('in') end) return e"),
            "test:1: in");
  EXPECT_EQ(machine.run("return apply(coroutine.wrap(function(a) coroutine.yield(a) end), 7)"), "7");
}

TEST(Natives, ArgumentsAndResultsOfCalls) {
  Machine machine;
  Root f(machine.state);
  ASSERT_TRUE(machine.state.compile("local a, b = ... return (a or 0) + (b or 0)", "=f", &f.value));
  Value result;
  const Value arguments[] = {Value(3), Value(4)};
  ASSERT_TRUE(machine.state.call(f.value, arguments, &result));
  EXPECT_EQ(result.num, 7);
  ASSERT_TRUE(machine.state.call(f.value, {}, &result));
  EXPECT_EQ(result.num, 0);
  EXPECT_FALSE(machine.state.call(Value(5), {}, &result));
  EXPECT_EQ(machine.text(machine.state.error()), "attempt to call a number value");
}

TEST(Random, IsTheSequenceOfDrand48) {
  Machine machine;
  machine.state.seed_random(1);
  EXPECT_EQ(machine.state.next_random(), 89400484);
  EXPECT_EQ(machine.state.next_random(), 976015093);
}

}  // namespace
}  // namespace redstart::lua
