-- Constructors, keys of all kinds, length.
local t = {1, 2, 3, x = 10, ["y z"] = 20, [4] = 40, [1.5] = "half", [true] = "yes", 5; 6, }
print(#t, t[1], t[4], t[5], t.x, t["y z"], t[1.5], t[true], t[false])
local k = {} t[k] = "table" t[print] = "function" print(t[k], t[{}], t[print])
t[1.0] = "one" print(t[1]) t["1"] = "text" print(t[1], t["1"])
t[-1] = "minus" t[0] = "zero" print(t[-1], t[0], #t)
print(#{}, #{nil}, #{1, nil}, #{n = 1}, #{(function() return 1, 2, 3 end)()}, #{(function() return 1, 2, 3 end)(), 10})
local a = {} for i = 1, 100 do a[i] = i end for i = 100, 51, -1 do a[i] = nil end print(#a, a[50], a[51])
a[#a + 1] = "new" print(#a, a[51])
local r = {} for i = 10, 1, -1 do r[i] = i end print(#r)
print(pcall(function() t[nil] = 1 end)) print(pcall(function() t[0 / 0] = 1 end)) print(t[nil], t[0 / 0])
print(pcall(rawset, {}, nil, 1)) print(rawget({5}, 1), rawequal(t, t), rawequal({}, {}))
local big = {} for i = 1, 300 do big["k" .. i] = i end for i = 1, 300, 2 do big["k" .. i] = nil end
local n, sum = 0, 0 for _, v in pairs(big) do n = n + 1 sum = sum + v end print(n, sum)
local nested = {a = {b = {c = {d = "deep"}}}} print(nested.a.b.c.d, nested["a"].b["c"].d)
print(({10, 20, 30})[2], ({x = 5}).x, #"abc", ("x"):rep(3))
local z = {[0] = "a"} z[-0] = "b" print(z[0])

--> 5	1	5	6	10	20	half	yes	nil
--> table	nil	function
--> one
--> one	text
--> minus	zero	5
--> 0	0	1	0	3	2
--> 50	50	nil
--> 51	new
--> 10
--> false	tables.lua:11: table index is nil
--> false	tables.lua:11: table index is NaN
--> nil	nil
--> false	table index is nil
--> 5	true	false
--> 150	22650
--> deep	deep
--> 20	5	3	xxx
--> b
