-- Runaway recursion of every kind is an error that can be caught.
local function shape(ok, message) return ok, (tostring(message):gsub("^.-:%d+: ", "")) end
local function f() return 1 + f() end print(shape(pcall(f)))
local t = setmetatable({}, {__index = function(t, k) return t[k] end}) print(shape(pcall(function() return t.x end)))
local function g() return pcall(g) end print((g()))
local s = string.rep("(", 300) .. string.rep(")", 300) print(shape(false, (select(2, loadstring("x = " .. s)))))
local e = setmetatable({}, {__eq = function(a, b) return a == b end}) print(shape(pcall(function() return e == setmetatable({}, getmetatable(e)) end)))
print(select("#", unpack({}, 1, 7000)), shape(pcall(unpack, {}, 1, 9000)))
local function many() local co = coroutine.wrap(function() return many() end) return co() end print((pcall(many)))
local deep = {} for i = 1, 150 do deep[i] = "{" end print(loadstring("return " .. table.concat(deep) .. string.rep("}", 150)) ~= nil)

--> false	stack overflow
--> false	C stack overflow
--> true
--> false	chunk has too many syntax levels
--> false	C stack overflow
--> 7000	false	too many results to unpack
--> false
--> true
