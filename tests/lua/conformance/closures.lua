-- Upvalues are variables, shared and outliving their blocks; each round of a loop has its own.
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end
local inc, get = counter()
inc() inc() print(get(), inc(), get())
local fs = {}
for i = 1, 3 do local j = i * 10 fs[i] = function(d) j = j + (d or 0) return i, j end end
fs[1](5) print(fs[1]()) print(fs[2]()) print(fs[3](1))
local a = {}
local k = 1
while k <= 3 do local v = k a[k] = function() v = v + 1 return v end k = k + 1 end
print(a[1](), a[1](), a[2](), a[3]())
local r = {} local i = 0
repeat local x = i r[#r + 1] = function() return x end i = i + 1 until x >= 2
print(r[1](), r[2](), r[3]())
local function outer() local x = 1 local function mid() local function inner() x = x + 1 return x end return inner end
  return mid(), function() return x end end
local inner, look = outer() inner() inner() print(look())
for i = 1, 3 do local f = function() return i end if i == 2 then print(f()) break end end
local function y(f) return (function(x) return x(x) end)(function(x) return f(function(n) return x(x)(n) end) end) end
print(y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(6))

--> 2	3	3
--> 1	15
--> 2	20
--> 3	31
--> 2	3	3	4
--> 0	1	2
--> 3
--> 2
--> 720
