-- string.dump: functions of Lua only, and nothing that could be loaded.
print(type(string.dump(function() end)), pcall(string.dump, print))
print((select(2, loadstring(string.dump(function() end))):match("unexpected.*")))
print(pcall(function() return loadstring(string.dump(function() return 1 end))() end))

--> string	false	unable to dump given function
--> unexpected symbol near 'char(27)'
--> false	dump.lua:4: attempt to call a nil value
