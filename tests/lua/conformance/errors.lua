-- error() and its levels, pcall, xpcall, assert.
print(pcall(error)) print(pcall(error, nil)) print(pcall(error, "msg")) print(pcall(error, "msg", 0)) print(select(2, pcall(error, {code = 5})).code)
print(pcall(function() error("here") end)) print(pcall(function() error("no position", 0) end)) print(pcall(function() error(42) end)) print(pcall(function() error() end))
local function lib() error("caller's fault", 2) end
print(pcall(function() lib() end)) print(pcall(function() local function a() error("up", 3) end local function b() a() end b() end))
print(pcall(assert, false)) print(pcall(assert, nil, "why")) print(pcall(function() assert(false, "with position?") end)) print(assert(1, 2, 3)) print(pcall(assert))
print(xpcall(function() error("E") end, function(m) return "handled " .. m end)) print(xpcall(function() return 1, 2 end, error)) print(xpcall(function() error("a") end, function() error("b") end))
print(pcall(pcall)) print(pcall(pcall, error, "x")) print(pcall(function() return pcall(error, "inner") end))
print(pcall(function() local x = nil; x.y = 1 end)) print(pcall(function() undefined() end)) print(pcall(function() local t = {} t.a.b = 1 end)) print(pcall(function() local t = {} t:method() end))
print(pcall(function() return #nil end)) print(pcall(function() return -{} end)) print(pcall(function() local s = "x" return s + 1 end)) print(pcall(function() return 1 .. nil end))
print(pcall(function() local a = "x" local b return a .. b end)) print(pcall(function() return ("x")() end)) print(pcall(function() string.rep() end)) print(pcall(function() ("x"):rep() end))
print(pcall(function() local f = math.floor f("x") end)) print(pcall(string.rep)) print(pcall(function() return math.huge.x.y end)) print(pcall(function() glob.x.y = 1 end))
local up = nil print(pcall(function() return up.x end)) print(pcall(function() up() end)) print(pcall(function() return up + 1 end)) print(pcall(function() t2 = {} t2[nil] = 1 end))
local ok, e = pcall(function() local function deep(n) return n == 0 and error("deep") or deep(n - 1) + 1 end deep(50) end) print(ok, e)
local co = coroutine.create(function() error("in co") end) print(coroutine.resume(co)) print(coroutine.resume(co))

--> false	nil
--> false	nil
--> false	msg
--> false	msg
--> 5
--> false	errors.lua:3: here
--> false	no position
--> false	errors.lua:3: 42
--> false	nil
--> false	errors.lua:5: caller's fault
--> false	errors.lua:5: up
--> false	assertion failed!
--> false	why
--> false	errors.lua:6: with position?
--> 1	2	3
--> false	bad argument #1 to '?' (value expected)
--> false	handled errors.lua:7: E
--> true	1	2
--> false	error in error handling
--> false	bad argument #1 to '?' (value expected)
--> true	false	x
--> true	false	inner
--> false	errors.lua:9: attempt to index local 'x' (a nil value)
--> false	errors.lua:9: attempt to call global 'undefined' (a nil value)
--> false	errors.lua:9: attempt to index field 'a' (a nil value)
--> false	errors.lua:9: attempt to call method 'method' (a nil value)
--> false	errors.lua:10: attempt to get length of a nil value
--> false	errors.lua:10: attempt to perform arithmetic on a table value
--> false	errors.lua:10: attempt to perform arithmetic on local 's' (a string value)
--> false	errors.lua:10: attempt to concatenate a nil value
--> false	errors.lua:11: attempt to concatenate local 'b' (a nil value)
--> false	errors.lua:11: attempt to call a string value
--> false	errors.lua:11: bad argument #1 to 'rep' (string expected, got no value)
--> false	errors.lua:11: bad argument #1 to 'rep' (number expected, got no value)
--> false	errors.lua:12: bad argument #1 to 'f' (number expected, got string)
--> false	bad argument #1 to '?' (string expected, got no value)
--> false	errors.lua:12: attempt to index field 'huge' (a number value)
--> false	errors.lua:12: attempt to index global 'glob' (a nil value)
--> false	errors.lua:13: attempt to index upvalue 'up' (a nil value)
--> false	errors.lua:13: attempt to call upvalue 'up' (a nil value)
--> false	errors.lua:13: attempt to perform arithmetic on upvalue 'up' (a nil value)
--> false	errors.lua:13: table index is nil
--> false	errors.lua:14: deep
--> false	errors.lua:15: in co
--> false	cannot resume dead coroutine
