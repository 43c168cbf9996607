-- Every metamethod of 5.1.
local log = {}
local mt = {}
for _, name in ipairs { "add", "sub", "mul", "div", "mod", "pow", "concat" } do
  mt["__" .. name] = function(a, b) return name .. ":" .. (type(a) == "table" and "T" or tostring(a)) .. "," .. (type(b) == "table" and "T" or tostring(b)) end
end
mt.__unm = function(a, b) return "unm" .. tostring(rawequal(a, b)) end
local t, u = setmetatable({}, mt), setmetatable({}, mt)
print(t + 1, 1 - t, t * u, "x" / t, t % 2, 2 ^ t, -t) print(t .. "s", "s" .. t, 1 .. t, t .. u, "a" .. "b" .. t)
mt.__eq = function(a, b) return true end mt.__lt = function(a, b) return a.v < b.v end t.v, u.v = 1, 2
print(t == u, t ~= u, t == 1, t < u, t > u, t <= u, t >= u)
mt.__le = function() return "truthy" end print(t <= u, u <= t)
mt.__call = function(self, ...) return "called", select("#", ...), ... end print(t(1, nil), (t()))
mt.__index = function(o, k) return k .. "!" end print(t.foo, t[1], rawget(t, "foo"))
mt.__index = {inherited = "yes"} print(t.inherited, t.none)
mt.__newindex = function(o, k, v) rawset(o, k, v * 2) end t.n = 21 print(t.n, rawget(t, "n"))
local store = {} mt.__newindex = store t.other = 5 print(rawget(t, "other"), store.other)
mt.__tostring = function() return "I am T" end print(tostring(t)) mt.__len = function() return 99 end print(#t)
mt.__metatable = "locked" print(getmetatable(t), pcall(setmetatable, t, {})) print(getmetatable("").__index == string, getmetatable(1))
local A = {} A.__index = A function A.new(x) return setmetatable({x = x}, A) end function A:get() return self.x end
local B = setmetatable({}, {__index = A}) B.__index = B local b = setmetatable({x = 7}, B) print(A.new(3):get(), b:get(), pcall(function() return b:none() end))
print(pcall(function() return {} + 1 end)) print(pcall(function() return setmetatable({}, {__index = function() error("idx") end}).x end))
print(pcall(function() local a = setmetatable({}, {}) return a() end)) local loop = {} setmetatable(loop, {__index = loop}) print(pcall(function() return loop.x end))
print(pcall(function() loop.__x = 1 getmetatable(loop).__newindex = loop loop.y = 1 end))
print(setmetatable({}, nil) ~= nil, pcall(setmetatable, 1, {}), pcall(setmetatable, {}))
local calls = 0 local proxy = setmetatable({}, {__index = function(_, k) calls = calls + 1 return k end}) local _ = proxy.a .. proxy.b print(calls)

--> add:T,1	sub:1,T	mul:T,T	div:x,T	mod:T,2	pow:2,T	unmtrue
--> concat:T,s	concat:s,T	concat:1,T	concat:T,T	aconcat:b,T
--> true	false	false	true	false	true	false
--> true	true
--> called	called
--> foo!	1!	nil
--> yes	nil
--> 42	42
--> nil	5
--> I am T
--> 0
--> locked	false	cannot change a protected metatable
--> true	nil
--> 3	7	false	metatables.lua:21: attempt to call method 'none' (a nil value)
--> false	metatables.lua:22: attempt to perform arithmetic on a table value
--> false	metatables.lua:22: idx
--> false	metatables.lua:23: attempt to call local 'a' (a table value)
--> false	metatables.lua:23: loop in gettable
--> false	metatables.lua:24: loop in settable
--> true	false	false	bad argument #2 to '?' (nil or table expected)
--> 2
