-- Scope: shadowing, blocks, and locals that are visible only after their statement.
local x = 1
do local x = x + 1 print(x) do local x = x * 10 print(x) end print(x) end
print(x)
local a, b, c = 1, 2
print(a, b, c)
local d, e = 1, 2, 3
print(d, e)
local f, g = (function() return 1, 2, 3 end)()
print(f, g)
local x = x local x = x + 5 print(x)
for i = 1, 2 do local i = i * 2 print(i) end
repeat local done = true until done
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end
print(fact(10))
a, b = b, a print(a, b)
local t = {1, 2}
local i = 1
i, t[i] = i + 1, 20
print(i, t[1], t[2])

--> 2
--> 20
--> 2
--> 1
--> 1	2	nil
--> 1	2
--> 1	2
--> 6
--> 2
--> 4
--> 3628800
--> 2	1
--> 2	20	2
