-- create, resume, yield, status, wrap, running; values both ways; errors.
local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) local d, e = coroutine.yield(c * 2) return d, e, "end" end)
print(coroutine.status(co)) print(coroutine.resume(co, 1, 2)) print(coroutine.status(co)) print(coroutine.resume(co, 10)) print(coroutine.resume(co, "x", "y")) print(coroutine.status(co), coroutine.resume(co))
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) print(gen(), gen(), gen(), gen()) print(pcall(gen))
for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end) do io.write(v, " ") end print()
print(coroutine.running(), pcall(coroutine.yield, 1)) print(pcall(coroutine.create, 1)) print(pcall(coroutine.resume, 1))
local outer outer = coroutine.create(function() print(coroutine.status(outer)) local inner = coroutine.create(function() print(coroutine.status(outer)) coroutine.yield(1) end)
  print(coroutine.resume(inner)) print(coroutine.status(inner)) print(coroutine.resume(outer)) end)
print(coroutine.resume(outer)) print(coroutine.status(outer))
local c2 = coroutine.create(function() pcall(function() coroutine.yield(1) end) return "after" end) print(coroutine.resume(c2))
local c3 = coroutine.create(function() return setmetatable({}, {__add = function() return coroutine.yield(1) end}) + 1 end) print(coroutine.resume(c3))
local c4 = coroutine.create(function(...) local n = select("#", ...) while true do n = n + select("#", coroutine.yield(n)) end end)
print(coroutine.resume(c4, nil, nil)) print(coroutine.resume(c4)) print(coroutine.resume(c4, 1, 2, 3))
local c6 = coroutine.wrap(function() error({code = 7}) end) print(select(2, pcall(c6)).code) local c7 = coroutine.wrap(function() error("text") end) print(pcall(c7))
local function tree(t) if t then tree(t[1]) coroutine.yield(t[2]) tree(t[3]) end end local sum = 0
for v in coroutine.wrap(function() tree({{nil, 1}, 2, {{nil, 3}, 4}}) end) do sum = sum * 10 + v end print(sum)
local cs = {} for i = 1, 200 do cs[i] = coroutine.wrap(function() for j = 1, 3 do coroutine.yield(i * j) end end) end
local total = 0 for r = 1, 3 do for i = 1, 200 do total = total + cs[i]() end end print(total)
local up = coroutine.wrap(function() local n = 0 coroutine.yield(function() n = n + 1 return n end) end) local f = up() up = nil collectgarbage() print(f(), f())
print(coroutine.resume(coroutine.create(function(...) return ... end), 1, nil, 3))

--> suspended
--> true	3
--> suspended
--> true	20
--> true	x	y	end
--> dead	false	cannot resume dead coroutine
--> 1	2	3
--> false	cannot resume dead coroutine
--> 1 4 9 
--> nil	false	attempt to yield across metamethod/C-call boundary
--> false	bad argument #1 to '?' (Lua function expected)
--> false	bad argument #1 to '?' (coroutine expected)
--> running
--> normal
--> true	1
--> suspended
--> false	cannot resume running coroutine
--> true
--> dead
--> true	after
--> false	attempt to yield across metamethod/C-call boundary
--> true	2
--> true	2
--> true	5
--> 7
--> false	coroutines.lua:14: text
--> 1234
--> 120600
--> 1	2
--> true	1	nil	3
