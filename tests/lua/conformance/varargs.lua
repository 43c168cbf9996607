-- ... in all places, select, and the table arg of the old style.
local function f(...) return select("#", ...), ... end
print(f()) print(f(nil)) print(f(1, nil, nil)) print((f(1, 2)))
local function g(a, ...) local b, c = ... return a, b, c, ... end
print(g(1)) print(g(1, 2, 3, 4))
print(select(2, "a", "b", "c"), select(-1, 1, 2, 3)) print(select(-2, 1, 2, 3))
print(pcall(select, 0)) print(pcall(select, -5, 1))
local function t(...) return {...}, {n = select("#", ...), ...} end
local x, y = t(1, nil, 3) print(#y, y.n, x[3])
function old(...) return arg.n, arg[1], arg[2] end print(old(7, 8))
function both(a, ...) local n = select("#", ...) return n, arg end print(both(1, 2, 3))
print((function(...) return ... end)(1, 2, 3), (function(...) return ... end)(4, 5))
print(unpack({1, 2, 3})) print(unpack({1, 2, 3}, 2)) print(unpack({1, 2, 3}, 2, 5)) print(unpack({}, 1, 2))
print(pcall(unpack, {}, 1, 1e6)) print(math.max(unpack({3, 9, 2})))
local function count(...) local n = 0 for _ in pairs({...}) do n = n + 1 end return n end
print(count(unpack({1, 2, 3, 4, 5, 6, 7, 8, 9, 10})))
print(string.format("%s %s", ("a b"):match("(%a) (%a)")))

--> 0
--> 1	nil
--> 3	1	nil	nil
--> 2
--> 1	nil	nil
--> 1	2	3	2	3	4
--> b	3
--> 2	3
--> false	bad argument #1 to '?' (index out of range)
--> false	bad argument #1 to '?' (index out of range)
--> 3	3	3
--> 2	7	8
--> 2	nil
--> 1	4	5
--> 1	2	3
--> 2	3
--> 2	3	nil	nil
--> nil	nil
--> false	too many results to unpack
--> 9
--> 10
--> a b
