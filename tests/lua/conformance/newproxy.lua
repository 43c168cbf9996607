local p = newproxy(true) print(type(p), type(getmetatable(p))) getmetatable(p).__index = function(_, k) return k .. "?" end getmetatable(p).__len = function() return 5 end print(p.x, #p)
local q = newproxy(p) print(getmetatable(q) == getmetatable(p), q ~= p, getmetatable(newproxy())) print(pcall(newproxy, 5)) print(pcall(function() return newproxy().x end))
getmetatable(p).__eq = function() return true end print(p == q, p == newproxy(false))

--> userdata	table
--> x?	5
--> true	true	nil
--> false	bad argument #1 to '?' (boolean or proxy expected)
--> false	newproxy.lua:2: attempt to index a userdata value
--> true	false
