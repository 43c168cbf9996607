-- and, or, not give operands and evaluate no more than they need.
local function f(x) io.write("f", tostring(x), " ") return x end
print(f(1) and f(2), f(nil) and f(3), f(false) or f(4), f(5) or f(6))
print(nil and 1, false or nil, nil or false, 1 and nil, not 1, not nil, not not 0)
local a, b, c = 1, nil, false
print(a and b or c, (a or b) and c, a and not b, not (a and b), a == 1 and b == nil and c == false)
local x = a and (b or "second") or "third"
print(x, (b and 1 or 2) + (c and 3 or 4), a and 1 or error("never"))
if not b and (a or c) and not (b or c) then print("taken") end
local t = {}
t.x = t.x or {} t.x.y = t.x.y or 5
print(t.x.y, 1 and 2 and 3, nil or nil or 7, false == (1 > 2))
local y = (a == 2) print(y, (a == 1) == true, a == 1 or nil)
while a and a < 5 and not (a == 3) do a = a + 1 end print(a)

--> f1 f2 fnil ffalse f4 f5 2	nil	4	5
--> nil	nil	false	nil	false	true	true
--> false	false	true	true	true
--> second	6	1
--> taken
--> 5	3	7	true
--> false	true	true
--> 3
