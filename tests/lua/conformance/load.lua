-- loadstring, load, chunk names, environments, syntax errors.
print(loadstring("return 1 + 1")()) print(loadstring("return ...")(7, 8)) print(loadstring("x = "))
print(loadstring("x =", "=name")) print(loadstring("x =", "@file.lua")) print(loadstring("x =", "text of the chunk")) print(loadstring("\n\nx = = 1", "first\nsecond"))
print(pcall(loadstring("error('at run')", "=run"))) print(pcall(loadstring("local x = nil\n\nx.y = 1", "@three")))
local parts = {"return ", "1", " + ", "41"} local i = 0 print(load(function() i = i + 1 return parts[i] end)()) print((load(function() error("reader") end))) print((load(function() return {} end)))
local f = loadstring("y = 5 return y") setfenv(f, {}) print(f(), y, getfenv(f).y) print(getfenv(print) == _G, getfenv(1) == _G, getfenv() == _G)
local function env() return zzz end setfenv(env, {zzz = "here"}) print(env()) print(pcall(setfenv, print, {})) print(pcall(getfenv, 100))
for _, s in ipairs { "x = 'abc", "x = [[abc", "x = 1e", "if x then", "for i = 1 do end", "break", "return 1 return 2", "f(\n\n", "do\n\n x = {1, 2\n\n, 3 ", "a.b:c = 1", "a() = 1",
  "x = '\\300'", "x = }", "x = \1", "goto x", "local a <const> = 1", "x = 1 // 2", "x = 1 & 2", "local function f() return ... end", "x = ~1", "::l::", "a = b c", "f 'x' 'y' = 1", "local 1", "function f.1() end",
  "for k, v do end", "repeat until", "x = function( end", "x = {a = }", "return return", "--[[ open", "x = \"a\nb\"", "1 = x", "x, 1 = 2", "local x = 5 x()\n(1)()", "[[x]] = 1", "x = [=x", "return 'a' .. ", "x.1 = 2" } do print(select(2, loadstring(s, "=s"))) end

--> 2
--> 7	8
--> nil	[string "x = "]:1: unexpected symbol near '<eof>'
--> nil	name:1: unexpected symbol near '<eof>'
--> nil	file.lua:1: unexpected symbol near '<eof>'
--> nil	[string "text of the chunk"]:1: unexpected symbol near '<eof>'
--> nil	[string "first..."]:3: unexpected symbol near '='
--> false	run:1: at run
--> false	three:3: attempt to index local 'x' (a nil value)
--> 42
--> nil
--> nil
--> 5	nil	5
--> true	true	true
--> here
--> false	'setfenv' cannot change environment of given object
--> false	bad argument #1 to '?' (invalid level)
--> s:1: unfinished string near '<eof>'
--> s:1: unfinished long string near '<eof>'
--> s:1: malformed number near '1e'
--> s:1: 'end' expected near '<eof>'
--> s:1: ',' expected near 'do'
--> s:1: no loop to break near '<eof>'
--> s:1: '<eof>' expected near 'return'
--> s:3: unexpected symbol near '<eof>'
--> s:5: '}' expected (to close '{' at line 3) near '<eof>'
--> s:1: function arguments expected near '='
--> s:1: unexpected symbol near '='
--> s:1: escape sequence too large near '''
--> s:1: unexpected symbol near '}'
--> s:1: unexpected symbol near 'char(1)'
--> s:1: '=' expected near 'x'
--> s:1: unexpected symbol near '<'
--> s:1: unexpected symbol near '/'
--> s:1: unexpected symbol near '&'
--> s:1: cannot use '...' outside a vararg function near '...'
--> s:1: unexpected symbol near '~'
--> s:1: unexpected symbol near ':'
--> s:1: '=' expected near '<eof>'
--> s:1: unexpected symbol near '='
--> s:1: '<name>' expected near '1'
--> s:1: '(' expected near '.1'
--> s:1: 'in' expected near 'do'
--> s:1: unexpected symbol near '<eof>'
--> s:1: <name> or '...' expected near 'end'
--> s:1: unexpected symbol near '}'
--> s:1: unexpected symbol near 'return'
--> s:1: unfinished long comment near '<eof>'
--> s:1: unfinished string near '"a'
--> s:1: unexpected symbol near '1'
--> s:1: unexpected symbol near '1'
--> s:2: ambiguous syntax (function call x new statement) near '('
--> s:1: unexpected symbol near '[[x]]'
--> s:1: invalid long string delimiter near '[='
--> s:1: unexpected symbol near '<eof>'
--> s:1: '=' expected near '.1'
