-- Strings that spell numbers take part in arithmetic, numbers in concatenation; neither in comparison.
print("10" + 5, "0x10" + 1, " 3 " * "4", "1e1" / 2, -"2", "7" % 4, "2" ^ 3)
print(10 .. 20, 1.5 .. "x", -0 .. "", 1e100 .. "", 2 ^ 63 .. "")
print("10" == 10, pcall(function() return "10" < 5 end))
print(pcall(function() return "abc" + 1 end))
print(pcall(function() return {} .. "x" end))
for i = "1", "3" do print(i) end
print(("5"):rep("2"))

--> 15	17	12	5	-2	3	8
--> 1020	1.5x	-0	1e+100	9.2233720368548e+18
--> false	false	coercion.lua:4: attempt to compare string with number
--> false	coercion.lua:5: attempt to perform arithmetic on a string value
--> false	coercion.lua:6: attempt to concatenate a table value
--> 1
--> 2
--> 3
--> 55
