-- A tail call needs no stack; its caller has no line in positions.
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
print(loop(100000, 0))
local function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10001))
local t = setmetatable({}, {__call = function(self, a, b) return self == t, a, b end})
t = setmetatable({}, {__call = function(self, a, b) return a, b end})
local function tail(...) return t(...) end
print(tail(1, 2)) print(tail(1))
local function native(...) return select("#", ...) end
print(native(nil, nil)) print((function() return unpack({1, 2}) end)())
print(pcall(function() return error("tail", 2) end))

--> 5000050000
--> false
--> 1	2
--> 1	nil
--> 2
--> 1	2
--> false	tail
