-- Collection: weak tables let go, everything reachable stays.
local weak = setmetatable({}, {__mode = "v"}) weak[1] = {} weak.x = {} weak.s = "string" local keep = {} weak.k = keep collectgarbage() print(weak[1], weak.x, weak.s, weak.k == keep)
local keys = setmetatable({}, {__mode = "k"}) keys[{}] = 1 keys[keep] = 2 keys.s = 3 collectgarbage() local n = 0 for k in pairs(keys) do n = n + 1 end print(n, keys[keep], keys.s)
local both = setmetatable({}, {__mode = "kv"}) both[{}] = {} both[keep] = {} both[1] = keep collectgarbage() n = 0 for k in pairs(both) do n = n + 1 end print(n)
local before = collectgarbage("count") do local junk = {} for i = 1, 20000 do junk[i] = {i} end end collectgarbage() print(collectgarbage("count") - before < 100)
local head for i = 1, 50000 do head = {next = head} end collectgarbage() local length = 0 while head do length = length + 1 head = head.next end print(length)
for i = 1, 30000 do local s = "text " .. i .. (" "):rep(i % 60) end print(collectgarbage("count") < 4000)
local fs = {} for i = 1, 100 do local v = {i} fs[i] = function() return v[1] end end collectgarbage() local sum = 0 for i = 1, 100 do sum = sum + fs[i]() end print(sum)
print(collectgarbage("step") ~= nil, collectgarbage("stop"), collectgarbage("restart"), collectgarbage("setpause", 200) ~= nil, pcall(collectgarbage, "bad")) print(type(gcinfo()), type(collectgarbage("count")))
local t = {} for i = 1, 100000 do t[i % 100] = {i} end collectgarbage() print(t[0][1], t[99][1])

--> nil	nil	string	true
--> 2	2	3
--> 1
--> true
--> 50000
--> false
--> 5050
--> true	0	0	true	false	bad argument #1 to '?' (invalid option 'bad')
--> number	number
--> 100000	99999
