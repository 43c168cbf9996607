-- insert, remove, concat, sort, getn, maxn, foreach.
local t = {1, 2, 3}
table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, 3, "x") print(table.concat(t, ","))
print(table.remove(t), table.remove(t, 1), table.remove(t, 2), table.concat(t, ","))
print(table.remove({}), #t, table.getn(t), table.maxn({1, 2, [10] = 1, [3.5] = 1}))
print(table.concat({}), table.concat({1}), table.concat({1, 2, 3}, "-", 2), table.concat({1, 2, 3}, "-", 2, 2), table.concat({1, 2}, "-", 3))
print(pcall(table.concat, {1, {}, 3})) print(pcall(table.concat, {1, 2}, ",", 1, 3))
print(pcall(table.insert, {}, 1, 2, 3)) print(pcall(table.insert, {})) print(pcall(table.insert, nil, 1))
table.insert(t, 10, "far") print(t[10], #t)
local s = {5, 2, 8, 1} table.sort(s) print(table.concat(s, " "))
table.sort(s, function(a, b) return a > b end) print(table.concat(s, " "))
local w = {"pear", "apple", "fig"} table.sort(w) print(table.concat(w, " "))
print(pcall(table.sort, {1, "x", 2})) print(pcall(table.sort, {{}, {}}))
print(pcall(table.sort, {3, 2, 1}, function(a, b) error("cmp") end))
local r = {} for i = 1, 200 do r[i] = (i * 7919) % 211 end table.sort(r)
local ok = true for i = 2, 200 do ok = ok and r[i - 1] <= r[i] end print(ok)
local objects = {} for i = 1, 20 do objects[i] = {k = i % 3, i = i} end
table.sort(objects, function(a, b) return a.k < b.k end)
for _, o in ipairs(objects) do io.write(o.k, ":", o.i, " ") end print()
table.foreachi({"a", "b"}, function(i, v) io.write(i, v, " ") end) print(table.foreach({x = 1}, function(k, v) return k .. v end))
print(pcall(table.setn, {}, 1))

--> 0,1,x,2,3,4
--> 4	0	x	1,2,3
--> nil	3	3	10
--> 	1	2-3	2	
--> false	invalid value (table) at index 2 in table for 'concat'
--> false	invalid value (nil) at index 3 in table for 'concat'
--> false	wrong number of arguments to 'insert'
--> false	wrong number of arguments to 'insert'
--> false	bad argument #1 to '?' (table expected, got nil)
--> far	3
--> 1 2 5 8
--> 8 5 2 1
--> apple fig pear
--> false	attempt to compare string with number
--> false	attempt to compare two table values
--> false	table_library.lua:14: cmp
--> true
--> 0:15 0:9 0:6 0:12 0:18 0:3 1:13 1:1 1:16 1:19 1:10 1:4 1:7 2:17 2:2 2:11 2:8 2:14 2:5 2:20 
--> 1a 2b x1
--> false	'setn' is obsolete
