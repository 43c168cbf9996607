-- pairs() walks the array part, then the keys in the order of insertion; entries may be removed on
-- the way, and a key that comes back keeps its place until the table is rebuilt.
local t = {z = 1, a = 2, 10, 20, m = 3}
t.b = 4
t[3] = 30
for k, v in pairs(t) do io.write(tostring(k), "=", tostring(v), " ") end print()
t.a = nil
for k in pairs(t) do io.write(tostring(k), " ") end print()
t.a = 5
for k in pairs(t) do io.write(tostring(k), " ") end print()
local u = {}
for i = 1, 10 do u[i] = i u["k" .. i] = i end
for k, v in pairs(u) do u[k] = nil end
print(next(u), #u)
for i = 1, 5 do u[i] = i end
local seen = 0 for k in pairs(u) do u[k] = nil seen = seen + 1 end print(seen, next(u))
print(next({}), next({1}), next({1}, 1), next({a = 1}))
print(pcall(next, {}, "nope"))
local q = {} for i = 1, 20 do q[i] = i end for i = 1, 15 do q[i] = nil end
local left = {} for k in pairs(q) do left[#left + 1] = k end print(table.concat(left, " "))

--> 1=10 2=20 3=30 z=1 a=2 m=3 b=4 
--> 1 2 3 z m b 
--> 1 2 3 z a m b 
--> nil	0
--> 5	nil
--> nil	1	nil	a	1
--> false	invalid key to 'next'
--> 16 17 18 19 20
