-- Equality by value or identity; order for numbers and strings; all else raises.
local t = {}
print(1 == 1.0, "a" == "a", t == t, {} == {}, nil == false, 0 == false, "1" == 1)
print(1 < 2, 2 <= 2, 3 > 4, 4 >= 4, -1 < 1, 1 / 0 > 1e308)
print("a" < "b", "a" < "ab", "" < "a", "Z" < "a", "a\0b" < "a\0c", "a\0" > "a", "\200" > "a")
local nan = 0 / 0
print(nan == nan, nan ~= nan, nan < 1, nan > 1, not (nan < 1), not (nan >= 1))
for _, f in ipairs { function() return 1 < "2" end, function() return {} < {} end, function() return nil < 1 end,
  function() return true <= false end, function() return print < 1 end, function() return {} >= "x" end } do
  print(pcall(f))
end
local a, b, c = 1, 2, "x"
print(a < b and "lt", a > b and "gt" or "not", c == "x", c ~= "x", a == nil, nil ~= a)

--> true	true	true	false	false	false	false
--> true	true	false	true	true	true
--> true	true	true	true	true	true	true
--> false	true	false	false	true	true
--> false	comparison.lua:8: attempt to compare number with string
--> false	comparison.lua:8: attempt to compare two table values
--> false	comparison.lua:8: attempt to compare nil with number
--> false	comparison.lua:9: attempt to compare two boolean values
--> false	comparison.lua:9: attempt to compare function with number
--> false	comparison.lua:9: attempt to compare string with table
--> lt	not	true	false	false	true
