-- The three loops, break, and steps.
for i = 1, 3 do io.write(i, " ") end
for i = 3, 1, -1 do io.write(i, " ") end
for i = 1, 0 do io.write("never ") end
for i = 0, 1, 0.25 do io.write(i, " ") end
for i = 1, 3 do local i = i * 10 io.write(i, " ") end
print()
for i = 10, 1 do error() end
local n = 0 while true do n = n + 1 if n > 5 then break end end print(n)
repeat local k = n n = n - 1 until k == 3 print(n)
for i = 1, 3 do for j = 1, 3 do if j == 2 then break end io.write(i, j, " ") end end print()
for k, v in pairs({10, 20, 30}) do io.write(k, "=", v, " ") end print()
for i, v in ipairs({1, 2, nil, 4}) do io.write(i, "=", v, " ") end print()
local function iter(s, c) if c < s then return c + 1, c * c end end
for i, sq in iter, 4, 0 do io.write(i, ":", sq, " ") end print()
for i = 1, 3 do local f = function() return i end io.write(f(), " ") end print()
print(pcall(function() for i = 1, {} do end end))
print(pcall(function() for i = "x", 2 do end end))
print(pcall(function() for i = 1, 2, {} do end end))
print(pcall(function() for k in 5 do end end))
for i = 1, 2 ^ 0.5 do io.write(i, " ") end for i = 3, 3.9 do print(i) end

--> 1 2 3 3 2 1 0 0.25 0.5 0.75 1 10 20 30 
--> 6
--> 2
--> 11 21 31 
--> 1=10 2=20 3=30 
--> 1=1 2=2 
--> 1:0 2:1 3:4 4:9 
--> 1 2 3 
--> false	loops.lua:17: 'for' limit must be a number
--> false	loops.lua:18: 'for' initial value must be a number
--> false	loops.lua:19: 'for' step must be a number
--> false	loops.lua:20: attempt to call a number value
--> 1 3
